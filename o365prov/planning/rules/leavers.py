"""People who are no longer assigned: the transition table says what happens to their accounts.

Roles that we granted are taken away at once, under every option. What else is due on which day follows the option that
was in force when the person left (:mod:`o365prov.people.departure`), and what the account still has of what we granted.

Sources: Okta, "Deprovisioning options for Office 365"; Microsoft, "Revoke user access in an emergency".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from attrs import evolve, frozen

from o365prov.errors import Issue
from o365prov.people import AfterBlock, AppUser, AppUsers, AppUserStatus, Departure, LeaverStep
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import BlockSignIn, Change, DeleteUser, Remember, RevokeSessions
from o365prov.planning.model.options import PlanOptions, Scope
from o365prov.planning.model.problems import Problem
from o365prov.planning.rules.leaver_licenses import (
    has_mailbox,
    leaver_keeps,
    leaver_removal,
    mailbox_waits,
    still_held,
    waiting_for_mailbox,
)
from o365prov.planning.rules.roles import removals, roles_still_held
from o365prov.planning.tenant.snapshot import TenantSnapshot, TenantUser
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.situations import (
    Control,
    Link,
    ProblemCode,
    Situation,
    Step,
    Wanted,
)
from o365prov.planning.transitions.states import account_state, contradiction, control_of, memory_of, was_blocked_by_us
from o365prov.planning.transitions.transition import Transition
from o365prov.provisioning import Deprovisioning

_UNTIL_SEEN = timedelta(minutes=5)
_LEFT = "no longer assigned, or deactivated in Okta"


def leavers(app_users: AppUsers, staying: Collection[str]) -> Iterator[AppUser]:
    """People whom we provisioned and who are neither assigned nor held."""
    return (user for user in app_users if user.person_id not in staying)


@frozen
class Leaver:
    """Somebody who left, and the account as the tenant has it.

    Args:
        user: what is remembered.
        rules: what the app allows.
        snapshot: what the tenant holds.
        now: the time, aware.
        linked_elsewhere: the name of another app that has linked the account too; empty for none.
        taken: the object ids of accounts that are somebody's.
        ended: when the assignment ended; None where that is not known.
        mailbox_done: whether the caller says that the mailbox was handed over.

    """

    user: AppUser
    rules: PlanOptions
    snapshot: TenantSnapshot
    now: datetime
    linked_elsewhere: str = ""
    taken: Collection[str | None] = ()
    ended: datetime | None = None
    mailbox_done: bool = False

    def decide(self) -> tuple[list[Change], list[Problem]]:
        """What happens to the account now, and what is wrong."""
        account = self.snapshot.by_id.get(self.user.object_id)
        if account and not self.linked_elsewhere and (why := contradiction(account, self.user)):
            return [], [self._problem(_contradicts(account, why), account)]
        row = transition(self._situation(account))
        problems = [self._problem(self._issue(row.problem, account), account)] if row.problem else []
        if account is None and (other := self._other_account()):
            problems.append(self._problem(_other_account(other), None))
        if row.step is Step.FORGET:
            return [self._forget()], problems
        if row.step is Step.NOTHING:
            return [], problems
        if account is None:
            raise ValueError(f"there is no account for the step {row.step.value!r}: {row.words}")
        if row.step is Step.KEEP:
            return [self._keep(account)], problems
        changes = self._changes(row, account)
        said = () if row.step is Step.DELETE else (self._stays(account, changes), self._mailbox(account))
        problems += [self._problem(each, account) for each in said if each is not None]
        return changes, problems

    def _other_account(self) -> TenantUser | None:
        """An account in use that is nobody's and has the person's source anchor, where the linked one is gone."""
        other = self.snapshot.by_anchor.get(self.user.anchor or "")
        return other if other and other.enabled and other.id not in self.taken else None

    def _stays(self, account: TenantUser, changes: Collection[Change]) -> Issue | None:
        """The licences that stay although licences are removed, said in every plan from that day on."""
        departure, take_over = self.departure, self.rules.take_over_licenses
        is_due = departure.has_come(LeaverStep.LICENSES, self.now)
        if not departure.has_own_license_day or not (changes or is_due):
            return None
        return leaver_keeps(self.user, account, self.snapshot, take_over=take_over, direct_only=not changes)

    def _mailbox(self, account: TenantUser) -> Issue | None:
        """That the mailbox is to be handed over by now, and what waits for it."""
        departure = self.departure
        if not (departure.has_come(LeaverStep.MAILBOX, self.now) and self._keeps_mailbox(account)):
            return None
        stays: tuple[str, ...] = ()
        if departure.has_come(LeaverStep.DELETION, self.now):
            stays = ("the account",)
        elif departure.has_come(LeaverStep.LICENSES, self.now):
            take_over = self.rules.take_over_licenses
            stays = waiting_for_mailbox(self.user, account, self.snapshot, take_over=take_over)
        return mailbox_waits(self._reason, account, stays)

    def _keeps_mailbox(self, account: TenantUser) -> bool:
        """Whether the account keeps what gives it a mailbox, because nobody has handed that over yet."""
        return self.departure.waits_for_mailbox and has_mailbox(account, self.snapshot)

    @property
    def departure(self) -> Departure:
        """The option and the day that hold for this person: those of the day on which they left, or leave again.

        The account of somebody who left while Deactivate Users was off was kept: its days of grace begin when it is
        blocked.
        """
        user = self.user
        if user.departure is not None and not user.is_in_use and user.status is not AppUserStatus.KEPT:
            return evolve(user.departure, mailbox_done=True) if self.mailbox_done else user.departure
        return self.rules.provisioning.deprovisioning.departure(self.now)

    def _situation(self, account: TenantUser | None) -> Situation:
        rules, user, departure = self.rules, self.user, self.departure
        provisioning = rules.provisioning
        was_kept = user.status is AppUserStatus.KEPT or self._was_excluded
        is_left_alone = was_kept and not provisioning.deprovisioning.reaches_back
        return Situation(
            Wanted.LEFT,
            memory_of(user),
            account_state(account, user),
            Link.OTHER_APPS if self.linked_elsewhere else Link.OWN,
            control_of(account, user, self.snapshot, provisioning) if account else Control.CLOUD,
            due=departure.has_come(LeaverStep.DELETION, self.now) and not (account and self._keeps_mailbox(account)),
            deactivates=provisioning.deactivate_users and not is_left_alone,
            reverts=rules.scope is Scope.DRIFT,
        )

    @property
    def _was_excluded(self) -> bool:
        """Whether the person leaves because the condition that excluded them does not hold any more."""
        return bool(self.user.excluded_by) and self.user.is_in_use

    def _forget(self) -> Change:
        reason = f"{_LEFT}, and somebody deleted the account"
        return Remember(self._subject(None), reason, self.user.object_id, status=AppUserStatus.DELETED)

    def _keep(self, account: TenantUser) -> Change:
        """Remember the day, so that Deactivate Users, once it is on, asks before it reaches back to this person."""
        departure = Departure(self.now, blocked=self._is_blocked_by_us(account))
        off = not self.rules.provisioning.deactivate_users
        reason = f"{_LEFT}, and {'Deactivate Users is off' if off else 'was excluded until now'}"
        return Remember(self._subject(account), reason, account.id, status=AppUserStatus.KEPT, departure=departure)

    def _is_blocked_by_us(self, account: TenantUser) -> bool:
        return not account.enabled and was_blocked_by_us(self.user)

    def _changes(self, row: Transition, account: TenantUser) -> list[Change]:
        subject, reason = self._subject(account), self._reason
        back = row.reaches_back or self._was_excluded
        privileged = self.snapshot.is_privileged(account.id)
        departure = evolve(self.departure, confirmed=back or self.departure.confirmed)
        changes: list[Change] = self._role_removals(account, subject, reason, privileged=privileged)
        match row.step:
            case Step.DELETE:
                return [*changes, DeleteUser(subject, reason, account.id, privileged, row.overrides, departure, back)]
            case Step.BLOCK:
                departure = evolve(departure, blocked=True)
                changes.append(BlockSignIn(subject, reason, account.id, departure, privileged, row.overrides, back))
                changes.append(RevokeSessions(subject, reason, account.id, None))
            case Step.DEPART:
                departure = evolve(departure, blocked=self._is_blocked_by_us(account))
                back = back and (departure.then is not AfterBlock.KEEP or bool(changes))
                changes.append(Remember(subject, reason, account.id, departure=departure, reaches_back=back))
            case Step.WAIT:
                changes += self._reach_back(account, subject) or self._handed_over(account, subject)
            case _:
                raise ValueError(f"who left can't have the step {row.step!r}: {row.words}")
        if self.user.unfinished and not account.enabled:
            changes.append(RevokeSessions(subject, reason, account.id, None))
        leaves_alone = self.rules.provisioning.user_attributes_only
        if departure.has_come(LeaverStep.LICENSES, self.now) and not leaves_alone:
            take_over = self.rules.take_over_licenses
            removal = leaver_removal(
                self.user,
                account,
                subject,
                self.snapshot,
                reason,
                take_over=take_over,
                keeps_mailbox=departure.waits_for_mailbox,
            )
            changes += [removal] if removal else []
        if not changes:
            changes += self._corrections(account, subject)
        return changes

    def _corrections(self, account: TenantUser, subject: Subject) -> list[Change]:
        """What the memory learns of an account that has less than we granted, and of one with which we are finished.

        It waits until every replica of the tenant has what was granted last: what is forgotten is never taken away.
        """
        if self.now < self.departure.at + _UNTIL_SEEN:
            return []
        user = self.user
        licenses, roles = still_held(user, account, self.snapshot), roles_still_held(user, account, self.snapshot)
        if not user.unfinished and (licenses, roles) == (user.licenses, user.roles):
            return []
        reason = f"{self._reason}, and the account has no more than that of what was granted"
        return [Remember(subject, reason, account.id, licenses=licenses, roles=roles)]

    @property
    def _reason(self) -> str:
        """Why the account is taken from, with the day on which somebody left who left before."""
        departure = self.user.departure
        if departure is None or self.user.is_in_use:
            left = f"the assignment ended on {self.ended:%Y-%m-%d}" if self.ended else _LEFT
            return f"{left}, and excluded no longer" if self._was_excluded else left
        while_off = ", while Deactivate Users was off" if self.user.status is AppUserStatus.KEPT else ""
        return f"left on {departure.at:%Y-%m-%d}{while_off}"

    def _handed_over(self, account: TenantUser, subject: Subject) -> list[Change]:
        """Remember that the caller says that the mailbox was handed over."""
        held = self.user.departure
        if not self.mailbox_done or held is None or not held.waits_for_mailbox:
            return []
        return [Remember(subject, f"{self._reason}, and the mailbox was handed over", account.id, mailbox_done=True)]

    def _offered(self, held: Departure, option: Deprovisioning) -> Departure:
        """What would hold from now on: the option, except for the days of steps that were done by now."""
        steps = option.steps
        if held.has_come(LeaverStep.GROUPS, self.now):
            steps = evolve(steps, groups=held.steps.groups)
        own = held.steps.licenses
        if own is not None and option.then is held.then and held.has_come(LeaverStep.LICENSES, self.now):
            steps = evolve(steps, licenses=own)
        return evolve(held, then=option.then, grace_days=option.grace_days, steps=steps)

    def _reach_back(self, account: TenantUser, subject: Subject) -> list[Change]:
        """Offer an option that was chosen after the person left, if it asks for more than what was done by now."""
        held = self.departure
        option = self.rules.provisioning.deprovisioning
        if not option.reaches_back:
            return []
        offered = self._offered(held, option)
        is_done = held.is_due(self.now) and held.has_come(LeaverStep.GROUPS, self.now)
        if offered == held or (is_done and offered.then in (AfterBlock.KEEP, held.then)):
            return []
        return [
            Remember(
                subject,
                f"left on {held.at:%Y-%m-%d} under another option; now it is: {option.label}",
                account.id,
                departure=offered,
                reaches_back=True,
            )
        ]

    def _role_removals(self, account: TenantUser, subject: Subject, reason: str, *, privileged: bool) -> list[Change]:
        if self.rules.provisioning.user_attributes_only:
            return []
        return [
            *removals(
                subject,
                self.user,
                account,
                self.snapshot,
                reason=reason,
                leaving=privileged,
                take_over=self.rules.take_over_roles,
            )
        ]

    def _issue(self, code: ProblemCode, account: TenantUser | None) -> Issue:
        username = account.username if account else self.user.username
        if code is ProblemCode.ACCOUNT_OF_ANOTHER_APP:
            return Issue(
                code.value,
                f"{_LEFT}, and the app {self.linked_elsewhere} has linked the account {username} too",
                "Nothing is done from here: the other app decides about the account",
                severity="warning",
            )
        message, remedy = _ISSUES[code]
        if code is ProblemCode.RE_ENABLED_LEAVER:
            message = message if was_blocked_by_us(self.user) else _NEVER_BLOCKED
            if self.rules.provisioning.owns_profile:
                remedy = f"{remedy}; scope='drift' blocks it from here"
        return Issue(code.value, f"{_LEFT}, and {message.format(username)}", remedy, severity="warning")

    def _problem(self, issue: Issue, account: TenantUser | None) -> Problem:
        return Problem(self._subject(account), issue)

    def _subject(self, account: TenantUser | None) -> Subject:
        """The person, under the account's name: the memory has none."""
        known = account or self.snapshot.deleted_by_id.get(self.user.object_id)
        name = str((known and known.properties.get("displayName")) or self.user.username)
        return Subject(self.user.person_id, name, self.user.username)


