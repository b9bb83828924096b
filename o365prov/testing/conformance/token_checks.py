"""Checks of tokens: what is not one, or no longer one, is refused with Graph's words."""

from __future__ import annotations

import base64
import json
from typing import Any

from o365prov.testing.conformance.probe import Check, Force, Probe

_SEEN = "answers of a real tenant, captured in September 2026"
_DOCUMENTED = "Microsoft identity platform: Access tokens"
_REPORTED = "microsoft-graph-docs-contrib#8457"


def _refused(probe: Probe, authorization: str, words: str) -> None:
    answer = probe.expect(probe.ask("GET", "/users", Authorization=authorization), 401, words)
    probe.that(answer.error.get("code") == "InvalidAuthenticationToken", f"got {answer}")


def _nothing_is_refused(probe: Probe) -> None:
    _refused(probe, "", "Access token is empty.")


def _an_empty_token_is_refused(probe: Probe) -> None:
    _refused(probe, "Bearer ", "Access token is empty.")


def _a_malformed_token_is_refused(probe: Probe) -> None:
    _refused(probe, "Bearer not.a.token", "IDX14100")


def _an_expired_token_is_refused(probe: Probe) -> None:
    header = {"typ": "JWT", "alg": "RS256", "kid": "o365prov"}
    claims = {"aud": "https://graph.microsoft.com", "iat": 0, "nbf": 0, "exp": 3600}
    token = f"{_part(header)}.{_part(claims)}.{_part('signature')}"
    answer = probe.expect(probe.ask("GET", "/users", Authorization=f"Bearer {token}"), 401)
    probe.that(answer.error.get("code") == "InvalidAuthenticationToken", f"got {answer}")


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


_TAGS = frozenset({"tokens"})

CHECKS: tuple[Check, ...] = (
    Check("a request without a token is refused", _nothing_is_refused, _TAGS, _SEEN),
    Check("an empty token is refused", _an_empty_token_is_refused, _TAGS, _SEEN),
    Check("a malformed token is refused", _a_malformed_token_is_refused, _TAGS, _REPORTED, Force.OBSERVED),
    Check(
        "an expired token is refused", _an_expired_token_is_refused, _TAGS, "Microsoft identity platform: Access tokens"
    ),
)
