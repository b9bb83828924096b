"""Applying a plan of groups, in the order in which nothing is done by two at once, or that was not confirmed.

A plan of groups is made again rather than continued: each of its writes can be repeated, and what may have been given
is remembered before it is sent. So an apply that was interrupted leaves nothing that the next plan does not find.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

from attrs import define, field

from o365prov.errors import PlanRefusedError, StalePlanError, StateError
from o365prov.graph.apply.breaker import CircuitBreaker, FailureKind, FailureWatch, not_quarantined, quarantined
from o365prov.graph.apply.run import name_of_error
from o365prov.graph.apply.stopping import stopping_on_sigterm
from o365prov.graph.apply.worker import Worker
from o365prov.graph.client.batch import chunks, waves
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.sender import BATCHES_AT_ONCE, Sender
from o365prov.graph.push.group_delivery import GroupDelivery, GroupWrite
from o365prov.group_push import (
    AppGroups,
    CreateGroup,
    GroupChange,
    GroupChangeOutcome,
    GroupPlan,
    GroupReport,
    NextGroups,
    group_change_key,
)
from o365prov.planning import Result
from o365prov.rendering import shortened
from o365prov.state import Lease, Quarantine, State

_log = logging.getLogger(__name__)
_AGAIN = "read the tenant and plan again"


@define(eq=False)
class GroupPusher:
    """Applies plans of groups to one tenant, one at a time.

    Args:
        state: where it is kept what is known between runs.
        worker: on which the state is called.
        cloud: Microsoft's cloud in which the tenant is.
        breaker: when an apply stops because too much fails for one reason.

    """

    state: State
    worker: Worker
    cloud: Cloud
    breaker: CircuitBreaker
    _run: _PushRun | None = field(init=False, default=None)
    _listens: bool = field(init=False, default=False)
    _stopped: str = field(init=False, default="")

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear :meth:`stop` and SIGTERM from now on: before there is a run, too."""
        self._listens, self._stopped = True, ""
        try:
            with stopping_on_sigterm(self.stop):
                yield
        finally:
            self._listens = False

    async def apply(
        self, plan: GroupPlan, sender: Sender, sdk: Any, *, tenant_id: str, confirm: str | None
    ) -> GroupReport:
        """Apply a plan.

        Raises:
            PlanRefusedError: the plan may not be applied, or the app is quarantined; nothing is written.
            StalePlanError: groups were pushed since the plan was made; nothing is written.
            StateError: the state can't be used, or the lease is somebody else's; nothing is written.

        """
        _refuse(plan, tenant_id, confirm)
        lease = await self.worker.call(partial(self.state.acquire, tenant_id))
        try:
            known = await self.worker.call(partial(self.state.app_groups, tenant_id, plan.app_groups.app_name))
            quarantines = await self.worker.call(partial(self.state.quarantines, tenant_id))
            _refuse_quarantined(plan, quarantines)
            _refuse_for_memory(plan, known, confirm)
            delivery, watch = GroupDelivery(sender, sdk, self.cloud), FailureWatch(self.breaker)
            with self._running(_PushRun(plan, delivery, self.state, self.worker, lease, watch)) as run:
                return await run.run()
        finally:
            await self.worker.release(self.state, lease)

    def stop(self, why: str) -> None:
        """Have the apply that is asked for begin nothing more; on any thread, and from a signal handler."""
        if self._listens:
            self._stopped = why
        if self._run is not None:
            self._run.stop(why)

    @contextmanager
    def _running(self, run: _PushRun) -> Iterator[_PushRun]:
        self._run = run
        if self._stopped:  # before there was a run
            run.stop(self._stopped)
        heartbeat = asyncio.create_task(self.worker.keep_lease(self.state, run.lease, run.stop))
        try:
            yield run
        finally:
            self._run = None
            heartbeat.cancel()


