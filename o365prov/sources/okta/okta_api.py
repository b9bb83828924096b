"""Okta over its API: people, groups, and to whom Office 365 is assigned, all of it or what changed since the last time.

Okta says which people changed, and when the members of a group did. It does not say that a user of an app changed, so
these are read whole each time. Nor does it say who was deleted for good: who was in a group or had the app, and is
nowhere any more, is asked for.

>>> OktaApi("https://corp.okta.com", "0oa1gjh63g214q0Hq0g4", token="secret")
OktaApi('https://corp.okta.com', '0oa1gjh63g214q0Hq0g4')
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NoReturn

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_unique, typed
from o365prov.errors import ConfigurationError, Issue, SourceError, UsageError
from o365prov.people import Group, GroupAssignment, Person, UserStatus
from o365prov.profiles import ProfileMapping, UsernameFormat
from o365prov.sources.dates import AssignmentDates
from o365prov.sources.okta.okta_connection import OktaServer
from o365prov.sources.okta.okta_export import ExportWriter, emptied_folder
from o365prov.sources.okta.okta_lists import OKTA_ID, OktaLists
from o365prov.sources.okta.okta_read import OktaRead, differences
from o365prov.sources.okta.okta_records import app_assignments
from o365prov.sources.organization import OktaExport
from o365prov.structuring import IssueList, StrPath, parse_instant, shortened_path

_SCOPES = ("okta.users.read", "okta.groups.read", "okta.apps.read")
_ORG_SCOPE = "okta.orgs.read"
_MAPPING_SCOPES = ("okta.profileMappings.read",)
"""What a client asks for: no more than what it reads."""

_OVERLAP = timedelta(minutes=5)
"""How far an incremental read goes back behind the one before, because a change may be seen later than it was made."""

_MOST_LOOKED_UP = 500
"""For how many single people Okta is asked before everybody is read."""

_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?|http://(?:127\.0\.0\.1|localhost)(?::\d{1,5})?")


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return as_unique(names)


@frozen(repr=False, field_transformer=typed)
class OktaApi:
    """One Okta organisation, and its Office 365 app.

    It signs in with the API token of an administrator who may only read, or as a service app with its private key.

    Args:
        url: the organisation's address, such as ``https://corp.okta.com``; ``http://`` is for this computer alone.
        app: the id of the Office 365 app, as the address of its page in Okta's administration has it.
        token: an API token; it is never shown.
        client_id: the id of a service app, in place of a token.
        private_key: the service app's private key, RSA, in PEM or as a JSON Web Key; it is never shown.
        reads_org: whether expressions may ask for ``org``; a client then needs the scope ``okta.orgs.read``.
        linked_objects: the primary names that expressions ask for with ``user.getLinkedObject``: one request for each
            of them and each assigned person.
        dates: which attributes say from when to when people are assigned; None if none does.
        timeout: how many seconds an answer may take (1 to 3,600).

    Raises:
        ConfigurationError: the address is not that of an organisation, the id is not an app's, or it is not exactly one
            of token and private key that is given.

    """

    url: str
    app: str
    token: str | None = field(default=None, kw_only=True)
    client_id: str | None = field(default=None, kw_only=True)
    private_key: str | None = field(default=None, kw_only=True)
    reads_org: bool = field(default=False, kw_only=True)
    linked_objects: tuple[str, ...] = field(default=(), converter=_names, kw_only=True)
    dates: AssignmentDates | None = field(default=None, kw_only=True)
    timeout: int = field(default=30, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if not _URL.fullmatch(self.url):
            raise ConfigurationError("OktaApi.url should be such as https://corp.okta.com")
        if not OKTA_ID.fullmatch(self.app):
            raise ConfigurationError("OktaApi.app should be the id of the Office 365 app, such as 0oa1gjh63g214q0Hq0g4")
        as_client = bool(self.client_id and self.private_key)
        if bool(self.token) == as_client or bool(self.client_id) != bool(self.private_key):
            raise ConfigurationError("OktaApi needs a token, or a client_id and its private_key, and not both")
        if self.token and not re.fullmatch(r"[!-~]{1,1000}", self.token):
            raise ConfigurationError("OktaApi.token has characters that no API token has: copy it again")
        if not all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", name) for name in self.linked_objects):
            raise ConfigurationError("OktaApi.linked_objects should be primary names, such as manager")
        if not 1 <= self.timeout <= 3_600:
            raise ConfigurationError("OktaApi.timeout should be a whole number of seconds from 1 to 3600")

    async def people(self) -> AsyncIterator[Person]:
        """Everybody, one after the other, so that the size of the organisation does not matter.

        Those who are deprovisioned are among them. Directory accounts are in other lists, and have to be read whole:
        see :meth:`read`.

        Raises:
            SourceError: as for :meth:`read`; what is wrong with single people once everybody was read.

        """
        async with self._server(_SCOPES).connect() as connection:
            lists = OktaLists(connection, self.app, IssueList(self.url))
            async for person in lists.people():
                yield person
            lists.issues.raise_if_any()

    async def save_export(self, folder: StrPath) -> None:
        """Save everything as the files of an export, record by record, so that the size does not matter.

        :func:`o365prov.sources.okta_json.stream_assigned` gives the people of the folder with what is assigned to them,
        as often as a :class:`~o365prov.planning.StreamingPlanner` asks for them.

        Args:
            folder: the folder, which is made if it is not there. Its files hold personal data.

        Raises:
            SourceError: as for :meth:`read`; there is more than one Active Directory, or the folder can't be written.
                What was saved is then not to be used, and is not taken for a whole export.

        """
        check_call(OktaApi.save_export, locals())
        try:
            root = emptied_folder(folder)
            async with self._server(_SCOPES).connect() as connection:
                await ExportWriter(connection, self.app, root, IssueList(self.url)).write()
        except (OSError, ValueError) as error:
            what = f"can't be written ({(isinstance(error, OSError) and error.strerror) or error})"
            issue = Issue("not_written", what, "name a folder that may be written", shortened_path(folder))
            raise SourceError(issue) from error

    async def read(self, since: OktaRead | None = None) -> OktaRead:
        """The organisation as it is now.

        Args:
            since: an earlier read: of people and of the members of groups only what changed is read. If it was of
                another organisation or app, everything is read again.

        Raises:
            SourceError: the organisation can't be reached, its certificate is not trusted, it refuses the token or
                client or a list, it limits the rate for more than five minutes, or everything that is wrong with its
                records; Okta's SDK is not installed.

        Source: Okta developer pages, "Users API" (list all users), "Groups API" (list all groups).

        """
        check_call(OktaApi.read, locals())
        earlier = since or OktaRead(OktaExport(()))
        async with self._server(_SCOPES).connect() as connection:
            lists = OktaLists(connection, self.app, IssueList(self.url))
            began = self._began(earlier.cursor)
            found = await self._read(lists, earlier, began - _OVERLAP) if began else None
            if found is None:
                found = await self._read(lists, OktaRead(OktaExport(())), None)
            lists.issues.raise_if_any()
            export, memberships = found or (OktaExport(()), {})
            cursor = f"{self._lineage}{connection.began.isoformat()}" if connection.began else ""
            return OktaRead(export, cursor, memberships, *differences(earlier.export, export))

    async def _read(
        self, lists: OktaLists, earlier: OktaRead, since: datetime | None
    ) -> tuple[OktaExport, Mapping[str, str]] | None:
        """What is there, and when memberships changed; None if too many single people would have to be asked for.

        Memberships are read last: who is in a group then, and is not assigned by it yet, will be.
        """
        before = earlier.export
        assigned = app_assignments(await lists.group_assignments(), await lists.app_users())
        changed = {person.id: person async for person in lists.people(since)}
        people = {**{person.id: person for person in before.people}, **changed}
        accounts = dict(await lists.accounts())
        groups, memberships = await lists.groups(
            {group.id: group for group in before.groups}, earlier.memberships, since
        )
        named = _named(groups.values(), assigned.individual)
        lost = _named(before.groups, before.individual) - named - changed.keys() if since else frozenset()
        unsure = ((named | accounts.keys()) - people.keys()) | lost
        if since is not None and len(unsure) > _MOST_LOOKED_UP:
            return None
        for person_id in sorted(unsure):
            person = await lists.person(person_id)
            if person is None:
                people.pop(person_id, None)
            else:
                people[person_id] = person
                accounts[person_id] = await lists.accounts_of(person_id)
        complete = [evolve(each, directory_accounts=accounts.get(each.id, ())) for each in people.values()]
        _note_missing(assigned.groups, groups, complete, lists.issues)
        export = OktaExport(
            complete,
            [evolve(each, members=each.members & people.keys()) for each in groups.values()],
            assigned.groups,
            {key: grants for key, grants in assigned.individual.items() if key in people},
            {key: username for key, username in assigned.usernames.items() if key in people},
            app_users=assigned.profiles,
            dates=self.dates,
        )
        return await self._with_related(lists, export), memberships

    async def _with_related(self, lists: OktaLists, export: OktaExport) -> OktaExport:
        """The same with what expressions ask for around people."""
        linked = None
        if self.linked_objects:
            assigned = [each.person_id for each in export.assignments]
            linked = {each: await lists.linked(each, self.linked_objects) for each in assigned}
        known = {person.id for person in export.people}
        others = sorted({each for links in (linked or {}).values() for each in links.values()} - known)
        found = [person for each in others if (person := await lists.person(each))]
        return evolve(
            export,
            people=[*export.people, *found],
            app=await lists.app_settings(),
            org=await lists.organization() if self.reads_org else None,
            linked=linked,
        )

    async def read_people(self, ids: Iterable[str]) -> OktaExport:
        """Some people as they are now, in a few requests each, for a push: ``app.plan(..., only=ids)``.

        Whom Okta does not have is not among them, and so has left. Of their groups no other members are known. Their
        managers and whom Okta links to them are there too, without an assignment, for expressions that ask for them.

        Args:
            ids: their ids in Okta.

        Raises:
            SourceError: as for :meth:`read`.
            ConfigurationError: an id is not one of Okta's.

        """
        ids = as_unique(ids)
        check_call(OktaApi.read_people, locals())
        if not all(map(OKTA_ID.fullmatch, ids)):
            raise ConfigurationError("ids should be ids of users in Okta, such as 00ub0oNGTSWTBKOLGLNR")
        people, users, managers = [], [], []
        groups: dict[str, Group] = {}
        async with self._server(_SCOPES).connect() as connection:
            lists = OktaLists(connection, self.app, IssueList(self.url))
            for person_id in ids:
                person = await lists.person(person_id)
                if person is None:
                    continue
                person = evolve(person, directory_accounts=await lists.accounts_of(person_id))
                people.append(person)
                manager = await lists.manager_of(person)
                managers += [manager] if manager else []
                user = await lists.app_user(person_id)
                users += [user] if user else []
                for group in await lists.groups_of(person_id):
                    known = groups[group.id].members if group.id in groups else frozenset()
                    groups[group.id] = evolve(group, members=group.members | known)
            assigned = app_assignments(await lists.group_assignments(), users)
            _note_missing((), groups, people, lists.issues)
            others = {each.id: each for each in managers if each.id not in ids}
            export = OktaExport(
                [*people, *others.values()],
                groups.values(),
                assigned.groups,
                assigned.individual,
                assigned.usernames,
                app_users=assigned.profiles,
                has_everybody=False,
                dates=self.dates,
            )
            export = await self._with_related(lists, export)
            lists.issues.raise_if_any()
        return export

    async def mapping(self) -> ProfileMapping:
        """How Okta maps its users to users of the Office 365 app.

        Raises:
            SourceError: as for :meth:`read`; there is no such mapping, or more than one.
            ConfigurationError: it has an expression that can't work; see :meth:`ProfileMapping.from_okta
                <o365prov.profiles.ProfileMapping.from_okta>`.

        Source: Okta developer pages, "Profile Mappings API".

        """
        async with self._server(_MAPPING_SCOPES).connect() as connection:
            document = await OktaLists(connection, self.app, IssueList(self.url)).mapping()
        return ProfileMapping.from_okta(document)

    async def username_format(self) -> UsernameFormat:
        """The application username format of the Office 365 app.

        Raises:
            SourceError: as for :meth:`read`; there is no app of this id.
            ConfigurationError: it is not one that can be computed; see :meth:`UsernameFormat.from_okta
                <o365prov.profiles.UsernameFormat.from_okta>`.

        """
        async with self._server(_SCOPES).connect() as connection:
            template = await OktaLists(connection, self.app, IssueList(self.url)).username_template()
        return UsernameFormat.from_okta(template)

    def _server(self, scopes: tuple[str, ...]) -> OktaServer:
        scopes = (*scopes, _ORG_SCOPE) if self.reads_org else scopes
        return OktaServer(self.url, self.token or None, self.client_id or None, self.private_key, scopes, self.timeout)

    @property
    def _lineage(self) -> str:
        """What a cursor begins with, so that it fits no other organisation or app."""
        return f"{self.url} {self.app} "

    def _began(self, cursor: str) -> datetime | None:
        """When an earlier read began, by Okta's clock; None if it was of another organisation or app."""
        return parse_instant(cursor.removeprefix(self._lineage)) if cursor.startswith(self._lineage) else None

    def __repr__(self) -> str:
        return f"OktaApi({self.url!r}, {self.app!r})"

    def __reduce__(self) -> NoReturn:
        raise UsageError("an OktaApi holds a secret and can't be copied or pickled: make it where it is used")


def _named(groups: Iterable[Group], individual: Iterable[str]) -> AbstractSet[str]:
    """Whom groups and individual assignments name."""
    return frozenset(individual).union(*(group.members for group in groups))


def _note_missing(
    assigned: Iterable[GroupAssignment], groups: Mapping[str, Group], people: Iterable[Person], issues: IssueList
) -> None:
    """What the token or client can't see would make leavers of people, or give them another source anchor."""
    remedy = "let the administrator or client see all groups and apps, or read again if it changed just now"
    for each in assigned:
        if each.group_id not in groups:
            what = "has the app and is not among the groups"
            issues.note(f"group {each.group_id}", what, remedy, code="unknown_reference")
    for person in people:
        left = person.status is UserStatus.DEPROVISIONED
        if person.source == "ACTIVE_DIRECTORY" and not person.directory_accounts and not left:
            what = "comes from Active Directory and has no account there"
            issues.note(f"user {person.id}", what, remedy, code="unknown_reference")
