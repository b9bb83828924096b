"""How an apply that was interrupted goes on: in another process, with the state that the first one left."""

import asyncio
import os
import signal
import sqlite3
from contextlib import ExitStack

import pytest
from attrs import evolve

from o365prov.errors import LeaseLostError, StalePlanError, StateError, UsageError
from o365prov.graph import BlockingTenant, Tenant
from o365prov.graph.apply.stopping import stopping_on_sigterm
from o365prov.planning import Result, with_created_accounts
from o365prov.state import MemoryState, RunStep, SQLiteState


@pytest.fixture
def path(tmp_path):
    return tmp_path / "corp.db"


@pytest.fixture
def state(path):
    """A file, which every apply of a test uses."""
    return SQLiteState(path)


@pytest.fixture
def interrupt(faulty, tenant, run):
    """Apply a plan and cancel it when the *number*-th batch is on its way (after its effect, if *effect*)."""

    def whole(plan, number=1, *, effect=True, **options):
        send = faulty.send
        batches = 0

        async def inside():
            async with tenant() as connected:
                applying = asyncio.create_task(connected.apply(plan, **options))
                faulty.send = lambda *request: stop(applying, *request)
                with pytest.raises(asyncio.CancelledError):
                    await applying

        async def stop(applying, method, url, headers, body):
            nonlocal batches
            batches += url.endswith("$batch")
            if batches < number or not url.endswith("$batch"):
                return await send(method, url, headers, body)
            if effect:
                await send(method, url, headers, body)
            applying.cancel()
            return await asyncio.sleep(3600)

        run(inside())
        faulty.send = send
        faulty.batches.clear()
        faulty.seen.clear()

    return whole


def steps(state, plan):
    return {entry.key: entry.step for entry in state.entries(plan.id)}


@pytest.mark.parametrize("effect", [True, False])
def test_an_interrupted_apply_goes_on(changes, fake, faulty, plan, apply, interrupt, effect, known):
    """Done changes are not repeated; a create whose outcome is unknown is looked for first."""
    made = plan(
        changes.create("ann"),
        changes.create("bob"),
        changes.give("ann", "SPE_E3", new=True),
        changes.manager("ann", "bob", new=True),
    )
    interrupt(made, effect=effect)
    report = apply(made)
    assert report.ok
    assert [outcome.change for outcome in report.outcomes] == list(made)
    assert len(fake.users) == 2
    assert fake.user("ann@fed.example")["manager"] == changes.id_of("bob")
    assert faulty.seen.count("POST /users") == (0 if effect else 2)
    assert known().get("00u-ann").manager_id == changes.id_of("bob")


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_wherever_it_was_interrupted_it_ends_the_same(changes, fake, plan, apply, interrupt, number, effect, known):
    """After each batch, with its effect and without, going on leads to the tenant that the plan wants."""
    changes.staff("old", licenses=["SPE_E3"])
    made = plan(
        changes.create("ann"),
        changes.update("old", jobTitle=(None, "x")),
        changes.give("ann", "SPE_E3", new=True),
        changes.manager("ann", "old", new=True, known=True),
        changes.block("old"),
    )
    interrupt(made, number, effect=effect)
    assert apply(made).ok
    ann, old = fake.user("ann@fed.example"), fake.user("old@fed.example")
    assert (len(fake.users), fake.seats("SPE_E3")[0], ann["manager"]) == (2, 2, old["id"])
    assert (old["jobTitle"], old["accountEnabled"]) == ("x", False)
    assert len(known()) == 2


