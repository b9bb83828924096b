"""People who are assigned and not provisioned now: they are held, suspended, excluded, or start later.

Decision where the sources are silent: Okta leaves the account of somebody suspended as it is. Where the app blocks it,
nothing else is taken: the licences, roles and the manager stay, so that the person has everything again with sign-in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from attrs import frozen

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, AppUserStatus, Assignment
from o365prov.planning.lifecycle.exclusions import UNDECIDED, excluded_account, excluded_by_condition
from o365prov.planning.lifecycle.joiners import not_started
from o365prov.planning.lifecycle.missing import remembered_as_seen
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import BlockSignIn, Change, RevokeSessions
from o365prov.planning.model.options import PlanOptions, Scope
from o365prov.planning.model.problems import Problem
from o365prov.planning.rules.edits import GrantEdits
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.situations import Control, Link, Memory, ProblemCode, Situation, Step, Wanted
from o365prov.planning.transitions.states import account_state, contradiction, control_of, memory_of
from o365prov.planning.transitions.transition import Transition
from o365prov.provisioning import Eligibility

_WANTED = {Eligibility.SUSPEND: Wanted.SUSPENDED, Eligibility.EXCLUDE: Wanted.EXCLUDED}


@frozen
class HeldPerson:
    """Somebody who is assigned and not provisioned now.

    Args:
        assignment: the assignment.
        eligibility: what the person is to have now.
        rules: what the app allows.
        snapshot: what the tenant holds.
        app_users: the memory.
        now: the time, aware.
        handed_over: the ids of people whose accounts go to others in the same plan, so that they have none any more.

    """

    assignment: Assignment
    eligibility: Eligibility
    rules: PlanOptions
    snapshot: TenantSnapshot
    app_users: AppUsers
    now: datetime
    handed_over: Collection[str | None] = ()

    def decide(self) -> tuple[list[Change], list[Problem]]:
        """What happens to the account now, and why it is not more."""
        known = self._known
        account = self.snapshot.by_id.get(known.object_id) if known and self._wanted is Wanted.SUSPENDED else None
        if known and account and not self._other_app and (why := contradiction(account, known)):
            return self._remember(), [Problem(self._subject, _contradicts(account, why))]
        row = transition(self._situation(account))
        changes = self._changes(row, account)
        issues = [self._issue(row, account), *self._edits(account)]
        return [*changes, *self._remember()], [Problem(self._subject, each) for each in issues]

    @property
    def _known(self) -> AppUser | None:
        person_id = self.assignment.person.id
        return None if person_id in self.handed_over else self.app_users.get(person_id)

    @property
    def _subject(self) -> Subject:
        person = self.assignment.person
        return Subject(person.id, person.name, self._known.username if self._known else "")

    @property
    def _wanted(self) -> Wanted:
        if self.eligibility is not Eligibility.HOLD:
            return _WANTED.get(self.eligibility, Wanted.HELD)
        is_early = self.assignment.starts is not None and self.assignment.starts > self.now
        return Wanted.STARTS_LATER if is_early else Wanted.HELD

    @property
    def _other_app(self) -> str:
        return self.app_users.linked_elsewhere.get(self._known.object_id, "") if self._known else ""

    def _situation(self, account: TenantUser | None) -> Situation:
        known, rules = self._known, self.rules
        is_excluded = known is not None and rules.lifecycle.excludes_account(known.object_id)
        return Situation(
            Wanted.EXCLUDED if is_excluded else self._wanted,
            _memory_of(known, account),
            account_state(account, known),
            Link.OTHER_APPS if self._other_app else Link.OWN if known else Link.FREE,
            control_of(account, known, self.snapshot, rules.provisioning) if account else Control.CLOUD,
            reverts=rules.scope is Scope.DRIFT,
        )

    def _changes(self, row: Transition, account: TenantUser | None) -> list[Change]:
        if account is None:
            if row.step is not Step.NOTHING:
                raise ValueError(f"there is no account for the step {row.step!r}: {row.words}")
            return []
        reason, subject = f"{self.assignment.person.status} in Okta", self._subject
        ends_sessions = RevokeSessions(subject, reason, account.id, None)
        if row.step is Step.BLOCK:
            privileged = self.snapshot.is_privileged(account.id)
            return [
                BlockSignIn(subject, reason, account.id, None, privileged, row.overrides, row.reaches_back),
                ends_sessions,
            ]
        if row.step is not Step.NOTHING:
            raise ValueError(f"who is not provisioned now can't have the step {row.step!r}: {row.words}")
        known = self._known
        is_begun = known is not None and known.unfinished and known.status is AppUserStatus.PAUSED
        return [ends_sessions] if is_begun and not account.enabled else []

    def _edits(self, account: TenantUser | None) -> Iterator[Issue]:
        """What somebody took of what is to stay, so that the person has less once they are active again."""
        known, provisioning = self._known, self.rules.provisioning
        if known is None or account is None or self._other_app or provisioning.user_attributes_only:
            return
        edits = GrantEdits(self.snapshot, provisioning)
        taken = edits.licenses(known.licenses, account.licenses), edits.roles(known.roles, known.object_id)
        yield from (each for each in taken if each)

    def _remember(self) -> list[Change]:
        """That the person is there, and by which condition they are excluded, which holds once they are not."""
        if self.eligibility is Eligibility.UNDECIDED:
            return []
        condition = self.rules.lifecycle.excluded_people
        excluded_by = condition.text if condition and self.eligibility is Eligibility.EXCLUDE else ""
        return remembered_as_seen(self._subject, self._known, excluded_by)

    def _issue(self, row: Transition, account: TenantUser | None) -> Issue:
        if self.eligibility is Eligibility.UNDECIDED:
            return UNDECIDED
        if row.problem is ProblemCode.ACCOUNT_OF_ANOTHER_APP:
            return Issue(
                row.problem.value,
                f"SUSPENDED in Okta, and the app {self._other_app} has linked the account too: nothing is blocked",
                "Nothing is done from here: the other app decides about the account",
            )
        if row.problem is ProblemCode.EXCLUDED:
            known, condition = self._known, self.rules.lifecycle.excluded_people
            if condition is not None and self.eligibility is Eligibility.EXCLUDE:
                return excluded_by_condition(condition.text)
            return excluded_account(self._subject.username, known.object_id if known else "")
        return _SAID[row.problem](self.assignment, account)


def _memory_of(known: AppUser | None, account: TenantUser | None) -> Memory:
    """What is remembered; an account that may have been blocked, and is enabled, was not."""
    found = memory_of(known)
    is_open = known is not None and known.unfinished and account is not None and account.enabled
    return Memory.ENABLING if found is Memory.PAUSED and is_open else found


def _on_hold(assignment: Assignment, _account: TenantUser | None) -> Issue:
    status = assignment.person.status.value
    return Issue(
        f"held_{status.lower()}",
        f"{status} in Okta, so the account is left as it is",
        "Activate the person in Okta to provision them",
    )


def _suspended(_assignment: Assignment, _account: TenantUser | None) -> Issue:
    return Issue(
        ProblemCode.SUSPENDED.value,
        "SUSPENDED in Okta: sign-in of the linked account is blocked, and everything else stays",
        "Unsuspend the person in Okta to enable sign-in again",
        severity="warning",
    )


def _synced(_assignment: Assignment, account: TenantUser | None) -> Issue:
    return Issue(
        ProblemCode.SYNCED_SUSPENDED.value,
        f"SUSPENDED in Okta, and Entra Connect masters the account {_name(account)}: Graph can't block its sign-in",
        "Disable the person in Active Directory",
        severity="warning",
    )


def _gone(_assignment: Assignment, _account: TenantUser | None) -> Issue:
    return Issue(
        ProblemCode.GONE_SUSPENDED.value,
        "SUSPENDED in Okta, and the linked account is not in the tenant any more: somebody deleted it",
        "Restore it in Entra within 30 days of that, or let it be until the person is active again",
        severity="warning",
    )


def _re_enabled(_assignment: Assignment, account: TenantUser | None) -> Issue:
    return Issue(
        ProblemCode.RE_ENABLED_SUSPENDED.value,
        f"SUSPENDED in Okta, and somebody enabled the account {_name(account)} again in Office 365",
        "Unsuspend the person in Okta, block the account in Entra, or plan with scope='drift'",
        severity="warning",
    )


def _name(account: TenantUser | None) -> str:
    return account.username if account else ""


def _contradicts(account: TenantUser, why: str) -> Issue:
    return Issue(
        "memory_contradicts_account",
        f"SUSPENDED in Okta, and the linked account {account.username} {why}: it may be somebody else's, and is not "
        "touched",
        "Restore the right memory, or correct the account in Entra",
    )


_SAID: Mapping[ProblemCode, Callable[[Assignment, TenantUser | None], Issue]] = {
    ProblemCode.STARTS_LATER: not_started,
    ProblemCode.HELD: _on_hold,
    ProblemCode.SUSPENDED: _suspended,
    ProblemCode.SYNCED_SUSPENDED: _synced,
    ProblemCode.GONE_SUSPENDED: _gone,
    ProblemCode.RE_ENABLED_SUSPENDED: _re_enabled,
}
"""The problems of people who are not provisioned now, without those that name another app or a setting."""
