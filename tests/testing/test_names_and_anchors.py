"""userPrincipalName and onPremisesImmutableId: characters, domains, uniqueness, federation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.testing import FakeTenant


@pytest.mark.parametrize("local", ["isaac.brock", "o'brien", "a-b_c!d#e^f~g", "x" * 64, "1"])
def test_names_that_graph_takes(graph, local):
    """Letters, digits and ' . - _ ! # ^ ~ are fine, up to 64 of them."""
    assert graph.create(f"{local}@managed.example").status == 201


@pytest.mark.parametrize(
    "name",
    [
        "isaac.@managed.example", "isaac brock@managed.example", "jürgen@managed.example", "a+b@managed.example",
        "x" * 65 + "@managed.example", "@managed.example", "isaac", "isaac@", "a@b@managed.example",
        "a*@managed.example",
    ],
)  # fmt: skip
def test_names_that_graph_refuses(graph, name):
    """Accents, spaces, a dot before the @, two @ and too many characters are refused for userPrincipalName."""
    answer = graph.create(name, mailNickname="x", displayName="x")
    assert answer.status == 400
    assert "userPrincipalName" in answer.error["message"]


@pytest.mark.parametrize("domain", ["elsewhere.example", "pending.example", "sub.managed.example"])
def test_the_domain_must_be_verified(graph, domain):
    """A domain that is unknown, unverified, or only below a verified one is refused with Graph's words."""
    answer = graph.create(f"isaac@{domain}")
    assert answer.error["message"].startswith("The domain portion of the userPrincipalName property is invalid.")


def test_names_are_unique_without_regard_to_case(graph):
    """The second user of a name is a 400 ObjectConflict, not a 409."""
    graph.create("isaac@managed.example")
    answer = graph.create("ISAAC@Managed.example", mailNickname="other")
    assert (answer.status, answer.error["code"]) == (400, "Request_BadRequest")
    assert answer.targets == [("ObjectConflict", "userPrincipalName")]
    assert (
        answer.error["message"] == "Another object with the same value for property userPrincipalName already exists."
    )


def test_a_user_is_found_by_name_in_any_case(graph):
    """GET /users/{userPrincipalName} compares without regard to case."""
    graph.create("isaac@managed.example")
    assert graph.get("/users/Isaac%40MANAGED.example").status == 200


def test_a_renamed_user_answers_to_the_new_name_only(graph):
    """After a rename the old name is free, and nobody's."""
    graph.create("isaac@managed.example")
    graph("PATCH", "/users/isaac@managed.example", {"userPrincipalName": "brock@managed.example"})
    assert graph.get("/users/isaac@managed.example").status == 404
    assert graph.create("isaac@managed.example").status == 201


def test_a_federated_user_needs_an_anchor(graph):
    """On a federated domain onPremisesImmutableId is required on create."""
    refused = graph.create("isaac@yourfederated.domain")
    assert "FederatedUser.SourceAnchor" in refused.error["message"]
    assert graph.create("isaac@yourfederated.domain", onPremisesImmutableId="YWJj").status == 201


def test_a_federated_user_keeps_its_anchor(graph):
    """There it can't be nulled or changed; by way of a managed domain it can."""
    user = graph.create("isaac@yourfederated.domain", onPremisesImmutableId="YWJj").body
    path = f"/users/{user['id']}"
    assert graph("PATCH", path, {"onPremisesImmutableId": None}).status == 400
    assert graph("PATCH", path, {"onPremisesImmutableId": "ZGVm"}).status == 400
    assert graph("PATCH", path, {"userPrincipalName": "isaac@managed.example"}).status == 204
    assert graph("PATCH", path, {"onPremisesImmutableId": "ZGVm"}).status == 204
    assert graph("PATCH", path, {"userPrincipalName": "isaac@yourfederated.domain"}).status == 204


def test_nobody_moves_into_a_federated_domain_without_an_anchor(graph):
    """A rename from a managed to a federated domain needs the anchor, before it or with it."""
    user = graph.create("isaac@managed.example").body
    path = f"/users/{user['id']}"
    assert graph("PATCH", path, {"userPrincipalName": "isaac@yourfederated.domain"}).status == 400
    both = {"userPrincipalName": "isaac@yourfederated.domain", "onPremisesImmutableId": "YWJj"}
    assert graph("PATCH", path, both).status == 204


@pytest.mark.parametrize("anchor", ["a$b", "a_b", ""])
def test_anchors_with_forbidden_characters_are_refused(graph, anchor):
    """$ and _ may not be in it, nor may it be empty."""
    assert graph.create("isaac@managed.example", onPremisesImmutableId=anchor).status == 400


def test_anchors_are_unique_and_their_case_matters(graph):
    """Base64 that differs in case is another anchor; the same one is a conflict."""
    graph.create("a@managed.example", onPremisesImmutableId="YWJj")
    assert graph.create("b@managed.example", onPremisesImmutableId="ywjj").status == 201
    assert graph.create("c@managed.example", onPremisesImmutableId="YWJj").targets == [
        ("ObjectConflict", "onPremisesImmutableId")
    ]


def test_a_deleted_user_frees_its_name_and_keeps_its_anchor(graph):
    """After a delete the name can be taken, the anchor can't before the user is purged."""
    user = graph.create("a@managed.example", onPremisesImmutableId="YWJj").body
    graph("DELETE", f"/users/{user['id']}")
    assert graph.create("a@managed.example").status == 201
    assert graph.create("b@managed.example", onPremisesImmutableId="YWJj").status == 400
    graph("DELETE", f"/directory/deletedItems/{user['id']}")
    assert graph.create("b@managed.example", onPremisesImmutableId="YWJj").status == 201


_NAMES = st.text("aAbB.'-", min_size=1, max_size=4).map(lambda text: f"{text}@contoso.onmicrosoft.com")


@given(st.lists(_NAMES, max_size=12))
def test_no_two_users_ever_share_a_name(names):
    """Whatever is created in whatever order, names stay unique without regard to case."""
    fake = FakeTenant(seed=1)
    for index, name in enumerate(names):
        body = (
            f'{{"accountEnabled":true,"displayName":"x","mailNickname":"x{index}","userPrincipalName":"{name}",'
            '"passwordProfile":{"password":"Correct-Horse-7"}}'
        )
        headers = {"authorization": "Bearer x", "content-type": "application/json"}
        fake.handle("POST", "https://graph.microsoft.com/v1.0/users", headers, body.encode())
    held = [user["userPrincipalName"].lower() for user in fake.users]
    assert sorted(held) == sorted({name.lower() for name in names if not name.partition("@")[0].endswith(".")})
