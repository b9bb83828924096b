"""The rate limiter: Graph's buckets on this side, and one wait for all requests."""

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import ConfigurationError
from o365prov.graph.client.rate_limiter import RateLimiter, RateLimits, retry_after
from o365prov.planning import Quota

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def writes(amount, seconds=10.0, share=1.0):
    return RateLimits(Quota(1e9, 1), Quota(amount, seconds), share)


@pytest.mark.parametrize("share", [0, -0.5, 1.1])
def test_a_share_of_nothing_is_refused(share):
    """Nothing would ever go, or everything at once; quotas of nothing are refused by themselves."""
    with pytest.raises(ConfigurationError, match="above 0 and at most 1"):
        RateLimits(share=share)


def test_a_full_bucket_lets_go_at_once(clock):
    """Up to the quota no request waits."""
    rate_limiter = RateLimiter(clock, writes(5))
    asyncio.run(_turns(rate_limiter, 5))
    assert clock.waits == []


def test_an_empty_bucket_is_waited_for(clock):
    """Beyond the quota each turn waits for what the bucket gains in that time."""
    rate_limiter = RateLimiter(clock, writes(5, seconds=10))
    asyncio.run(_turns(rate_limiter, 6))
    assert clock.waits == [pytest.approx(2.0)]


def test_only_a_share_of_the_quota_is_taken(clock):
    """Other apps and administrators get the rest."""
    rate_limiter = RateLimiter(clock, writes(10, share=0.5))
    asyncio.run(_turns(rate_limiter, 6))
    assert len(clock.waits) == 1


def test_a_batch_takes_as_much_as_it_costs(clock):
    """A turn for 20 writes takes 20 tokens."""
    rate_limiter = RateLimiter(clock, writes(20, seconds=20))
    asyncio.run(_turns(rate_limiter, 2, each=20))
    assert clock.waits == [pytest.approx(20.0)]


def test_what_is_reserved_is_nobody_elses_turn(clock):
    """While a note is written, others see what it is about as gone; afterwards it is there to be sent."""
    rate_limiter = RateLimiter(clock, writes(20, seconds=20))

    async def whole():
        with rate_limiter.reserved(0, 20):
            other = asyncio.create_task(rate_limiter.ready(0, 5))
            for _ in range(5):
                await asyncio.sleep(0)
            assert not other.done()
        await other

    asyncio.run(whole())


@given(st.lists(st.integers(1, 20), min_size=1, max_size=60))
def test_no_window_gets_more_than_the_bucket_and_its_refill(costs):
    """However turns come, what was let go by any moment is at most one bucket and the refill until then."""
    clock = _Clock()
    rate_limiter = RateLimiter(clock, writes(50, seconds=10))

    async def whole():
        gone = 0
        for cost in costs:
            await rate_limiter.turn(1, cost)
            rate_limiter.answered(1, cost)
            gone += cost
            assert gone <= 50 + clock.seconds() * 5 + 1e-6

    asyncio.run(whole())


def test_retry_after_holds_all_requests(clock):
    """While Graph asks to wait no request goes, whichever got the answer."""
    rate_limiter = RateLimiter(clock, writes(1e9))
    rate_limiter.hold(7, "Graph asked to wait")
    asyncio.run(_turns(rate_limiter, 3))
    assert clock.waits == [7]


def test_a_hold_that_comes_during_a_wait_counts(clock):
    """A request that waits for the bucket when Graph asks to wait waits for that too."""
    rate_limiter = RateLimiter(clock, writes(1, seconds=4))

    async def whole():
        await _turns(rate_limiter, 1)
        waiting = asyncio.create_task(rate_limiter.turn(1, 1))
        await asyncio.sleep(0)
        rate_limiter.hold(30, "Graph asked to wait")
        await waiting

    asyncio.run(whole())
    assert clock.passed >= 30


def test_a_shorter_hold_does_not_end_a_longer_one(clock):
    """The largest "retry after" wins."""
    rate_limiter = RateLimiter(clock, writes(1e9))
    rate_limiter.hold(30, "a")
    rate_limiter.hold(5, "b")
    asyncio.run(_turns(rate_limiter, 1))
    assert clock.passed == 30


def test_long_waits_are_reported(clock):
    """A wait of a second and more is reported with its reason, a short one is not."""
    reported = []
    rate_limiter = RateLimiter(clock, writes(2, seconds=4), lambda seconds, why: reported.append((seconds, why)))
    asyncio.run(_turns(rate_limiter, 3))
    rate_limiter.hold(9, "Graph asked to wait")
    assert reported == [(2.0, "keeping within Graph's limits"), (9, "Graph asked to wait")]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("17", 17.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("Sun, 01 Mar 2026 12:00:20 GMT", 20.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, seconds):
    """HTTP allows both; a past date and a negative number mean now, anything else means nothing."""
    assert retry_after({"retry-after": text}, NOON) == seconds


def test_without_the_header_there_is_no_wait():
    """Graph need not say how long to wait."""
    assert retry_after({}, NOON) is None


class _Clock:
    def __init__(self):
        self.passed = 0.0

    def now(self):
        return NOON

    def seconds(self):
        return self.passed

    async def sleep(self, seconds):
        self.passed += seconds


async def _turns(rate_limiter, count, each=1):
    for _ in range(count):
        await rate_limiter.turn(1, each)
        rate_limiter.answered(1, each)
