"""A part of a plan, as for a pilot: some of its people, with nobody else touched.

Everybody in it gets all of their changes or none. Who waits for somebody else's change is in it with them, or not at
all; what is left out says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from attrs import define, field, frozen

from o365prov.errors import Issue
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import (
    AssignLicenses,
    Change,
    CreateUser,
    RemoveLicenses,
    RestoreUser,
    SetManager,
    UpdateUser,
    change_key,
)
from o365prov.planning.model.problems import Problem


@frozen
class PlanPart:
    """A part of a plan.

    Args:
        people: the ids of those who are in it.
        changes: their changes.
        problems: the problems of these people, and why others are left out.

    """

    people: frozenset[str]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


@define
class _Choice:
    """Who is in a part, and why others are not.

    Args:
        waits_for: by person id, the ids of those whose changes must come before.
        candidates: the ids of those who may be in it.
        most: how many people.

    """

    waits_for: Mapping[str, Collection[str]]
    candidates: Collection[str]
    most: int | None
    chosen: set[str] = field(factory=set)
    waiting: dict[str, list[str]] = field(factory=dict)
    too_many: list[str] = field(factory=list)

    def consider(self, person_id: str) -> None:
        """Take somebody, with everybody whom they wait for."""
        group = self._with_whom_they_wait_for(person_id)
        if missing := [each for each in group if each not in self.candidates]:
            self.waiting[person_id] = missing
        elif self.most is not None and len(self.chosen.union(group)) > self.most:
            self.too_many.append(person_id)
        else:
            self.chosen.update(group)

    def _with_whom_they_wait_for(self, person_id: str) -> list[str]:
        found, left = {person_id: None}, [person_id]
        while left:
            new = [each for each in self.waits_for.get(left.pop(), ()) if each not in found]
            found.update(dict.fromkeys(new))
            left += new
        return list(found)


def part_of_plan(
    changes: Sequence[Change], problems: Iterable[Problem], people: Collection[str] | None, most: int | None
) -> PlanPart:
    """The part of a plan that is about these people, or about so many of them.

    Args:
        changes: the changes of the plan, in their order.
        problems: its problems.
        people: the ids of the people; None for everybody.
        most: how many people, in the order of the plan; None for all of them.

    """
    by_key = {change_key(each): each.subject.person_id for each in changes}
    subjects = {each.subject.person_id: each.subject for each in changes}
    candidates = [each for each in subjects if people is None or each in people]
    choice = _Choice(_waits_for(changes, by_key), frozenset(candidates), most)
    for person_id in candidates:
        if person_id not in choice.chosen:
            choice.consider(person_id)
    chosen = choice.chosen
    kept = [each for each in changes if each.subject.person_id in chosen]
    late = {change_key(each): each for each in kept if isinstance(each, SetManager) and _is_late(each, chosen)}
    said = [Problem(each.subject, _manager_left_out(each.manager)) for each in late.values()]
    said += [Problem(each.subject, _seat(sku)) for each, sku in _seats(changes, chosen)]
    for person_id, others in choice.waiting.items():
        said.append(Problem(subjects[person_id], _waits([subjects[each].name for each in others])))
    if people is not None and most is not None:
        said += [Problem(subjects[each], _too_many(most)) for each in choice.too_many]
    in_part = frozenset(chosen if people is None else {*chosen, *people})
    told = [each for each in problems if each.subject.person_id in in_part]
    return PlanPart(frozenset(chosen), tuple(each for each in kept if change_key(each) not in late), (*told, *said))


def _waits_for(changes: Iterable[Change], by_key: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for each in changes:
        if isinstance(each, CreateUser | RestoreUser | UpdateUser) and each.waits_for in by_key:
            found.setdefault(each.subject.person_id, set()).add(by_key[each.waits_for])
    return found


def _is_late(change: SetManager, chosen: Collection[str]) -> bool:
    """Whether the manager's account is not created by the part, and was not there before."""
    return change.manager_id is None and change.manager.person_id not in chosen


def _seats(changes: Iterable[Change], chosen: Collection[str]) -> Iterator[tuple[Change, str]]:
    """Who gets a licence whose seat somebody may free who is not in the part."""
    freed = {
        each.part_number
        for change in changes
        if isinstance(change, AssignLicenses | RemoveLicenses) and change.subject.person_id not in chosen
        for each in change.remove
        if not each.through_group
    }
    for change in changes:
        if isinstance(change, AssignLicenses) and change.subject.person_id in chosen:
            given = (each.part_number for each in change.add if not each.held)
            yield from ((change, sku) for sku in given if sku in freed)


def _manager_left_out(manager: Subject) -> Issue:
    return Issue(
        "manager_left_out",
        f"the account of the manager ({manager.name}) is created by the whole plan and not by this part of it",
        "Plan again once that account is there, and the manager is set",
        severity="warning",
    )


def _seat(sku: str) -> Issue:
    return Issue(
        "seat_of_others",
        f"the seat of {sku} may be one that people free who are not in this part of the plan",
        "Apply it where seats are free; otherwise plan for these people with only=, which counts the seats",
        severity="warning",
    )


def _waits(names: Sequence[str]) -> Issue:
    return Issue(
        "waits_for_others",
        f"left out of this part of the plan: waits for a username that {', '.join(sorted(names))} has until then",
        "Take them into the part too, or apply the whole plan",
    )


def _too_many(most: int) -> Issue:
    return Issue(
        "beyond_the_limit",
        f"left out of this part of the plan, which is limited to {most:,} people",
        "Plan again after it is applied, or raise the limit",
    )
