"""What a person's status in Okta means for their Office 365 account.

Source: Okta, "User states"; Okta support, "Users are not being provisioned from Okta": only active people are.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import assert_never

from o365prov._annotations import check_after_failure
from o365prov.people import Assignment, UserStatus


class Eligibility(Enum):
    """What an assigned person is to have now.

    They are provisioned, held (nothing changes), blocked while they are suspended, excluded (nothing changes, whatever
    becomes of the assignment), or treated as not assigned. Where nobody can say whether they are excluded, they are
    ``UNDECIDED``, and nothing changes. Who is prepared gets an account, with which nobody can sign in yet.
    """

    PROVISION = "provision"
    HOLD = "hold"
    SUSPEND = "suspend"
    EXCLUDE = "exclude"
    UNDECIDED = "undecided"
    PREPARE = "prepare"
    UNASSIGNED = "unassigned"

    @classmethod
    @check_after_failure
    def of_assignment(cls, assignment: Assignment, now: datetime) -> Eligibility:
        """The eligibility of an assigned person at *now* (aware): who starts later is held, who ended is unassigned."""
        found = cls.of(assignment.person.status)
        if assignment.ends is not None and assignment.ends <= now:
            return cls.UNASSIGNED
        is_early = assignment.starts is not None and assignment.starts > now
        return cls.HOLD if found is cls.PROVISION and is_early else found

    @classmethod
    def of(cls, status: UserStatus) -> Eligibility:
        """The eligibility of people with *status*; who is held keeps everything: nothing is written or taken away.

        >>> Eligibility.of(UserStatus.SUSPENDED)
        <Eligibility.HOLD: 'hold'>

        """
        match status:
            case UserStatus.ACTIVE | UserStatus.RECOVERY | UserStatus.PASSWORD_EXPIRED | UserStatus.LOCKED_OUT:
                return cls.PROVISION
            case UserStatus.STAGED | UserStatus.PROVISIONED | UserStatus.SUSPENDED:
                return cls.HOLD
            case UserStatus.DEPROVISIONED:
                return cls.UNASSIGNED
            case _:
                assert_never(status)
