"""What a check works with: asking the tenant, expecting answers, making users that vanish afterwards."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from attrs import frozen

Seen = TypeVar("Seen")

ProbeSend = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]
"""Sends one request: method, absolute address, headers and body to status, headers and body."""


STAND_IN = "stand-in"
"""A token that is none, which fake tenants believe."""


class Deviation(AssertionError):  # noqa: N818 - it is a finding, not a failure of ours
    """The tenant answered otherwise than expected."""


class Skip(Exception):  # noqa: N818 - nothing went wrong
    """The tenant lacks what the check needs."""


class Force(Enum):
    """How firmly an expectation stands."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"


@frozen
class Check:
    """One expectation: a name, tags to choose by, where it comes from, and the function that asks."""

    name: str
    run: Callable[[Probe], None]
    tags: frozenset[str]
    source: str
    force: Force = Force.DOCUMENTED


@frozen
class ProbeAnswer:
    """A status, headers by lower-case name, and a body as JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def error(self) -> Mapping[str, Any]:
        """The error member of the body, empty without one."""
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return error if isinstance(error, dict) else {}

    @property
    def value(self) -> list[dict[str, Any]]:
        """The objects of a collection, or Deviation when this is none."""
        value = self.body.get("value") if isinstance(self.body, dict) else None
        if not isinstance(value, list):
            raise Deviation(f"expected a collection, got {self.status} {self.error.get('message', '')}")
        return value

    def __str__(self) -> str:
        """The status, and the message of an error."""
        return f"{self.status} {self.error.get('code', '')} {self.error.get('message', '')}".strip()


class Probe:
    """Asks one tenant, and remembers what has to be removed again.

    Args:
        send: sends one request.
        base: the tenant's base address, such as ``https://graph.microsoft.com/v1.0``.
        token: an access token for the Authorization header; a stand-in by default, which a fake tenant believes.
        patience: seconds to repeat what a directory of many replicas may not know yet; 0 for a fake.

    """

    def __init__(self, send: ProbeSend, *, base: str, token: str = STAND_IN, patience: float = 0.0) -> None:
        self._send = send
        self._base = base.rstrip("/")
        self._token = token
        self._patience = patience
        self._made: list[str] = []
        self._domain = ""

    @property
    def base(self) -> str:
        """The tenant's base address, without a slash at its end."""
        return self._base

    def ask(self, method: str, address: str, body: object = None, **headers: str) -> ProbeAnswer:
        """Send one request; *address* is a path below the base, or a link from an answer."""
        sent = {"Authorization": f"Bearer {self._token}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = b""
        if body is not None:
            sent["Content-Type"] = "application/json"
            content = json.dumps(body).encode()
        url = address if "://" in address else f"{self._base}{address}"
        status, answered, raw = self._send(method, url.replace(" ", "%20"), sent, content)
        try:
            parsed = json.loads(raw) if raw.strip() else None
        except ValueError:
            raise Deviation(f"{method} {address}: the body of the {status} answer is not JSON") from None
        return ProbeAnswer(status, {name.lower(): value for name, value in answered.items()}, parsed)

    def get(self, address: str, **headers: str) -> ProbeAnswer:
        """A GET that must succeed, repeated while the tenant may still be catching up."""
        return self.until(lambda: self.ask("GET", address, **headers), lambda answer: answer.status == 200)

    def until(self, ask: Callable[[], Seen], suits: Callable[[Seen], bool]) -> Seen:
        """Ask until an answer suits or patience ends; Deviation then."""
        deadline = time.monotonic() + self._patience
        while True:
            answer = ask()
            if suits(answer):
                return answer
            if time.monotonic() >= deadline:
                raise Deviation(f"unexpected answer: {answer}")
            time.sleep(2)

    def expect(self, answer: ProbeAnswer, status: int, words: str = "", *, target: str = "") -> ProbeAnswer:
        """Deviation unless the answer has this status, and its error these words and this target."""
        if answer.status != status:
            raise Deviation(f"expected {status}, got {answer}")
        if words and words.lower() not in str(answer.error.get("message", "")).lower():
            raise Deviation(f"expected a message with {words!r}, got {answer}")
        if target and target not in {detail.get("target") for detail in answer.error.get("details", ())}:
            raise Deviation(f"expected details for {target!r}, got {answer.error.get('details')}")
        return answer

    def that(self, holds: bool, otherwise: str) -> None:
        """Deviation unless something holds."""
        if not holds:
            raise Deviation(otherwise)

    @property
    def domain(self) -> str:
        """The tenant's initial domain, which is managed and verified."""
        if not self._domain:
            self._domain = next(item["id"] for item in self.get("/domains").value if item["isInitial"])
        return self._domain

    def new_name(self) -> str:
        """A userPrincipalName that is not taken."""
        return f"o365prov-check-{secrets.token_hex(6)}@{self.domain}"

    def user_body(self, **changes: Any) -> dict[str, Any]:
        """The body of a user with everything required; a value of ... leaves a property out."""
        name = changes.get("userPrincipalName") or self.new_name()
        body = {
            "accountEnabled": False,
            "displayName": "o365prov conformance check",
            "mailNickname": name.partition("@")[0],
            "userPrincipalName": name,
            "passwordProfile": {"password": f"Aa1-{secrets.token_urlsafe(18)}"},
            **changes,
        }
        return {name: value for name, value in body.items() if value is not ...}

    def create_user(self, **changes: Any) -> ProbeAnswer:
        """POST a user, to be deleted when the check is over."""
        answer = self.ask("POST", "/users", self.user_body(**changes))
        if answer.status == 201:
            self._made.append(f"/users/{answer.body['id']}")
        return answer

    def new_user(self, **changes: Any) -> dict[str, Any]:
        """A user that exists, read again until the tenant knows it."""
        made = self.expect(self.create_user(**changes), 201).body
        self.get(f"/users/{made['id']}")
        user: dict[str, Any] = made
        return user

    def new_group(self) -> dict[str, Any]:
        """A security group that exists."""
        nickname = f"o365prov-check-{secrets.token_hex(6)}"
        body = {"displayName": nickname, "mailEnabled": False, "mailNickname": nickname, "securityEnabled": True}
        made = self.expect(self.ask("POST", "/groups", body), 201).body
        self._made.append(f"/groups/{made['id']}")
        self.get(f"/groups/{made['id']}")
        group: dict[str, Any] = made
        return group

    def clean_up(self) -> None:
        """Delete and purge everything that was made; what is gone already is fine."""
        for path in reversed(self._made):
            self.ask("DELETE", path)
            self.ask("DELETE", f"/directory/deletedItems/{path.rpartition('/')[2]}")
        self._made.clear()
