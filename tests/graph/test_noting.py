"""What an apply notes, and when: how often, at what cost of time, and what it obeys when it is told to stop."""

import asyncio
import os
import signal
import threading
from contextlib import contextmanager

import pytest
from attrs import evolve

from o365prov.errors import LeaseLostError, PlanRefusedError, StalePlanError
from o365prov.graph import BlockingTenant, ChangeEnded, Tenant
from o365prov.people import AppUser
from o365prov.planning import Result
from o365prov.planning.model.changes import DeleteUser
from o365prov.state import MemoryState, SQLiteState
from o365prov.state.sqlite_database import SQLiteDatabase

AROUND = ("acquire", "begin_run", "end_run", "release")


class Oblivious(MemoryState):
    """A state that does not keep what it is told."""

    def note(self, lease, run, entries, app_users=(), forgotten=()):
        """Nothing."""


@pytest.fixture
def crowd(changes):
    """Changes of many people, in three batches of the first stage and one of the second."""
    names = [f"p{number}" for number in range(50)]
    return [*(changes.create(name) for name in names), changes.give("p1", "SPE_E3", new=True)]


@pytest.fixture
def writings(monkeypatch):
    """Grows with every transaction that writes."""
    counted = []
    transaction = SQLiteDatabase.transaction

    @contextmanager
    def count(self, *, writes=True):
        counted.extend([self] * writes)
        with transaction(self, writes=writes) as each:
            yield each

    monkeypatch.setattr(SQLiteDatabase, "transaction", count)
    return counted


