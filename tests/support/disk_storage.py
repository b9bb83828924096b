"""The state of a simulated computer in a file on its disk, and what has to hold of the file when the power was lost."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from pathlib import Path
from random import Random

from attrs import define, field
from disk import Disk, DiskConnection

from o365prov import SQLiteState
from o365prov.simulation.machinery.process import PROCESS, Process
from o365prov.simulation.machinery.virtual_time import SimulatedTime
from o365prov.simulation.schedule.events import Cut, CutPlace

NAME = "state.db"


@contextmanager
def reopened(folder: Path, julian: Callable[[], float]) -> Iterator[SQLiteState]:
    """A copy of the state in a folder, opened with the standard library: its file is whole.

    Args:
        folder: the folder.
        julian: the instant by the computer's clock, as SQLite counts it.

    """

    def connect(target: str) -> sqlite3.Connection:
        connection = sqlite3.connect(target, isolation_level=None, check_same_thread=False)
        connection.create_function("julianday", 1, lambda _: julian())
        return connection

    copy = folder.with_name(f"copy of {folder.name}")
    shutil.copytree(folder, copy)
    with closing(sqlite3.connect(copy / NAME)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with SQLiteState(copy / NAME, connect=connect) as state:
        yield state
    shutil.rmtree(copy)


def load_everything(state: SQLiteState) -> None:
    """Load all that is in a state: what does not fit its digests is an error."""
    with state._database.transaction(writes=False) as transaction:
        memories = transaction.rows("SELECT tenant_id, app_name FROM memory")
    for tenant_id, app_name in memories:
        state.app_users(str(tenant_id), str(app_name))
        for run in state.runs(str(tenant_id)):
            state.entries(run.plan_id)


@define(eq=False)
class _Opened:
    """The state as one process has opened it."""

    state: SQLiteState
    task: asyncio.Task[object] | None
    connections: list[DiskConnection] = field(factory=list)


class DiskStorage:
    """A :class:`~o365prov.simulation.machinery.storage.Storage` on a disk; each process has a connection of its own.

    The file of a process that has ended is closed; a dead one's vanishes as it is. Whoever looks at the state from
    outside is closed when a process opens it, so that this may be the last one, who deletes the log.

    Args:
        folder: an empty folder.
        chance: what of the unsynced survives.

    """

    def __init__(self, folder: Path, chance: Random) -> None:
        self._folder = folder / "disk"
        self._folder.mkdir(parents=True)
        self._disk = Disk(self._folder, chance, self._before)
        self._opened: dict[Process | None, _Opened] = {}
        self._failing: dict[Process, Cut] = {}

    def open(self, time: SimulatedTime) -> SQLiteState:
        """The state, as the process that runs now has it."""
        if not self._disk.is_on:
            self._start(time)
        process = PROCESS.get(None)
        Context().run(self._close_ended, process)  # nobody's doing: in an empty context no process runs
        if process not in self._opened:
            connections: list[DiskConnection] = []

            def connect(target: str) -> DiskConnection:
                connections.append(self._disk.connect(target, time.julian))
                return connections[-1]

            state = SQLiteState(self._folder / NAME, connect=connect)
            self._opened[process] = _Opened(state, asyncio.current_task(), connections)
        return self._opened[process].state

    def lose_power(self) -> None:
        """Keep what a disk keeps."""
        self._disk.lose_power()

    def fail(self, process: Process, cut: Cut) -> None:
        """Let the disk be full, or fail to sync, for a process until it ends."""
        self._failing[process] = cut

    def lose(self) -> None:
        """Lose everything."""
        self._opened.clear()
        self._disk.clear()

    def close(self) -> None:
        """End the simulated computer, and delete its files."""
        self._opened.clear()
        self._disk.close()
        shutil.rmtree(self._folder.parent)

    def _start(self, time: SimulatedTime) -> None:
        self._opened.clear()
        self._disk.start()
        with reopened(self._folder, time.julian) as state:
            load_everything(state)

    def _close_ended(self, current: Process | None) -> None:
        for process, opened in list(self._opened.items()):
            if process is None:
                if current is not None:
                    opened.state.close()
            elif process.is_dead:
                self._disk.vanish(opened.connections)
                del self._opened[process]
            elif opened.task is not None and opened.task.done():
                opened.state.close()
                del self._opened[process]

    def _before(self, what: str, _name: str) -> None:
        if (process := PROCESS.get(None)) is None:
            return
        process.passes(CutPlace.AMID_NOTE)
        match self._failing.get(process), what:
            case Cut.FILL_DISK, "write":
                raise Disk.full()
            case Cut.FAIL_SYNC, "sync":
                raise Disk.failing_sync()
