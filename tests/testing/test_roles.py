"""Unified role management: definitions and assignments."""

from __future__ import annotations

import pytest

from o365prov.testing import FakeTenant

HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
PATH = "/roleManagement/directory/roleAssignments"


def _body(user, **changes):
    return {"principalId": user["id"], "roleDefinitionId": HELPDESK, "directoryScopeId": "/", **changes}


def test_a_role_is_found_by_name(graph):
    """A built-in role's id is its template id."""
    shown = graph.get("/roleManagement/directory/roleDefinitions?$filter=displayName eq 'Helpdesk Administrator'").value
    assert [(role["id"], role["templateId"], role["isBuiltIn"]) for role in shown] == [(HELPDESK, HELPDESK, True)]
    assert (
        graph.get(f"/roleManagement/directory/roleDefinitions/{HELPDESK}").body["displayName"]
        == "Helpdesk Administrator"
    )


def test_a_role_is_assigned_and_taken_away(graph, fake):
    """POST gives 201, the list finds it by principal, DELETE gives 204."""
    user = fake.add_user("a@managed.example")
    made = graph("POST", PATH, _body(user))
    assert made.status == 201
    assert graph.get(f"{PATH}?$filter=principalId eq '{user['id']}'").value == [
        {name: made.body[name] for name in ("id", "principalId", "roleDefinitionId", "directoryScopeId")}
    ]
    assert graph("DELETE", f"{PATH}/{made.body['id']}").status == 204
    assert graph.get(f"{PATH}/{made.body['id']}").status == 404


def test_the_same_assignment_twice_is_a_conflict(graph, fake):
    """It is a 400 with Graph's words."""
    user = fake.add_user("a@managed.example")
    graph("POST", PATH, _body(user))
    answer = graph("POST", PATH, _body(user))
    assert (answer.status, answer.error["code"]) == (400, "Request_BadRequest")
    assert answer.error["message"].startswith("A conflicting object with one or more of the specified property values")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"roleDefinitionId": "00000000-0000-0000-0000-000000000001"}, 404),
        ({"principalId": "00000000-0000-0000-0000-000000000001"}, 404),
        ({"directoryScopeId": "/administrativeUnits/1"}, 501),
        ({"directoryScopeId": None}, 400),
        ({"condition": "x"}, 501),
    ],
)
def test_assignments_that_do_not_fit(graph, fake, changes, status):
    """Unknown roles and principals are 404; what the fake lacks is 501."""
    assert graph("POST", PATH, _body(fake.add_user("a@managed.example"), **changes)).status == status


def test_a_purged_user_leaves_no_assignment(graph, fake):
    """Roles go with the principal."""
    user = fake.add_user("a@managed.example", roles=["Helpdesk Administrator"])
    assert fake.roles_of(user["id"]) == (HELPDESK,)
    graph("DELETE", f"/users/{user['id']}")
    graph("DELETE", f"/directory/deletedItems/{user['id']}")
    assert graph.get(PATH).value == []


@pytest.mark.parametrize(
    ("caller", "target", "reaches"),
    [
        ([], None, True),
        ([], "Helpdesk Administrator", False),
        (["User Administrator"], "Helpdesk Administrator", True),
        (["User Administrator"], "Global Administrator", False),
        (["Privileged Authentication Administrator"], "Global Administrator", True),
        (None, "Global Administrator", True),
    ],
)
def test_administrators_are_protected(caller, target, reaches):
    """Sensitive properties, delete and restore of an administrator take a role that ranks high enough."""
    fake = FakeTenant(caller_roles=caller, seed=1)
    user = fake.add_user(roles=[target] if target else [])
    path = f"https://graph.microsoft.com/v1.0/users/{user['id']}"
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}

    def patch(body):
        return fake.handle("PATCH", path, headers, body)[0]

    assert patch(b'{"jobTitle":"x"}') == 204
    assert patch(b'{"accountEnabled":false}') == (204 if reaches else 403)
    assert fake.handle("DELETE", path, {"Authorization": "Bearer x"}, b"")[0] == (204 if reaches else 403)


def test_passwords_take_a_role_even_for_others():
    """An application without a role can create users with a password, and not change it afterwards."""
    fake = FakeTenant(caller_roles=[], seed=1)
    user = fake.add_user()
    body = b'{"passwordProfile":{"password":"Correct-Horse-7"}}'
    path = f"https://graph.microsoft.com/v1.0/users/{user['id']}"
    assert fake.handle("PATCH", path, {"Authorization": "Bearer x", "Content-Type": "application/json"}, body)[0] == 403


@pytest.mark.parametrize(("kind", "status"), [("group", 400), ("contact", 404), ("principal", 501), ("user", 204)])
def test_both_ways_to_give_a_role_take_the_same_holders(graph, fake, kind, status):
    """Users and role-assignable groups; that applications can have roles too is said to be missing."""
    made = graph("POST", "/applications", {"displayName": "Wiki"}).body
    holder = {
        "user": fake.add_user,
        "group": lambda: fake.add_group("Sales"),
        "contact": lambda: fake.add_contact("Johnny"),
        "principal": lambda: graph("POST", "/servicePrincipals", {"appId": made["appId"]}).body,
    }[kind]()["id"]
    role = graph("POST", "/directoryRoles", {"roleTemplateId": HELPDESK}).body["id"]
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{holder}"}
    assert graph("POST", f"/directoryRoles/{role}/members/$ref", reference).status == status
    body = {"principalId": holder, "roleDefinitionId": "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "directoryScopeId": "/"}
    answer = graph("POST", "/roleManagement/directory/roleAssignments", body)
    assert answer.status == (201 if status == 204 else status)
