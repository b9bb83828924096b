"""FakeTenant under httpx: one transport for synchronous and asynchronous clients."""

from __future__ import annotations

import httpx

from o365prov.testing.fake_tenant import FakeTenant

__all__ = ["HttpxTransport"]


class HttpxTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands every request of an httpx client to a fake tenant instead of a network.

    Args:
        fake: the tenant that answers.

    Example:
        >>> fake = FakeTenant(seed=1)
        >>> with httpx.Client(transport=HttpxTransport(fake), base_url="https://graph.microsoft.com/v1.0") as client:
        ...     client.get("/organization").json()["value"][0]["displayName"]
        'Contoso'

    """

    def __init__(self, fake: FakeTenant) -> None:
        self._fake = fake

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an `httpx.Client`."""
        content = request.read()
        try:
            answer = self._fake.handle(request.method, str(request.url), request.headers, content)
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
        return _response(request, *answer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an `httpx.AsyncClient`."""
        content = await request.aread()
        try:
            answer = await self._fake.send(request.method, str(request.url), request.headers, content)
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
        return _response(request, *answer)


def _response(request: httpx.Request, status: int, headers: object, content: bytes) -> httpx.Response:
    return httpx.Response(status, headers=headers, content=content, request=request)  # type: ignore[arg-type]
