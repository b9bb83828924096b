"""People who are not assigned and do not leave: nobody knows them, or they are excluded."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, AppUserStatus
from o365prov.planning.lifecycle.exclusions import exclusion
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.options import PlanRequest
from o365prov.planning.model.problems import Problem
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.situations import ProblemCode, Situation, Step, Wanted
from o365prov.planning.transitions.states import memory_of
from o365prov.provisioning import Lifecycle


def never_seen(request: PlanRequest, assigned: Collection[str], app_users: AppUsers) -> list[Problem]:
    """Of whom the caller asks by name, and nothing is known: neither an assignment nor an account."""
    names = [each for each in request.only or () if each not in assigned and app_users.get(each) is None]
    row = transition(Situation(Wanted.LEFT, memory_of(None)))
    if row.step is not Step.NOTHING:
        raise ValueError(f"nothing is known for the step {row.step.value!r}: {row.words}")
    return [Problem(Subject(each, each, ""), _UNKNOWN[row.problem]) for each in names]


def out_of_scope(app_users: AppUsers, assigned: Collection[str], lifecycle: Lifecycle) -> list[AppUser]:
    """Those who are not assigned and excluded, so that they do not leave; of who was deleted nothing is left."""
    return [
        user
        for user in app_users
        if user.person_id not in assigned
        and user.status is not AppUserStatus.DELETED
        and lifecycle.still_excludes(user)
    ]


def out_of_scope_problems(people: Sequence[AppUser], lifecycle: Lifecycle, snapshot: TenantSnapshot) -> list[Problem]:
    """What is said of those who are excluded without an assignment."""
    problems = []
    for user in people:
        row = transition(Situation(Wanted.EXCLUDED, memory_of(user)))
        if row.step is not Step.NOTHING or row.problem is not ProblemCode.EXCLUDED:
            raise ValueError(f"who is excluded can't have the step {row.step.value!r}: {row.words}")
        issue = exclusion(user, lifecycle)
        account = snapshot.by_id.get(user.object_id)
        name = str((account and account.properties.get("displayName")) or user.username)
        problems += [Problem(Subject(user.person_id, name, user.username), issue)] if issue else []
    return problems


_UNKNOWN: Mapping[ProblemCode, Issue] = {
    ProblemCode.NEVER_SEEN: Issue(
        "never_seen",
        "the plan is asked for this person, who is not assigned, or is deactivated in Okta, and had no account",
        "Nothing is to be done; if that is a surprise, check the id and that the source was read completely",
        severity="warning",
    )
}
"""What is said of people of whom nothing is known."""
