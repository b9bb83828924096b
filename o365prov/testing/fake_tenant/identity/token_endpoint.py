"""The tenant's token endpoint, its OpenID discovery document and its public keys, beside Graph on the same address.

They take any host, as Graph's part does: ``/{tenant}/oauth2/v2.0/token`` below the authority that a credential is
given. Sources: Microsoft identity platform, "OAuth 2.0 client credentials flow" and "OpenID Connect"; the shapes and
texts of a real tenant's answers, captured in August 2026.
"""

from __future__ import annotations

import random
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import frozen

from o365prov.testing.fake_tenant.identity.client_credentials import mistrust
from o365prov.testing.fake_tenant.identity.json_web_tokens import SigningKey
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest
from o365prov.testing.fake_tenant.store.directory import Directory, RegisteredApp

LIFETIME = 3599
"""Seconds that a token is valid (Microsoft identity platform, "Access tokens": an hour or so)."""
GRAPH = "https://graph.microsoft.com"
GRAPH_ID = "00000003-0000-0000-c000-000000000000"
_GRAPH_HOSTS = frozenset({
    "graph.microsoft.com", "graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn",
})  # fmt: skip
_LOGIN = "https://login.microsoftonline.com"
_NO_STORE = {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store, no-cache",
    "Pragma": "no-cache",
}
_LAST_SEGMENTS = frozenset({"token", "openid-configuration", "keys", "instance"})
_DISCOVERY = (".well-known", "openid-configuration")


@frozen
class _Refusal(Exception):  # noqa: N818 - as GraphErrorResponse
    status: int
    error: str
    number: int
    text: str
    has_page: bool = False


class TokenEndpoint:
    """Gives tokens to the applications of a tenant.

    Args:
        chance: where the identifiers in tokens and errors come from.

    """

    def __init__(self, chance: random.Random) -> None:
        self.key = SigningKey()
        self._chance = chance

    def answer(self, directory: Directory, request: GraphRequest) -> GraphReply | None:
        """The answer to a request for a token, or about how to get one; None when it is for Graph."""
        if not request.path or request.path[-1] not in _LAST_SEGMENTS:
            return None  # as nearly every request
        match request.method, request.path:
            case "POST", (tenant, "oauth2", "v2.0", "token"):
                return self._token(directory, request, tenant)
            case "GET", (tenant, "v2.0", *rest) if tuple(rest) == _DISCOVERY:
                return GraphReply(200, self._configuration(directory, request, tenant), _NO_STORE)
            case "GET", (_, "discovery", "v2.0", "keys"):
                return GraphReply(200, {"keys": [self.key.public]}, _NO_STORE)
            case "GET", ("common", "discovery", "instance"):
                return GraphReply(200, _instance(directory, request), _NO_STORE)
            case _:
                return None

    def token(
        self, directory: Directory, application: RegisteredApp, *, resource: str | None = None, lifetime: int = LIFETIME
    ) -> str:
        """A token of an application for a resource, Graph by default."""
        now = int(directory.clock.now().timestamp())
        tenant, client = directory.tenant_id, application.client_id
        holder = str(uuid.uuid5(uuid.UUID(tenant), client))
        claims: dict[str, Any] = {"iat": now, "nbf": now, "exp": now + lifetime, "oid": holder, "sub": holder}
        claims |= {"tid": tenant, "uti": self._new_id().replace("-", "")[:22], "aio": self._new_id(), "rh": "0."}
        if resource is None:
            claims |= {"aud": GRAPH, "iss": f"https://sts.windows.net/{tenant}/", "ver": "1.0", "idtyp": "app"}
            claims |= {"appid": client, "appidacr": "1", "app_displayname": client}
            if application.permissions is not None:
                claims["roles"] = sorted(application.permissions)
        else:
            claims |= {"aud": client, "iss": f"{_LOGIN}/{tenant}/v2.0", "ver": "2.0", "azp": client, "azpacr": "1"}
        return self.key.sign(claims)

    def _token(self, directory: Directory, request: GraphRequest, tenant: str) -> GraphReply:
        now = directory.clock.now()
        try:
            form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
            application, resource = _granted(directory, request, tenant, form, now)
        except UnicodeDecodeError:
            return self._refused(_Refusal(400, "invalid_request", 900144, "The request body is not a form."), now)
        except _Refusal as refusal:
            return self._refused(refusal, now)
        token = self.token(directory, application, resource=resource)
        body = {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": token}
        return GraphReply(200, body, _NO_STORE)

    def _refused(self, refusal: _Refusal, now: datetime) -> GraphReply:
        trace, correlation = self._new_id(), self._new_id()
        stamp = now.strftime("%Y-%m-%d %H:%M:%SZ")
        description = f"AADSTS{refusal.number}: {refusal.text}"
        body: dict[str, Any] = {
            "error": refusal.error,
            "error_description": f"{description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}",
            "error_codes": [refusal.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation,
        }
        if refusal.has_page:
            body["error_uri"] = f"{_LOGIN}/error?code={refusal.number}"
        return GraphReply(refusal.status, body, _NO_STORE)

    def _configuration(self, directory: Directory, request: GraphRequest, tenant: str) -> dict[str, Any]:
        host = f"{request.base}/{tenant}"
        return {
            "token_endpoint": f"{host}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{host}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid"],
            "issuer": f"{_LOGIN}/{directory.tenant_id}/v2.0",
            "authorization_endpoint": f"{host}/oauth2/v2.0/authorize",
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "tid", "ver"],
            "tenant_region_scope": None,
            "cloud_instance_name": urlsplit(_LOGIN).hostname,
            "msgraph_host": urlsplit(request.base).netloc,
        }

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))


