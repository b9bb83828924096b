"""What happens to the account of a person who is no longer assigned.

Source: Okta, "Deprovisioning options for Office 365"; "Microsoft Office 365 user status on deactivation".
"""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import member, optional, typed, whole_number
from o365prov.errors import ConfigurationError
from o365prov.people import AfterBlock, Departure, LeaverSteps
from o365prov.rendering import count_text

_BY_DEFAULT = LeaverSteps()


def _after_block(value: AfterBlock | str) -> AfterBlock:
    return member(AfterBlock, value)


def _check_before(name: str, days: int | None, last: int, what: str) -> None:
    """Refuse a step that comes later than another."""
    if days is not None and days > last:
        raise ConfigurationError(
            f"Deprovisioning.steps.{name} is {count_text(days, 'day')}, and {what} "
            f"{f'after {last}' if last else 'at once'}: give it fewer days, or the other more"
        )


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
        steps: the days of the steps between the block and what *then* says.

    Raises:
        ConfigurationError: for other numbers of days, and for steps that are not in their order.

    >>> Deprovisioning.block_and_remove_licenses(grace_days=14).label
    'Block sign-in and remove licenses after grace period (14 days)'
    >>> steps = LeaverSteps(groups=7, licenses=14)
    >>> Deprovisioning.block_remove_licenses_and_delete(grace_days=60, steps=steps).steps.words
    'groups after 7 days, licenses after 14 days'

    """

    then: AfterBlock = field(default=AfterBlock.KEEP, converter=_after_block)
    grace_days: int | None = field(default=None, validator=optional(whole_number(1, 365)))
    reaches_back: bool = True
    steps: LeaverSteps = field(factory=LeaverSteps)

    def __attrs_post_init__(self) -> None:
        if self.grace_days is not None and self.then is AfterBlock.KEEP:
            raise ConfigurationError("Deprovisioning.grace_days has no effect where licences are kept: leave it out")
        if self.steps.licenses is not None and self.then is not AfterBlock.DELETE:
            instead = "leave it out" if self.then is AfterBlock.KEEP else "say it with grace_days"
            raise ConfigurationError(
                f"Deprovisioning.steps.licenses is for accounts that are deleted later, not for "
                f"then={self.then.value!r}: {instead}"
            )
        self._check_order()

    def _check_order(self) -> None:
        """Refuse a step that would come after the one that takes away what it needs.

        Raises:
            ConfigurationError: it would.

        """
        last, steps = self.grace_days or 0, self.steps
        if self.then is AfterBlock.DELETE:
            _check_before("groups", steps.groups, last, "the account is deleted")
            _check_before("licenses", steps.licenses, last, "the account is deleted")
        if self.then is not AfterBlock.KEEP:
            _check_before("mailbox", steps.mailbox, last if steps.licenses is None else steps.licenses, "licences go")

    @classmethod
    def block_sign_in(cls, *, reaches_back: bool = True, steps: LeaverSteps = _BY_DEFAULT) -> Deprovisioning:
        """Block sign-in; licences and data are kept."""
        return cls(reaches_back=reaches_back, steps=steps)

    @classmethod
    def block_and_remove_licenses(
        cls, *, grace_days: int | None = None, reaches_back: bool = True, steps: LeaverSteps = _BY_DEFAULT
    ) -> Deprovisioning:
        """Block sign-in and remove the licences that we granted, at once or after *grace_days*."""
        return cls(AfterBlock.REMOVE_LICENSES, grace_days, reaches_back, steps)

    @classmethod
    def block_remove_licenses_and_delete(
        cls, *, grace_days: int | None = None, reaches_back: bool = True, steps: LeaverSteps = _BY_DEFAULT
    ) -> Deprovisioning:
        """Block sign-in, remove licences and delete the account, at once or after *grace_days*."""
        return cls(AfterBlock.DELETE, grace_days, reaches_back, steps)

    @property
    def label(self) -> str:
        """What Okta's menu calls the option, and the days of the steps where it has none of them."""
        steps = {
            AfterBlock.KEEP: "Block sign-in",
            AfterBlock.REMOVE_LICENSES: "Block sign-in and remove licenses",
            AfterBlock.DELETE: "Block sign-in, remove licenses, and delete user",
        }
        days = "" if self.grace_days is None else f" after grace period ({self.grace_days} days)"
        own = f"; {self.steps.words}" if self.steps.words else ""
        return steps[self.then] + days + own

    def departure(self, at: datetime, *, blocked: bool = True) -> Departure:
        """What is remembered of somebody who leaves at *at* (aware) under this option.

        Args:
            at: when the grace period begins, aware.
            blocked: whether sign-in is blocked.

        """
        check_call(Deprovisioning.departure, locals())
        return Departure(at, self.then, self.grace_days, blocked, steps=self.steps)


BLOCK_SIGN_IN = Deprovisioning()
"""The default option: nothing is lost."""
