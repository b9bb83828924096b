"""The plan that takes back what a run did, computed from its report and from the tenant as it is now.

Only what the report confirms is taken back, and only where it still stands as the run left it; what somebody changed
since, and what Graph can't take back, stays and is said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from attrs import evolve

from o365prov.errors import ConfigurationError, Issue, UsageError
from o365prov.people import AppUser, AppUsers
from o365prov.planning.hazards.population import hazards_again
from o365prov.planning.lifecycle.exclusions import excluded_account, excluded_by_condition
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import AssignLicenses, Change, UpdateUser, change_key
from o365prov.planning.model.outcomes import Outcome
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.safeguards import Safeguards
from o365prov.planning.reports import left_alone
from o365prov.planning.reports.taken_back import USERNAME, PersonUndo
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.provisioning import Lifecycle
from o365prov.rendering import names_text


def inverse_plan(
    outcomes: Iterable[Outcome],
    reason: str,
    snapshot: TenantSnapshot,
    app_users: AppUsers,
    *,
    now: datetime | None,
    safeguards: Safeguards,
    lifecycle: Lifecycle | None,
    made_by: str,
) -> Plan:
    """The plan that takes back these outcomes.

    Args:
        outcomes: how the changes of the run ended.
        reason: why, in words.
        snapshot: what the tenant holds now.
        app_users: the memory as it is now.
        now: the time, aware; None for when the snapshot was read.
        safeguards: how much harm must be confirmed.
        lifecycle: who is excluded; None where only the memory says so.
        made_by: who makes the plan.

    """
    made_at = now or snapshot.read_at
    if made_at is None:
        raise ConfigurationError("the snapshot does not say when it was read: give now=")
    if app_users.tenant_id != snapshot.tenant_id:
        raise ConfigurationError(
            f"the memory is that of tenant {app_users.tenant_id}, the snapshot that of {snapshot.tenant_id}: "
            "use state.app_users(snapshot.tenant_id, app.name)"
        )
    outcomes = tuple(outcomes)
    _check_read({each.change.kind for each in outcomes}, snapshot)
    people: dict[str, list[Outcome]] = {}
    for each in outcomes:
        people.setdefault(each.change.subject.person_id, []).append(each)
    changes: list[Change] = []
    problems: list[Problem] = []
    for person_id, of_person in people.items():
        known = app_users.get(person_id)
        undo = PersonUndo(of_person, snapshot, known, reason, made_at)
        undo.decide(_not_touched(known, app_users, lifecycle) if known else None)
        changes += undo.changes
        problems += [Problem(undo.subject, issue) for issue in dict.fromkeys(undo.issues)]
    changes, not_free = _with_names_in_turn(changes, snapshot)
    changes, no_seat = _within_seats(changes, snapshot)
    problems += [*not_free, *no_seat]
    kinds = (user.provisioning_type for user in app_users if user.person_id in people)
    plan = Plan(
        tenant_id=snapshot.tenant_id,
        made_at=made_at,
        changes=changes,
        problems=problems,
        app_users=app_users,
        watermark=snapshot.watermark,
        provisioning_type=next(filter(None, kinds), ""),
        made_by=made_by,
    )
    return evolve(plan, hazards=hazards_again(plan, safeguards, app_users))


def _not_touched(known: AppUser, app_users: AppUsers, lifecycle: Lifecycle | None) -> Issue | None:
    """Why nothing of a person is taken back; None where it may be."""
    if (other := app_users.linked_elsewhere.get(known.object_id)) is not None:
        return left_alone.of_another_app(other)
    if lifecycle is not None and lifecycle.excludes_account(known.object_id):
        return excluded_account(known.username, known.object_id)
    is_excluded = bool(known.excluded_by) if lifecycle is None else lifecycle.still_excludes(known)
    if is_excluded and known.is_in_use:  # who left was not excluded when they did
        return excluded_by_condition(known.excluded_by)
    return None


def _check_read(kinds: Collection[str], snapshot: TenantSnapshot) -> None:
    """Refuse a snapshot without what these kinds of changes are compared with: it would look as if it were gone."""
    asked = {part for kind, part in _ASKED.items() if kind in kinds}
    if snapshot.parts is not None and (missing := sorted(asked - snapshot.parts)):
        raise UsageError(
            f"this snapshot was read without {names_text(missing)}: read the tenant with the needs() of the app"
        )


_ASKED = {"delete_user": "deleted users", "grant_role": "roles", "remove_role": "roles"}


def _with_names_in_turn(changes: Iterable[Change], snapshot: TenantSnapshot) -> tuple[list[Change], list[Problem]]:
    """The changes, with each rename after the one that frees the username; without those that none frees."""
    renames = {each.object_id: each for each in changes if isinstance(each, UpdateUser) and _new_name(each)}
    turns: dict[str, int | None] = {}
    holders = {object_id: _holder(each, snapshot) for object_id, each in renames.items()}
    for object_id in renames:
        _find_turn(object_id, holders, turns)
    found: list[Change] = []
    problems: list[Problem] = []
    for each in changes:
        if not isinstance(each, UpdateUser) or each.object_id not in renames:
            found.append(each)
        elif (turn := turns[each.object_id]) is not None:
            holder = renames.get(holders[each.object_id] or "")
            found.append(evolve(each, turn=turn, waits_for=change_key(holder) if holder else ""))
        else:
            problems.append(Problem(each.subject, left_alone.NAME_TAKEN))
            found += _without_name(each)
    return found, problems


def _new_name(change: UpdateUser) -> str:
    return next((str(each.after).lower() for each in change.properties if each.name == USERNAME), "")


def _holder(change: UpdateUser, snapshot: TenantSnapshot) -> str | None:
    """The object id of another account that has the username; None if it is free."""
    holder = snapshot.by_username.get(_new_name(change))
    return None if holder is None or holder.id == change.object_id else holder.id


def _find_turn(object_id: str, holders: Mapping[str, str | None], turns: dict[str, int | None]) -> None:
    """Find the turn of a rename: 0 where the username is free, None where nothing of the plan frees it."""
    line: list[str] = []
    present: str | None = object_id
    while present is not None and present in holders and present not in turns and present not in line:
        line.append(present)
        present = holders[present]
    if present is None:
        turn: int | None = -1
    else:
        turn = turns.get(present)  # None also where somebody else has it, or two wait for each other
    for each in reversed(line):
        turn = None if turn is None else turn + 1
        turns[each] = turn


def _without_name(change: UpdateUser) -> list[Change]:
    rest = tuple(each for each in change.properties if each.name != USERNAME)
    kept = next(str(each.before) for each in change.properties if each.name == USERNAME)
    subject = Subject(change.subject.person_id, change.subject.name, kept)
    return [evolve(change, properties=rest, subject=subject)] if rest else []


def _within_seats(changes: Iterable[Change], snapshot: TenantSnapshot) -> tuple[list[Change], list[Problem]]:
    """The changes without the licences for which no seat is free, once those that go are gone."""
    listed = list(changes)
    free = {sku.id: sku.free for sku in snapshot.skus}
    for each in listed:
        for removal in each.remove if isinstance(each, AssignLicenses) else ():
            free[removal.sku_id] = free.get(removal.sku_id, 0) + 1
    found: list[Change] = []
    problems: list[Problem] = []
    for each in listed:
        if not isinstance(each, AssignLicenses):
            found.append(each)
            continue
        given = []
        for addition in each.add:
            if addition.held or free.get(addition.sku_id, 0) > 0:
                free[addition.sku_id] = free.get(addition.sku_id, 0) - (not addition.held)
                given.append(addition)
        if len(given) < len(each.add):
            problems.append(Problem(each.subject, left_alone.NO_SEAT))
        kept = {addition.part_number for addition in given}
        lost = {addition.part_number for addition in each.add} - kept
        grants = tuple(grant for grant in each.grants if grant.sku not in lost)
        if given or each.remove:
            found.append(evolve(each, add=tuple(given), grants=grants))
    return found, problems
