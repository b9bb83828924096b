"""The tasks on a real queue of procrastinate: it carries what is due, and may lose or repeat anything."""

import asyncio
import sys
import uuid
from contextlib import asynccontextmanager

import procrastinate
import psycopg
import pytest
from fleets import FakeFleet, member, staff

from o365prov import ConfigurationError
from o365prov.fleet import FleetRecords, engine, fleet_tasks, rounds
from o365prov.state import PostgresState

WORKER = {"wait": False, "install_signal_handlers": False, "listen_notify": False}


@pytest.fixture
def database(server):
    """A database of its own for a queue."""
    name = f"queue_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # a name of letters and digits
    return server.rpartition("/")[0] + f"/{name}"


@asynccontextmanager
async def at_work(database, *tenants):
    """A fleet and its queue."""
    with PostgresState(database) as state, FleetRecords(database) as records:
        fleet = FakeFleet.of(*tenants, state=state, records=records)
        app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database, min_size=1, max_size=2))
        app.add_tasks_from(fleet_tasks(fleet.fleet), namespace="fleet")
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            yield fleet, app


async def tick(app):
    """Compare the queue with the records, and do what is in the queue until it is empty."""
    await app.tasks["fleet:tick"].defer_async(timestamp=0)
    await app.run_worker_async(**WORKER)


async def jobs(app, task, status):
    """How many jobs of this task are so."""
    return len(await app.job_manager.list_jobs_async(task=f"fleet:{task}", status=status))


def test_an_existing_app_registers_the_tasks(database):
    """Beside its own, under a namespace of its choice."""

    async def names():
        async with at_work(database, member()) as (_, app):
            return {name for name in app.tasks if name.startswith("fleet:")}

    assert asyncio.run(names()) == {"fleet:plan_tenant", "fleet:apply_tenant", "fleet:verify_tenant", "fleet:tick"}


def test_the_tick_begins_what_is_due_and_it_goes_on_by_itself(database):
    """Three jobs a tenant."""

    async def night():
        async with at_work(database, member("contoso"), member("fabrikam"), member("tailspin", schedule="")) as (
            fleet,
            app,
        ):
            await tick(app)
            assert fleet.fleet.report().stages == {"verified": 2, "new": 1}
            assert [await jobs(app, f"{step}_tenant", "succeeded") for step in ("plan", "apply", "verify")] == [2, 2, 2]
            await app.tasks["fleet:plan_tenant"].defer_async(tenant="tailspin")  # somebody asks for it
            await app.run_worker_async(**WORKER)
            assert fleet.fleet.report().stages == {"verified": 3}

    asyncio.run(night())


def test_small_tenants_do_not_wait_for_a_large_one(database, monkeypatch):
    """It was there first, and yet it is last; higher priorities are done before both."""
    monkeypatch.setattr(rounds, "LARGE", 8)

    async def night():
        tenants = (member("large"), member("small"), member("smaller"), member("urgent", priority=1))
        async with at_work(database, *tenants) as (fleet, app):
            fleet.people["large"] = staff(8)
            await tick(app)
            found = sorted(fleet.fleet.report().rounds, key=lambda each: each.changed_at)
            assert [each.tenant for each in found] == ["urgent", "small", "smaller", "large"]

    asyncio.run(night())


def test_what_the_queue_has_is_not_deferred_again(database):
    """However often the tick comes while workers are busy elsewhere."""

    async def night():
        async with at_work(database, member()) as (_, app):
            for _ in range(3):
                await app.tasks["fleet:tick"].defer_async(timestamp=0)
            await app.run_worker_async(**WORKER)
            assert await jobs(app, "plan_tenant", "succeeded") == 1

    asyncio.run(night())


def test_a_job_that_comes_twice_is_done_once(database):
    """The second one sees that the round was begun, or has ended."""

    async def night():
        async with at_work(database, member()) as (fleet, app):
            for _ in range(2):
                await app.tasks["fleet:plan_tenant"].defer_async(tenant="contoso", number=1)
            await app.run_worker_async(**WORKER)
            assert fleet.fleet.records.round("contoso").number == 1
            assert fleet.connected == ["contoso"] * 3

    asyncio.run(night())


@pytest.mark.parametrize("stuck", ["worker_id = NULL", "worker_id = 1"])
def test_a_job_whose_worker_is_gone_is_given_up_and_the_tenant_goes_on(database, stuck):
    """Its lock is free again, and nothing is retried; also where the worker was not heard of for a while."""

    async def night():
        async with at_work(database, member()) as (fleet, app):
            await app.job_manager.register_worker()
            plan = app.tasks["fleet:plan_tenant"].configure(lock="o365prov:contoso")
            await plan.defer_async(tenant="contoso")
            async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
                await connection.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
                await connection.execute(f"UPDATE procrastinate_jobs SET status = 'doing', {stuck}")  # noqa: S608 - ours
            await tick(app)
            assert fleet.fleet.report().stages == {"verified": 1}
            assert await jobs(app, "plan_tenant", "failed") == 1

    asyncio.run(night())


def test_a_job_whose_end_the_queue_did_not_hear_of_is_given_up(database, monkeypatch):
    """The database was away for a moment: the worker lives, so procrastinate takes the job for running for ever."""
    monkeypatch.setattr(engine, "_ENDED_SECONDS", -1)

    async def night():
        async with at_work(database, member("contoso"), member("fabrikam", schedule="")) as (fleet, app):
            finish = app.job_manager.finish_job

            async def lost(job, status, delete_job):
                if job.task_name != "fleet:plan_tenant":
                    await finish(job, status, delete_job)

            monkeypatch.setattr(app.job_manager, "finish_job", lost)
            await app.tasks["fleet:plan_tenant"].configure(lock="o365prov:contoso").defer_async(tenant="contoso")
            await (
                app.tasks["fleet:tick"]
                .configure(schedule_in={"milliseconds": 600}, priority=-1)
                .defer_async(timestamp=0)
            )
            working = asyncio.create_task(
                app.run_worker_async(**{**WORKER, "wait": True, "fetch_job_polling_interval": 0.2})
            )
            while fleet.fleet.report().stages.get("verified") != 1:  # noqa: ASYNC110 - another database tells
                await asyncio.sleep(0.1)
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
            assert await jobs(app, "plan_tenant", "failed") == 1

    asyncio.run(asyncio.wait_for(night(), 20))


def test_without_procrastinate_the_extra_is_named(monkeypatch):
    """The fleet itself needs no engine."""
    monkeypatch.delitem(sys.modules, "o365prov.fleet.engine")
    monkeypatch.setitem(sys.modules, "procrastinate", None)
    with pytest.raises(ConfigurationError, match=r"install o365prov\[fleet\]"):
        fleet_tasks(FakeFleet.of(member()).fleet)
