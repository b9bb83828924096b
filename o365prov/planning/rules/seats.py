"""Seats: who gets those that are free, who waits in which place, and who waits for each other.

The order is a rule, not the alphabet: individual assignments first and then the priority of the group; of those who
are equal, who waits longest; then name and id. Seats that the same plan frees are not counted, because they may be free
too late.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from attrs import frozen

from o365prov.planning.rules.license_replacement import LicenseOutcome, LicenseWish
from o365prov.planning.tenant.snapshot import Sku, TenantSnapshot

_NONE: frozenset[str] = frozenset()


@frozen
class SeatAllocation:
    """The seats that people get, and the lines of those who do not.

    Args:
        given: by person id, the ids of the SKUs of which the person gets a seat.
        lines: by the id of a SKU, who waits for a seat of it, the first in line first.
        waiting: by person id, the ids of the SKUs in whose lines the person is.
        doubtful: by person id, the ids of the SKUs that the restored account had, and of which too few seats are free
            for all who are restored.

    """

    given: Mapping[str, frozenset[str]]
    lines: Mapping[str, Sequence[LicenseWish]]
    waiting: Mapping[str, frozenset[str]]
    doubtful: Mapping[str, frozenset[str]]

    def of(self, wish: LicenseWish) -> frozenset[str]:
        """The SKUs of which this person gets a seat."""
        return self.given.get(wish.matched.subject.person_id, _NONE)

    def waits_for(self, wish: LicenseWish) -> frozenset[str]:
        """The SKUs of which this person waits for a seat."""
        return self.waiting.get(wish.matched.subject.person_id, _NONE)

    def may_lack(self, wish: LicenseWish) -> frozenset[str]:
        """The SKUs without which this person's account may be restored."""
        return self.doubtful.get(wish.matched.subject.person_id, _NONE)

    def outcome(self, wish: LicenseWish) -> LicenseOutcome:
        """What becomes of the wish: nothing as long as nobody can tell what the account is restored with."""
        return wish.goal.unchanged if self.may_lack(wish) else wish.goal.with_seats(self.of(wish))


def allocate(wishes: Sequence[LicenseWish], snapshot: TenantSnapshot, deferred: Collection[str] = ()) -> SeatAllocation:
    """Give the free seats of each SKU to the first in line.

    Args:
        wishes: what people should hold, by name and id of the people: that is their order where nothing else tells.
        snapshot: what the tenant holds.
        deferred: the ids of people who get no seat now, because they would need all seats they ask for in one
            request; they keep their places in the lines.

    """
    asking: dict[str, list[LicenseWish]] = {}
    returning: Counter[str] = Counter()  # seats that restored accounts take again, before anybody gets one
    for wish in wishes:
        for sku_id in wish.goal.seats if wish.goal.may_take_seats else ():
            asking.setdefault(sku_id, []).append(wish)
        if wish.matched.deleted:
            returning.update({*wish.goal.holds.direct, *wish.goal.holds.inherited})
    doubtful = _doubtful(wishes, snapshot, returning)
    given: dict[str, frozenset[str]] = {}
    lines: dict[str, Sequence[LicenseWish]] = {}
    waiting: dict[str, frozenset[str]] = {}
    for sku_id, people in asking.items():
        sku = snapshot.sku_named[sku_id]
        free = max(sku.free - returning[sku_id], 0)
        one = frozenset({sku_id})  # which those share who get or want nothing else
        people.sort(key=lambda wish, sku=sku: _place(wish, sku))  # type: ignore[misc]
        line: list[LicenseWish] = []
        for wish in people:
            person_id = wish.matched.subject.person_id
            if free and person_id not in deferred and person_id not in doubtful:
                free -= 1
                given[person_id] = given[person_id] | one if person_id in given else one
            else:
                line.append(wish)
        if not free:
            lines[sku_id] = line
            for wish in line:
                person_id = wish.matched.subject.person_id
                waiting[person_id] = waiting[person_id] | one if person_id in waiting else one
    return SeatAllocation(given, lines, waiting, doubtful)


