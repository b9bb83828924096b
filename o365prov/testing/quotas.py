"""Graph's quotas for identity and access: resource units and writes, in token buckets, with the headers Graph sends.

Source: Microsoft Graph "Throttling limits", identity and access service limits. The numbers are configuration, since
Microsoft changes them. How often a bucket is filled, and how fresh the headers are, is not documented: that can be set,
too.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from o365prov._annotations import check_call, is_number
from o365prov._fields import optional, positive, typed, whole_number, wrong

if TYPE_CHECKING:
    from attrs import Attribute

_APPLICATION = "00000000-0000-0000-0000-000000000365"


def _seconds(owner: object, field: Attribute[float], value: object) -> None:
    if not is_number(value) or not 0 <= value < math.inf:
        raise wrong(owner, field, "a number of seconds, 0 or more", value)


def _less_than_all(owner: object, field: Attribute[float], value: object) -> None:
    if not is_number(value) or not 0 <= value < 1:
        raise wrong(owner, field, "a share from 0 on and below 1", value)


@frozen(field_transformer=typed)
class Quotas:
    """How much an application may ask of a tenant.

    Attributes:
        units: resource units in *unit_seconds*.
        unit_seconds: their period.
        writes: writing requests in *write_seconds*.
        write_seconds: their period.
        refill_seconds: how often the buckets are filled; 0 for steadily, the period for all of it at once.
        taken_by_others: the share of what the buckets gain that another process of the same application takes.
        header_delay: how many seconds old the throttling headers are, ``Retry-After`` too; None for no such headers.

    Example:
        >>> Quotas.for_tenant_of(10_000).units
        8000

    """

    units: int = field(default=3_500, validator=whole_number(1))
    unit_seconds: float = field(default=10, validator=positive)
    writes: int = field(default=3_000, validator=whole_number(1))
    write_seconds: float = field(default=150, validator=positive)
    refill_seconds: float = field(default=0.0, validator=_seconds)
    taken_by_others: float = field(default=0.0, validator=_less_than_all)
    header_delay: float | None = field(default=0.0, validator=optional(_seconds))

    @classmethod
    def for_tenant_of(cls, users: int) -> Quotas:
        """What Microsoft grants an application in a tenant with so many users: small, medium, large."""
        check_call(Quotas.for_tenant_of, locals())
        return cls(units=3_500 if users < 50 else 5_000 if users <= 500 else 8_000)


@frozen
class Verdict:
    """Whether a request may pass, and the headers that say how things stand."""

    passes: bool
    headers: dict[str, str]


_INSTANT = 1e-6
"""Seconds: nearer to each other no two instants are for a clock, so that nobody is refused who comes when it is due."""


@define
class _QuotaBucket:
    limit: float
    gain: float
    step: float
    level: float = field(init=False)
    filled_at: float = field(init=False, default=0.0)

    def __attrs_post_init__(self) -> None:
        self.level = self.limit

    def take(self, amount: float, seconds: float) -> float:
        """Take *amount*, *seconds* after the first request.

        Returns:
            0, or the seconds until it could be had; a refused request counts, too.

        """
        now = seconds // self.step * self.step if self.step else seconds
        self.level = min(self.limit, self.level + (now - self.filled_at) * self.gain)
        self.filled_at = now
        missing = amount - self.level
        self.level = max(0.0, self.level - amount)
        wait = missing / self.gain if missing > self.gain * _INSTANT else 0.0
        return math.ceil(wait / self.step) * self.step - (seconds - now) if self.step and wait else wait

    @property
    def used(self) -> float:
        """The share of the limit that is gone."""
        return 1 - self.level / self.limit


class Meter:
    """Counts what an application used, and refuses what is too much."""

    def __init__(self, quotas: Quotas, tenant_id: str) -> None:
        left, step = 1 - quotas.taken_by_others, quotas.refill_seconds
        self._units = _QuotaBucket(quotas.units, left * quotas.units / quotas.unit_seconds, step)
        self._writes = _QuotaBucket(quotas.writes, left * quotas.writes / quotas.write_seconds, step)
        self._header_delay = quotas.header_delay
        self._headers: deque[tuple[float, dict[str, str]]] = deque([(-math.inf, {})])
        self._tenant_id = tenant_id
        self._started_at: datetime | None = None

    def charge(self, units: int, *, writes: bool, now: datetime) -> Verdict:
        """Charge one request of so many resource units."""
        self._started_at = self._started_at or now
        seconds = (now - self._started_at).total_seconds()
        wait_for_units = self._units.take(units, seconds)
        wait_for_write = self._writes.take(1, seconds) if writes else 0.0
        wait = max(wait_for_units, wait_for_write)
        used = max(self._units.used, self._writes.used)
        headers: dict[str, str] = {}
        if used > 0.8 or wait:
            headers["x-ms-throttle-limit-percentage"] = f"{min(max(used, 0.8) + (0.2 if wait else 0), 1.8):.2f}"
        if wait:
            scope = "Write" if wait_for_write else "ReadWrite"
            headers |= {
                "Retry-After": str(math.ceil(wait)),
                "x-ms-throttle-scope": f"Tenant_Application/{scope}/{_APPLICATION}/{self._tenant_id}",
                "x-ms-throttle-information": "WriteLimitExceeded" if wait_for_write else "ResourceUnitLimitExceeded",
            }
        return Verdict(not wait, self._delayed(headers, seconds))

    def _delayed(self, headers: dict[str, str], seconds: float) -> dict[str, str]:
        """The headers that are sent instead of these: those of a while ago."""
        if self._header_delay is None:
            return {}
        self._headers.append((seconds, headers))
        while len(self._headers) > 1 and self._headers[1][0] <= seconds - self._header_delay:
            self._headers.popleft()
        return self._headers[0][1]
