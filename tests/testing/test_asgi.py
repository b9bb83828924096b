"""The tenant as an ASGI application, under a client that takes one."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from o365prov.errors import UsageError
from o365prov.testing import Dropped, FakeTenant, ScheduledFaults
from o365prov.testing.fake_tenant.protocol.requests import LARGEST_BODY

TOKEN = {"Authorization": "Bearer x"}


def _ask(fake, method, path, **options):
    async def ask():
        transport = httpx.ASGITransport(fake.asgi)
        async with httpx.AsyncClient(transport=transport, base_url="https://graph.microsoft.com", headers=TOKEN) as one:
            return await one.request(method, path, **options)

    return asyncio.run(ask())


def test_links_lead_back_to_where_the_client_asked(fake):
    """By any name, since nothing is served to anybody."""
    fake.add_user()
    fake.add_user()
    link = _ask(fake, "GET", "/v1.0/users?$top=1").json()["@odata.nextLink"]
    assert link.startswith("https://graph.microsoft.com/v1.0/users?")
    assert len(_ask(fake, "GET", link).json()["value"]) == 1


def test_what_a_client_escaped_arrives_as_it_was_meant(fake):
    """In the path and in the query."""
    fake.add_user("o'neil@managed.example", city="Köln")
    assert _ask(fake, "GET", "/v1.0/users/o%27neil%40managed.example").status_code == 200
    found = _ask(fake, "GET", "/v1.0/users", params={"$filter": "city eq 'Köln'"}).json()["value"]
    assert len(found) == 1


def test_a_write_has_its_effect_and_a_204_has_no_body(fake):
    """The body goes in, and nothing comes out."""
    user = fake.add_user()
    answer = _ask(fake, "PATCH", f"/v1.0/users/{user['id']}", json={"jobTitle": "Singer"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert fake.user(user["id"])["jobTitle"] == "Singer"


def test_a_body_that_is_too_large_is_refused(fake):
    """Whether it says how large it is, or comes in pieces."""

    async def pieces():
        for _ in range(17):
            yield bytes(LARGEST_BODY // 16)

    for content in (bytes(LARGEST_BODY + 1), pieces()):
        answer = _ask(fake, "POST", "/v1.0/users", content=content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")


def test_a_dropped_connection_is_raised(fake):
    """ASGI has no word for hanging up."""
    fake.faults = ScheduledFaults(by_number={1: Dropped()})
    with pytest.raises(ConnectionResetError):
        _ask(fake, "GET", "/v1.0/users")


@pytest.mark.parametrize("kind", ["lifespan", "websocket"])
def test_other_scopes_than_http_are_refused(kind):
    """A server that asks whether there is something to start goes on without."""
    with pytest.raises(UsageError, match=kind):
        asyncio.run(FakeTenant().asgi({"type": kind}, None, None))
