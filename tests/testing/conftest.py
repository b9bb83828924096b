"""A tenant for the tests, and a small client that speaks JSON to it without any library between."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from o365prov.testing import Clock, FakeTenant

BASE = "https://graph.microsoft.com/v1.0"


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

    def __call__(self, method: str, address: str, body: object = None, **headers: str) -> Answer:
        url = address if "://" in address else f"{BASE}{address}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        content = b""
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, answered, raw = self.fake.handle(method, url, sent, content)
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
def clock() -> Clock:
    return Clock(at=datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def fake(clock: Clock) -> FakeTenant:
    return FakeTenant(
        domains={"yourfederated.domain": "Federated", "managed.example": "Managed", "pending.example": "Unverified"},
        licenses={"SPE_E3": 2, "SPE_F1": 25, "EXCHANGESTANDARD": 25},
        clock=clock,
        seed=7,
    )


@pytest.fixture
def graph(fake: FakeTenant) -> Graph:
    return Graph(fake)
