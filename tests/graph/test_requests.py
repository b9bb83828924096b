"""Changes as requests of Graph: sparse bodies, addresses by the SDK's own builders."""

import string
from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType
from typing import get_args

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from o365prov import Departure
from o365prov.errors import UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.sdk_transport import Connection
from o365prov.graph.client.transport import AnonymousCredential
from o365prov.graph.new_accounts import strong_password
from o365prov.graph.requests import change_requests, nested, sdk_request, users_where
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange, Subject
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)

ANN, BOB = Subject("00u1", "Ann", "ann@corp.example"), Subject("00u2", "Bob", "bob@corp.example")
CHANGES = {
    "create": CreateUser(ANN, "", {"displayName": "Ann"}, "f"),
    "restore": RestoreUser(ANN, "", "1"),
    "delete": DeleteUser(ANN, "", "1"),
    "role": GrantRole(ANN, "", "1", "Global Reader", "r"),
    "no role": RemoveRole(ANN, "", "1", "Global Reader", "r", "assignment-1"),
    "mark": Remember(ANN, "", "1", departure=Departure(datetime(2026, 6, 1, tzinfo=UTC))),
    "no licences": RemoveLicenses(ANN, "", "1", (LicenseRemoval("t", "E1"),)),
    "link": LinkUser(ANN, "", "1", "f"),
    "update": UpdateUser(ANN, "", "1", (PropertyChange("jobTitle", "a", "b"),), "f"),
    "licences": AssignLicenses(ANN, "", "1", (LicenseAddition("s", "E3", ("p",)),), (LicenseRemoval("t", "E1"),), ()),
    "manager": SetManager(ANN, "", "1", BOB, "2"),
    "no manager": RemoveManager(ANN, "", "1"),
    "revoke": RevokeSessions(ANN, "", "1", datetime(2026, 6, 1, tzinfo=UTC)),
    "enable": EnableSignIn(ANN, "", "1"),
    "block": BlockSignIn(ANN, "", "1", Departure(datetime(2026, 6, 1, tzinfo=UTC))),
}


@pytest.fixture
def build(transport, run):
    """The requests of a change, by method, address and body."""

    def whole(change, **ids):
        async def inside():
            connection = Connection(AnonymousCredential(), Cloud.US_GOVERNMENT, transport())
            try:
                return change_requests(change, connection.sdk, Cloud.US_GOVERNMENT, **ids)
            finally:
                await connection.close()

        return run(inside())

    return whole


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_costs_the_writes_that_it_declares(build, change):
    """A plan can say what it costs before anything is built."""
    assert sum(request.writes for request in build(change)) == change.writes
    assert len(build(change)) == change.writes


def test_every_kind_of_change_is_tested_here():
    """A new change type belongs into this file."""
    assert {type(change) for change in CHANGES.values()} == set(get_args(Change))


@pytest.mark.parametrize(
    ("name", "method", "url", "body"),
    [
        ("update", "PATCH", "/users/1", {"jobTitle": "b"}),
        (
            "licences",
            "POST",
            "/users/1/assignLicense",
            {"addLicenses": [{"skuId": "s", "disabledPlans": ["p"]}], "removeLicenses": ["t"]},
        ),
        ("manager", "PUT", "/users/1/manager/$ref", {"@odata.id": "https://graph.microsoft.us/v1.0/users/2"}),
        ("no manager", "DELETE", "/users/1/manager/$ref", None),
        ("restore", "POST", "/directory/deletedItems/1/restore", None),
        ("delete", "DELETE", "/users/1", None),
        (
            "role",
            "POST",
            "/roleManagement/directory/roleAssignments",
            {"principalId": "1", "roleDefinitionId": "r", "directoryScopeId": "/"},
        ),
        ("no licences", "POST", "/users/1/assignLicense", {"addLicenses": [], "removeLicenses": ["t"]}),
        ("no role", "DELETE", "/roleManagement/directory/roleAssignments/assignment-1", None),
        ("revoke", "POST", "/users/1/revokeSignInSessions", None),
        ("block", "PATCH", "/users/1", {"accountEnabled": False}),
    ],
)
def test_each_change_has_its_request(build, name, method, url, body):
    """Method, address relative to the version, and nothing in the body but what changes."""
    [request] = build(CHANGES[name])
    assert (request.method, request.url, request.body) == (method, url, body)


def test_values_are_sent_as_json_has_them(build):
    """Tuples become lists, read-only mappings objects, instants Graph's own spelling in UTC."""
    hired = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=1)))
    body = {
        "otherMails": ("a@x.example",),
        "employeeHireDate": hired,
        "employeeOrgData": MappingProxyType({"division": "N"}),
    }
    [request] = build(CreateUser(ANN, "", body, "f"))
    del request.body["passwordProfile"]
    assert request.body == {
        "otherMails": ["a@x.example"],
        "employeeHireDate": "2026-03-01T08:00:00Z",
        "employeeOrgData": {"division": "N"},
    }


