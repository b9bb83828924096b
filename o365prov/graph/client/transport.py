"""The two seams of this room as Protocols of ours: bytes to Graph and back, and tokens.

Neither names a type of msgraph, azure or httpx, so code that implements them, and its type checks, need none of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Transport(Protocol):
    """Something that carries one HTTP request to a tenant and brings the answer back.

    ``o365prov.testing.FakeTenant`` is one. An :class:`OSError` (``ConnectionError``, ``TimeoutError``) says that no
    answer came; whether the request had its effect is then taken as unknown.
    """

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request to the absolute *url*; returns status, headers and body."""
        ...


class Credential(Protocol):
    """Anything with ``get_token``: the credentials of azure-identity, plain or of its ``aio`` package.

    The caller owns the credential and closes it. A plain one is called on a thread, so that it can't hold up the loop.
    """

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """Return azure-core's ``AccessToken``, or an awaitable of it."""
        ...


class AnonymousCredential:
    """The credential of a tenant over a Transport that asks for none: a token that opens nothing anywhere."""

    async def get_token(self, *_scopes: str, **_options: Any) -> Any:
        from azure.core.credentials import AccessToken  # noqa: PLC0415 - the SDK wants this very type

        return AccessToken("stand-in", 1 << 33)

    def __repr__(self) -> str:
        return "AnonymousCredential()"
