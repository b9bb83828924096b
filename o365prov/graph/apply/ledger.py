"""What an apply notes in the state: before each batch what may be done from now on, and afterwards what was.

A note is one transaction, with what is remembered of the people. Whatever moment a process dies at, the state then
knows at least what was given to whom. What several batches have to note while another note is written is one note.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from attrs import define, field, frozen

from o365prov.errors import UsageError
from o365prov.graph.apply.delivery import PendingWrite
from o365prov.graph.apply.worker import Worker
from o365prov.planning import NextMemory, Outcome, Plan, Result
from o365prov.state import Lease, Run, RunEntry, State


@frozen
class EndedChange:
    """How a change ended, and its write; None where nothing was sent."""

    outcome: Outcome
    write: PendingWrite | None = None


@define(eq=False)
class _Note:
    """What is noted in one transaction.

    Args:
        entries: how far changes have come.
        people: the ids of those whom that concerns.
        written: ends when it is noted; None as long as more may be added.

    """

    entries: list[RunEntry] = field(factory=list)
    people: set[str] = field(factory=set)
    written: asyncio.Future[None] | None = None


@define(eq=False)
class Ledger:
    """What one apply notes.

    Args:
        state: where it is noted.
        worker: on which the state is called.
        lease: the right to write to the tenant.
        memory: what is remembered, as the apply of its plan goes on.
        confirmed_by: who confirmed the plan, for the audit.

    """

    state: State
    worker: Worker
    lease: Lease
    memory: NextMemory
    confirmed_by: str = ""
    _run: Run | None = field(init=False, default=None)
    _next: _Note = field(init=False, factory=_Note)
    _one_at_a_time: asyncio.Lock = field(init=False, factory=asyncio.Lock)

    async def open(self) -> None:
        """Note that the apply begins, or goes on.

        Raises:
            PlanRefusedError: the plan does not fit the state any more.
            StateError: it can't be noted, so nothing may be sent.

        """
        self._run = await self.worker.call(partial(self.state.begin_run, self.lease, self.plan, self.confirmed_by))

    @property
    def plan(self) -> Plan:
        """The plan that is applied."""
        return self.memory.plan

    @property
    def run(self) -> Run:
        """The run of the plan."""
        if self._run is None:
            raise UsageError("nothing is noted before the run is begun: open the ledger first")
        return self._run

    async def begin(self, writes: Iterable[PendingWrite]) -> None:
        """Note that these writes are sent next, and remember what may be so from now on.

        Raises:
            StateError: it can't be noted, so nothing may be sent.

        """
        for each in writes:
            self._next.entries.append(RunEntry.started(each.change, each.object_id))
            self._next.people.update(self.memory.begin(each.change, each.object_id, manager_id=each.other_id))
        await self._noted()

    async def end(self, ended: Iterable[EndedChange]) -> None:
        """Note how changes ended, and remember what was done.

        Raises:
            StateError: it can't be noted.

        """
        for each in ended:
            self._next.entries.append(RunEntry.ended(each.outcome))
            self._next.people.update(self._remember(each))
        await self._noted()

    async def close(self, stopped: str, quarantine: str = "") -> None:
        """Note that everything was tried, or why the apply *stopped*, and why the app is in *quarantine* now.

        Raises:
            StateError: it can't be noted.

        """
        await self._noted()  # of those who waited for it and were cancelled
        await self.worker.call(partial(self.state.end_run, self.lease, self.run, stopped, quarantine))

    def _remember(self, each: EndedChange) -> tuple[str, ...]:
        """Remember how one change ended; returns whom that concerns."""
        outcome, write = each.outcome, each.write
        is_unknown = outcome.result is Result.UNKNOWN or (write is not None and write.unknown)
        if outcome.result is not Result.DONE and is_unknown:
            return self.memory.doubt(outcome.change)
        if outcome.object_id is None or not (outcome.result is Result.DONE or outcome.written):
            return self.memory.fail(outcome.change)
        return self.memory.note(
            outcome.change,
            outcome.object_id,
            manager_id=write.other_id if write is not None else None,
            written=outcome.written or None,
        )

    async def _noted(self) -> None:
        """Wait until everything that there is to note is noted, together with what came since the last note began."""
        note = self._next
        if not note.entries:
            return
        await asyncio.sleep(0)  # those that begin where others ended come now
        async with self._one_at_a_time:
            if note.written is None:
                self._next = _Note()
                note.written = self._write(note)
            await asyncio.shield(note.written)

    def _write(self, note: _Note) -> asyncio.Future[None]:
        known = {each: self.memory.get(each) for each in note.people}
        users = [user for user in known.values() if user is not None]
        forgotten = [person_id for person_id, user in known.items() if user is None]
        return self.worker.start(partial(self.state.note, self.lease, self.run, note.entries, users, forgotten))
