"""Relationships in queries: expanded, counted, searched, read as references, and passed over by $select."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def team(fake):
    """Somebody who manages 21 people, with a group of them that nobody owns, inside another one that is owned."""
    boss = fake.add_user("boss@managed.example", displayName="Boss")["id"]
    people = [fake.add_user(f"p{number:02}@managed.example", manager=boss)["id"] for number in range(21)]
    inner = fake.add_group("Inner Team", members=people)["id"]
    outer = fake.add_group("Outer Team", members=[inner, boss], owners=[boss, people[0]])["id"]
    return {"boss": boss, "one": people[0], "inner": inner, "outer": outer}


@pytest.mark.parametrize(
    ("path", "name", "number"),
    [
        ("/users/{boss}", "directReports", 20),
        ("/users/{one}", "memberOf", 1),
        ("/users/{one}", "transitiveMemberOf", 2),
        ("/users/{one}", "ownedObjects", 1),
        ("/groups/{outer}", "members", 2),
        ("/groups/{outer}", "owners", 2),
        ("/groups/{inner}", "memberOf", 1),
        ("/groups/{outer}", "transitiveMembers", 20),
    ],
)
def test_the_first_of_related_objects_are_expanded(graph, team, path, name, number):
    """At most 20 of them, each with its type and what $select in it names; what is not there is an empty list."""
    shown = graph.get(f"{path.format_map(team)}?$select=id&$expand={name}($select=id)").body
    assert set(shown) == {"@odata.context", "id", name}
    assert len(shown[name]) == number
    assert all(set(each) == {"@odata.type", "id"} for each in shown[name])


def test_collections_are_expanded(graph, team):
    """As in Microsoft's own example of groups with their members."""
    query = "/groups?$filter=startsWith(displayName,'Outer')&$select=id,displayName&$expand=owners($select=id)"
    (shown,) = graph.get(query).value
    assert [each["id"] for each in shown["owners"]] == [team["boss"], team["one"]]
    assert graph.eventual("/groups?$expand=members").error["code"] == "Request_UnsupportedQuery"


def test_a_filter_that_needs_advanced_parameters_is_refused_beside_expand(graph):
    """By its property's name, as a real tenant was seen to do with employeeType and $expand=manager."""
    error = graph.eventual("/users?$expand=manager&$filter=employeeType eq 'x'").error
    assert error["code"] == "Request_UnsupportedQuery"
    assert "'employeeType' of resource 'User'" in error["message"]


def test_groups_are_found_by_the_number_of_their_owners(graph, team):
    """None, one, or more: in an advanced query."""
    found = graph.eventual("/groups?$filter=owners/$count eq 0&$select=id").value
    assert [each["id"] for each in found] == [team["inner"]]
    found = graph.eventual("/groups?$filter=owners/$count ne 0 and owners/$count ne 1&$select=id").value
    assert [each["id"] for each in found] == [team["outer"]]
    assert graph.get("/groups?$filter=owners/$count eq 0").error["code"] == "Request_UnsupportedQuery"


def test_users_are_found_by_what_they_own(graph, team):
    """The two who own a group; applications that somebody owns are not here."""
    found = graph.eventual("/users?$filter=ownedObjects/$count eq 1&$select=id").value
    assert [each["id"] for each in found] == [team["boss"], team["one"]]
    (held,) = graph.get("/users/{one}/ownedObjects/microsoft.graph.group?$select=id".format_map(team)).value
    assert held == {"id": team["outer"]}


@pytest.mark.parametrize(
    "query",
    [
        "/users?$filter=manager/id eq '{boss}'",
        "/users?$filter=manager eq null",
        "/groups?$filter=members/$count eq 0",
        "/groups?$filter=owners/any(o:o/id eq '{boss}')",
    ],
)
def test_other_relationships_are_in_no_filter(graph, team, query):
    """They exist, and the service does not filter by them."""
    assert graph.eventual(query.format_map(team)).error["code"] == "Request_UnsupportedQuery"


def test_contacts_are_found_by_their_manager(graph, fake, team):
    """The one relationship whose id can be compared."""
    fake.add_contact("Free")
    fake.add_contact("Managed", manager=team["boss"])
    found = graph.get(f"/contacts?$filter=manager/id eq '{team['boss']}'&$select=displayName").value
    assert found == [{"displayName": "Managed"}]


@pytest.mark.parametrize("query", ["/users?$select=displayName,manager", "/users/{boss}?$select=displayName,memberOf"])
def test_select_passes_over_a_relationship(graph, team, query):
    """As clients do that expand it too."""
    shown = graph.get(query.format_map(team)).body
    shown = shown.get("value", [shown])[0]
    assert {name for name in shown if "@" not in name} == {"displayName"}


def test_a_relationship_is_searched_by_type(graph, team):
    """Microsoft's example: the groups that somebody is in, also by way of groups, by words of their names."""
    path = "/users/{one}/transitiveMemberOf/microsoft.graph.group".format_map(team)
    found = graph.eventual(f'{path}?$search="displayName:out"&$orderby=displayName&$select=displayName').value
    assert found == [{"displayName": "Outer Team"}]


def test_members_of_all_kinds_are_filtered_by_name(graph, team):
    """In an advanced query; another property than the name needs a type."""
    members = "/groups/{outer}/members".format_map(team)
    found = graph.eventual(f"{members}?$filter=startswith(displayName,'b')").value
    assert [each["id"] for each in found] == [team["boss"]]
    found = graph.eventual(f'{members}?$search="displayName:team"').value
    assert [each["id"] for each in found] == [team["inner"]]
    assert graph.eventual(f"{members}?$filter=department eq 'x'").status == 501


@pytest.mark.usefixtures("team")
def test_counts_are_searched(fake):
    """A bare count takes $search too."""
    address = 'https://graph.microsoft.com/v1.0/users/$count?$search="displayName:boss"'
    headers = {"Authorization": "Bearer x", "ConsistencyLevel": "eventual"}
    assert fake.handle("GET", address, headers, b"")[::2] == (200, b"1")


def test_references_are_listed(fake, team):
    """By address alone, in pages."""
    address = f"https://graph.microsoft.com/v1.0/groups/{team['inner']}/members/$ref?$top=5"
    page = json.loads(fake.handle("GET", address, {"Authorization": "Bearer x"}, b"")[2])
    assert page["value"][0] == {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{team['one']}"}
    assert len(page["value"]) == 5
    assert "@odata.nextLink" in page


def test_reports_come_in_pages(graph, team):
    """With their number where it is asked for."""
    reports = "/users/{boss}/directReports".format_map(team)
    page = graph.eventual(f"{reports}?$top=5&$select=id").body
    assert (page["@odata.count"], len(page["value"])) == (21, 5)
