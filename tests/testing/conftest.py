"""A tenant for the tests, and a small client that speaks JSON to it without any library between.

Every answer that the client gets, and every request that was taken, is validated against Microsoft's own schema
(graph-slice.openapi.yaml: a slice of the v1.0 metadata of github.com/microsoftgraph/msgraph-metadata, MIT licence).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import attrs
import pytest
from graph_index import is_known, read_index
from openapi_core import OpenAPI
from openapi_core.templating.paths.exceptions import PathNotFound
from openapi_core.testing import MockRequest, MockResponse

from o365prov.testing import FakeClock, FakeTenant

BASE = "https://graph.microsoft.com/v1.0"


@cache
def _schema() -> OpenAPI:
    return OpenAPI.from_file_path(Path(__file__).with_name("graph-slice.openapi.yaml"))


def validate(method: str, url: str, sent: bytes, status: int, answered: bytes) -> None:
    """Fail when an answer, or a request that was taken, does not fit Microsoft's schema; for the plain spellings."""
    parts = urlsplit(url)
    path = re.sub("//+", "/", parts.path if parts.path.startswith("/v1.0/") else f"/v1.0{parts.path}")
    if status == 501 or "(" in path.removesuffix("()") or not url.isascii():
        return
    request = MockRequest(
        "https://graph.microsoft.com",
        method.lower(),
        path,
        args=dict(parse_qsl(parts.query)),
        data=sent or None,
        content_type="application/json",
    )
    response = MockResponse(answered or None, status_code=status, content_type="application/json")
    try:
        if status < 400 and sent:
            _schema().validate_request(request)
        _schema().validate_response(request, response)
    except PathNotFound:
        if status < 400 and not is_known(method, path.removeprefix("/v1.0"), read_index()):
            raise


@attrs.frozen
class Answer:
    """A status, headers by lower-case name, and a body as JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def value(self) -> list[dict[str, Any]]:
        return self.body["value"]

    @property
    def error(self) -> dict[str, Any]:
        return self.body["error"]

    @property
    def targets(self) -> list[tuple[str, str]]:
        return [(detail["code"], detail["target"]) for detail in self.error.get("details", ())]


@attrs.frozen
class Graph:
    """Sends requests to a tenant; an address may be a path or a whole link from an answer."""

    fake: FakeTenant
    is_plain: bool = True

    def __call__(self, method: str, address: str, body: object = None, **headers: str) -> Answer:
        url = address if "://" in address else f"{BASE}{address}"
        sent = {"Authorization": "Bearer x", **{name.replace("_", "-"): value for name, value in headers.items()}}
        content = b""
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answered, raw = self.fake.handle(method, url, sent, content)
        if self.is_plain:
            validate(method, url, content, status, raw)
        return Answer(status, {k.lower(): v for k, v in answered.items()}, json.loads(raw) if raw else None)

    def get(self, address: str, **headers: str) -> Answer:
        return self("GET", address, **headers)

    def eventual(self, address: str) -> Answer:
        """An advanced query: the header and the option that it takes."""
        joined = "&" if "?" in address else "?"
        return self("GET", f"{address}{joined}$count=true", ConsistencyLevel="eventual")

    def create(self, principal_name: str, **properties: Any) -> Answer:
        """POST a user with everything required, changed by *properties*; a value of ... leaves one out."""
        body = {
            "accountEnabled": True,
            "displayName": principal_name.partition("@")[0] or "x",
            "mailNickname": principal_name.partition("@")[0].replace("'", "") or "x",
            "userPrincipalName": principal_name,
            "passwordProfile": {"password": "Correct-Horse-7"},
            **properties,
        }
        return self("POST", "/users", {name: value for name, value in body.items() if value is not ...})

    def all(self, address: str) -> list[dict[str, Any]]:
        """Every object of a collection, page by page."""
        found: list[dict[str, Any]] = []
        link: str | None = address
        while link:
            answer = self.get(link)
            assert answer.status == 200, answer
            found += answer.value
            link = answer.body.get("@odata.nextLink")
        return found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(at=datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def fake(clock: FakeClock) -> FakeTenant:
    return FakeTenant(
        domains={"yourfederated.domain": "Federated", "managed.example": "Managed", "pending.example": "Unverified"},
        licenses={"SPE_E3": 2, "SPE_F1": 25, "EXCHANGESTANDARD": 25},
        clock=clock,
        seed=7,
    )


@pytest.fixture
def odd_graph(fake: FakeTenant) -> Graph:
    """A client whose spellings Graph takes and its schema does not know."""
    return Graph(fake, is_plain=False)


@pytest.fixture(name="validate")
def validate_fixture() -> Callable[[str, str, bytes, int, bytes], None]:
    return validate


@pytest.fixture
def graph(fake: FakeTenant) -> Graph:
    return Graph(fake)


@pytest.fixture
def graph_of() -> Callable[[FakeTenant], Graph]:
    """A client of another tenant."""
    return lambda fake: Graph(fake, is_plain=False)
