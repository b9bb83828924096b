"""Licences: what assignments grant, as far as it can be given.

Everybody is decided at once, because people share the seats. What a person should lose goes only in the request that
gives everything they are granted; and what is found on the account counts as granted by us once it is assigned.

Source: Microsoft Graph, "user: assignLicense".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from sys import intern

from attrs import evolve, field, frozen

from o365prov._fields import unchecked
from o365prov.errors import Issue
from o365prov.people import AppUser, WaitingForSeat
from o365prov.planning.model.change_parts import LicenseAddition
from o365prov.planning.model.changes import AssignLicenses, Remember
from o365prov.planning.rules.license_problems import circle, doubtful_seat, no_seat, obstacles, stays
from o365prov.planning.rules.license_replacement import LicenseGoal, LicenseOutcome, LicenseWish, goal_of
from o365prov.planning.rules.seats import SeatAllocation, allocate, circles, freed_seats, waiting_since
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import Memory
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import DesiredUser

_assigning = unchecked(AssignLicenses)  # in a first load one is made for everybody, of values that are right


@frozen
class LicenseDecision:
    """What happens to one person's licences.

    Args:
        change: the request; None if nothing changes in the tenant.
        memory: what the memory learns without a request.
        issues: what can't be given, and what stays.

    """

    change: AssignLicenses | None = None
    memory: Remember | None = None
    issues: tuple[Issue, ...] = field(default=())


def license_decisions(
    people: Sequence[MatchedUser],
    snapshot: TenantSnapshot,
    *,
    is_located: Callable[[MatchedUser], bool],
    now: datetime,
    take_over: bool,
    again: bool,
) -> Mapping[str, LicenseDecision]:
    """What happens to the licences of these people, by person id; who is not in it needs nothing.

    Args:
        people: the people with their accounts.
        snapshot: what the tenant holds.
        is_located: whether an account has a ``usageLocation`` when its licences are sent.
        now: the time, aware: since when who gets no seat waits.
        take_over: whether licences that were granted elsewhere are removed too; others than direct ones never are.
        again: compare with the tenant also where the grants are those of the last success.

    """
    goal = cache(partial(goal_of, snapshot=snapshot, take_over=take_over))
    asking = []
    for each in people:
        if again or _new(each):
            held = each.account.licenses if each.account else ()
            ours = each.known.licenses if each.known else ()
            aim = goal(each.desired.assignment.grants.licenses, held, ours)
            asking.append(
                LicenseWish(each, aim.checked if not aim.needs_location or is_located(each) else aim.unlocated)
            )
    wishes, seats = _allocated(asking, snapshot)
    waiting = {wish.matched.subject.person_id: _waiting(wish, seats, now) for wish in wishes}
    missing = _missing_seats(wishes, seats, waiting)

    @cache
    def said(goal: LicenseGoal, maps_location: bool) -> tuple[Issue, ...]:
        return (*obstacles(goal, maps_location=maps_location), *stays(goal, take_over=take_over))

    decisions: dict[str, LicenseDecision] = {}
    for wish in wishes:
        person_id, outcome = wish.matched.subject.person_id, seats.outcome(wish)
        issues = said(wish.goal, "usageLocation" in wish.matched.desired.profile.mapping)
        decisions[person_id] = LicenseDecision(
            _request(wish, outcome),
            _memory(wish, outcome, waiting[person_id]),
            (*issues, *missing.get(person_id, ())),
        )
    return decisions


def _new(matched: MatchedUser) -> bool:
    """Whether the grants are not those of the last success, somebody still waits for one of them, or is new or back."""
    return matched.is_new or asks_for_licenses(matched.desired, matched.known)


def asks_for_licenses(desired: DesiredUser, known: AppUser | None) -> bool:
    """The same, as far as the memory tells."""
    if known is None or known.unfinished or memory_of(known) is not Memory.ACTIVE:
        return True
    return known.licenses != desired.assignment.grants.licenses or bool(known.waiting)


def _allocated(wishes: Sequence[LicenseWish], snapshot: TenantSnapshot) -> tuple[Sequence[LicenseWish], SeatAllocation]:
    """The wishes and their seats: where a part of a request would break a rule, the whole of it waits in line."""
    deferred: set[str] = set()
    breaking = cache(lambda goal, rules: evolve(goal, broken=rules))
    while True:
        seats = allocate(wishes, snapshot, deferred)
        broken: dict[int, LicenseWish] = {}
        deferring = False
        for number, wish in enumerate(wishes):
            given = seats.of(wish)
            outcome = seats.outcome(wish)
            if not wish.goal.may_take_seats or outcome.whole or not outcome.breaks:
                continue
            if given:
                deferring = True
                deferred.add(wish.matched.subject.person_id)
            else:
                broken[number] = evolve(wish, goal=breaking(wish.goal, outcome.breaks))
        if not broken and not deferring:
            return wishes, seats
        wishes = [broken.get(number, wish) for number, wish in enumerate(wishes)]


def _request(wish: LicenseWish, outcome: LicenseOutcome) -> AssignLicenses | None:
    """Everything that changes for one person, in one request."""
    if not outcome.adding and not outcome.removing:
        return None
    matched, how = wish.matched, wish.matched.desired.assignment.how
    reason = intern(f"assigned {how}" if outcome.adding else f"not among the licences assigned {how}")
    return _assigning(matched.subject, reason, matched.object_id, outcome.adding, outcome.removing, outcome.remembered)


def _waiting(wish: LicenseWish, seats: SeatAllocation, now: datetime) -> tuple[WaitingForSeat, ...]:
    """The licences for which the person waits after this plan, each since the day of the first plan without a seat.

    Who waits keeps the place while something else is in the way too.
    """
    waits, known = seats.waits_for(wish) | seats.may_lack(wish), wish.matched.known
    if not waits and not (known and known.waiting):
        return ()
    found = []
    for sku_id, granted in wish.goal.wanted.skus.items():
        since = waiting_since(wish, granted.sku)
        if sku_id in waits or (since and sku_id in wish.goal.seats and not wish.goal.may_take_seats):
            found.append(WaitingForSeat(granted.sku.part_number, since or now))
    return tuple(found)


def _memory(wish: LicenseWish, outcome: LicenseOutcome, waiting: tuple[WaitingForSeat, ...]) -> Remember | None:
    """What the memory learns without a request: what was found on the account, and who waits since when.

    The request itself ends the waiting for what it gives, once it is done.
    """
    matched, adding = wish.matched, outcome.adding
    asks = bool(adding or outcome.removing)
    licenses = None if asks or outcome.remembered == wish.goal.ours else outcome.remembered
    known = matched.known.waiting if matched.known else ()
    moved = _moved(waiting, known, adding) if waiting or known else None
    if licenses is None and moved is None:
        return None
    reason = f"assigned {matched.desired.assignment.how}"
    return Remember(matched.subject, reason, matched.object_id, licenses=licenses, waiting=moved)


def _moved(
    waiting: tuple[WaitingForSeat, ...], known: tuple[WaitingForSeat, ...], adding: Iterable[LicenseAddition]
) -> tuple[WaitingForSeat, ...] | None:
    """For what the person waits from now on, with what the request is to give; None if that is known already."""
    given = {each.part_number for each in adding}
    line = tuple(sorted((*waiting, *(each for each in known if each.sku in given)), key=lambda each: each.sku))
    return None if line == known else line


def _missing_seats(
    wishes: Sequence[LicenseWish],
    seats: SeatAllocation,
    waiting: Mapping[str, tuple[WaitingForSeat, ...]],
) -> Mapping[str, Sequence[Issue]]:
    """By person id: for which seats a person waits, in which place; who wait for each other have one problem."""
    issues: dict[str, list[Issue]] = {}
    if not seats.waiting and not seats.doubtful:
        return issues
    in_circles: set[str] = set()
    for people in circles(wishes, seats):
        skus = [wish.goal.wanted.skus[sku_id].sku for wish in people for sku_id in seats.waits_for(wish)]
        ids = [wish.matched.subject.person_id for wish in people]
        issue = circle(people, skus)
        for person_id in ids:
            issues.setdefault(person_id, []).append(issue)
        in_circles.update(ids)
    freed = freed_seats(wishes, seats)
    for sku_id, line in sorted(seats.lines.items()):
        for number, wish in enumerate(line, 1):
            sku, person_id = wish.goal.wanted.skus[sku_id].sku, wish.matched.subject.person_id
            if person_id in in_circles:
                continue
            since = next(each.since for each in waiting[person_id] if each.sku == sku.part_number)
            place = number, len(line)
            issue = no_seat(wish, sku, since, place, freed=number <= freed[sku_id] - max(sku.used - sku.seats, 0))
            issues.setdefault(person_id, []).append(issue)
    for wish in wishes:
        for sku_id in sorted(seats.may_lack(wish)):
            restored = sum(sku_id in each for each in seats.doubtful.values())
            issue = doubtful_seat(wish.goal.snapshot.sku_named[sku_id], restored)
            issues.setdefault(wish.matched.subject.person_id, []).append(issue)
    return issues
