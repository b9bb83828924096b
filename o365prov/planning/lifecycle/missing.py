"""People who are missing from the source, and have not been for long enough to have left.

A filter that somebody got wrong, or an export that broke off, must delete nobody. So an app may ask that who leaves is
missing in several complete reads in a row, and for some days. The memory counts them.

Decision where the sources are silent: each plan for everybody that is applied is one read. Who is deactivated at the
source, or whose assignment has ended, is not missing: the source says that they left.

Source: authentik, issue 19295 (a filter mistake at the source deletes everybody).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import frozen

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, Missing
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import Change, Remember
from o365prov.planning.model.options import PlanRequest
from o365prov.planning.model.problems import Problem
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.situations import ProblemCode, Situation, Step, Wanted
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import Lifecycle
from o365prov.rendering import count_text


def waits_when_missing(lifecycle: Lifecycle) -> bool:
    """Whether somebody who is missing for the first time has not left yet."""
    return lifecycle.missing_reads > 1 or lifecycle.missing_days > 0


def counted(user: AppUser, lifecycle: Lifecycle, now: datetime) -> Missing:
    """The count with a complete read at *now* (aware) in which *user* is missing; it ends once there are enough."""
    missing = user.missing
    if missing is None:
        return Missing.first(now)
    return missing if missing.reads >= lifecycle.missing_reads else missing.again(now)


def waits_until(missing: Missing, lifecycle: Lifecycle) -> datetime:
    """When somebody has been missing for enough days, aware; as far as a calendar goes."""
    try:
        return missing.since + timedelta(days=lifecycle.missing_days)
    except OverflowError:
        return datetime.max.replace(tzinfo=missing.since.tzinfo)


@frozen
class MissingPerson:
    """Somebody whom we provisioned, and whom the source does not have.

    Args:
        user: what is remembered.
        lifecycle: what the app asks for before somebody has left.
        request: whom the plan is about, and whether the read was complete.
        snapshot: what the tenant holds.
        now: the time, aware.

    """

    user: AppUser
    lifecycle: Lifecycle
    request: PlanRequest
    snapshot: TenantSnapshot
    now: datetime

    @property
    def waits(self) -> bool:
        """Whether it is too early to say that the person has left; who left before does not come back by waiting."""
        if not self.request.complete:
            return True
        if not self.user.is_in_use or not waits_when_missing(self.lifecycle):
            return False
        missing = self._missing
        return (
            missing is None
            or missing.reads < self.lifecycle.missing_reads
            or self.now < waits_until(missing, self.lifecycle)
        )

    def decide(self) -> tuple[list[Change], list[Problem]]:
        """What the memory counts of somebody who waits, and what is said; of who left before nothing new."""
        if not self.user.is_in_use:
            return [], []
        user, missing = self.user, self._missing
        row = transition(Situation(Wanted.MISSING, memory_of(user)))
        if row.step is not Step.NOTHING or row.problem is not ProblemCode.MISSING:
            raise ValueError(f"who is missing can't have the step {row.step.value!r}: {row.words}")
        account = self.snapshot.by_id.get(user.object_id)
        name = str((account and account.properties.get("displayName")) or user.username)
        subject = Subject(user.person_id, name, user.username)
        counted = missing if missing != user.missing else None
        reason = "missing from the source, and not for long enough to have left"
        changes: list[Change] = [Remember(subject, reason, user.object_id or None, missing=counted)] if counted else []
        return changes, [Problem(subject, self._issue(missing))]

    @property
    def _missing(self) -> Missing | None:
        """The count with this read, if it counts."""
        return counted(self.user, self.lifecycle, self.now) if self.request.counts else self.user.missing

    def _issue(self, missing: Missing | None) -> Issue:
        lifecycle = self.lifecycle
        if missing is None:
            found = "in no complete read yet"
            until = "plan for everybody with a complete read to count it"
        else:
            found = f"in {missing.reads:,} of {count_text(lifecycle.missing_reads, 'complete read')}"
            found += f", since {missing.since:%Y-%m-%d %H:%M %Z}"
            left = lifecycle.missing_reads - missing.reads
            reads = f"{count_text(left, 'more complete read')}" if left > 0 else "the next plan"
            since = f"{waits_until(missing, lifecycle):%Y-%m-%d %H:%M %Z}"
            until = f"the person leaves with {reads}, from {since} on; nothing happens to who is back by then"
        return Issue(
            ProblemCode.MISSING.value,
            f"missing from the source {found}: nothing is taken yet",
            until[0].upper() + until[1:],
            severity="warning",
        )


def seen_again(stopped: Iterable[Problem], app_users: AppUsers, request: PlanRequest) -> list[Change]:
    """That people are at the source again who can't be provisioned; of everybody else their changes tell it.

    Args:
        stopped: why people can't be provisioned.
        app_users: the memory.
        request: whom the plan is about.

    """
    subjects = {each.subject.person_id: each.subject for each in stopped if request.is_about(each.subject.person_id)}
    return [change for key, subject in subjects.items() for change in remembered_as_seen(subject, app_users.get(key))]


def remembered_as_seen(subject: Subject, known: AppUser | None, excluded_by: str = "") -> list[Change]:
    """That a person is at the source, where the memory says otherwise, and which condition excludes them.

    Args:
        subject: the person.
        known: what is remembered of the person.
        excluded_by: the condition that excludes the person by now; empty for none.

    """
    if known is None or (known.missing is None and known.excluded_by == excluded_by):
        return []
    reason, changed = "at the source again", None
    if known.excluded_by != excluded_by:
        reason, changed = "excluded by a condition" if excluded_by else "excluded no longer", excluded_by
    seen = known.missing is not None
    return [Remember(subject, reason, known.object_id or None, excluded_by=changed, seen=seen)]