def test_an_apply_interrupted_late_repeats_nothing(changes, fake, faulty, plan, apply, interrupt):
    """Creates are done, licences are unknown: only the licences are sent."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    interrupt(made, number=2)
    report = apply(made)
    assert report.ok
    assert faulty.batches == [[f"POST /users/{changes.id_of('ann')}/assignLicense"]]
    assert fake.seats("SPE_E3") == (1, 3)


def test_our_own_writes_are_no_surprise(changes, fake, plan, apply, interrupt):
    """That an account changed since the plan was made is our own doing, and the apply goes on."""
    changes.staff("ann", jobTitle="old")
    made = plan(changes.update("ann", jobTitle=("old", "new")), changes.give("ann", "SPE_E3"))
    interrupt(made, number=2)
    assert apply(made).ok
    assert fake.user("ann@fed.example")["jobTitle"] == "new"


def test_the_start_is_on_disk_before_the_write(changes, plan, apply, path, faulty):
    """Whatever happens in between, it is known that a write may have had its effect."""
    made, seen = plan(changes.create("ann")), []
    send = faulty.send

    async def look(method, url, headers, body):
        if url.endswith("$batch"):
            seen.append(steps(SQLiteState(path), made))
        return await send(method, url, headers, body)

    faulty.send = look
    apply(made)
    assert seen == [{"create_user:00u-ann": RunStep.STARTED}]


def test_what_may_be_given_is_remembered_before_it_is_sent(changes, plan, apply, path, faulty, known, remember):
    """So that whoever leaves after a crash loses what was there before and what was on its way."""
    changes.staff("ann", licenses=["SPE_E3"])
    link = changes.link("ann")
    apply(plan(link, changes.give("ann", "SPE_E3")))
    during = []
    send = faulty.send

    async def look(method, url, headers, body):
        if b"assignLicense" in body:
            during.append(known_at(path))
        return await send(method, url, headers, body)

    def known_at(place):
        return SQLiteState(place).app_users(made.tenant_id, "").get("00u-ann")

    made = plan(changes.give("ann", "FLOW_FREE", take=("SPE_E3",)))
    faulty.send = look
    apply(made)
    [maybe] = during
    assert ({each.sku for each in maybe.licenses}, maybe.unfinished) == ({"SPE_E3", "FLOW_FREE"}, True)
    after = known_at(path)
    assert ({each.sku for each in after.licenses}, after.unfinished) == ({"FLOW_FREE"}, False)


def test_an_outcome_is_remembered_with_the_entry(changes, plan, interrupt, known, state):
    """The batch before the interruption is done in both."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    interrupt(made, number=2)
    assert steps(state, made) == {"create_user:00u-ann": RunStep.DONE, "assign_licenses:00u-ann": RunStep.STARTED}
    assert known().get("00u-ann").object_id == changes.id_of("ann")


