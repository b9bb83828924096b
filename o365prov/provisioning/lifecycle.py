"""What becomes of people at times when they are not simply provisioned: suspended, excluded, missing, not here yet.

Sources: Okta, "User states"; Microsoft Entra, "Skip deletion of user accounts that go out of scope".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import made_of, member, typed, whole_number
from o365prov.errors import EvaluationError
from o365prov.people import AppUser, Assignment, UserStatus
from o365prov.profiles import PersonCondition
from o365prov.provisioning.user_status import Eligibility


class Suspended(StrEnum):
    """What happens to the account of an assigned person who is SUSPENDED in Okta.

    ``HOLD`` leaves the account as it is, as Okta does. ``BLOCK`` blocks sign-in and ends all sessions at once;
    licences, roles and everything else stay, and sign-in is enabled once the person is active again.
    """

    HOLD = "hold"
    BLOCK = "block"


def _suspended(value: Suspended | str) -> Suspended:
    return member(Suspended, value)


def _object_ids(values: Iterable[str]) -> frozenset[str]:
    return made_of(values, lambda ids: frozenset(each.strip().lower() for each in ids))


@frozen(kw_only=True, field_transformer=typed)
class Lifecycle:
    """What becomes of people at times when they are not simply provisioned.

    Args:
        suspended: what happens to people who are suspended.
        excluded_people: a condition; people for whom it holds are neither changed nor treated as leavers. Whoever met
            it when last seen stays excluded by it, also without an assignment.
        excluded_accounts: the object ids of accounts that are never touched, whoever they are linked to.
        missing_reads: in how many complete reads of the source in a row (1 to 100) somebody must be missing to have
            left. Who is deactivated at the source, or whose assignment ended, has left at once.
        missing_days: for how many days somebody must be missing as well, up to 365.
        create_days_before: how many days before the assignment starts (up to 365) an account is created, with which
            nobody can sign in before the day; 0 for none.
        create_staged: whether people who are STAGED in Okta get such an account.

    Raises:
        ConfigurationError: the condition can't work, or a field has a wrong type.

    >>> Lifecycle(suspended="block", excluded_people=PersonCondition.of('user.userType == "Service"')).suspended
    <Suspended.BLOCK: 'block'>

    """

    suspended: Suspended = field(default=Suspended.HOLD, converter=_suspended)
    excluded_people: PersonCondition | None = None
    excluded_accounts: frozenset[str] = field(default=frozenset(), converter=_object_ids)
    missing_reads: int = field(default=1, validator=whole_number(1, 100))
    missing_days: int = field(default=0, validator=whole_number(0, 365))
    create_days_before: int = field(default=0, validator=whole_number(0, 365))
    create_staged: bool = False

    @check_after_failure
    def eligibility(self, assignment: Assignment, now: datetime) -> Eligibility:
        """What an assigned person is to have at *now* (aware)."""
        if self.excluded_people is not None:
            try:
                if self.excluded_people.holds(assignment, now):
                    return Eligibility.EXCLUDE
            except EvaluationError:
                return Eligibility.UNDECIDED
        found = Eligibility.of_assignment(assignment, now)
        if found is Eligibility.UNASSIGNED:
            return found
        if self.suspended is Suspended.BLOCK and assignment.person.status is UserStatus.SUSPENDED:
            return Eligibility.SUSPEND
        return Eligibility.PREPARE if found is Eligibility.HOLD and self._prepares(assignment, now) else found

    def _prepares(self, assignment: Assignment, now: datetime) -> bool:
        """Whether somebody who is held gets an account before they may use it."""
        status, starts = assignment.person.status, assignment.starts
        if status is UserStatus.SUSPENDED:
            return False
        if starts is not None and starts > now:
            return starts - now <= timedelta(days=self.create_days_before)
        return self.create_staged and status is UserStatus.STAGED

    @check_after_failure
    def excludes_account(self, object_id: str) -> bool:
        """Whether the account with this object id is never touched."""
        return object_id.lower() in self.excluded_accounts

    @check_after_failure
    def still_excludes(self, user: AppUser) -> bool:
        """Whether somebody who is not assigned is excluded: by the account, or by the condition when last seen."""
        if self.excludes_account(user.object_id):
            return True
        return self.excluded_people is not None and user.excluded_by == self.excluded_people.text
