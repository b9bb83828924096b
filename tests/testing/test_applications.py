"""Applications, service principals, the assignments of their roles, and the properties that applications add."""

from __future__ import annotations

import pytest

from o365prov.testing import FakeTenant

ROLE = "aaaaaaaa-0000-4000-8000-000000000001"
NO_ROLE = "00000000-0000-0000-0000-000000000000"


def _wiki(graph, *kinds):
    """An application whose role these kinds of members can have, and its service principal."""
    roles = [{"id": ROLE, "allowedMemberTypes": list(kinds), "displayName": "Reader", "isEnabled": True, "value": "r"}]
    made = graph("POST", "/applications", {"displayName": "Wiki", "appRoles": roles if kinds else []}).body
    return made, graph("POST", "/servicePrincipals", {"appId": made["appId"]}).body


def _grant(graph, path, principal, resource, role=ROLE):
    return graph("POST", path, {"principalId": principal, "resourceId": resource, "appRoleId": role})


def test_a_service_principal_is_of_an_application(odd_graph):
    """It takes over name and roles, there is one of each application, and none of an unknown one."""
    made, principal = _wiki(odd_graph, "User")
    assert (principal["displayName"], principal["appRoles"][0]["value"]) == ("Wiki", "r")
    again = odd_graph("POST", "/servicePrincipals", {"appId": made["appId"]})
    assert (again.status, again.error["code"]) == (409, "Request_MultipleObjectsWithSameKeyValue")
    unknown = odd_graph("POST", "/servicePrincipals", {"appId": NO_ROLE})
    assert "does not reference a valid application object" in unknown.error["message"]
    odd_graph("PATCH", f"/applications/{made['id']}", {"displayName": "Handbook"})
    assert odd_graph.get(f"/servicePrincipals/{principal['id']}").body["displayName"] == "Handbook"


def test_applications_have_alternate_keys(odd_graph):
    """By appId, which is what a configuration knows."""
    made, principal = _wiki(odd_graph, "User")
    assert odd_graph.get(f"/applications(appId='{made['appId']}')").body["id"] == made["id"]
    assert odd_graph.get(f"/servicePrincipals(appId='{made['appId']}')").body["id"] == principal["id"]
    assert odd_graph.get(f"/applications(displayName='{made['displayName']}')").status == 400
    assert odd_graph.get("/applications?$filter=displayName eq 'Wiki'").value[0]["id"] == made["id"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"signInAudience": "Us"}, "signInAudience"),
        ({"appRoles": [{"allowedMemberTypes": ["Group"]}]}, "allowedMemberTypes"),
    ],
)
def test_an_application_takes_only_values_that_microsoft_lists(odd_graph, changes, name):
    """Where a page lists all values of a property, another one is refused."""
    answer = odd_graph("POST", "/applications", {"displayName": "Wiki", **changes})
    assert (answer.status, f"'{name}'" in answer.error["message"]) == (400, True)


def test_a_role_is_granted_once_and_seen_from_both_ends(odd_graph, fake):
    """By the user who has it, and by the application that it is of."""
    user = fake.add_user("ann@managed.example", displayName="Ann")["id"]
    _, principal = _wiki(odd_graph, "User")
    path = f"/users/{user}/appRoleAssignments"
    granted = _grant(odd_graph, path, user, principal["id"])
    assert granted.status == 201
    assert (granted.body["principalType"], granted.body["principalDisplayName"]) == ("User", "Ann")
    assert _grant(odd_graph, path, user, principal["id"]).error["message"].endswith("already exists on the object")
    assert [each["id"] for each in odd_graph.get(path).value] == [granted.body["id"]]
    seen = odd_graph.get(f"/servicePrincipals/{principal['id']}/appRoleAssignedTo").value
    assert [each["principalId"] for each in seen] == [user]
    assert odd_graph("DELETE", f"{path}/{granted.body['id']}").status == 204
    assert odd_graph.get(path).value == []


@pytest.mark.parametrize(
    ("kinds", "role", "status"),
    [
        (("User",), ROLE, 201),
        (("Application",), ROLE, 400),
        (("User",), NO_ROLE, 400),
        ((), NO_ROLE, 201),
        ((), ROLE, 400),
    ],
)
def test_a_role_is_one_that_users_can_have(odd_graph, fake, kinds, role, status):
    """And an application without roles is assigned with the role of zeros."""
    user = fake.add_user()["id"]
    _, principal = _wiki(odd_graph, *kinds)
    answer = _grant(odd_graph, f"/users/{user}/appRoleAssignments", user, principal["id"], role)
    assert answer.status == status
    if status == 400:
        assert "Permission being assigned was not found" in answer.error["message"]


def test_an_application_takes_its_service_principal_along(odd_graph, fake):
    """And what was assigned of its roles."""
    made, principal = _wiki(odd_graph, "User")
    user = fake.add_user()["id"]
    assert _grant(odd_graph, f"/users/{user}/appRoleAssignments", user, principal["id"]).status == 201
    odd_graph("DELETE", f"/applications/{made['id']}")
    assert odd_graph.get(f"/servicePrincipals/{principal['id']}").status == 404
    assert odd_graph.get(f"/users/{user}/appRoleAssignments").value == []


