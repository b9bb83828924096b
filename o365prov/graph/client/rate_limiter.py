"""One rate limiter for everything that is sent to a tenant, so that Graph has no reason to throttle us.

Graph meters an app in a tenant with token buckets: resource units, and writes. The rate limiter keeps the same buckets
on this side, lets requests take from them in turn, slows down when Graph says that a bucket is nearly empty, and holds
all requests when Graph says "retry after": if each waited on its own, they would all come back at once.

Source: Microsoft, "Microsoft Graph service-specific throttling limits", section "Identity and access service limits".
"""

from __future__ import annotations

import asyncio
import email.utils
import math
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from attrs import define, field, frozen

from o365prov._fields import instance_of, wrong
from o365prov.planning import UNITS, WRITES, Quota

if TYPE_CHECKING:
    from attrs import Attribute


class Clock(Protocol):
    """Time, and waiting; tests pass one of their own, so that they never wait."""

    def now(self) -> datetime:
        """The time now, with a time zone."""
        ...

    def seconds(self) -> float:
        """Seconds since some fixed time, to measure with."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)

    def seconds(self) -> float:
        """Seconds that only ever grow."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await asyncio.sleep(seconds)

    def __repr__(self) -> str:
        return "SystemClock()"


def _usable_share(owner: object, field: Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise wrong(owner, field, "a share above 0 and at most 1, such as 0.8 for 80 %", value)


@frozen
class RateLimits:
    """How fast to send: Graph's own limits for an app in a tenant, and the share of them that we use.

    Args:
        units: resource units. They depend on the tenant's size: 3,500 in 10 seconds below 50 users, which is the
            default; 5,000 up to 500 users; 8,000 above.
        writes: requests that write; the same in tenants of every size.
        share: the share of both that is used, above 0 and at most 1; the rest is left to other apps.

    Raises:
        ConfigurationError: a field is of the wrong type or out of range.

    >>> RateLimits(share=0.5).writes
    Quota(amount=3000, seconds=150)

    """

    units: Quota = field(default=UNITS, validator=instance_of(Quota, "Quota(amount=3_500, seconds=10)"))
    writes: Quota = field(default=WRITES, validator=instance_of(Quota, "Quota(amount=3_000, seconds=150)"))
    share: float = field(default=0.8, validator=_usable_share)


# x-ms-throttle-limit-percentage comes from 0.8 on; from this much of the limit on, slow down to this part of the rate.
SLOWER: tuple[tuple[float, float], ...] = ((1.0, 0.1), (0.9, 0.3), (0.8, 0.6))
# A 429 halves the rate, at most once a second and down to this part; half a minute without one doubles it again.
SLOWEST = 0.01
RECOVERY_SECONDS = 30.0
REPORTED_WAIT_SECONDS = 1.0


@define
class _Bucket:
    """A token bucket that may be overdrawn: a request that overdraws it waits until it would be at zero again."""

    capacity: float
    per_second: float
    level: float
    filled_at: float

    def take(self, amount: float, now: float, factor: float) -> float:
        """Take *amount*; returns the seconds to wait until it is there."""
        rate = self.per_second * factor
        self.level = min(self.capacity, self.level + (now - self.filled_at) * rate) - amount
        self.filled_at = now
        return max(0.0, -self.level / rate)


@define
class RateLimiter:
    """Lets requests go at the rate that the tenant can take; shared by everything that sends to it.

    Args:
        clock: gives the time and waits.
        rate_limits: the rate.
        on_wait: called with each wait of a second or more: seconds, and why.

    """

    clock: Clock
    rate_limits: RateLimits = field(factory=RateLimits)
    on_wait: Callable[[float, str], None] = field(default=lambda _seconds, _why: None)
    _units: _Bucket = field(init=False)
    _writes: _Bucket = field(init=False)
    _held_until: float = field(init=False, default=0.0)
    _factor: float = field(init=False, default=1.0)
    _slowed_at: float = field(init=False, default=0.0)

    def __attrs_post_init__(self) -> None:
        now = self.clock.seconds()
        self._held_until = now
        self._slowed_at = now
        self._units = _bucket(self.rate_limits.units.part(self.rate_limits.share), now)
        self._writes = _bucket(self.rate_limits.writes.part(self.rate_limits.share), now)

    async def turn(self, units: float, writes: float = 0, until: float = math.inf) -> bool:
        """Wait for this request's turn.

        Args:
            units: the resource units that the request costs.
            writes: the writes that it costs.
            until: the latest time to send it, in the clock's seconds.

        Returns:
            Whether the turn has come; False, and nothing is taken, if it would come after *until*.

        """
        now = self.clock.seconds()
        factor = self._current_factor(now)
        bucket_wait = max(self._units.take(units, now, factor), self._writes.take(writes, now, factor))
        wait = max(bucket_wait, self._held_until - now)
        if now + wait <= until and bucket_wait >= REPORTED_WAIT_SECONDS:
            self.on_wait(bucket_wait, "keeping within Graph's limits")
        while wait > 0:
            if self.clock.seconds() + wait > until:
                self._units.level += units
                self._writes.level += writes
                return False
            await self.clock.sleep(max(wait, 0.001))
            wait = self._held_until - self.clock.seconds()
        return True

    def hold(self, seconds: float, why: str) -> None:
        """Let no request go before *seconds* have passed."""
        until = self.clock.seconds() + seconds
        if until > self._held_until:
            self._held_until = until
            self.on_wait(seconds, why)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Slow down if Graph says that its bucket is nearly empty; the names of *headers* are in lower case."""
        try:
            used = float(headers.get("x-ms-throttle-limit-percentage", ""))
        except ValueError:
            return
        factor = next((factor for limit, factor in SLOWER if used >= limit), 1.0)
        if factor < 1.0:
            self._slow_down(min(factor, self._factor))

    def throttled(self) -> None:
        """Graph answered 429: its bucket is empty, so empty ours and slow down."""
        now = self.clock.seconds()
        for bucket in (self._units, self._writes):
            bucket.take(0, now, self._factor)
            bucket.level = min(bucket.level, 0.0)
        if self._factor == 1.0 or now - self._slowed_at >= 1.0:
            self._slow_down(max(SLOWEST, self._factor / 2))

    def _slow_down(self, factor: float) -> None:
        self._factor = factor
        self._slowed_at = self.clock.seconds()

    def _current_factor(self, now: float) -> float:
        while self._factor < 1.0 and now - self._slowed_at >= RECOVERY_SECONDS:
            self._factor = min(1.0, self._factor * 2)
            self._slowed_at += RECOVERY_SECONDS
        return self._factor


def _bucket(quota: Quota, now: float) -> _Bucket:
    return _Bucket(quota.amount, quota.amount / quota.seconds, quota.amount, now)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for, as a number or an HTTP date; None if there is none.

    >>> retry_after({"retry-after": "7"}, datetime(2026, 1, 1, tzinfo=UTC))
    7.0
    >>> retry_after({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}, datetime(2026, 1, 1, tzinfo=UTC))
    30.0
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
