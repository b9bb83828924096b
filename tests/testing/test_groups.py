"""Groups: what Graph lets be created, members and owners, licences, deletion."""

from __future__ import annotations

import pytest

from o365prov.testing.fake_tenant.schema.skus import PRODUCTS

BASE = "https://graph.microsoft.com/v1.0"


def _body(**changes):
    body = {"displayName": "Band", "mailEnabled": False, "mailNickname": "band", "securityEnabled": True, **changes}
    return {name: value for name, value in body.items() if value is not ...}


def _unified(**changes):
    return _body(mailEnabled=True, securityEnabled=False, groupTypes=["Unified"], **changes)


def _reference(record):
    return {"@odata.id": f"{BASE}/directoryObjects/{record['id']}"}


@pytest.fixture
def band(graph):
    return graph("POST", "/groups", _body()).body


def test_security_and_microsoft_365_groups_are_created(graph):
    """201 with the default set; a Microsoft 365 group gets a mail address."""
    plain = graph("POST", "/groups", _body())
    assert (plain.status, plain.body["mail"], plain.body["groupTypes"]) == (201, None, [])
    unified = graph("POST", "/groups", _unified(mailNickname="all"))
    assert unified.body["mail"] == "all@contoso.onmicrosoft.com"
    assert unified.body["proxyAddresses"] == ["SMTP:all@contoso.onmicrosoft.com"]


@pytest.mark.parametrize("name", ["displayName", "mailEnabled", "mailNickname", "securityEnabled"])
def test_create_demands_what_graph_demands(graph, name):
    """Each of the four required properties is missed by name."""
    answer = graph("POST", "/groups", _body(**{name: ...}))
    assert answer.error["message"] == f"A value is required for property '{name}' of resource 'Group'."


@pytest.mark.parametrize(
    "changes",
    [
        {"mailEnabled": True},
        {"mailEnabled": True, "securityEnabled": False},
        {"securityEnabled": False},
        {"groupTypes": ["Unified"]},
        {"groupTypes": ["Weird"]},
        {"groupTypes": ["DynamicMembership"]},
        {"mailNickname": "a b"},
        {"visibility": "Secret"},
        {"theme": "Black"},
        {"membershipRuleProcessingState": "Off"},
        {"isAssignableToRole": True, "securityEnabled": False, "mailEnabled": True, "groupTypes": ["Unified"]},
        {"displayName": "x" * 257},
        {"mail": "x@managed.example"},
        {"nonsense": 1},
    ],
)
def test_groups_that_graph_can_not_write(graph, changes):
    """Distribution lists and mail-enabled security groups are read-only in Graph; odd values are refused."""
    assert graph("POST", "/groups", _body(**changes)).status == 400


def test_two_microsoft_365_groups_can_not_share_an_address(graph):
    """The second of a mailNickname is an ObjectConflict."""
    graph("POST", "/groups", _unified())
    assert graph("POST", "/groups", _unified()).targets[0] == ("ObjectConflict", "proxyAddresses")


def test_members_come_and_go(graph, fake, band):
    """204 for each, and the list shows users and groups with their types."""
    user, inner = fake.add_user("a@managed.example"), fake.add_group("Inner")
    path = f"/groups/{band['id']}/members"
    assert graph("POST", f"{path}/$ref", _reference(user)).status == 204
    assert graph("POST", f"{path}/$ref", _reference(inner)).status == 204
    shown = {item["id"]: item["@odata.type"] for item in graph.get(f"{path}?$select=id,displayName").value}
    assert shown == {user["id"]: "#microsoft.graph.user", inner["id"]: "#microsoft.graph.group"}
    assert [item["id"] for item in graph.get(f"{path}/microsoft.graph.user?$select=id").value] == [user["id"]]
    assert graph("DELETE", f"{path}/{user['id']}/$ref").status == 204
    assert graph("DELETE", f"{path}/{user['id']}/$ref").status == 404


def test_a_member_twice_is_refused(graph, fake, band):
    """With the words that public clients match on."""
    user = fake.add_user("a@managed.example")
    graph("POST", f"/groups/{band['id']}/members/$ref", _reference(user))
    answer = graph("POST", f"/groups/{band['id']}/members/$ref", _reference(user))
    assert answer.error["message"] == (
        "One or more added object references already exist for the following modified properties: 'members'."
    )


