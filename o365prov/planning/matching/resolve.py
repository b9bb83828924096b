"""The account of each person, or the problem that stops the person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve

from o365prov.errors import Issue
from o365prov.people import AppUser, AppUsers
from o365prov.planning.matching.collisions import collisions
from o365prov.planning.matching.match import Ambiguous, Blocked, ByAnchor, ByUsername, Deleted, Known, Unmatched, match
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import UpdateUser
from o365prov.planning.model.matched_user import MatchedUser
from o365prov.planning.model.options import PlanOptions
from o365prov.planning.model.problems import Problem
from o365prov.planning.model.snapshot import TenantSnapshot
from o365prov.planning.rules.profile import profile_change
from o365prov.provisioning import DesiredUser, LicenseOnly, ProvisioningType


def match_users(
    people: Sequence[DesiredUser], rules: PlanOptions, snapshot: TenantSnapshot, app_users: AppUsers
) -> Iterator[MatchedUser | Problem]:
    """Match each person with an account, and find the problems.

    People who have a username or source anchor in common are stopped, and so are people whose username or required
    attributes can't be computed.
    """
    results = list(_accounts(people, rules, snapshot, app_users))
    matches = Counter(each.account.id for each in results if isinstance(each, MatchedUser) and each.account)
    for each in results:
        if isinstance(each, MatchedUser) and each.account and matches[each.account.id] > 1:
            yield Problem(each.subject, _shared(each.account.username))
        else:
            yield each


def _accounts(
    people: Sequence[DesiredUser], rules: PlanOptions, snapshot: TenantSnapshot, app_users: AppUsers
) -> Iterator[MatchedUser | Problem]:
    clashes = collisions(people, app_users)
    names = {each.person_id: each.assignment.person.name for each in people}
    owners = {user.object_id: names.get(user.person_id, user.username) for user in app_users}
    for desired in people:
        app_user = app_users.get(desired.person_id)
        subject = _subject(desired, app_user)
        for issue in desired.issues:
            yield Problem(subject, issue)
        clash = clashes.get(desired.person_id)
        if clash:
            yield Problem(subject, clash)
        elif not desired.issues or not desired.blocked:
            yield from _account(desired, subject, app_user, rules, snapshot, owners)


def _subject(desired: DesiredUser, app_user: AppUser | None) -> Subject:
    username = desired.username or (app_user.username if app_user else "")
    return Subject(desired.person_id, desired.assignment.person.name, username)


def _account(
    desired: DesiredUser,
    subject: Subject,
    app_user: AppUser | None,
    rules: PlanOptions,
    snapshot: TenantSnapshot,
    owners: Mapping[str, str],
) -> Iterator[MatchedUser | Problem]:
    provisioning = rules.provisioning
    beside = provisioning.beside_entra_connect
    match match(desired, app_user, snapshot, owners, beside_entra_connect=beside):
        case Known(account):
            matched = MatchedUser(desired, subject, account, app_user, "linked before")
        case ByUsername(account):
            matched = MatchedUser(desired, subject, account, None, "an account has this username already")
        case ByAnchor(account):
            matched = MatchedUser(desired, subject, account, None, "an account has this source anchor already")
        case Deleted(account):
            if not rules.restore_deleted_users or not provisioning.create_users:
                yield Problem(subject, _deleted(account.username))
                return
            if account.username.lower() in snapshot.by_username:
                yield Problem(subject, _username_taken(account.username))
                return
            known = app_user if app_user and app_user.object_id == account.id else None
            matched = MatchedUser(desired, subject, account, known, "a deleted account is this person's", deleted=True)
        case Unmatched(reason) if provisioning.create_users:
            if not rules.gives_passwords and not snapshot.is_federated(subject.username):
                yield Problem(subject, _no_password(subject.username))
                return
            matched = MatchedUser(desired, subject, None, None, reason)
        case Unmatched():
            yield Problem(subject, _no_account(provisioning))
            return
        case Blocked(issue) | Ambiguous(issue):
            yield Problem(subject, issue)
            return
    if matched.account and not provisioning.renames:
        held = matched.account.username
        if held.lower() != subject.username.lower():
            yield Problem(subject, _not_renamed(provisioning, held))
            matched = evolve(matched, subject=evolve(subject, username=held))
    taken = snapshot.by_username.get(matched.subject.username.lower())
    if matched.account and taken and taken.id != matched.account.id and _is_renamed(matched, rules):
        yield Problem(subject, _taken(matched.account.username, taken.username))
        return
    yield matched


def _is_renamed(matched: MatchedUser, rules: PlanOptions) -> bool:
    """Whether this plan writes the username: an edit in Office 365 stays until something changes at the source."""
    change, _ = profile_change(matched, rules.provisioning, rules.scope)
    return isinstance(change, UpdateUser) and any(each.name == "userPrincipalName" for each in change.properties)


def _shared(username: str) -> Issue:
    return Issue(
        "ambiguous_account",
        f"the account {username} also matches another person, by its username, its source anchor or an earlier link",
        "Correct the onPremisesImmutableId of the account, or give one of them another username",
    )


def _username_taken(username: str) -> Issue:
    return Issue(
        "username_taken",
        f"has a deleted account, whose username {username} another account has now",
        "Rename or delete that account in Entra; the next plan restores the deleted one",
        place="userName",
    )


def _no_account(provisioning: ProvisioningType) -> Issue:
    if isinstance(provisioning, LicenseOnly):
        why = f"{provisioning.label} does not create accounts"
        remedy = "Create the account in Entra, or choose another type"
    else:
        why, remedy = "Create Users is off", "Turn on Create Users, or create the account in Entra"
    return Issue("create_users_is_off", f"has no Office 365 account, and {why}", remedy)


def _deleted(username: str) -> Issue:
    return Issue(
        "deleted_account",
        f"has a deleted account ({username}), which has the source anchor for 30 days",
        "Restore it (restore_deleted_users=True), or delete it permanently in Entra",
    )


def _no_password(username: str) -> Issue:
    return Issue(
        "no_initial_password",
        f"{username.rpartition('@')[2]} is a managed domain, where a new account needs an initial password",
        "Set gives_passwords=True and pass passwords= to apply, or federate the domain",
    )


def _taken(held: str, username: str) -> Issue:
    return Issue(
        "username_taken",
        f"the account {held} would be renamed to {username}, which is the username of another account",
        "Rename or delete that account in Entra, or give the person another username",
        place="userName",
    )


def _not_renamed(provisioning: ProvisioningType, username: str) -> Issue:
    return Issue(
        "username_not_changed",
        f"the account keeps its username {username}: {provisioning.label} does not rename",
        "Rename it in Entra, or choose User Sync or Universal Sync",
        place="userName",
        severity="warning",
    )
