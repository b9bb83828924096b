"""FakeTenant under httpx, and so under msgraph-sdk: one transport for synchronous and asynchronous clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.testing.fake_tenant import STAND_IN, FakeTenant
from o365prov.testing.serving.callers import is_loopback


class HttpxTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands every request of an httpx client to a fake tenant instead of a network.

    Args:
        fake: the tenant that answers.

    Example:
        >>> fake = FakeTenant(seed=1)
        >>> base, headers = "https://graph.microsoft.com/v1.0", {"Authorization": "Bearer stand-in"}
        >>> with httpx.Client(transport=HttpxTransport(fake), base_url=base, headers=headers) as client:
        ...     client.get("/organization").json()["value"][0]["displayName"]
        'Contoso'

    """

    def __init__(self, fake: FakeTenant) -> None:
        check_call(HttpxTransport.__init__, locals())
        self._fake = fake

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an ``httpx.Client``."""
        check_call(HttpxTransport.handle_request, locals())
        content = request.read()
        try:
            status, headers, answer = self._fake.handle(request.method, str(request.url), request.headers, content)
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
        return _response(request, status, headers, answer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of an ``httpx.AsyncClient``."""
        check_call(HttpxTransport.handle_async_request, locals())
        content = await request.aread()
        try:
            status, headers, answer = await self._fake.send(request.method, str(request.url), request.headers, content)
        except ConnectionResetError as error:
            raise httpx.ReadError(str(error), request=request) from error
        return _response(request, status, headers, answer)


class ServedTenant:
    """A fake tenant that is served on loopback, perhaps by another process: a transport for ``Tenant.over``.

    Args:
        url: the base address that the server says, such as ``http://127.0.0.1:8080/v1.0``. Of TLS the certificate in
            ``SSL_CERT_FILE`` is trusted.

    Raises:
        ConfigurationError: the address is not one of loopback: a real tenant is reached without this class.

    Example:
        >>> ServedTenant("https://graph.microsoft.com/v1.0")
        Traceback (most recent call last):
        ...
        o365prov.errors.ConfigurationError: a fake tenant is served at an address such as http://127.0.0.1:8080/v1.0

    """

    def __init__(self, url: str) -> None:
        check_call(ServedTenant.__init__, locals())
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not is_loopback(parts.hostname or ""):
            raise ConfigurationError("a fake tenant is served at an address such as http://127.0.0.1:8080/v1.0")
        self._url = url.rstrip("/")
        self._client: httpx.AsyncClient | None = None

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send one request to the server, as if it were Graph.

        Args:
            method: ``GET``, ``POST`` ...
            url: the address at Graph.
            headers: the request's headers.
            body: the request's body.

        Raises:
            ConnectionError: no response came.

        """
        check_call(ServedTenant.send, locals())
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=60)
        graph = "/".join(url.split("/", 4)[:4])  # scheme, host and version
        kept = {name: value for name, value in headers.items() if name.lower() not in _OF_THE_CONNECTION}
        sent = body.replace(graph.encode(), self._url.encode())
        try:
            answer = await self._client.request(method, url.replace(graph, self._url, 1), headers=kept, content=sent)
        except httpx.HTTPError as error:
            raise ConnectionError(f"the fake tenant at {self._url} does not answer: is it running?") from error
        received = {name: value for name, value in answer.headers.items() if name.lower() not in _OF_THE_CONNECTION}
        links = {name: value.replace(self._url, graph) for name, value in received.items()}
        return answer.status_code, links, answer.content.replace(self._url.encode(), graph.encode())

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    def __repr__(self) -> str:
        return f"ServedTenant({self._url!r})"


_OF_THE_CONNECTION = frozenset({"host", "content-length", "content-encoding", "transfer-encoding", "connection"})


def graph_client(fake: FakeTenant) -> Any:
    """A real GraphServiceClient, with msgraph-sdk's own middleware, whose requests a fake tenant answers.

    Args:
        fake: the tenant that answers.

    Returns:
        The client; it needs no credential, and holds no connection that would have to be closed. Its type is not
        declared, or type checkers of everyone who imports this package would read the whole SDK.

    Example:
        >>> import asyncio
        >>> fake = FakeTenant(seed=1)
        >>> added = fake.add_user("isaac.brock@contoso.onmicrosoft.com", displayName="Isaac Brock")
        >>> client = graph_client(fake)
        >>> asyncio.run(client.users.by_user_id(added["id"]).get()).display_name
        'Isaac Brock'

    """
    check_call(graph_client, locals())
    from kiota_abstractions.authentication import AnonymousAuthenticationProvider  # noqa: PLC0415 - loads the SDK
    from msgraph.graph_request_adapter import GraphRequestAdapter, options  # noqa: PLC0415
    from msgraph.graph_service_client import GraphServiceClient  # noqa: PLC0415
    from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]  # noqa: PLC0415

    http = httpx.AsyncClient(transport=HttpxTransport(fake), headers={"Authorization": f"Bearer {STAND_IN}"})
    http = GraphClientFactory.create_with_default_middleware(client=http, options=options)
    return GraphServiceClient(request_adapter=GraphRequestAdapter(AnonymousAuthenticationProvider(), client=http))


def _response(request: httpx.Request, status: int, headers: Mapping[str, str], content: bytes) -> httpx.Response:
    return httpx.Response(status, headers=dict(headers), content=content, request=request)
