"""Licences: seats, plans, location, direct and inherited assignments."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from o365prov.planning.rules.service_plans import DEPENDENCIES, EXCLUSIONS
from o365prov.testing import FakeClock, FakeTenant, PlanProvisioning
from o365prov.testing.fake_tenant.rules.plan_rules import plan_rules
from o365prov.testing.fake_tenant.schema.skus import PLANS, PRODUCTS, product

E3, F1 = PRODUCTS["SPE_E3"].id, PRODUCTS["SPE_F1"].id
EXCHANGE, TEAMS = PLANS["EXCHANGE_S_ENTERPRISE"].id, PLANS["TEAMS1"].id


@pytest.fixture
def user(fake):
    return fake.add_user("isaac@managed.example", usageLocation="US")


def _assign(graph, user, *add, remove=()):
    licenses = [item if isinstance(item, dict) else {"skuId": item, "disabledPlans": []} for item in add]
    body = {"addLicenses": licenses, "removeLicenses": list(remove)}
    return graph("POST", f"/users/{user['id']}/assignLicense", body)


def test_a_licence_is_assigned_and_takes_a_seat(graph, fake, user):
    """AssignLicense answers the user; licences, states and details show it; a seat is gone."""
    answer = _assign(graph, user, E3)
    assert (answer.status, answer.body["id"]) == (200, user["id"])
    held = graph.get(f"/users/{user['id']}?$select=assignedLicenses,licenseAssignmentStates").body
    assert held["assignedLicenses"] == [{"disabledPlans": [], "skuId": E3}]
    assert held["licenseAssignmentStates"] == [
        {
            "skuId": E3,
            "disabledPlans": [],
            "assignedByGroup": None,
            "state": "Active",
            "error": "None",
            "lastUpdatedDateTime": "2026-03-01T12:00:00Z",
        }
    ]
    assert graph.get(f"/users/{user['id']}/licenseDetails").value[0]["skuPartNumber"] == "SPE_E3"
    assert fake.seats("SPE_E3") == (1, 2)


def test_both_lists_must_be_there(graph, user):
    """Leaving one out names it."""
    answer = graph("POST", f"/users/{user['id']}/assignLicense", {"addLicenses": []})
    assert answer.error["message"].endswith("The missing parameters are: removeLicenses.")


def test_location_comes_first(graph, fake):
    """Without usageLocation nothing is assigned."""
    nowhere = fake.add_user("nowhere@managed.example")
    answer = _assign(graph, nowhere, E3)
    assert answer.error["message"] == "License assignment cannot be done for user with invalid usage location."


def test_assigning_again_replaces_the_plans_switched_off(graph, fake, user):
    """Adding a product that is held already is how its plans are changed; it takes no second seat."""
    _assign(graph, user, {"skuId": E3, "disabledPlans": [EXCHANGE]})
    _assign(graph, user, {"skuId": E3, "disabledPlans": [TEAMS]})
    assert fake.user(user["id"])["assignedLicenses"] == [{"disabledPlans": [TEAMS], "skuId": E3}]
    assert fake.seats("SPE_E3") == (1, 2)


def test_no_seats_left(graph, fake):
    """The one too many is refused with words that clients match on; a removed licence frees the seat."""
    users = [fake.add_user(usageLocation="US") for _ in range(3)]
    for one in users[:2]:
        assert _assign(graph, one, E3).status == 200
    assert _assign(graph, users[2], E3).error["message"] == (
        f"Subscription with SKU {E3} does not have any available licenses."
    )
    _assign(graph, users[0], remove=[E3])
    assert _assign(graph, users[2], E3).status == 200


def test_a_swap_is_one_step_and_all_or_nothing(graph, fake, user):
    """Adds and removes happen together; when one can't, none does."""
    _assign(graph, user, E3)
    assert _assign(graph, user, F1, remove=[product("EXCHANGESTANDARD").id]).status == 400
    assert fake.user(user["id"])["assignedLicenses"][0]["skuId"] == E3
    assert _assign(graph, user, F1, remove=[E3]).status == 200
    assert [item["skuId"] for item in fake.user(user["id"])["assignedLicenses"]] == [F1]


