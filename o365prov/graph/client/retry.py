"""The one retry policy, and the one loop that follows it.

Which responses are worth another attempt is decided by the code that sends: :mod:`o365prov.graph.client.sender` for
reads, :mod:`o365prov.graph.apply.delivery` for writes. How often, how long and after which wait is decided here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from attrs import define, field, frozen

from o365prov._annotations import check_call, is_number
from o365prov._fields import fraction, whole_number, wrong
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.rate_limiter import RateLimiter, retry_after

if TYPE_CHECKING:
    from attrs import Attribute


THROTTLED_WAIT_SECONDS = 1.0
"""The least wait after a 429 that does not say for how long."""


def _seconds(owner: object, field: Attribute[float], value: object) -> None:
    """Refuse what is not a number of seconds, or below 0."""
    if not is_number(value) or not value >= 0:
        raise wrong(owner, field, "a number of seconds, 0 or more", value)


@frozen
class RetryPolicy:
    """How often and how long one request is tried, and how long to wait in between; all times are in seconds.

    Graph says how long to wait with ``Retry-After``. Where it doesn't, waits double from *wait_initial* to *wait_max*.
    Where Graph answers 429, "too many requests", it did nothing yet: that is not an attempt, and only *timeout* and
    *max_retry_after* end it.

    Args:
        attempts: how often one request is sent in all, at least 1.
        wait_initial: the wait after the first attempt.
        wait_max: the longest wait that is not Graph's own.
        wait_jitter: the share of each wait that is random, from 0 to 1, so that many clients don't return together.
        max_retry_after: where Graph asks for a longer wait than this, the request has failed.
        timeout: no request is sent again later than this after it was first sent. The network has timeouts of its own,
            100 seconds for an answer.

    Raises:
        ConfigurationError: a number is of the wrong type or out of range.

    >>> policy = RetryPolicy(attempts=3, timeout=60)
    >>> [policy.wait(attempt, random=1.0) for attempt in (1, 2, 3)]
    [1.0, 2.0, 4.0]

    """

    attempts: int = field(default=8, validator=whole_number(1))
    wait_initial: float = field(default=1.0, validator=_seconds)
    wait_max: float = field(default=60.0, validator=_seconds)
    wait_jitter: float = field(default=0.5, validator=fraction)
    max_retry_after: float = field(default=300.0, validator=_seconds)
    timeout: float = field(default=900.0, validator=_seconds)

    def wait(self, attempt: int, random: float) -> float:
        """The seconds to wait after an attempt.

        Args:
            attempt: the number of the attempt, from 1.
            random: from 0 to 1; 1 gives the longest wait.

        """
        check_call(RetryPolicy.wait, locals())
        longest = min(self.wait_max, self.wait_initial * 2.0 ** min(attempt - 1, 64))
        return longest * (1 - self.wait_jitter + self.wait_jitter * random)


@define(eq=False)
class Attempts:
    """The attempts at one request, or at one batch of requests.

    ::

        attempts = Attempts(policy, rate_limiter, random.random)
        async for _ in attempts:
            if await attempts.turn(request):
                response = ...
            if not attempts.repeat(response):
                raise ...

    Args:
        policy: how often, how long.
        rate_limiter: says when a request may be sent; its clock gives the time.
        random: gives numbers from 0 to 1.

    """

    policy: RetryPolicy
    rate_limiter: RateLimiter
    random: Callable[[], float]
    _number: int = field(init=False, default=0)
    _failures: int = field(init=False, default=0)
    _failed: bool = field(init=False, default=False)
    _wait: float = field(init=False, default=0.0)
    _retry_after: float = field(init=False, default=0.0)
    _again: bool = field(init=False, default=True)
    _ends_at: float = field(init=False, default=math.inf)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> int:
        """The number of the round, from 1, after its wait; ends unless :meth:`repeat` allowed another."""
        if not self._again:
            raise StopAsyncIteration
        if self._number:
            await self._pause()
        self._number += 1
        self._failures += self._failed
        self._failed = False
        self._wait = self.policy.wait(self._number, self.random())
        self._retry_after = 0.0
        self._again = False
        return self._number

    async def turn(self, request: Request) -> bool:
        """Wait until *request* may be sent; False if that would be after the time limit."""
        came = await self.rate_limiter.turn(request.units, request.writes, self._ends_at)
        if self._ends_at == math.inf:
            self._ends_at = self.rate_limiter.clock.seconds() + self.policy.timeout
        return came

    def repeat(self, response: Response | NoResponse, *, uncounted: bool = False) -> bool:
        """Ask for another attempt after *response*; False if the policy does not allow one.

        Args:
            response: what came back.
            uncounted: the number of attempts does not matter, only the time.

        """
        clock = self.rate_limiter.clock
        asked = (retry_after(response.headers, clock.now()) or 0.0) if isinstance(response, Response) else 0.0
        throttled = isinstance(response, Response) and response.status == 429
        if throttled:
            self._wait = max(self._wait, THROTTLED_WAIT_SECONDS)
        if clock.seconds() + (asked or self._wait) > self._ends_at:
            return False
        if asked > self.policy.max_retry_after and not uncounted:
            return False
        if not throttled and not uncounted:
            if self._failures + 1 >= self.policy.attempts:
                return False
            self._failed = True
        self._retry_after = max(self._retry_after, asked)
        self._again = True
        return True

    def look(self) -> None:
        """Ask for another round in which nothing is sent, only looked for what became of what was sent."""
        self._again = True

    async def _pause(self) -> None:
        if self._retry_after:
            self.rate_limiter.hold(self._retry_after, "Graph asked to wait")
        else:
            self.rate_limiter.on_wait(self._wait, "trying again")
            await self.rate_limiter.clock.sleep(self._wait)
