"""The tenant as an ASGI application: under any server of ASGI, and under any client that takes an application."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from attrs import frozen

from o365prov.errors import UsageError
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import LARGEST_BODY

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = Callable[[str, str, Mapping[str, str], bytes], Awaitable[tuple[int, Mapping[str, str], bytes]]]
"""Answers one request: method, absolute address, headers and body to status, headers and body."""

_MOST_DISCARDED = 4 * LARGEST_BODY
"""So many bytes of a body that is too large are read: a client that is still sending would not see the answer."""


@frozen
class TenantApplication:
    """The ASGI application of a tenant (ASGI 3.0, HTTP only); it belongs at the root of its host.

    Where the tenant drops a connection on purpose, it raises ConnectionResetError: ASGI has no word for hanging up.
    """

    _answer: Answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise UsageError(f"a fake tenant speaks HTTP, and has nothing to say to a scope of type {scope['type']}")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            content = await _body(receive, headers)
        except GraphErrorResponse as refusal:
            await refuse(refusal, receive, send)
            return
        if content is not None:
            reply = await self._answer(scope["method"], _address(scope, headers), headers, content)
            await _reply(send, scope["method"], *reply)


async def refuse(refusal: GraphErrorResponse, receive: Receive, send: Send) -> None:
    """Refuse a request before the tenant has seen it, and read on until the client has sent its body."""
    request_id = str(uuid.uuid4())
    content = json.dumps(refusal.body(request_id, request_id, datetime.now(UTC))).encode()
    fields = {"content-type": "application/json", "request-id": request_id, "connection": "close"}
    await send(_start(refusal.status, {**fields, "content-length": str(len(content))}))
    await send({"type": "http.response.body", "body": content, "more_body": True})
    left = _MOST_DISCARDED
    while left > 0:
        event = await receive()
        left -= len(event.get("body", b""))
        if not event.get("more_body"):
            break
    await send({"type": "http.response.body", "body": b""})


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes | None:
    """The request's body; None when the client went away before it had sent it, and so has asked for nothing."""
    declared = headers.get("content-length", "0")
    parts, size = [], 0
    while True:
        if size > LARGEST_BODY or (declared.isdecimal() and int(declared) > LARGEST_BODY):
            raise GraphErrorResponse(
                413, "RequestEntityTooLarge", f"The body is too large: it may hold {LARGEST_BODY} bytes."
            )
        event = await receive()
        if event["type"] == "http.disconnect":
            return None
        parts.append(event.get("body", b""))
        size += len(parts[-1])
        if not event.get("more_body"):
            return b"".join(parts)


def _address(scope: Scope, headers: Mapping[str, str]) -> str:
    """The absolute address that the client used, as it spelled it."""
    path = scope.get("raw_path") or quote(scope["path"]).encode()
    query = scope["query_string"]
    target = (path + b"?" + query if query else path).decode("latin-1")
    if not target.startswith("/"):
        return target
    host = headers.get("host") or ":".join(map(str, scope.get("server") or ("localhost", 80)))
    return f"{scope.get('scheme', 'http')}://{host}{target}"


async def _reply(send: Send, method: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
    length = {} if status == 204 else {"content-length": str(len(content))}
    await send(_start(status, {**headers, **length}))
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else content})


def _start(status: int, headers: Mapping[str, str]) -> Event:
    fields = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": fields}
