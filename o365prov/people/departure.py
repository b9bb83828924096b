"""When somebody left or was missing, and what was decided for their account on that day.

Source: Okta, "Deprovisioning options for Office 365".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import member, optional, typed, whole_number
from o365prov.people.leaver_steps import LeaverStep, LeaverSteps


class AfterBlock(StrEnum):
    """What follows once sign-in is blocked."""

    KEEP = "keep"
    REMOVE_LICENSES = "remove_licenses"
    DELETE = "delete"


def _after_block(value: AfterBlock | str) -> AfterBlock:
    return member(AfterBlock, value)


@frozen(field_transformer=typed)
class Missing:
    """In how many complete reads of the source in a row somebody was missing who had not left.

    Args:
        reads: the number of reads, from 1 on.
        since: when the first of them was planned, aware.
        last: when the last of them was planned, aware.

    >>> from datetime import UTC
    >>> Missing.first(datetime(2026, 6, 1, tzinfo=UTC)).again(datetime(2026, 6, 2, tzinfo=UTC)).reads
    2

    """

    reads: int = field(validator=whole_number(1))
    since: datetime
    last: datetime

    @classmethod
    def first(cls, at: datetime) -> Missing:
        """Missing for the first time at *at* (aware)."""
        check_call(Missing.first, locals())
        return cls(1, at, at)

    def again(self, at: datetime) -> Missing:
        """Missing again at *at* (aware); a plan of the same time or an earlier one does not count."""
        check_call(Missing.again, locals())
        return self if at <= self.last else evolve(self, reads=self.reads + 1, last=at)


@frozen(field_transformer=typed)
class Departure:
    """The deprovisioning option that was in force when somebody left; a change of the setting does not reach back.

    Args:
        at: when the grace period began, aware.
        then: what happens at its end.
        grace_days: how many days later (1 to 365) *then* happens; None for at once.
        blocked: whether we blocked sign-in; False where others had blocked it already, and where Graph can't, because
            Entra Connect masters the account.
        confirmed: whether so many left that somebody had to confirm the plan: who leaves later is not counted with
            them, nor with those who had left before.
        steps: the days of the steps in between.
        mailbox_done: whether somebody said that the mailbox was handed over.

    >>> from datetime import UTC
    >>> Departure(datetime(2026, 1, 1, tzinfo=UTC), "delete", 30).due
    datetime.datetime(2026, 1, 31, 0, 0, tzinfo=datetime.timezone.utc)

    """

    at: datetime
    then: AfterBlock = field(default=AfterBlock.KEEP, converter=_after_block)
    grace_days: int | None = field(default=None, validator=optional(whole_number(1, 365)))
    blocked: bool = True
    confirmed: bool = False
    steps: LeaverSteps = field(factory=LeaverSteps)
    mailbox_done: bool = False

    @property
    def due(self) -> datetime | None:
        """When the grace period ends; None if nothing happens then."""
        return None if self.then is AfterBlock.KEEP else self._after(self.grace_days or 0)

    def day(self, step: LeaverStep) -> datetime | None:
        """When a step is to be done; None for one that is not.

        >>> from datetime import UTC
        >>> left = Departure(datetime(2026, 1, 1, tzinfo=UTC), "delete", 30, steps=LeaverSteps(licenses=14))
        >>> print(left.day(LeaverStep.LICENSES))
        2026-01-15 00:00:00+00:00
        """
        check_call(Departure.day, locals())
        match step:
            case LeaverStep.SIGN_IN | LeaverStep.SESSIONS | LeaverStep.ROLES:
                return self.at
            case LeaverStep.GROUPS:
                return self._after(self.steps.groups)
            case LeaverStep.MAILBOX:
                return None if self.steps.mailbox is None else self._after(self.steps.mailbox)
            case LeaverStep.LICENSES:
                return self.due if self.steps.licenses is None else self._after(self.steps.licenses)
            case LeaverStep.DELETION:
                return self.due if self.then is AfterBlock.DELETE else None
            case _:
                assert_never(step)

    @property
    def own_days(self) -> dict[LeaverStep, datetime]:
        """The days of the steps that are done neither at once nor at the end of the grace period, the first first."""
        days = {step: day for step in self.steps.own_days if (day := self.day(step)) is not None}
        return dict(sorted(days.items(), key=lambda each: each[1]))

    @property
    def waits_for_mailbox(self) -> bool:
        """Whether licences with a mailbox, and the account, stay until the mailbox is handed over."""
        return self.steps.mailbox is not None and not self.mailbox_done

    @property
    def has_own_license_day(self) -> bool:
        """Whether the licences go by themselves, and not with the account."""
        return self.then is AfterBlock.REMOVE_LICENSES or self.steps.licenses is not None

    def is_due(self, now: datetime) -> bool:
        """Whether *then* is to happen by *now* (aware)."""
        check_call(Departure.is_due, locals())
        return self.due is not None and self.due <= now

    def has_come(self, step: LeaverStep, now: datetime) -> bool:
        """Whether a step is to be done by *now* (aware)."""
        check_call(Departure.has_come, locals())
        day = self.day(step)
        return day is not None and day <= now

    def _after(self, days: int) -> datetime | None:
        """So many days later; None where no calendar goes so far."""
        try:
            return self.at + timedelta(days=days)
        except OverflowError:
            return None
