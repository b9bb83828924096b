"""Deleted items, domains and the organization."""

from __future__ import annotations


def test_deleted_users_are_listed_and_come_back_as_they_were(graph, fake):
    """The name gets the id as prefix while deleted; restore brings everything back, manager too."""
    boss = fake.add_user("boss@managed.example")
    user = fake.add_user("a@managed.example", manager=boss["id"], jobTitle="Singer")
    before = fake.user(user["id"])
    assert graph("DELETE", f"/users/{user['id']}").status == 204
    assert graph.get(f"/users/{user['id']}").status == 404
    for cast in ("microsoft.graph.user", "graph.user"):
        listed = graph.get(f"/directory/deletedItems/{cast}?$select=id,userPrincipalName,deletedDateTime").value
        assert listed == [
            {
                "id": user["id"],
                "userPrincipalName": user["id"].replace("-", "") + "a@managed.example",
                "deletedDateTime": "2026-03-01T12:00:00Z",
            }
        ]
    assert graph("POST", f"/directory/deletedItems/{user['id']}/restore").status == 200
    assert fake.user(user["id"]) == before


def test_a_taken_name_stops_a_restore_and_a_new_one_helps(graph, fake):
    """NewUserPrincipalName is the way out of the conflict."""
    user = fake.add_user("a@managed.example")
    graph("DELETE", f"/users/{user['id']}")
    fake.add_user("a@managed.example")
    path = f"/directory/deletedItems/{user['id']}/restore"
    assert graph("POST", path).targets == [("ObjectConflict", "userPrincipalName")]
    assert graph("POST", path, {"newUserPrincipalName": "b@managed.example"}).status == 200
    assert fake.user("b@managed.example")["id"] == user["id"]


def test_a_taken_address_stops_a_restore_unless_reconciled(graph, fake):
    """AutoReconcileProxyConflict leaves the taken addresses out."""
    user = fake.add_user("a@managed.example", mail="x@managed.example")
    graph("DELETE", f"/users/{user['id']}")
    fake.add_user("b@managed.example", mail="x@managed.example")
    path = f"/directory/deletedItems/{user['id']}/restore"
    assert graph("POST", path).targets[0] == ("ObjectConflict", "proxyAddresses")
    assert graph("POST", path, {"autoReconcileProxyConflict": True}).status == 200


def test_after_30_days_a_deleted_user_is_gone(graph, fake, clock):
    """The tenant purges it on its own."""
    user = fake.add_user("a@managed.example")
    graph("DELETE", f"/users/{user['id']}")
    clock.advance(days=29)
    assert graph.get(f"/directory/deletedItems/{user['id']}").status == 200
    clock.advance(days=2)
    assert graph.get(f"/directory/deletedItems/{user['id']}").status == 404


def test_deleted_users_are_found_by_anchor(graph, fake):
    """The filter that a provisioner uses before it creates."""
    user = fake.add_user("a@managed.example", onPremisesImmutableId="YWJj")
    graph("DELETE", f"/users/{user['id']}")
    path = "/directory/deletedItems/microsoft.graph.user?$select=id&$filter=onPremisesImmutableId eq 'YWJj'"
    assert graph.get(path).value == [{"id": user["id"]}]


def test_domains_say_what_they_are(graph):
    """Managed, federated, verified or not; one is initial and default."""
    shown = {domain["id"]: domain for domain in graph.get("/domains").value}
    assert shown["yourfederated.domain"]["authenticationType"] == "Federated"
    assert shown["pending.example"]["isVerified"] is False
    assert [name for name, domain in shown.items() if domain["isInitial"]] == ["contoso.onmicrosoft.com"]
    assert graph.get("/domains/managed.example?$select=isVerified").body["isVerified"] is True
    assert graph.get("/domains/nowhere.example").status == 404


def test_the_organization_lists_verified_domains(graph):
    """Unverified ones are not among them."""
    (organization,) = graph.get("/organization?$select=id,displayName,verifiedDomains,onPremisesSyncEnabled").value
    assert {domain["name"] for domain in organization["verifiedDomains"]} == {
        "contoso.onmicrosoft.com", "yourfederated.domain", "managed.example",
    }  # fmt: skip
    assert graph.get(f"/organization/{organization['id']}").status == 200


def test_a_federated_domain_has_a_configuration(graph):
    """One, and a managed domain has none."""
    (configuration,) = graph.get("/domains/yourfederated.domain/federationConfiguration").value
    assert configuration["preferredAuthenticationProtocol"] == "wsFed"
    assert graph.get("/domains/managed.example/federationConfiguration").value == []
