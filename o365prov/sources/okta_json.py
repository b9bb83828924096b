"""Exports of Okta's API: users, users of the Active Directory app, groups, and the assignments of Office 365.

There is a function for each file, and :func:`read_organization` for a folder that holds all of them. Okta answers in
pages; a file holds all of them in one list, one after another, or in a list of their own, or one object a line.

Sources: Okta developer pages, "Users API", "Application Users API", "Groups API", "Application Groups API".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from attrs import evolve

from o365prov._annotations import check_call
from o365prov._fields import frozen_mapping
from o365prov.errors import Issue, SourceError
from o365prov.people import DirectoryAccount, Group, Person, UserStatus
from o365prov.sources.okta.okta_records import (
    UniqueValues,
    app_assignments,
    read_app_user,
    read_directory_account,
    read_group,
    read_group_assignment,
    read_person,
)
from o365prov.sources.organization import AppAssignments, OktaExport
from o365prov.structuring import IssueList, StrPath, read_all, read_object, read_objects

USERS = "okta-users.json"
AD_APP_USERS = "okta-ad-app-users.json"
GROUPS = "okta-groups.json"
GROUP_MEMBERS = "okta-group-members"
ASSIGNMENTS = "okta-office365-assignments.json"


def read_users(path: StrPath) -> tuple[Person, ...]:
    """Read the people in a list of Okta users; their directory accounts are in another file.

    Args:
        path: the file.

    Raises:
        SourceError: everything that is wrong: no JSON, no list, Okta's error instead of users, a user without id,
            status or ``profile.login``, an unknown status, a wrong instant, a repeated id.

    Source: Okta developer pages, "Users API", list all users.

    """
    check_call(read_users, locals())
    return tuple(stream_users(path))


def stream_users(path: StrPath) -> Iterator[Person]:
    """Read the people in a list of Okta users one by one, so the size of the file does not matter.

    Of those who were given their ids are kept, because one must not be there twice.

    Args:
        path: the file.

    Raises:
        SourceError: everything that is wrong, once the file has been read to its end, or as far as it can be read; see
            :func:`read_users`. Who is right was given before, so a caller who needs all of them waits for the last one.

    Source: Okta developer pages, "Users API", list all users.

    """
    check_call(stream_users, locals())
    issues = IssueList(str(path))
    ids = UniqueValues()
    for record in read_objects(path, issues):
        if (person := read_person(record, ids)) is not None:
            yield person
    issues.raise_if_any()


def read_directory_accounts(path: StrPath, *, instance: str | None = None) -> Mapping[str, DirectoryAccount]:
    """Read the accounts of an Active Directory app's users.

    An account's attributes are the app user's profile and its ``externalId``: the objectGUID in base64, which mappings
    use as the source anchor. ``pwdLastSet`` of 0 or "never" is not an instant.

    Args:
        path: the file.
        instance: the name of the directory; the domain in each account's ``dn`` unless it is given.

    Returns:
        The accounts by the id of the Okta user.

    Raises:
        SourceError: everything that is wrong; also where ``externalId`` and ``profile.externalID`` disagree, and where
            two users have the same account.

    Source: Okta developer pages, "Application Users API"; Okta, "Active Directory agent base attributes".

    """
    check_call(read_directory_accounts, locals())
    issues = IssueList(str(path))
    ids, guids = UniqueValues(), UniqueValues()
    accounts = dict(
        account
        for record in read_objects(path, issues)
        if (account := read_directory_account(record, ids, guids, instance=instance))
    )
    issues.raise_if_any()
    return frozen_mapping(accounts)


def read_groups(path: StrPath, *, members: StrPath | None = None) -> tuple[Group, ...]:
    """Read the groups in a list of Okta groups with the ids of their people.

    Okta lists the members of a group in a response of its own. Their ids stand beside ``profile``, in ``members``, or
    the responses are in a folder, each in a file that has the group's id as its name (``00g1.json``).

    Args:
        path: the file.
        members: the folder with the members of those groups that have none in the file.

    Raises:
        SourceError: everything that is wrong, also where the members of a group are in neither place.

    Source: Okta developer pages, "Groups API", list all groups and list all member users.

    """
    check_call(read_groups, locals())
    issues = IssueList(str(path))
    elsewhere: list[Issue] = []
    groups = []
    ids = UniqueValues()
    for record in read_objects(path, issues):
        group = read_group(record, ids)
        group_id = record.optional_string("id") or ""
        if record.values.get("members") is None and (answer := _members_file(members, group_id)):
            people: list[str] = read_all(elsewhere, partial(_member_ids, answer), [])
            groups += [evolve(group, members=people)] if group else []
        elif record.values.get("members") is None:
            record.note(
                "members",
                "is missing",
                f"add the ids of the group's people, or save Okta's list of them as {GROUP_MEMBERS}/{{the id}}.json",
                code="missing",
            )
        elif group:
            groups.append(group)
    if issues.count or elsewhere:
        raise SourceError(*issues.issues, *elsewhere)
    return tuple(groups)


def _members_file(folder: StrPath | None, group_id: str) -> Path | None:
    """Where the members of a group are, if the folder has them; an id that is not the name of a file has none there."""
    if folder is None or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", group_id):
        return None
    path = Path(folder, f"{group_id}.json")
    return path if _is_there(path) else None


def _member_ids(path: Path) -> list[str]:
    """The ids of the users in a list of them."""
    issues = IssueList(str(path))
    ids = [record.string("id") for record in read_objects(path, issues)]
    issues.raise_if_any()
    return ids


def read_assignments(path: StrPath) -> AppAssignments:
    """Read to which groups and people Office 365 is assigned, with licences and roles.

    The file is an object with ``groups`` (each with ``id``, ``priority`` and ``profile``) and ``users`` (``id``,
    ``scope``, ``profile``, ``credentials``). A licence is a part number or ``{"sku", "servicePlans"}``. Users whose
    scope is ``GROUP`` have the assignment from a group and are left out; the others keep the username that Okta has for
    them in the app, because it may have been entered by hand.

    Args:
        path: the file.

    Raises:
        SourceError: everything that is wrong.

    Source: Okta developer pages, "Application Groups API" and "Application Users API".

    """
    check_call(read_assignments, locals())
    issues = IssueList(str(path))
    group_ids, priorities, user_ids = UniqueValues(), UniqueValues(), UniqueValues()
    document = read_object(path, issues)
    if not issues.count and not {"groups", "users"} & set(document.values):
        issues.note(
            "$", "has neither groups nor users", "is this the list of an app's assignments?", code="wrong_value"
        )
    groups = [
        group
        for record in document.children("groups")
        if (group := read_group_assignment(record, group_ids, priorities))
    ]
    users = [user for record in document.children("users") if (user := read_app_user(record, user_ids))]
    issues.raise_if_any()
    return app_assignments(groups, users)


def read_organization(folder: StrPath) -> OktaExport:
    """Read people with their directory accounts, groups and assignments from the four files of a folder.

    The files are ``okta-users.json``, ``okta-ad-app-users.json`` (not needed if no one comes from Active Directory),
    ``okta-groups.json`` and ``okta-office365-assignments.json``; the members of groups may be in a folder of their own,
    ``okta-group-members``.

    Args:
        folder: the folder.

    Raises:
        SourceError: everything that is wrong with the files; if each of them can be read, every id that one file names
            and another does not have. A list that ends after its first page must not look like people who left.

    """
    check_call(read_organization, locals())
    root = Path(folder)
    issues: list[Issue] = []
    people: tuple[Person, ...] = read_all(issues, lambda: read_users(root / USERS), ())
    groups: tuple[Group, ...] = read_all(issues, lambda: read_groups(root / GROUPS, members=root / GROUP_MEMBERS), ())
    assigned = read_all(issues, lambda: read_assignments(root / ASSIGNMENTS), AppAssignments())
    accounts: Mapping[str, DirectoryAccount] = {}
    if _is_there(root / AD_APP_USERS) or any(person.source == "ACTIVE_DIRECTORY" for person in people):
        accounts = read_all(issues, lambda: read_directory_accounts(root / AD_APP_USERS), {})
    if not issues:
        issues = _unknown_ids(root, people, groups, assigned, accounts)
    if issues:
        raise SourceError(*issues)
    linked = (_linked(person, accounts) for person in people)
    return OktaExport(
        linked, groups, assigned.groups, assigned.individual, assigned.usernames, app_users=assigned.profiles
    )


def _is_there(path: Path) -> bool:
    """Whether the file exists; what can't be asked for, such as a name of 10,000 characters, does not."""
    try:
        return path.exists()
    except OSError:
        return False


