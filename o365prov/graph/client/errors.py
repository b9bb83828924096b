"""What Graph's errors mean and what to do about each: one table, of which the first matching row counts.

Graph answers most faulty requests about directory objects with ``400 Request_BadRequest``; only the message or the
details tell them apart, so both are part of the table.

Sources: Microsoft, "Microsoft Graph error responses and resource types"; "Microsoft Graph throttling guidance"; the
texts of the service as public issue threads and clients quote them; Okta support, "Office 365 provisioning failed due
to 403: Insufficient privileges" (on assignLicense).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import frozen

from o365prov._annotations import check_call
from o365prov.errors import CredentialError, GraphError
from o365prov.graph.client.messages import Response


class ErrorCategory(StrEnum):
    """What an error means for repeating the request."""

    PERMANENT = "permanent"  # the same request will fail again
    TRANSIENT = "transient"  # had no effect; send it again a little later
    UNKNOWN = "unknown"  # may have had its effect: repeat what may be repeated, look first where it may not
    LAG = "lag"  # permanent, unless the object was written a moment ago and is not known everywhere yet
    UNAUTHORIZED = "unauthorized"  # once more with a fresh token
    RESYNC = "resync"  # the delta token has expired: read everything again
    SO_ALREADY = "so already"  # what is to be assigned is assigned, or what is to be removed is not there


class ErrorExtent(StrEnum):
    """Of what in a refused request an error speaks: whether a part of the request may be accepted."""

    VALUE = "a value"  # the rest may be accepted
    KIND = "a kind of property"  # properties of other kinds may be accepted
    ACCOUNT = "the account"  # no part would be accepted


@frozen
class ErrorRule:
    """One row of the table; a condition that is None or empty matches any error.

    Args:
        category: what the error means.
        remedy: what to do next, as the end of a sentence.
        status: the HTTP status.
        codes: Graph's ``error.code``, in lower case.
        target: a pattern for a ``target`` in ``error.details``.
        text: a pattern for a part of the message.
        url: how the address of the request ends.
        extent: of what in the request it speaks.

    """

    category: ErrorCategory
    remedy: str
    status: int | None = None
    codes: tuple[str, ...] = ()
    target: str = ""
    text: str = ""
    url: str = ""
    extent: ErrorExtent = ErrorExtent.VALUE

    def matches(
        self, status: int, code: str, details: tuple[tuple[str, str], ...], message: str, url: str = ""
    ) -> bool:
        """Whether the row is about this error; codes are compared without regard to case."""
        return (
            self.status in {None, status}
            and (not self.codes or code.lower() in self.codes)
            and (not self.target or any(re.fullmatch(self.target, target) for _, target in details))
            and (not self.text or re.search(self.text, message, re.IGNORECASE) is not None)
            and url.endswith(self.url)
        )


_DENIED = (
    "the account may hold an admin role: give the app's service principal a directory role that may manage it "
    "(User Administrator, or Privileged Authentication Administrator for all), or grant the missing permission"
)
_CONFLICT = r"another object with the same value for property"

ERRORS: tuple[ErrorRule, ...] = (
    ErrorRule(ErrorCategory.TRANSIENT, "Graph received too many requests; try again later", 429),
    ErrorRule(
        ErrorCategory.TRANSIENT,
        "another write to the same object was in progress; it is sent again",
        409,
        ("directory_concurrencyviolation",),
    ),
    ErrorRule(ErrorCategory.RESYNC, "read the tenant again", 410),
    ErrorRule(ErrorCategory.RESYNC, "read the tenant again", codes=("syncstatenotfound", "resyncrequired")),
    ErrorRule(ErrorCategory.UNAUTHORIZED, "check the credential and that its app still has admin consent", 401),
    ErrorRule(
        ErrorCategory.PERMANENT,
        f"{_DENIED}; if it has a licence from self-service (a trial) or from a reseller, no app can change its "
        "licences: remove that one in the admin center first",
        403,
        ("authorization_requestdenied",),
        url="/assignLicense",
    ),
    ErrorRule(ErrorCategory.PERMANENT, _DENIED, 403, ("authorization_requestdenied",), extent=ErrorExtent.KIND),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "grant the app the permission and renew admin consent",
        403,
        extent=ErrorExtent.KIND,
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "buy seats or remove the licence from another user, then plan again",
        400,
        text=r"does not have any available licenses",
    ),
    ErrorRule(
        ErrorCategory.LAG,
        "set usageLocation (ISO 3166, two letters) before licences",
        400,
        text=r"invalid usage location",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "remove the person from the group that assigns the licence, or the licence from the group",
        400,
        text=r"inherited from a group membership",
    ),
    ErrorRule(
        ErrorCategory.SO_ALREADY,
        "the licence was removed already: read the tenant and plan again",
        400,
        text=r"does not have a corresponding license",
    ),
    ErrorRule(
        ErrorCategory.SO_ALREADY,
        "a member is in the group already: read the tenant and plan again",
        400,
        text=r"added object references already exist",
    ),
    ErrorRule(
        ErrorCategory.SO_ALREADY,
        "it is assigned already: read the tenant and plan again",
        400,
        text=r"conflicting object with one or more of the specified property values",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "assign a licence for users; this one is for the company as a whole or not subscribed",
        400,
        text=r"license .* cannot be assigned to a user|cannot be used with|not a valid .*license",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "leave one of the conflicting service plans out of the grant",
        400,
        text=r"mutually exclusive|conflicting service plans|depends on the service plan",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "verify the domain in Office 365, or map usernames to one of its verified domains",
        400,
        text=r"domain portion of the userPrincipalName",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "send a source anchor (onPremisesImmutableId): accounts of a federated domain need one",
        400,
        text=r"FederatedUser\.SourceAnchor|required property.*(immutableId|SourceAnchor)",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "another account has this username, perhaps a deleted one: rename one of the two",
        400,
        target="userPrincipalName",
        text=_CONFLICT,
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "another account has this source anchor, perhaps a deleted one: link, restore or purge that account",
        400,
        target="onPremisesImmutableId|immutableId",
        text=_CONFLICT,
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "another account, group or contact has this mail address: remove it there",
        400,
        target="proxyAddresses|mail",
        text=_CONFLICT,
    ),
    ErrorRule(ErrorCategory.PERMANENT, "change one of the two objects that share the value", 400, text=_CONFLICT),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "the account is synced from Active Directory: change it there, or use License Only",
        400,
        text=r"on-premises mastered|currently undergoing migration",
        extent=ErrorExtent.ACCOUNT,
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "the account was synced once: manage its extension attributes in Exchange Online",
        400,
        text=r"originated within an external service",
        extent=ErrorExtent.KIND,
    ),
    ErrorRule(
        ErrorCategory.LAG,
        "the account or its manager does not exist any more: read the tenant and plan again",
        400,
        text=r"source resource object or one of the objects being referenced do(es)? not exist",
    ),
    ErrorRule(
        ErrorCategory.PERMANENT,
        "delete objects or raise the tenant's quota",
        400,
        ("directory_quotaexceeded",),
        extent=ErrorExtent.ACCOUNT,
    ),
    ErrorRule(ErrorCategory.LAG, "the object does not exist any more: read the tenant and plan again", 404),
    ErrorRule(ErrorCategory.UNKNOWN, "Graph had an internal error; try again later", 500),
    ErrorRule(ErrorCategory.UNKNOWN, "Graph had an internal error; try again later", 502),
    ErrorRule(ErrorCategory.UNKNOWN, "Graph is not available; try again later", 503),
    ErrorRule(ErrorCategory.UNKNOWN, "Graph took too long; try again later", 504),
    ErrorRule(ErrorCategory.TRANSIENT, "it depended on a request that failed; it is sent again", 424),
    ErrorRule(ErrorCategory.TRANSIENT, "the object was locked; it is sent again", 423),
    ErrorRule(ErrorCategory.PERMANENT, "correct the value, or report the request id to Microsoft"),
)


@frozen
class ClassifiedError:
    """An error of Graph with its category.

    Args:
        category: what it means for repeating the request.
        status: the HTTP status.
        code: Graph's ``error.code``; empty if there is none.
        message: Graph's message.
        remedy: what to do next.
        details: the ``(code, target)`` pairs of ``error.details``.
        request_id: what Microsoft support asks for.
        extent: of what in the request it speaks.
        client_request_id: our own id of the request.

    """

    category: ErrorCategory
    status: int
    code: str
    message: str
    remedy: str
    details: tuple[tuple[str, str], ...] = ()
    request_id: str = ""
    extent: ErrorExtent = ErrorExtent.VALUE
    client_request_id: str = ""

    @property
    def conflict(self) -> bool:
        """Whether another object has a value that must be unique."""
        return any(code == "ObjectConflict" for code, _ in self.details) or bool(
            re.search(_CONFLICT, self.message, re.IGNORECASE)
        )

    def error(self, where: str = "") -> GraphError:
        """The same as an exception; *where* names the request."""
        start = f"{where}: " if where else ""
        return GraphError(
            f"{start}{self}",
            status=self.status,
            code=self.code,
            details=self.details,
            request_id=self.request_id,
            client_request_id=self.client_request_id,
        )

    def __str__(self) -> str:
        """What Graph said, and what to do."""
        return f"{self.message.rstrip('. ')}; {self.remedy}"


def classify(response: Response, url: str = "") -> ClassifiedError:
    """What a response that is not a success means; its body need not be JSON, or an error of Graph's.

    Args:
        response: the response.
        url: the address of the request, on which a remedy may depend.

    >>> body = b'{"error": {"code": "Request_BadRequest", "message": "Subscription with SKU 1 does not have any available licenses."}}'
    >>> str(classify(Response(400, {}, body)))
    'Subscription with SKU 1 does not have any available licenses; buy seats or remove the licence from another user, then plan again'
    """  # noqa: E501
    error = _error(response)
    code = _one_line(_text(error.get("code")))
    message = _one_line(_text(error.get("message"))) or _without_message(response)
    details = _details(error.get("details"))
    if not any(target for _, target in details) and (match := re.search(r"property (\w+) already exists", message)):
        details = (*details, ("ObjectConflict", match[1]))
    row = next(row for row in ERRORS if row.matches(response.status, code, details, message, url))
    return ClassifiedError(
        row.category,
        response.status,
        code,
        message,
        row.remedy,
        details,
        request_id(response, error),
        row.extent,
        _one_line(response.headers.get("client-request-id", "")),
    )


def category_of(error: GraphError) -> ErrorCategory:
    """The category of an error that was raised."""
    check_call(category_of, locals())
    return next(row.category for row in ERRORS if row.matches(error.status, error.code, error.details, error.message))


def request_id(response: Response, error: Mapping[str, Any] | None = None) -> str:
    """What Microsoft support asks for: from the response's headers, else from inside the error."""
    inner = (error or {}).get("innerError") or (error or {}).get("innererror")
    inside = inner.get("request-id") if isinstance(inner, Mapping) else None
    return _one_line(response.headers.get("request-id") or _text(inside))


