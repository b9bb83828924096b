"""Applying a plan: stage by stage, in batches, each write noted in the state before and after."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

from attrs import define, evolve, field

from o365prov.errors import StateError, TenantError
from o365prov.graph.apply.breaker import FailureKind, FailureWatch, not_quarantined, quarantined
from o365prov.graph.apply.delivery import PendingWrite, WriteDelivery, WriteResult
from o365prov.graph.apply.drift import changed_since
from o365prov.graph.apply.events import ApplyEnded, ApplyStarted, ChangeEnded, Event
from o365prov.graph.apply.ledger import EndedChange, Ledger
from o365prov.graph.client.batch import chunks, waves
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.sender import BATCHES_AT_ONCE
from o365prov.graph.requests import change_requests
from o365prov.planning import (
    Change,
    CreateUser,
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
from o365prov.state import RunEntry, RunStep

_log = logging.getLogger(__name__)

STOP_SECONDS = 10.0
"""So long an apply that stops waits for what is under way, in real time; the next one looks at what is not known."""
_USERNAME = "userPrincipalName"
_AGAIN = "apply the plan again to go on, or read and plan again"
_MANAGED = (
    "not tried, because a new account of a managed domain needs a first password; "
    "plan again and apply with passwords=, a function that takes the change and returns the password"
)
_LOST = (
    "an apply that was interrupted created the account, and its first password may have been lost with it; "
    "if nobody has it, reset it in Entra"
)


@define(eq=False)
class ApplyRun:
    """One apply of one plan: :meth:`prepare`, then :meth:`run`.

    Args:
        delivery: sends the writes.
        cloud: Microsoft's cloud in which the tenant is.
        federated: the names of the tenant's federated domains.
        ledger: has the plan, and notes what is begun and how it ends.
        emit: called with each event.
        watch: says how many writes may be under way, and when too many failed.
        read: gives what a coroutine reads, or None once the apply is told to stop.
        passwords: gives first passwords.
        earlier: how far the changes came in an earlier apply that was interrupted.

    """

    delivery: WriteDelivery
    cloud: Cloud
    federated: frozenset[str]
    ledger: Ledger
    emit: Callable[[Event], None]
    watch: FailureWatch
    read: Callable[[Coroutine[Any, Any, Mapping[str, str]]], Awaitable[Mapping[str, str] | None]]
    passwords: Callable[[CreateUser], str] | None = None
    earlier: Sequence[RunEntry] = ()
    _outcomes: dict[str, Outcome] = field(factory=dict)
    _begun: set[str] = field(factory=set)
    _created: dict[str, str] = field(factory=dict)
    _stale: Mapping[str, str] = field(factory=dict)
    _stopped: str = ""
    _quarantine: str = ""
    _loop: asyncio.AbstractEventLoop = field(init=False, factory=asyncio.get_running_loop)
    _turn: asyncio.Lock = field(init=False, factory=asyncio.Lock)
    _delivering: set[asyncio.Task[None]] = field(init=False, factory=set)
    _given_up: bool = field(init=False, default=False)

    @property
    def plan(self) -> Plan:
        """What to change."""
        return self.ledger.plan

    async def prepare(self) -> None:
        """Take up what an earlier apply did, look for accounts that were changed since, and begin.

        Raises:
            PlanRefusedError: the plan does not fit the state any more; nothing is written.
            StateError: the state can't be used; nothing is written.
            TenantError: Graph can't be reached; nothing is written.

        """
        self._resume()
        own = frozenset(
            change.object_id for change in self.plan if change.object_id and change_key(change) in self._begun
        )
        looking = changed_since(self.delivery.sender, self.delivery.sdk, self.plan, self._left(), own)
        self._stale = await self.read(looking) or {}
        await self.ledger.open()

    async def run(self) -> Report:
        """Do what is left to do; returns the report, whatever happens. What Graph refuses is in it, not raised."""
        left = self._left()
        _log.info("plan %s: %d changes, %d left", self.plan.id, len(self.plan), len(left))
        self.emit(ApplyStarted(len(self.plan), sum(change.writes for change in left)))
        for number, outcome in enumerate(self._outcomes.values(), 1):
            self.emit(ChangeEnded(outcome, number, len(self.plan)))
        try:
            for _, stage in groupby(left, key=change_stage):  # a plan is in the order of its phases and turns
                await self._run_stage(list(stage))
        except asyncio.CancelledError:
            await self._close("the apply was cancelled")
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, something was written, and the report says what
            _log.debug("plan %s", self.plan.id, exc_info=True)
            self.stop(f"an unexpected {name_of_error(error)}; report it, then {_AGAIN}")
        await self._close(self._stopped)
        report = self._report()
        _log.info("plan %s: %r", self.plan.id, report)
        self.emit(ApplyEnded(report))
        return report

    def stop(self, why: str) -> None:
        """Begin nothing more; what is under way is finished and noted, unless it takes too long."""
        if not self._stopped:
            _log.info("plan %s stops, for the reason in its report", self.plan.id)
            self._stopped = why
            self._loop.call_soon_threadsafe(self._loop.call_later, STOP_SECONDS, self._give_up)

    def _give_up(self) -> None:
        """Wait no longer, such as for Graph's leave to send again, which may take many minutes."""
        self._given_up = True
        for task in self._delivering:
            task.cancel()

    # what an earlier, interrupted apply did

    def _resume(self) -> None:
        named = {change_key(change): change for change in self.plan}
        for entry in self.earlier:
            if (change := named.get(entry.key)) is None:
                raise StateError(f"the state has a change {entry.key} of plan {self.plan.id}, which the plan has not")
            if entry.step in (RunStep.STARTED, RunStep.DONE):
                self._begun.add(entry.key)
            if entry.step is not RunStep.STARTED:
                self._outcomes[entry.key] = entry.outcome(change)
            if isinstance(change, CreateUser) and entry.step is RunStep.DONE and entry.object_id is not None:
                self._created[change.subject.person_id] = entry.object_id
                self.delivery.note_written(entry.object_id)  # perhaps a moment ago

        again = {entry.person_id for entry in self.earlier if entry.step in (RunStep.FAILED, RunStep.UNKNOWN)}
        begun = {entry.person_id for entry in self.earlier if entry.step is RunStep.STARTED}
        done = tuple(named[entry.key] for entry in self.earlier if entry.step is RunStep.DONE)
        self.ledger.memory.resume(begun - again, done=done)

    def _left(self) -> list[Change]:
        return [change for change in self.plan if change_key(change) not in self._outcomes]

    async def _found(self, changes: Iterable[Change]) -> Mapping[str, str]:
        """The accounts that an interrupted apply created without noting it, by person id."""
        begun = [each for each in changes if isinstance(each, CreateUser) and change_key(each) in self._begun]
        try:
            return (await self.read(self.delivery.find(begun)) or {}) if begun else {}
        except TenantError as error:
            self.stop(f"{error}; {_AGAIN}")
            return {}

    # one stage after the other

    async def _run_stage(self, changes: Sequence[Change]) -> None:
        found = {} if self._stopped else await self._found(changes)
        if self._stopped:
            return
        ended: list[EndedChange] = []
        writes: list[PendingWrite] = []
        for change in changes:
            match self._next(change, found):
                case PendingWrite() as write:
                    writes.append(write)
                case outcome:
                    ended.append(EndedChange(outcome))
        await self._end(ended)
        self.watch.begin_stage()
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)
        for wave in waves(writes):
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._deliver(chunk, gate)) for chunk in chunks(wave)]
            cancelled = any(task.cancelled() for task in tasks)  # by a transport or a listener: the group ignores that
            if cancelled and not self._given_up:
                raise asyncio.CancelledError

    def _next(self, change: Change, found: Mapping[str, str]) -> PendingWrite | Outcome:
        """The write that makes the change; or how it ended, where nothing is to be sent."""
        if isinstance(change, CreateUser) and (object_id := found.get(change.subject.person_id)) is not None:
            return Outcome(change, Result.DONE, object_id, _LOST if change.password_given else "")
        if why_not := self._why_not(change):
            return Outcome(change, Result.SKIPPED, self._object_id(change), why_not)
        if change.writes == 0:
            return Outcome(change, Result.DONE, self._object_id(change))
        password = None
        if isinstance(change, CreateUser) and change.password_given and self.passwords is not None:
            password, problem = _asked(self.passwords, change)
            if problem:
                return Outcome(change, Result.FAILED, None, problem)
        return self._write(change, password)

    def _why_not(self, change: Change) -> str:
        """Why *change* must not be tried; empty if it may be."""
        person_id = change.subject.person_id
        if isinstance(change, CreateUser | RestoreUser | UpdateUser) and (held := self._why_not_free(change)):
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

    def _why_not_free(self, change: CreateUser | RestoreUser | UpdateUser) -> str:
        """Why the username is not free yet; empty if it is, or nothing had to free it."""
        freeing = self._outcomes.get(change.waits_for)
        if not change.waits_for or (freeing and (freeing.result is Result.DONE or _USERNAME in freeing.written)):
            return ""
        why = f": {freeing.message}" if freeing and freeing.message else ""
        which = "that the deleted account had" if isinstance(change, RestoreUser) else change.subject.username
        return f"not tried, because the username {which} did not become free{why}"

    def _problem(self, kind: type[CreateUser | RestoreUser], person_id: str) -> str:
        """Why the change on which the person's others depend was not done."""
        outcome = self._outcomes.get(f"{kind.kind}:{person_id}")
        return f": {outcome.message}" if outcome and outcome.message and outcome.result is not Result.DONE else ""

    def _object_id(self, change: Change) -> str | None:
        return change.object_id or self._created.get(change.subject.person_id)

    def _manager_id(self, change: SetManager) -> str | None:
        person_id = change.manager.person_id
        known = self.ledger.memory.get(person_id)
        return change.manager_id or self._created.get(person_id) or (known.object_id if known else None)

    def _write(self, change: Change, password: str | None) -> PendingWrite:
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
        now = self.delivery.sender.rate_limiter.clock.now()
        return PendingWrite(change, request, object_id, manager_id, now, unknown=change_key(change) in self._begun)

    async def _deliver(self, writes: Sequence[PendingWrite], gate: asyncio.Semaphore) -> None:
        results: list[WriteResult] = []
        try:
            async with gate, self.watch.admitted(len(writes)):
                await self._send(writes, results)
        finally:  # a cancelled apply does not lose what Graph answered
            if results:
                await self._record(results)  # out of the gate: the next batch, which now begins, is in the same note

    async def _send(self, writes: Sequence[PendingWrite], results: list[WriteResult]) -> None:
        """Send a batch when its turn comes; adds results as they come, for whoever is cancelled."""
        self._delivering.add(task := cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            if await self._begin(writes):
                async for each in self.delivery.deliver(writes):
                    results += each
                    self._watch_failures(each)
        finally:
            self._delivering.discard(task)

    def _watch_failures(self, results: Iterable[WriteResult]) -> None:
        """Stop, and have the app quarantined, once too much failed for one reason."""
        if (why := self.watch.count(map(FailureKind.of, results))) and not self._stopped:
            self._quarantine = why
            self.stop(quarantined(why, self.plan.tenant_id, self.plan.app_users.app_name, _AGAIN))

    async def _begin(self, writes: Sequence[PendingWrite]) -> bool:
        """Note that *writes* begin, once it is their turn: what only waits is not begun. False if the apply stops."""
        sender, requests = self.delivery.sender, [write.request for write in writes]
        async with self._turn:
            if not self._stopped:
                await sender.ready(requests)
        if self._stopped:
            return False
        try:
            with sender.reserved(requests):  # whose turn comes meanwhile is in the same note
                await self.ledger.begin(writes)
        except StateError as error:
            self.stop(str(error))
        if self._stopped:  # perhaps while that was noted
            return False
        self._begun.update(change_key(write.change) for write in writes)
        return True

    async def _record(self, results: Iterable[WriteResult]) -> None:
        """Note how writes ended; those that no write fares better than now stay begun, for when the plan goes on."""
        ended: list[EndedChange] = []
        for each in results:
            outcome = _outcome_of(each)
            if each.halts:
                self.stop(f"{each.problem}; then {_AGAIN}")
                self._tell(outcome)
            else:
                ended.append(EndedChange(outcome, each.write))
        await self._end(ended)

    # events, state and report

    async def _end(self, ended: Sequence[EndedChange]) -> None:
        """Note how changes ended; if that fails, stop writing to the tenant, and still give the report."""
        try:
            await self.ledger.end(ended)
        except StateError as error:
            self.stop(str(error))
        for each in ended:
            self._tell(each.outcome)

    def _tell(self, outcome: Outcome) -> None:
        name = change_key(outcome.change)
        self._outcomes[name] = outcome
        if isinstance(outcome.change, CreateUser) and outcome.result is Result.DONE and outcome.object_id is not None:
            self._created[outcome.change.subject.person_id] = outcome.object_id
        _log.debug("%s %s (object %s)", name, outcome.result.value, outcome.object_id)
        self.emit(ChangeEnded(outcome, len(self._outcomes), len(self.plan)))

    async def _close(self, stopped: str) -> None:
        try:
            await self.ledger.close(stopped, self._quarantine)
        except StateError as error:
            if self._quarantine:
                self._stopped = not_quarantined(self._quarantine, error, _AGAIN)
            self.stop(str(error))

    def _report(self) -> Report:
        for change in self._left():
            self._tell(self._unended(change))
        outcomes = tuple(self._outcomes[change_key(change)] for change in self.plan)
        return Report(self.plan.id, outcomes, self.plan.fingerprint, self._stopped)

    def _unended(self, change: Change) -> Outcome:
        """The outcome of a change of which nothing is known, because the apply stopped."""
        if change_key(change) in self._begun:
            what = f"it may have been done, because the apply stopped: {self._stopped}"
            return Outcome(change, Result.UNKNOWN, self._object_id(change), what)
        return Outcome(change, Result.SKIPPED, self._object_id(change), f"not tried: {self._stopped}")


def _outcome_of(result: WriteResult) -> Outcome:
    change = result.write.change
    if not result.problem:
        return Outcome(change, Result.DONE, result.object_id, request_id=result.request_id)
    ended = Result.UNKNOWN if result.unknown else Result.FAILED
    outcome = Outcome(change, ended, result.object_id, result.problem, result.request_id)
    return evolve(outcome, written=result.written, unwritten=result.unwritten)


def _asked(passwords: Callable[[CreateUser], str], change: CreateUser) -> tuple[str | None, str]:
    """The password that the caller gives, or what is wrong with it."""
    try:
        answer: object = passwords(change)
    except Exception as error:  # noqa: BLE001 - whatever the caller's function raises, it concerns one person
        return None, f"the passwords function raised {type(error).__name__}; correct it"
    if isinstance(answer, str) and 8 <= len(answer) <= 256:
        return answer, ""
    return None, "the passwords function must return a string of 8 to 256 characters"


def name_of_error(error: BaseException) -> str:
    """The class of the first exception in a group, which is the one that happened."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
