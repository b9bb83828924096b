"""The tasks of a fleet for procrastinate, a queue in PostgreSQL.

The queue only carries what is to be done; what that is follows from the records. So a job may get lost, come twice or
be done by two workers at once: the tick defers what is missing, a step that is not due does nothing, and the lease of
a tenant decides who writes to it. The queue's lock of a tenant saves the work in vain, and nothing depends on it.

Jobs that are stuck are not retried but given up, which frees their locks, and the next tick defers what is due: a retry
fails where another job of the same kind waits, and procrastinate itself does not find all that are stuck.
Sources: procrastinate's issues 1408, 1518 and 1543.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from procrastinate import Blueprint, JobContext, RetryStrategy
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.tasks import Task

from o365prov.errors import StateError
from o365prov.fleet.fleet import Fleet
from o365prov.fleet.rounds import FleetStep, NextStep

_ENDED_SECONDS = 10.0
"""So long after its end a job should be known to the queue as ended."""
_AT_ONCE = 500
"""So many jobs are deferred in one statement."""
_FIRST = 1_000_000


class FleetTasks:
    """The tasks, and which jobs this process is at.

    Args:
        fleet: the fleet.
        queue: the queue of all its jobs.
        tick: how often the queue is compared with the records, as a line of cron.

    """

    def __init__(self, fleet: Fleet, queue: str, tick: str) -> None:
        self.blueprint = Blueprint()
        self._fleet = fleet
        self._queue = queue
        self._ended: dict[int, float] = {}
        self._tasks: dict[FleetStep, Task[Any, Any, Any]] = {}
        # Without the records nothing can be noted: the job is tried again, every few seconds for some minutes.
        patient = RetryStrategy(max_attempts=60, wait=5, retry_exceptions=[StateError])

        @self.blueprint.task(name="plan_tenant", queue=queue, retry=patient, pass_context=True)
        async def plan_tenant(context: JobContext, tenant: str, number: int | None = None) -> None:
            with self._noting(context):
                await self._go_on(context, await fleet.plan(tenant, number=number))

        @self.blueprint.task(name="apply_tenant", queue=queue, retry=patient, pass_context=True)
        async def apply_tenant(context: JobContext, tenant: str) -> None:
            with self._noting(context):
                await self._go_on(context, await fleet.apply(tenant))

        @self.blueprint.task(name="verify_tenant", queue=queue, retry=patient, pass_context=True)
        async def verify_tenant(context: JobContext, tenant: str) -> None:
            with self._noting(context):
                await self._go_on(context, await fleet.verify(tenant))

        @self.blueprint.periodic(cron=tick, queueing_lock="o365prov:tick")
        @self.blueprint.task(name="tick", queue=queue, priority=_FIRST, pass_context=True)
        async def tick_fleet(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate gives it
            with self._noting(context):
                await self._tick(context)

        self._tasks = {FleetStep.PLAN: plan_tenant, FleetStep.APPLY: apply_tenant, FleetStep.VERIFY: verify_tenant}

    async def _tick(self, context: JobContext) -> None:
        """Give up what is stuck, and defer what is due and not in the queue."""
        manager = context.app.job_manager
        there = [*await manager.list_jobs_async(queue=self._queue, status="todo")]
        there += await manager.list_jobs_async(queue=self._queue, status="doing")
        stuck = {job.id for job in await manager.get_stalled_jobs(queue=self._queue)}
        stuck |= {job.id for job in there if job.worker_id == context.job.worker_id and self._has_ended(job)}
        for job_id in filter(None, stuck):
            with suppress(ConnectorException):  # it has ended meanwhile
                await manager.finish_job_by_id_async(job_id, Status.FAILED, delete_job=False)
        locks = {job.lock for job in there if job.id not in stuck}
        due = await asyncio.to_thread(self._fleet.due)
        jobs = [self._job(each) for each in due if _lock(each.tenant) not in locks]
        for start in range(0, len(jobs), _AT_ONCE):
            await manager.batch_defer_jobs_async(jobs[start : start + _AT_ONCE])

    def _job(self, step: NextStep) -> Job:
        """The job of a step; without a queueing lock, which would make one that is stuck an obstacle."""
        return Job(
            id=None,
            queue=self._queue,
            lock=_lock(step.tenant),
            queueing_lock=None,
            task_name=self._tasks[step.step].name,
            task_kwargs={"tenant": step.tenant, **({"number": step.number} if step.step is FleetStep.PLAN else {})},
            scheduled_at=step.not_before,
            priority=step.priority,
        )

    async def _go_on(self, context: JobContext, coming: NextStep | None) -> None:
        """Defer what comes next at once; rounds are begun by the tick."""
        if coming is not None and coming.step is not FleetStep.PLAN:
            await context.app.job_manager.defer_job_async(self._job(coming))

    @contextmanager
    def _noting(self, context: JobContext) -> Iterator[None]:
        """Remember which jobs this process has ended: one that the queue takes for running still is stuck."""
        try:
            yield
        finally:
            self._ended[context.job.id or 0] = time.monotonic()

    def _has_ended(self, job: Job) -> bool:
        return time.monotonic() - self._ended.get(job.id or 0, math.inf) > _ENDED_SECONDS


def _lock(tenant: str) -> str:
    return f"o365prov:{tenant}"
