"""Graph's quotas: buckets that requests are taken from, and how long they make a plan's writes wait."""

from __future__ import annotations

from datetime import timedelta

from attrs import field, frozen

from o365prov._fields import positive
from o365prov.errors import ConfigurationError


@frozen
class Quota:
    """A bucket of Graph's for one app in one tenant: it holds *amount* and fills up again within *seconds*.

    Raises :class:`~o365prov.errors.ConfigurationError` unless both are above 0.

    >>> Quota(amount=3_000, seconds=150).duration(50_000)
    datetime.timedelta(seconds=2350)
    """

    amount: float = field(validator=positive)
    seconds: float = field(validator=positive)

    def part(self, share: float) -> Quota:
        """The bucket that is left where we take only this *share* of it: beside other apps' work, or to be polite.

        Raises :class:`~o365prov.errors.ConfigurationError` unless *share* is above 0 and at most 1.

        >>> WRITES.part(0.8)
        Quota(amount=2400.0, seconds=150)
        """
        if not 0 < share <= 1:
            raise ConfigurationError(f"a share of {share} of Graph's quota: it must be above 0 and at most 1")
        return Quota(self.amount * share, self.seconds)

    def duration(self, amount: float) -> timedelta:
        """How long the quota makes so much wait: nothing for the first bucketful, then drop by drop."""
        return timedelta(seconds=max(0.0, amount - self.amount) * self.seconds / self.amount)


UNITS = Quota(3_500, 10)
"""Resource units of reading in the smallest tenants, below 50 users; 5,000 up to 500 users, 8,000 above.

Source: Microsoft, "Microsoft Graph service-specific throttling limits", section "Identity and access service limits".
"""

WRITES = Quota(3_000, 150)
"""Writes in tenants of every size. Source: as for :data:`UNITS`."""
