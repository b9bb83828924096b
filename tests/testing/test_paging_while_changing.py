"""Pages while the directory changes: what is there all along comes once, whatever goes meanwhile."""

from __future__ import annotations

import pytest

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