_ISSUES = {
    ProblemCode.SYNCED_LEAVER: (
        "Entra Connect masters the account {}: Graph can't block its sign-in",
        "Disable the person in Active Directory",
    ),
    ProblemCode.RE_ENABLED_LEAVER: (
        "somebody enabled the account {} again in Office 365: nothing is taken",
        "Assign the person again, or block the account in Entra",
    ),
    ProblemCode.RESTORED_LEAVER: (
        "somebody restored the account {}, which was deleted from here",
        "Assign the person again, or delete the account in Entra",
    ),
}

_NEVER_BLOCKED = (
    "the account {} is enabled: it could not be blocked from here then, or somebody enabled it since; nothing is taken"
)


def _other_account(other: TenantUser) -> Issue:
    return Issue(
        "other_account_of_leaver",
        f"{_LEFT}, and the linked account is gone; but the account {other.username} (object id {other.id}) has the "
        "source anchor and is enabled: it was never linked, and is not touched",
        "Block or delete it in Entra, or assign the person again",
        severity="warning",
    )


def _contradicts(account: TenantUser, why: str) -> Issue:
    return Issue(
        "memory_contradicts_account",
        f"{_LEFT}, and the linked account {account.username} {why}: it may be somebody else's, and is not touched",
        "Restore the right memory, or correct the account in Entra",
    )
