"""Where the state of a simulated computer is: a memory that outlives its processes, or a disk, which may fail."""

from __future__ import annotations

import sqlite3
from typing import Protocol

from o365prov.simulation.machinery.process import Process
from o365prov.simulation.machinery.virtual_time import SimulatedTime
from o365prov.simulation.schedule.events import Cut
from o365prov.state import MemoryState, State


class Storage(Protocol):
    """Keeps a state for one simulation."""

    def open(self, time: SimulatedTime) -> State:
        """The state, as a process opens it that was just started."""
        ...

    def lose_power(self) -> None:
        """Keep what a disk keeps of what was not written through; every process is dead."""
        ...

    def fail(self, process: Process, cut: Cut) -> None:
        """Let the disk be full, or fail to sync, for a process until it ends."""
        ...

    def lose(self) -> None:
        """Lose everything; no process runs."""
        ...


class InMemory:
    """A state in memory that outlives the processes."""

    def __init__(self) -> None:
        self._state: MemoryState | None = None

    def open(self, time: SimulatedTime) -> State:
        """The one state, whose clock is the simulated one."""

        def connect(target: str) -> sqlite3.Connection:
            connection = sqlite3.connect(target, isolation_level=None, check_same_thread=False)
            connection.create_function("julianday", 1, lambda _: time.julian())
            return connection

        if self._state is None:
            self._state = MemoryState(connect=connect)
        return self._state

    def lose_power(self) -> None:
        """Nothing: this memory is not on a disk."""

    def fail(self, process: Process, cut: Cut) -> None:
        """Nothing: this memory is not on a disk."""

    def lose(self) -> None:
        """Begin with an empty one."""
        self._state = None
