"""Graph's errors: one exception that carries status, code, message and details, and the messages Graph uses.

Almost every refusal of the directory has the code ``Request_BadRequest``, so what went wrong stands in the message and
in ``details``; the messages here are those that clients see (reference: Microsoft Graph "Error responses and resource
types", and the threads named beside each one).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen


@frozen
class Detail:
    """One entry of ``error.details``: what is wrong with which property."""

    code: str
    target: str
    message: str


class GraphErrorResponse(Exception):  # noqa: N818 - a refusal is Graph's answer, not a failure of the fake
    """Graph says no: an HTTP *status* with an error body.

    Args:
        status: the HTTP status, 400 or above.
        code: Graph's ``error.code``.
        message: Graph's ``error.message``.
        details: what goes into ``error.details``.
        headers: headers of the answer beyond the usual ones, such as ``Retry-After``.
        inner: extra members of ``error.innerError``.

    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *details: Detail,
        headers: Mapping[str, str] | None = None,
        inner: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = dict(headers or {})
        self.inner = dict(inner or {})

    def body(self, request_id: str, client_request_id: str, now: datetime) -> dict[str, Any]:
        """The error body, in the shape that Graph sends it."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details:
            error["details"] = [{"code": d.code, "message": d.message, "target": d.target} for d in self.details]
        error["innerError"] = {
            **self.inner,
            "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id,
        }
        return {"error": error}

    @classmethod
    def bad_request(cls, message: str, *details: Detail) -> GraphErrorResponse:
        """400 Request_BadRequest, the directory's word for nearly everything."""
        return cls(400, "Request_BadRequest", message, *details)

    @classmethod
    def malformed(cls, message: str) -> GraphErrorResponse:
        """400 BadRequest, from the layer that reads URLs and JSON."""
        return cls(400, "BadRequest", message)

    @classmethod
    def unknown_parameter(cls, name: str, operation: str) -> GraphErrorResponse:
        """400 for a parameter that an action does not have."""
        return cls.malformed(
            f"The parameter '{name}' in the request payload is not a valid parameter for the operation '{operation}'."
        )

    @classmethod
    def not_found(cls, key: str) -> GraphErrorResponse:
        """404 for an object, or for one that its references need."""
        return cls(
            404,
            "Request_ResourceNotFound",
            f"Resource '{key}' does not exist or one of its queried reference-property objects are not present.",
        )

    @classmethod
    def missing_reference(cls) -> GraphErrorResponse:
        """400 when a reference points at nothing."""
        return cls.bad_request(
            "The source resource object or one of the objects being referenced do not exist. Verify that the"
            " objects exist and try again."
        )

    @classmethod
    def invalid_value(cls, name: str, resource: str, why: str, code: str = "InvalidValue") -> GraphErrorResponse:
        """400 for a value that a property can't take; *why* goes into the details."""
        message = f"Invalid value specified for property '{name}' of resource '{resource}'."
        return cls.bad_request(message, Detail(code, name, why))

    @classmethod
    def conflict(cls, name: str, *, conflicting_id: str | None = None) -> GraphErrorResponse:
        """400 ObjectConflict: uniqueness (microsoft-graph-docs#1508, microsoft-graph-docs-contrib#8421)."""
        message = f"Another object with the same value for property {name} already exists."
        details = [Detail("ObjectConflict", name, message)]
        if conflicting_id is not None:
            details.append(Detail("ConflictingObjects", name, conflicting_id))
        return cls.bad_request(message, *details)

    @classmethod
    def mastered_on_premises(cls) -> GraphErrorResponse:
        """400 for a change of what a directory on-premises is master of."""
        return cls.bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects"
            " currently undergoing migration."
        )

    @classmethod
    def already_there(cls, name: str) -> GraphErrorResponse:
        """400 for a reference that exists."""
        return cls.bad_request(
            f"One or more added object references already exist for the following modified properties: '{name}'."
        )

    @classmethod
    def conflicting_object(cls) -> GraphErrorResponse:
        """400 for a role assignment or activated role that exists."""
        return cls.bad_request(
            "A conflicting object with one or more of the specified property values is present in the directory."
        )

    @classmethod
    def concurrent_writes(cls) -> GraphErrorResponse:
        """409 when two writes to one object overlap."""
        return cls(
            409,
            "Directory_ConcurrencyViolation",
            "Error due to concurrent requests being made to the tenant. Please wait briefly and retry.",
        )

    @classmethod
    def throttled(cls, headers: Mapping[str, str]) -> GraphErrorResponse:
        """429, with the headers that say for how long."""
        return cls(
            429,
            "TooManyRequests",
            "Too many requests. Please wait and retry.",
            headers=headers,
            inner={"code": "429"},
        )

    @classmethod
    def unsupported(cls, message: str) -> GraphErrorResponse:
        """501: Graph may well do this, the fake tenant does not; *message* says what it does instead."""
        return cls(501, "NotSupportedByFakeTenant", message)
