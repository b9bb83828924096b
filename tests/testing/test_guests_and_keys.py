"""Guests who are invited, the user who is signed in, alternate keys, and members and memberships by type."""

from __future__ import annotations

import pytest

from o365prov.testing import FakeTenant

INVITATION = {"invitedUserEmailAddress": "eve@home.example", "inviteRedirectUrl": "https://x.example"}


def test_an_invited_guest_is_a_user(odd_graph, fake):
    """With the address in the userPrincipalName, and pending; inviting again gives the same."""
    answer = odd_graph("POST", "/invitations", {**INVITATION, "invitedUserDisplayName": "Eve"})
    assert (answer.status, answer.body["status"]) == (201, "PendingAcceptance")
    guest = fake.user(answer.body["invitedUser"]["id"])
    assert guest["userPrincipalName"] == "eve_home.example#EXT#@contoso.onmicrosoft.com"
    assert (guest["displayName"], guest["userType"], guest["mail"]) == ("Eve", "Guest", "eve@home.example")
    assert odd_graph("POST", "/invitations", INVITATION).body["invitedUser"]["id"] == guest["id"]
    assert len(odd_graph.get("/users?$filter=userType eq 'Guest'").value) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"invitedUserEmailAddress": "ann@managed.example"}, 400),
        ({"invitedUserEmailAddress": "nobody"}, 400),
        ({"inviteRedirectUrl": None}, 400),
        ({"invitedUserType": "Visitor"}, 400),
        ({"sendInvitationMessage": "yes"}, 400),
        ({"nonsense": 1}, 400),
        ({"resetRedemption": True}, 501),
    ],
)
def test_what_is_no_invitation_is_refused(odd_graph, fake, changes, status):
    """And nobody comes into the tenant by it."""
    assert odd_graph("POST", "/invitations", {**INVITATION, **changes}).status == status
    assert fake.users == ()


def test_sponsors_come_and_go_after_the_invitation(odd_graph, fake):
    """Users and groups, each of them once, and nothing else."""
    guest = odd_graph("POST", "/invitations", INVITATION).body["invitedUser"]["id"]
    ann, staff = fake.add_user("ann@managed.example")["id"], fake.add_group("Staff")["id"]
    path = f"/users/{guest}/sponsors"

    def add(key):
        return odd_graph(
            "POST", f"{path}/$ref", {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{key}"}
        )

    assert [add(each).status for each in (ann, staff)] == [204, 204]
    assert "already exist" in add(ann).error["message"]
    assert add(fake.add_contact("Johnny")["id"]).status == 400
    assert odd_graph("DELETE", f"{path}/{ann}/$ref").status == 204
    assert odd_graph("DELETE", f"{path}/{ann}/$ref").status == 404
    assert [each["id"] for each in odd_graph.get(path).value] == [staff]


def test_me_is_the_user_who_is_signed_in(graph_of):
    """With everything below, in batches too."""
    fake = FakeTenant(signed_in="ann@contoso.onmicrosoft.com", seed=1)
    boss = fake.add_user("boss@contoso.onmicrosoft.com")["id"]
    user = fake.add_user("ann@contoso.onmicrosoft.com", manager=boss)["id"]
    graph = graph_of(fake)
    assert graph.get("/me").body["id"] == user
    assert graph.get("/me/manager").body["id"] == boss
    batch = {"requests": [{"id": "1", "method": "GET", "url": "/me/memberOf"}]}
    assert graph("POST", "/$batch", batch).body["responses"][0]["body"]["value"] == []
    assert FakeTenant.from_json(fake.to_json()).to_json() == fake.to_json()


def test_an_application_is_not_me(odd_graph):
    """As in Graph; and what is not supported below is said to be that first."""
    answer = odd_graph.get("/me")
    assert (answer.status, answer.error["code"]) == (400, "BadRequest")
    assert "delegated authentication flow" in answer.error["message"]
    assert odd_graph.get("/me/messages").status == 501


def test_users_and_groups_have_alternate_keys(odd_graph, fake):
    """Users their userPrincipalName, in the long spelling, and groups their uniqueName."""
    user = fake.add_user("ann@managed.example")["id"]
    group = fake.add_group("Sales", uniqueName="sales")["id"]
    assert odd_graph.get("/users(userPrincipalName='ann@managed.example')").body["id"] == user
    assert odd_graph.get("/groups(uniqueName='Sales')/members").status == 200
    assert odd_graph.get("/groups(uniqueName='sales')").body["id"] == group
    assert odd_graph.get("/groups(uniqueName='none')").status == 404
    assert odd_graph.get("/groups(displayName='Sales')").status == 404


def test_a_group_is_made_by_its_unique_name_where_it_is_missing(odd_graph):
    """PATCH with Prefer: create-if-missing (Graph, "Upsert group"): 201 the first time, 204 then; 404 without it."""
    address = "/groups(uniqueName='sales')"
    body = {"displayName": "Sales", "mailEnabled": False, "mailNickname": "sales", "securityEnabled": True}
    assert odd_graph("PATCH", address, body).status == 404
    made = odd_graph("PATCH", address, body, Prefer="create-if-missing")
    assert (made.status, made.body["uniqueName"]) == (201, "sales")
    assert odd_graph("PATCH", address, {"description": "All"}, Prefer="create-if-missing").status == 204
    assert odd_graph.get(address).body["description"] == "All"


def test_members_are_listed_and_counted_by_type(graph, fake):
    """Directly and by way of groups."""
    ann, bob = (fake.add_user(f"{name}@managed.example")["id"] for name in ("ann", "bob"))
    inner = fake.add_group("Inner", members=[bob])["id"]
    outer = fake.add_group("Outer", members=[ann, inner])["id"]
    at = f"/groups/{outer}"

    def ids(path):
        return {each["id"] for each in graph.get(path).value}

    assert ids(f"{at}/members/microsoft.graph.group") == {inner}
    assert ids(f"{at}/members/microsoft.graph.user") == {ann}
    assert ids(f"{at}/transitiveMembers/microsoft.graph.user") == {ann, bob}
    assert ids(f"{at}/transitiveMembers/graph.user?$filter=startswith(userPrincipalName,'bob')") == {bob}
    assert ids(f"/users/{bob}/transitiveMemberOf/microsoft.graph.group") == {inner, outer}
    assert ids(f"/groups/{inner}/memberOf") == {outer}

    def count(path):
        return graph.get(f"{path}/$count", ConsistencyLevel="eventual").body

    assert [count(f"{at}/{name}") for name in ("members", "transitiveMembers", "owners")] == [2, 3, 0]
    assert count(f"{at}/transitiveMembers/microsoft.graph.user") == 2
    assert count(f"/users/{bob}/memberOf/microsoft.graph.group") == 1
    assert graph.get(f"{at}/members/$count").status == 400
