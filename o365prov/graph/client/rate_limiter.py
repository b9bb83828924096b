"""One rate limiter for everything that is sent to a tenant, so that Graph has no reason to refuse it.

Graph meters an app in a tenant with token buckets: resource units, and writes. The rate limiter keeps the same buckets
on this side (:mod:`~o365prov.graph.client.quota_bucket`), lets requests take from them in turn, and holds all requests
when Graph says "retry after": if each waited on its own, they would all come back at once.

It does not wait for ``x-ms-throttle-limit-percentage``: that says how full Graph's bucket is, not how fast it fills.

Source: Microsoft, "Microsoft Graph service-specific throttling limits", section "Identity and access service limits".
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from attrs import define, field, frozen

from o365prov._fields import instance_of, wrong
from o365prov.graph.client.quota_bucket import QuotaBucket
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
        share: the share of both that is used, above 0 and at most 1, by default all; what is below is left to other
            processes of the same app.

    Raises:
        ConfigurationError: a field is of the wrong type or out of range.

    >>> RateLimits(share=0.5).writes
    Quota(amount=3000, seconds=150)

    """

    units: Quota = field(default=UNITS, validator=instance_of(Quota, "Quota(amount=3_500, seconds=10)"))
    writes: Quota = field(default=WRITES, validator=instance_of(Quota, "Quota(amount=3_000, seconds=150)"))
    share: float = field(default=1.0, validator=_usable_share)


REPORTED_WAIT_SECONDS = 1.0
SHORTEST_WAIT_SECONDS = 0.01


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
    _units: QuotaBucket = field(init=False)
    _writes: QuotaBucket = field(init=False)
    _held_until: float = field(init=False)

    def __attrs_post_init__(self) -> None:
        now = self.clock.seconds()
        self._held_until = now
        self._units = QuotaBucket(self.rate_limits.units.part(self.rate_limits.share), now)
        self._writes = QuotaBucket(self.rate_limits.writes.part(self.rate_limits.share), now)

    async def turn(self, units: float, writes: float = 0, until: float = math.inf) -> bool:
        """Wait for this request's turn; :meth:`answered` has to follow, whatever becomes of it.

        Args:
            units: the resource units that the request costs.
            writes: the writes that it costs.
            until: the latest time to send it, in the clock's seconds.

        Returns:
            Whether the turn has come; False, and nothing is taken, if it would come after *until*.

        """
        units_place, writes_place = self._units.queue(units), self._writes.queue(writes)
        came = False
        try:
            came = await self._wait(
                lambda now: max(self._units.wait(units_place, now), self._writes.wait(writes_place, now)), until
            )
        finally:
            for bucket, amount in ((self._units, units), (self._writes, writes)):
                bucket.send(amount) if came else bucket.give_back(amount)
        return came

    async def ready(self, units: float, writes: float = 0) -> None:
        """Wait until a request of this cost could be sent at once, without standing in line for it."""
        await self._wait(
            lambda now: max(
                self._units.wait(self._units.place(units), now), self._writes.wait(self._writes.place(writes), now)
            ),
            math.inf,
        )

    @contextmanager
    def reserved(self, units: float, writes: float = 0) -> Iterator[None]:
        """Count a request of this cost as standing in line, as long as the block runs."""
        self._units.queue(units)
        self._writes.queue(writes)
        try:
            yield
        finally:
            self._units.give_back(units)
            self._writes.give_back(writes)

    async def _wait(self, seconds_left: Callable[[float], float], until: float) -> bool:
        now = self.clock.seconds()
        seconds = seconds_left(now)
        if seconds >= REPORTED_WAIT_SECONDS and now + seconds <= until:
            self.on_wait(seconds, "keeping within Graph's limits")
        while (wait := max(seconds, self._held_until - now)) > 0:
            if now + wait > until:
                return False
            await self.clock.sleep(max(wait, SHORTEST_WAIT_SECONDS))
            now = self.clock.seconds()
            seconds = seconds_left(now)
        return True

    def answered(self, units: float, writes: float = 0) -> None:
        """Note that a request which had its turn was answered, or never will be."""
        now = self.clock.seconds()
        self._units.answer(units, now)
        self._writes.answer(writes, now)

    def refused(self, units: float, writes: float, headers: Mapping[str, str], sent_at: float) -> None:
        """Note that Graph answered 429 to a request, or to some of a batch: one of its buckets is empty.

        Args:
            units: the resource units that the refused requests would have cost.
            writes: the writes that they would have cost.
            headers: the answer's; their names are in lower case.
            sent_at: when they were sent, in the clock's seconds.

        """
        too_many_units = headers.get("x-ms-throttle-information") == "ResourceUnitLimitExceeded"
        bucket, amount = (self._units, units) if too_many_units or not writes else (self._writes, writes)
        wait = retry_after(headers, self.clock.now()) or 0.0
        bucket.refuse(amount, sent_at, self.clock.seconds(), wait)

    def hold(self, seconds: float, why: str) -> None:
        """Let no request go before *seconds* have passed."""
        until = self.clock.seconds() + seconds
        if until > self._held_until:
            self._held_until = until
            self.on_wait(seconds, why)


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
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - Graph itself gives seconds

    try:
        at = parsedate_to_datetime(text)
        return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):  # a date that is none, or beyond all years
        return None
