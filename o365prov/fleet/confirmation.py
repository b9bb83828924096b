"""Confirmations as data: who must look at what before which plan goes on, and who did."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from o365prov._fields import as_unique, typed


@frozen(field_transformer=typed)
class Confirmation:
    """What somebody must look at before a plan goes on, or who did.

    It is about the plan's content: the same plan, made again on the next day, is confirmed already.

    Args:
        tenant: the tenant's name in the fleet.
        fingerprint: the fingerprint of the plan.
        hazards: what is dangerous about it.
        reviewers: who must look at it.
        asked_at: since when it waits, aware.
        confirmed_by: who confirmed it; empty as long as nobody has.
        confirmed_at: when that was, aware.

    """

    tenant: str
    fingerprint: str
    hazards: tuple[str, ...] = field(default=(), converter=as_unique)
    reviewers: tuple[str, ...] = field(default=(), converter=as_unique)
    asked_at: datetime | None = None
    confirmed_by: str = ""
    confirmed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still waits for somebody."""
        return not self.confirmed_by

    def __str__(self) -> str:
        """One line: which tenant, what is dangerous, and who must look or did."""
        who = f"confirmed by {self.confirmed_by}" if self.confirmed_by else f"waits for {', '.join(self.reviewers)}"
        return f"{self.tenant}: {'; '.join(self.hazards)}: {who if self.reviewers or self.confirmed_by else 'waits'}"
