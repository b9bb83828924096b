"""Every request that we build fits Microsoft's own description of Graph v1.0.

The description is the slice of msgraph-metadata (MIT licence) that the fake tenant's tests keep. Restoring is not among
the requests: the slice demands a body there, which Graph takes and does not need.
"""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from o365prov import Departure
from o365prov.graph import requests
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.sdk_transport import Connection
from o365prov.graph.client.transport import AnonymousCredential
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange, Subject
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RevokeSessions,
    SetManager,
    UpdateUser,
)

ANN = Subject("00u1", "Ann", "ann@corp.example")
ID, SKU = "11111111-1111-4111-8111-111111111111", "05e9a617-0261-4cee-bb44-138d3ef5d965"
BODY = {
    "accountEnabled": True,
    "displayName": "Ann",
    "mailNickname": "ann",
    "userPrincipalName": "ann@corp.example",
    "usageLocation": "NO",
    "otherMails": ["ann@home.example"],
    "employeeOrgData.division": "North",
    "onPremisesExtensionAttributes.extensionAttribute1": "x",
}
CHANGES = (
    CreateUser(ANN, "", BODY, "f"),
    UpdateUser(ANN, "", ID, tuple(PropertyChange(name, None, value) for name, value in BODY.items()), "f"),
    UpdateUser(ANN, "", ID, (PropertyChange("jobTitle", "x", None), PropertyChange("otherMails", ["x"], None)), "f"),
    AssignLicenses(ANN, "", ID, (LicenseAddition(SKU, "E3", (ID,)),), (LicenseRemoval(SKU, "E1"),), ()),
    RemoveLicenses(ANN, "", ID, (LicenseRemoval(SKU, "E1"),)),
    SetManager(ANN, "", ID, ANN, ID),
    RemoveManager(ANN, "", ID),
    GrantRole(ANN, "", ID, "Global Reader", ID),
    RemoveRole(ANN, "", ID, "Global Reader", ID, "assignment"),
    RevokeSessions(ANN, "", ID, datetime(2026, 6, 1, tzinfo=UTC)),
    EnableSignIn(ANN, "", ID),
    BlockSignIn(ANN, "", ID, Departure(datetime(2026, 6, 1, tzinfo=UTC))),
    DeleteUser(ANN, "", ID),
)
READS = {
    "organization": requests.organization,
    "domains": requests.domains,
    "SKUs": requests.subscribed_skus,
    "users": lambda sdk: requests.users(sdk, ["jobTitle"], managers=True),
    "one user": lambda sdk: requests.one_user(sdk, ID, ["jobTitle"]),
    "user named": lambda sdk: requests.user_named(sdk, "o'neil@corp.example"),
    "users where": lambda sdk: requests.users_where(sdk, "userPrincipalName", "o'neil@corp.example"),
    "delta": lambda sdk: requests.delta_from_now(sdk, ["jobTitle"], managers=True),
    "deleted users": lambda sdk: requests.deleted_users(sdk, ["jobTitle"]),
    "roles": requests.roles,
    "role assignments": requests.role_assignments,
}


@cache
def description():
    return OpenAPI.from_file_path(Path(__file__).parents[1] / "testing" / "graph-slice.openapi.yaml")


def check(request):
    parts = urlsplit(request.url)
    path = parts.path.replace("/deletedItems/graph.user", "/deletedItems/microsoft.graph.user")
    description().validate_request(
        MockRequest(
            "https://graph.microsoft.com",
            request.method.lower(),
            f"/v1.0{path}",
            args=dict(parse_qsl(parts.query)),
            data=None if request.body is None else json.dumps(request.body).encode(),
            content_type="application/json",
        )
    )


@pytest.fixture
def with_sdk(transport, run):
    """Call something with the SDK's client."""

    def whole(build):
        async def inside():
            connection = Connection(AnonymousCredential(), Cloud.GLOBAL, transport())
            try:
                return build(connection.sdk)
            finally:
                await connection.close()

        return run(inside())

    return whole


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.kind)
def test_a_write_fits(with_sdk, change):
    """Address, method, names and types of properties."""
    [request] = with_sdk(lambda sdk: requests.change_requests(change, sdk, Cloud.GLOBAL))
    check(request)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_read_fits(with_sdk, read):
    """Addresses and query options."""
    check(with_sdk(read))


def test_the_description_tells_wrong_from_right(with_sdk):
    """A property of the wrong type would be found."""
    wrong = UpdateUser(ANN, "", ID, (PropertyChange("jobTitle", None, 5),), "f")
    [request] = with_sdk(lambda sdk: requests.change_requests(wrong, sdk, Cloud.GLOBAL))
    with pytest.raises(OpenAPIError):
        check(request)
