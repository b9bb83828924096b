"""Users: what creating, reading, updating and deleting one means."""

from __future__ import annotations

import pytest


def test_create_answers_the_default_properties_only(graph):
    """POST /users answers 201 with the default set; everything else takes a GET with $select."""
    answer = graph.create("isaac.brock@managed.example", department="Music", usageLocation="US")
    assert answer.status == 201
    assert set(answer.body) == {
        "@odata.context", "id", "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone",
        "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
    }  # fmt: skip
    assert graph.get(f"/users/{answer.body['id']}?$select=department,usageLocation").body["department"] == "Music"


def test_a_get_without_select_leaves_the_other_properties_out(graph):
    """What is not in the default set is absent, not null."""
    graph.create("isaac.brock@managed.example", department="Music")
    body = graph.get("/users/isaac.brock@managed.example").body
    assert "department" not in body
    assert "accountEnabled" not in body


def test_sessions_are_valid_from_the_creation_on(graph, clock):
    """A new user's signInSessionsValidFromDateTime is its createdDateTime."""
    user = graph.create("isaac.brock@managed.example").body
    clock.advance(hours=1)
    body = graph.get(f"/users/{user['id']}?$select=createdDateTime,signInSessionsValidFromDateTime").body
    assert body["createdDateTime"] == body["signInSessionsValidFromDateTime"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize("action", ["revokeSignInSessions", "microsoft.graph.revokeSignInSessions"])
def test_revoking_sessions_moves_their_start_to_now(graph, odd_graph, clock, action):
    """RevokeSignInSessions takes no body, answers true, and sets the instant to now."""
    user = graph.create("isaac.brock@managed.example").body
    clock.advance(hours=1)
    answer = odd_graph("POST", f"/users/{user['id']}/{action}")
    assert (answer.status, answer.body["value"]) == (200, True)
    shown = graph.get(f"/users/{user['id']}?$select=signInSessionsValidFromDateTime").body
    assert shown["signInSessionsValidFromDateTime"] == "2026-03-01T13:00:00Z"


def test_revoking_a_guests_sessions_does_nothing(graph, clock, fake):
    """For external users the call answers true without an effect."""
    guest = fake.add_user("guest@managed.example", userType="Guest")
    clock.advance(hours=1)
    assert graph("POST", f"/users/{guest['id']}/revokeSignInSessions").body["value"] is True
    assert fake.user(guest["id"]) == guest


@pytest.mark.parametrize(
    "name", ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"]
)
def test_create_demands_what_graph_demands(graph, name):
    """Each of the five required properties is missed by name."""
    answer = graph.create("isaac.brock@managed.example", **{name: ...})
    assert answer.status == 400
    assert answer.error["message"] == f"A value is required for property '{name}' of resource 'User'."
    assert graph.get("/users").value == []


def test_every_problem_of_a_body_is_reported_at_once(graph):
    """The message is the first problem's; details name them all."""
    answer = graph.create("isaac.brock@managed.example", employeeId="1" * 17, usageLocation="USA", mailNickname="a b")
    assert {target for _, target in answer.targets} == {"employeeId", "usageLocation", "mailNickname"}


def test_patch_answers_204_and_changes_what_it_names(graph, fake):
    """PATCH has no answer body, and leaves alone what it does not name."""
    user = graph.create("isaac.brock@managed.example", jobTitle="Singer", city="Portland").body
    assert graph("PATCH", f"/users/{user['id']}", {"jobTitle": "Guitarist"}).status == 204
    held = fake.user(user["id"])
    assert (held["jobTitle"], held["city"]) == ("Guitarist", "Portland")


def test_null_clears_and_an_empty_string_is_refused(graph, fake):
    """Null takes a value out; "" is Request_BadRequest with Graph's words."""
    user = graph.create("isaac.brock@managed.example", officeLocation="B1").body
    refused = graph("PATCH", f"/users/{user['id']}", {"officeLocation": ""})
    assert refused.error["message"] == "Invalid value specified for property 'officeLocation' of resource 'User'."
    assert graph("PATCH", f"/users/{user['id']}", {"officeLocation": None}).status == 204
    assert "officeLocation" not in fake.user(user["id"])
    assert graph.get(f"/users/{user['id']}?$select=officeLocation").body["officeLocation"] is None


@pytest.mark.parametrize(
    "name", ["displayName", "usageLocation", "accountEnabled", "mailNickname", "userPrincipalName"]
)
def test_some_properties_can_not_be_cleared(graph, name):
    """Null is refused for what a user can't be without."""
    user = graph.create("isaac.brock@managed.example", usageLocation="US").body
    assert graph("PATCH", f"/users/{user['id']}", {name: None}).targets == [("InvalidValue", name)]


def test_collections_are_cleared_with_an_empty_list(graph, fake):
    """[] clears businessPhones; null does not."""
    user = graph.create("isaac.brock@managed.example", businessPhones=["+1 555"]).body
    assert graph("PATCH", f"/users/{user['id']}", {"businessPhones": None}).status == 400
    assert graph("PATCH", f"/users/{user['id']}", {"businessPhones": []}).status == 204
    assert graph.get(f"/users/{user['id']}").body["businessPhones"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"),
        ("proxyAddresses", ["SMTP:a@b.example"]),
        ("onPremisesSyncEnabled", True),
        ("signInSessionsValidFromDateTime", "2026-01-01T00:00:00Z"),
        ("assignedLicenses", []),
    ],
)
def test_read_only_properties_are_refused(graph, name, value):
    """What Graph fills itself can't be written."""
    user = graph.create("isaac.brock@managed.example").body
    answer = graph("PATCH", f"/users/{user['id']}", {name: value})
    assert (answer.status, answer.error["message"]) == (400, f"Property '{name}' is read-only and cannot be set.")


