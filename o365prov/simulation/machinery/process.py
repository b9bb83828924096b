"""A process that applies plans: it can be killed, paused and resumed at any point, and knows nothing of it.

Everything that a process does passes through two places: the state, and the wire. There it is counted, and there it
ends.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from attrs import define, field

from o365prov.simulation.schedule.events import Cut, CutPlace, Interruption

PROCESS: ContextVar[Process] = ContextVar("PROCESS")
"""Which process runs now."""


class Killed(BaseException):
    """The process is dead: whatever it would do next does not happen."""


@define(eq=False)
class Process:
    """One process.

    Args:
        name: for the story.
        interruption: where and how it is interrupted; None where it is not.
        interrupted: called when that happens.

    """

    name: str
    interruption: Interruption | None = None
    interrupted: Callable[[Process, Interruption], None] = lambda _process, _interruption: None
    is_dead: bool = False
    passed: Counter[CutPlace] = field(factory=Counter)
    _running: asyncio.Event = field(factory=asyncio.Event)

    def __attrs_post_init__(self) -> None:
        self._running.set()

    @property
    def is_paused(self) -> bool:
        """Whether it stands still."""
        return not self._running.is_set()

    def kill(self) -> None:
        """End it at once; a paused one ends when it would go on."""
        self.is_dead = True
        self._running.set()

    def pause(self) -> None:
        """Let it stand still at the next place."""
        self._running.clear()

    def resume(self) -> None:
        """Let it go on."""
        self._running.set()

    def passes(self, place: CutPlace) -> None:
        """Come to a place, and be interrupted there if it is time."""
        self.check_alive()
        self.passed[place] += 1
        planned = self.interruption
        if planned is not None and (planned.place, planned.at) == (place, self.passed[place]):
            self.interruption = None
            self.interrupted(self, planned)
            self.check_alive()

    def check_alive(self) -> None:
        """Raise Killed in a process that is dead."""
        if self.is_dead:
            raise Killed

    async def goes_on(self) -> None:
        """Wait as long as it is paused."""
        await self._running.wait()
        self.check_alive()


async def execute(function: Callable[[], Any]) -> Any:
    """Call what a process means for a thread: not while it is paused, and never when it is dead."""
    if (process := PROCESS.get(None)) is not None:
        await process.goes_on()
    return function()


ENDING = frozenset({Cut.KILL, Cut.LOSE_POWER})
"""The cuts after which nothing of a process is left."""