def test_assignments_go_with_those_who_have_them(odd_graph, fake):
    """A group that is deleted for good, and an application that leaves the tenant."""
    _, principal = _wiki(odd_graph, "User")
    group, user = fake.add_group("Sales")["id"], fake.add_user()["id"]
    for collection, key in (("groups", group), ("users", user)):
        assert _grant(odd_graph, f"/{collection}/{key}/appRoleAssignments", key, principal["id"]).status == 201
    odd_graph("DELETE", f"/groups/{group}")
    seen = odd_graph.get(f"/servicePrincipals/{principal['id']}/appRoleAssignedTo").value
    assert [each["principalId"] for each in seen] == [user]
    odd_graph("DELETE", f"/servicePrincipals/{principal['id']}")
    assert odd_graph.get(f"/users/{user}/appRoleAssignments").value == []


def _badge(graph, **changes):
    made = graph("POST", "/applications", {"displayName": "Wiki"}).body
    body = {"name": "badge", "dataType": "String", "targetObjects": ["User"], **changes}
    return graph("POST", f"/applications/{made['id']}/extensionProperties", body), made


def test_an_added_property_is_one_of_users(odd_graph, fake):
    """Written, selected, filtered by, cleared; not shown unasked, and not one of groups."""
    answer, made = _badge(odd_graph)
    name = answer.body["name"]
    assert name == f"extension_{made['appId'].replace('-', '')}_badge"
    user = fake.add_user("ann@managed.example", **{name: "A7"})["id"]
    assert odd_graph.get(f"/users/{user}?$select=id,{name}").body[name] == "A7"
    assert name not in odd_graph.get(f"/users/{user}").body
    assert odd_graph("PATCH", f"/users/{user}", {name: "B8"}).status == 204
    assert len(odd_graph.get(f"/users?$filter={name} eq 'B8'").value) == 1
    assert odd_graph("PATCH", f"/users/{user}", {name: None}).status == 204
    assert odd_graph.get(f"/users/{user}?$select={name}").body[name] is None
    assert odd_graph("PATCH", f"/users/{user}", {name: "x" * 257}).status == 400
    group = fake.add_group("Sales")["id"]
    assert odd_graph("PATCH", f"/groups/{group}", {name: "A7"}).status == 400


def test_an_added_property_is_known_as_long_as_it_is_there(odd_graph, fake):
    """Without it its name means nothing."""
    answer, made = _badge(odd_graph)
    user = fake.add_user(**{answer.body["name"]: "A7"})["id"]
    odd_graph("DELETE", f"/applications/{made['id']}/extensionProperties/{answer.body['id']}")
    refused = odd_graph("PATCH", f"/users/{user}", {answer.body["name"]: "B8"})
    assert "does not exist as a declared property" in refused.error["message"]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"name": "with space"}, 400),
        ({"name": None}, 400),
        ({"dataType": "Binary"}, 501),
        ({"targetObjects": ["Device"]}, 501),
        ({"dataType": "Integer", "isMultiValued": True}, 501),
        ({"isMultiValued": True}, 201),
    ],
)
def test_what_a_property_can_be(odd_graph, changes, status):
    """What Graph refuses is 400, and what the fake does not hold is 501."""
    assert _badge(odd_graph, **changes)[0].status == status


def test_it_is_all_in_a_saved_tenant(odd_graph, fake):
    """Applications, service principals, assignments and properties."""
    answer, made = _badge(odd_graph)
    user = fake.add_user(**{answer.body["name"]: "A7"})["id"]
    principal = odd_graph("POST", "/servicePrincipals", {"appId": made["appId"]}).body["id"]
    _grant(odd_graph, f"/users/{user}/appRoleAssignments", user, principal, NO_ROLE)
    again = FakeTenant.from_json(fake.to_json())
    assert again.to_json() == fake.to_json()
    assert again.user(user)[answer.body["name"]] == "A7"


def test_an_application_is_made_by_its_unique_name_where_it_is_missing(odd_graph):
    """An update that is a create, if the client prefers that; a unique name is one application's."""
    path, prefer = "/applications(uniqueName='wiki')", "create-if-missing; another"
    assert odd_graph("PATCH", path, {"displayName": "Wiki"}).status == 404
    made = odd_graph("PATCH", path, {"displayName": "Wiki"}, Prefer=prefer)
    assert (made.status, made.body["uniqueName"]) == (201, "wiki")
    assert odd_graph("PATCH", path, {"displayName": "Our wiki"}, Prefer=prefer).status == 204
    assert odd_graph.get(path).body["displayName"] == "Our wiki"
    assert odd_graph("POST", "/applications", {"displayName": "Another", "uniqueName": "Wiki"}).status == 400
