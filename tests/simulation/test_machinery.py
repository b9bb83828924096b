"""Time that jumps, processes that are killed and paused, a network with faults, and who may write."""

import asyncio
from datetime import timedelta

import pytest

from o365prov import UsageError
from o365prov.simulation import Cut, CutPlace, Interruption, NetworkFault, Wrong
from o365prov.simulation.machinery.observed_state import LeaseBook
from o365prov.simulation.machinery.process import PROCESS, Killed, Process, execute
from o365prov.simulation.machinery.virtual_time import DAY, START, SimulatedTime, VirtualLoop, day_of, run_virtually
from o365prov.simulation.machinery.wire import Wire
from o365prov.state import RunEntry, RunStep
from o365prov.testing import FakeTenant

GET = ("GET", "https://graph.microsoft.com/v1.0/users?$select=id", {"Authorization": "Bearer x"}, b"")


def lived(work):
    """What *work* gives, which takes the time as its argument."""
    loop = VirtualLoop(execute)
    time = SimulatedTime(loop)
    return run_virtually(lambda _: work(time), loop)


def test_time_passes_when_everybody_waits():
    """Years take no time, and are exact to a moment."""

    async def work(time):
        await asyncio.gather(time.sleep(3.0), time.sleep(1e8))
        return time.true

    assert abs(lived(work) - START - timedelta(seconds=1e8)) < timedelta(seconds=1)


def test_who_waits_for_nothing_is_told():
    """A simulation that stands still ends with an error instead of never."""

    async def work(_):
        await asyncio.Event().wait()

    with pytest.raises(UsageError, match="waits for something that nobody does"):
        lived(work)


def test_clocks_differ_by_an_hour_at_most():
    """The appliers' clock may be wrong, the tenant's never is, and seconds only grow."""

    async def work(time):
        time.jump(90)
        ahead = time.now() - time.true
        time.jump(-600)
        return ahead, time.now() - time.true, time.tenant.now() == time.true

    assert lived(work) == (timedelta(hours=1), timedelta(hours=-1), True)


def test_days_have_numbers():
    """An instant is on its day, also by a clock that is wrong by an hour."""

    async def work(time):
        await time.next_day(3)
        return day_of(time.true), day_of(time.true - timedelta(hours=1)), day_of(START)

    assert lived(work) == (3, 3, 0)
    assert day_of(START + 5 * DAY) == 5


def test_a_thread_is_the_loops_own():
    """What is meant for a thread happens at once and in order, so that each run is the same."""

    async def work(_):
        loop = asyncio.get_running_loop()
        seen = []
        await asyncio.gather(*(loop.run_in_executor(None, seen.append, each) for each in range(5)))
        return seen

    assert lived(work) == [0, 1, 2, 3, 4]


def test_a_process_is_interrupted_at_its_place():
    """At the second passing and never again."""
    cut = Interruption(Cut.KILL, CutPlace.BEFORE_NOTE, 2)
    process = Process("applier 1", cut, lambda each, _: each.kill())
    process.passes(CutPlace.BEFORE_NOTE)
    process.passes(CutPlace.AFTER_NOTE)
    with pytest.raises(Killed):
        process.passes(CutPlace.BEFORE_NOTE)
    with pytest.raises(Killed):
        process.check_alive()


def test_a_paused_process_stands_still():
    """What it means for a thread waits until it goes on, and never happens once it is killed."""

    async def work(time):
        process, seen = Process("applier 1"), []

        async def lives():
            PROCESS.set(process)
            await execute(lambda: seen.append("went on"))
            process.pause()
            await execute(lambda: seen.append("never"))

        process.pause()
        task = asyncio.create_task(lives())
        await time.sleep(100)
        before = list(seen)
        process.resume()
        await time.sleep(100)
        process.kill()
        await asyncio.wait([task])
        return before, seen, type(task.exception())

    assert lived(work) == ([], ["went on"], Killed)


def test_the_network_breaks_before_and_after_the_effect():
    """The connection breaks, Graph is away, or an answer is cut off: each at the request that was said."""
    wrongs = (Wrong.BROKEN_BEFORE, Wrong.UNAVAILABLE, Wrong.THROTTLED, Wrong.GATEWAY_TIMEOUT, Wrong.GARBLED)
    faults = [NetworkFault(wrong, number) for number, wrong in enumerate(wrongs, 1)]

    async def work(_):
        wire = Wire(FakeTenant(keep_requests=9), Process("applier 1"), LeaseBook(lambda: 0.0), faults)
        answers = []
        for _ in range(6):
            try:
                status, _, content = await wire.send(*GET)
            except ConnectionResetError:
                answers.append("broken")
            else:
                answers.append((status, len(content)))
        return answers, len(wire.fake.requests), wire.met

    answers, arrived, met = lived(work)
    length = answers[-1][1]
    assert answers == ["broken", (503, 2), (429, 2), (504, 2), (200, length // 2), (200, length)]
    assert arrived == 3
    assert met == [(wrong, "GET /users") for wrong in wrongs]


def entry(step, key="update_user:00u1"):
    """What is noted of a change."""
    return RunEntry(key, step, "00u1", "id-1")


@pytest.fixture
def book():
    """Who may write, by a clock that a test moves."""
    return LeaseBook(lambda: book_time[0])


book_time = [0.0]


@pytest.fixture(autouse=True)
def _midnight():
    book_time[0] = 0.0


def test_a_lease_is_somebodys_until_it_ends(book):
    """Nobody gets it before, and nobody notes anything under it after."""
    one, other = Process("applier 1"), Process("applier 2")
    book.take(one, 60)
    book.note(one, 60)
    assert book.faults == []
    book.take(other, 60)
    book.note(one, 60)
    assert book.faults == [
        "applier 2 got the lease while applier 1 had it",
        "applier 1 noted something under a lease that it had lost",
    ]


def test_a_lease_that_ended_is_nobodys(book):
    """Nor is it his who had it last."""
    one = Process("applier 1")
    book.take(one, 60)
    book_time[0] = 61.0
    book.note(one, 60)
    assert book.faults == ["applier 1 noted something under a lease that it had lost"]


def test_what_is_sent_was_noted(book):
    """A write to an account of which nothing was noted is a fault."""
    one = Process("applier 1")
    book.take(one, 60)
    book.plan("plan 1")
    book.note(one, 60, [entry(RunStep.STARTED)], "plan 1")
    book.write(one, "PATCH /users/{id}", "id-1")
    assert book.faults == []
    book.write(one, "PATCH /users/{id}", "id-2")
    assert book.faults == ["applier 1 sent PATCH /users/{id}, which it had not noted before"]


def test_what_is_done_is_not_begun_again(book):
    """By whoever goes on with the plan."""
    one = Process("applier 1")
    book.take(one, 60)
    book.plan("plan 1")
    for step in (RunStep.STARTED, RunStep.DONE, RunStep.STARTED):
        book.note(one, 60, [entry(step)], "plan 1")
    assert book.faults == ["applier 1 began update_user:00u1 again, which was done"]


def test_an_older_plan_does_not_touch_what_a_newer_one_touched(book):
    """Whoever planned before somebody's account was written does not write it."""
    one = Process("applier 1")
    book.take(one, 60)
    book.plan("plan 1")
    book.plan("plan 2")
    book.note(one, 60, [entry(RunStep.STARTED)], "plan 2")
    book.note(one, 60, [entry(RunStep.STARTED)], "plan 1")
    assert book.faults == ["applier 1 began update_user:00u1 of a plan that is older than what was done since"]
