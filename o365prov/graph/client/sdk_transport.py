"""The one module that uses httpx and msgraph-sdk's request adapter: requests go through the real SDK, bytes come back.

The SDK authenticates, checks the host and names the client; its models are not used, because parsing one user with them
takes longer than fetching it. Its retries and redirects are switched off: there is one retry policy, ours; and so is
its copying of all headers, which nobody reads.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import re
import warnings
from collections.abc import Mapping
from contextvars import ContextVar
from importlib import import_module
from importlib.metadata import version
from typing import Any, NoReturn
from uuid import uuid4

import httpx
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.exceptions import AzureError
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import (
    HeadersInspectionHandlerOption,
    RedirectHandlerOption,
    ResponseHandlerOption,
    RetryHandlerOption,
)
from msgraph_core import GraphClientFactory  # type: ignore[import-untyped]

from o365prov.errors import CredentialError, TenantError, UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.decompression import decoded
from o365prov.graph.client.errors import credential_error
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.network import Network, proxy_for, trusting
from o365prov.graph.client.read_only import check_only_reads
from o365prov.graph.client.transport import Credential, Transport, token_claims
from o365prov.rendering import quoted

_VERSION = version("o365prov")
_CLIENT_REQUEST_ID = "client-request-id"
_LONGEST_ADDRESS = 65_536  # of httpx


class ReadOnlyTransport(httpx.AsyncBaseTransport):
    """Another transport, to which nothing comes that may write: neither from here nor from the SDK."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let a request through that only reads."""
        check_only_reads(request.method, request.url.path, await request.aread())
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()


class TransportAdapter(httpx.AsyncBaseTransport):
    """A :class:`~o365prov.graph.client.transport.Transport` in place of httpx's network."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand httpx's request over, and give the answer as httpx's."""
        _introduce(request)
        body = await request.aread()
        status, headers, content = await self._transport.send(
            request.method, str(request.url), dict(request.headers.items()), body
        )
        named = [(name.encode(), value.encode()) for name, value in headers.items()]  # of any characters
        return await _whole(request, httpx.Response(status, headers=named, stream=httpx.ByteStream(content)))


class NetworkTransport(httpx.AsyncBaseTransport):
    """The network, from which no answer takes longer, or is larger, than Graph's can be.

    Args:
        network: httpx's own transport.
        seconds: for a request and its whole answer.

    """

    def __init__(self, network: httpx.AsyncBaseTransport, seconds: float) -> None:
        self._network = network
        self._seconds = seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, and read the answer."""
        _introduce(request)
        try:
            async with asyncio.timeout(self._seconds):
                return await _whole(request, await self._network.handle_async_request(request))
        except TimeoutError:
            raise httpx.ReadTimeout(f"the answer is not complete after {self._seconds:g} seconds") from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._network.aclose()


def _introduce(request: httpx.Request) -> None:
    """Say which program asks, and for which app: without it security teams see one of many Pythons."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    application = token_claims(token).get("appid")
    named = f" ({application})" if isinstance(application, str) and _APPLICATION_ID.fullmatch(application) else ""
    request.headers["User-Agent"] = f"o365prov/{_VERSION}{named}"


_APPLICATION_ID = re.compile(r"[0-9A-Fa-f-]{1,64}")


async def _whole(request: httpx.Request, response: httpx.Response) -> httpx.Response:
    """The response with its body read and decompressed, and the id of the request."""
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - that of an asynchronous transport
    try:
        content = await decoded(response.stream, response.headers.get("content-encoding", ""))
    except ValueError as error:
        raise httpx.DecodingError(str(error)) from error
    finally:
        await response.stream.aclose()
    for name in ("content-encoding", "content-length", "transfer-encoding"):
        response.headers.pop(name, None)
    response.headers[_CLIENT_REQUEST_ID] = request.headers.get(_CLIENT_REQUEST_ID, "")
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
        self.last: AccessToken | None = None

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        """The credential's token, or a :class:`~o365prov.errors.CredentialError`."""
        async with self._one_at_a_time:
            try:
                token = await self._ask(scopes, options)
            except (AzureError, ValueError, OSError) as error:
                raise credential_error(str(error)) from None  # its text may hold the secret
        if isinstance(token, AccessTokenInfo):
            token = AccessToken(token.token, token.expires_on)
        if not isinstance(token, AccessToken):
            # The SDK would send the request without a token and leave it to Graph to complain.
            raise CredentialError(
                f"the credential gave {type(token).__name__}, not an AccessToken: pass a credential of azure-identity"
            )
        self.last = token
        return token

    async def _ask(self, scopes: tuple[str, ...], options: Mapping[str, Any]) -> Any:
        get_token = getattr(self._credential, "get_token", None)
        if get_token is None:
            get_token, options = self._credential.get_token_info, {"options": _given(options)}  # type: ignore[attr-defined]
        if inspect.iscoroutinefunction(get_token):
            return await get_token(*scopes, **options)
        token = await asyncio.to_thread(get_token, *scopes, **options)
        return await token if inspect.isawaitable(token) else token

    def __repr__(self) -> str:
        return "TokenProvider()"


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


