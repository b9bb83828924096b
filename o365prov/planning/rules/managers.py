"""Managers, which are set once both accounts exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from sys import intern

from attrs import frozen

from o365prov._fields import unchecked
from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers, Assignment, Person, comparable_name
from o365prov.planning.fingerprints import reference_digest
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import RemoveManager, SetManager
from o365prov.planning.model.options import PlanRequest
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.planning.transitions.matched_user import MatchedUser
from o365prov.provisioning import DesiredUser

_setting = unchecked(SetManager)  # in a first load one is made for nearly everybody, of values that are right


@frozen
class ManagerAccount:
    """A person who can be a manager; *object_id* is None if the plan creates the account."""

    subject: Subject
    object_id: str | None


@frozen
class Managers:
    """The people who can be managers, by distinguished name and username, and by object id.

    Args:
        people: the people, by these names as :func:`~o365prov.people.comparable_name` gives them.
        snapshot: what the tenant holds.
        stopped: the names of assigned people who have problems of their own, by the same names.

    """

    people: Mapping[str, ManagerAccount]
    snapshot: TenantSnapshot
    stopped: Mapping[str, str]

    def find(self, reference: str) -> ManagerAccount | None:
        """The manager with this distinguished name, user principal name or object id.

        Source: Okta, "Supported user attributes": with User and Universal Sync a manager is given by managerDn, with
        Profile Sync by user principal name or object id.
        """
        if found := self.people.get(comparable_name(reference)):
            return found
        account = self.snapshot.by_username.get(reference.lower()) or self.snapshot.by_id.get(reference)
        if account is None:
            return None
        name = str(account.properties.get("displayName") or account.username)
        return ManagerAccount(Subject("", name, account.username), account.id)


def find_managers(
    people: Iterable[DesiredUser],
    matched: Iterable[MatchedUser],
    on_hold: Iterable[Assignment],
    unchanged: Mapping[str, ManagerAccount],
    app_users: AppUsers,
    snapshot: TenantSnapshot,
    request: PlanRequest,
) -> Managers:
    """The people who can be managers, and who is stopped.

    Args:
        people: everybody who is provisioned.
        matched: those of them whose accounts were found; unless another plan is to create the account, they can be, as
            far as somebody names them.
        on_hold: people whom their status holds: those with an account can be, as far as somebody names them.
        unchanged: others of whom it is known already, by these names.
        app_users: the memory.
        snapshot: what the tenant holds.
        request: whom the plan is about.

    """
    managers = dict(unchanged)
    references = {each.desired.manager for each in matched}
    named = {comparable_name(each) for each in references if isinstance(each, str)}
    for assignment in on_hold:
        known = app_users.get(assignment.person.id)
        names = named.intersection(_manager_names(assignment.person, known.username)) if known else ()
        if known and names and known.object_id in snapshot.by_id:
            subject = Subject(known.person_id, assignment.person.name, known.username)
            managers.update(dict.fromkeys(names, ManagerAccount(subject, known.object_id)))
    for each in matched:
        names = named.intersection(_manager_names(each.desired.assignment.person, each.subject.username))
        if names and (each.object_id is not None or request.is_about(each.subject.person_id)):
            managers.update(dict.fromkeys(names, ManagerAccount(each.subject, each.object_id)))
    accounts = {each.desired.person_id for each in matched}
    stopped = {
        name: desired.assignment.person.name
        for desired in people
        if desired.person_id not in accounts
        for name in _manager_names(desired.assignment.person, desired.username)
    }
    return Managers(managers, snapshot, stopped)


def _manager_names(person: Person, username: str | None) -> list[str]:
    """How others name a person as their manager."""
    names = (*(account.distinguished_name for account in person.directory_accounts), username)
    return [comparable_name(name) for name in names if name]


def manager_change(
    matched: MatchedUser, managers: Managers, *, again: bool
) -> tuple[SetManager | RemoveManager | None, Issue | None]:
    """The change of a person's manager, or why it can't be set.

    Args:
        matched: the person with the account.
        managers: the people who can be managers.
        again: compare with the tenant also where the source names the same manager as at the last success.

    """
    known, account = matched.known, matched.account
    reference = matched.desired.manager_on_update if account else matched.desired.manager
    if isinstance(reference, str):
        if known and not again and known.manager_reference == reference_digest(reference):
            return None, None
        manager = managers.find(reference)
        if manager is None:
            stopped = managers.stopped.get(comparable_name(reference))
            return None, _manager_stopped(stopped) if stopped else _manager_unknown(reference)
        if manager.subject.person_id == matched.subject.person_id or (
            manager.object_id is not None and manager.object_id == matched.object_id
        ):
            return None, _OWN_MANAGER
        holds = {known.manager_id if known and not again else None, account.manager_id if account else None}
        if manager.object_id is not None and manager.object_id in holds and not _is_in_doubt(known):
            return None, None
        reason = intern(f"{manager.subject.name} is the manager at the source")
        change = _setting(
            matched.subject,
            reason,
            matched.object_id,
            manager.subject,
            manager.object_id,
            reference_digest(reference),
        )
        return change, None
    if reference is None and account and account.manager_id and (known is None or known.manager_id):
        return RemoveManager(matched.subject, "the person has no manager at the source", account.id), None
    return None, None


def _is_in_doubt(known: AppUser | None) -> bool:
    """Whether nobody knows if the manager that is remembered was set: it is set again, and remembered with its name."""
    return known is not None and known.unfinished and known.manager_id is not None and not known.manager_reference


_OWN_MANAGER = Issue(
    "own_manager",
    "the person is their own manager at the source, which Graph refuses",
    "Correct the manager at the source",
    place="manager",
    severity="warning",
)


def _manager_stopped(name: str) -> Issue:
    return Issue(
        "manager_stopped",
        f"the manager {name} is assigned, and has a problem of their own",
        "Correct that problem; the next plan sets the manager",
        place="manager",
        severity="warning",
    )


def _manager_unknown(reference: str) -> Issue:
    return Issue(
        "manager_not_provisioned",
        f"the manager {reference} has no Office 365 account",
        "Assign Office 365 to the manager; the next plan sets it",
        place="manager",
        severity="warning",
    )
