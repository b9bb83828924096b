"""The files of an Okta organisation that does not fit into memory, as people with what is assigned to them.

What the files say of one person stands in four of them. Their records are put into parts on disk by the id of their
person, and then read one part after the other, as the files of a small organisation are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any
from zlib import crc32

from attrs import evolve

from o365prov.errors import Issue, SourceError
from o365prov.people import Assignment, DirectoryAccount, Group, GroupAssignment, Person
from o365prov.sources.dates import AssignmentDates
from o365prov.sources.okta.export_files import (
    AD_APP_USERS,
    APP_USERS,
    ASSIGNMENTS,
    GROUP_MEMBERS,
    GROUPS,
    USERS,
    app_issues,
    app_records,
    groups_with_members,
    is_there,
)
from o365prov.sources.okta.okta_records import (
    UniqueValues,
    app_assignments,
    read_app_user,
    read_directory_account,
    read_group_assignment,
    read_person,
)
from o365prov.sources.okta.references import References
from o365prov.sources.organization import OktaExport
from o365prov.structuring import IssueList, JsonObject, read_objects

_PART = 2**21
"""About how many bytes of the files a part has."""

_MOST_PARTS = 150
"""As many files as a process may well have open."""


class _Parts:
    """Records on disk, those of one key in one part; the files have no name and are gone when they are closed."""

    def __init__(self, files: list[IO[bytes]]) -> None:
        self._files = files

    def put(self, key: object, *record: object) -> None:
        """Keep a record, which is JSON; one without a key is wrong, and stands in the first part."""
        number = crc32(key.encode(errors="replace")) % len(self._files) if isinstance(key, str) else 0
        self._files[number].write(json.dumps(record).encode() + b"\n")

    def __iter__(self) -> Iterator[list[Any]]:
        for file in self._files:
            file.seek(0)
            yield [json.loads(line) for line in file]


@contextmanager
def _parts(count: int) -> Iterator[_Parts]:
    from tempfile import TemporaryFile  # noqa: PLC0415 - what it imports takes time to load

    with ExitStack() as stack:
        yield _Parts([stack.enter_context(TemporaryFile()) for _ in range(count)])


class OktaStream:
    """People with what is assigned to them, of a folder of any size; what is wrong is raised after the last.

    Args:
        root: the folder.
        dates: which attributes say from when to when people are assigned.
        combine_licenses: as for :class:`~o365prov.sources.OktaExport`.
        combine_roles: as for :class:`~o365prov.sources.OktaExport`.

    """

    def __init__(
        self, root: Path, dates: AssignmentDates | None, *, combine_licenses: bool, combine_roles: bool
    ) -> None:
        self._root, self._dates = root, dates
        self._combine_licenses, self._combine_roles = combine_licenses, combine_roles
        self._in_users, self._in_accounts = (IssueList(str(root / name)) for name in (USERS, AD_APP_USERS))
        self._in_app_groups, self._in_app_users = app_issues(root)
        self._in_dates = IssueList("the dates of people")
        self._in_groups: list[Issue] = []
        self._references = References(root)

    def assignments(self) -> Iterator[Assignment]:
        """One assignment for each person to whom Office 365 is assigned.

        Raises:
            SourceError: everything that is wrong.

        """
        size = sum(_size(self._root / name) for name in (USERS, AD_APP_USERS, APP_USERS, ASSIGNMENTS))
        count = min(size // _PART + 1, _MOST_PARTS)
        with _parts(count) as parts, _parts(count // 8 + 1) as guids:
            groups, assigned = self._divide(parts)
            for records in parts:
                yield from self._of_part(_Part(records), groups, assigned, guids)
            self._check_guids(guids)
        if issues := self._found or self._references.issues:
            raise SourceError(*issues)

    def _divide(self, parts: _Parts) -> tuple[list[Group], list[GroupAssignment]]:
        """Put the records of people into parts; the groups, without their members, and those that have the app."""
        groups: list[Group] = []
        for group, members in groups_with_members(self._root / GROUPS, self._root / GROUP_MEMBERS, self._in_groups):
            for member in members:
                parts.put(member, "member", len(groups), member)
            groups.append(evolve(group, members=()))
        of_groups, of_users = app_records(self._root, self._in_app_groups, self._in_app_users)
        ids, priorities = UniqueValues(), UniqueValues()
        assigned = [each for record in of_groups if (each := read_group_assignment(record, ids, priorities))]
        _put(parts, "app user", of_users)
        _put(parts, "user", read_objects(self._root / USERS, self._in_users))
        if is_there(self._root / AD_APP_USERS):
            _put(parts, "account", read_objects(self._root / AD_APP_USERS, self._in_accounts))
        self._references.check_groups({group.id for group in groups}, assigned)
        return groups, assigned

    def _of_part(
        self, part: _Part, groups: list[Group], assigned: list[GroupAssignment], guids: _Parts
    ) -> Iterator[Assignment]:
        ids, account_ids, user_ids = UniqueValues(), UniqueValues(), UniqueValues()
        people = [each for record in part.of("user", self._in_users) if (each := read_person(record, ids))]
        accounts: dict[str, DirectoryAccount] = {}
        for record in part.of("account", self._in_accounts):
            if found := read_directory_account(record, account_ids, UniqueValues()):
                accounts[found[0]] = found[1]
                guids.put(found[1].anchor, found[1].anchor, record.path)
        users = [
            user for record in part.of("app user", self._in_app_users) if (user := read_app_user(record, user_ids))
        ]
        own = app_assignments(assigned, users)
        members = [evolve(groups[number], members=found) for number, found in part.members.items()]
        self._references.check_people(people, accounts, members, own.individual)
        if self._found:
            return  # what is given is not all; the rest is read for what is wrong with it
        export = OktaExport(
            (),
            members,
            own.groups,
            own.individual,
            own.usernames,
            combine_licenses=self._combine_licenses,
            combine_roles=self._combine_roles,
            app_users=own.profiles,
        )
        for assignment in export.assigned(linked(person, accounts.get(person.id)) for person in people):
            dated = self._dates.dated(assignment, self._in_dates) if self._dates else assignment
            if dated is not None:
                yield dated

    def _check_guids(self, parts: _Parts) -> None:
        """Note the accounts that two people have, who may stand in two parts."""
        for records in parts:
            guids = UniqueValues()
            for guid, place in sorted(records, key=lambda each: (len(each[1]), each[1])):
                guids.enter(JsonObject({}, place, self._in_accounts), "externalId", guid)

    @property
    def _found(self) -> list[Issue]:
        lists = dict.fromkeys(
            (self._in_users, self._in_app_groups, self._in_app_users, self._in_accounts, self._in_dates)
        )
        return [*self._in_groups, *(each for issues in lists for each in issues.issues)]


def _put(parts: _Parts, kind: str, records: Iterable[JsonObject]) -> None:
    for record in records:
        parts.put(record.values.get("id"), kind, record.path, record.values)


class _Part:
    """The records of one part, by their kind."""

    def __init__(self, records: Iterable[list[Any]]) -> None:
        self._records: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        members: dict[int, list[str]] = {}
        for kind, place, content in records:
            if kind == "member":
                members.setdefault(place, []).append(content)
            else:
                self._records.setdefault(kind, []).append((place, content))
        self.members = dict(sorted(members.items()))

    def of(self, kind: str, issues: IssueList) -> Iterator[JsonObject]:
        """The records of a kind, as their file has them."""
        return (JsonObject(values, place, issues) for place, values in self._records.get(kind, ()))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def linked(person: Person, account: DirectoryAccount | None) -> Person:
    """The person with the account in the directory, if there is one."""
    own: list[Any] = [account] if account else []
    return evolve(person, directory_accounts=own)
