"""What a plan explains about people: how the account was found, what it then holds, and the mapped values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from attrs import evolve

from o365prov.people import AppUsers
from o365prov.planning.matching.match import LINKED
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval
from o365prov.planning.model.changes import AssignLicenses, Change, DeleteUser, RemoveLicenses
from o365prov.planning.model.explanation import PersonExplanation
from o365prov.planning.model.labels import service_plans_text
from o365prov.planning.model.problems import Problem
from o365prov.planning.rules.edits import EditedPerson
from o365prov.planning.rules.license_grants import LicensesHeld, names
from o365prov.planning.tenant.snapshot import HeldLicense, TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.provisioning import DesiredUser

_Licensing: TypeAlias = tuple[tuple[LicenseRemoval, ...] | None, tuple[LicenseAddition, ...]]

_LICENSING = (AssignLicenses, RemoveLicenses, DeleteUser)


def explanations(
    people: Iterable[DesiredUser],
    matched: Iterable[MatchedUser],
    edited: Iterable[EditedPerson],
    app_users: AppUsers,
    snapshot: TenantSnapshot,
    changes: Iterable[Change],
    problems: Iterable[Problem],
) -> tuple[tuple[str, ...], dict[str, PersonExplanation]]:
    """What is explained of the people with changes or problems, by person id; and the labels of the values in it.

    Args:
        people: those who are compared.
        matched: those of them whose account was found or is created.
        edited: those who are not compared, and of whom somebody took a licence or role.
        app_users: the memory.
        snapshot: what the tenant holds.
        changes: what changes.
        problems: what is wrong.

    """
    licensing: dict[str, tuple[_Licensing, ...]] = {}
    for change in changes:
        if isinstance(change, _LICENSING):
            person_id = change.subject.person_id
            licensing[person_id] = (*licensing.get(person_id, ()), _licensing(change))
    concerned = dict.fromkeys(each.subject.person_id for each in (*problems, *changes))
    desired = {each.person_id: each for each in (*people, *(each.desired for each in edited))}
    known = {person_id: user for person_id in concerned if (user := app_users.get(person_id)) is not None}
    accounts = {person_id: snapshot.by_id.get(user.object_id) for person_id, user in known.items()}
    held: dict[str, tuple[HeldLicense, ...]] = {
        person_id: account.licenses for person_id, account in accounts.items() if account is not None
    }
    found = dict.fromkeys(held, LINKED)
    for each in edited:
        found[each.desired.person_id], held[each.desired.person_id] = LINKED, tuple(each.licenses)
    for match in matched:
        person_id = match.subject.person_id
        found[person_id] = match.how or "there is no account"
        held[person_id] = match.account.licenses if match.account else ()
    # Many people hold and get the same licences.
    licenses_after = cache(lambda licenses, parts: _licenses_after(licenses, parts, snapshot))
    attributes: tuple[str, ...] = ()
    explained: dict[str, PersonExplanation] = {}
    for person_id in concerned:
        how, licenses = found.get(person_id, "not matched"), None
        if person_id in held:
            licenses = licenses_after(held[person_id], licensing.get(person_id, ()))
        if person_id in desired:
            profile, why = desired[person_id].profile, desired[person_id].why_username
            explanation = PersonExplanation.of(how, profile, licenses)
            attributes = profile.mapping.labels
            explained[person_id] = evolve(explanation, username=why) if why else explanation
        elif person_id in found:
            explained[person_id] = PersonExplanation(how, licenses=licenses)
    return attributes, explained


def _licensing(change: AssignLicenses | RemoveLicenses | DeleteUser) -> _Licensing:
    """What a change takes and gives of licences; None for everything that it takes."""
    match change:
        case DeleteUser():
            return None, ()
        case RemoveLicenses():
            return change.remove, ()
        case AssignLicenses():
            return change.remove, change.add


def _licenses_after(
    licenses: Iterable[HeldLicense], parts: Iterable[_Licensing], snapshot: TenantSnapshot
) -> tuple[str, ...]:
    """The licences that an account then holds, directly and through groups, in words."""
    held = LicensesHeld.of(licenses, snapshot)
    direct, inherited = dict(held.direct), held.inherited
    for removed, added in parts:
        if removed is None:
            return ()
        for removal in removed:
            direct.pop(removal.sku_id, None)
        for addition in added:
            plans = snapshot.sku_named[addition.sku_id].plans.values()
            direct[addition.sku_id] = frozenset(plans) - frozenset(addition.disabled_plans)
    words = (_words(sku_id, direct, inherited, snapshot) for sku_id in direct.keys() | inherited.keys())
    return tuple(sorted(words))


def _words(
    sku_id: str,
    direct: Mapping[str, frozenset[str]],
    inherited: Mapping[str, frozenset[str]],
    snapshot: TenantSnapshot,
) -> str:
    how = "" if sku_id not in inherited else " (also through a group)" if sku_id in direct else " (through a group)"
    if (sku := snapshot.sku_named.get(sku_id)) is None:
        return f"{sku_id}{how}"
    on = direct.get(sku_id, frozenset()) | inherited.get(sku_id, frozenset())
    return f"{sku.part_number}{service_plans_text(names(sku, on), names(sku, {*sku.plans.values()} - on))}{how}"
