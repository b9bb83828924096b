"""Bodies and queries of the wrong shape: each is refused with 400, nothing breaks, and nothing is written."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "properties",
    [
        {"passwordProfile": "Correct-Horse-7"},
        {"passwordProfile": ["Correct-Horse-7"]},
        {"jobTitle": "\ud800"},
        {"employeeHireDate": "2026-02-31T00:00:00Z"},
        {"otherMails": [["a@home.example"]]},
        {"businessPhones": {"0": "1"}},
    ],
)
def test_a_user_of_the_wrong_shape_is_not_made(graph, fake, properties):
    """A value of a wrong type, half a character, a day that no calendar has."""
    assert graph.create("a@managed.example", **properties).status == 400
    assert fake.users == ()


def test_a_body_nested_too_deep_is_refused(graph, fake):
    """Deeper than any reader goes."""
    user = fake.add_user()
    body = b'{"jobTitle":' + b"[" * 900 + b"]" * 900 + b"}"
    assert graph("PATCH", f"/users/{user['id']}", body).status == 400


@pytest.mark.parametrize("types", [[["Unified"]], [5], "Unified", {"a": 1}])
def test_a_group_of_the_wrong_shape_is_not_made(graph, fake, types):
    """GroupTypes is a list of texts."""
    body = {"displayName": "g", "mailEnabled": False, "mailNickname": "g", "securityEnabled": True, "groupTypes": types}
    assert graph("POST", "/groups", body).status == 400
    assert fake.groups == ()


@pytest.mark.parametrize("plans", [5, "x", {"a": 1}, [5], [None]])
def test_disabled_plans_of_the_wrong_shape_are_refused(graph, fake, plans):
    """DisabledPlans is a list of ids."""
    user = fake.add_user(usageLocation="US")
    body = {"addLicenses": [{"skuId": E3, "disabledPlans": plans}], "removeLicenses": []}
    assert graph("POST", f"/users/{user['id']}/assignLicense", body).status == 400


@pytest.mark.parametrize(
    "item",
    [
        {"method": []},
        {"method": 5},
        {"url": ["/users"]},
        {"url": "/%24batch", "method": "POST"},
        {"headers": {"ConsistencyLevel": 5}},
        {"headers": [1]},
        {"dependsOn": [["x"]]},
        {"dependsOn": [None]},
        {"method": "POST", "headers": {"Content-Type": "text/plain"}, "body": "a"},
    ],
)
def test_a_batch_of_the_wrong_shape_is_refused_as_a_whole(odd_graph, item):
    """Before any of its requests is carried out."""
    answer = odd_graph("POST", "/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/users", **item}]})
    assert (answer.status, answer.error["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    "text",
    [
        "createdDateTime ge '2024-01-01T00:00:00Z'",
        "createdDateTime ge 5",
        "endswith(otherMails,'x')",
        "createdDateTime ge 2024-02-30",
        "id eq 00000000-0000-0000-0000-000000000365",
        "displayName eq 1.5",
        "assignedLicenses/any(l:l/skuId eq '00000000-0000-0000-0000-000000000365')",
        "otherMails/any(m:m/x eq 'x')",
        "otherMails/any(m:n eq 'x')",
        "otherMails/any(m:m ne 'x')",
        "assignedLicenses/any(l:l/nonsense eq 'x')",
        "onPremisesExtensionAttributes/nonsense eq 'x'",
        "displayName/nonsense eq 'x'",
        "assignedLicenses/$count eq 2",
        "assignedLicenses/$count ge 0",
        "assignedLicenses/$count eq 'x'",
        "displayName/any(n:n eq 'x')",
        "displayName in (null,'x',null) and usageLocation in (1)",
        "accountEnabled eq null",
    ],
)
def test_a_filter_that_does_not_fit_its_property_is_refused(graph, fake, text):
    """Also when there is something to compare with."""
    fake.add_user(otherMails=["a@home.example"])
    assert graph.eventual(f"/users?$filter={quote(text)}").status == 400


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("assignedPlans/any(p:p/capabilityStatus eq 'Enabled')", 1),
        ("provisionedPlans/any(p:p/provisioningStatus eq 'Success')", 1),
        ("identities/any(i:i/issuerAssignedId eq 'guest@home.example')", 1),
        ("identities/any(i:i/issuerAssignedId eq 'licensed@managed.example')", 0),
    ],
)
def test_properties_that_are_made_when_read_can_be_filtered_on(graph, fake, text, number):
    """A filter sees what $select shows, but for the identity that is the userPrincipalName; the count agrees."""
    fake.add_user("licensed@managed.example", usageLocation="US", licenses=["SPE_E3"])
    identity = {"signInType": "emailAddress", "issuer": "home", "issuerAssignedId": "guest@home.example"}
    fake.add_user("plain@managed.example", identities=[identity])
    answer = graph.eventual(f"/users?$filter={quote(text)}")
    assert (answer.body["@odata.count"], len(answer.value)) == (number, number)
    status, _, counted = fake.handle(
        "GET",
        f"https://graph.microsoft.com/v1.0/users/$count?$filter={quote(text)}",
        {"Authorization": "Bearer x", "ConsistencyLevel": "eventual"},
        b"",
    )
    assert (status, json.loads(counted)) == (200, number)


def test_a_number_is_compared_with_a_number(graph, fake):
    """Rooms have a capacity."""
    fake.add_room("small", "small@managed.example", capacity=4)
    fake.add_room("large", "large@managed.example", capacity=40)
    found = graph.get("/places/microsoft.graph.room?$filter=capacity eq 40").value
    assert [room["displayName"] for room in found] == ["large"]


@pytest.mark.parametrize("name", ["graph.admin@managed.example", "microsoft.graph.user@managed.example"])
def test_a_name_that_begins_like_a_namespace_is_a_name(graph, fake, name):
    """graph.admin@ is somebody, and no cast."""
    user = fake.add_user(name)
    assert graph.get(f"/users/{quote(name)}").body["id"] == user["id"]


def test_type_annotations_of_properties_are_taken(odd_graph, fake):
    """Clients for .NET, Java and PowerShell say the type of a collection beside it."""
    user = fake.add_user()
    body = {"businessPhones@odata.type": "#Collection(String)", "businessPhones": ["+1 555 0100"]}
    assert odd_graph("PATCH", f"/users/{user['id']}", body).status == 204
    assert fake.user(user["id"])["businessPhones"] == ["+1 555 0100"]


def test_addresses_in_a_batch_may_begin_with_the_version(odd_graph, fake):
    """Microsoft's client for JavaScript cuts only the host off."""
    user = fake.add_user()
    item = {"id": "1", "method": "GET", "url": f"/v1.0/users/{user['id']}?$select=id"}
    answer = odd_graph("POST", "/$batch", {"requests": [item]})
    assert answer.body["responses"][0]["body"]["id"] == user["id"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"jobTitle": "a", "jobTitle": "b"}',
        b'{"employeeOrgData": {"division": "a", "division": "b"}}',
        b'{"jobTitle": NaN}',
        b'{"jobTitle": -Infinity}',
        '{"jobTitle": "a"}'.encode("utf-16"),
        b'{"jobTitle": "\xff"}',
    ],
)
def test_json_that_others_read_otherwise_is_refused(graph, fake, content):
    """Names that come twice, what is not a number of JSON, and whatever is not UTF-8."""
    user = fake.add_user()
    answer = graph("PATCH", f"/users/{user['id']}", content)
    assert (answer.status, answer.error["code"]) == (400, "BadRequest")
    assert "jobTitle" not in fake.user(user["id"])