def test_both_licence_lists_are_always_sent(build):
    """Graph refuses assignLicense without either list."""
    [request] = build(AssignLicenses(ANN, "", "1", (), (LicenseRemoval("t", "E1"),), ()))
    assert request.body == {"addLicenses": [], "removeLicenses": ["t"]}


def test_clearing_sends_null_and_for_collections_an_empty_list(build):
    """An omitted property stays as it is, an empty text is refused."""
    gone = (PropertyChange("jobTitle", "a", None), PropertyChange("businessPhones", ["1"], None))
    [request] = build(UpdateUser(ANN, "", "1", gone, "f"))
    assert request.body == {"jobTitle": None, "businessPhones": []}


def test_dotted_names_lead_into_complex_properties(build):
    """EmployeeOrgData and the extension attributes are sent as the objects that they are."""
    several = (
        PropertyChange("employeeOrgData.division", None, "North"),
        PropertyChange("employeeOrgData.costCenter", "1", None),
        PropertyChange("onPremisesExtensionAttributes.extensionAttribute1", None, "x"),
    )
    [request] = build(UpdateUser(ANN, "", "1", several, "f"))
    assert request.body == {
        "employeeOrgData": {"division": "North", "costCenter": None},
        "onPremisesExtensionAttributes": {"extensionAttribute1": "x"},
    }


@pytest.mark.parametrize("federated", [True, False])
def test_a_new_account_gets_a_random_password(build, federated):
    """Graph requires one; in a federated domain it need not be changed, because it is never used."""
    [request] = build(CHANGES["create"], federated=federated)
    profile = request.body["passwordProfile"]
    assert profile["forceChangePasswordNextSignIn"] is not federated
    assert len(profile["password"]) == 32


def test_the_password_is_not_in_the_change_nor_in_the_repr(build):
    """A password is made with the request, is different each time, and is shown nowhere."""
    change = CHANGES["create"]
    [first], [second] = build(change), build(change)
    password = first.body["passwordProfile"]["password"]
    assert password != second.body["passwordProfile"]["password"]
    assert "passwordProfile" not in change.properties
    assert password not in repr(first)


def test_ids_come_from_applying_where_the_change_lacks_them(build):
    """An account that the same plan creates is known only after the create."""
    [request] = build(SetManager(ANN, "", None, BOB, None), object_id="7", manager_id="8")
    assert request.url == "/users/7/manager/$ref"
    assert request.body["@odata.id"].endswith("/users/8")


def test_a_missing_id_is_an_error(build):
    """A request to /users/None must never be sent."""
    with pytest.raises(UsageError, match="not known yet"):
        build(SetManager(ANN, "", "1", BOB, None))


def test_filters_are_quoted(transport, run):
    """A quote in a value is doubled and everything is escaped, so that no value becomes part of the filter."""

    async def inside():
        connection = Connection(AnonymousCredential(), Cloud.GLOBAL, transport())
        try:
            return users_where(connection.sdk, "userPrincipalName", "o'neil+x&y@corp.example").url
        finally:
            await connection.close()

    assert "$filter=userPrincipalName%20eq%20%27o%27%27neil%2Bx%26y%40corp.example%27" in run(inside())


@given(st.integers(8, 256))
def test_passwords_have_every_class_and_the_length(length):
    """Entra wants 8 to 256 characters of three classes; four are there, and no letter outside ASCII."""
    password = strong_password(length)
    assert len(password) == length
    for kind in (string.ascii_uppercase, string.ascii_lowercase, string.digits, string.punctuation):
        assert set(password) & set(kind)
    assert password.isascii()


@given(st.dictionaries(st.text("abc", min_size=1), st.integers() | st.none()))
def test_names_without_dots_stay_as_they_are(properties):
    """Only dots lead anywhere."""
    assert nested(properties) == properties


VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(VALUES, VALUES)
def test_addresses_are_those_of_the_sdk(key, value):
    """Whatever stands in the path or is asked for, braces, tildes and signs that only the SDK gives a meaning, too."""
    builder = RequestInformation(Method.GET, "{+baseurl}/users/{user%2Did}{?%24filter}", {"user%2Did": key})
    builder.path_parameters["baseurl"] = ""
    builder.query_parameters["%24filter"] = value
    made = sdk_request("GET", Builder(builder.url_template, {"user%2Did": key}), {"$filter": value})
    assert made.url == builder.url.replace("%24", "$")


@frozen
class Builder:
    """What a request builder of the SDK is made of."""

    url_template: str
    path_parameters: dict[str, str]
