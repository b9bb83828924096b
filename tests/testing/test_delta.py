"""Delta queries: the first round, what changed since, removed objects, references, expiry."""

from __future__ import annotations

import pytest


def _drain(graph, address, **headers):
    """Every object of a round, and the deltaLink at its end."""
    found = []
    while True:
        answer = graph.get(address, **headers)
        assert answer.status == 200, answer
        assert ("@odata.nextLink" in answer.body) != ("@odata.deltaLink" in answer.body)
        found += answer.value
        if "@odata.deltaLink" in answer.body:
            return found, answer.body["@odata.deltaLink"]
        address = answer.body["@odata.nextLink"]


def test_the_first_round_is_everyone_then_only_changes(graph, fake):
    """An unchanged tenant has nothing to tell."""
    fake.add_user("a@managed.example")
    first, link = _drain(graph, "/users/delta?$select=displayName")
    assert len(first) == 1
    again, link = _drain(graph, link)
    assert again == []
    fake.add_user("b@managed.example")
    later, _ = _drain(graph, link)
    assert [user["displayName"] for user in later] == ["b"]


def test_rounds_come_in_pages(graph, fake):
    """odata.maxpagesize is heeded, and the pages of both rounds hold each user once."""
    for number in range(7):
        fake.add_user(f"u{number}@managed.example")
    prefer = "odata.maxpagesize=3"
    first, link = _drain(graph, "/users/delta?$select=id", prefer=prefer)
    assert len({user["id"] for user in first}) == len(first) == 7
    for user in first:
        graph("PATCH", f"/users/{user['id']}", {"displayName": "x"})
    assert _drain(graph, link, prefer=prefer)[0] == []  # displayName was not selected
    _, link = _drain(graph, "/users/delta?$select=displayName&$deltatoken=latest")
    for user in first:
        graph("PATCH", f"/users/{user['id']}", {"displayName": "y"})
    later, _ = _drain(graph, link, prefer=prefer)
    assert len({user["id"] for user in later}) == len(later) == 7


def test_what_changes_during_a_round_comes_in_the_next(graph, fake):
    """Nothing is lost between the first page and the deltaLink."""
    users = [fake.add_user(f"u{number}@managed.example") for number in range(4)]
    page = graph.get("/users/delta?$select=displayName", prefer="odata.maxpagesize=2")
    graph("PATCH", f"/users/{users[0]['id']}", {"displayName": "new"})
    _, link = _drain(graph, page.body["@odata.nextLink"])
    changed, link = _drain(graph, link)
    assert ("new", users[0]["id"]) in [(user["displayName"], user["id"]) for user in changed]
    for user in users:
        graph("PATCH", f"/users/{user['id']}", {"displayName": "again"})
    page = graph.get(link, prefer="odata.maxpagesize=2")
    graph("PATCH", f"/users/{users[0]['id']}", {"displayName": "newest"})
    _, link = _drain(graph, page.body["@odata.nextLink"])
    assert [user["displayName"] for user in _drain(graph, link)[0]] == ["newest"]


def test_only_selected_properties_are_tracked(graph, fake):
    """A change of something else is no news."""
    user = fake.add_user("a@managed.example")
    _, link = _drain(graph, "/users/delta?$select=accountEnabled")
    graph("PATCH", f"/users/{user['id']}", {"jobTitle": "Singer"})
    changed, link = _drain(graph, link)
    assert changed == []
    graph("PATCH", f"/users/{user['id']}", {"accountEnabled": False})
    assert _drain(graph, link)[0] == [{"id": user["id"], "accountEnabled": False}]


def test_a_write_of_the_same_value_is_no_change(graph, fake):
    """The log holds differences, not requests."""
    user = fake.add_user("a@managed.example", jobTitle="Singer")
    _, link = _drain(graph, "/users/delta?$select=jobTitle")
    graph("PATCH", f"/users/{user['id']}", {"jobTitle": "Singer"})
    assert _drain(graph, link)[0] == []


def test_removed_users_say_whether_they_can_be_restored(graph, fake):
    """Changed after a delete, deleted after a purge, and the whole user after a restore."""
    user = fake.add_user("a@managed.example")
    _, link = _drain(graph, "/users/delta?$select=displayName")
    graph("DELETE", f"/users/{user['id']}")
    removed, link = _drain(graph, link)
    assert removed == [{"id": user["id"], "@removed": {"reason": "changed"}}]
    graph("POST", f"/directory/deletedItems/{user['id']}/restore")
    restored, link = _drain(graph, link)
    assert restored == [{"id": user["id"], "displayName": "a"}]
    graph("DELETE", f"/users/{user['id']}")
    graph("DELETE", f"/directory/deletedItems/{user['id']}")
    assert _drain(graph, link)[0] == [{"id": user["id"], "@removed": {"reason": "deleted"}}]