def _granted(
    directory: Directory, request: GraphRequest, tenant: str, form: dict[str, str], now: datetime
) -> tuple[RegisteredApp, str | None]:
    """The application that may have a token, and for which resource, None being Graph; or the refusal."""
    known = {directory.tenant_id, *(name for name, domain in directory.domains.items() if domain["isVerified"])}
    if tenant.lower() not in known:
        text = (
            f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the"
        )
        raise _Refusal(400, "invalid_request", 90002, f"{text} correct cloud.", has_page=True)
    for name in ("grant_type", "client_id", "scope"):
        if not form.get(name):
            text = f"The request body must contain the following parameter: '{name}'."
            raise _Refusal(400, "invalid_request", 900144, text, has_page=True)
    grant = form["grant_type"]
    if grant != "client_credentials":
        text = f"The app requested an unsupported grant type '{grant}'."
        raise _Refusal(400, "unsupported_grant_type", 70003, text)
    application = directory.applications.get(form["client_id"].lower())
    if application is None:
        text = f"{form['client_id']} is not a valid application identifier."
        raise _Refusal(400, "unauthorized_client", 700038, text)
    token_url = f"{request.base}/{tenant}/oauth2/v2.0/token"
    doubt = mistrust(application, form, token_url, now)
    if doubt is not None:
        raise _Refusal(401, "invalid_client", doubt.number, doubt.text, has_page=True)
    return application, _resource(directory, request, application, form["scope"])


def _resource(directory: Directory, request: GraphRequest, application: RegisteredApp, scope: str) -> str | None:
    """What a scope asks for: None for Graph, or the application itself."""
    name, slash, what = scope.rpartition("/")
    if not slash or what != ".default":
        text = (
            f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with"
        )
        text = f"{text} /.default suffixed to the resource identifier (application ID URI)."
        raise _Refusal(400, "invalid_scope", 1002012, text, has_page=True)
    hosts = {*_GRAPH_HOSTS, urlsplit(request.base).netloc}
    if name.lower() == GRAPH_ID or urlsplit(name.lower()).netloc in hosts:
        return None
    if name.lower().removeprefix("api://") == application.client_id:
        return name
    text = f"The resource principal named {name} was not found in the tenant named {directory.tenant_id}. This can"
    text = f"{text} happen if the application has not been installed by the administrator of the tenant or consented to"
    text = f"{text} by any user in the tenant. You might have sent your authentication request to the wrong tenant."
    raise _Refusal(400, "invalid_resource", 500011, text, has_page=True)


def _instance(directory: Directory, request: GraphRequest) -> dict[str, Any]:
    host = urlsplit(request.base).netloc
    discovery = "/".join((request.base, directory.tenant_id, "v2.0", *_DISCOVERY))
    known = [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}]
    return {"tenant_discovery_endpoint": discovery, "api-version": "1.1", "metadata": known}