def _linked(person: Person, accounts: Mapping[str, DirectoryAccount]) -> Person:
    own: list[Any] = [accounts[person.id]] if person.id in accounts else []
    return evolve(person, directory_accounts=own)


def _unknown_ids(
    root: Path,
    people: tuple[Person, ...],
    groups: tuple[Group, ...],
    assigned: AppAssignments,
    accounts: Mapping[str, DirectoryAccount],
) -> list[Issue]:
    """Every id that one file names and another file should have, but does not."""
    person_ids = {person.id for person in people}
    group_ids = {group.id for group in groups}
    in_users, in_accounts, in_groups, in_assignments = (
        IssueList(str(root / name)) for name in (USERS, AD_APP_USERS, GROUPS, ASSIGNMENTS)
    )
    missing = f"is not a user of {USERS}"
    remedy = "export all pages of both at the same time"

    for person in people:
        # A person who is deprovisioned in Okta has lost all apps, the directory's among them.
        left = person.status is UserStatus.DEPROVISIONED
        if person.source == "ACTIVE_DIRECTORY" and person.id not in accounts and not left:
            in_users.note(
                f"user {person.id}",
                f"comes from Active Directory and is not in {AD_APP_USERS}",
                "export all pages",
                code="unknown_reference",
            )
    for person_id in accounts:
        if person_id not in person_ids:
            in_accounts.note(f"user {person_id}", missing, remedy, code="unknown_reference")
    for group in groups:
        for member in sorted(group.members - person_ids):
            in_groups.note(f"group {group.id}, member {member}", missing, remedy, code="unknown_reference")
    for assignment in assigned.groups:
        if assignment.group_id not in group_ids:
            in_assignments.note(
                f"group {assignment.group_id}",
                f"is not a group of {GROUPS}",
                "export all pages of it",
                code="unknown_reference",
            )
    for person_id in assigned.individual:
        if person_id not in person_ids:
            in_assignments.note(f"user {person_id}", missing, remedy, code="unknown_reference")
    return [each for issues in (in_users, in_accounts, in_groups, in_assignments) for each in issues.issues]
