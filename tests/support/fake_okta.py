"""A small Okta organisation on loopback: what is read of it, in Okta's pages, with its errors and rate limits.

Its records and parameters are those that Okta's published API has: tests/sources/test_fake_okta.py holds it to the
models and operations that Okta generates from its OpenAPI document.
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import jwt
from aiohttp import web
from aiohttp.test_utils import TestServer
from attrs import Factory, define, field

TOKEN = "00very-secret-token"
APP, DIRECTORY = "0oa1office", "0oa1directory"
NOT_FOUND = (404, {"errorCode": "E0000007", "errorSummary": "Not found: Resource not found: 00u1 (User)"})
CHANGED_SINCE = re.compile(r'lastUpdated ge "([0-9TZ:.-]{24})"')


def written(instant):
    """An instant as Okta writes it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


@define
class FakeOkta:
    """An organisation with an Office 365 app and an Active Directory.

    Args:
        page_size: how many records a page has at most, whatever is asked for.
        now: its clock, which also stamps changes.
        users: the users by id.
        groups: the groups by id.
        members: the ids of each group's members.
        app_users: the users of each app, by app id and user id.
        app_groups: the groups of the Office 365 app, by id.
        mappings: the profile mappings by id.
        linked: whom Okta links to a user, by the user's id and the primary name.
        public_keys: those of clients, by client id.
        instead: answers in place of the next ones: a status with a body, or a function of the request that gives an
            answer, or None for the ordinary one.
        asked: the paths of all requests with their queries.
        exchanged: the same with the statuses and bodies of the answers.

    """

    page_size: int = 200
    now: datetime = datetime(2026, 6, 1, 8, tzinfo=UTC)
    users: dict = Factory(dict)
    groups: dict = Factory(dict)
    members: dict = Factory(dict)
    app_users: dict = field(factory=lambda: {APP: {}, DIRECTORY: {}})
    app_groups: dict = Factory(dict)
    mappings: dict = Factory(dict)
    linked: dict = Factory(dict)
    public_keys: dict = Factory(dict)
    instead: list = Factory(list)
    asked: list = Factory(list)
    exchanged: list = Factory(list)

    def add_user(self, user_id, status="ACTIVE", **profile):
        """A user, or another state of one."""
        login = f"{user_id}@corp.example"
        names = {"login": login, "email": login, "firstName": "Ann", "lastName": "Lee"}
        provider = {"type": "OKTA", "name": "OKTA"}
        self.users[user_id] = {
            "id": user_id,
            "status": status,
            "created": "2020-01-01T00:00:00.000Z",
            "lastUpdated": written(self.now),
            "passwordChanged": "2025-02-04T22:44:22.000Z",
            "profile": {**names, **profile},
            "credentials": {"provider": provider},
            "_links": {"self": {"href": f"https://corp.okta.com/api/v1/users/{user_id}"}},
        }

    def delete_user(self, user_id):
        """Delete one for good, with everything that was theirs."""
        del self.users[user_id]
        for members in self.members.values():
            members.discard(user_id)
        for users in self.app_users.values():
            users.pop(user_id, None)

    def add_group(self, group_id, *members, **changes):
        """A group with members."""
        self.members[group_id] = set(members)
        self.groups[group_id] = {
            "id": group_id,
            "type": "OKTA_GROUP",
            "created": "2020-01-01T00:00:00.000Z",
            "lastUpdated": "2020-01-01T00:00:00.000Z",
            "lastMembershipUpdated": written(self.now),
            "objectClass": ["okta:user_group"],
            "profile": {"name": group_id.upper(), "description": None},
            **changes,
        }

    def change_members(self, group_id, *, add=(), remove=()):
        """Who is in a group changes; Okta stamps the group alone."""
        self.members[group_id] = self.members[group_id].union(add).difference(remove)
        self.groups[group_id]["lastMembershipUpdated"] = written(self.now)

    def assign_group(self, group_id, priority, *licenses):
        """Office 365 for a group."""
        profile = {"licenses": list(licenses), "roles": []}
        self.app_groups[group_id] = {
            "id": group_id,
            "priority": priority,
            "lastUpdated": written(self.now),
            "profile": profile,
        }

    def assign_user(self, user_id, *licenses, username=None, scope="USER"):
        """Office 365 for a user."""
        self._add_app_user(APP, user_id, scope, None, username, {"licenses": list(licenses), "roles": []})

    def add_account(self, user_id, external_id, **profile):
        """An account in the directory."""
        dn = f"CN={user_id},DC=corp,DC=example"
        self._add_app_user(DIRECTORY, user_id, "USER", external_id, None, {"dn": dn, **profile})

    def _add_app_user(self, app, user_id, scope, external_id, username, profile):
        self.app_users[app][user_id] = {
            "id": user_id,
            "externalId": external_id,
            "scope": scope,
            "status": "ACTIVE",
            "created": "2020-01-01T00:00:00.000Z",
            "lastUpdated": written(self.now),
            "credentials": {"userName": username or f"{user_id}@corp.example"},
            "profile": profile,
        }

    @asynccontextmanager
    async def served(self, tls=None):
        """Its address while it is served, over TLS where *tls* is a context for it."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        server = TestServer(app)
        await server.start_server(ssl=tls)
        async with server:
            yield str(server.make_url("")).rstrip("/")

    async def _answer(self, request):
        headers = {"Date": format_datetime(self.now, usegmt=True), "X-Okta-Request-Id": "req-1"}
        other = self.instead.pop(0) if self.instead else None
        found = other(request) if callable(other) else other
        if isinstance(found, web.Response):
            return found
        status, body, *more = found or await self._ordinary(request)
        self.exchanged.append((request.path_qs, status, body))
        headers.update(*more)
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    async def _ordinary(self, request):
        if request.path == "/oauth2/v1/token":
            return self._token(await request.post())
        self.asked.append(request.path_qs)
        if request.headers.get("Authorization") not in (f"SSWS {TOKEN}", f"Bearer {TOKEN}"):
            return 401, {"errorCode": "E0000011", "errorSummary": "Invalid token provided"}
        path = request.path.removeprefix("/api/v1")
        match path.strip("/").split("/"):
            case ["users" as kind, key] | ["mappings" as kind, key]:
                found = getattr(self, kind).get(key)
            case ["org"]:
                found = {"id": "00o1", "companyName": "Corp", "subdomain": "corp", "status": "ACTIVE"}
            case ["apps", app]:
                found = self._apps().get(app)
            case ["apps", app, "users", key]:
                found = self.app_users.get(app, {}).get(key)
            case _:
                found = None
        if found is not None:
            return 200, found
        records = self._list(path, request.query)
        return NOT_FOUND if records is None else self._page(request, records)

    def _apps(self):
        template = {"template": "${source.login}", "type": "BUILT_IN", "userSuffix": ""}
        office = {"id": APP, "name": "office365", "credentials": {"userNameTemplate": template}}
        office["settings"] = {"app": {"domain": "corp.example", "msftTenant": "corp"}}
        return {
            APP: {**office, "label": "Office 365", "status": "ACTIVE"},
            DIRECTORY: {"id": DIRECTORY, "name": "active_directory", "label": "corp.example", "status": "ACTIVE"},
        }

    def _list(self, path, query):
        match path.strip("/").split("/"):
            case ["users"]:
                since = CHANGED_SINCE.fullmatch(query["filter"])[1]
                return [each for each in self.users.values() if each["lastUpdated"] >= since]
            case ["groups"]:
                return list(self.groups.values())
            case ["groups", group, "users"] if group in self.groups:
                return [self.users[each] for each in sorted(self.members[group]) if each in self.users]
            case ["users", user, "groups"] if user in self.users:
                return [self.groups[each] for each in self.groups if user in self.members[each]]
            case ["users", user, "linkedObjects", name] if user in self.users:
                primary = self.linked.get((user, name))
                return [{"_links": {"self": self.users[primary]["_links"]["self"]}}] if primary else []
            case ["apps"]:
                name = re.fullmatch(r'name eq "(\w+)"', query["filter"])[1]
                return [each for each in self._apps().values() if each["name"] == name]
            case ["apps", app, "users"] if app in self.app_users:
                return list(self.app_users[app].values())
            case ["apps", app, "groups"] if app == APP:
                return list(self.app_groups.values())
            case ["mappings"]:
                found = (each for each in self.mappings.values() if each["target"]["id"] == query["targetId"])
                return [{key: each[key] for key in ("id", "source", "target")} for each in found]
        return None

    def _page(self, request, records):
        size = min(self.page_size, int(request.query.get("limit", 1_000)))
        begin = int(request.query.get("after", 0))
        links = [f'<{request.url}>; rel="self"']
        if begin + size < len(records):
            links.append(f'<{request.url.update_query(after=begin + size)}>; rel="next"')
        return 200, records[begin : begin + size], {"Link": ", ".join(links)}

    def _token(self, form):
        try:
            client = jwt.decode(form["client_assertion"], options={"verify_signature": False})["sub"]
            key = self.public_keys[client]
            jwt.decode(form["client_assertion"], key, ["RS256"], options={"verify_aud": False})
        except (KeyError, jwt.InvalidTokenError):
            return 401, {"error": "invalid_client", "error_description": "Client 0oaC: the key id is not known"}
        return 200, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600, "scope": form["scope"]}


def later(fake, **delta):
    """The clock of the organisation goes on."""
    fake.now += timedelta(**(delta or {"hours": 1}))
