"""Applying plans, in the order in which nothing is written twice, by two at once, or that was not confirmed.

(1) A plan that was applied to its end has its report. (2) The lease of the tenant admits one applier. (3) The plan must
fit what the state has. (4) What is dangerous about it is counted again, from the state's own memory, and must be
confirmed, unless it was when the plan was begun. (5) Then it is begun, or goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from attrs import define, field

from o365prov.errors import PlanRefusedError, UsageError
from o365prov.graph.apply.breaker import CircuitBreaker, FailureWatch
from o365prov.graph.apply.delivery import WriteDelivery
from o365prov.graph.apply.earlier import not_begun, replayed
from o365prov.graph.apply.events import Event, Waiting
from o365prov.graph.apply.ledger import Ledger
from o365prov.graph.apply.run import ApplyRun
from o365prov.graph.apply.stopping import stopping_on_sigterm
from o365prov.graph.apply.worker import Worker
from o365prov.graph.client.clouds import Cloud
from o365prov.people import AppUsers
from o365prov.planning import CreateUser, NextMemory, Plan, Report, Safeguards, hazards_again
from o365prov.rendering import shortened
from o365prov.state import RunEntry, State

_T = TypeVar("_T")


@define(eq=False)
class Applier:
    """Applies plans to one tenant, one at a time.

    Args:
        state: where it is kept what is known between runs.
        safeguards: what plans must be confirmed, beside those that the app wants confirmed.
        cloud: Microsoft's cloud in which the tenant is.
        breaker: when an apply stops because too much fails for one reason.

    """

    state: State
    safeguards: Safeguards
    cloud: Cloud
    breaker: CircuitBreaker
    worker: Worker = field(init=False, factory=Worker)
    _run: ApplyRun | None = field(init=False, default=None)
    _stopped: str = field(init=False, default="")
    _listening: list[object] = field(init=False, factory=list)
    _end_reading: Callable[[], object] | None = field(init=False, default=None)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear :meth:`stop` and SIGTERM from now on: before there is a run, and on the thread that waits for it."""
        if not self._listening:
            self._stopped = ""
        self._listening.append(mark := object())
        try:
            with stopping_on_sigterm(self.stop):
                yield
        finally:
            self._listening.remove(mark)

    async def replayed(self, plan: Plan) -> Report | None:
        """The report of a plan that was applied to its end; None for one that was not.

        Raises:
            StateError: the state can't be read.

        """
        return await self.worker.call(lambda: self._replayed(plan))

    async def read(self, reading: Coroutine[Any, Any, _T]) -> _T | None:
        """What is read before something is written; None once :meth:`stop` was called, however long Graph lets wait."""
        loop, task = asyncio.get_running_loop(), asyncio.create_task(reading)
        self._end_reading = lambda: loop.call_soon_threadsafe(task.cancel)
        if self._stopped:
            task.cancel()
        try:
            await asyncio.wait([task])
        finally:
            self._end_reading = None
            task.cancel()
        return None if task.cancelled() else task.result()

    async def entries(self, plan: Plan) -> Sequence[RunEntry]:
        """How far the changes of a plan came, as far as the state knows.

        Raises:
            StateError: the state can't be read.

        """
        return await self.worker.call(lambda: self.state.entries(plan.id))

    async def not_begun(self, plan: Plan) -> Report:
        """The report of a plan that was told to stop before anything else happened."""
        return not_begun(plan, await self.entries(plan), self._stopped)

    async def apply(
        self,
        plan: Plan,
        delivery: WriteDelivery,
        *,
        tenant_id: str,
        federated: Collection[str],
        confirm: str | None,
        confirmed_by: str,
        emit: Callable[[Event], None],
        passwords: Callable[[CreateUser], str] | None,
    ) -> Report:
        """Apply a plan, unless it was applied to its end when the lease is there.

        Args:
            plan: the plan.
            delivery: sends the writes.
            tenant_id: the tenant.
            federated: the names of its federated domains.
            confirm: the fingerprint that was confirmed.
            confirmed_by: who confirmed it.
            emit: called with each event.
            passwords: gives first passwords.

        Raises:
            UsageError: *confirmed_by* is given without *confirm*; nothing is written.
            PlanRefusedError: the plan may not be applied; nothing is written.
            StateError: the state can't be used, or the lease is somebody else's; nothing is written.
            TenantError: Graph can't be reached; nothing is written.

        """
        if confirmed_by and confirm is None:
            raise UsageError("confirmed_by says who confirmed the plan: give confirm=plan.fingerprint too")
        _refuse_another(plan, tenant_id, confirm)
        lease = await self.worker.call(lambda: self.state.acquire(tenant_id))
        try:
            if (report := await self.replayed(plan)) is not None:  # another process ended it since that was asked first
                return report
            known, earlier, began = await self.worker.call(lambda: self._checked(plan))
            if not began and confirm is None:
                self._refuse_danger(plan, known)
            ledger = Ledger(self.state, self.worker, lease, NextMemory(known, plan), confirmed_by)
            domains, watch = frozenset(federated), FailureWatch(self.breaker)
            run = ApplyRun(delivery, self.cloud, domains, ledger, emit, watch, self.read, passwords, earlier)
            return await self._go(run)
        finally:
            await self.worker.release(self.state, lease)

    def stop(self, why: str) -> None:
        """Have the apply that runs begin nothing more; on any thread, and from a signal handler."""
        if not self._listening:
            return
        self._stopped = why
        if self._run is not None:
            self._run.stop(why)
        if (end_reading := self._end_reading) is not None:
            end_reading()

    async def _go(self, run: ApplyRun) -> Report:
        rate_limiter = run.delivery.sender.rate_limiter
        rate_limiter.on_wait = lambda seconds, why: run.emit(Waiting(seconds, why))
        heartbeat = asyncio.create_task(self.worker.keep_lease(self.state, run.ledger.lease, run.stop))
        self._run = run
        if self._stopped:  # before there was a run
            run.stop(self._stopped)
        try:
            await run.prepare()
            return await run.run()
        finally:
            self._run = None
            heartbeat.cancel()
            rate_limiter.on_wait = _ignore_wait

    def _replayed(self, plan: Plan) -> Report | None:
        run = self.state.find_run(plan.id)
        if run is None or run.ended_at is None:
            return None
        return replayed(plan, self.state.entries(plan.id))

    def _checked(self, plan: Plan) -> tuple[AppUsers, Sequence[RunEntry], bool]:
        """What the state knows of a plan that fits it: the memory, how far it came, and whether it was begun."""
        self.state.check_plan(plan)
        known = self.state.app_users(plan.tenant_id, plan.app_users.app_name)
        return known, self.state.entries(plan.id), self.state.find_run(plan.id) is not None

    def _refuse_danger(self, plan: Plan, known: AppUsers) -> None:
        """Refuse a plan that is too dangerous for the app or for this tenant."""
        hazards = hazards_again(plan, self.safeguards, known) if plan.changes else ()
        if hazards:
            raise PlanRefusedError(
                f"{'; '.join(hazards)}: review the plan, then apply it with confirm={plan.fingerprint!r}"
            )


def _refuse_another(plan: Plan, tenant_id: str, confirm: str | None) -> None:
    """Refuse a plan that is not the one that was confirmed, or is for another tenant."""
    if confirm is not None and confirm != plan.fingerprint:
        raise PlanRefusedError(
            f"plan {plan.fingerprint} is not what was confirmed ({shortened(confirm)}): "
            "review it and confirm its fingerprint"
        )
    if plan.tenant_id != tenant_id:
        raise PlanRefusedError(
            f"plan {plan.id} is for tenant {plan.tenant_id}, this is {shortened(tenant_id)}: "
            "plan with this tenant's snapshot"
        )


def _ignore_wait(_seconds: float, _why: str) -> None:
    """What the rate limiter calls while no plan is being applied."""
