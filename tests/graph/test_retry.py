"""The retry policy: how often, how long, and after which wait requests are sent again."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov import Departure
from o365prov.errors import ConfigurationError, ConnectionFailedError, GraphError
from o365prov.graph.apply.delivery import PendingWrite, WriteDelivery
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.rate_limiter import RateLimiter, RateLimits
from o365prov.graph.client.retry import RetryPolicy
from o365prov.graph.client.sdk_transport import Connection
from o365prov.graph.client.sender import Sender
from o365prov.graph.client.transport import AnonymousCredential
from o365prov.planning import BlockSignIn, Quota, Subject
from o365prov.testing import FakeTenant

READ = Request("GET", "/users/1")


class SlowClock:
    """Time that passes by waiting and by sending."""

    def __init__(self):
        self.passed = 0.0
        self.waits = []

    def now(self):
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def seconds(self):
        return self.passed

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.passed += seconds


class FaultyConnection:
    """Gives the next of its (seconds, answer) to each request, the last one for ever, and notes when it was sent."""

    def __init__(self, clock, faults):
        self.counts = lambda request: True
        self.clock = clock
        self.faults = list(faults)
        self.sent_at = []
        self.answers = []

    async def send(self, request):
        if not self.counts(request):
            return NoResponse("cut")
        self.sent_at.append(self.clock.seconds())
        seconds, answer = self.faults[min(len(self.sent_at), len(self.faults)) - 1]
        self.clock.passed += seconds
        self.answers.append(answer)
        if request.url != "/$batch" or isinstance(answer, NoResponse):
            return answer
        inner = [
            {"id": each["id"], "status": answer.status, "headers": dict(answer.headers)}
            for each in request.body["requests"]
        ]
        return Response(200, {}, json.dumps({"responses": inner}).encode())


def over(faults, policy=None, *, random=1.0):
    clock = SlowClock()
    limits = RateLimits(Quota(1e9, 1), Quota(1e9, 1))
    connection = FaultyConnection(clock, faults)
    return Sender(connection, RateLimiter(clock, limits), policy or RetryPolicy(), lambda: random), connection, clock


def busy(retry_after=None):
    return Response(429, {} if retry_after is None else {"Retry-After": str(retry_after)})


UNAVAILABLE = Response(503)
LOST = NoResponse("cut")

ANSWERS = st.one_of(
    st.sampled_from([UNAVAILABLE, Response(504), LOST, NoResponse("refused", maybe_done=False)]),
    st.builds(busy, st.one_of(st.none(), st.integers(0, 400))),
)
FAULTS = st.lists(st.tuples(st.sampled_from([0, 0.5, 30, 100]), ANSWERS), min_size=1, max_size=60)
POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 10),
    wait_initial=st.floats(0, 10),
    wait_max=st.floats(0, 100),
    wait_jitter=st.floats(0, 1),
    max_retry_after=st.floats(0, 400),
    timeout=st.floats(0, 2000),
)


async def _read(sender):
    with pytest.raises((GraphError, ConnectionFailedError)):
        await sender.read(READ)


async def _read_batch(sender):
    try:
        responses = await sender.read_all([READ, READ])
    except ConnectionFailedError:
        return
    assert not any(response.ok for response in responses)


SDK = Connection(AnonymousCredential(), Cloud.GLOBAL, FakeTenant()).sdk


async def _deliver(sender):
    """Deliver a write; what is sent afterwards, to look whether it was done, is no repeat of it."""
    change = BlockSignIn(Subject("p", "Ann", "ann@x.example"), "left", "1", Departure(datetime(2026, 1, 1, tzinfo=UTC)))
    write = PendingWrite(change, Request("PATCH", "/users/1", {"accountEnabled": False}, writes=1), "1")
    sender.connection.counts = lambda request: request.body["requests"][0]["method"] != "GET"
    results = [each async for results in WriteDelivery(sender, SDK).deliver([write]) for each in results]
    assert len(results) == 1
    assert results[0].problem


@pytest.mark.parametrize("work", [_read, _read_batch, _deliver])
@given(faults=FAULTS, policy=POLICIES, random=st.floats(0, 1))
def test_no_request_is_sent_after_the_time_limit(work, faults, policy, random):
    """Whatever faults come in whichever order, the last repeat starts within the time limit of the first attempt."""
    sender, connection, _ = over(faults, policy, random=random)
    asyncio.run(work(sender))
    assert connection.sent_at[-1] - connection.sent_at[0] <= policy.timeout + 0.002


@pytest.mark.parametrize("work", [_read, _read_batch, _deliver])
@given(faults=FAULTS, policy=POLICIES)
def test_no_request_is_sent_more_often_than_the_policy_says(work, faults, policy):
    """Being refused with 429 is not an attempt."""
    sender, connection, _ = over(faults, policy)
    asyncio.run(work(sender))
    failures = [each for each in connection.answers if isinstance(each, NoResponse) or each.status != 429]
    assert len(failures) <= policy.attempts


@pytest.mark.parametrize("work", [_read, _read_batch, _deliver])
@given(faults=FAULTS, policy=POLICIES)
def test_no_request_is_sent_before_its_wait_is_over(work, faults, policy):
    """The wait is Graph's own where it gives one, else the policy's."""
    sender, connection, _ = over(faults, policy)
    asyncio.run(work(sender))
    for number, answer in enumerate(connection.answers[:-1], 1):
        seconds = faults[min(number, len(faults)) - 1][0]
        asked = float(answer.headers.get("retry-after", 0)) if isinstance(answer, Response) else 0.0
        wait = asked or policy.wait(number, 1.0)
        assert connection.sent_at[number] >= connection.sent_at[number - 1] + seconds + wait - 1e-6


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 1), (2, 2), (5, 16), (7, 60), (50, 60), (5000, 60)])
def test_waits_double_up_to_a_minute(attempt, seconds):
    """At least half of each wait is certain, the other half is random: many clients spread out."""
    assert RetryPolicy().wait(attempt, 1.0) == seconds
    assert RetryPolicy().wait(attempt, 0.0) == seconds / 2


def test_the_default_waits_of_a_request_that_always_fails():
    """Eight attempts, with seven waits in between."""
    sender, connection, clock = over([(0, UNAVAILABLE)])
    asyncio.run(_read(sender))
    assert len(connection.sent_at) == 8
    assert clock.waits == [1, 2, 4, 8, 16, 32, 60]


def test_a_429_is_not_an_attempt():
    """A request that was refused for a while still has all of its attempts; only the time ends it."""
    sender, connection, _ = over([*[(0, busy(10))] * 30, (0, UNAVAILABLE)])
    asyncio.run(_read(sender))
    assert len(connection.sent_at) == 30 + 8


def test_being_refused_without_end_ends_at_the_time_limit():
    """Whatever Graph asks for, and however short."""
    for answer in (busy(), busy(0), busy(7)):
        sender, connection, clock = over([(0, answer)], RetryPolicy(timeout=600, wait_initial=0))
        asyncio.run(_read(sender))
        assert len(connection.sent_at) > 80
        assert 590 < clock.passed <= 600


def test_without_jitter_nothing_is_random():
    """The waits are known beforehand."""
    assert RetryPolicy(wait_jitter=0).wait(3, 0.0) == RetryPolicy(wait_jitter=0).wait(3, 1.0) == 4


def test_a_longer_retry_after_than_allowed_is_a_failure_at_once():
    """Not after a wait of an hour."""
    sender, connection, clock = over([(0, busy(3600))])
    asyncio.run(_read(sender))
    assert len(connection.sent_at) == 1
    assert clock.waits == []


def test_a_wait_beyond_the_time_limit_is_not_begun():
    """What would come too late is known before the wait."""
    sender, connection, clock = over([(0, busy(200))], RetryPolicy(timeout=500))
    asyncio.run(_read(sender))
    assert len(connection.sent_at) == 3
    assert clock.passed == 400


def test_a_hold_beyond_the_time_limit_ends_the_request():
    """Another request's Retry-After holds this one, too; it is given up when its turn would come too late."""
    sender, connection, clock = over([(0, UNAVAILABLE)], RetryPolicy(timeout=100))

    async def hold_then_fail(request):
        sender.rate_limiter.hold(500, "another request")
        return UNAVAILABLE

    connection.send = hold_then_fail
    with pytest.raises(ConnectionFailedError, match="after the time limit"):
        asyncio.run(sender.read(READ))
    assert clock.passed <= 100