def credential_error(text: str) -> CredentialError:
    """The error for a credential's own error; *text* is its message, of which one line is kept, and Entra's id of it.

    Source: Microsoft, "Microsoft Entra authentication and authorization error codes".

    >>> str(credential_error("AADSTS7000222: The provided client secret keys are expired. Trace ID: 1"))
    'no token: AADSTS7000222: The provided client secret keys are expired; make a new client secret and use it here'
    """
    line = (text.strip().splitlines() or [""])[0].split(" Trace ID:")[0].strip().rstrip(".") or "no reason given"
    line = _without_secrets(_one_line(line))
    number = re.search(r"AADSTS(\d+)", text)
    remedy = SIGN_IN.get(number[1] if number else "", "check tenant id, client id, secret or certificate, and network")
    found = re.search(r"Correlation ID: ?([0-9a-fA-F-]{36})\b", text)
    return CredentialError(f"no token: {line}{f' (correlation id {found[1]})' if found else ''}; {remedy}")


_OTHER_CLOUD = "the credential signs in to another cloud than Tenant(cloud=...): give both the same, with authority="
SIGN_IN: Mapping[str, str] = {
    "7000215": "the client secret is wrong: use its value, not its id",
    "7000222": "make a new client secret and use it here",
    "700038": "the client id is not that of an app: check it",
    "700016": "there is no such app in this tenant: check the client id, the tenant, and that an admin consented",
    "700027": "the certificate is not the one in the app registration",
    "90002": "there is no such tenant: check the tenant id and the cloud",
    "900382": _OTHER_CLOUD,
    "900439": _OTHER_CLOUD,
    "90051": _OTHER_CLOUD,
    "500011": _OTHER_CLOUD,
    "65001": "no administrator has consented yet: open the consent address",
}


