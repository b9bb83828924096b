"""The state as one process sees it: each transaction is a place where the process can end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from inspect import signature
from typing import Any

from attrs import define, field

from o365prov.simulation.machinery.process import Process
from o365prov.simulation.schedule.events import Place
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
        faults: what should not have happened.

    """

    now: Callable[[], float]
    holder: str = ""
    until: float = 0.0
    begun: dict[str, set[str]] = field(factory=dict)
    faults: list[str] = field(factory=list)

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

    def note(self, process: Process, seconds: float, entries: Iterable[RunEntry] = ()) -> None:
        """A process noted something, and has the lease for so many seconds from now on."""
        if self.holder != process.name or self.now() >= self.until:
            self.faults.append(f"{process.name} noted something under a lease that it had lost")
        self.until = self.now() + seconds
        names = self.begun.setdefault(process.name, set())
        for entry in entries:
            if entry.step is RunStep.STARTED:
                names.update(filter(None, (entry.object_id, *entry.addresses, entry.key.partition(":")[0])))

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
        self._process.passes(Place.BEFORE_NOTE)
        result = method(*arguments, **named)
        match name:
            case "acquire":
                self._book.take(self._process, self._state.lease_seconds)
            case "release":
                self._book.give_back(self._process)
            case "note":
                given = signature(method).bind(*arguments, **named).arguments
                self._book.note(self._process, self._state.lease_seconds, given["entries"])
            case _:
                self._book.note(self._process, self._state.lease_seconds)
        self._process.passes(Place.AFTER_NOTE)
        return result