def test_what_was_done_before_an_interruption_is_not_lost_by_it(changes, plan, apply, interrupt, known):
    """The plan is not applied again: the next plan has the memory of what was done, and of what may be."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    interrupt(made, number=2)
    ann = known().get("00u-ann")
    assert ([each.sku for each in ann.licenses], ann.unfinished) == (["SPE_E3"], True)


def test_failed_items_are_for_the_next_plan(changes, faulty, plan, apply, interrupt, state):
    """A plan that goes on does not try again what Graph refused."""
    changes.staff("taken", "bob")
    made = plan(
        changes.create("taken", onPremisesImmutableId="b3RoZXI="),
        changes.update("bob", jobTitle=(None, "x")),
        changes.give("bob", "SPE_E3"),
    )
    interrupt(made, number=3, effect=False)  # after the create was refused, and its account looked at
    report = apply(made)
    assert [outcome.result for outcome in report.outcomes].count(Result.FAILED) == 1
    assert "POST /users" not in faulty.seen


def test_a_plan_that_was_overtaken_is_stale(changes, plan, apply):
    """What another plan touched since is named."""
    changes.staff("ann", "bob")
    first, second = plan(changes.update("ann", jobTitle=(None, "x"))), plan(changes.update("ann", jobTitle=(None, "y")))
    assert apply(second).ok
    with pytest.raises(StalePlanError, match="Ann"):
        apply(first)


def test_a_plan_about_others_is_not_stale(changes, plan, apply):
    """Two plans about different people may be applied in any order."""
    changes.staff("ann", "bob")
    apply(plan(changes.link("ann")))
    first, second = plan(changes.update("ann", jobTitle=(None, "x"))), plan(changes.update("bob", jobTitle=(None, "y")))
    assert apply(second).ok
    assert apply(first).ok


def test_somebody_elses_lease_keeps_others_out(changes, faulty, plan, apply, state):
    """Before anything is written, with who it is and how to take it away."""
    made = plan(changes.create("ann"))
    state.acquire(made.tenant_id)
    with pytest.raises(LeaseLostError, match="unlock"):
        apply(made)
    assert faulty.batches == []
    state.unlock(made.tenant_id)
    assert apply(made).ok


def test_the_lease_is_given_back(changes, plan, apply, state, interrupt):
    """After a report, and after a cancellation."""
    made = plan(changes.create("ann"))
    interrupt(made)
    assert state.lease_holder(made.tenant_id) is None
    apply(made)
    assert state.lease_holder(made.tenant_id) is None


def test_a_lease_that_is_lost_begins_nothing_more(changes, fake, faulty, plan, apply, state):
    """What is on its way is in the report, as unknown or done; the rest is skipped; going on ends as planned."""
    names = [f"p{number}" for number in range(30)]
    made = plan(*(changes.create(name) for name in names), changes.give("p1", "SPE_E3", new=True))
    send = faulty.send

    async def take_away(method, url, headers, body):
        if url.endswith("$batch"):
            state.unlock(made.tenant_id)
        return await send(method, url, headers, body)

    faulty.send = take_away
    report = apply(made)
    assert "lease" in report.stopped
    assert report.skipped
    assert not report.ok
    faulty.send = send
    assert apply(made).ok
    assert len(fake.users) == 30


def test_a_full_disk_stops_the_writing_and_not_the_report(changes, fake, plan, apply, state, known, monkeypatch):
    """Nothing more is written to the tenant; what was done is reported, and with space again the plan goes on."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    note = SQLiteState.note

    def full(self, lease, run, entries, *rest):
        if any(entry.step is RunStep.DONE for entry in entries):
            raise StateError("corp.db: can't be written (database or disk is full): free disk space")
        note(self, lease, run, entries, *rest)

    monkeypatch.setattr(SQLiteState, "note", full)
    report = apply(made)
    assert [outcome.result.value for outcome in report.outcomes] == ["done", "skipped"]
    assert "disk is full" in report.stopped
    monkeypatch.undo()
    again = apply(made)
    assert again.ok
    assert len(fake.users) == 1
    assert known().get("00u-ann").object_id == changes.id_of("ann")


def test_a_damaged_state_stops_before_the_first_write(changes, faulty, plan, apply, path):
    """One clear error; nothing is sent that could not be remembered."""
    changes.staff("bob")
    apply(plan(changes.link("bob")))
    made = plan(changes.create("ann"))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE app_user SET username = 'x'")
    with pytest.raises(StateError, match="damaged"):
        apply(made)
    assert not any(each for batch in faulty.batches for each in batch if not each.startswith("GET"))


def test_whatever_breaks_inside_there_is_a_report(changes, plan, apply, monkeypatch):
    """An error of our own stops the apply and not the report; the state has the rest."""
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))
    monkeypatch.setattr("o365prov.graph.apply.run.chunks", lambda _writes: 1 / 0)
    report = apply(made)
    assert "unexpected ZeroDivisionError" in report.stopped
    assert {outcome.result for outcome in report.outcomes} == {Result.SKIPPED}
    monkeypatch.undo()
    assert apply(made).ok


def test_sigterm_finishes_what_is_under_way(changes, fake, faulty, plan, apply, known):
    """The batches in flight are noted, nothing more begins, and the handler of before is there again."""
    before = signal.getsignal(signal.SIGTERM)
    names = [f"p{number}" for number in range(30)]
    made = plan(*(changes.create(name) for name in names), changes.give("p1", "SPE_E3", new=True))
    send = faulty.send

    async def terminate(method, url, headers, body):
        if url.endswith("$batch"):
            os.kill(os.getpid(), signal.SIGTERM)
        return await send(method, url, headers, body)

    faulty.send = terminate
    report = apply(made)
    faulty.send = send
    assert "SIGTERM" in report.stopped
    assert len(report.done) == len(fake.users) == sum(bool(user.object_id) for user in known()) > 0
    assert len(report.done) + len(report.skipped) == len(made)
    assert signal.getsignal(signal.SIGTERM) is before
    assert apply(made).ok


