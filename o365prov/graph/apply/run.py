"""Applying a plan: stage by stage, in batches, each write entered in the journal before and after."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from attrs import define, evolve, field

from o365prov.errors import JournalError
from o365prov.graph.apply.delivery import PendingWrite, WriteDelivery, WriteResult
from o365prov.graph.apply.drift import changed_since
from o365prov.graph.apply.events import ApplyEnded, ApplyStarted, ChangeEnded, Event
from o365prov.graph.apply.journal import Entry, History, Journal, JournalStep
from o365prov.graph.client.batch import chunks
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.requests import change_requests
from o365prov.people import AppUsers
from o365prov.planning import (
    Change,
    CreateUser,
    NextMemory,
    Outcome,
    Plan,
    Report,
    RestoreUser,
    Result,
    SetManager,
    UpdateUser,
    change_key,
    change_stage,
)

_log = logging.getLogger(__name__)

BATCHES_AT_ONCE = 4
_USERNAME = "userPrincipalName"
_MANAGED = (
    "not tried, because a new account of a managed domain needs a first password; "
    "plan again and apply with passwords=, a function that takes the change and returns the password"
)


@define(eq=False)
class ApplyRun:
    """One apply of one plan.

    Args:
        plan: what to change.
        delivery: sends the writes.
        cloud: Microsoft's cloud in which the tenant is.
        federated: the names of the tenant's federated domains.
        journal: where the apply is entered; None for nowhere.
        emit: called with each event.
        passwords: gives first passwords.
        history: what the journal holds of an earlier apply.

    """

    plan: Plan
    delivery: WriteDelivery
    cloud: Cloud
    federated: frozenset[str]
    journal: Journal | None
    emit: Callable[[Event], None]
    passwords: Callable[[CreateUser], str] | None = None
    history: History = field(factory=History)
    began: bool = False
    _outcomes: dict[str, Outcome] = field(factory=dict)
    _created: dict[str, str] = field(factory=dict)
    _stale: Mapping[str, str] = field(factory=dict)
    _halted: str = ""

    async def run(self) -> Report:
        """Do what is left to do; returns the report. What Graph refuses is in the report, not raised."""
        self._resume()
        left = [change for change in self.plan if change_key(change) not in self._outcomes]
        self._stale = await changed_since(self.delivery.sender, self.delivery.sdk, self.plan, left, self._own())
        self.began = True
        _log.info("plan %s: %d changes, %d done before", self.plan.id, len(self.plan), len(self._outcomes))
        self.emit(ApplyStarted(len(self.plan), sum(change.writes for change in left)))
        for number, outcome in enumerate(self._outcomes.values(), 1):
            self.emit(ChangeEnded(outcome, number, len(self.plan)))
        for _, stage in groupby(left, key=change_stage):  # a plan is in the order of its phases and turns
            await self._run_stage(list(stage))
        report = self._report()
        if self.journal is not None and not self._halted:
            self._try_journal(self.journal.finish)
        _log.info("plan %s: %r", self.plan.id, report)
        self.emit(ApplyEnded(report))
        return report

    @property
    def is_finished(self) -> bool:
        """Whether every change was tried, so that going on makes no sense."""
        return not self._halted and len(self._outcomes) == len(self.plan)

    # what an earlier, interrupted apply did

    def _resume(self) -> None:
        named = {change_key(change): change for change in self.plan}
        for entry in self.history.entries:
            change = named.get(entry.key)
            if change is None:
                raise JournalError(
                    f"the journal names {entry.key}, which is not in the plan: use the plan's own journal"
                )
            if entry.step is not JournalStep.DONE:
                continue
            self._outcomes[entry.key] = Outcome(change, Result.DONE, entry.object_id)
            if isinstance(change, CreateUser) and entry.object_id is not None:
                self._created[change.subject.person_id] = entry.object_id
                self.delivery.note_written(entry.object_id)  # perhaps a moment ago

    def _own(self) -> frozenset[str]:
        started = {entry.key for entry in self.history.entries}
        return frozenset(change.object_id for change in self.plan if change.object_id and change_key(change) in started)

    # one stage after the other

    async def _run_stage(self, changes: Sequence[Change]) -> None:
        started = {entry.key for entry in self.history.entries}
        writes: list[PendingWrite] = []
        for change in changes:
            why_not = self._why_not(change)
            if why_not:
                self._end(Outcome(change, Result.SKIPPED, self._object_id(change), why_not))
            elif change.writes == 0:
                object_id = self._object_id(change)
                self._note([Entry(change_key(change), JournalStep.DONE, object_id)])
                self._end(Outcome(change, Result.DONE, object_id))
            else:
                self._prepare(change, writes, started=change_key(change) in started)
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)
        for wave in waves(writes):
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._deliver(chunk, gate)) for chunk in chunks(wave)]
            if any(task.cancelled() for task in tasks):  # by a transport or a listener: the group ignores that
                raise asyncio.CancelledError

    def _why_not(self, change: Change) -> str:
        """Why *change* must not be tried; empty if it may be."""
        if self._halted:
            return f"not tried: {self._halted}"
        person_id = change.subject.person_id
        if isinstance(change, CreateUser | UpdateUser) and (held := self._why_not_free(change)):
            return held
        if isinstance(change, CreateUser):
            return _MANAGED if change.password_given and self.passwords is None else ""
        if change.object_id is None and person_id not in self._created:
            return f"not tried, because the account could not be created{self._problem(CreateUser, person_id)}"
        if problem := self._problem(RestoreUser, person_id):
            return f"not tried, because the account could not be restored{problem}"
        if self._stale and (why := self._stale.get(self._object_id(change) or "")):
            return f"not tried, because {why}"
        if isinstance(change, SetManager) and self._manager_id(change) is None:
            problem = self._problem(CreateUser, change.manager.person_id)
            return f"not tried, because the manager's account ({change.manager.name}) could not be created{problem}"
        return ""

    def _why_not_free(self, change: CreateUser | UpdateUser) -> str:
        """Why the username is not free yet; empty if it is, or nothing had to free it."""
        freeing = self._outcomes.get(change.waits_for)
        if not change.waits_for or (freeing and (freeing.result is Result.DONE or _USERNAME in freeing.written)):
            return ""
        why = f": {freeing.message}" if freeing and freeing.message else ""
        return f"not tried, because the username {change.subject.username} did not become free{why}"

    def _problem(self, kind: type[CreateUser | RestoreUser], person_id: str) -> str:
        """Why the change on which the person's others depend was not done."""
        outcome = self._outcomes.get(f"{kind.kind}:{person_id}")
        return f": {outcome.message}" if outcome is not None and outcome.message else ""

    def _object_id(self, change: Change) -> str | None:
        return change.object_id or self._created.get(change.subject.person_id)

    def _manager_id(self, change: SetManager) -> str | None:
        person_id = change.manager.person_id
        known = self.plan.app_users.get(person_id)
        return change.manager_id or self._created.get(person_id) or (known.object_id if known else None)

    def _prepare(self, change: Change, writes: list[PendingWrite], *, started: bool) -> None:
        """Add the write of *change*, unless it needs a password and the caller gives none that can be used."""
        password = None
        if isinstance(change, CreateUser) and change.password_given and self.passwords is not None:
            try:
                answer: object = self.passwords(change)
            except Exception as error:  # noqa: BLE001 - whatever the caller's function raises, it concerns one person
                problem = f"the passwords function raised {type(error).__name__}; correct it"
            else:
                password = answer if isinstance(answer, str) and 8 <= len(answer) <= 256 else None
                problem = "" if password else "the passwords function must return a string of 8 to 256 characters"
            if problem:
                self._end(Outcome(change, Result.FAILED, None, problem))
                return
        writes.append(self._write(change, password, started=started))

    def _write(self, change: Change, password: str | None, *, started: bool) -> PendingWrite:
        object_id = self._object_id(change)
        manager_id = self._manager_id(change) if isinstance(change, SetManager) else None
        domain = change.subject.username.rpartition("@")[2].lower()
        [request] = change_requests(
            change,
            self.delivery.sdk,
            self.cloud,
            object_id=object_id,
            manager_id=manager_id,
            federated=domain in self.federated,
            password=password,
        )
        return PendingWrite(change, request, object_id, manager_id, unknown=started)

    async def _deliver(self, writes: Sequence[PendingWrite], gate: asyncio.Semaphore) -> None:
        async with gate:
            if not self._halted:
                self._note([Entry(change_key(write.change), JournalStep.STARTED, write.object_id) for write in writes])
            if self._halted:
                for write in writes:
                    self._end(Outcome(write.change, Result.SKIPPED, write.object_id, f"not tried: {self._halted}"))
                return
            async for results in self.delivery.deliver(writes):
                self._record(results)

    def _record(self, results: Sequence[WriteResult]) -> None:
        """Record how writes ended. Nothing here waits, so a cancelled apply can't lose what Graph answered."""
        self._note([_entry(each) for each in results])
        for each in results:
            change = each.write.change
            if each.halts and not self._halted:
                self._halted = f"{each.problem}; then apply the plan again with its journal, or read and plan again"
            if each.problem:
                failed = Outcome(change, Result.FAILED, each.object_id, each.problem, each.request_id)
                self._end(evolve(failed, written=each.written, unwritten=each.unwritten))
                continue
            if isinstance(change, CreateUser) and each.object_id is not None:
                self._created[change.subject.person_id] = each.object_id
            self._end(Outcome(change, Result.DONE, each.object_id, request_id=each.request_id))

    # events, journal and report

    def _end(self, outcome: Outcome) -> None:
        name = change_key(outcome.change)
        self._outcomes[name] = outcome
        _log.debug("%s %s (object %s)", name, outcome.result.value, outcome.object_id)
        self.emit(ChangeEnded(outcome, len(self._outcomes), len(self.plan)))

    def _note(self, entries: Sequence[Entry]) -> None:
        if self.journal is not None:
            journal = self.journal
            self._try_journal(lambda: journal.write(entries))

    def _try_journal(self, act: Callable[[], None]) -> None:
        """Write to the journal; if that fails, stop writing to the tenant, and still give the report."""
        try:
            act()
        except JournalError as error:
            self._halted = self._halted or str(error)

    def _report(self) -> Report:
        outcomes = tuple(self._outcomes[change_key(change)] for change in self.plan)
        return Report(self.plan.id, outcomes, self._memory(outcomes), self.plan.fingerprint)

    def _memory(self, outcomes: Iterable[Outcome]) -> AppUsers:
        memory = NextMemory(self.plan.app_users)
        for outcome in outcomes:
            if (outcome.result is not Result.DONE and not outcome.written) or outcome.object_id is None:
                continue
            change = outcome.change
            memory.note(
                change,
                outcome.object_id,
                manager_id=self._manager_id(change) if isinstance(change, SetManager) else None,
                provisioning_type=self.plan.provisioning_type,
                written=outcome.written or None,
            )
        return memory.after(self.plan.id)


def waves(writes: Iterable[PendingWrite]) -> list[list[PendingWrite]]:
    """*writes* in groups in which no account is written twice: Graph refuses two writes to one object at once."""
    groups: list[list[PendingWrite]] = []
    times: dict[str | None, int] = {}
    for write in writes:
        turn = times.get(write.object_id, 0) if write.object_id is not None else 0
        times[write.object_id] = turn + 1
        if turn == len(groups):
            groups.append([])
        groups[turn].append(write)
    return groups


def _entry(result: WriteResult) -> Entry:
    name = change_key(result.write.change)
    if not result.problem:
        return Entry(name, JournalStep.DONE, result.object_id)
    return Entry(name, JournalStep.FAILED, result.object_id, result.status, result.code, result.request_id)
