"""Objects of any kind by id, and what they are members of."""

from __future__ import annotations

import pytest

READER = "Global Reader"


@pytest.fixture
def nested(fake):
    """Ann is in Inner, which is in Outer, which is Microsoft 365's; Outer is in itself through Inner."""
    ann = fake.add_user("ann@managed.example", roles=[READER])["id"]
    contact = fake.add_contact("Johnny")["id"]
    inner = fake.add_group("Inner", members=[ann, contact])["id"]
    outer = fake.add_group("Outer", members=[inner], groupTypes=["Unified"], mailEnabled=True, securityEnabled=False)[
        "id"
    ]
    fake.add_group("Other")
    return {"ann": ann, "contact": contact, "inner": inner, "outer": outer}


def _names(nested, ids):
    by_id = {key: name for name, key in nested.items()}
    return [by_id.get(key, "another") for key in ids]


@pytest.mark.parametrize(
    ("path", "only", "names"),
    [
        ("/users/{ann}/getMemberGroups", False, ["inner", "outer"]),
        ("/users/ann@managed.example/getMemberGroups", True, ["inner"]),
        ("/users/{ann}/getMemberObjects", False, ["inner", "outer", "another"]),
        ("/users/{ann}/getMemberObjects", True, ["inner", "another"]),
        ("/groups/{inner}/getMemberGroups", False, ["outer"]),
        ("/contacts/{contact}/getMemberGroups", False, ["inner", "outer"]),
        ("/directoryObjects/{outer}/getMemberObjects", False, []),
    ],
)
def test_memberships_are_transitive(graph, nested, path, only, names):
    """Through other groups too; objects are the roles as well, and security leaves other groups out."""
    answer = graph("POST", path.format(**nested), {"securityEnabledOnly": only})
    assert (answer.status, _names(nested, answer.value)) == (200, names)


def test_some_memberships_are_checked(graph, nested):
    """Those of the given ones that the object is in."""
    body = {"groupIds": [nested["outer"], nested["ann"], "00000000-0000-0000-0000-000000000365"]}
    assert graph("POST", f"/users/{nested['ann']}/checkMemberGroups", body).value == [nested["outer"]]
    role = graph.get("/directoryRoles").value[0]["id"]
    body = {"ids": [role, nested["inner"]]}
    assert graph("POST", f"/users/{nested['ann']}/checkMemberObjects", body).value == [nested["inner"], role]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/users/{inner}/getMemberGroups", {"securityEnabledOnly": False}, 404),
        ("/groups/{ann}/getMemberGroups", {"securityEnabledOnly": False}, 404),
        ("/groups/{inner}/getMemberGroups", {"securityEnabledOnly": True}, 400),
        ("/users/{ann}/getMemberGroups", {}, 400),
        ("/users/{ann}/getMemberGroups", {"securityEnabledOnly": False, "more": 1}, 400),
        ("/users/{ann}/checkMemberGroups", {"groupIds": []}, 400),
        ("/users/{ann}/checkMemberGroups", {"groupIds": ["x"] * 21}, 400),
        ("/users/{ann}/checkMemberObjects", {"ids": [1]}, 400),
        ("/directoryObjects/getByIds", {"ids": ["x"] * 1001}, 400),
        ("/directoryObjects/getByIds", {"ids": ["x"], "nonsense": 1}, 400),
    ],
)
def test_what_does_not_fit_is_refused(graph, nested, path, body, status):
    """Another kind of object, a missing parameter, too much of one."""
    assert graph("POST", path.format(**nested), body).status == status


def test_many_objects_are_read_by_id(graph, nested):
    """In the order asked for, each once; unknown ids are passed over; types choose."""
    ids = [nested["outer"], nested["ann"].upper(), "00000000-0000-0000-0000-000000000365", nested["ann"]]
    found = graph("POST", "/directoryObjects/getByIds", {"ids": ids}).value
    assert [each["id"] for each in found] == [nested["outer"], nested["ann"]]
    assert [each["@odata.type"] for each in found] == ["#microsoft.graph.group", "#microsoft.graph.user"]
    users = graph("POST", "/directoryObjects/getByIds", {"ids": ids, "types": ["user", "orgContact"]}).value
    assert [each["id"] for each in users] == [nested["ann"]]


def test_an_object_of_any_kind_is_read(graph, nested):
    """With its type, by its id alone."""
    shown = graph.get(f"/directoryObjects/{nested['contact']}?$select=displayName").body
    assert (shown["@odata.type"], shown["displayName"]) == ("#microsoft.graph.orgContact", "Johnny")
    assert graph.get("/directoryObjects/ann@managed.example").status == 404


def test_applications_and_roles_are_directory_objects_too(odd_graph, fake):
    """Read one by one, and many at once: by type, or all of them."""
    fake.add_user(roles=["Global Reader"])
    application = odd_graph("POST", "/applications", {"displayName": "Wiki"}).body
    principal = odd_graph("POST", "/servicePrincipals", {"appId": application["appId"]}).body
    role = odd_graph.get("/directoryRoles").value[0]
    kinds = {application["id"]: "application", principal["id"]: "servicePrincipal", role["id"]: "directoryRole"}
    for key, kind in kinds.items():
        found = odd_graph.get(f"/directoryObjects/{key}").body
        assert (found["@odata.type"], found["id"]) == (f"#microsoft.graph.{kind}", key)
        answer = odd_graph("POST", "/directoryObjects/getByIds", {"ids": list(kinds), "types": [kind]})
        assert [item["id"] for item in answer.value] == [key]
    answer = odd_graph("POST", "/directoryObjects/getByIds", {"ids": list(kinds)})
    assert [item["id"] for item in answer.value] == list(kinds)


def test_a_service_principal_as_a_member_is_said_to_be_missing(odd_graph, fake):
    """Graph takes it; that there is no such object would be wrong."""
    application = odd_graph("POST", "/applications", {"displayName": "Wiki"}).body
    principal = odd_graph("POST", "/servicePrincipals", {"appId": application["appId"]}).body
    group = fake.add_group("Sales")["id"]
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{principal['id']}"}
    assert odd_graph("POST", f"/groups/{group}/members/$ref", reference).status == 501