def test_sigterm_stops_all_applies_of_the_process():
    """Whichever began first or ended first; and then the handler of before is there again."""
    heard, ends = [], []
    before = signal.signal(signal.SIGTERM, lambda *_: heard.append("before"))
    try:
        own = signal.getsignal(signal.SIGTERM)
        for name in ("first", "second", "third"):
            with ExitStack() as begun:
                begun.enter_context(stopping_on_sigterm(lambda why, name=name: heard.append(f"{name}: {why[:11]}")))
                ends.append(begun.pop_all())
        ends[0].close()
        os.kill(os.getpid(), signal.SIGTERM)
        assert heard == ["second: the process", "third: the process", "before"]
        ends[2].close()
        ends[1].close()
        assert signal.getsignal(signal.SIGTERM) is own
    finally:
        signal.signal(signal.SIGTERM, before)


def test_a_password_that_may_be_lost_is_said(changes, fake, plan, apply, interrupt):
    """The account is there: nobody is asked for a password that it does not have."""
    managed = changes.create("ann", domain="managed.example", onPremisesImmutableId=None)
    made = plan(evolve(managed, password_given=True))
    asked = []

    def passwords(change):
        asked.append(change.subject.name)
        return "correct horse 1 battery"

    interrupt(made, passwords=passwords)
    report = apply(made, passwords=passwords)
    assert report.ok
    assert asked == ["Ann"]
    assert "first password may have been lost" in report.outcomes[0].message
    assert "first password may have been lost" in report.to_text()
    assert len(fake.users) == 1


def test_a_password_is_asked_for_again_where_no_account_was_made(changes, fake, plan, apply, interrupt):
    """The request never arrived."""
    managed = changes.create("ann", domain="managed.example", onPremisesImmutableId=None)
    made = plan(evolve(managed, password_given=True))
    interrupt(made, effect=False, passwords=lambda _: "correct horse 1 battery")
    report = apply(made, passwords=lambda _: "correct horse 2 battery")
    assert report.ok
    assert report.outcomes[0].message == ""
    assert len(fake.users) == 1


def test_a_plan_goes_on_in_another_state_which_looks_at_the_tenant(changes, plan, apply, interrupt, fake):
    """A state that knows nothing tries again, is refused, and finds the account by its source anchor: there is one."""
    made = plan(changes.create("ann"))
    interrupt(made)
    state = MemoryState()
    assert apply(made, {"state": state}).ok
    [account] = fake.users
    assert state.app_users(made.tenant_id, made.app_users.app_name).get("00u-ann").object_id == account["id"]


