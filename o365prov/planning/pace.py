"""How long a plan's writes take, at the pace that Graph allows."""

from __future__ import annotations

from datetime import timedelta

from attrs import frozen

from o365prov.errors import ConfigurationError


@frozen
class WriteQuota:
    """Graph's bucket of writes for one app in one tenant: it holds *writes* and fills up again within *seconds*.

    *share* is the part of it that we take, above 0 and at most 1: beside other apps' work, or to be polite.

    Source: Microsoft, "Microsoft Graph service-specific throttling limits", section "Identity and access service
    limits": 3,000 writes in 2 minutes and 30 seconds.

    >>> WriteQuota().duration(writes=50_000)
    datetime.timedelta(seconds=2350)
    """

    writes: float = 3_000
    seconds: float = 150
    share: float = 1.0

    def __attrs_post_init__(self) -> None:
        if not 0 < self.share <= 1 or min(self.writes, self.seconds) <= 0:
            raise ConfigurationError(f"{self}: share must be above 0 and at most 1, writes and seconds above 0")

    def duration(self, writes: int) -> timedelta:
        """How long the quota makes so many *writes* wait: nothing for the first bucketful, then drop by drop."""
        waiting = max(0.0, writes - self.writes * self.share)
        return timedelta(seconds=waiting * self.seconds / (self.writes * self.share))