class Connection:
    """msgraph-sdk's client for one tenant, and our requests through it.

    ``sdk`` is the SDK's own client, over the same connection.

    Args:
        credential: gives tokens.
        cloud: Microsoft's cloud in which the tenant is.
        transport: carries the requests; None for the network.
        network: how the network is reached.
        read_only: whether nothing may be sent that writes.

    Raises:
        ConfigurationError: a certificate can't be used.

    """

    def __init__(
        self,
        credential: Credential,
        cloud: Cloud,
        transport: Transport | None = None,
        network: Network | None = None,
        *,
        read_only: bool = False,
    ) -> None:
        # The SDK's modules say so of themselves, to programs that run with -W error.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(msgraph|kiota_abstractions)\b")
        _LOGGER.addFilter(_ours_for_debugging)
        network = network or Network()
        # By name, not by an import statement: type checkers would follow it into the SDK's 16 000 modules.
        adapters = import_module("msgraph.graph_request_adapter")
        options = {
            **adapters.options,
            RetryHandlerOption.get_key(): RetryHandlerOption(delay=0, max_retries=0, should_retry=False),
            RedirectHandlerOption.get_key(): RedirectHandlerOption(should_redirect=False),
            HeadersInspectionHandlerOption.get_key(): HeadersInspectionHandlerOption(
                inspect_request_headers=False, inspect_response_headers=False
            ),
        }
        carrier = TransportAdapter(transport) if transport is not None else _over_network(network, cloud)
        http = httpx.AsyncClient(
            transport=ReadOnlyTransport(carrier) if read_only else carrier,
            timeout=httpx.Timeout(network.read_timeout, connect=network.connect_timeout),
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
        information = RequestInformation(Method[request.method])
        information.url = self.absolute(request.url)
        client_request_id = str(uuid4())
        information.headers.add(_CLIENT_REQUEST_ID, client_request_id)
        information.headers.add("Accept", "application/json")
        for name, value in request.headers.items():
            information.headers.add(name, value)
        if request.body is not None:
            # Escaped to ASCII, so that even a name with half a surrogate pair is sent to Graph, which refuses that one.
            body = json.dumps(request.body, separators=(",", ":"))
            information.set_stream_content(body.encode(), "application/json")
        information.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        ours = _OURS.set(True)
        try:
            response = await self._adapter.send_primitive_async(information, "bytes", {})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            return NoResponse(_why(error), maybe_done=False, client_request_id=client_request_id)
        except (httpx.DecodingError, ValueError) as error:  # also of the SDK, about headers
            return NoResponse(_why(error), connected=True, client_request_id=client_request_id)
        except (httpx.TransportError, OSError) as error:
            return NoResponse(_why(error), client_request_id=client_request_id)
        finally:
            _OURS.reset(ours)
        return Response(response.status_code, dict(response.headers.items()), response.content)

    def absolute(self, url: str) -> str:
        """The absolute address of *url*; raises TenantError if it is not one of the cloud's Graph.

        The SDK sends no token to other hosts, but the query would be sent.
        """
        absolute = self._cloud.root + url if url.startswith("/") else url
        inside = absolute.startswith(self._cloud.graph + "/")
        if not inside or not absolute.isprintable() or len(absolute) > _LONGEST_ADDRESS:
            server = "/".join(url.split("/", 3)[:3])[:80]
            raise TenantError(
                f"Graph's answer links to {quoted(server)} instead of {self._cloud.graph}: not followed; "
                "check proxies between here and Microsoft, and the cloud that was chosen"
            )
        return absolute

    async def token(self) -> str:
        """The token that Graph got last; before it got one, the one that it will get."""
        token = self._tokens.last or await self._tokens.get_token(self._cloud.scope, enable_cae=True)
        text: str = token.token
        return text

    async def close(self) -> None:
        """Close the connections; the credential stays the caller's."""
        await self._http.aclose()

    def __reduce__(self) -> NoReturn:
        raise UsageError("a connection to a tenant can't be copied or pickled: make a Tenant where it is used")

    def __repr__(self) -> str:
        return f"Connection({self._cloud.graph_host})"


def _over_network(network: Network, cloud: Cloud) -> NetworkTransport:
    context = trusting(network, httpx.create_ssl_context)
    proxy = proxy_for(network, cloud.graph_host)
    return NetworkTransport(httpx.AsyncHTTPTransport(verify=context, http2=True, proxy=proxy), network.total_timeout)


_LOGGER = logging.getLogger("httpx")
_OURS: ContextVar[bool] = ContextVar("ours", default=False)


def _ours_for_debugging(record: logging.LogRecord) -> bool:
    """Let httpx tell the addresses of our requests, which hold usernames, to who debugs, and not to every log."""
    if _OURS.get() and record.levelno == logging.INFO:
        record.levelno, record.levelname = logging.DEBUG, "DEBUG"
        return _LOGGER.isEnabledFor(logging.DEBUG)
    return True


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ").splitlines()[0]
