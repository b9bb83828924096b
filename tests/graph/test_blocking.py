"""The tenant for code that is not async."""

import _thread
import asyncio
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from organisation import NOW

from o365prov import Departure
from o365prov.errors import PlanRefusedError, UsageError
from o365prov.graph import ApplyEnded, BlockingTenant
from o365prov.planning import BlockSignIn, Plan, Safeguards, Subject
from o365prov.testing import FakeTenant


@pytest.fixture
def blocking(faulty, clock):
    with BlockingTenant.over(faulty, clock=clock) as tenant:
        yield tenant


def test_the_same_verbs_return_when_they_are_done(blocking, changes, fake, needs, plan):
    """Read, apply and test, without a loop in sight."""
    made = plan(changes.create("ann"))
    assert blocking.apply(made).ok
    assert [user.username for user in blocking.read(needs).users] == ["ann@fed.example"]
    assert blocking.test_connection().tenant_name == "Contoso"


def test_it_works_inside_a_running_loop(faulty, needs):
    """As in a notebook, whose cells run on a loop."""

    async def cell():
        with BlockingTenant.over(faulty) as tenant:
            return tenant.read(needs).name

    assert asyncio.run(cell()) == "Contoso"


def test_it_works_from_several_threads(blocking, needs):
    """One loop serves them all."""
    names = []
    threads = [threading.Thread(target=lambda: names.append(blocking.read(needs).name)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["Contoso"] * 4


def test_errors_come_through(blocking, changes, plan):
    """What is raised on the other thread is raised here, as itself."""
    with pytest.raises(PlanRefusedError, match="not what was confirmed"):
        blocking.apply(plan(changes.create("ann")), confirm="0123")


def test_events_come_on_the_callers_thread(blocking, changes, plan):
    """So that a progress bar needs no locks."""
    seen = []
    blocking.apply(plan(changes.create("ann")), on_event=lambda event: seen.append((event, threading.current_thread())))
    assert isinstance(seen[-1][0], ApplyEnded)
    assert {thread for _, thread in seen} == {threading.current_thread()}


def test_a_listener_that_fails_loses_no_report(blocking, changes, plan):
    """The same promise as without blocking."""

    def listen(_event):
        raise RuntimeError("broken bar")

    assert blocking.apply(plan(changes.create("ann")), on_event=listen).ok


def test_ctrl_c_stops_in_an_orderly_way(changes, fake, faulty, plan, clock, state):
    """KeyboardInterrupt goes on after the work has stopped; the state knows how far it came."""
    changes.staff("bob")
    made = plan(
        changes.create("ann"), changes.update("bob", jobTitle=(None, "x")), changes.give("ann", "SPE_E3", new=True)
    )

    def press(_event):
        raise KeyboardInterrupt

    with BlockingTenant.over(faulty, clock=clock, state=state) as tenant:
        with pytest.raises(KeyboardInterrupt):
            tenant.apply(made, on_event=press)
        assert tenant.apply(made).ok
    assert len(fake.users) == 2
    assert state.find_run(made.id).ended_at is not None


def test_it_has_safeguards_as_the_tenant_has(needs):
    """The plan of one account of one is beyond a count of none."""
    with BlockingTenant.over(FakeTenant(), safeguards=Safeguards(count=0)) as tenant:
        subject = Subject("00u1", "Ann", "ann@corp.example")
        made = Plan(tenant.read(needs).tenant_id, NOW, [BlockSignIn(subject, "left", "id", Departure(NOW))])
        with pytest.raises(PlanRefusedError, match="sign-in blocked: 1 account,"):
            tenant.apply(made)


@pytest.fixture
def interruptible():
    """Ctrl-C is heard, even where the tests run in the background of a shell, which has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_ends_a_wait_for_graph(needs):
    """A signal that comes while nothing else happens is taken, and the request in flight is given up."""
    given_up = threading.Event()

    class Silent:
        async def send(self, method, url, headers, body):
            _thread.interrupt_main()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                given_up.set()
                raise

    with BlockingTenant.over(Silent()) as tenant, pytest.raises(KeyboardInterrupt):
        tenant.read(needs)
    assert given_up.is_set()


def test_it_closes_cleanly(faulty, needs):
    """The thread ends; closing twice does no harm; using it afterwards is an error."""
    tenant = BlockingTenant.over(faulty)
    tenant.read(needs)
    tenant.close()
    tenant.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "o365prov"]
    with pytest.raises(UsageError, match="closed"):
        tenant.read(needs)


def test_it_may_be_closed_by_several_threads_at_once(faulty, needs):
    """As where a with block ends while another thread closes it: all of them return when it is closed."""
    tenant, together = BlockingTenant.over(faulty), threading.Barrier(4)
    tenant.read(needs)

    def close():
        together.wait(20)
        tenant.close()

    with ThreadPoolExecutor(4) as threads:
        closing = [threads.submit(close) for _ in range(4)]
        assert [each.result(20) for each in closing] == [None] * 4
    assert not [thread for thread in threading.enumerate() if thread.name == "o365prov"]


def test_it_starts_no_thread_before_it_is_used(faulty):
    """Making one and throwing it away costs nothing."""
    BlockingTenant.over(faulty).close()
    assert not [thread for thread in threading.enumerate() if thread.name == "o365prov"]


def test_its_repr_says_what_it_is(faulty):
    """One line, like the tenant's."""
    assert repr(BlockingTenant.over(faulty)) == "BlockingTenant(graph.microsoft.com)"


def test_closing_on_another_thread_lets_an_apply_finish(changes, fake, faulty, plan, state, clock):
    """Its report says why it stopped; the plan goes on later."""
    names = [f"p{number}" for number in range(30)]
    made = plan(*(changes.create(name) for name in names), changes.give("p1", "SPE_E3", new=True))
    tenant = BlockingTenant.over(faulty, clock=clock, state=state)
    closing = threading.Thread(target=tenant.close)

    def close_it(_event):
        if closing.ident is None:
            closing.start()

    report = tenant.apply(made, on_event=close_it)
    closing.join(20)
    assert not report.ok
    assert "closed" in report.stopped
    with BlockingTenant.over(faulty, clock=clock, state=state) as other:
        assert other.apply(made).ok
    assert len(fake.users) == 30


def test_closing_on_another_thread_while_reading_is_a_clear_error(needs):
    """Not a cancellation, which would look like one of the caller's."""
    began = threading.Event()

    class Silent:
        async def send(self, method, url, headers, body):
            began.set()
            await asyncio.sleep(3600)

    tenant = BlockingTenant.over(Silent())

    def close_it():
        began.wait(20)
        tenant.close()

    closing = threading.Thread(target=close_it)
    closing.start()
    with pytest.raises(UsageError, match="was closed while it was used"):
        tenant.read(needs)
    closing.join(20)