def test_binding_is_all_or_nothing_and_20_at_most(graph, fake, band):
    """One bad reference of many adds none; the 21st refuses all."""
    users = [f"{BASE}/users/{fake.add_user()['id']}" for _ in range(21)]
    path = f"/groups/{band['id']}"
    assert graph("PATCH", path, {"members@odata.bind": users}).status == 400
    assert graph("PATCH", path, {"members@odata.bind": [users[0], f"{BASE}/users/nobody"]}).status == 404
    assert graph.get(f"{path}/members").value == []
    assert graph("PATCH", path, {"members@odata.bind": users[:20]}).status == 204
    assert len(graph.all(f"{path}/members?$top=7")) == 20


def test_members_and_owners_are_bound_on_create(graph, fake):
    """POST takes both."""
    user = fake.add_user("a@managed.example")
    address = f"{BASE}/users/{user['id']}"
    made = graph("POST", "/groups", _body(**{"members@odata.bind": [address], "owners@odata.bind": [address]})).body
    for name in ("members", "owners"):
        assert [item["id"] for item in graph.get(f"/groups/{made['id']}/{name}").value] == [user["id"]]


@pytest.mark.parametrize("value", ["x", [5], {"a": 1}])
def test_bindings_are_lists_of_addresses(graph, band, value):
    """Anything else is 400."""
    assert graph("PATCH", f"/groups/{band['id']}", {"members@odata.bind": value}).status == 400


def test_a_delete_without_ref_is_refused_loudly(graph, fake, band):
    """It would delete the member itself."""
    user = fake.add_user("a@managed.example")
    graph("POST", f"/groups/{band['id']}/members/$ref", _reference(user))
    assert graph("DELETE", f"/groups/{band['id']}/members/{user['id']}").status == 501
    assert fake.user(user["id"])


def test_membership_is_seen_from_the_user(graph, fake):
    """MemberOf shows direct groups, transitiveMemberOf the ones above them."""
    user = fake.add_user("a@managed.example")
    inner = fake.add_group("Inner", members=[user["id"]])
    outer = fake.add_group("Outer", members=[inner["id"]])
    path = f"/users/{user['id']}"
    assert [item["id"] for item in graph.get(f"{path}/memberOf").value] == [inner["id"]]
    assert [item["id"] for item in graph.get(f"{path}/transitiveMemberOf").value] == [inner["id"], outer["id"]]
    assert {item["id"] for item in graph.get(f"/groups/{outer['id']}/transitiveMembers").value} == {
        inner["id"],
        user["id"],
    }


@pytest.mark.parametrize(
    "properties",
    [
        {"onPremisesSyncEnabled": True},
        {"mailEnabled": True},
        {"mailEnabled": True, "securityEnabled": False},
    ],
)
def test_groups_mastered_elsewhere_refuse_writes(graph, fake, properties):
    """Synced groups, mail-enabled security groups and distribution lists are read-only."""
    group, user = fake.add_group("List", **properties), fake.add_user("a@managed.example")
    assert graph("PATCH", f"/groups/{group['id']}", {"description": "x"}).status == 400
    assert graph("POST", f"/groups/{group['id']}/members/$ref", _reference(user)).status == 400


def test_dynamic_groups_refuse_members(graph, fake):
    """Who is in them follows from their rule."""
    rule = {"groupTypes": ["DynamicMembership"], "membershipRule": 'user.department -eq "Music"'}
    group = graph("POST", "/groups", _body(**rule)).body
    answer = graph("POST", f"/groups/{group['id']}/members/$ref", _reference(fake.add_user()))
    assert answer.status == 403


def test_only_microsoft_365_groups_can_be_restored(graph, fake):
    """A security group is gone at once; the other kind comes back with its members."""
    plain = graph("POST", "/groups", _body()).body
    graph("DELETE", f"/groups/{plain['id']}")
    assert graph.get("/directory/deletedItems/microsoft.graph.group").value == []
    user = fake.add_user("a@managed.example")
    unified = graph("POST", "/groups", _unified(**{"members@odata.bind": [f"{BASE}/users/{user['id']}"]})).body
    graph("DELETE", f"/groups/{unified['id']}")
    assert [item["id"] for item in graph.get("/directory/deletedItems/graph.group").value] == [unified["id"]]
    assert graph("POST", f"/directory/deletedItems/{unified['id']}/restore").status == 200
    assert len(graph.get(f"/groups/{unified['id']}/members").value) == 1


