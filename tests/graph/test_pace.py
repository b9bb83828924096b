"""The pace of writing: what Graph's quota allows, in virtual time, whatever a batch takes and whoever else writes."""

import asyncio
import itertools
import json
from datetime import timedelta

import pytest
import virtual_time
from amount import some
from hypothesis import given
from hypothesis import strategies as st

from o365prov import Tenant, TenantError
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.quota_bucket import QuotaBucket
from o365prov.graph.client.rate_limiter import RateLimiter, RateLimits
from o365prov.graph.client.sender import Sender, together
from o365prov.planning import WRITES, CreateUser, Needs, Plan, Quota, Subject
from o365prov.testing import FakeTenant
from o365prov.testing.quotas import Meter, Quotas

RATE = WRITES.amount / WRITES.seconds
LARGE = Quotas.for_tenant_of(10_000).units


class MeteredConnection:
    """Answers batches as Graph's quota allows, some time after they were sent, and notes when it refused some."""

    def __init__(self, quotas, latency):
        self.meter = Meter(quotas, "tenant")
        self.latency = latency
        self.latencies = None
        self.refused_at = []
        self.under_way = self.most_under_way = 0

    async def send(self, request):
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        there, back = self.latencies() if self.latencies else (self.latency / 2, self.latency / 2)
        await asyncio.sleep(there)
        clock = virtual_time.LoopClock()
        verdicts = [self.meter.charge(1, writes=True, now=clock.now()) for _ in request.body["requests"]]
        if not all(each.passes for each in verdicts):
            self.refused_at.append(clock.seconds())
        await asyncio.sleep(back)
        self.under_way -= 1
        answers = [
            {"id": str(number), "status": 204 if each.passes else 429, "headers": each.headers}
            for number, each in enumerate(verdicts, 1)
        ]
        return Response(200, {}, json.dumps({"responses": answers}).encode())

    @property
    def refusals(self):
        """When Graph refused; what was under way at that time and was refused, too, is part of the same refusal."""
        first = []
        for at in self.refused_at:
            if not first or at > first[-1] + self.latency + 1e-6:
                first.append(at)
        return first


async def deliver(sender, requests):
    """Send a batch, and what Graph refuses of it again."""
    attempts = sender.attempts()
    async for _ in attempts:
        responses = await sender.send_batch(requests, attempts)
        refused = [(each, of) for each, of in zip(requests, responses, strict=True) if not of.ok]
        assert all(attempts.repeat(of) for _, of in refused)
        requests = [each for each, _ in refused]


async def write_all(sender, writes):
    """Writes in batches, as an apply sends them: a hundred at once at most, each when it is its turn."""
    gate, turn = asyncio.Semaphore(100), asyncio.Lock()

    async def one(batch):
        async with gate:
            async with turn:
                await sender.ready(batch)
            await deliver(sender, batch)

    async with asyncio.TaskGroup() as group:
        for begin in range(0, writes, 20):
            batch = [Request("PATCH", f"/users/{n}", {}, writes=1) for n in range(begin, min(begin + 20, writes))]
            group.create_task(one(batch))


def paced(quotas, latency, writes=20_000, limits=None, latencies=None, before=0):
    """Write at the pace of the rate limiter, so many seconds after reading; returns the connection and the time."""
    connection = MeteredConnection(quotas, latency)
    connection.meter.charge(1, writes=False, now=virtual_time.START - timedelta(seconds=before))
    connection.latencies = latencies

    async def whole():
        await write_all(Sender(connection, RateLimiter(virtual_time.LoopClock(), limits or RateLimits())), writes)

    _, seconds = virtual_time.run(whole())
    return connection, seconds


@pytest.mark.parametrize(
    ("writes", "latency"), some(itertools.product([20, 400, 3_000, 6_000, 20_000], [0.3, 3, 6]), 3)
)
def test_the_documented_quota_is_used_up_and_never_exceeded(writes, latency):
    """The first 3,000 go at once and the others as the bucket fills; how many batches are under way follows from it."""
    connection, seconds = paced(Quotas(units=LARGE), latency, writes)
    assert seconds <= max(0, writes - WRITES.amount) / RATE / 0.98 + 2 * latency
    assert not connection.refused_at


def test_the_batches_under_way_are_as_many_as_are_answered_in_that_time():
    """Rate times latency, once the bucket is empty (Little's law)."""
    limits = RateLimits(writes=Quota(20, 1))
    for latency in (0.3, 3, 6):
        connection, _ = paced(Quotas(units=LARGE, writes=20, write_seconds=1), latency, 2_000, limits)
        assert connection.most_under_way <= 1 + latency


REFILLS = [(1, 0), (10, 0), (30, 0), (75, 0), (150, 0), (150, 40), (150, 80), (150, 120)]
"""Seconds from one to the next, and how many passed before the first write."""


