"""The state as one process sees it: each transaction is a place where the process can end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from inspect import signature
from typing import Any

from attrs import define, field

from o365prov.simulation.machinery.process import Process
from o365prov.simulation.schedule.events import CutPlace
from o365prov.state import RunEntry, RunStep, State

_TRANSACTIONS = frozenset({"acquire", "begin_run", "end_run", "note", "release", "renew"})


@define(eq=False)
class LeaseBook:
    """Who may write, kept beside the state, which has books of its own.

    Args:
        now: the seconds by the clock of the database.
        holder: the process that has the lease.
        until: until when, by that clock.
        begun: the accounts, usernames and kinds of changes that each process noted before it wrote, by its name.
        given: the ids of the licences and roles that accounts were given from here, by object id; an account that was
            created from here is there too.
        created: the accounts that each process created: its name, and the username.
        faults: what should not have happened.

    """

    now: Callable[[], float]
    holder: str = ""
    until: float = 0.0
    begun: dict[str, set[str]] = field(factory=dict)
    given: dict[str, set[str]] = field(factory=dict)
    created: set[tuple[str, str]] = field(factory=set)
    faults: list[str] = field(factory=list)
    _notes: int = 0
    _planned: dict[str, int] = field(factory=dict)
    _touched: dict[str, tuple[int, str]] = field(factory=dict)
    _done: set[tuple[str, str]] = field(factory=set)

    def take(self, process: Process, seconds: float) -> None:
        """A process got the lease for so many seconds."""
        if self.holder and self.now() < self.until:
            self.faults.append(f"{process.name} got the lease while {self.holder} had it")
        self.holder, self.until = process.name, self.now() + seconds

    def give_back(self, process: Process) -> None:
        """A process gave the lease back; another's is not its own to give."""
        if self.holder == process.name:
            self.holder = ""

    def unlock(self) -> None:
        """Somebody took the lease away."""
        self.holder = ""

    def lose(self) -> None:
        """What the state knew is lost."""
        self.unlock()
        self.given.clear()

    def create(self, process: Process, object_id: str, username: str) -> None:
        """A process created an account."""
        self.given.setdefault(object_id, set())
        self.created.add((process.name, username.lower()))

    def plan(self, plan_id: str) -> None:
        """A plan was made."""
        self._planned[plan_id] = self._notes

    def note(self, process: Process, seconds: float, entries: Iterable[RunEntry] = (), plan_id: str = "") -> None:
        """A process noted something of a plan, and has the lease for so many seconds from now on."""
        if self.holder != process.name or self.now() >= self.until:
            self.faults.append(f"{process.name} noted something under a lease that it had lost")
        self.until = self.now() + seconds
        self._notes += 1
        names = self.begun.setdefault(process.name, set())
        for entry in entries:
            if entry.step is RunStep.STARTED:
                names.update(filter(None, (entry.object_id, *entry.addresses, entry.key.partition(":")[0])))
                self._begin(process, entry, plan_id)
            elif entry.step is RunStep.DONE:
                self._done.add((plan_id, entry.key))

    def _begin(self, process: Process, entry: RunEntry, plan_id: str) -> None:
        if (plan_id, entry.key) in self._done:
            self.faults.append(f"{process.name} began {entry.key} again, which was done")
        touched, by = self._touched.get(entry.person_id, (0, plan_id))
        if by != plan_id and touched > self._planned[plan_id]:
            self.faults.append(f"{process.name} began {entry.key} of a plan that is older than what was done since")
        self._touched[entry.person_id] = self._notes, plan_id

    def write(self, process: Process, what: str, named: str) -> None:
        """A process sends a write; *named* is the account, the username or the kind of change that it noted."""
        if named not in self.begun.get(process.name, ()):
            self.faults.append(f"{process.name} sent {what}, which it had not noted before")


class ObservedState:
    """A :class:`~o365prov.State` as a process has it.

    Args:
        state: the state.
        process: the process.
        book: who may write.

    """

    def __init__(self, state: State, process: Process, book: LeaseBook) -> None:
        self._state = state
        self._process = process
        self._book = book

    def __getattr__(self, name: str) -> Any:
        """What the state has of that name."""
        found = getattr(self._state, name)
        return partial(self._transaction, name, found) if name in _TRANSACTIONS else found

    def _transaction(self, name: str, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self._process.passes(CutPlace.BEFORE_NOTE)
        result = method(*arguments, **named)
        match name:
            case "acquire":
                self._book.take(self._process, self._state.lease_seconds)
            case "release":
                self._book.give_back(self._process)
            case "note":
                given = signature(method).bind(*arguments, **named).arguments
                self._book.note(self._process, self._state.lease_seconds, given["entries"], given["run"].plan_id)
            case _:
                self._book.note(self._process, self._state.lease_seconds)
        self._process.passes(CutPlace.AFTER_NOTE)
        return result
