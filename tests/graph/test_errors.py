"""What Graph's errors mean: one table."""

import json

import pytest

from o365prov.errors import GraphError
from o365prov.graph.client.errors import ERRORS, ErrorCategory, category_of, classify, credential_error
from o365prov.graph.client.messages import Response


def error(status, code, message, details=(), **inner):
    document = {"error": {"code": code, "message": message, "innerError": inner}}
    if details:
        document["error"]["details"] = [{"code": code, "target": target, "message": ""} for code, target in details]
    return Response(status, {"content-type": "application/json"}, json.dumps(document).encode())


def test_a_refused_licence_may_be_one_that_no_app_can_change():
    """Beside admin roles: licences from self-service and from resellers, where licences are assigned."""
    denied = error(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    assert "self-service (a trial) or from a reseller" in classify(denied, "/users/1/assignLicense").remedy
    assert "admin role" in classify(denied, "/users/1/assignLicense").remedy
    assert "self-service" not in classify(denied, "/users/1").remedy


@pytest.mark.parametrize(
    ("response", "category", "remedy"),
    [
        (error(429, "TooManyRequests", "Too many requests"), ErrorCategory.TRANSIENT, "too many requests"),
        (error(409, "Directory_ConcurrencyViolation", "concurrent requests"), ErrorCategory.TRANSIENT, "in progress"),
        (error(409, "nameAlreadyExists", "name exists"), ErrorCategory.PERMANENT, "correct the value"),
        (error(410, "SyncStateNotFound", "delta token is expired"), ErrorCategory.RESYNC, "read the tenant again"),
        (error(400, "syncStateNotFound", "delta token is expired"), ErrorCategory.RESYNC, "read the tenant again"),
        (error(401, "InvalidAuthenticationToken", "expired"), ErrorCategory.UNAUTHORIZED, "credential"),
        (error(403, "Authorization_RequestDenied", "Insufficient privileges"), ErrorCategory.PERMANENT, "admin role"),
        (error(403, "Forbidden", "no"), ErrorCategory.PERMANENT, "grant the app the permission"),
        (
            error(
                400,
                "Request_BadRequest",
                "Subscription with Account a and SKU b does not have any available licenses left.",
            ),
            ErrorCategory.PERMANENT,
            "buy seats",
        ),
        (
            error(400, "Request_BadRequest", "License assignment cannot be done for user with invalid usage location."),
            ErrorCategory.LAG,
            "set usageLocation",
        ),
        (
            error(
                400,
                "Request_BadRequest",
                "User license is inherited from a group membership and it cannot be removed directly from the user.",
            ),
            ErrorCategory.PERMANENT,
            "from the group",
        ),
        (
            error(400, "Request_BadRequest", "The domain portion of the userPrincipalName property is invalid."),
            ErrorCategory.PERMANENT,
            "verify the domain",
        ),
        (
            error(
                400,
                "Request_BadRequest",
                "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects "
                "currently undergoing migration.",
            ),
            ErrorCategory.PERMANENT,
            "License Only",
        ),
        (
            error(
                400,
                "Request_BadRequest",
                "The source resource object or one of the objects being referenced do not exist.",
            ),
            ErrorCategory.LAG,
            "does not exist any more",
        ),
        (
            error(404, "Request_ResourceNotFound", "Resource '1' does not exist"),
            ErrorCategory.LAG,
            "does not exist any more",
        ),
        (error(500, "InternalServerError", "x"), ErrorCategory.UNKNOWN, "internal error"),
        (error(502, "BadGateway", "x"), ErrorCategory.UNKNOWN, "internal error"),
        (error(503, "ServiceUnavailable", "x"), ErrorCategory.UNKNOWN, "not available"),
        (error(504, "UnknownError", ""), ErrorCategory.UNKNOWN, "too long"),
        (error(424, "FailedDependency", "x"), ErrorCategory.TRANSIENT, "sent again"),
        (
            error(400, "Request_BadRequest", "Invalid value specified for property 'x'"),
            ErrorCategory.PERMANENT,
            "correct",
        ),
    ],
)
def test_each_error_has_a_category_and_a_remedy(response, category, remedy):
    """Graph's code alone hardly tells errors apart, so the table reads status, code, details and message."""
    classified = classify(response)
    assert classified.category is category
    assert remedy in classified.remedy


@pytest.mark.parametrize(
    ("target", "remedy"),
    [
        ("userPrincipalName", "this username"),
        ("onPremisesImmutableId", "this source anchor"),
        ("proxyAddresses", "this mail address"),
        ("employeeId", "share the value"),
    ],
)
def test_a_conflict_names_what_is_shared(target, remedy):
    """Which value collides stands in error.details; each has its own remedy."""
    message = f"Another object with the same value for property {target} already exists."
    classified = classify(error(400, "Request_BadRequest", message, [("ObjectConflict", target)]))
    assert classified.conflict
    assert remedy in classified.remedy


def test_a_conflict_without_details_is_read_from_the_message():
    """Some answers lack error.details."""
    classified = classify(
        error(
            400,
            "Request_BadRequest",
            "Another object with the same value for property userPrincipalName already exists.",
        )
    )
    assert classified.details == (("ObjectConflict", "userPrincipalName"),)
    assert "this username" in classified.remedy


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><title>502</title></html>",
        b'{"error": {"code": "x',
        b"[]",
        b'{"error": "text"}',
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_not_an_error_is_accepted(content):
    """Gateways answer with HTML, cut JSON or nothing; the message has status and size then."""
    classified = classify(Response(502, {"content-type": "text/html; charset=utf-8"}, content))
    assert classified.category is ErrorCategory.UNKNOWN
    assert "502" in classified.message


def test_the_body_of_a_gateway_is_not_shown():
    """The page of a proxy may hold anything."""
    assert "secret" not in str(classify(Response(502, {}, b"<html>secret</html>")))


def test_a_message_is_one_printable_line():
    """What Graph or a proxy sends must not control a terminal, nor fill it."""
    classified = classify(error(400, "x", "red \x1b[31m alert\r\n\u202e" + "!" * 10_000))
    assert classified.message.startswith("red [31m alert !")
    assert classified.message.isprintable()
    assert len(classified.message) == 500


def test_the_request_id_is_found_in_headers_or_in_the_error():
    """Microsoft support asks for it."""
    response = error(400, "x", "y", **{"request-id": "inner"})
    assert classify(response).request_id == "inner"
    assert classify(Response(400, {"Request-Id": "outer"}, response.content)).request_id == "outer"


def test_an_error_says_what_where_and_what_to_do_in_one_line():
    """The exception holds Graph's own words, ours, status, code and request id."""
    response = error(429, "TooManyRequests", "Too many\nrequests.", **{"request-id": "r1"})
    assert str(classify(response).error("GET /users")) == (
        "GET /users: Too many requests; Graph received too many requests; try again later "
        "(429 TooManyRequests, request r1)"
    )


def test_a_raised_error_keeps_its_category():
    """Code that catches a GraphError can ask for it."""
    assert category_of(classify(error(410, "resyncRequired", "x")).error()) is ErrorCategory.RESYNC
    assert category_of(GraphError("x", status=400, code="syncStateNotFound")) is ErrorCategory.RESYNC


def test_every_row_says_what_to_do():
    """Every row has a remedy, and the last one matches any error."""
    assert all(row.remedy for row in ERRORS)
    assert ERRORS[-1].matches(418, "Teapot", (), "")


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1", "its value, not its id"),
        ("AADSTS7000222: expired", "new client secret"),
        ("AADSTS700038: 1 is not a valid application identifier.", "not that of an app"),
        ("AADSTS700016: not found", "client id"),
        ("AADSTS90002: Tenant not found", "tenant id"),
        ("something else", "check tenant id"),
        ("", "check tenant id"),
    ],
)
def test_a_refused_sign_in_says_what_to_do(text, remedy):
    """Entra's AADSTS numbers have their own remedies; one line of its text is kept."""
    message = str(credential_error(text))
    assert remedy in message
    assert "\n" not in message
    assert "Trace ID" not in message


def test_a_refused_sign_in_is_found_in_entras_log():
    """By its correlation id, which Microsoft support asks for, and which the sign-in log has."""
    found = "0d0f0e50-6b3f-4f5b-9f0e-0a1b2c3d4e5f"
    said = f"AADSTS7000222: expired. Trace ID: {found[::-1]} Correlation ID: {found} Timestamp: 2026-08-13 21:24:29Z"
    assert str(credential_error(said)) == (
        f"no token: AADSTS7000222: expired (correlation id {found}); make a new client secret and use it here"
    )