def test_an_unknown_property_is_refused_by_name(graph):
    """A Python name such as job_title, as one SDK sends it for null, is no property."""
    user = graph.create("isaac.brock@managed.example").body
    answer = graph("PATCH", f"/users/{user['id']}", {"job_title": None})
    assert "'job_title' does not exist" in answer.error["message"]


def test_a_property_that_the_fake_lacks_is_a_loud_501(graph):
    """What Graph has and the fake does not is never taken silently."""
    user = graph.create("isaac.brock@managed.example").body
    assert graph("PATCH", f"/users/{user['id']}", {"mailboxSettings": {}}).status == 501
    assert graph.get(f"/users/{user['id']}?$select=signInActivity").status == 501


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("accountEnabled", "yes"),
        ("displayName", 5),
        ("businessPhones", "+1 555"),
        ("businessPhones", [5]),
        ("employeeHireDate", "yesterday"),
        ("employeeOrgData", "x"),
        ("passwordProfile", []),
    ],
)
def test_values_of_a_wrong_type_are_refused(graph, name, value):
    """A value that is not of the property's type is 400 BadRequest."""
    user = graph.create("isaac.brock@managed.example").body
    answer = graph("PATCH", f"/users/{user['id']}", {name: value})
    assert (answer.status, answer.error["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("displayName", 256),
        ("givenName", 64),
        ("jobTitle", 128),
        ("employeeId", 16),
        ("postalCode", 40),
        ("companyName", 64),
    ],
)
def test_property_limits_are_graphs(graph, name, limit):
    """A value may be as long as the limit and no longer."""
    user = graph.create("isaac.brock@managed.example").body
    assert graph("PATCH", f"/users/{user['id']}", {name: "x" * limit}).status == 204
    assert graph("PATCH", f"/users/{user['id']}", {name: "x" * (limit + 1)}).targets == [("InvalidLength", name)]


def test_there_is_one_business_phone(graph):
    """BusinessPhones is a list of one."""
    user = graph.create("isaac.brock@managed.example").body
    assert graph("PATCH", f"/users/{user['id']}", {"businessPhones": ["1", "2"]}).status == 400


def test_complex_values_are_merged(graph, fake):
    """A PATCH of employeeOrgData or an extension attribute keeps the members that it does not name."""
    user = graph.create("isaac.brock@managed.example", employeeOrgData={"division": "Rock"}).body
    graph("PATCH", f"/users/{user['id']}", {"employeeOrgData": {"costCenter": "1"}})
    graph("PATCH", f"/users/{user['id']}", {"onPremisesExtensionAttributes": {"extensionAttribute1": "a"}})
    graph("PATCH", f"/users/{user['id']}", {"onPremisesExtensionAttributes": {"extensionAttribute2": "b"}})
    held = fake.user(user["id"])
    assert held["employeeOrgData"] == {"division": "Rock", "costCenter": "1"}
    assert held["onPremisesExtensionAttributes"] == {"extensionAttribute1": "a", "extensionAttribute2": "b"}


def test_passwords_are_judged_and_not_kept(graph, fake):
    """A weak password is refused; a good one is nowhere to be found afterwards."""
    refused = graph.create("isaac.brock@managed.example", passwordProfile={"password": "alllowercase"})
    assert "password complexity requirements" in refused.error["message"]
    graph.create("isaac.brock@managed.example", passwordProfile={"password": "Nine-Lives-9"})
    assert "Nine-Lives-9" not in fake.to_json()
    assert all(b"Nine-Lives-9" not in exchange.content for exchange in fake.requests)


def test_a_new_password_ends_sessions(graph, fake, clock):
    """Writing a passwordProfile moves lastPasswordChangeDateTime and the sessions' start."""
    user = graph.create("isaac.brock@managed.example").body
    clock.advance(hours=2)
    graph("PATCH", f"/users/{user['id']}", {"passwordProfile": {"password": "Another-Horse-8"}})
    held = fake.user(user["id"])
    assert held["lastPasswordChangeDateTime"] == held["signInSessionsValidFromDateTime"] == "2026-03-01T14:00:00Z"


