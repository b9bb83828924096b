"""The lists of an Okta organisation as values: people, their accounts, groups, and to whom an app is assigned.

Sources: Okta developer pages, "Users API", "Groups API", "Application Users API", "Application Groups API".
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from datetime import UTC, datetime

from attrs import evolve

from o365prov.errors import SourceError
from o365prov.people import DirectoryAccount, Group, GroupAssignment, Person
from o365prov.sources.okta.okta_connection import OktaConnection
from o365prov.sources.okta.okta_records import (
    AppUserRecord,
    UniqueValues,
    read_app_user,
    read_directory_account,
    read_group,
    read_group_assignment,
    read_person,
)
from o365prov.structuring import IssueList, JsonObject

OKTA_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_USER = re.compile(r"/users/([A-Za-z0-9_-]{1,100})\Z")
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


def _quoted(text: str) -> str:
    """The string as a value in a query."""
    plain = (chr(octet) if chr(octet).isalnum() and octet < 128 else f"%{octet:02X}" for octet in text.encode())
    return "".join(plain)


class OktaLists:
    """What one connection reads about one app.

    Args:
        connection: the connection.
        app: the id of the app.
        issues: where it is noted what is wrong with records.

    """

    def __init__(self, connection: OktaConnection, app: str, issues: IssueList) -> None:
        self._connection = connection
        self._app = f"/api/v1/apps/{app}"
        self.issues = issues

    def people_records(self, since: datetime | None = None) -> AsyncIterator[JsonObject]:
        """Everybody, or who changed since an instant; without a filter Okta leaves out who is deprovisioned."""
        instant = (since or _ALWAYS).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        path = f"/api/v1/users?limit=200&filter=lastUpdated%20ge%20%22{instant}%22"
        return self._connection.records(path, self.issues)

    async def people(self, since: datetime | None = None) -> AsyncIterator[Person]:
        """The same as values."""
        async for record in self.people_records(since):
            if (person := read_person(record, UniqueValues())) is not None and self.is_id(record):
                yield person

    async def person(self, person_id: str) -> Person | None:
        """One person; None if Okta has none of this id."""
        record = await self._connection.record(f"/api/v1/users/{person_id}", self.issues)
        return None if record is None else read_person(record, UniqueValues())

    async def accounts(self) -> Mapping[str, list[DirectoryAccount]]:
        """The accounts in every Active Directory, by person id."""
        found: dict[str, list[DirectoryAccount]] = {}
        guids = UniqueValues()
        for directory in await self.directories():
            ids = UniqueValues()
            async for record in self._connection.records(f"{directory}/users?limit=500", self.issues):
                if account := read_directory_account(record, ids, guids):
                    found.setdefault(account[0], []).append(account[1])
        return found

    async def accounts_of(self, person_id: str) -> list[DirectoryAccount]:
        """The accounts of one person."""
        found = []
        for directory in await self.directories():
            record = await self._connection.record(f"{directory}/users/{person_id}", self.issues)
            if record is not None and (account := read_directory_account(record, UniqueValues(), UniqueValues())):
                found.append(account[1])
        return found

    async def manager_of(self, person: Person) -> Person | None:
        """The person whose account has the user principal name of this one's manager; None if it is not found."""
        names = {each.attributes.get("managerUpn") for each in person.directory_accounts}
        for directory in await self.directories():
            for name in (each for each in names if isinstance(each, str) and each):
                path = f"{directory}/users?limit=500&q={_quoted(name)}"
                async for record in self._connection.records(path, self.issues):
                    account = read_directory_account(record, UniqueValues(), UniqueValues())
                    if account and str(account[1].attributes.get("userName")).lower() == name.lower():
                        manager = await self.person(account[0])
                        return manager and evolve(manager, directory_accounts=[account[1]])
        return None

    async def directories(self) -> list[str]:
        """The paths of the Active Directory apps that are active."""
        path = "/api/v1/apps?limit=200&filter=name%20eq%20%22active_directory%22"
        apps = [record async for record in self._connection.records(path, self.issues)]
        return [
            f"/api/v1/apps/{app.string('id')}"
            for app in apps
            if app.optional_string("status") != "INACTIVE" and self.is_id(app)
        ]

    async def group_assignments(self) -> list[GroupAssignment]:
        """To which groups the app is assigned."""
        ids, priorities = UniqueValues(), UniqueValues()
        records = self._connection.records(f"{self._app}/groups?limit=200", self.issues)
        return [group async for record in records if (group := read_group_assignment(record, ids, priorities))]

    async def app_users(self) -> list[AppUserRecord]:
        """Who has the app."""
        ids = UniqueValues()
        records = self._connection.records(f"{self._app}/users?limit=500", self.issues)
        return [user async for record in records if (user := read_app_user(record, ids))]

    async def app_user(self, person_id: str) -> AppUserRecord | None:
        """How one person has the app; None if they do not."""
        record = await self._connection.record(f"{self._app}/users/{person_id}", self.issues)
        return None if record is None else read_app_user(record, UniqueValues())

    async def groups(
        self, known: Mapping[str, Group], stamps: Mapping[str, str], since: datetime | None
    ) -> tuple[dict[str, Group], dict[str, str]]:
        """The groups with their members, and when each group's members last changed.

        Args:
            known: the groups of an earlier read.
            stamps: when their members had last changed then; the members of others are read.
            since: of groups whose members changed at this instant or later they are read too, whatever is known.

        """
        groups: dict[str, Group] = {}
        now: dict[str, str] = {}
        async for record in self._connection.records("/api/v1/groups?limit=200", self.issues):
            group = read_group(record, UniqueValues())
            stamp, changed = record.optional_string("lastMembershipUpdated"), record.instant("lastMembershipUpdated")
            if group is None or not self.is_id(record):
                continue
            before = known.get(group.id)
            is_as_before = stamp is not None and stamp == stamps.get(group.id) and changed and since and changed < since
            members = before.members if before and is_as_before else await self._members(group.id)
            if members is not None:
                groups[group.id] = evolve(group, members=members)
                now[group.id] = stamp or ""
        return groups, now

    async def groups_of(self, person_id: str) -> list[Group]:
        """The groups of one person, who is the only member that is known of them."""
        path, ids = f"/api/v1/users/{person_id}/groups", UniqueValues()
        records = self._connection.records(path, self.issues)
        return [evolve(group, members=[person_id]) async for each in records if (group := read_group(each, ids))]

    async def mapping(self) -> Mapping[str, object]:
        """The document of the mapping from Okta's users to the app's."""
        path = f"/api/v1/mappings?limit=200&targetId={self._app.rpartition('/')[2]}"
        records = [record async for record in self._connection.records(path, self.issues)]
        own = [each for each in records if each.optional_child("source").optional_string("type") == "user"]
        if len(own) != 1 or not self.is_id(own[0]):
            what, remedy = "has no mapping from Okta's users", "check the id of the app"
            if own:
                what, remedy = what.replace("no mapping", f"{len(own)} mappings"), "export the one of your user type"
            self.issues.note(self._app, what, remedy, code="not_found")
        self.issues.raise_if_any()
        found = await self._connection.record(f"/api/v1/mappings/{own[0].string('id')}", self.issues)
        return {} if found is None else {key: each for key, each in found.values.items() if not key.startswith("_")}

    async def app_settings(self) -> Mapping[str, object]:
        """The app's own settings, such as its domains."""
        app = await self._app_record()
        return app.optional_child("settings").optional_child("app").values

    async def organization(self) -> Mapping[str, str | None]:
        """The organisation's name and subdomain, as expressions call them."""
        record = await self._connection.record("/api/v1/org", self.issues)
        if record is None:
            return {}
        return {"name": record.optional_string("companyName"), "subDomain": record.optional_string("subdomain")}

    async def linked(self, person_id: str, names: Iterable[str]) -> Mapping[str, str]:
        """The ids of the people whom Okta links to a person, by these primary names."""
        found = {}
        for name in names:
            path = f"/api/v1/users/{person_id}/linkedObjects/{name}"
            async for record in self._connection.records(path, self.issues):
                link = record.child("_links").child("self").string("href")
                if (match := _USER.search(link)) is not None:
                    found[name] = match[1]
                elif link:
                    record.note("_links", "does not lead to a user", code="wrong_value")
        return found

    async def username_template(self) -> Mapping[str, object]:
        """The template of the app's usernames."""
        app = await self._app_record()
        template = app.child("credentials").child("userNameTemplate").values
        self.issues.raise_if_any()
        return template

    async def _app_record(self) -> JsonObject:
        app = await self._connection.record(self._app, self.issues)
        if app is None:
            self.issues.note(self._app, "is not an app", "check the id of the app", code="not_found")
            raise SourceError(*self.issues.issues)
        return app

    async def _members(self, group_id: str) -> frozenset[str] | None:
        """The ids of a group's people; None if the group was deleted meanwhile."""
        members: list[str] = []

        async def read() -> None:
            records = self._connection.records(f"/api/v1/groups/{group_id}/users?limit=200", self.issues)
            members.extend([record.string("id") async for record in records])

        return frozenset(members) if await self.is_there(read()) else None

    async def is_there(self, reading: Awaitable[None]) -> bool:
        """Read something, and say whether it is there: it may have been deleted meanwhile."""
        try:
            await reading
        except SourceError as error:
            if [issue.code for issue in error.issues] == ["not_found"]:
                return False
            raise
        return True

    def is_id(self, record: JsonObject) -> bool:
        """Whether the id can be asked for; what is not one of Okta's is noted."""
        if OKTA_ID.fullmatch(record.string("id")):
            return True
        record.note("id", "is not one of Okta's ids", code="wrong_value")
        return False