def test_a_batch_takes_two_transactions(changes, faulty, plan, apply, tmp_path, writings):
    """One before it is sent and one after, whatever is sent again; and four around all of them."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    faulty.inject("POST", "/users", (503, {}, {}), times=3)
    writings.clear()
    assert apply(made, {"state": SQLiteState(tmp_path / "corp.db")}).ok
    assert len(faulty.batches) > 2
    assert len(writings) == 2 * 2 + len(AROUND)


def test_batches_share_transactions(changes, faulty, plan, apply, tmp_path, writings):
    """How one batch ended is noted together with what begins next: it comes to about one transaction a batch."""
    made = plan(*(changes.create(f"p{number}") for number in range(200)))
    writings.clear()
    assert apply(made, {"state": SQLiteState(tmp_path / "corp.db")}).ok
    assert len(faulty.batches) == 10
    assert len(writings) <= 10 + 4 + len(AROUND)


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_noting_takes_no_virtual_time(crowd, faulty, plan, apply, clock, tmp_path, kind):
    """Requests and waits are those of an apply that notes nothing: they do not depend on a disk."""
    made = plan(*crowd)
    start = faulty.fake.snapshot()

    def day(state):
        faulty.fake.restore(start)
        faulty.inject("POST", "/users", (429, {"Retry-After": "7"}, {}), times=2)
        faulty.batches.clear()
        clock.waits.clear()
        began = clock.passed
        assert apply(made, {"state": state}).ok
        return clock.passed - began, len(faulty.batches)

    states = {"memory": MemoryState, "file": lambda: SQLiteState(tmp_path / "corp.db")}
    (seconds, batches), (least, as_many) = day(states[kind]()), day(Oblivious())
    assert batches == as_many
    assert seconds == pytest.approx(least, abs=0.1)


def test_a_tenant_that_is_told_to_stop_says_why(crowd, fake, plan, state, clock, faulty, run):
    """From another thread; what is under way is noted, and the plan goes on later."""
    made = plan(*crowd)

    async def whole():
        async with Tenant.over(faulty, state=state, clock=clock) as tenant:

            def stop(event):
                if isinstance(event, ChangeEnded) and event.done == 1:
                    thread = threading.Thread(target=tenant.stop, args=["the weekend begins"])
                    thread.start()
                    thread.join()

            stopped = await tenant.apply(made, on_event=stop)
            assert state.find_run(made.id).stopped == "the weekend begins"
            return stopped, await tenant.apply(made)

    stopped, report = run(whole())
    assert stopped.stopped == "the weekend begins"
    assert {outcome.result for outcome in stopped.outcomes} == {Result.DONE, Result.SKIPPED}
    assert all("the weekend begins" in outcome.message for outcome in stopped.skipped)
    assert report.ok
    assert len(fake.users) == 50


def test_telling_a_tenant_to_stop_while_nothing_runs_does_nothing(changes, plan, state, faulty, run):
    """The next apply is not meant."""
    made = plan(changes.create("ann"))

    async def whole():
        async with Tenant.over(faulty, state=state) as tenant:
            tenant.stop("too early")
            return await tenant.apply(made)

    assert run(whole()).ok


def test_sigterm_stops_a_blocking_tenant_too(crowd, fake, faulty, plan, state, clock):
    """The work is on another thread; the signal comes on the main one, whose handler of before is called as well."""
    heard = []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("SIGTERM"))
    send = faulty.send

    async def terminate(method, url, headers, body):
        if url.endswith("$batch") and not heard:
            os.kill(os.getpid(), signal.SIGTERM)
            while not heard:  # a signal is handled between two steps of the main thread
                os.sched_yield()
        return await send(method, url, headers, body)

    made = plan(*crowd)
    faulty.send = terminate
    try:
        with BlockingTenant.over(faulty, clock=clock, state=state) as tenant:
            report = tenant.apply(made)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == ["SIGTERM"]
    assert "SIGTERM" in report.stopped
    assert 0 < len(report.done) == len(fake.users) < 50


def test_sigterm_before_the_work_begins_is_heard(changes, fake, plan, state, faulty, monkeypatch):
    """Between the call and the first request: nothing is written, and the plan goes on later."""
    made = plan(changes.create("ann"))
    with BlockingTenant.over(faulty, state=state) as tenant:
        work = tenant._run

        def run(*arguments, **options):
            os.kill(os.getpid(), signal.SIGTERM)
            return work(*arguments, **options)

        monkeypatch.setattr(tenant, "_run", run)
        report = tenant.apply(made)
        assert "SIGTERM" in report.stopped
        assert fake.users == ()
        monkeypatch.undo()
        assert tenant.apply(made).ok


def test_a_blocking_tenant_is_told_to_stop_by_another_thread(crowd, fake, plan, state, faulty, clock):
    """A service that ends, whose work is on a thread of its own."""
    send = faulty.send

    async def stop(method, url, headers, body):
        if url.endswith("$batch"):
            tenant.stop("the weekend begins")
        return await send(method, url, headers, body)

    made = plan(*crowd)
    with BlockingTenant.over(faulty, clock=clock, state=state) as tenant:
        faulty.send = stop
        assert tenant.apply(made).stopped == "the weekend begins"
        assert 0 < len(fake.users) < 50
        faulty.send = send
        assert tenant.apply(made).ok


def test_the_lease_is_kept_while_an_apply_runs(changes, faulty, plan, apply, tmp_path):
    """However long Graph takes: the heart beats three times in the life of a lease."""
    made = plan(changes.create("ann"))
    send = faulty.send

    async def slow(method, url, headers, body):
        if url.endswith("$batch"):
            await asyncio.sleep(1.5)
        return await send(method, url, headers, body)

    faulty.send = slow
    assert apply(made, {"state": SQLiteState(tmp_path / "corp.db", lease_seconds=1)}).ok


def test_two_tenants_of_one_process_do_not_write_at_once(changes, fake, faulty, plan, state, clock):
    """Each has a loop and a thread of its own; the second one is told who applies."""
    refused = []
    send = faulty.send

    async def meanwhile(method, url, headers, body):
        if url.endswith("$batch"):
            faulty.send = send
            with pytest.raises(LeaseLostError, match=f"process {os.getpid()}") as raised:
                await asyncio.to_thread(second.apply, other)
            refused.append(raised.value)
        return await send(method, url, headers, body)

    made, other = plan(changes.create("ann")), plan(changes.create("bob"))
    with BlockingTenant.over(faulty, clock=clock, state=state) as first:  # noqa: SIM117 - the second is used in the first
        with BlockingTenant.over(fake, clock=clock, state=state) as second:
            faulty.send = meanwhile
            assert first.apply(made).ok
            assert len(refused) == len(fake.users) == 1
            assert state.lease_holder(made.tenant_id) is None


def test_a_plan_that_another_process_ends_in_the_meantime_is_not_refused(changes, fake, faulty, plan, state, clock):
    """Whoever comes just after it gets its report, as everybody does later."""
    made, send = plan(changes.create("ann")), faulty.send
    with BlockingTenant.over(faulty, clock=clock, state=state) as late:  # noqa: SIM117 - the other is used in it
        with BlockingTenant.over(fake, clock=clock, state=state) as other:

            async def meanwhile(method, url, headers, body):
                faulty.send = send
                await asyncio.to_thread(other.apply, made)
                return await send(method, url, headers, body)

            faulty.send = meanwhile
            report = late.apply(made)
            assert (report.ok, report.replayed) == (True, True)
            assert len(fake.users) == 1
            assert state.lease_holder(made.tenant_id) is None


def test_what_was_confirmed_once_stays_confirmed(changes, faulty, plan, apply, state):
    """A plan that goes on, and one whose report is returned again, ask for nothing."""
    changes.staff("ann")
    made = plan(changes.block("ann"), hazards=("1 of 1 linked accounts",))
    lease = state.acquire(made.tenant_id)
    state.end_run(lease, state.begin_run(lease, made), "SIGTERM")  # it was confirmed, begun and stopped
    state.release(lease)
    report = apply(made)
    assert (report.ok, report.replayed) == (True, False)
    again = apply(made)
    assert (again.ok, again.replayed) == (True, True)


def linked(changes, count):
    """People whose accounts are in the tenant, as they are remembered."""
    names = [f"p{number}" for number in range(count)]
    changes.staff(*names)
    return [AppUser(f"00u-{name}", changes.id_of(name), f"{name}@fed.example") for name in names]


def test_an_edited_plan_is_as_dangerous_as_its_changes(changes, fake, faulty, plan, apply, remember):
    """Without its hazards, and with a memory in which fifteen of twenty are few: the state's own memory counts."""
    users = linked(changes, 20)
    remember(*users)
    leavers = [DeleteUser(changes.subject(f"p{number}"), "left", users[number].object_id) for number in range(15)]
    made = plan(*leavers)
    crowd = [AppUser(f"00u-{number}", f"id-{number}", f"{number}@fed.example") for number in range(1000)]
    edited = evolve(made, hazards=(), app_users=evolve(made.app_users, users=(*users, *crowd)))
    with pytest.raises(PlanRefusedError, match="15 of 20 linked accounts"):
        apply(edited)
    assert faulty.batches == []
    assert len(fake.users) == 20


def test_a_plan_about_an_account_of_another_person_is_stale(changes, plan, apply):
    """The person is another one, and the account the same."""
    changes.staff("ann")
    apply(plan(changes.link("ann")))
    link = changes.link("ann")
    old = plan(evolve(link, subject=changes.subject("bob")))
    assert apply(plan(changes.update("ann", jobTitle=(None, "Lead")))).ok
    with pytest.raises(StalePlanError, match="the account of Bob"):
        apply(old)


def test_a_plan_about_an_address_that_was_taken_is_stale(changes, plan, apply):
    """Neither the person nor the account is the same."""
    changes.staff("ann", "bob")
    apply(plan(changes.link("ann")))
    name = "lead@fed.example"
    old = plan(changes.update("bob", userPrincipalName=("bob@fed.example", name)))
    assert apply(plan(changes.update("ann", userPrincipalName=("ann@fed.example", name)))).ok
    with pytest.raises(StalePlanError, match=name):
        apply(old)
