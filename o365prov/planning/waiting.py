"""People for whom nothing happens now: they are held, start later, or nobody knows them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, Assignment
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.options import PlanRequest
from o365prov.planning.model.problems import Problem
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.situations import ProblemCode, Situation, Step, Wanted
from o365prov.planning.transitions.states import memory_of


def waiting_problem(assignment: Assignment, app_users: AppUsers, now: datetime) -> Problem:
    """The problem of a person for whom nothing happens now, as the transition table says."""
    person = assignment.person
    known: AppUser | None = app_users.get(person.id)
    subject = Subject(person.id, person.name, known.username if known else "")
    is_early = assignment.starts is not None and assignment.starts > now
    row = transition(Situation(Wanted.STARTS_LATER if is_early else Wanted.HELD, memory_of(known)))
    return Problem(subject, _WAITING[row.problem](assignment))


def never_seen(request: PlanRequest, assigned: Collection[str], app_users: AppUsers) -> list[Problem]:
    """Of whom the caller asks by name, and nothing is known: neither an assignment nor an account."""
    names = [each for each in request.only or () if each not in assigned and app_users.get(each) is None]
    row = transition(Situation(Wanted.LEFT, memory_of(None)))
    if row.step is not Step.NOTHING:
        raise ValueError(f"nothing is known for the step {row.step.value!r}: {row.words}")
    return [Problem(Subject(each, each, ""), _UNKNOWN[row.problem]) for each in names]


def _starts_later(assignment: Assignment) -> Issue:
    return Issue(
        "starts_later",
        f"the assignment starts on {assignment.starts:%Y-%m-%d %H:%M %Z}, so nothing is done before",
        "Plan again then",
    )


def _on_hold(assignment: Assignment) -> Issue:
    status = assignment.person.status.value
    return Issue(
        f"held_{status.lower()}",
        f"{status} in Okta, so the account is left as it is",
        "Activate the person in Okta to provision them",
    )


_WAITING: Mapping[ProblemCode, Callable[[Assignment], Issue]] = {
    ProblemCode.STARTS_LATER: _starts_later,
    ProblemCode.HELD: _on_hold,
}
"""The problems of people for whom nothing happens now."""

_UNKNOWN: Mapping[ProblemCode, Issue] = {
    ProblemCode.NEVER_SEEN: Issue(
        "never_seen",
        "the plan is asked for this person, who is not assigned, or is deactivated in Okta, and had no account",
        "Nothing is to be done; if that is a surprise, check the id and that the source was read completely",
        severity="warning",
    )
}
"""What is said of people of whom nothing is known."""
