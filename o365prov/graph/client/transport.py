"""Protocols for what this package gets from outside: a transport for bytes to Graph and back, and a credential.

Neither names a type of msgraph, azure or httpx, so code that implements them does not need these to be typed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any, Protocol


class Transport(Protocol):
    """Sends one HTTP request to a tenant and returns the response.

    :class:`o365prov.testing.FakeTenant` is one. This one counts the requests that another sends:

    >>> class CountingTransport:
    ...     def __init__(self, transport):
    ...         self.transport = transport
    ...         self.count = 0
    ...
    ...     async def send(self, method, url, headers, body):
    ...         self.count += 1
    ...         return await self.transport.send(method, url, headers, body)
    >>> from o365prov import BlockingTenant
    >>> from o365prov.testing import FakeTenant
    >>> transport = CountingTransport(FakeTenant())
    >>> with BlockingTenant.over(transport) as tenant:
    ...     tenant.test_connection().ok
    True
    >>> transport.count
    1

    Raises:
        OSError: no response came, such as ConnectionError or TimeoutError; whether the request had its effect is then
            taken as unknown.

    """

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request.

        Args:
            method: ``GET``, ``POST`` ...
            url: the absolute address.
            headers: the request's headers.
            body: the request's body; empty for none.

        Returns:
            The response's status, headers and body.

        """
        ...


class Credential(Protocol):
    """Anything with ``get_token``: the credentials of azure-identity, plain or of its ``aio`` package.

    One with azure-core's newer ``get_token_info`` alone, instead of ``get_token``, will do, too.

    The caller owns the credential and closes it. One that is not async is called on a thread, so that
    it doesn't block the event loop.
    """

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """Return azure-core's ``AccessToken``, or an awaitable of it."""
        ...


def token_claims(token: str) -> dict[str, Any]:
    """The claims inside an access token, not verified; empty if the token is not a JSON Web Token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


class AnonymousCredential:
    """The credential for a transport that needs none: its token is not valid anywhere."""

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        """A token that never expires."""
        from azure.core.credentials import AccessToken  # noqa: PLC0415 - the SDK requires this type

        return AccessToken("stand-in", 1 << 33)

    def __repr__(self) -> str:
        return "AnonymousCredential()"