@define(eq=False)
class _PushRun:
    """One apply of one plan of groups."""

    plan: GroupPlan
    delivery: GroupDelivery
    state: State
    worker: Worker
    lease: Lease
    watch: FailureWatch
    _memory: NextGroups = field(init=False)
    _outcomes: dict[str, GroupChangeOutcome] = field(init=False, factory=dict)
    _created: dict[str, str] = field(init=False, factory=dict)
    _sent: set[str] = field(init=False, factory=set)
    _stopped: str = field(init=False, default="")
    _quarantine: str = field(init=False, default="")

    def __attrs_post_init__(self) -> None:
        self._memory = NextGroups(self.plan.app_groups)

    async def run(self) -> GroupReport:
        """Do everything; returns the report, whatever happens. What Graph refuses is in it, not raised."""
        try:
            for _, stage in groupby(self.plan.changes, key=attrgetter("stage")):  # a plan is in their order
                await self._run_stage(list(stage))
        except Exception as error:  # noqa: BLE001 - whatever it is, something was written, and the report says what
            _log.debug("plan of groups %s", self.plan.fingerprint, exc_info=True)
            self.stop(f"an unexpected {name_of_error(error)}; report it, then {_AGAIN}")
        await self._close()
        outcomes = tuple(
            self._outcomes.get(group_change_key(change)) or self._unended(change) for change in self.plan.changes
        )
        report = GroupReport(self.plan.fingerprint, outcomes, self._stopped)
        _log.info("plan of groups %s: %r", self.plan.fingerprint, report)
        return report

    def stop(self, why: str) -> None:
        """Begin nothing more; what is under way is finished and noted."""
        self._stopped = self._stopped or why

    async def _close(self) -> None:
        """Quarantine the app where too much failed for one reason."""
        if not self._quarantine:
            return
        name, fingerprint = self.plan.app_groups.app_name, self.plan.fingerprint
        try:
            await self.worker.call(partial(self.state.quarantine, self.lease, name, fingerprint, self._quarantine))
        except StateError as error:
            self._stopped = not_quarantined(self._quarantine, error, _AGAIN)

    def _watch_failures(self, kinds: Iterable[FailureKind | None]) -> None:
        """Stop, and have the app quarantined, once too much failed for one reason."""
        if (why := self.watch.count(kinds)) and not self._stopped:
            self._quarantine = why
            self.stop(quarantined(why, self.plan.tenant_id, self.plan.app_groups.app_name, _AGAIN))

    async def _run_stage(self, changes: Sequence[GroupChange]) -> None:
        ended: list[GroupChangeOutcome] = []
        writes: list[GroupWrite] = []
        for change in changes:
            object_id = change.object_id or self._created.get(change.subject.group_id)
            if object_id is None and not isinstance(change, CreateGroup):
                ended.append(GroupChangeOutcome(change, Result.SKIPPED, None, self._not_created(change)))
            elif change.writes == 0:
                ended.append(GroupChangeOutcome(change, Result.DONE, object_id))
            else:
                fresh = change.subject.group_id in self._created
                writes.append(self.delivery.write(change, object_id, fresh=fresh))
        if not self._stopped:
            await self._end(ended)
        self.watch.begin_stage()
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)
        for wave in waves(writes):
            async with asyncio.TaskGroup() as group:
                for chunk in chunks(wave):
                    group.create_task(self._deliver(chunk, gate))

    async def _deliver(self, writes: Sequence[GroupWrite], gate: asyncio.Semaphore) -> None:
        async with gate, self.watch.admitted(len(writes)):
            if self._stopped or not await self._note(self._memory.begin(each.change) for each in writes):
                return
            self._sent.update(group_change_key(each.change) for each in writes)
            delivered = await self.delivery.deliver(writes)
            if delivered.halted:
                self.stop(f"{delivered.halted}; then {_AGAIN}")
            self._watch_failures(delivered.kinds)
            await self._end(delivered.outcomes)

    async def _end(self, outcomes: Iterable[GroupChangeOutcome]) -> None:
        """Remember how changes ended, and tell."""
        concerned = []
        for each in outcomes:
            self._outcomes[group_change_key(each.change)] = each
            if each.result is Result.DONE and isinstance(each.change, CreateGroup) and each.object_id:
                self._created[each.change.subject.group_id] = each.object_id
            if each.result is Result.DONE and each.object_id is not None:
                concerned.append(self._memory.end(each.change, each.object_id))
            elif each.result is Result.FAILED and each.added is not None and each.object_id is not None:
                concerned.append(self._memory.end(each.change, each.object_id, added=each.added))
            elif each.result is Result.FAILED:
                concerned.append(self._memory.fail(each.change))
        await self._note(concerned)

    async def _note(self, group_ids: Iterable[str]) -> bool:
        """Note what is remembered of groups; False if that fails, and then nothing more is begun."""
        known = {each: self._memory.get(each) for each in group_ids}
        groups = [group for group in known.values() if group is not None]
        forgotten = [group_id for group_id, group in known.items() if group is None]
        if not known:
            return True
        name = self.plan.app_groups.app_name
        try:
            await self.worker.call(partial(self.state.note_groups, self.lease, name, groups, forgotten))
        except StateError as error:
            self.stop(str(error))
            return False
        return True

    def _not_created(self, change: GroupChange) -> str:
        why = next((each.message for each in self._outcomes.values() if _creates(each.change, change)), "")
        return f"not tried, because the group could not be created{f': {why}' if why else ''}"

    def _unended(self, change: GroupChange) -> GroupChangeOutcome:
        """The outcome of a change of which nothing is known, because the apply stopped."""
        if group_change_key(change) in self._sent:
            what = f"it may have been done, because the apply stopped: {self._stopped}"
            return GroupChangeOutcome(change, Result.UNKNOWN, change.object_id, what)
        return GroupChangeOutcome(change, Result.SKIPPED, change.object_id, f"not tried: {self._stopped}")


def _creates(one: GroupChange, other: GroupChange) -> bool:
    return isinstance(one, CreateGroup) and one.subject == other.subject


def _refuse(plan: GroupPlan, tenant_id: str, confirm: str | None) -> None:
    """Refuse a plan that is not the one that was confirmed, is for another tenant, or is not confirmed."""
    if confirm is not None and confirm != plan.fingerprint:
        raise PlanRefusedError(
            f"plan of groups {plan.fingerprint} is not what was confirmed ({shortened(confirm)}): "
            "review it and confirm its fingerprint"
        )
    if plan.tenant_id != tenant_id:
        raise PlanRefusedError(
            f"plan of groups {plan.fingerprint} is for tenant {plan.tenant_id}, this is {shortened(tenant_id)}: "
            "plan with this tenant's snapshot"
        )


def _refuse_quarantined(plan: GroupPlan, quarantines: Iterable[Quarantine]) -> None:
    """Refuse a plan of an app that is quarantined, whether people or groups were the reason."""
    for each in quarantines:
        if each.app_name == plan.app_groups.app_name and each.allowed_at is None:
            raise each.refusal()


def _refuse_for_memory(plan: GroupPlan, known: AppGroups, confirm: str | None) -> None:
    """Refuse a plan that was made with another memory than the state has now, or that is dangerous."""
    if known != plan.app_groups:
        raise StalePlanError(
            f"plan of groups {plan.fingerprint} was made with another memory than the state has now: was it applied "
            f"before, or were groups pushed since? {_AGAIN}, with state.app_groups(tenant_id, app_name)"
        )
    if confirm is None and (hazards := plan.hazards_again(known)):
        raise PlanRefusedError(
            f"{'; '.join(hazards)}: review the plan, then apply it with confirm={plan.fingerprint!r}"
        )
