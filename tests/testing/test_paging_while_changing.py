"""Pages while the directory changes: what is there all along comes once, whatever goes meanwhile."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from o365prov.testing import FakeTenant

BASE = "https://graph.microsoft.com/v1.0"


def _follow(graph, address, meanwhile):
    """The ids on all pages, with something done after the first."""
    page = graph.get(address)
    found = [item["id"] for item in page.value]
    meanwhile(found)
    while link := page.body.get("@odata.nextLink"):
        page = graph.get(link)
        found += [item["id"] for item in page.value]
    return found


@pytest.mark.parametrize("query", ["$top=3", "$top=3&$orderby=displayName", "$top=3&$orderby=displayName desc"])
def test_users_deleted_behind_a_reader_hide_nobody_ahead(graph, fake, query):
    """In order of arrival and under $orderby, with names that several share."""
    users = [fake.add_user(displayName=f"name {number // 2}")["id"] for number in range(8)]
    found = _follow(graph, f"/users?{query}", lambda seen: [graph("DELETE", f"/users/{key}") for key in seen])
    assert sorted(found) == sorted(users)


def test_emptying_a_group_page_by_page_reaches_everyone(graph, fake):
    """The loop that everybody writes: read a page of members, take them out, follow the link."""
    users = [fake.add_user()["id"] for _ in range(8)]
    group = fake.add_group("g", members=users)
    path = f"/groups/{group['id']}/members"
    found = _follow(graph, f"{path}?$top=3", lambda seen: [graph("DELETE", f"{path}/{key}/$ref") for key in seen])
    assert found == users


def test_leaving_groups_page_by_page_reaches_all_of_them(graph, fake):
    """The same from the other end."""
    user = fake.add_user()["id"]
    groups = [fake.add_group(f"g{number}", members=[user])["id"] for number in range(5)]
    leave = lambda seen: [graph("DELETE", f"/groups/{key}/members/{user}/$ref") for key in seen]  # noqa: E731
    assert _follow(graph, f"/users/{user}/memberOf?$top=2", leave) == groups


def test_a_delta_token_is_no_paging_token(graph, fake):
    """A link is good for the collection that gave it."""
    fake.add_user()
    token = graph.get("/users/delta").body["@odata.deltaLink"].partition("$deltatoken=")[2]
    assert graph.get(f"/users?$skiptoken={token}").status == 400


def _token(graph, address):
    """The token in the link of a page."""
    body = graph.get(address).body
    return next(body[name] for name in ("@odata.nextLink", "@odata.deltaLink") if name in body).rpartition("token=")[2]


FROM = ["/users?$top=1", "/groups?$top=1", "/users/delta", "/groups/delta", "/groups/{group}/members?$top=1"]
TO = ["/users", "/groups", "/users/delta", "/groups/delta", "/groups/{group}/members", "/groups/{group}/owners"]


@pytest.mark.parametrize("option", ["$skiptoken", "$deltatoken"])
@pytest.mark.parametrize("given", FROM)
@pytest.mark.parametrize("asked", TO)
def test_a_token_is_good_where_it_was_given(graph, fake, given, asked, option):
    """Anywhere else it is refused, whatever it is: a link of one collection never reads another."""
    users = [fake.add_user()["id"] for _ in range(2)]
    group = fake.add_group("a", members=users, owners=users)["id"]
    fake.add_group("b")
    given, asked = (path.format(group=group) for path in (given, asked))
    token = _token(graph, given)
    is_own = given.partition("?")[0] == asked and (option == "$skiptoken") is ("delta" not in given)
    if not is_own and given.partition("?")[0] == asked:
        return  # a delta token under the other option's name is still one of this collection
    answer = graph.get(f"{asked}?{option}={token}")
    assert answer.status == (200 if is_own else 400)


LARGE = ["/users", "/groups", "/directoryRoles/{role}/members", "/users/{boss}/directReports", "/domains", "/contacts",
         "/roleManagement/directory/roleAssignments", "/groups/{group}/members", "/subscribedSkus"]  # fmt: skip


@pytest.fixture(scope="module")
def large():
    """More of everything than a page holds, and what the placeholders of paths stand for."""
    number = 103
    reader = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
    fake = FakeTenant(
        [f"d{each}.example" for each in range(number)], {f"OWN_{each}": 1 for each in range(number)}, seed=1
    )
    boss = fake.add_user("boss@d0.example")["id"]
    users = [fake.add_user(manager=boss, roles=[reader])["id"] for _ in range(number)]
    group = fake.add_group("g", members=users)["id"]
    for each in range(number):
        fake.add_group(f"g{each}")
        fake.add_contact(f"c{each}")
    role = next(iter(fake._directory.activated_roles))["id"]
    return fake, {"boss": boss, "group": group, "role": role}


@pytest.mark.parametrize("path", LARGE)
def test_every_link_to_the_next_page_leads_there(large, graph_of, path):
    """A collection is whole, in pages that can be followed or in one."""
    fake, names = large
    found = graph_of(fake).all(path.format_map(names))
    assert len({item["id"] for item in found}) == len(found) >= 103


@pytest.mark.parametrize("size", ["0", "1000", "-1", "1.0", "x", "\u0663", "+5", "1" * 5000])
def test_a_page_size_is_a_number_of_ordinary_digits(graph, size):
    """From 1 to 999."""
    assert graph.get(f"/users?$top={quote(size)}").status == 400