def test_waiting_for_the_first_turn_does_not_count():
    """A request that the rate limiter held for long still has all of its attempts."""
    sender, connection, _ = over([(0, UNAVAILABLE)], RetryPolicy(timeout=200))
    sender.rate_limiter.hold(5000, "another request")
    asyncio.run(_read(sender))
    assert len(connection.sent_at) == 8


def test_a_turn_that_is_refused_takes_nothing():
    """What the request would have cost is left to the others."""
    _, _, clock = over([(0, UNAVAILABLE)])
    limiter = RateLimiter(clock, RateLimits(Quota(1e9, 1), Quota(10, 10), share=1.0))

    async def turns():
        assert await limiter.turn(1, 10)
        limiter.answered(1, 10)
        assert not await limiter.turn(1, 10, until=5)
        assert await limiter.turn(1, 5, until=5)

    asyncio.run(turns())
    assert clock.passed == 5


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"attempts": 0}, "RetryPolicy.attempts should be a whole number from 1 on, not 0"),
        ({"attempts": 1.5}, "RetryPolicy.attempts"),
        ({"wait_initial": -1}, "RetryPolicy.wait_initial should be a number of seconds, 0 or more, not -1"),
        ({"wait_max": "60"}, "RetryPolicy.wait_max"),
        ({"wait_jitter": 20}, "RetryPolicy.wait_jitter should be a share from 0 to 1"),
        ({"max_retry_after": None}, "RetryPolicy.max_retry_after"),
        ({"timeout": float("nan")}, "RetryPolicy.timeout"),
    ],
)
def test_a_wrong_number_is_refused_by_its_name(fields, message):
    """The error names the field and says what it should be."""
    with pytest.raises(ConfigurationError) as caught:
        RetryPolicy(**fields)
    assert message in str(caught.value)
