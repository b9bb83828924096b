"""Exports of Okta's API: users, users of the Active Directory app, groups, and the assignments of Office 365.

There is a function for each file, and :func:`read_organization` for a folder that holds all of them. Okta answers in
pages; a file holds all of them in one list, one after another, or in a list of their own, or one object a line.

Sources: Okta developer pages, "Users API", "Application Users API", "Groups API", "Application Groups API".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from attrs import evolve

from o365prov._annotations import check_call
from o365prov._fields import frozen_mapping
from o365prov.errors import Issue, SourceError
from o365prov.people import Assignment, DirectoryAccount, Group, Person
from o365prov.sources.dates import AssignmentDates
from o365prov.sources.okta.export_files import (
    AD_APP_USERS,
    APP_GROUPS,  # noqa: F401 - the names of all files are here
    APP_USERS,  # noqa: F401
    ASSIGNMENTS,  # noqa: F401
    GROUP_MEMBERS,
    GROUPS,
    USERS,
    app_issues,
    app_records,
    groups_with_members,
    is_there,
    records_of_both,
)
from o365prov.sources.okta.okta_records import (
    UniqueValues,
    app_assignments,
    read_app_user,
    read_directory_account,
    read_group_assignment,
    read_person,
)
from o365prov.sources.okta.okta_stream import OktaStream, linked
from o365prov.sources.okta.references import References
from o365prov.sources.organization import AppAssignments, OktaExport
from o365prov.structuring import IssueList, JsonObject, StrPath, read_all, read_objects


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
    issues: list[Issue] = []
    found = [evolve(group, members=ids) for group, ids in groups_with_members(path, members, issues)]
    if issues:
        raise SourceError(*issues)
    return tuple(found)


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
    assigned = _assignments(*records_of_both(path, issues))
    issues.raise_if_any()
    return assigned


def _assignments(of_groups: Iterable[JsonObject], of_users: Iterable[JsonObject]) -> AppAssignments:
    group_ids, priorities, user_ids = UniqueValues(), UniqueValues(), UniqueValues()
    groups = [group for record in of_groups if (group := read_group_assignment(record, group_ids, priorities))]
    return app_assignments(groups, [user for record in of_users if (user := read_app_user(record, user_ids))])


def read_organization(folder: StrPath, *, dates: AssignmentDates | None = None) -> OktaExport:
    """Read people with their directory accounts, groups and assignments from the files of a folder.

    The files are ``okta-users.json``, ``okta-ad-app-users.json`` (not needed if no one comes from Active Directory),
    ``okta-groups.json`` and ``okta-office365-assignments.json``, or in its place ``okta-office365-groups.json`` and
    ``okta-office365-users.json``, the app's groups and users as Okta lists them; the members of groups may be in a
    folder of their own, ``okta-group-members``.

    Args:
        folder: the folder.
        dates: which attributes say from when to when people are assigned; None if none does.

    Raises:
        SourceError: everything that is wrong with the files; if each of them can be read, every id that one file names
            and another does not have. A list that ends after its first page must not look like people who left.

    """
    check_call(read_organization, locals())
    root = Path(folder)
    issues: list[Issue] = []
    people: tuple[Person, ...] = read_all(issues, lambda: read_users(root / USERS), ())
    groups: tuple[Group, ...] = read_all(issues, lambda: read_groups(root / GROUPS, members=root / GROUP_MEMBERS), ())
    in_app_groups, in_app_users = app_issues(root)
    assigned = _assignments(*app_records(root, in_app_groups, in_app_users))
    issues += [each for found in dict.fromkeys((in_app_groups, in_app_users)) for each in found.issues]
    accounts: Mapping[str, DirectoryAccount] = {}
    if is_there(root / AD_APP_USERS) or any(person.source == "ACTIVE_DIRECTORY" for person in people):
        accounts = read_all(issues, lambda: read_directory_accounts(root / AD_APP_USERS), {})
    if not issues:
        references = References(root)
        references.check_people(people, accounts, groups, assigned.individual)
        references.check_groups({group.id for group in groups}, assigned.groups)
        issues = references.issues
    if issues:
        raise SourceError(*issues)
    return OktaExport(
        (linked(person, accounts.get(person.id)) for person in people),
        groups,
        assigned.groups,
        assigned.individual,
        assigned.usernames,
        app_users=assigned.profiles,
        dates=dates,
    )


def stream_assigned(
    folder: StrPath,
    *,
    dates: AssignmentDates | None = None,
    combine_licenses: bool = False,
    combine_roles: bool = False,
) -> Iterator[Assignment]:
    """Read people with what is assigned to them one by one, so the size of the organisation does not matter.

    They come from the files of :func:`read_organization`, which are put into parts on disk (temporary files that nobody
    else sees) and read one part after the other, so people come in another order. A file with both groups and users of
    the app is read whole: an organisation that does not fit into memory has the two lists in its place, and the members
    of its groups in the folder. Of groups only members of one part are known, and managers, assistants and linked
    people not at all.

    Args:
        folder: the folder.
        dates: which attributes say from when to when people are assigned; None if none does.
        combine_licenses: as for :class:`~o365prov.sources.OktaExport`.
        combine_roles: as for :class:`~o365prov.sources.OktaExport`.

    Raises:
        SourceError: as for :func:`read_organization`, after the last person: what was given before is then not all.

    """
    check_call(stream_assigned, locals())
    stream = OktaStream(Path(folder), dates, combine_licenses=combine_licenses, combine_roles=combine_roles)
    return stream.assignments()