@pytest.mark.parametrize(
    ("add", "words"),
    [
        ("nonsense", "Cannot convert a primitive value to the expected type 'Edm.Guid'"),
        ("00000000-0000-0000-0000-000000000001", "does not correspond to a valid company License"),
        ({"skuId": F1, "disabledPlans": [EXCHANGE]}, "is not part of license"),
        ({"sku": F1}, "skuId and disabledPlans only"),
    ],
)
def test_products_and_plans_that_do_not_fit(graph, user, add, words):
    """Unknown products, foreign plans and malformed entries are refused."""
    assert words in _assign(graph, user, add).error["message"]


def test_a_licence_can_not_be_removed_that_is_not_held(graph, user):
    """It is refused, not passed over."""
    assert _assign(graph, user, remove=[E3]).error["message"] == "User does not have a corresponding license."


def test_members_inherit_a_groups_licences(graph, fake, user):
    """A member of a licensed group holds the licence with the group's id, and can't give it back directly."""
    group = fake.add_group("E3 people", members=[user["id"]], licenses=["SPE_E3"])
    held = fake.user(user["id"])
    assert held["licenseAssignmentStates"][0]["assignedByGroup"] == group["id"]
    assert fake.seats("SPE_E3") == (1, 2)
    assert "inherited from a group membership" in _assign(graph, user, remove=[E3]).error["message"]


def test_inheriting_without_a_seat_fails_into_a_state(fake):
    """The third member of a group with two seats gets an error state and no licence."""
    users = [fake.add_user(usageLocation="US")["id"] for _ in range(3)]
    fake.add_group("E3 people", members=users, licenses=["SPE_E3"])
    last = fake.user(users[2])
    assert [(state["state"], state["error"]) for state in last["licenseAssignmentStates"]] == [
        ("Error", "CountViolation")
    ]
    assert last["assignedLicenses"] == []
    assert fake.seats("SPE_E3") == (2, 2)


def test_direct_and_inherited_are_one_seat_and_the_union_of_plans(graph, fake, user):
    """A plan is off only when every assignment switches it off."""
    _assign(graph, user, {"skuId": E3, "disabledPlans": [EXCHANGE, TEAMS]})
    fake.add_group("E3 people", members=[user["id"]], licenses={"SPE_E3": ["TEAMS1"]})
    assert fake.user(user["id"])["assignedLicenses"] == [{"disabledPlans": [TEAMS], "skuId": E3}]
    assert fake.seats("SPE_E3") == (1, 2)


def test_a_deleted_user_frees_the_seat(graph, fake, user):
    """A seat of a deleted user is free; restoring takes it back."""
    _assign(graph, user, E3)
    graph("DELETE", f"/users/{user['id']}")
    assert fake.seats("SPE_E3") == (0, 2)
    graph("POST", f"/directory/deletedItems/{user['id']}/restore")
    assert fake.seats("SPE_E3") == (1, 2)


def test_a_mailbox_brings_an_address(graph, fake, user):
    """With an Exchange plan switched on, a user without mail gets the userPrincipalName as address."""
    _assign(graph, user, {"skuId": E3, "disabledPlans": [EXCHANGE]})
    assert "mail" not in fake.user(user["id"])
    _assign(graph, user, E3)
    held = fake.user(user["id"])
    assert (held["mail"], held["proxyAddresses"]) == ("isaac@managed.example", ["SMTP:isaac@managed.example"])


def test_a_mailbox_drops_addresses_of_domains_that_are_not_verified(graph, fake, user):
    """Mail stays as written, and the address is silently not among proxyAddresses."""
    _assign(graph, user, E3)
    graph("PATCH", f"/users/{user['id']}", {"mail": "isaac@elsewhere.example"})
    held = fake.user(user["id"])
    assert held["mail"] == "isaac@elsewhere.example"
    assert held["proxyAddresses"] == ["smtp:isaac@managed.example"]


def test_plans_follow_from_licences(graph, user):
    """AssignedPlans and provisionedPlans are there when asked for."""
    _assign(graph, user, {"skuId": E3, "disabledPlans": [TEAMS]})
    body = graph.get(f"/users/{user['id']}?$select=assignedPlans,provisionedPlans").body
    states = {plan["servicePlanId"]: plan["capabilityStatus"] for plan in body["assignedPlans"]}
    assert (states[TEAMS], states[EXCHANGE]) == ("Deleted", "Enabled")
    assert "exchange" in {plan["service"] for plan in body["provisionedPlans"]}


