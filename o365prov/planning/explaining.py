"""What a plan explains about people: how the account was found, what it then holds, and the mapped values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from o365prov.people import AppUsers
from o365prov.planning.matching.match import LINKED
from o365prov.planning.model.changes import AssignLicenses, Change, DeleteUser, RemoveLicenses
from o365prov.planning.model.explanation import PersonExplanation
from o365prov.planning.model.labels import service_plans_text
from o365prov.planning.model.problems import Problem
from o365prov.planning.rules.edits import EditedPerson
from o365prov.planning.rules.license_grants import LicensesHeld, names
from o365prov.planning.tenant.snapshot import HeldLicense, TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.provisioning import DesiredUser


def explanations(
    people: Iterable[DesiredUser],
    matched: Iterable[MatchedUser],
    edited: Iterable[EditedPerson],
    app_users: AppUsers,
    snapshot: TenantSnapshot,
    changes: Iterable[Change],
    problems: Iterable[Problem],
) -> dict[str, PersonExplanation]:
    """What is explained of the people with changes or problems, by person id.

    Args:
        people: those who are compared.
        matched: those of them whose account was found or is created.
        edited: those who are not compared, and of whom somebody took a licence or role.
        app_users: the memory.
        snapshot: what the tenant holds.
        changes: what changes.
        problems: what is wrong.

    """
    of_person: dict[str, list[Change]] = {}
    for change in changes:
        of_person.setdefault(change.subject.person_id, []).append(change)
    concerned = {each.subject.person_id: each.subject for each in (*problems, *changes)}
    desired = {each.person_id: each for each in (*people, *(each.desired for each in edited))}
    known = {person_id: user for person_id in concerned if (user := app_users.get(person_id)) is not None}
    accounts = {person_id: snapshot.by_id.get(user.object_id) for person_id, user in known.items()}
    held: dict[str, Sequence[HeldLicense]] = {
        person_id: account.licenses for person_id, account in accounts.items() if account is not None
    }
    found = dict.fromkeys(held, LINKED)
    for each in edited:
        found[each.desired.person_id], held[each.desired.person_id] = LINKED, each.licenses
    for match in matched:
        person_id = match.subject.person_id
        found[person_id] = match.how or "there is no account"
        held[person_id] = match.account.licenses if match.account else ()
    explained: dict[str, PersonExplanation] = {}
    for person_id, subject in concerned.items():
        how, licenses = found.get(person_id, "not matched"), None
        if person_id in held:
            licenses = _licenses_after(held[person_id], of_person.get(person_id, ()), snapshot)
        if person_id in desired:
            explained[person_id] = PersonExplanation.of(subject, how, desired[person_id].profile, licenses)
        elif person_id in found:
            explained[person_id] = PersonExplanation(subject, how, licenses=licenses)
    return explained


def _licenses_after(
    licenses: Sequence[HeldLicense], changes: Iterable[Change], snapshot: TenantSnapshot
) -> tuple[str, ...]:
    """The licences that an account then holds, directly and through groups, in words."""
    held = LicensesHeld.of(licenses, snapshot)
    direct, inherited = dict(held.direct), held.inherited
    for change in changes:
        if isinstance(change, DeleteUser):
            return ()
        if isinstance(change, AssignLicenses | RemoveLicenses):
            for removal in change.remove:
                direct.pop(removal.sku_id, None)
        if isinstance(change, AssignLicenses):
            for addition in change.add:
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