def test_after_a_fork_a_tenant_says_so(faulty, state, needs):
    """A connection of before the fork is never used; nothing hangs."""
    with BlockingTenant.over(faulty, state=state) as blocking:
        blocking.read(needs)
        child = os.fork()
        if child == 0:  # pragma: no cover - the other process
            try:
                blocking.read(needs)
            except UsageError as error:
                os._exit(0 if "before a fork" in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_closing_while_reading_is_a_clear_error(faulty, state, needs, run):
    """Not one of the network's."""

    async def whole():
        tenant = Tenant.over(faulty, state=state)
        send = faulty.send

        async def slow(*request):
            await tenant.close()
            raise ConnectionResetError("closed")

        faulty.send = slow
        with pytest.raises(UsageError, match="was closed while it was used"):
            await tenant.read(needs)
        faulty.send = send

    run(whole())


def test_closing_while_applying_finishes_what_is_under_way(changes, fake, faulty, plan, state, run, clock):
    """The report says why it stopped."""
    names = [f"p{number}" for number in range(30)]
    made = plan(*(changes.create(name) for name in names), changes.give("p1", "SPE_E3", new=True))

    async def whole():
        tenant = Tenant.over(faulty, state=state, clock=clock)
        send, closing = faulty.send, []

        async def close(method, url, headers, body):
            if url.endswith("$batch") and not closing:
                closing.append(asyncio.create_task(tenant.close()))
                await asyncio.sleep(0)
            return await send(method, url, headers, body)

        faulty.send = close
        report = await tenant.apply(made)
        await closing[0]
        faulty.send = send
        return report

    report = run(whole())
    assert "closed" in report.stopped
    assert len(report.done) == len(fake.users) > 0


def test_an_account_that_may_have_been_created_is_remembered(changes, plan, interrupt, known, read):
    """Nobody applies the plan again, and its person leaves: the next plan finds the account in the tenant."""
    interrupt(plan(changes.create("ann"), changes.create("bob")))
    assert [(user.object_id, user.unfinished) for user in known()] == [("", True), ("", True)]
    found = with_created_accounts(known(), read())
    assert {user.object_id for user in found} == {changes.id_of("ann"), changes.id_of("bob")}


def test_an_account_that_was_not_created_is_not_remembered(changes, plan, apply, interrupt, known, read):
    """The request never arrived; when the plan goes on the account is remembered as ever."""
    made = plan(changes.create("ann"))
    interrupt(made, effect=False)
    assert len(with_created_accounts(known(), read())) == 0
    assert apply(made).ok
    ann = known().get("00u-ann")
    assert (ann.object_id, ann.anchor, ann.unfinished) == (changes.id_of("ann"), made.changes[0].anchor, False)


def test_a_stop_does_not_wait_for_minutes(changes, faulty, plan, state, run, monkeypatch):
    """Graph asks for a wait of five minutes: the report comes, and says what is not known; the plan goes on later."""
    monkeypatch.setattr("o365prov.graph.apply.run.STOP_SECONDS", 0.05)
    made = plan(changes.create("ann"))
    faulty.inject("POST", "/users", (429, {"Retry-After": "300"}, {}), times=1)

    async def whole():
        async with Tenant.over(faulty, state=state) as tenant:  # by the real clock
            asyncio.get_running_loop().call_later(0.2, tenant.stop, "its hour is over")
            return await asyncio.wait_for(tenant.apply(made), 20)

    report = run(whole())
    assert report.stopped == "its hour is over"
    assert [outcome.result for outcome in report.outcomes] == [Result.UNKNOWN]

    async def later():
        async with Tenant.over(faulty, state=state) as tenant:
            return await tenant.apply(made)

    assert run(later()).ok


@pytest.mark.parametrize("part", ["/organization", "/domains", "/users/"])
def test_stop_does_not_wait_for_what_is_read_first(changes, plan, faulty, fake, state, run, part):
    """Graph asks for a wait of two minutes before anything is written: nothing is, and the plan goes on later."""
    changes.staff("ann")
    made = plan(changes.update("ann", jobTitle=(None, "Lead")), changes.create("bob"))
    faulty.inject("GET", part, (429, {"Retry-After": "120"}, {}), times=1)

    async def whole():
        async with Tenant.over(faulty, state=state) as tenant:  # by the real clock
            asyncio.get_running_loop().call_later(0.2, tenant.stop, "its hour is over")
            return await asyncio.wait_for(tenant.apply(made), 20)

    report = run(whole())
    assert report.stopped == "its hour is over"
    assert [outcome.result for outcome in report.outcomes] == [Result.SKIPPED] * 2
    assert (len(fake.users), fake.user("ann@fed.example").get("jobTitle")) == (1, None)
    assert state.lease_holder(made.tenant_id) is None

    async def later():
        async with Tenant.over(faulty, state=state) as tenant:
            return await tenant.apply(made)

    assert run(later()).ok


def test_stop_does_not_wait_for_what_an_interrupted_apply_left(changes, plan, interrupt, faulty, fake, path, run):
    """What may have been created is looked for by the next one; of what was done the report says so."""
    made = plan(changes.create("ann"))
    interrupt(made)
    faulty.inject("GET", "/users", (429, {"Retry-After": "120"}, {}), times=1)
    faulty.inject("GET", "/organization", (429, {"Retry-After": "0"}, {}), times=1)

    async def whole():
        async with Tenant.over(faulty, state=SQLiteState(path)) as tenant:  # by the real clock
            asyncio.get_running_loop().call_later(0.3, tenant.stop, "its hour is over")
            return await asyncio.wait_for(tenant.apply(made), 20)

    assert [outcome.result for outcome in run(whole()).outcomes] == [Result.UNKNOWN]
    faulty.rules.clear()

    async def later():
        async with Tenant.over(faulty, state=SQLiteState(path)) as tenant:
            return await tenant.apply(made)

    assert run(later()).ok
    assert len(fake.users) == 1
