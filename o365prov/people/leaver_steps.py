"""What becomes of the account of somebody who leaves, step by step, and after how many days.

Sources: Okta, "Deprovisioning options for Office 365"; Microsoft, "Remove a former employee and secure data".
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from o365prov._fields import optional, typed, whole_number

_DAYS = whole_number(0, 365)


class LeaverStep(StrEnum):
    """A step of leaving; they are done in this order.

    - ``sign_in``, ``sessions``, ``roles``: sign-in is blocked, all sessions end, and the directory roles go that were
      granted from here, all on the day on which the person leaves. To let somebody in for longer, have the assignment
      end later.
    - ``groups``: the memberships go that were given from here.
    - ``mailbox``: the mailbox is handed over, by a script for Exchange, since Graph can't. Licences without which there
      would be no mailbox, and the account, stay until somebody says that it was.
    - ``licenses``: the licences go that were granted from here.
    - ``deletion``: the account is deleted.
    """

    SIGN_IN = "sign_in"
    SESSIONS = "sessions"
    ROLES = "roles"
    GROUPS = "groups"
    MAILBOX = "mailbox"
    LICENSES = "licenses"
    DELETION = "deletion"


@frozen(kw_only=True, field_transformer=typed)
class LeaverSteps:
    """After how many days the steps come that are neither done at once nor at the end of the grace period.

    Args:
        groups: how many days (0 to 365) after somebody left they are taken out of the groups into which they were put
            from here.
        mailbox: how many days (0 to 365) after somebody left the mailbox is to be handed over; None for never, so that
            no licence waits for it.
        licenses: how many days (0 to 365) after somebody left the licences go of an account that is deleted later; None
            for on the day of the deletion.

    >>> LeaverSteps(groups=7, licenses=30).words
    'groups after 7 days, licenses after 30 days'

    """

    groups: int = field(default=0, validator=_DAYS)
    mailbox: int | None = field(default=None, validator=optional(_DAYS))
    licenses: int | None = field(default=None, validator=optional(_DAYS))

    @property
    def words(self) -> str:
        """The days that are not as by default, such as ``groups after 7 days``; empty where all are."""
        return ", ".join(f"{step} {_after(days)}" for step, days in self.own_days.items())

    @property
    def own_days(self) -> dict[LeaverStep, int]:
        """How many days later the steps come that are not as by default, in order."""
        given = {
            LeaverStep.GROUPS: self.groups or None,
            LeaverStep.MAILBOX: self.mailbox,
            LeaverStep.LICENSES: self.licenses,
        }
        return {step: days for step, days in given.items() if days is not None}


def _after(days: int) -> str:
    return f"after {days} day{'' if days == 1 else 's'}" if days else "at once"