@pytest.mark.parametrize(("refill", "latency"), some(itertools.product(REFILLS, [0.3, 6]), 2))
def test_a_quota_that_is_refilled_in_steps_is_used_up(refill, latency):
    """Graph does not say how large the steps are, nor when the last one was; a refusal or two tell."""
    refill_seconds, before = refill
    connection, seconds = paced(Quotas(units=LARGE, refill_seconds=refill_seconds), latency, before=before)
    assert seconds <= (20_000 - WRITES.amount) / RATE / 0.9 + 2 * latency
    assert_one_refusal_a_window(connection, but=0 if refill_seconds in {1, 10, 150} else 1)


@pytest.mark.parametrize(
    ("taken", "header_delay", "latency"), some(itertools.product([1 / 3, 1 / 2], [0, 20, None], [0.3, 6]), 2)
)
def test_what_another_process_leaves_is_used_up(taken, header_delay, latency):
    """With fresh headers, with old ones, and without any."""
    quotas = Quotas(units=LARGE, taken_by_others=taken, header_delay=header_delay)
    connection, seconds = paced(quotas, latency)
    assert seconds <= (20_000 - WRITES.amount) / (RATE * (1 - taken)) / 0.9 + 2 * latency
    assert_one_refusal_a_window(connection, but=0 if taken < 0.4 else 1)


def assert_one_refusal_a_window(connection, but=0):
    """From each refusal to the next is a period of the quota, *but* for so many while the pace is not known yet."""
    refusals = connection.refusals[but:]
    assert all(later - earlier >= WRITES.seconds for earlier, later in itertools.pairwise(refusals))


def test_a_share_of_the_quota_leaves_the_rest():
    """Half of it takes twice as long."""
    _, whole = paced(Quotas(units=LARGE), 0.3, 6_000)
    _, half = paced(Quotas(units=LARGE), 0.3, 6_000, RateLimits(share=0.5))
    assert whole == pytest.approx(3_000 / 20, abs=2)
    assert half == pytest.approx(4_500 / 10, abs=2)


@given(st.data())
def test_no_latency_earns_a_429(data):
    """However long each batch takes there and back, Graph's bucket never holds less than ours."""

    def latencies():
        each = st.sampled_from([0.0, 0.1, 1.0, 7.0, 40.0])
        return data.draw(each), data.draw(each)

    limits = RateLimits(writes=Quota(100, 10))
    connection, _ = paced(Quotas(units=LARGE, writes=100, write_seconds=10), 0, 800, limits, latencies)
    assert not connection.refused_at


def test_what_comes_when_it_is_due_is_not_refused():
    """To the microsecond, as clocks tell; what comes earlier is."""

    def passes(seconds):
        meter = Meter(Quotas(units=LARGE, writes=1, write_seconds=0.7), "tenant")
        instants = itertools.accumulate(seconds, initial=0.0)
        return [
            meter.charge(1, writes=True, now=virtual_time.START + timedelta(seconds=each)).passes for each in instants
        ]

    assert all(passes([0.7] * 50))
    assert passes([0.699998]) == [True, False]


def test_the_pace_never_stops_for_good():
    """However often Graph refuses, and for whatever reason, it goes on at the full pace as soon as Graph lets it."""

    class Angry(MeteredConnection):
        async def send(self, request):
            if asyncio.get_running_loop().time() > 600:
                return await super().send(request)
            await asyncio.sleep(self.latency)
            answers = [{"id": each["id"], "status": 429, "headers": {}} for each in request.body["requests"]]
            return Response(200, {}, json.dumps({"responses": answers}).encode())

    connection = Angry(Quotas(units=LARGE), 0.3)

    async def whole():
        await write_all(Sender(connection, RateLimiter(virtual_time.LoopClock())), 20_000)

    _, seconds = virtual_time.run(whole())
    assert 600 < seconds < 600 + 2 * WRITES.seconds + 20_000 / RATE


def test_what_is_larger_than_the_bucket_goes_when_that_is_full():
    """Instead of waiting for ever; what follows waits for it."""
    bucket = QuotaBucket(Quota(10, 10), 0.0)
    assert bucket.wait(bucket.queue(20), 0) == 0
    bucket.send(20)
    bucket.answer(20, 0)
    assert bucket.wait(bucket.queue(1), 0) == 11


def test_a_request_without_an_answer_does_not_hold_up_the_others():
    """What came of it is unknown, and it counts as taken."""

    class Broken:
        async def send(self, _):
            await asyncio.sleep(1)
            return NoResponse("cut")

    async def whole():
        limiter = RateLimiter(virtual_time.LoopClock(), RateLimits(writes=Quota(20, 20)))
        sender = Sender(Broken(), limiter)
        for _ in range(3):
            await sender.send(Request("PATCH", "/users/1", {}, writes=20), sender.attempts())

    _, seconds = virtual_time.run(whole())
    assert seconds == pytest.approx(3 * 1 + 2 * 20, abs=0.1)


