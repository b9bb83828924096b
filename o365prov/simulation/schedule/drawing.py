"""Schedules from a seed: the same seed draws the same schedule on every machine."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from attrs import field, frozen

from o365prov._fields import fraction, typed, whole_number
from o365prov.simulation.schedule.events import (
    AMID_PLANS,
    BY_HAND,
    ON_DISK,
    Cut,
    CutPlace,
    DayPlan,
    Event,
    Happening,
    Interruption,
    NetworkFault,
    Round,
    Schedule,
    Source,
    Wrong,
)

_T = TypeVar("_T")

_OFTEN = (
    Event.JOIN,
    Event.LEAVE,
    Event.REGRANT,
    Event.PROMOTE,
    Event.HIRE,
    Event.SUSPEND,
    Event.STAGE,
    Event.REORGANIZE,
)
_SETTINGS = (
    Event.CHOOSE_OPTION,
    Event.SWITCH_DEACTIVATION,
    Event.SWITCH_CREATION,
    Event.SWITCH_RESTORING,
    Event.SWITCH_SUSPENSION,
    Event.SWITCH_PATIENCE,
    Event.SWITCH_PREPARATION,
    Event.EXCLUDE_PEOPLE,
    Event.EXCLUDE_ACCOUNT,
    Event.UNDO,
    Event.REVERT,
    Event.HAND_OVER_MAILBOX,
    Event.LINK_ELSEWHERE,
    Event.LOSE_MEMORY,
)
_BUSY = 3
"""To how many people half of everything happens: what becomes of somebody depends on what was before."""
_CLOCK = (Event.CLOCK_FORWARD, Event.CLOCK_BACK)
_PEOPLE = tuple(event for event in Event if event not in BY_HAND and event not in _SETTINGS and event not in _CLOCK)
_ADMINISTRATORS = tuple(event for event in Event if event in BY_HAND)
_AMID_PLANS = tuple(event for event in Event if event in AMID_PLANS)


@frozen(field_transformer=typed)
class Trouble:
    """How much goes wrong in a simulation.

    Args:
        rounds: the most appliers a day that are disturbed.
        faults: the most faults of the network for each of them.
        by_hand: how likely what happens is an administrator's doing, from 0 to 1.
        settings: how likely it is a change of settings, an undo, or the loss of the memory, from 0 to 1.

    """

    rounds: int = field(default=3, validator=whole_number())
    faults: int = field(default=4, validator=whole_number())
    by_hand: float = field(default=0.3, validator=fraction)
    settings: float = field(default=0.12, validator=fraction)


def draw_schedule(seed: int, *, people: int, days: int, trouble: Trouble, on_disk: bool = False) -> Schedule:
    """Draw a schedule.

    Args:
        seed: where chance begins.
        people: how many people there are.
        days: how many days the schedule has.
        trouble: how much goes wrong.
        on_disk: whether the state is on a disk, which may fail, run full and lose power.

    """
    chance = random.Random(seed)  # noqa: S311 - chance needs no secrecy
    busy = tuple(chance.randrange(people) for _ in range(_BUSY))
    draw = _Draw(chance, people, busy, trouble, on_disk)
    return Schedule(tuple(draw.day() for _ in range(days)))


@frozen
class _Draw:
    chance: random.Random
    people: int
    busy: tuple[int, ...]
    trouble: Trouble
    on_disk: bool

    def day(self) -> DayPlan:
        happenings = tuple(self._happening() for _ in range(self.chance.choice((1, 2, 4, 6))))
        rounds = tuple(self._round() for _ in range(self.chance.randint(0, self.trouble.rounds)))
        return DayPlan(happenings, rounds, self.chance.choice((1, 1, 1, 2, 7)))

    def _happening(self, events: Sequence[Event] = ()) -> Happening:
        return Happening(
            self._one_of(events or self._events()),
            self._one_of(self.busy) if self.chance.random() < 0.5 else self.chance.randrange(self.people),
            self.chance.randrange(self.people),
            self.chance.randrange(60),
        )

    def _events(self) -> Sequence[Event]:
        lot = self.chance.random()
        if lot < self.trouble.by_hand:
            return _ADMINISTRATORS
        if lot < self.trouble.by_hand + self.trouble.settings:
            return _SETTINGS
        if lot < self.trouble.by_hand + self.trouble.settings + 0.03:
            return _CLOCK
        return _OFTEN if self.chance.random() < 0.5 else _PEOPLE

    def _round(self) -> Round:
        edits = 1 if self.chance.random() < self.trouble.by_hand / 3 else 0
        return Round(
            self._one_of((Source.NEW, Source.NEW, Source.NEW, Source.AGAIN, Source.PUSH, Source.OLDER, Source.PART)),
            tuple(self._fault() for _ in range(self.chance.randint(0, self.trouble.faults))),
            self._interruption() if self.chance.random() < 0.7 else None,
            tuple(self._happening(_AMID_PLANS) for _ in range(edits)),
            self.chance.random() < 0.15,
            self.chance.randrange(self.people),
        )

    def _fault(self) -> NetworkFault:
        return NetworkFault(self._one_of(tuple(Wrong)), self._early(30))

    def _interruption(self) -> Interruption:
        if self.on_disk and self.chance.random() < 0.5:
            cut = self._one_of((Cut.KILL, Cut.LOSE_POWER, Cut.LOSE_POWER, Cut.FILL_DISK, Cut.FAIL_SYNC))
            return Interruption(cut, CutPlace.AMID_NOTE, self._early(80))
        cuts = tuple(each for each in Cut if each not in ON_DISK or self.on_disk)
        place = self._one_of(tuple(each for each in CutPlace if each is not CutPlace.AMID_NOTE))
        return Interruption(self._one_of((Cut.KILL, Cut.KILL, Cut.PAUSE, Cut.RETURN, *cuts)), place, self._early(12))

    def _early(self, most: int) -> int:
        """A number from 1 on, small ones more often: most applies are short."""
        return 1 + int(most * self.chance.random() ** 2)

    def _one_of(self, choices: Sequence[_T]) -> _T:
        return choices[self.chance.randrange(len(choices))]
