"""The files of an export of Okta's API: their names, and what each of them lists."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from o365prov.errors import Issue
from o365prov.people import Group
from o365prov.sources.okta.okta_records import UniqueValues, read_group
from o365prov.structuring import IssueList, JsonObject, StrPath, read_object, read_objects

USERS = "okta-users.json"
AD_APP_USERS = "okta-ad-app-users.json"
GROUPS = "okta-groups.json"
GROUP_MEMBERS = "okta-group-members"
ASSIGNMENTS = "okta-office365-assignments.json"
APP_GROUPS = "okta-office365-groups.json"
APP_USERS = "okta-office365-users.json"


def app_issues(root: Path) -> tuple[IssueList, IssueList]:
    """Where it is noted what is wrong with the app's groups, and with its users: one list if both are in one file."""
    if _in_one(root):
        both = IssueList(str(root / ASSIGNMENTS))
        return both, both
    return IssueList(str(root / APP_GROUPS)), IssueList(str(root / APP_USERS))


def app_records(
    root: Path, in_groups: IssueList, in_users: IssueList
) -> tuple[Iterator[JsonObject], Iterator[JsonObject]]:
    """The records of the app's groups, and those of its users: from the file with both, or from Okta's two lists."""
    if _in_one(root):
        return records_of_both(root / ASSIGNMENTS, in_users)
    return read_objects(root / APP_GROUPS, in_groups), read_objects(root / APP_USERS, in_users)


def records_of_both(path: StrPath, issues: IssueList) -> tuple[Iterator[JsonObject], Iterator[JsonObject]]:
    """The records of groups and those of users in the file that has both."""
    document = read_object(path, issues)
    if not issues.count and not {"groups", "users"} & set(document.values):
        remedy = "is this the list of an app's assignments?"
        issues.note("$", "has neither groups nor users", remedy, code="wrong_value")
    return document.children("groups"), document.children("users")


def _in_one(root: Path) -> bool:
    return is_there(root / ASSIGNMENTS) or not is_there(root / APP_USERS)


def groups_with_members(
    path: StrPath, folder: StrPath | None, faults: list[Issue]
) -> Iterator[tuple[Group, Iterable[str]]]:
    """The groups of a file, each with the ids of its members, which have to be taken before the next group.

    Args:
        path: the file.
        folder: where the members of groups are that have none in the file.
        faults: where everything that is wrong is added at the end.

    """
    issues = IssueList(str(path))
    elsewhere: list[Issue] = []
    ids = UniqueValues()
    for record in read_objects(path, issues):
        group = read_group(record, ids)
        group_id = record.optional_string("id") or ""
        if record.values.get("members") is not None:
            if group:
                yield group, group.members
        elif answer := _members_file(folder, group_id):
            members = _member_ids(answer, elsewhere)
            if group:
                yield group, members
            deque(members, 0)
        else:
            remedy = (
                f"add the ids of the group's people, or save Okta's list of them as {GROUP_MEMBERS}/{{the id}}.json"
            )
            record.note("members", "is missing", remedy, code="missing")
    faults += [*issues.issues, *elsewhere]


def _member_ids(path: Path, faults: list[Issue]) -> Iterator[str]:
    """The ids of the users in a list of them."""
    issues = IssueList(str(path))
    for record in read_objects(path, issues):
        yield record.string("id")
    faults += issues.issues


def _members_file(folder: StrPath | None, group_id: str) -> Path | None:
    """Where the members of a group are, if the folder has them; an id that is not the name of a file has none there."""
    if folder is None or not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", group_id):
        return None
    path = Path(folder, f"{group_id}.json")
    return path if is_there(path) else None


def is_there(path: Path) -> bool:
    """Whether the file exists; what can't be asked for, such as a name of 10,000 characters, does not."""
    try:
        return path.exists()
    except OSError:
        return False
