"""What a plan explains about people: how the account was found, what it then holds, and the mapped values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import chain
from typing import TypeAlias

from attrs import evolve

from o365prov.people import AppUser, AppUsers
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

_LicensingChange: TypeAlias = AssignLicenses | RemoveLicenses | DeleteUser
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
    licensing: dict[str, tuple[_LicensingChange, ...]] = {}
    for change in changes:
        if isinstance(change, _LICENSING):
            person_id = change.subject.person_id
            licensing[person_id] = (*licensing.get(person_id, ()), change)
    matches = {each.subject.person_id: each for each in matched}
    edits = {each.desired.person_id: each for each in edited}
    stopped = {each.person_id: each for each in people if each.person_id not in matches}
    # Many people hold and get the same licences.
    licenses_after = cache(lambda held, parts: _licenses_after(held, parts, snapshot))
    attributes: tuple[str, ...] = ()
    explained: dict[str, PersonExplanation] = {}
    for each in chain[Problem | Change](problems, changes):
        person_id = each.subject.person_id
        if person_id in explained:
            continue
        desired: DesiredUser | None
        held: tuple[HeldLicense, ...] | None
        if (match := matches.get(person_id)) is not None:
            desired, how = match.desired, match.how or "there is no account"
            held = match.account.licenses if match.account else ()
        elif (edit := edits.get(person_id)) is not None:
            desired, how, held = edit.desired, LINKED, tuple(edit.licenses)
        else:
            desired, held = stopped.get(person_id), _licenses_of(app_users.get(person_id), snapshot)
            how = "not matched" if held is None else LINKED
        parts = tuple(_licensing(change) for change in licensing.get(person_id, ()))
        licenses = None if held is None else licenses_after(held, parts)
        if desired is not None:
            attributes = desired.profile.mapping.labels
            explanation = PersonExplanation.of(how, desired.profile, licenses)
            why = desired.why_username
            explained[person_id] = evolve(explanation, username=why) if why else explanation
        elif held is not None:
            explained[person_id] = PersonExplanation(how, licenses=licenses)
    return attributes, explained


def _licenses_of(known: AppUser | None, snapshot: TenantSnapshot) -> tuple[HeldLicense, ...] | None:
    """What the account holds that is remembered; None if there is none."""
    account = None if known is None else snapshot.by_id.get(known.object_id)
    return None if account is None else account.licenses


def _licensing(change: _LicensingChange) -> _Licensing:
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
