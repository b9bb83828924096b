"""Who may ask a tenant that is served: programs of this machine, and no web page that somebody has open on it.

A page can send requests to loopback. By a name of its own that leads there (DNS rebinding) it could even read the
answers; the Host header tells, or the request's target where that is an absolute address. Without that it can still
send forms; what browsers say of the page's origin tells.

Sources: RFC 9110, 7.4 (misdirected requests); RFC 9112, 3.2.2 (absolute-form); Fetch standard, Origin header; Fetch
Metadata, Sec-Fetch-Site.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from attrs import frozen

from o365prov.testing.fake_tenant.gateway.asgi import AsgiApplication, Receive, Scope, Send, refuse
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse


@frozen
class LocalCallers:
    """Lets requests through to an application unless they come from a page of another site.

    Attributes:
        application: what answers.
        exposed: whether the server is for other machines too, so that any name of it will do.

    """

    application: AsgiApplication
    exposed: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        refusal = self._refusal(scope.get("raw_path") or b"", dict(scope["headers"]))
        if refusal is None:
            await self.application(scope, receive, send)
        else:
            await refuse(refusal, receive, send)

    def _refusal(self, target: bytes, headers: dict[bytes, bytes]) -> GraphErrorResponse | None:
        is_absolute = b"://" in target and not target.startswith(b"/")
        named = target if is_absolute else b"//" + headers.get(b"host", b"")
        host = _host(named.decode("latin-1"))
        if host is None or not (self.exposed or is_loopback(host)):
            return GraphErrorResponse(
                421,
                "MisdirectedRequest",
                "The request names none of this machine's loopback addresses as its host; ask localhost or 127.0.0.1.",
            )
        origin = headers.get(b"origin")
        asks_from = host if origin is None else _host(origin.decode("latin-1"))
        is_own = asks_from == host or (asks_from is not None and is_loopback(asks_from))
        if not is_own or headers.get(b"sec-fetch-site") == b"cross-site":
            return GraphErrorResponse(403, "Forbidden", "Web pages of other sites may not ask a fake tenant.")
        return None


def is_loopback(host: str) -> bool:
    """Whether a name or address leads to this machine and nowhere else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _host(address: str) -> str | None:
    """The name or address of the host in an absolute address; None where there is none, or a wrong port."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts.hostname
