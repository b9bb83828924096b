"""Graph's quotas, and the least time that a plan's writes take."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import positive
from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted


@frozen
class Quota:
    """How much Graph takes from one app in one tenant: a token bucket.

    Args:
        amount: how much the bucket holds, above 0.
        seconds: how long an empty bucket takes to fill, above 0.

    Raises:
        ConfigurationError: a number is not above 0.

    >>> Quota(amount=3_000, seconds=150).duration(50_000)
    datetime.timedelta(seconds=2350)

    """

    amount: float = field(validator=positive)
    seconds: float = field(validator=positive)

    def part(self, share: float) -> Quota:
        """A share of the quota, which leaves the rest to other apps.

        Args:
            share: above 0 and at most 1.

        Raises:
            ConfigurationError: the share is out of range.

        >>> WRITES.part(0.8)
        Quota(amount=2400.0, seconds=150)

        """
        check_call(Quota.part, locals())
        if not _is_share(share):
            raise ConfigurationError(
                f"share should be above 0 and at most 1, such as 0.8 for 80 %, not {quoted(share)}"
            )
        return Quota(self.amount * share, self.seconds)

    def duration(self, amount: float) -> timedelta:
        """The least time for this amount: a full bucket takes none, the rest as long as the bucket takes to fill."""
        check_call(Quota.duration, locals())
        seconds = max(0.0, amount - self.amount) * self.seconds / self.amount
        try:
            return timedelta(seconds=seconds)
        except (OverflowError, ValueError):  # longer than millions of years, or not a number
            raise ConfigurationError(
                f"Quota.duration(amount=...) takes {seconds:.3g} seconds: check amount and quota"
            ) from None


UNITS = Quota(3_500, 10)
"""Resource units of reading in the smallest tenants, below 50 users; 5,000 up to 500 users, 8,000 above.

Source: Microsoft, "Microsoft Graph service-specific throttling limits", section "Identity and access service limits".
"""

WRITES = Quota(3_000, 150)
"""Writes in tenants of every size. Source: as for :data:`UNITS`."""


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1