def _error(response: Response) -> Mapping[str, Any]:
    try:
        document = response.json()
    except ValueError:
        return {}
    error = document.get("error") if isinstance(document, dict) else None
    return error if isinstance(error, dict) else {}


def _details(details: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(details, list):
        return ()
    return tuple((_text(each.get("code")), _text(each.get("target"))) for each in details if isinstance(each, dict))


def _without_message(response: Response) -> str:
    kind = response.headers.get("content-type", "").split(";")[0]
    body = f"{len(response.content)} bytes of {kind or 'unknown content'}" if response.content.strip() else "no body"
    return f"Graph answered {response.status} with {body} and no error message"


_NAMED = re.compile(r"""((?:secret|password|assertion|token|key)["']?\s*[:=]\s*["']?)[^\s"'&,;]+""", re.IGNORECASE)
_OPAQUE = re.compile(r"\b(?=[^\s/]*[a-z])(?=[^\s/]*[A-Z])(?=[^\s/]*\d)[\w~.+=-]{24,}")


def _without_secrets(text: str) -> str:
    """A credential's *text* without what follows the name of a secret, and without what looks like one."""
    return _OPAQUE.sub("***", _NAMED.sub(r"\1***", text))


def _one_line(text: str) -> str:
    """One printable line of a reasonable length: what Graph or a proxy sends must not control a terminal."""
    if not text.isprintable():
        text = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(text.split())[:500]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
