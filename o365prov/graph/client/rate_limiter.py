"""One pacer for everything that goes to a tenant, so that Graph need not slow us down.

Graph meters an app in a tenant with token buckets: resource units, and writes. The pacer keeps the same buckets on this
side, lets everybody who wants to send take from them in turn, slows down when Graph says that a bucket is nearly empty,
and holds everybody when Graph says "retry after": each sender waiting on its own would come back as a herd.

Source: Microsoft, "Microsoft Graph service-specific throttling limits", section "Identity and access service limits".
"""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from attrs import define, field, frozen

from o365prov.planning import UNITS, WRITES, Quota


class Clock(Protocol):
    """Time, and waiting: injected, so that tests never wait."""

    def now(self) -> datetime:
        """The moment, aware."""
        ...

    def seconds(self) -> float:
        """Seconds from some fixed moment on, for measuring."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after *seconds*."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def seconds(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def __repr__(self) -> str:
        return "SystemClock()"


@frozen
class RateLimits:
    """How fast to go: Graph's own limits for an app in a tenant, and the *share* of them that we take.

    *units* depends on the tenant's size: below 50 users it is 3,500 in 10 seconds, the default; 5,000 up to 500 users,
    8,000 above. *writes* are the same everywhere. Raises :class:`~o365prov.errors.ConfigurationError` unless *share* is
    above 0 and at most 1.
    """

    units: Quota = UNITS
    writes: Quota = WRITES
    share: float = 0.8

    def __attrs_post_init__(self) -> None:
        self.writes.part(self.share)  # raises for what is no share


# x-ms-throttle-limit-percentage comes from 0.8 on; from this much of the limit on, go at this part of the pace.
SLOWER: tuple[tuple[float, float], ...] = ((1.0, 0.1), (0.9, 0.3), (0.8, 0.6))
# Who was refused goes at half the pace, at most once a second and down to this part; who was not for a while, at twice.
SLOWEST = 0.01
RECOVERY_SECONDS = 30.0
WORTH_SAYING_SECONDS = 1.0


@define
class _Bucket:
    """A token bucket that may be overdrawn: who overdraws it waits until it would be at zero again."""

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
    """Lets requests go at the pace that the tenant can take; shared by everything that sends to it.

    *on_wait* is told of every wait that is worth telling: seconds, and why.
    """

    clock: Clock
    pace: RateLimits = field(factory=RateLimits)
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
        self._units = _bucket(self.pace.units.part(self.pace.share), now)
        self._writes = _bucket(self.pace.writes.part(self.pace.share), now)

    async def turn(self, units: float, writes: float = 0) -> None:
        """Come back when it is this request's turn."""
        now = self.clock.seconds()
        factor = self._current_factor(now)
        wait = max(self._units.take(units, now, factor), self._writes.take(writes, now, factor))
        if wait >= WORTH_SAYING_SECONDS:
            self.on_wait(wait, "keeping to the pace that Graph allows")
        wait = max(wait, self._held_until - now)
        while wait > 0:
            await self.clock.sleep(max(wait, 0.001))
            wait = self._held_until - self.clock.seconds()

    def hold(self, seconds: float, why: str) -> None:
        """Let nobody go before *seconds* have passed."""
        until = self.clock.seconds() + seconds
        if until > self._held_until:
            self._held_until = until
            self.on_wait(seconds, why)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take note of how full Graph says that our bucket is (names of *headers* in lower case)."""
        try:
            used = float(headers.get("x-ms-throttle-limit-percentage", ""))
        except ValueError:
            return
        factor = next((factor for limit, factor in SLOWER if used >= limit), 1.0)
        if factor < 1.0:
            self._slow_down(min(factor, self._factor))

    def refused(self) -> None:
        """Take note that Graph refused something for its quota: its bucket is empty, so ours is too."""
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
