"""The Authorization header: who asks, and whether the permissions in the token are enough.

A token without dots is a *stand-in*, as tests hand them out who don't care for tokens: it is good for everything that
the tenant's own permissions allow. That is laxer than Graph, which refuses it; so is that a token of somebody else is
believed, as long as it is well formed and not expired. With ``FakeTenant(permissions=...)`` neither is: only the
stand-in that is called so, and tokens that this tenant has signed.
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.endpoints.routes import Route
from o365prov.testing.fake_tenant.identity.json_web_tokens import JsonWebToken, SigningKey, read_token_parts
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphRequest
from o365prov.testing.fake_tenant.schema.permissions import PARTS_OF_USERS, permissions_of_routes
from o365prov.testing.fake_tenant.store.directory import Directory

STAND_IN = "stand-in"
_CHALLENGE = (
    'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize",'
    ' client_id="00000003-0000-0000-c000-000000000000"'
)
_ANY_AUDIENCE = frozenset({"https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"})


Permissions = frozenset[str] | None
"""What somebody may do; None is everything."""


def permissions_of_caller(directory: Directory, request: GraphRequest, key: SigningKey) -> Permissions:
    """What the token in the Authorization header allows; 401 without one, or with one that is not valid."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise _unauthorized("Access token is empty.")
    own = directory.permissions
    if "." not in token:
        if own is not None and token != STAND_IN:
            raise _unauthorized("IDX14100: JWT is not well formed, there are no dots (.).")
        return own
    read = read_token_parts(token)
    if read is None:
        raise _unauthorized("IDX14100: JWT is not well formed. The token needs to be in JWS or JWE Compact Format.")
    _check_lifetime(directory, read)
    if own is None and not key.is_named_by(read):
        return None
    if not key.has_signed(read):
        raise _unauthorized("Access token validation failure. Invalid signature.")
    if read.claims.get("aud") not in _ANY_AUDIENCE:
        raise _unauthorized("Access token validation failure. Invalid audience.")
    roles = read.claims.get("roles")
    return None if roles is None else frozenset(roles)


def check_permitted(permissions: Permissions, route: Route, request: GraphRequest) -> None:
    """403 when no permission of the caller allows this."""
    if permissions is None:
        return
    granted = permissions & permissions_of_routes()[route.method, route.pattern]
    narrow = granted.intersection(PARTS_OF_USERS)
    if granted and granted == narrow:
        allowed = {name for permission in narrow for name in PARTS_OF_USERS[permission]}
        granted = granted if allowed.issuperset(request.json_object()) else frozenset()
    if not granted:
        raise GraphErrorResponse(
            403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )


def _check_lifetime(directory: Directory, token: JsonWebToken) -> None:
    now = directory.clock.now().timestamp()
    until, since = token.claims.get("exp"), token.claims.get("nbf", 0)
    if isinstance(until, int | float) and until <= now:
        raise _unauthorized("Lifetime validation failed, the token is expired.")
    if isinstance(since, int | float) and since > now + 300:
        raise _unauthorized("Lifetime validation failed, the token is not yet valid.")


def _unauthorized(message: str) -> GraphErrorResponse:
    return GraphErrorResponse(401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": _CHALLENGE})
