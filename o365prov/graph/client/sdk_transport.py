"""The one module that uses httpx and msgraph-sdk's request adapter: requests go through the real SDK, bytes come back.

The SDK authenticates, checks the host and names the client; its models are not used, because parsing one user with them
takes longer than fetching it. Its retries and redirects are switched off: there is one retry policy, ours.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

import httpx
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import RedirectHandlerOption, ResponseHandlerOption, RetryHandlerOption
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

from o365prov.errors import CredentialError, TenantError, UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.decoding import decoded
from o365prov.graph.client.errors import credential_error
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.transport import Credential, Transport
from o365prov.rendering import quoted

CONNECT_SECONDS = 30
REQUEST_SECONDS = 100


class TransportAdapter(httpx.AsyncBaseTransport):
    """A :class:`~o365prov.graph.client.transport.Transport` in place of httpx's network."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand httpx's request over, and give the answer as httpx's."""
        body = await request.aread()
        status, headers, content = await self._transport.send(
            request.method, str(request.url), dict(request.headers.items()), body
        )
        named = [(name.encode(), value.encode()) for name, value in headers.items()]  # of any characters
        stream = httpx.ByteStream(content)
        return await _plain(httpx.Response(status, headers=named, stream=stream, request=request))


class NetworkTransport(httpx.AsyncBaseTransport):
    """The network, from which no answer is larger than Graph's can be."""

    def __init__(self, network: httpx.AsyncBaseTransport) -> None:
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and read the answer."""
        return await _plain(await self._network.handle_async_request(request))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._network.aclose()


async def _plain(response: httpx.Response) -> httpx.Response:
    """The response with its body read and decompressed."""
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - that of an asynchronous transport
    try:
        content = await decoded(response.stream, response.headers.get("content-encoding", ""))
    except ValueError as error:
        raise httpx.DecodingError(str(error)) from error
    finally:
        await response.stream.aclose()
    for name in ("content-encoding", "content-length", "transfer-encoding"):
        response.headers.pop(name, None)
    return httpx.Response(
        response.status_code, headers=response.headers, content=content, extensions=response.extensions
    )


class TokenProvider:
    """The caller's credential as the SDK needs it: always awaitable, one request for a token at a time.

    The SDK would call a credential that is not async on the event loop and block it; here it is called on a thread.
    """

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._one_at_a_time = asyncio.Lock()

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """The credential's token, or a :class:`~o365prov.errors.CredentialError`."""
        async with self._one_at_a_time:
            try:
                token = await self._ask(scopes, options)
            except (AzureError, ValueError, OSError) as error:
                raise credential_error(str(error)) from error
        if not isinstance(token, AccessToken):
            # The SDK would send the request without a token and leave it to Graph to complain.
            raise CredentialError(
                f"the credential gave {type(token).__name__}, not an AccessToken: pass a credential of azure-identity"
            )
        return token

    async def _ask(self, scopes: tuple[str, ...], options: Mapping[str, Any]) -> Any:
        get_token = self._credential.get_token
        if inspect.iscoroutinefunction(get_token):
            return await get_token(*scopes, **options)
        token = await asyncio.to_thread(get_token, *scopes, **options)
        return await token if inspect.isawaitable(token) else token

    def __repr__(self) -> str:
        return "TokenProvider()"


class Connection:
    """msgraph-sdk's client for one tenant, and our requests through it.

    ``sdk`` is the SDK's own client, over the same connection.

    Args:
        credential: gives tokens.
        cloud: Microsoft's cloud in which the tenant is.
        transport: carries the requests; None for the network.

    """

    def __init__(self, credential: Credential, cloud: Cloud, transport: Transport | None = None) -> None:
        # By name, not by an import statement: type checkers would follow it into the SDK's 16 000 modules.
        adapters = import_module("msgraph.graph_request_adapter")
        options = {
            **adapters.options,
            RetryHandlerOption.get_key(): RetryHandlerOption(delay=0, max_retries=0, should_retry=False),
            RedirectHandlerOption.get_key(): RedirectHandlerOption(should_redirect=False),
        }
        http = httpx.AsyncClient(
            transport=NetworkTransport(httpx.AsyncHTTPTransport(http2=True))
            if transport is None
            else TransportAdapter(transport),
            timeout=httpx.Timeout(REQUEST_SECONDS, connect=CONNECT_SECONDS),
            headers={"Accept-Encoding": "gzip"},
        )
        self._http = GraphClientFactory.create_with_default_middleware(client=http, options=options)
        self._tokens = TokenProvider(credential)
        self._cloud = cloud
        provider = AzureIdentityAuthenticationProvider(self._tokens, allowed_hosts=[cloud.graph_host])  # type: ignore[arg-type]  # azure's Protocol also wants close(), which is the caller's
        self._adapter = adapters.GraphRequestAdapter(provider, client=self._http)
        # The client itself has no base_url: httpx would end it with a slash, and the SDK would ask for //users.
        self._adapter.base_url = cloud.root
        self.sdk: Any = import_module("msgraph").GraphServiceClient(request_adapter=self._adapter)

    async def send(self, request: Request) -> Response | NoResponse:
        """Send *request* once and return the response, errors of Graph included.

        Raises:
            CredentialError: there is no token.
            TenantError: the address is outside the cloud.

        """
        url = self.absolute(request.url)
        information = RequestInformation(Method[request.method])
        information.url = url
        information.headers.add("Accept", "application/json")
        if request.body is not None:
            # Escaped to ASCII, so that even a name with half a surrogate pair is sent to Graph, which refuses that one.
            body = json.dumps(request.body, separators=(",", ":"))
            information.set_stream_content(body.encode(), "application/json")
        information.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        try:
            response = await self._adapter.send_primitive_async(information, "bytes", {})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return NoResponse(_why(error), maybe_done=False)
        except httpx.DecodingError as error:
            return NoResponse(_why(error), connected=True)
        except (httpx.TransportError, OSError) as error:
            return NoResponse(_why(error))
        return Response(response.status_code, dict(response.headers.items()), response.content)

    def absolute(self, url: str) -> str:
        """The absolute address of *url*; raises TenantError if it is not one of the cloud's Graph.

        The SDK sends no token to other hosts, but the query would be sent.
        """
        absolute = self._cloud.root + url if url.startswith("/") else url
        try:
            host = httpx.URL(absolute).host
        except (httpx.InvalidURL, ValueError):  # such as half a surrogate pair
            host = url[:40]
        if not absolute.startswith(self._cloud.graph + "/") or host != self._cloud.graph_host:
            raise TenantError(
                f"Graph's answer links to {quoted(host)} instead of {self._cloud.graph_host}: not followed; "
                "check proxies between here and Microsoft, and the cloud that was chosen"
            )
        return absolute

    async def token(self) -> str:
        """A token for Graph."""
        token: str = (await self._tokens.get_token(self._cloud.scope)).token
        return token

    async def close(self) -> None:
        """Close the connections; the credential stays the caller's."""
        await self._http.aclose()

    def __reduce__(self) -> NoReturn:
        raise UsageError("a connection to a tenant can't be copied or pickled: make a Tenant where it is used")

    def __repr__(self) -> str:
        return f"Connection({self._cloud.graph_host})"


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ").splitlines()[0]
