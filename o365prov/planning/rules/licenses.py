"""Licences: what assignments grant, as far as it can be given.

Everybody is decided at once, because people share the seats. What a person should lose goes only in the request that
gives everything they are granted; and what is found on the account counts as granted by us once it is assigned.

Source: Microsoft Graph, "user: assignLicense".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from attrs import evolve, field, frozen

from o365prov.errors import Issue
from o365prov.people import AppUser, LicenseGrant, WaitingForSeat
from o365prov.planning.model.changes import AssignLicenses, Remember
from o365prov.planning.rules.license_problems import circle, no_seat, obstacles, stays
from o365prov.planning.rules.license_requests import LicenseWish, wish_of
from o365prov.planning.rules.seats import SeatAllocation, allocate, circles, freed_seats, waiting_since
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.planning.transitions.situations import Memory
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import DesiredUser


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
    take_over: bool = False,
    again: bool = False,
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
    asking = [
        _checked(wish_of(each, snapshot, take_over=take_over), is_located) for each in people if again or _new(each)
    ]
    wishes, seats = _allocated(asking, snapshot)
    waiting = {wish.matched.subject.person_id: _waiting(wish, seats, now) for wish in wishes}
    issues = {
        wish.matched.subject.person_id: [*obstacles(wish, snapshot), *stays(wish, take_over=take_over)]
        for wish in wishes
    }
    for person_id, issue in _missing_seats(wishes, seats, waiting):
        issues[person_id].append(issue)
    return {
        person_id: LicenseDecision(
            change := _request(wish, seats),
            _memory(wish, seats, change, waiting[person_id]),
            tuple(issues[person_id]),
        )
        for wish in wishes
        for person_id in [wish.matched.subject.person_id]
    }


def _new(matched: MatchedUser) -> bool:
    """Whether the grants are not those of the last success, somebody still waits for one of them, or is new or back."""
    return matched.is_new or asks_for_licenses(matched.desired, matched.known)


def asks_for_licenses(desired: DesiredUser, known: AppUser | None) -> bool:
    """The same, as far as the memory tells."""
    if known is None or known.unfinished or memory_of(known) is not Memory.ACTIVE:
        return True
    return known.licenses != desired.assignment.grants.licenses or bool(known.waiting)


def _checked(wish: LicenseWish, is_located: Callable[[MatchedUser], bool]) -> LicenseWish:
    """The same wish with what stands in its way, as far as that is not a matter of seats."""
    goal = wish.after(wish.seats, whole=True)
    switched = any(wish.holds.direct.get(sku_id) != plans for sku_id, plans in goal.direct.items())
    if switched and not is_located(wish.matched):
        return evolve(wish, located=False)
    return evolve(wish, broken=wish.breaks(wish.seats))


def _allocated(wishes: Sequence[LicenseWish], snapshot: TenantSnapshot) -> tuple[Sequence[LicenseWish], SeatAllocation]:
    """The wishes and their seats: where a part of a request would break a rule, the whole of it waits in line."""
    deferred: set[str] = set()
    while True:
        seats = allocate(wishes, snapshot, deferred)
        broken: dict[int, LicenseWish] = {}
        deferring = False
        for number, wish in enumerate(wishes):
            given = seats.of(wish)
            if not wish.may_take_seats or wish.is_whole(given) or not (rules := wish.breaks(given)):
                continue
            if given:
                deferring = True
                deferred.add(wish.matched.subject.person_id)
            else:
                broken[number] = evolve(wish, broken=rules)
        if not broken and not deferring:
            return wishes, seats
        wishes = [broken.get(number, wish) for number, wish in enumerate(wishes)]


def _request(wish: LicenseWish, seats: SeatAllocation) -> AssignLicenses | None:
    """Everything that changes for one person, in one request."""
    matched, given = wish.matched, seats.of(wish)
    before, after = wish.holds.direct, wish.after(given).direct
    adding = [
        wish.holds.addition(granted.sku, after[sku_id])
        for sku_id, granted in wish.wanted.skus.items()
        if sku_id in after and before.get(sku_id) != after[sku_id]
    ]
    removing = [wish.holds.removal(sku) for sku in wish.removing if sku.id not in after]
    if not adding and not removing:
        return None
    how = matched.desired.assignment.how
    reason = f"assigned {how}" if adding else f"not among the licences assigned {how}"
    remembered = wish.remembered(given)
    return AssignLicenses(matched.subject, reason, matched.object_id, tuple(adding), tuple(removing), remembered)


def _waiting(wish: LicenseWish, seats: SeatAllocation, now: datetime) -> tuple[WaitingForSeat, ...]:
    """The licences for which the person waits after this plan, each since the day of the first plan without a seat.

    Who waits keeps the place while something else is in the way too.
    """
    waits = seats.waits_for(wish)
    found = []
    for sku_id, granted in wish.wanted.skus.items():
        since = waiting_since(wish, granted.sku)
        if sku_id in waits or (since and sku_id in wish.seats and not wish.may_take_seats):
            found.append(WaitingForSeat(granted.sku.part_number, since or now))
    return tuple(sorted(found, key=lambda each: each.sku))


def _memory(
    wish: LicenseWish, seats: SeatAllocation, change: AssignLicenses | None, waiting: tuple[WaitingForSeat, ...]
) -> Remember | None:
    """What the memory learns without a request: what was found on the account, and who waits since when.

    The request itself ends the waiting for what it gives, once it is done.
    """
    matched = wish.matched
    remembered = wish.remembered(seats.of(wish))
    licenses: tuple[LicenseGrant, ...] | None = None
    if change is None and remembered != wish.ours:
        licenses = remembered
    known = matched.known.waiting if matched.known else ()
    given = {each.part_number for each in change.add} if change else set()
    line = tuple(sorted((*waiting, *(each for each in known if each.sku in given)), key=lambda each: each.sku))
    moved = None if line == known else line
    if licenses is None and moved is None:
        return None
    reason = f"assigned {matched.desired.assignment.how}"
    return Remember(matched.subject, reason, matched.object_id, licenses=licenses, waiting=moved)


def _missing_seats(
    wishes: Sequence[LicenseWish],
    seats: SeatAllocation,
    waiting: Mapping[str, tuple[WaitingForSeat, ...]],
) -> list[tuple[str, Issue]]:
    """Who waits for a seat, in which place; people who wait for each other have one problem together."""
    issues: list[tuple[str, Issue]] = []
    in_circles: set[str] = set()
    for people in circles(wishes, seats):
        skus = [wish.wanted.skus[sku_id].sku for wish in people for sku_id in seats.waits_for(wish)]
        ids = [wish.matched.subject.person_id for wish in people]
        issue = circle(people, skus)
        issues += [(person_id, issue) for person_id in ids]
        in_circles.update(ids)
    freed = freed_seats(wishes, seats)
    for sku_id, line in sorted(seats.lines.items()):
        for number, wish in enumerate(line, 1):
            sku, person_id = wish.wanted.skus[sku_id].sku, wish.matched.subject.person_id
            if person_id in in_circles:
                continue
            since = next(each.since for each in waiting[person_id] if each.sku == sku.part_number)
            place = number, len(line)
            issues.append((person_id, no_seat(wish, sku, since, place, freed=number <= freed[sku_id])))
    return issues