def test_a_microsoft_365_group_keeps_an_owner(graph, fake):
    """The last owner can't be removed."""
    user = fake.add_user("a@managed.example")
    group = graph("POST", "/groups", _unified(**{"owners@odata.bind": [f"{BASE}/users/{user['id']}"]})).body
    assert graph("DELETE", f"/groups/{group['id']}/owners/{user['id']}/$ref").status == 400


def test_a_groups_licences_reach_its_members(graph, fake, band):
    """AssignLicense on a group answers 202; joining gives the licence, leaving and deleting take it."""
    user = fake.add_user("a@managed.example")
    path = f"/groups/{band['id']}"
    add = {"addLicenses": [{"skuId": PRODUCTS["SPE_F1"].id, "disabledPlans": []}], "removeLicenses": []}
    assert graph("POST", f"{path}/assignLicense", add).status == 202
    graph("POST", f"{path}/members/$ref", _reference(user))
    assert fake.seats("SPE_F1")[0] == 1
    graph("DELETE", f"{path}/members/{user['id']}/$ref")
    assert fake.seats("SPE_F1")[0] == 0
    graph("POST", f"{path}/members/$ref", _reference(user))
    graph("DELETE", path)
    assert fake.seats("SPE_F1")[0] == 0


def test_a_deleted_user_leaves_groups_until_it_is_restored(graph, fake):
    """Memberships are parked with the user, and delta tells both."""
    user = fake.add_user("a@managed.example")
    group = fake.add_group("Band", members=[user["id"]])
    link = graph.get("/groups/delta?$select=members").body["@odata.deltaLink"]
    graph("DELETE", f"/users/{user['id']}")
    assert graph.get(f"/groups/{group['id']}/members").value == []
    answer = graph.get(link)
    assert answer.value[0]["members@delta"][0]["@removed"] == {"reason": "deleted"}
    graph("POST", f"/directory/deletedItems/{user['id']}/restore")
    assert len(graph.get(f"/groups/{group['id']}/members").value) == 1


def test_directory_roles_are_activated_then_given(graph, fake):
    """A role must exist before it has members, and is the same as the unified assignment."""
    template = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
    user = fake.add_user("a@managed.example")
    by_template = f"/directoryRoles(roleTemplateId='{template}')"
    assert graph.get(by_template).status == 404
    role = graph("POST", "/directoryRoles", {"roleTemplateId": template}).body
    assert graph("POST", "/directoryRoles", {"roleTemplateId": template}).status == 400
    assert graph("POST", f"/directoryRoles/{role['id']}/members/$ref", _reference(user)).status == 204
    assert graph("POST", f"/directoryRoles/{role['id']}/members/$ref", _reference(user)).status == 400
    assert [item["id"] for item in graph.get(f"{by_template}/members").value] == [user["id"]]
    assert len(graph.get("/roleManagement/directory/roleAssignments").value) == 1
    assert graph("DELETE", f"{by_template}/members/{user['id']}/$ref").status == 204
    assert graph("DELETE", f"{by_template}/members/{user['id']}/$ref").status == 404
    assert graph.get(f"/directoryRoleTemplates/{template}").body["displayName"] == "Helpdesk Administrator"


def test_contacts_can_be_read_only(graph, fake):
    """List, read and delta work; nothing else does."""
    contact = fake.add_contact("Johnny", mail="johnny@elsewhere.example")
    assert graph.get("/contacts?$filter=mail eq 'johnny@elsewhere.example'").value[0]["id"] == contact["id"]
    assert graph.get(f"/contacts/{contact['id']}").body["displayName"] == "Johnny"
    assert graph.get("/contacts/delta?$select=displayName").value == [{"id": contact["id"], "displayName": "Johnny"}]
    assert graph("POST", "/contacts", {"displayName": "x"}).status == 501