def test_managers_are_tracked_when_selected(graph, fake):
    """manager@delta holds the manager, and a former one with @removed."""
    boss, other, user = (fake.add_user(f"{name}@managed.example") for name in ("boss", "other", "user"))
    path = f"/users/{user['id']}/manager/$ref"
    graph("PUT", path, {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{boss['id']}"})
    first, link = _drain(graph, "/users/delta?$select=manager")
    boss_entry = {"@odata.type": "#microsoft.graph.user", "id": boss["id"]}
    assert [item["manager@delta"] for item in first if "manager@delta" in item] == [[boss_entry]]
    graph("PUT", path, {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{other['id']}"})
    changed, _ = _drain(graph, link)
    assert changed[0]["manager@delta"] == [
        {**boss_entry, "@removed": {"reason": "deleted"}},
        {"@odata.type": "#microsoft.graph.user", "id": other["id"]},
    ]


def test_latest_starts_now(graph, fake):
    """$deltatoken=latest answers no users and a link that tells what comes."""
    fake.add_user("a@managed.example")
    nobody, link = _drain(graph, "/users/delta?$deltatoken=latest&$select=displayName")
    assert nobody == []
    fake.add_user("b@managed.example")
    assert [user["displayName"] for user in _drain(graph, link)[0]] == ["b"]


def test_a_token_expires_after_seven_days(graph, fake, clock):
    """It is then 410 syncStateNotFound: start anew."""
    _, link = _drain(graph, "/users/delta")
    clock.advance(days=6, hours=23)
    assert graph.get(link).status == 200
    clock.advance(hours=2)
    answer = graph.get(link)
    assert (answer.status, answer.error["code"]) == (410, "syncStateNotFound")


def test_ids_can_be_followed_alone(graph, fake):
    """$filter takes id eq only."""
    wanted, other = fake.add_user("a@managed.example"), fake.add_user("b@managed.example")
    found, link = _drain(graph, f"/users/delta?$select=displayName&$filter=id eq '{wanted['id']}'")
    assert [user["id"] for user in found] == [wanted["id"]]
    graph("PATCH", f"/users/{other['id']}", {"displayName": "x"})
    assert _drain(graph, link)[0] == []
    assert graph.get("/users/delta?$filter=displayName eq 'a'").status == 400


@pytest.mark.parametrize("option", ["$top=5", "$expand=manager", "$orderby=displayName", "$count=true"])
def test_other_options_are_refused(graph, option):
    """Users and groups take none of these in delta."""
    assert graph.get(f"/users/delta?{option}").status == 400


def test_a_token_stands_alone_and_in_its_place(graph, fake):
    """$select is in the token; a token of users is none of groups; a made-up one is none."""
    _, link = _drain(graph, "/users/delta")
    assert graph.get(f"{link}&$select=id").status == 400
    assert graph.get(link.replace("/users/", "/groups/")).status == 400
    assert graph.get("/users/delta?$deltatoken=nonsense").status == 400


def test_group_members_are_tracked_without_being_named(graph, fake):
    """members@delta comes with a group."""
    user = fake.add_user("a@managed.example")
    group = fake.add_group("Band", members=[user["id"]])
    first, _ = _drain(graph, "/groups/delta")
    assert first[0]["id"] == group["id"]
    assert first[0]["members@delta"] == [{"@odata.type": "#microsoft.graph.user", "id": user["id"]}]


def test_what_was_never_set_is_left_out_and_what_lost_its_value_is_null(graph, fake):
    """Unlike a list of users, which has null for both."""
    user = fake.add_user("ann@managed.example", displayName="Ann", jobTitle="Singer")
    selected = "$select=displayName,jobTitle,department,businessPhones,assignedPlans"
    (first,), link = _drain(graph, f"/users/delta?{selected}")
    assert first == {"id": user["id"], "displayName": "Ann", "jobTitle": "Singer"}
    graph("PATCH", f"/users/{user['id']}", {"jobTitle": None, "businessPhones": ["+1 555 0100"]})
    (changed,), link = _drain(graph, link)
    assert changed == {"id": user["id"], "displayName": "Ann", "jobTitle": None, "businessPhones": ["+1 555 0100"]}
    graph("PATCH", f"/users/{user['id']}", {"displayName": "Anna"})
    (changed,), _ = _drain(graph, link)
    assert changed == {"id": user["id"], "displayName": "Anna", "businessPhones": ["+1 555 0100"]}


def test_with_return_minimal_only_what_changed_comes(graph, fake):
    """Of who was there; of who is new, everything. It may be asked for in any round."""
    ann, boss = fake.add_user("ann@managed.example", jobTitle="Singer"), fake.add_user("boss@managed.example")
    link = graph.get("/users/delta?$select=displayName,jobTitle,department,manager").body["@odata.deltaLink"]
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{boss['id']}"}
    graph("PATCH", f"/users/{ann['id']}", {"department": "Music"})
    graph("PUT", f"/users/{ann['id']}/manager/$ref", reference)
    new = fake.add_user("eve@managed.example", displayName="Eve")
    minimal = graph.get(link, Prefer="odata.maxpagesize=50, return=minimal").value
    manager = [{"@odata.type": "#microsoft.graph.user", "id": boss["id"]}]
    assert minimal == [
        {"id": ann["id"], "department": "Music", "manager@delta": manager},
        {"id": new["id"], "displayName": "Eve"},
    ]
    assert graph.get(link).value[0]["jobTitle"] == "Singer"
