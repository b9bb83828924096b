"""Licences: seats, service plans, and what is removed."""

from attrs import evolve
from organisation import DOMAIN, E3, F1, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, LicenseGrant
from o365prov.planning import HeldLicense

APP = user_sync_app()


def held_by(person, *, licenses=(), held=()):
    """A memory and a tenant in which *person* is provisioned, was granted *licenses* and holds *held*."""
    there = account(
        f"{person.profile['firstName']}.{person.profile['lastName']}@{DOMAIN}".lower(),
        usageLocation="US",
        licenses=held,
    )
    user = AppUser(person.id, there.id, there.username, licenses=tuple(LicenseGrant(each) for each in licenses))
    return remembered().with_user(user), tenant(there)


def licences(plan):
    return [change for change in plan if change.kind == "assign_licenses"]


def test_a_restricted_grant_switches_the_other_service_plans_off():
    """SKU with one plan: Graph takes the complement as disabledPlans."""
    plan = APP.plan([assigned(somebody(), LicenseGrant("SPE_E3", ["EXCHANGE"]))], tenant(), remembered(), now=NOW)
    [change] = licences(plan)
    assert change.add[0].disabled_plans == ("plan-teams",)


def test_a_licence_that_the_tenant_lacks_is_a_gap_that_names_those_it_has():
    """The account is made all the same."""
    plan = APP.plan([assigned(somebody(), "SPE_E5")], tenant(), remembered(), now=NOW)
    assert [change.kind for change in plan] == ["create_user"]
    [problem] = plan.problems
    assert "SPE_E5" in problem.message
    assert "SPE_E3, SPE_F1" in problem.message
    assert not problem.stops


def test_an_unknown_service_plan_is_a_gap():
    """A plan that the SKU does not have can't be enabled."""
    plan = APP.plan([assigned(somebody(), LicenseGrant("SPE_E3", ["YAMMER"]))], tenant(), remembered(), now=NOW)
    assert plan.problems[0].code == "unknown_service_plan"


def test_seats_go_by_name_and_whoever_goes_without_is_said():
    """One seat for two people: the first by name gets it, whatever the order of the input."""
    one_left = tenant(skus=(evolve(E3, seats=3, used=2),))
    people = [assigned(somebody("Bo Ross"), "SPE_E3"), assigned(somebody("Ann Lee"), "SPE_E3")]
    for order in (people, people[::-1]):
        plan = APP.plan(order, one_left, remembered(), now=NOW)
        assert [change.subject.name for change in licences(plan)] == ["Ann Lee"]
        assert [(each.subject.name, each.code) for each in plan.problems] == [("Bo Ross", "no_seat")]


def test_what_is_held_is_not_assigned_again():
    """An adopted account that has the licence costs no write."""
    there = account(f"ann.lee@{DOMAIN}", licenses=[E3.id], usageLocation="US")
    plan = APP.plan([assigned(somebody(), "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert licences(plan) == []


def test_an_unchanged_assignment_is_left_as_it_is():
    """Compared with the last success: what was granted is not looked at again."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    assert licences(APP.plan([assigned(ann, "SPE_E3")], snapshot, app_users, now=NOW)) == []


def test_another_licence_swaps_in_one_request():
    """E3 for F1: one add and one removal in one change."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    [change] = licences(APP.plan([assigned(ann, "SPE_F1")], snapshot, app_users, now=NOW))
    assert [each.sku_id for each in change.add] == [F1.id]
    assert [each.sku_id for each in change.remove] == [E3.id]
    assert change.writes == 1


def test_a_licence_that_we_did_not_grant_is_never_removed():
    """F1 was given by another person."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id, F1.id])
    [change] = licences(APP.plan([assigned(ann)], snapshot, app_users, now=NOW))
    assert [each.part_number for each in change.remove] == ["SPE_E3"]


def test_an_inherited_licence_is_never_removed():
    """Graph refuses it: a group gives it."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[HeldLicense(E3.id, inherited_from="group")])
    assert licences(APP.plan([assigned(ann)], snapshot, app_users, now=NOW)) == []


def test_grants_of_one_sku_add_up_to_what_any_of_them_enables():
    """Combined over groups: Exchange from one, Teams from another, and nothing is switched off."""
    grants = [LicenseGrant("SPE_E3", ["EXCHANGE"]), LicenseGrant("SPE_E3", ["TEAMS"])]
    plan = APP.plan([assigned(somebody(), *grants)], tenant(), remembered(), now=NOW)
    [change] = licences(plan)
    assert [(each.sku_id, each.disabled_plans) for each in change.add] == [(E3.id, ())]
    assert change.grants == tuple(grants)


def test_an_empty_assignment_shows_what_it_takes_away():
    """Okta's page warns: a blank assignment removes licences; the plan says which, with a minus."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    plan = APP.plan([assigned(ann)], snapshot, app_users, now=NOW)
    assert "licences -SPE_E3" in str(plan)


def test_an_individual_username_overrides_the_format():
    """Okta lets an individual assignment set the username."""
    assignment = evolve(assigned(somebody()), username=f"the.boss@{DOMAIN}")
    [create] = APP.plan([assignment], tenant(), remembered(), now=NOW)
    assert create.properties["userPrincipalName"] == f"the.boss@{DOMAIN}"


def test_an_individual_username_has_to_be_legal_too():
    """It is checked like any other."""
    plan = APP.plan([evolve(assigned(somebody()), username="the boss")], tenant(), remembered(), now=NOW)
    assert plan.problems[0].code == "username_no_domain"


def test_licences_of_others_are_taken_over_on_request():
    """Okta's own push strips what is not assigned; here only where the app says so, and never what a group gives."""
    app = evolve(APP, take_over_licenses=True)
    held = [E3.id, HeldLicense(F1.id, inherited_from="group")]
    there = account(f"ann.lee@{DOMAIN}", usageLocation="US", licenses=held)
    [change] = licences(app.plan([assigned(somebody())], tenant(there), remembered(), now=NOW))
    assert [each.part_number for each in change.remove] == ["SPE_E3"]
    assert licences(APP.plan([assigned(somebody())], tenant(there), remembered(), now=NOW)) == []