def _doubtful(
    wishes: Iterable[LicenseWish], snapshot: TenantSnapshot, returning: Mapping[str, int]
) -> Mapping[str, frozenset[str]]:
    """The SKUs that may not come back with restored accounts, by person id.

    To which of them Office 365 gives the last seats, only the next plan can tell.
    """
    named = snapshot.sku_named
    scarce = {sku_id for sku_id, count in returning.items() if sku_id in named and count > named[sku_id].free}
    if not scarce:
        return {}
    restored = (wish for wish in wishes if wish.matched.deleted)
    found = {wish.matched.subject.person_id: scarce & wish.goal.holds.direct.keys() for wish in restored}
    return {person_id: frozenset(sku_ids) for person_id, sku_ids in found.items() if sku_ids}


_NEVER = datetime.max.replace(tzinfo=UTC)


def waiting_since(wish: LicenseWish, sku: Sku) -> datetime | None:
    """Since when the person waits for a seat of *sku*, as far as we remember."""
    known = wish.matched.known
    return next((each.since for each in known.waiting if each.sku == sku.part_number), None) if known else None


def _place(wish: LicenseWish, sku: Sku) -> tuple[bool, int, datetime]:
    priority = wish.matched.desired.assignment.priority
    return priority is not None, priority or 0, waiting_since(wish, sku) or _NEVER


def freed_seats(wishes: Iterable[LicenseWish], seats: SeatAllocation) -> Counter[str]:
    """How many seats of each SKU the removals and replacements of assigned people free, too late for this plan."""
    return Counter(sku.id for wish in wishes if seats.outcome(wish).whole for sku in wish.goal.frees)


def circles(wishes: Iterable[LicenseWish], seats: SeatAllocation) -> list[tuple[LicenseWish, ...]]:
    """People who each wait for a seat that the next one has and would free: no later plan helps them.

    Everybody is in one circle at most; the first in line come first.
    """
    people = [wish for wish in wishes if _waits_for_one_seat(wish, seats)]
    waiting: dict[tuple[str, str], deque[LicenseWish]] = {}  # by what a person would free, and what they wait for
    for wish in people:
        [wanted] = seats.waits_for(wish)
        for sku in wish.goal.frees:
            waiting.setdefault((sku.id, wanted), deque()).append(wish)
    found: list[tuple[LicenseWish, ...]] = []
    used: set[str] = set()
    for wish in people:
        if wish.matched.subject.person_id in used:
            continue
        [wanted] = seats.waits_for(wish)
        path = _path(waiting, wanted, {sku.id for sku in wish.goal.frees})
        others: list[LicenseWish] = []
        for step in path:
            queue = waiting[step]
            while queue and queue[0].matched.subject.person_id in used:
                queue.popleft()
            if queue:
                others.append(queue[0])
        if path and len(others) == len(path):
            circle = (wish, *others)
            found.append(circle)
            used.update(each.matched.subject.person_id for each in circle)
    return found


def _waits_for_one_seat(wish: LicenseWish, seats: SeatAllocation) -> bool:
    return len(seats.waits_for(wish)) == 1 and wish.goal.wanted.complete and bool(wish.goal.frees)


def _path(waiting: Collection[tuple[str, str]], start: str, goals: Collection[str]) -> list[tuple[str, str]]:
    """The shortest way from the SKU *start* to one of *goals*, in steps of (SKU that is freed, SKU that is wanted)."""
    came_by: dict[str, tuple[str, str] | None] = {start: None}
    ahead = deque([start])
    while ahead:
        sku_id = ahead.popleft()
        if sku_id in goals:
            steps: list[tuple[str, str]] = []
            while (step := came_by[sku_id]) is not None:
                steps.append(step)
                sku_id = step[0]
            return steps[::-1]
        for step in waiting:
            if step[0] == sku_id and step[1] not in came_by:
                came_by[step[1]] = step
                ahead.append(step[1])
    return []