def hire(number):
    subject = Subject(f"00u{number}", f"P {number}", f"p{number}@fed.example")
    body = {
        "accountEnabled": True,
        "displayName": subject.name,
        "mailNickname": f"p{number}",
        "userPrincipalName": subject.username,
        "usageLocation": "NO",
        "onPremisesImmutableId": f"anchor{number}",
    }
    return CreateUser(subject, "new", body, "print", body["onPremisesImmutableId"])


@pytest.mark.parametrize("latency", [0.3, 6])
def test_an_apply_takes_as_long_as_the_quota(latency):
    """A whole one: with the notes in the state before and after each batch, its questions before, and a first batch.

    The others wait for the first one, so that what Graph refuses to everybody is not tried for everybody.
    """
    quota = Quota(300, 15)
    clock = virtual_time.standing_clock()
    quotas = Quotas(units=LARGE, writes=300, write_seconds=15)
    fake = FakeTenant(domains={"fed.example": "Federated"}, clock=clock, quotas=quotas, seed=1)
    distant = virtual_time.DistantTenant(fake, clock, latency)

    async def whole():
        async with Tenant.over(distant, clock=virtual_time.LoopClock(), rate_limits=RateLimits(writes=quota)) as tenant:
            snapshot = await tenant.read(Needs(("displayName",)))
            plan = Plan(snapshot.tenant_id, clock.now(), [hire(number) for number in range(800)])
            began = asyncio.get_running_loop().time()
            report = await tenant.apply(plan)
            return report, asyncio.get_running_loop().time() - began

    (report, seconds), _ = virtual_time.run(whole())
    assert report.ok
    assert seconds <= (800 - 300) / 20 / 0.98 + 3 * latency
    assert not [each for each in fake.requests if each.status == 429 or b'"status":429' in each.answer]


def test_what_does_not_depend_on_each_other_is_read_at_once():
    """The delta link comes first; then all collections are read beside each other."""
    clock = virtual_time.standing_clock()
    distant = virtual_time.DistantTenant(FakeTenant(clock=clock, seed=1), clock, latency=2)
    needs = Needs(("displayName",), deleted_users=True, roles=True, addresses=True)

    async def whole():
        async with Tenant.over(distant, clock=virtual_time.LoopClock()) as tenant:
            await tenant.read(needs)

    _, seconds = virtual_time.run(whole())
    assert seconds == pytest.approx(6)  # the groups and then the contacts


def test_many_reads_are_sent_at_once_as_far_as_the_quota_allows():
    """A thousand of them are fifty batches."""

    class Reading(MeteredConnection):
        async def send(self, request):
            await asyncio.sleep(self.latency)
            answers = [{"id": each["id"], "status": 200} for each in request.body["requests"]]
            return Response(200, {}, json.dumps({"responses": answers}).encode())

    async def whole(limits):
        sender = Sender(Reading(Quotas(), 2), RateLimiter(virtual_time.LoopClock(), limits))
        return await sender.read_all([Request("GET", f"/users/{number}") for number in range(1_000)])

    responses, seconds = virtual_time.run(whole(RateLimits()))
    assert len(responses) == 1_000
    assert seconds == pytest.approx(2)
    _, seconds = virtual_time.run(whole(RateLimits(units=Quota(500, 10))))
    assert seconds == pytest.approx(2 + 10 + 2, abs=0.5)


def test_the_first_error_ends_what_goes_on_beside_it():
    """It is raised as it is, with its cause."""
    ended = []

    async def fail():
        await asyncio.sleep(1)
        raise TenantError("down") from ValueError("why")

    async def wait():
        try:
            await asyncio.sleep(100)
        finally:
            ended.append(asyncio.get_running_loop().time())

    with pytest.raises(TenantError, match="down") as caught:
        virtual_time.run(together(wait(), fail()))
    assert isinstance(caught.value.__cause__, ValueError)
    assert ended == [1]


@pytest.mark.parametrize("seconds", ["0", "7", "200", "999999999999", "1e999", "nan", "soon"])
def test_no_wait_that_graph_asks_for_empties_a_bucket_for_ever(seconds):
    """A request that would have to wait for so long fails; those after it go on."""

    async def whole():
        limiter = RateLimiter(virtual_time.LoopClock(), RateLimits(writes=Quota(100, 10)))
        for _ in range(2):
            await limiter.turn(1, 1)
            limiter.answered(1, 1)
            limiter.refused(1, 1, {"retry-after": seconds}, virtual_time.LoopClock().seconds())
            await asyncio.sleep(1)
        await limiter.turn(1, 20)

    _, passed = virtual_time.run(whole())
    assert passed < 60
