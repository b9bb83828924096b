"""Okta's answers as the files of an export, record by record, for an organisation that does not fit into memory."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from o365prov.people import UserStatus
from o365prov.sources.okta.export_files import (
    AD_APP_USERS,
    APP_GROUPS,
    APP_USERS,
    ASSIGNMENTS,
    GROUP_MEMBERS,
    GROUPS,
    USERS,
)
from o365prov.sources.okta.okta_connection import OktaConnection
from o365prov.sources.okta.okta_lists import OktaLists
from o365prov.structuring import IssueList, JsonObject, StrPath


def emptied_folder(path: StrPath) -> Path:
    """The folder, which is made if it is not there, without the files of an earlier export that would be read."""
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (USERS, AD_APP_USERS, ASSIGNMENTS):
        (folder / name).unlink(missing_ok=True)
    return folder


class ExportWriter:
    """Writes what one connection gives of an app into the files of a folder.

    People come last, so that whoever is named before is among them. Who came from a directory meanwhile has the account
    asked for.

    Args:
        connection: the connection.
        app: the id of the app.
        folder: the folder.
        issues: where it is noted what is wrong with records.

    """

    def __init__(self, connection: OktaConnection, app: str, folder: Path, issues: IssueList) -> None:
        self._connection, self._folder, self._issues = connection, folder, issues
        self._app = f"/api/v1/apps/{app}"
        self._lists = OktaLists(connection, app, issues)

    async def write(self) -> None:
        """Write all files.

        Raises:
            SourceError: a list can't be read, or there is more than one Active Directory.

        """
        directories = await self._lists.directories()
        if len(directories) > 1:
            what = f"has {len(directories)} Active Directories, and an export has the accounts of one"
            self._issues.note("", what, "read it with OktaApi.read()", code="unsupported")
            self._issues.raise_if_any()
        await self._save(APP_GROUPS, self._records(f"{self._app}/groups?limit=200"))
        await self._save(APP_USERS, self._records(f"{self._app}/users?limit=500"))
        await self._save(GROUPS, self._groups())
        if directories:
            await self._save_people_with_accounts(directories[0])
        else:
            await self._save(USERS, self._lists.people_records())
        self._issues.raise_if_any()

    async def _groups(self) -> AsyncIterator[JsonObject]:
        """The groups whose members could be saved: one that was deleted meanwhile has none."""
        (self._folder / GROUP_MEMBERS).mkdir(exist_ok=True)
        async for group in self._records("/api/v1/groups?limit=200"):
            if not self._lists.is_id(group):
                continue
            group_id = group.string("id")
            members = self._records(f"/api/v1/groups/{group_id}/users?limit=200")
            if await self._lists.is_there(self._save(f"{GROUP_MEMBERS}/{group_id}.json", members, only_ids=True)):
                yield group

    async def _save_people_with_accounts(self, directory: str) -> None:
        known = set()
        with _list_file(self._folder / AD_APP_USERS) as accounts, _list_file(self._folder / USERS) as users:
            async for record in self._records(f"{directory}/users?limit=500"):
                known.add(record.optional_string("id"))
                accounts.add(record.values)
            async for record in self._lists.people_records():
                users.add(record.values)
                person_id = record.string("id")
                if person_id not in known and _is_from_directory(record) and self._lists.is_id(record):
                    account = await self._connection.record(f"{directory}/users/{person_id}", self._issues)
                    if account is not None:
                        accounts.add(account.values)

    def _records(self, path: str) -> AsyncIterator[JsonObject]:
        return self._connection.records(path, self._issues)

    async def _save(self, name: str, records: AsyncIterator[JsonObject], *, only_ids: bool = False) -> None:
        with _list_file(self._folder / name) as file:
            async for record in records:
                file.add({"id": record.values.get("id")} if only_ids else record.values)


def _is_from_directory(record: JsonObject) -> bool:
    provider = record.optional_child("credentials").optional_child("provider")
    left = record.optional_string("status") == UserStatus.DEPROVISIONED
    return provider.optional_string("type") == "ACTIVE_DIRECTORY" and not left


class _ListFile:
    """A list in JSON, to which elements are added."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._before = "[\n"

    def add(self, element: object) -> None:
        """Add one."""
        self._file.write(self._before + json.dumps(element))
        self._before = ",\n"

    def end(self) -> None:
        """End the list; without its end nobody takes it for a whole one."""
        self._file.write("\n]\n" if self._before == ",\n" else "[]\n")


@contextmanager
def _list_file(path: Path) -> Iterator[_ListFile]:
    path.unlink(missing_ok=True)  # its rights would stay, and the new file is for its owner alone
    with open(path, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        found = _ListFile(file)
        yield found
        found.end()
