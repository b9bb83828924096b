"""A shorter schedule that still fails: whatever can be left out is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from attrs import evolve

from o365prov.simulation.schedule.events import DayPlan, Round, Schedule

_T = TypeVar("_T")


def shrunk(schedule: Schedule, fails: Callable[[Schedule], bool], *, most_tries: int = 400) -> Schedule:
    """The shortest schedule that was found to fail.

    Args:
        schedule: one that fails.
        fails: whether a schedule fails.
        most_tries: how many are tried.

    """
    left = most_tries
    shorter = True
    while shorter:
        shorter = False
        for candidate in _shorter(schedule):
            if left == 0:
                return schedule
            left -= 1
            if fails(candidate):
                schedule, shorter = candidate, True
                break
    return schedule


def _shorter(schedule: Schedule) -> Iterator[Schedule]:
    """Schedules with less in them, the shortest first."""
    for days in _without_some(schedule.days):
        yield Schedule(days)
    for number, day in enumerate(schedule.days):
        for shorter in _shorter_days(day):
            yield Schedule((*schedule.days[:number], shorter, *schedule.days[number + 1 :]))


def _shorter_days(day: DayPlan) -> Iterator[DayPlan]:
    yield from (evolve(day, happenings=each) for each in _without_some(day.happenings))
    yield from (evolve(day, rounds=each) for each in _without_some(day.rounds))
    for number, one in enumerate(day.rounds):
        for shorter in _shorter_rounds(one):
            yield evolve(day, rounds=(*day.rounds[:number], shorter, *day.rounds[number + 1 :]))


def _shorter_rounds(one: Round) -> Iterator[Round]:
    yield from (evolve(one, faults=each) for each in _without_some(one.faults))
    yield from (evolve(one, edits=each) for each in _without_some(one.edits))
    if one.interruption is not None:
        yield evolve(one, interruption=None)
    if one.is_together:
        yield evolve(one, is_together=False)


def _without_some(items: Sequence[_T]) -> Iterator[tuple[_T, ...]]:
    """The items without a half of them, a quarter of them, and so on down to one."""
    size = len(items) // 2 or len(items)
    while size:
        for start in range(0, len(items), size):
            yield (*items[:start], *items[start + size :])
        size //= 2