def test_users_can_be_found_by_licence(graph, fake, user):
    """assignedLicenses/any is a basic filter."""
    fake.add_user("other@managed.example")
    _assign(graph, user, E3)
    found = graph.get(f"/users?$filter=assignedLicenses/any(l:l/skuId eq {E3})").value
    assert [one["id"] for one in found] == [user["id"]]


def test_subscribed_skus_count_the_seats(graph, fake):
    """Each product shows its name, plans, seats and how many are taken."""
    fake.add_user(licenses=["SPE_E3"])
    shown = {sku["skuPartNumber"]: sku for sku in graph.get("/subscribedSkus").value}
    assert (shown["SPE_E3"]["consumedUnits"], shown["SPE_E3"]["prepaidUnits"]["enabled"]) == (1, 2)
    assert EXCHANGE in {plan["servicePlanId"] for plan in shown["SPE_E3"]["servicePlans"]}
    assert graph.get(f"/subscribedSkus/{shown['SPE_E3']['id']}?$select=skuId").body["skuId"] == E3


def test_product_identifiers_are_guids_and_unique():
    """No two products or plans of the table share an identifier."""
    assert len({item.id for item in PRODUCTS.values()}) == len(PRODUCTS)
    assert len({plan.id for plan in PLANS.values()}) == len(PLANS)