def test_synced_users_refuse_profile_changes(graph, fake):
    """A user mastered on-premises takes usageLocation and licences, and no profile."""
    synced = fake.add_user("isaac.brock@managed.example", onPremisesSyncEnabled=True)
    refused = graph("PATCH", f"/users/{synced['id']}", {"jobTitle": "Singer"})
    assert "on-premises mastered Directory Sync objects" in refused.error["message"]
    assert graph("PATCH", f"/users/{synced['id']}", {"usageLocation": "US"}).status == 204


def test_formerly_synced_users_keep_their_extension_attributes(graph, fake):
    """OnPremisesExtensionAttributes of a user that once was synced belong to Exchange."""
    former = fake.add_user("isaac.brock@managed.example", onPremisesSyncEnabled=False)
    body = {"onPremisesExtensionAttributes": {"extensionAttribute1": "a"}}
    assert "external service" in graph("PATCH", f"/users/{former['id']}", body).error["message"]


def test_what_lives_in_sharepoint_is_written_alone(graph):
    """Skills and the like take a PATCH of their own, and a read of one user."""
    user = graph.create("isaac.brock@managed.example").body
    assert graph("PATCH", f"/users/{user['id']}", {"skills": ["guitar"], "city": "Portland"}).status == 400
    assert graph("PATCH", f"/users/{user['id']}", {"skills": ["guitar"]}).status == 204
    assert graph.get(f"/users/{user['id']}?$select=skills").body["skills"] == ["guitar"]
    assert graph.get("/users?$select=skills").status == 501


def test_a_missing_user_is_404_with_graphs_code(graph):
    """Every route below a user that is not there answers Request_ResourceNotFound."""
    for method, path in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/revokeSignInSessions")]:
        answer = graph(method, f"/users/nobody@managed.example{path}", {})
        assert (answer.status, answer.error["code"]) == (404, "Request_ResourceNotFound")


def test_errors_carry_ids_that_headers_repeat(graph):
    """InnerError holds the ids that the headers hold, and the client's own id when it sent one."""
    answer = graph.get("/users/nobody", client_request_id="mine")
    inner = answer.error["innerError"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert inner["client-request-id"] == answer.headers["client-request-id"] == "mine"
    assert inner["date"] == "2026-03-01T12:00:00"


def test_manager_is_a_reference(graph, fake):
    """PUT sets the manager, GET shows it, DELETE takes it away, and each says so when there is none."""
    user, boss = fake.add_user("isaac@managed.example"), fake.add_user("eric@managed.example")
    path = f"/users/{user['id']}/manager"
    assert graph.get(path).status == 404
    body = {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{boss['id']}"}
    assert graph("PUT", f"{path}/$ref", body).status == 204
    assert graph.get(path).body["userPrincipalName"] == "eric@managed.example"
    assert graph.get(f"/users/{boss['id']}/directReports?$select=id").value[0]["id"] == user["id"]
    assert graph("DELETE", f"{path}/$ref").status == 204
    assert graph("DELETE", f"{path}/$ref").status == 404


@pytest.mark.parametrize("body", [{}, {"@odata.id": 5}, {"@odata.id": "not an address at all/x/y/z"}])
def test_a_manager_needs_a_reference(graph, fake, body):
    """A body that points at nothing that could be an object is 400."""
    user = fake.add_user("isaac@managed.example")
    assert graph("PUT", f"/users/{user['id']}/manager/$ref", body).status == 400


def test_a_manager_must_exist(graph, fake):
    """A reference to an object that is not there is the 400 that Graph's clients know."""
    user = fake.add_user("isaac@managed.example")
    body = {"@odata.id": "https://graph.microsoft.com/v1.0/users/00000000-0000-0000-0000-000000000001"}
    answer = graph("PUT", f"/users/{user['id']}/manager/$ref", body)
    assert answer.error["message"].startswith("The source resource object or one of the objects being referenced")


def test_mail_makes_the_primary_address(graph, fake):
    """Writing mail recalculates proxyAddresses, and the old address stays as an alias."""
    user = graph.create("isaac@managed.example", mail="isaac@managed.example").body
    graph("PATCH", f"/users/{user['id']}", {"mail": "brock@managed.example"})
    assert fake.user(user["id"])["proxyAddresses"] == ["SMTP:brock@managed.example", "smtp:isaac@managed.example"]


def test_a_taken_mail_address_is_a_conflict_of_proxy_addresses(graph):
    """The second user with one mail address is refused, with the id of the first in the details."""
    first = graph.create("isaac@managed.example", mail="x@managed.example").body
    second = graph.create("eric@managed.example").body
    answer = graph("PATCH", f"/users/{second['id']}", {"mail": "X@managed.example"})
    assert answer.targets == [("ObjectConflict", "proxyAddresses"), ("ConflictingObjects", "proxyAddresses")]
    assert answer.error["details"][1]["message"] == first["id"]