def test_a_byte_order_mark_before_json_is_passed_over(odd_graph, fake):
    """As clients on Windows write it."""
    user = fake.add_user()
    content = '{"jobTitle": "Sängerin"}'.encode("utf-8-sig")
    assert odd_graph("PATCH", f"/users/{user['id']}", content).status == 204
    assert fake.user(user["id"])["jobTitle"] == "Sängerin"


@pytest.mark.parametrize("path", ["/users?$select=id", "/groups?$expand=members", "/$batch?$select=id"])
def test_an_option_of_a_write_is_said_to_be_missing(odd_graph, path):
    """Graph answers a create with what $select asks for."""
    assert odd_graph("POST", path, {}).status == (501 if "batch" not in path else 400)


@pytest.mark.parametrize(("path", "kind"), [("/users", "group"), ("/groups", "user"), ("/users/{user}", "contact")])
def test_a_body_is_of_the_type_of_its_address(fake, graph, path, kind):
    """What calls itself something else is refused, whatever else it holds."""
    user = fake.add_user()["id"]
    body = {"@odata.type": f"#microsoft.graph.{kind}", "displayName": "x"}
    answer = graph("PATCH" if "{" in path else "POST", path.format(user=user), body)
    assert (answer.status, answer.error["code"]) == (400, "BadRequest")
    assert "not assignable to the expected type" in answer.error["message"]
    assert graph("PATCH", f"/users/{user}", body | {"@odata.type": "#microsoft.graph.user"}).status == 204