@pytest.fixture
def slow():
    """A tenant whose service plans take ten minutes, of which Teams then ends in an error."""
    provisioning = PlanProvisioning(seconds=600, ends={"TEAMS1": "Error"})
    clock = FakeClock(at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    return FakeTenant(licenses={"SPE_E3": 2}, clock=clock, provisioning=provisioning, seed=1)


def statuses(fake, key):
    """What licenseDetails says about each service plan of a user's first licence."""
    status, _, body = fake.handle(
        "GET", f"https://graph.microsoft.com/v1.0/users/{key}/licenseDetails", {"Authorization": "Bearer x"}, b""
    )
    assert status == 200
    [licence] = json.loads(body)["value"]
    return {each["servicePlanName"]: each["provisioningStatus"] for each in licence["servicePlans"]}


def test_service_plans_take_their_time(slow):
    """The licence is there at once; its plans are pending for a while, but for those that are turned off."""
    ann = slow.add_user(usageLocation="US", licenses={"SPE_E3": ["SWAY"]})
    assert ann["assignedLicenses"][0]["skuId"] == E3
    assert set(statuses(slow, ann["id"]).values()) == {"PendingInput", "Disabled"}
    slow.clock.advance(minutes=10)
    ended = statuses(slow, ann["id"])
    assert (ended["SWAY"], ended["TEAMS1"], ended["EXCHANGE_S_ENTERPRISE"]) == ("Disabled", "Error", "Success")


def test_provisioned_plans_follow_their_service_plans(slow):
    """What the user's provisionedPlans say about a service is what licenseDetails says about its plan."""
    ann = slow.add_user(usageLocation="US", licenses=["SPE_E3"])
    slow.clock.advance(minutes=10)
    url = f"https://graph.microsoft.com/v1.0/users/{ann['id']}?$select=provisionedPlans"
    shown = json.loads(slow.handle("GET", url, {"Authorization": "Bearer x"}, b"")[2])["provisionedPlans"]
    found = {each["service"]: each["provisioningStatus"] for each in shown}
    assert (found["TeamspaceAPI"], found["exchange"]) == ("Error", "Success")


def test_every_assignment_takes_its_own_time(slow):
    """Plans of a licence that is assigned later are pending while those of the first one are ready."""
    slow.add_user("ann@contoso.onmicrosoft.com", usageLocation="US", licenses=["SPE_E3"])
    slow.clock.advance(minutes=10)
    slow.add_user("bob@contoso.onmicrosoft.com", usageLocation="US", licenses=["SPE_E3"])
    pending = [statuses(slow, f"{who}@contoso.onmicrosoft.com")["SWAY"] for who in ("ann", "bob")]
    assert pending == ["Success", "PendingInput"]


@pytest.fixture
def many():
    """A tenant with products whose plans need others, or exclude them."""
    names = ("SPE_E3", "SPE_F1", "WORKPLACE_ANALYTICS", "MCOMEETADV", "EXCHANGE_L_STANDARD", "EXCHANGEENTERPRISE")
    return FakeTenant(licenses=dict.fromkeys(names, 9), seed=1)


def _assigned(fake, user, add=(), remove=()):
    """The status and message of assignLicense; *add* has products, or pairs of one and the only plans it keeps."""
    items = []
    for each in add:
        name, kept = each if isinstance(each, tuple) else (each, None)
        found = product(name)
        off = [] if kept is None else [plan.id for plan in found.plans if plan.name not in kept]
        items.append({"skuId": found.id, "disabledPlans": off})
    body = {"addLicenses": items, "removeLicenses": [product(name).id for name in remove]}
    url = f"https://graph.microsoft.com/v1.0/users/{user['id']}/assignLicense"
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    status, _, answer = fake.handle("POST", url, headers, json.dumps(body).encode())
    return status, json.loads(answer).get("error", {}).get("message", "")


def test_a_plan_that_needs_another_is_refused_without_it(many):
    """Office for the web without any SharePoint; the plan that it depends on is named, and nothing changes."""
    ann = many.add_user(usageLocation="US")
    status, message = _assigned(many, ann, [("SPE_E3", {"SHAREPOINTWAC"})])
    assert status == 400
    assert f"service plan {PLANS['SHAREPOINTWAC'].id} depends on the service plan(s)" in message
    assert PLANS["SHAREPOINTENTERPRISE"].id in message
    assert "assignedLicenses" not in many.user(ann["id"])
    assert _assigned(many, ann, [("SPE_E3", {"SHAREPOINTWAC", "SHAREPOINTENTERPRISE"})])[0] == 200


def test_what_another_plan_needs_can_not_be_taken_away(many):
    """Another product may have what is needed; both go together, or the one that needs goes first."""
    ann = many.add_user(usageLocation="US", licenses=["SPE_E3", "MCOMEETADV"])
    status, message = _assigned(many, ann, remove=["SPE_E3"])
    assert (status, "depends on" in message) == (400, True)
    assert _assigned(many, ann, remove=["SPE_E3", "MCOMEETADV"])[0] == 200


def test_plans_that_exclude_each_other_are_refused(many):
    """Exchange of small businesses beside that of enterprises."""
    ann = many.add_user(usageLocation="US", licenses=["EXCHANGE_L_STANDARD"])
    status, message = _assigned(many, ann, ["EXCHANGEENTERPRISE"])
    assert (status, "mutually exclusive" in message) == (400, True)
    assert _assigned(many, ann, ["EXCHANGEENTERPRISE"], remove=["EXCHANGE_L_STANDARD"])[0] == 200


def test_licences_of_groups_fail_into_a_state(many):
    """A group's licence that breaks a rule is an error of its own, until what it needs is there."""
    ann = many.add_user(usageLocation="US", licenses=["EXCHANGE_L_STANDARD"])
    many.add_group("Callers", members=[ann["id"]], licenses=["MCOMEETADV"])
    many.add_group("Mail", members=[ann["id"]], licenses=["EXCHANGEENTERPRISE"])

    def errors():
        return {
            state["skuId"]: (state["state"], state["error"])
            for state in many.user(ann["id"])["licenseAssignmentStates"]
            if state["assignedByGroup"]
        }

    assert errors() == {
        product("MCOMEETADV").id: ("Error", "DependencyViolation"),
        product("EXCHANGEENTERPRISE").id: ("Error", "MutuallyExclusiveViolation"),
    }
    assert _assigned(many, ann, [("SPE_E3", {"TEAMS1"})], remove=["EXCHANGE_L_STANDARD"])[0] == 200
    many.add_group("Again", members=[ann["id"]])
    assert set(errors().values()) == {("Active", "None")}


def test_the_rules_are_those_that_plans_are_made_by():
    """Two tables, written on their own from Microsoft's pages, say the same."""
    ours = {(rule.plan, frozenset(rule.needs)) for rule in DEPENDENCIES}
    assert ours == {(rule.plan, rule.others) for rule in plan_rules() if not rule.excludes}
    pairs = {(rule.plan, other) for rule in plan_rules() if rule.excludes for other in rule.others}
    assert {(rule.plan, rule.other) for rule in EXCLUSIONS} == pairs
