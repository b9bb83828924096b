"""What the assignments and the memory say about the days to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from attrs import evolve, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.people import AfterBlock, AppUser, AppUsers, AppUserStatus, Assignment, Departure, LeaverStep
from o365prov.planning.lifecycle.calendar import Calendar, CalendarEntry, CalendarEvent
from o365prov.planning.lifecycle.missing import counted, waits_until, waits_when_missing
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.options import PlanOptions
from o365prov.provisioning import Eligibility

_LATER = {
    LeaverStep.GROUPS: CalendarEvent.LEFT_GROUPS,
    LeaverStep.MAILBOX: CalendarEvent.HANDED_OVER,
    LeaverStep.LICENSES: CalendarEvent.UNLICENSED,
    LeaverStep.DELETION: CalendarEvent.DELETED,
}
"""The steps that can have a day after the block."""

_WAITING = (LeaverStep.LICENSES, LeaverStep.DELETION)
"""The steps that wait for the mailbox."""

_SOON = (Eligibility.HOLD, Eligibility.PREPARE, Eligibility.PROVISION, Eligibility.SUSPEND)


@frozen(field_transformer=typed)
class Upcoming:
    """The days to come of the people of an app.

    Args:
        rules: what the app allows.
        app_users: the memory.
        now: the time, aware.

    """

    rules: PlanOptions
    app_users: AppUsers
    now: datetime

    @check_after_failure
    def calendar(self, assignments: Iterable[Assignment]) -> Calendar:
        """The calendar of everybody who is assigned or remembered."""
        entries: list[CalendarEntry] = []
        here: set[str] = set()
        gone: dict[str, Assignment] = {}
        for each in assignments:
            eligibility = self.rules.lifecycle.eligibility(each, self.now)
            if eligibility is Eligibility.UNASSIGNED:
                gone[each.person.id] = each
                continue
            here.add(each.person.id)
            known = self.app_users.get(each.person.id)
            if eligibility in _SOON and not (known and self._is_left_alone(known)):
                entries += self._of_assigned(each, eligibility)
        for user in self.app_users:
            left_alone = self._is_left_alone(user) or self.rules.lifecycle.still_excludes(user)
            if user.person_id not in here and not left_alone:
                entries += self._of_absent(user, gone.get(user.person_id))
        return Calendar(self.app_users.tenant_id, self.now, entries)

    def _is_left_alone(self, user: AppUser) -> bool:
        """Whether no plan touches the account, because it is excluded or another app has linked it too."""
        return (
            self.rules.lifecycle.excludes_account(user.object_id) or user.object_id in self.app_users.linked_elsewhere
        )

    def _of_assigned(self, assignment: Assignment, eligibility: Eligibility) -> Iterator[CalendarEntry]:
        """That somebody starts, and that the assignment ends."""
        person, known = assignment.person, self.app_users.get(assignment.person.id)
        subject = Subject(person.id, person.name, known.username if known else "")
        starts, days, lifecycle = assignment.starts, self.rules.lifecycle.create_days_before, self.rules.lifecycle
        creates = known is None and self.rules.provisioning.create_users
        if starts is not None and starts > self.now:
            why = "the assignment starts"
            soon = max(_later(starts, -days), self.now)
            if creates and lifecycle.eligibility(assignment, soon) is Eligibility.PREPARE:
                yield CalendarEntry(soon, CalendarEvent.CREATED, subject, f"the assignment starts on {starts:%Y-%m-%d}")
            if lifecycle.eligibility(assignment, starts) is Eligibility.PROVISION:
                yield CalendarEntry(starts, CalendarEvent.STARTED, subject, why)
        elif eligibility is Eligibility.PREPARE and creates:
            yield CalendarEntry(self.now, CalendarEvent.CREATED, subject, f"{person.status} in Okta")
        for name, end in sorted(assignment.role_ends.items()):
            held = known is not None and name in known.roles
            day = max(end, self.now)
            if not (end > self.now or held) or (assignment.ends is not None and end >= assignment.ends):
                continue
            if lifecycle.eligibility(assignment, day) is Eligibility.PROVISION:
                yield CalendarEntry(day, CalendarEvent.ROLE_ENDED, subject, f"the role {name} ends")
        if assignment.ends is not None:
            yield from self._leaves(subject, assignment.ends, "the assignment ends")

    def _of_absent(self, user: AppUser, ended: Assignment | None) -> Iterator[CalendarEntry]:
        """What becomes of somebody who is not assigned any more."""
        name = ended.person.name if ended else user.username
        subject = Subject(user.person_id, name, user.username)
        if user.is_in_use:
            lifecycle = self.rules.lifecycle
            if ended is not None or not waits_when_missing(lifecycle):
                yield from self._leaves(subject, self.now, "no longer assigned, or deactivated in Okta")
                return
            missing = counted(user, lifecycle, self.now)
            more = max(lifecycle.missing_reads - missing.reads, 0)
            leaves = self._leaves(subject, max(waits_until(missing, lifecycle), self.now), "missing from the source")
            yield from (evolve(each, more_reads=more) for each in leaves)
        elif user.status is AppUserStatus.DEACTIVATED and user.departure is not None:
            yield from self._later_steps(subject, user.departure, user)

    def _leaves(self, subject: Subject, at: datetime, why: str) -> Iterator[CalendarEntry]:
        """That somebody leaves at *at*, by the option that is chosen now."""
        provisioning = self.rules.provisioning
        if not provisioning.deactivate_users:
            return
        departure = provisioning.deprovisioning.departure(at)
        if departure.then is not AfterBlock.DELETE or departure.grace_days is not None:
            yield CalendarEntry(at, CalendarEvent.DEACTIVATED, subject, why)
        yield from self._later_steps(subject, departure, self.app_users.get(subject.person_id))

    def _later_steps(self, subject: Subject, departure: Departure, user: AppUser | None) -> Iterator[CalendarEntry]:
        """What follows the block, each step on its day."""
        if not self.rules.provisioning.deactivate_users:
            return
        why = f"left on {departure.at:%Y-%m-%d}" if departure.at <= self.now else f"leaves on {departure.at:%Y-%m-%d}"
        has_licenses = user is None or bool(user.licenses) or user.is_in_use
        for step, event in _LATER.items():
            day = departure.day(step)
            if day is None or (step is LeaverStep.LICENSES and not (has_licenses and departure.has_own_license_day)):
                continue
            if step is LeaverStep.GROUPS and day <= max(departure.at, self.now):
                continue  # with the block; whether it was done since is known to the plans of groups alone
            if step is LeaverStep.MAILBOX and departure.mailbox_done:
                continue
            waits = step in _WAITING and departure.waits_for_mailbox
            once = ", once the mailbox is handed over" if waits else ""
            yield CalendarEntry(max(day, self.now), event, subject, f"{why}{once}")


def _later(at: datetime, days: int) -> datetime:
    """So many days later, or earlier; as far as a calendar goes."""
    try:
        return at + timedelta(days=days)
    except OverflowError:
        return at
