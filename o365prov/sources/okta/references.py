"""Whether the files of one export belong together: every id that one names is in the file that should have it.

A list that ends after its first page must not look like people who left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from o365prov.errors import Issue
from o365prov.people import Group, GroupAssignment, Person, UserStatus
from o365prov.sources.okta.export_files import AD_APP_USERS, GROUPS, USERS, app_issues
from o365prov.structuring import IssueList


class References:
    """What the files of a folder name, and do not have.

    Args:
        root: the folder.

    """

    def __init__(self, root: Path) -> None:
        self._in_users, self._in_accounts, self._in_groups = (
            IssueList(str(root / name)) for name in (USERS, AD_APP_USERS, GROUPS)
        )
        self._in_app_groups, self._in_app_users = app_issues(root)

    def check_groups(self, group_ids: Collection[str], assigned: Iterable[GroupAssignment]) -> None:
        """Note the groups that the app is assigned to and that are not there."""
        for assignment in assigned:
            if assignment.group_id not in group_ids:
                place, what = f"group {assignment.group_id}", f"is not a group of {GROUPS}"
                self._in_app_groups.note(place, what, "export all pages of it", code="unknown_reference")

    def check_people(
        self,
        people: Iterable[Person],
        accounts: Collection[str],
        groups: Iterable[Group],
        individual: Iterable[str],
    ) -> None:
        """Note who is named and not there.

        Args:
            people: everybody, or those of some ids.
            accounts: the ids of the accounts in the directory, of the same people.
            groups: the groups with their members among them.
            individual: to whom of them the app is assigned.

        """
        ids = set()
        for person in people:
            ids.add(person.id)
            # A person who is deprovisioned in Okta has lost all apps, the directory's among them.
            left = person.status is UserStatus.DEPROVISIONED
            if person.source == "ACTIVE_DIRECTORY" and person.id not in accounts and not left:
                what = f"comes from Active Directory and is not in {AD_APP_USERS}"
                self._in_users.note(f"user {person.id}", what, "export all pages", code="unknown_reference")
        for person_id in accounts:
            _check(person_id, ids, f"user {person_id}", self._in_accounts)
        for group in groups:
            for member in sorted(group.members - ids):
                _check(member, ids, f"group {group.id}, member {member}", self._in_groups)
        for person_id in individual:
            _check(person_id, ids, f"user {person_id}", self._in_app_users)

    @property
    def issues(self) -> list[Issue]:
        """What was noted."""
        lists = dict.fromkeys(
            (self._in_users, self._in_accounts, self._in_groups, self._in_app_groups, self._in_app_users)
        )
        return [each for issues in lists for each in issues.issues]


def _check(person_id: str, people: Collection[str], place: str, issues: IssueList) -> None:
    if person_id not in people:
        remedy = "export all pages of both at the same time"
        issues.note(place, f"is not a user of {USERS}", remedy, code="unknown_reference")
