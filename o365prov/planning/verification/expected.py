"""What a plan wants of each person's account, once all of it is done.

That is what is remembered after all changes, so no second rule says what a change means. A plan speaks of the people
whom it changes, links or remembers something of, and of those with whom something is wrong. Whom it leaves as they are
is only known from its memory, and looked at where the caller asks for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum

from attrs import frozen

from o365prov._fields import typed
from o365prov.people import AppUser, AppUserStatus, LicenseGrant, WaitingForSeat
from o365prov.planning.model.change_parts import LicenseRemoval, Subject
from o365prov.planning.model.changes import AssignLicenses, Change, CreateUser, RemoveLicenses
from o365prov.planning.model.plan import Plan
from o365prov.planning.model.problems import Problem
from o365prov.planning.next_state import NextMemory


class ExpectedState(StrEnum):
    """What a plan wants of an account.

    - ``in_use``: it is there, with the username and the licences, and the person can sign in.
    - ``blocked``: its person left or is suspended, and can't sign in.
    - ``deleted``: it is not there any more.
    - ``left_alone``: nothing: its person left while Deactivate Users was off, or the plan could not do anything.
    """

    IN_USE = "in_use"
    BLOCKED = "blocked"
    DELETED = "deleted"
    LEFT_ALONE = "left_alone"


_STATES = {
    AppUserStatus.ACTIVE: ExpectedState.IN_USE,
    AppUserStatus.ENABLING: ExpectedState.IN_USE,
    AppUserStatus.PAUSED: ExpectedState.BLOCKED,
    AppUserStatus.KEPT: ExpectedState.LEFT_ALONE,
    AppUserStatus.DEACTIVATED: ExpectedState.BLOCKED,
    AppUserStatus.DELETED: ExpectedState.DELETED,
}

_LICENSES_NOT_GIVEN = frozenset(
    {
        "unknown_license",
        "unknown_service_plan",
        "no_usage_location",
        "missing_service_plan",
        "conflicting_service_plans",
    }
)
"""Warnings that say that a licence is left out. Who waits for a seat is remembered, and needs no warning here."""


@frozen(field_transformer=typed)
class ExpectedAccount:
    """What a plan wants of one person's account.

    Args:
        subject: the person.
        state: whether the account should be in use, blocked or gone.
        object_id: the account; empty where the plan creates it.
        anchor: the source anchor that a created account has; None for none.
        licenses: the licences that it should have from us.
        waiting: the licences for which the person waits.
        removed: the licences that the plan takes away.
        left_out: why the plan does less than is wanted.
        failed: the kinds of changes that were not done when the plan was applied.

    """

    subject: Subject
    state: ExpectedState
    object_id: str = ""
    anchor: str | None = None
    licenses: tuple[LicenseGrant, ...] = ()
    waiting: tuple[WaitingForSeat, ...] = ()
    removed: tuple[LicenseRemoval, ...] = ()
    left_out: tuple[str, ...] = ()
    failed: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """By what the account is looked at: its object id, or the username of one in use; empty for nothing."""
        return self.object_id or (self.subject.username if self.state is ExpectedState.IN_USE else "")


def expected_accounts(plan: Plan, only: Collection[str] | None = None) -> tuple[ExpectedAccount, ...]:
    """What *plan* wants, in the order of the people's names.

    Args:
        plan: the plan.
        only: the ids of the people whom it is about; None for all of whom the plan speaks.

    """
    after = NextMemory.of(plan)
    changes: dict[str, list[Change]] = {}
    problems: dict[str, list[Problem]] = {}
    for change in plan:
        changes.setdefault(change.subject.person_id, []).append(change)
    for problem in plan.problems:
        problems.setdefault(problem.subject.person_id, []).append(problem)
    people = changes.keys() | problems.keys() if only is None else frozenset(only)
    found = (
        _expected(person_id, after.get(person_id), changes.get(person_id, ()), problems.get(person_id, ()))
        for person_id in people
    )
    return tuple(sorted(found, key=lambda each: (each.subject.name, each.subject.person_id)))


def _expected(
    person_id: str, known: AppUser | None, changes: Collection[Change], problems: Collection[Problem]
) -> ExpectedAccount:
    subject = _subject(person_id, known, changes or problems)
    left_out = tuple(_left_out(problems))
    if known is None:
        said = left_out or ("the plan says nothing about this person, and nothing is remembered",)
        return ExpectedAccount(subject, ExpectedState.LEFT_ALONE, left_out=said)
    return ExpectedAccount(
        subject,
        _STATES[known.status],
        known.object_id,
        known.anchor if any(isinstance(each, CreateUser) for each in changes) else None,
        known.licenses,
        known.waiting,
        tuple(_removed(changes)),
        left_out,
    )


def _subject(person_id: str, known: AppUser | None, said: Iterable[Change | Problem]) -> Subject:
    """The person under the last name that the plan gives the account: a temporary one comes before it."""
    if subjects := [each.subject for each in said]:
        return subjects[-1]
    username = known.username if known else ""
    return Subject(person_id, username or person_id, username)


def _left_out(problems: Iterable[Problem]) -> Iterator[str]:
    """Why nothing is done for the person, or why a licence is left out."""
    yield from (each.message for each in problems if each.stops or each.code in _LICENSES_NOT_GIVEN)


def _removed(changes: Iterable[Change]) -> Iterator[LicenseRemoval]:
    for change in changes:
        if isinstance(change, AssignLicenses | RemoveLicenses):
            yield from change.remove
