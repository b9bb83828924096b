"""What happens to the account of a person who is no longer assigned.

Source: Okta, "Deprovisioning options for Office 365"; "Microsoft Office 365 user status on deactivation".
"""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import member, optional, typed, whole_number
from o365prov.errors import ConfigurationError
from o365prov.people import AfterBlock, Departure


def _after_block(value: AfterBlock | str) -> AfterBlock:
    return member(AfterBlock, value)


@frozen(field_transformer=typed)
class Deprovisioning:
    """One of Okta's five options for leavers; sign-in is blocked at once in each of them.

    :meth:`block_sign_in`, :meth:`block_and_remove_licenses` and :meth:`block_remove_licenses_and_delete` make them. A
    person who is assigned again within the grace period gets everything back. Okta recommends three days before a
    deletion; Microsoft keeps a deleted account for 30 days.

    Args:
        then: what happens after sign-in is blocked.
        grace_days: how many days later (1 to 365) *then* happens; None for at once.
        reaches_back: whether people who left before the option was chosen, or while Deactivate Users was off, are asked
            about, so that plans must be confirmed; False leaves them as they are.

    Raises:
        ConfigurationError: for other numbers of days.

    >>> Deprovisioning.block_and_remove_licenses(grace_days=14).label
    'Block sign-in and remove licenses after grace period (14 days)'

    """

    then: AfterBlock = field(default=AfterBlock.KEEP, converter=_after_block)
    grace_days: int | None = field(default=None, validator=optional(whole_number(1, 365)))
    reaches_back: bool = True

    def __attrs_post_init__(self) -> None:
        if self.grace_days is not None and self.then is AfterBlock.KEEP:
            raise ConfigurationError("Deprovisioning.grace_days has no effect where licences are kept: leave it out")

    @classmethod
    def block_sign_in(cls, *, reaches_back: bool = True) -> Deprovisioning:
        """Block sign-in; licences and data are kept."""
        return cls(reaches_back=reaches_back)

    @classmethod
    def block_and_remove_licenses(cls, *, grace_days: int | None = None, reaches_back: bool = True) -> Deprovisioning:
        """Block sign-in and remove the licences that we granted, at once or after *grace_days*."""
        return cls(AfterBlock.REMOVE_LICENSES, grace_days, reaches_back)

    @classmethod
    def block_remove_licenses_and_delete(
        cls, *, grace_days: int | None = None, reaches_back: bool = True
    ) -> Deprovisioning:
        """Block sign-in, remove licences and delete the account, at once or after *grace_days*."""
        return cls(AfterBlock.DELETE, grace_days, reaches_back)

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

    def departure(self, at: datetime, *, blocked: bool = True) -> Departure:
        """What is remembered of somebody who leaves at *at* (aware) under this option.

        Args:
            at: when the grace period begins, aware.
            blocked: whether sign-in is blocked.

        """
        check_call(Deprovisioning.departure, locals())
        return Departure(at, self.then, self.grace_days, blocked)


BLOCK_SIGN_IN = Deprovisioning()
"""The default option: nothing is lost."""
