"""What happens to the account of somebody who is not assigned any more.

Source: Okta, "Deprovisioning options for Office 365"; "Microsoft Office 365 user status on deactivation".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from attrs import field, frozen, validators


class AfterBlock(Enum):
    """What follows once sign-in is blocked."""

    KEEP = "keep licenses and data"
    REMOVE_LICENSES = "remove licenses"
    DELETE = "remove licenses and delete the user"


@frozen
class Deprovisioning:
    """One of Okta's five options. Sign-in is blocked at once in each of them.

    *then* happens at once too where *grace_days* is None, otherwise once so many days are over. Somebody who is
    assigned again within them gets everything back. Okta recommends three days before a deletion; Microsoft keeps a
    deleted account for 30 days.

    Raises ValueError for less than one day or more than 365.

    >>> Deprovisioning.block_and_remove_licenses(grace_days=14).label
    'Block sign-in and remove licenses after grace period (14 days)'
    """

    then: AfterBlock = AfterBlock.KEEP
    grace_days: int | None = field(
        default=None,
        validator=validators.optional(
            [validators.instance_of(int), validators.ge(1), validators.le(365)],
        ),
    )

    @classmethod
    def block_sign_in(cls) -> Deprovisioning:
        """Block sign-in; licences and data are kept."""
        return cls()

    @classmethod
    def block_and_remove_licenses(cls, *, grace_days: int | None = None) -> Deprovisioning:
        """Block sign-in and remove the licences that we granted, at once or after *grace_days*."""
        return cls(AfterBlock.REMOVE_LICENSES, grace_days)

    @classmethod
    def block_remove_licenses_and_delete(cls, *, grace_days: int | None = None) -> Deprovisioning:
        """Block sign-in, remove licences and delete the account, at once or after *grace_days*."""
        return cls(AfterBlock.DELETE, grace_days)

    @property
    def label(self) -> str:
        """What Okta's menu calls the option."""
        steps = {
            AfterBlock.KEEP: "Block sign-in",
            AfterBlock.REMOVE_LICENSES: "Block sign-in and remove licenses",
            AfterBlock.DELETE: "Block sign-in, remove licenses, and delete user",
        }
        days = "" if self.grace_days is None else f" after grace period ({self.grace_days} days)"
        return steps[self.then] + days

    def is_due(self, deactivated_at: datetime, now: datetime) -> bool:
        """Whether the days are over for an account that was blocked at *deactivated_at*; both aware."""
        return self.then is not AfterBlock.KEEP and now - deactivated_at >= timedelta(days=self.grace_days or 0)


BLOCK_SIGN_IN = Deprovisioning()
"""The option that is in force where none is chosen: nothing is lost."""
