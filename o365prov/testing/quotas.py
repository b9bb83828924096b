"""Graph's quotas for identity and access: resource units and writes, in token buckets, with the headers Graph sends.

Source: Microsoft Graph "Throttling limits", identity and access service limits. The numbers are configuration, since
Microsoft changes them.
"""

from __future__ import annotations

import math
from datetime import datetime

from attrs import define, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import positive, typed, whole_number

_APPLICATION = "00000000-0000-0000-0000-000000000365"


@frozen(field_transformer=typed)
class Quotas:
    """How much an application may ask of a tenant.

    Attributes:
        units: resource units in *unit_seconds*.
        unit_seconds: their period.
        writes: writing requests in *write_seconds*.
        write_seconds: their period.

    Example:
        >>> Quotas.for_tenant_of(10_000)
        Quotas(units=8000, unit_seconds=10, writes=3000, write_seconds=150)

    """

    units: int = field(default=3_500, validator=whole_number(1))
    unit_seconds: float = field(default=10, validator=positive)
    writes: int = field(default=3_000, validator=whole_number(1))
    write_seconds: float = field(default=150, validator=positive)

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


@define
class _QuotaBucket:
    limit: float
    seconds: float
    level: float = field(init=False)
    filled_at: datetime | None = None

    def __attrs_post_init__(self) -> None:
        self.level = self.limit

    def take(self, amount: float, now: datetime) -> float:
        """Take *amount* and return 0, or the seconds until it could be had; a refused request counts, too."""
        if self.filled_at is not None:
            gained = (now - self.filled_at).total_seconds() * self.limit / self.seconds
            self.level = min(self.limit, self.level + gained)
        self.filled_at = now
        missing = amount - self.level
        self.level = max(0.0, self.level - amount)
        return max(0.0, missing) * self.seconds / self.limit

    @property
    def used(self) -> float:
        """The share of the limit that is gone."""
        return 1 - self.level / self.limit


class Meter:
    """Counts what an application used, and refuses what is too much."""

    def __init__(self, quotas: Quotas, tenant_id: str) -> None:
        self._units = _QuotaBucket(quotas.units, quotas.unit_seconds)
        self._writes = _QuotaBucket(quotas.writes, quotas.write_seconds)
        self._tenant_id = tenant_id

    def charge(self, units: int, *, writes: bool, now: datetime) -> Verdict:
        """Charge one request of so many resource units."""
        wait_for_units = self._units.take(units, now)
        wait_for_write = self._writes.take(1, now) if writes else 0.0
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
        return Verdict(not wait, headers)
