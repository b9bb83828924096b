"""Licences: seats, service plans, and what is removed."""

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, E3, F1, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, LicenseGrant
from o365prov.planning import FailedLicense, HeldLicense, Sku
from o365prov.planning.model.labels import describe
from o365prov.planning.rules.service_plans import broken_rules

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


def office(*plans):
    """The tenant's SPE_E3 with Microsoft's own names of these service plans."""
    return evolve(E3, plans={plan: f"id-{plan}" for plan in plans})


NONE_FREE = evolve(F1, seats=1, used=1)


@pytest.mark.parametrize(
    ("wanted", "skus", "kept"),
    [
        ("SPE_F1", (E3, NONE_FREE), "keeps SPE_E3 until a seat of SPE_F1 is free"),
        ("SPE_F9", (E3, F1), "keeps SPE_E3 until that is corrected"),
        (LicenseGrant("SPE_F1", ["NOPE"]), (E3, F1), "keeps SPE_E3 until that is corrected"),
    ],
)
def test_a_licence_whose_replacement_can_not_be_given_stays(wanted, skus, kept):
    """No seat, an unknown licence, or an unknown service plan: nothing is taken, and the problem says what is kept."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    plan = APP.plan([assigned(ann, wanted)], evolve(snapshot, skus=skus), app_users, now=NOW)
    assert licences(plan) == []
    [problem] = [each for each in plan.problems if each.attribute == "licenses"]
    assert kept in problem.message


def test_a_replacement_waits_for_the_usage_location():
    """Nothing can be added without one, so nothing is removed either."""
    ann = somebody(countryCode="UK")
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    [there] = snapshot.users
    nowhere = evolve(there, properties={**there.properties, "usageLocation": None})
    plan = APP.plan([assigned(ann, "SPE_F1")], evolve(snapshot, users=[nowhere]), app_users, now=NOW)
    assert licences(plan) == []
    assert "keeps SPE_E3 until there is one" in plan.to_text()


def test_a_missing_usage_location_is_said_beside_a_name_that_no_one_knows():
    """Both are in the way of the service plan that should be switched off."""
    ann = somebody(countryCode="UK")
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    [there] = snapshot.users
    nowhere = evolve(there, properties={**there.properties, "usageLocation": None})
    people = [assigned(ann, LicenseGrant("SPE_E3", ["TEAMS"]), "SPE_X")]
    plan = APP.plan(people, evolve(snapshot, users=[nowhere]), app_users, now=NOW)
    assert {each.code for each in plan.problems} >= {"no_usage_location", "unknown_license"}


VOICE = Sku("id-voice", "VOICE", {"MCOMEETADV": "id-voice-plan"}, seats=5)
ROOM = Sku("id-room", "ROOM", {"SHAREPOINTENTERPRISE": "id-sp"}, seats=1, used=1)


def test_a_request_of_which_a_part_would_break_a_rule_waits_as_a_whole():
    """Bo gets no Audio Conferencing as long as there is no seat of the licence that has Teams; Ann is served."""
    people = [assigned(somebody("Ann Lee"), "SPE_F1"), assigned(somebody("Bo Ross"), "SPE_E3", "VOICE")]
    teams = evolve(office("TEAMS1"), seats=1, used=1)
    plan = APP.plan(people, tenant(skus=(teams, F1, VOICE)), remembered(), now=NOW)
    assert [(each.subject.name, describe(each)) for each in licences(plan)] == [("Ann Lee", "licences +SPE_F1")]
    assert [(each.subject.name, each.code) for each in plan.problems] == [("Bo Ross", "no_seat")]


def test_a_service_plan_is_not_switched_on_before_the_one_that_it_needs():
    """The account has the licence already, so that no seat is asked for it; what it needs is in one without a seat."""
    ann = somebody()
    suite = office("SHAREPOINTWAC", "TEAMS1")
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[HeldLicense(E3.id, {"id-SHAREPOINTWAC"})])
    plan = APP.plan([assigned(ann, "SPE_E3", "ROOM")], evolve(snapshot, skus=(suite, ROOM)), app_users, now=NOW)
    assert licences(plan) == []
    assert [each.code for each in plan.problems] == ["missing_service_plan"]


def test_what_can_be_given_is_given_beside_a_name_that_no_one_knows():
    """A mistyped licence must not cost the other one, nor what is held."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    [change] = licences(APP.plan([assigned(ann, "SPE_F1", "SPE_F9")], snapshot, app_users, now=NOW))
    assert describe(change) == "licences +SPE_F1"
    assert [str(each) for each in change.grants] == ["SPE_E3", "SPE_F1"]


def test_the_known_service_plans_of_a_grant_are_given():
    """One is mistyped: the others are on, and nothing that the person has is switched off."""
    ann = somebody()
    grant = LicenseGrant("SPE_E3", ["EXCHANGE", "TAEMS"])
    [change] = licences(APP.plan([assigned(ann, grant)], tenant(), remembered(), now=NOW))
    assert describe(change) == "licences +SPE_E3 [EXCHANGE]"
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    assert licences(APP.plan([assigned(ann, grant)], snapshot, app_users, now=NOW)) == []


def test_a_mistyped_service_plan_is_said_until_it_is_corrected():
    """What counts as granted is what was given, so that the assignment differs from it."""
    people = [assigned(somebody(), LicenseGrant("SPE_E3", ["EXCHANGE", "TAEMS"]))]
    plan = APP.plan(people, tenant(), remembered(), now=NOW)
    snapshot, known = effects(plan, tenant())
    assert known.get(people[0].person.id).licenses == (LicenseGrant("SPE_E3", ["EXCHANGE"]),)
    again = APP.plan(people, snapshot, known, now=NOW)
    assert [each.code for each in again.problems] == ["unknown_service_plan"]


def test_a_grant_of_which_nothing_is_known_hides_no_other():
    """Neither an unknown licence nor a licence whose only service plan is mistyped."""
    unknown = ["SPE_X", LicenseGrant("SPE_E3", ["TAEMS"])]
    [change] = licences(APP.plan([assigned(somebody(), *unknown, "SPE_F1")], tenant(), remembered(), now=NOW))
    assert describe(change) == "licences +SPE_F1"


def test_service_plans_are_switched_off_only_with_the_whole_request():
    """Teams is to move from E3 to F1, of which there is no seat: it stays on in E3."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    grants = [LicenseGrant("SPE_E3", ["EXCHANGE"]), LicenseGrant("SPE_F1")]
    plan = APP.plan([assigned(ann, *grants)], evolve(snapshot, skus=(E3, NONE_FREE)), app_users, now=NOW)
    assert licences(plan) == []
    assert "keeps TEAMS of SPE_E3 until a seat of SPE_F1 is free" in plan.to_text()


def test_a_licence_found_on_the_account_counts_as_granted():
    """The memory learns it without a write, so that it goes when the person leaves."""
    there = account(f"ann.lee@{DOMAIN}", licenses=[E3.id], usageLocation="US")
    plan = APP.plan([assigned(somebody(), "SPE_E3")], tenant(there), remembered(), now=NOW)
    [change] = [each for each in plan if each.kind == "remember"]
    assert (change.licenses, change.writes) == ((LicenseGrant("SPE_E3"),), 0)


def test_what_a_group_gives_is_not_assigned_again():
    """Nor does it count as granted from here."""
    there = account(f"ann.lee@{DOMAIN}", licenses=[HeldLicense(E3.id, inherited_from="group")], usageLocation="US")
    plan = APP.plan([assigned(somebody(), "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert licences(plan) == []
    assert not [each for each in plan if each.kind == "remember"]


def test_a_licence_that_is_there_twice_is_said():
    """Directly and through a group."""
    held = [E3.id, HeldLicense(E3.id, inherited_from="group")]
    there = account(f"ann.lee@{DOMAIN}", licenses=held, usageLocation="US")
    plan = APP.plan([assigned(somebody(), "SPE_E3")], tenant(there), remembered(), now=NOW)
    assert "SPE_E3 is assigned both directly and through a group" in plan.to_text()


def test_a_licence_of_others_that_goes_is_not_said_to_have_been_assigned():
    """It was never assigned from here: the reason names what is."""
    there = account(f"ann.lee@{DOMAIN}", usageLocation="US", licenses=[F1.id])
    plan = evolve(APP, take_over_licenses=True).plan([assigned(somebody())], tenant(there), remembered(), now=NOW)
    [change] = [each for each in plan if each.kind == "assign_licenses"]
    assert change.reason == "not among the licences assigned through O365 E3"


def test_an_inherited_licence_that_stays_is_said_where_others_are_taken_over():
    """It is not assigned, and only the group can take it."""
    held = [HeldLicense(F1.id, inherited_from="group")]
    there = account(f"ann.lee@{DOMAIN}", usageLocation="US", licenses=held)
    plan = evolve(APP, take_over_licenses=True).plan([assigned(somebody())], tenant(there), remembered(), now=NOW)
    assert "SPE_F1 is not assigned, and stays because a group gives it" in plan.to_text()


@pytest.mark.parametrize(
    ("held", "wanted", "label"),
    [
        ([HeldLicense(E3.id, {"plan-teams"})], "SPE_E3", "SPE_E3: +TEAMS"),
        ([E3.id], LicenseGrant("SPE_E3", ["TEAMS"]), "SPE_E3: -EXCHANGE"),
        ([HeldLicense(E3.id, {"plan-teams"})], LicenseGrant("SPE_E3", ["TEAMS"]), "SPE_E3: +TEAMS -EXCHANGE"),
        (
            [E3.id, HeldLicense(E3.id, inherited_from="group")],
            LicenseGrant("SPE_E3", ["TEAMS"]),
            "SPE_E3: -EXCHANGE (kept through a group)",
        ),
        ([E3.id, HeldLicense(E3.id, inherited_from="group")], None, "-SPE_E3 (kept through a group)"),
        (
            [E3.id, HeldLicense(E3.id, {"plan-teams"}, "group")],
            None,
            "-SPE_E3 (kept through a group without TEAMS)",
        ),
    ],
)
def test_the_label_says_what_the_request_changes(held, wanted, label):
    """Service plans by name, and what a group keeps."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=held)
    [change] = licences(
        APP.plan([assigned(ann, *([wanted] if wanted else []))], snapshot, app_users, now=NOW, scope="all")
    )
    assert describe(change) == f"licences {label}"


def test_combined_grants_show_all_that_they_give():
    """Exchange from one group and everything from another: nothing is switched off, and no brackets are shown."""
    grants = [LicenseGrant("SPE_E3", ["EXCHANGE"]), LicenseGrant("SPE_E3")]
    [change] = licences(APP.plan([assigned(somebody(), *grants)], tenant(), remembered(), now=NOW))
    assert describe(change) == "licences +SPE_E3"


def test_a_request_lists_licences_and_service_plans_in_one_order():
    """Whatever the order of the tenant's products is: the same plan has the same fingerprint."""
    plans = {f"PLAN_{letter}": f"plan-{letter}" for letter in "fcadbe"}
    office, other = evolve(E3, plans=plans), Sku("id-other", "ANOTHER", {}, seats=5)
    memory, there = held_by(somebody(), licenses=["ANOTHER", "SPE_F1"], held=["id-other", F1.id])
    for skus in ((F1, other, office), (office, other, F1)):
        people = [assigned(somebody(), LicenseGrant("SPE_E3", ["PLAN_A"]))]
        [change] = licences(APP.plan(people, evolve(there, skus=skus), memory, now=NOW))
        assert change.add[0].disabled_plans == tuple(f"plan-{letter}" for letter in "bcdef")
        assert [each.part_number for each in change.remove] == ["ANOTHER", "SPE_F1"]


def test_a_grant_that_is_named_otherwise_is_the_same():
    """By id by now, beside one that the tenant does not know: there is nothing to remember."""
    memory, there = held_by(somebody(), licenses=["SPE_E3"], held=[E3.id])
    people = [assigned(somebody(), LicenseGrant(E3.id), LicenseGrant("SPE_X"))]
    assert not [each for each in APP.plan(people, there, memory, now=NOW) if each.kind == "remember"]


def test_a_restored_account_is_given_what_it_lacks():
    """It is remembered as given, and Entra may have taken it while the account was deleted."""
    memory, there = held_by(somebody(), licenses=["SPE_E3"])
    [user] = there.users
    gone = evolve(user, properties={**user.properties, "userPrincipalName": user.id.replace("-", "") + user.username})
    app = evolve(APP, restore_deleted_users=True)
    plan = app.plan([assigned(somebody(), "SPE_E3")], tenant(deleted=(gone,)), memory, now=NOW)
    assert [describe(each) for each in licences(plan)] == ["licences +SPE_E3"]


def test_a_service_plan_without_the_one_that_it_needs_is_a_gap():
    """Office for the web needs SharePoint: Graph would refuse the request."""
    sku = office("SHAREPOINTWAC", "SHAREPOINTENTERPRISE", "TEAMS1")
    grant = LicenseGrant("SPE_E3", ["SHAREPOINTWAC"])
    plan = APP.plan([assigned(somebody(), grant)], tenant(skus=(sku, F1)), remembered(), now=NOW)
    assert licences(plan) == []
    [problem] = [each for each in plan.problems if each.code == "missing_service_plan"]
    assert "SHAREPOINTWAC (Office for the web) can't be given without SHAREPOINTENTERPRISE, so" in problem.message


def test_what_a_service_plan_needs_is_named_as_far_as_the_tenant_has_it():
    """Three examples, where it has none of them."""
    for others, needed in (
        (["TEAMS_GOV", "MCOIMP", "TEAMS1", "MCOSTANDARD_GOV"], "MCOSTANDARD_GOV or MCOIMP or TEAMS1 or TEAMS_GOV"),
        ([], "MCOSTANDARD or MCOSTANDARD_GOV or MCOSTANDARD_MIDMARKET"),
    ):
        other = evolve(F1, plans={plan: f"id-{plan}" for plan in others})
        [message] = said(LicenseGrant("SPE_E3"), skus=(office("MCOMEETADV"), other))
        assert message.startswith(f"MCOMEETADV (Audio Conferencing) can't be given without {needed}, so")


@pytest.mark.parametrize(
    ("others", "why"),
    [
        (["MCOMEETADV"], "MCOMEETADV (Audio Conferencing) can't be given without MCOSTANDARD"),
        (["EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD"], "EXCHANGE_L_STANDARD and EXCHANGE_S_STANDARD can't be given"),
    ],
    ids=["needed", "excluded"],
)
def test_what_replaces_a_licence_and_breaks_a_rule_leaves_it_until_that_is_corrected(others, why):
    """And the person is told what is kept, and until when."""
    memory, there = held_by(somebody(), licenses=["SPE_F1"], held=[F1.id])
    skus = (office(*others), F1)
    plan = APP.plan([assigned(somebody(), "SPE_E3")], evolve(there, skus=skus), memory, now=NOW)
    [problem] = [each for each in plan.problems if each.attribute == "licenses"]
    assert licences(plan) == []
    assert problem.message.startswith(why)
    assert problem.message.endswith(", so no licence is changed; keeps SPE_F1 until that is corrected")


def test_a_rule_that_was_broken_before_keeps_nobody_from_other_licences():
    """Somebody gave Office for the web without what it needs, and Graph lets that be."""
    web = Sku("id-web", "WEB", {"SHAREPOINTWAC": "id-wac"}, seats=5)
    memory, there = held_by(somebody(), held=[web.id])
    plan = APP.plan([assigned(somebody(), "SPE_F1")], evolve(there, skus=(web, F1)), memory, now=NOW)
    assert [describe(each) for each in licences(plan)] == ["licences +SPE_F1"]
    assert [each for each in plan.problems if each.attribute == "licenses"] == []


def test_service_plans_that_can_not_be_given_are_said_in_the_order_of_their_names():
    """The same in every plan."""
    skus = (office("WORKPLACE_ANALYTICS", "SHAREPOINTWAC", "MCOMEETADV"),)
    messages = said(LicenseGrant("SPE_E3"), skus=skus)
    assert [each.partition(" ")[0] for each in messages] == ["MCOMEETADV", "SHAREPOINTWAC", "WORKPLACE_ANALYTICS"]


def test_a_service_plan_that_a_group_gives_is_enough():
    """What the person has counts, wherever it comes from."""
    sku = office("SHAREPOINTWAC", "SHAREPOINTENTERPRISE")
    other = evolve(F1, plans={"SHAREPOINTDESKLESS": "id-desk"})
    there = account(f"ann.lee@{DOMAIN}", usageLocation="US", licenses=[HeldLicense(F1.id, inherited_from="group")])
    grant = LicenseGrant("SPE_E3", ["SHAREPOINTWAC"])
    plan = APP.plan([assigned(somebody(), grant)], tenant(there, skus=(sku, other)), remembered(), now=NOW)
    assert [describe(each) for each in licences(plan)] == ["licences +SPE_E3 [SHAREPOINTWAC]"]


def test_service_plans_that_exclude_each_other_are_a_gap():
    """Exchange of an edition that is no longer sold; Plan 1 and Plan 2 may be held together."""
    old, new = office("EXCHANGE_S_STANDARD_MIDMARKET"), evolve(F1, plans={"EXCHANGE_S_ENTERPRISE": "id-new"})
    plan = APP.plan([assigned(somebody(), "SPE_E3", "SPE_F1")], tenant(skus=(old, new)), remembered(), now=NOW)
    assert licences(plan) == []
    assert [each.message.partition(" can't")[0] for each in plan.problems] == [
        "EXCHANGE_S_STANDARD_MIDMARKET and EXCHANGE_S_ENTERPRISE"
    ]
    both = APP.plan(
        [assigned(somebody(), "SPE_E3", "SPE_F1")],
        tenant(skus=(office("EXCHANGE_S_STANDARD"), new)),
        remembered(),
        now=NOW,
    )
    assert len(licences(both)) == 1


def test_licences_that_a_group_gives_too_are_said_in_one_order():
    """However Graph lists them; of one that is no product of the tenant there is nothing to say."""
    held = [HeldLicense(sku, inherited_from="group") for sku in ("00-unknown", E3.id, F1.id)]
    for groups in (held, held[::-1]):
        messages = said("SPE_E3", "SPE_F1", held=[E3.id, F1.id, *groups])
        assert [each.partition(" ")[0] for each in messages] == ["SPE_E3", "SPE_F1"]
        assert all("assigned both directly and through a group" in each for each in messages)


def test_of_a_licence_that_is_no_product_of_the_tenant_a_group_may_give_what_it_likes():
    """Also where other licences are taken over: nobody knows its name."""
    held = [HeldLicense(sku, inherited_from="group") for sku in ("00-unknown", F1.id)]
    there = account(f"ann.lee@{DOMAIN}", usageLocation="US", licenses=held)
    plan = evolve(APP, take_over_licenses=True).plan([assigned(somebody())], tenant(there), remembered(), now=NOW)
    assert [each.message.partition(" ")[0] for each in plan.problems] == ["SPE_F1"]


def test_a_licence_in_error_is_said_though_nothing_changes():
    """Its group could not give it; the person's own assignment is as it was."""
    ann = somebody()
    app_users, snapshot = held_by(ann, licenses=["SPE_E3"], held=[E3.id])
    [there] = snapshot.users
    failed = evolve(there, failed_licenses=(FailedLicense(F1.id, "CountViolation", "group-1"),))
    plan = APP.plan([assigned(ann, "SPE_E3")], evolve(snapshot, users=[failed]), app_users, now=NOW)
    [problem] = [each for each in plan.problems if each.code == "license_error"]
    assert problem.message == "the licence SPE_F1 of the group group-1 is in error: no seat is left (CountViolation)"


def test_the_location_that_counts_is_the_one_that_the_account_will_have():
    """With Update Attributes off the mapped one is not written, so an account without one gets no licence."""
    people, there = [assigned(somebody(), "SPE_E3")], tenant(account(f"ann.lee@{DOMAIN}"))
    off = user_sync_app(update_attributes=False)
    assert "no_usage_location" in [each.code for each in off.plan(people, there, remembered(), now=NOW).problems]
    assert len(licences(APP.plan(people, there, remembered(), now=NOW))) == 1


def test_a_reason_that_another_one_begins_with_is_said_once():
    """An account that is made again: why the licence is given is part of why the account is created."""
    gone = remembered(AppUser(somebody().id, "gone", f"ann.lee@{DOMAIN}"))
    text = APP.plan([assigned(somebody(), "SPE_E3")], tenant(), gone, now=NOW).to_text()
    assert "(assigned through O365 E3; the account that was linked is gone)" in text


# --- what stays, and what is said of it


def of_group(sku, *plans):
    """A licence that comes from a group."""
    return HeldLicense(sku.id, frozenset(sku.plans.values()) - set(plans) if plans else frozenset(), "group-1")


def codes(assignment, held, *, licenses=(), app=APP):
    """The problems of Ann, who holds these licences."""
    memory, there = held_by(assignment.person, licenses=licenses, held=held)
    return [problem.code for problem in app.plan([assignment], there, memory, now=NOW).problems]


TAKING = evolve(APP, take_over_licenses=True)


@pytest.mark.parametrize(
    ("granted", "held", "expected"),
    [
        (["SPE_E3"], [of_group(E3), E3.id], ["assigned_twice"]),
        (["SPE_E3"], [of_group(E3)], []),
        ([], [of_group(E3), E3.id], []),
    ],
    ids=["both and assigned", "of the group alone", "both and not assigned"],
)
def test_a_licence_is_assigned_twice_if_it_is_assigned_and_held_in_both_ways(granted, held, expected):
    """Nothing is said of a licence that is assigned and given by a group alone, nor of one that is not assigned."""
    assert codes(assigned(somebody(), *granted, via="Staff"), held, licenses=["SPE_F1"]) == expected


@pytest.mark.parametrize(
    ("granted", "app", "expected"),
    [
        (["SPE_F1"], TAKING, ["inherited_license"]),
        (["SPE_E3", "SPE_F1"], TAKING, []),
        (["SPE_F1"], APP, []),
        (["SPE_F1", "SPE_X"], TAKING, ["unknown_license"]),
    ],
    ids=["taken over", "assigned", "not taken over", "not known what is assigned"],
)
def test_that_a_group_keeps_a_licence_is_said_where_it_would_be_taken(granted, app, expected):
    """With take_over_licenses alone, and not while a licence that is assigned is not known."""
    assert codes(assigned(somebody(), *granted), [of_group(E3), F1.id], app=app) == expected


def test_without_a_usage_location_no_service_plan_is_switched_either():
    """The whole request waits for the location, also what needs no seat."""
    person = somebody(countryCode="UK")
    memory, there = held_by(person, licenses=["SPE_E3"], held=[HeldLicense(E3.id, frozenset({"plan-teams"}))])
    [user] = there.users
    nowhere = evolve(user, properties={**user.properties, "usageLocation": None})
    drawn = APP.plan([assigned(person, LicenseGrant("SPE_E3", ["TEAMS"]))], tenant(nowhere), memory, now=NOW)
    assert licences(drawn) == []
    assert [each.code for each in drawn.problems if each.attribute == "licenses"] == ["no_usage_location"]


def said(*granted, skus=(E3, F1), held=(), failed=()):
    """Everything that is said of licences to Ann, who has an account and is granted these."""
    memory, there = held_by(somebody(), held=held)
    [user] = there.users
    users = tenant(evolve(user, failed_licenses=failed), skus=skus)
    plan = APP.plan([assigned(somebody(), *granted)], users, memory, now=NOW)
    return [problem.message for problem in plan.problems]


def test_who_keeps_nothing_until_a_licence_is_known_is_told_of_the_licence_alone():
    """With the licences that the tenant has, or that it has none."""
    for skus in ((E3, F1), (F1, E3)):
        assert said("SPE_X", skus=skus) == ["the tenant has no licence SPE_X (it has SPE_E3, SPE_F1)"]
    assert said("SPE_X", skus=()) == ["the tenant has no licence SPE_X (it has none)"]


def test_who_keeps_nothing_until_a_seat_is_free_is_told_of_the_line_alone():
    """Nobody frees a seat, so that one must be bought or taken."""
    full = evolve(E3, seats=1, used=1)
    plan = APP.plan([assigned(somebody(), "SPE_E3")], tenant(skus=(full,)), remembered(), now=NOW)
    [problem] = plan.problems
    assert problem.message.endswith("waits since 2026-06-01, place 1 of 1")
    assert problem.remedy.startswith("Buy seats or remove the licence from another person")


@pytest.mark.parametrize(
    ("error", "why", "remedy"),
    [
        ("CountViolation", "no seat is left", "Buy seats, or take the licence from another person"),
        (
            "MutuallyExclusiveViolation",
            "one of its service plans can't be held together with one that the person has",
            "Turn one of the two service plans off",
        ),
        (
            "DependencyViolation",
            "one of its service plans needs another one, or another licence needs it",
            "Turn the service plan that is needed on, or the one that needs it off",
        ),
        (
            "ProhibitedInUsageLocationViolation",
            "a service in it is not allowed in the person's usage location",
            "Correct the usage location, or turn the service plan off",
        ),
        (
            "UniquenessViolation",
            "an address that it would make is another object's already",
            "Find the other object with this address in Entra, and change one of the two",
        ),
    ],
)
def test_a_licence_in_error_says_why_and_what_to_do(error, why, remedy):
    """Each of the errors that Microsoft's page explains."""
    memory, there = held_by(somebody())
    failing = tenant(evolve(there.users[0], failed_licenses=(FailedLicense(E3.id, error),)))
    [problem] = APP.plan([assigned(somebody())], failing, memory, now=NOW).problems
    assert problem.message == f"the licence SPE_E3 assigned to the person is in error: {why} ({error})"
    assert problem.remedy == f"{remedy}; then let Entra process the licences again"


@pytest.mark.parametrize(
    ("plan", "needs"),
    [
        (
            "SHAREPOINTWAC",
            (
                "SHAREPOINTENTERPRISE SHAREPOINTSTANDARD SHAREPOINTDESKLESS SHAREPOINTENTERPRISE_EDU "
                "SHAREPOINTSTANDARD_EDU SHAREPOINTENTERPRISE_GOV SHAREPOINTSTANDARD_GOV SHAREPOINTENTERPRISE_MIDMARKET "
                "SHAREPOINTLITE SHAREPOINT_S_DEVELOPER"
            ),
        ),
        ("WORKPLACE_ANALYTICS", "EXCHANGE_S_ENTERPRISE EXCHANGE_S_STANDARD EXCHANGE_S_ENTERPRISE_GOV"),
        ("MCOMEETADV", "MCOSTANDARD MCOSTANDARD_GOV MCOSTANDARD_MIDMARKET MCOIMP TEAMS1 TEAMS_GOV"),
    ],
)
def test_a_service_plan_needs_one_of_those_that_microsoft_names(plan, needs):
    """Any of them is enough, and none of them is not."""
    assert [rule.needs for rule in broken_rules([plan])] == [tuple(needs.split())]
    assert all(broken_rules([plan, each]) == frozenset() for each in needs.split())


@pytest.mark.parametrize("old", ["EXCHANGE_L_STANDARD", "EXCHANGE_S_STANDARD_MIDMARKET"])
@pytest.mark.parametrize("new", ["EXCHANGE_S_ENTERPRISE", "EXCHANGE_S_STANDARD", "EXCHANGE_S_DESKLESS"])
def test_exchange_of_the_editions_that_are_no_longer_sold_is_held_alone(old, new):
    """Those that are sold can be held together."""
    assert len(broken_rules([old, new])) == 1
    assert broken_rules(["EXCHANGE_S_ENTERPRISE", new]) == frozenset()


def test_a_licence_in_error_for_a_reason_that_is_not_documented_is_said_with_graphs_word():
    """Microsoft may add one."""
    memory, there = held_by(somebody())
    failing = tenant(evolve(there.users[0], failed_licenses=(FailedLicense(E3.id, "NewViolation"),)))
    [problem] = APP.plan([assigned(somebody())], failing, memory, now=NOW).problems
    assert problem.message.endswith("is in error: Graph gives no reason (NewViolation)")
    assert problem.remedy == "Look at the person's licences in Entra; then let Entra process the licences again"


@pytest.mark.parametrize(("group", "whose"), [(None, "assigned to the person"), ("group-1", "of the group group-1")])
def test_a_licence_in_error_names_who_gives_it(group, whose):
    """The assignment is corrected in one place, the group in another."""
    [message] = said(failed=(FailedLicense(E3.id, "CountViolation", group),))
    assert message.startswith(f"the licence SPE_E3 {whose} is in error: no seat is left")


def test_a_service_plan_that_stays_on_until_a_licence_is_known_is_named():
    """It should be switched off, and is not while it isn't known what else is assigned."""
    [message] = said(LicenseGrant("SPE_E3", ["TEAMS"]), "SPE_X", held=[E3.id])
    assert message.endswith("; keeps EXCHANGE of SPE_E3 until that is corrected")


OFFICE = Sku("id-office", "OFFICE", {"TEAMS": "p-teams", "EXCHANGE": "p-exchange", "SWAY": "p-sway"}, seats=5)


def test_a_service_plan_that_is_off_already_is_not_switched_off():
    """It is no loss, and is not shown as one; the order in which Graph lists service plans is not seen."""
    ann = somebody()
    app_users, there = held_by(ann, licenses=["OFFICE"], held=[HeldLicense(OFFICE.id, {"p-sway"})])
    listed = [OFFICE, evolve(OFFICE, plans=dict(reversed(OFFICE.plans.items())))]
    for grant, off in (("TEAMS", ("EXCHANGE",)), ("SWAY", ("EXCHANGE", "TEAMS"))):
        for sku in listed:
            people = [assigned(ann, LicenseGrant("OFFICE", [grant]))]
            [change] = licences(APP.plan(people, evolve(there, skus=[sku]), app_users, now=NOW))
            assert change.add[0].plans_off == off


@pytest.mark.parametrize(
    "grants",
    [
        [LicenseGrant("OFFICE", ["TEAMS", "TYPO"])],
        [LicenseGrant("OFFICE", ["EXCHANGE"]), LicenseGrant("OFFICE", ["TEAMS", "TYPO"])],
        [LicenseGrant("OFFICE", ["EXCHANGE", "TYPO"]), LicenseGrant("OFFICE", ["TEAMS"])],
    ],
    ids=["one grant", "the second of two", "the first of two"],
)
def test_nobody_says_which_service_plans_would_go_while_a_name_is_unknown(grants):
    """What is mistyped may be the one that is on beside those that are asked for."""
    [message] = said(*grants, held=[OFFICE.id], skus=(OFFICE,))
    assert "has no service plan TYPO" in message
    assert "keeps" not in message


def test_what_can_not_be_taken_yet_stays_remembered_as_granted():
    """Without a usage location no service plan is switched and nothing removed; who then leaves loses all of it."""
    ann = somebody("Ann Lee", countryCode="Utopia")
    there = account(f"ann.lee@{DOMAIN}", licenses=[E3.id, F1.id])
    ours = (LicenseGrant("SPE_E3"), LicenseGrant("SPE_F1"))
    known = remembered(AppUser(ann.id, there.id, there.username, licenses=ours))
    plan = APP.plan([assigned(ann, LicenseGrant("SPE_E3", ["TEAMS"]))], tenant(there), known, now=NOW)
    assert licences(plan) == []
    _, after = effects(plan, tenant(there))
    assert after.get(ann.id).licenses == ours


def granted_after(ours, wanted, *, held, located=True):
    """What counts as granted to Ann after the plan for these licences, by what she holds."""
    ann = somebody() if located else somebody("Ann Lee", countryCode="Utopia")
    there = account(f"ann.lee@{DOMAIN}", licenses=held)
    known = remembered(AppUser(ann.id, there.id, there.username, licenses=tuple(ours)))
    plan = APP.plan([assigned(ann, *wanted)], tenant(there), known, now=NOW)
    return effects(plan, tenant(there))[1].get(ann.id).licenses


NO_TEAMS = HeldLicense(E3.id, {"plan-teams"})
ALL, ONLY_TEAMS = LicenseGrant("SPE_E3"), LicenseGrant("SPE_E3", ["TEAMS"])


def test_a_grant_that_takes_the_place_of_another_is_all_that_is_remembered():
    """Of one licence with fewer service plans too."""
    assert granted_after([ALL], [ONLY_TEAMS], held=[E3.id]) == (ONLY_TEAMS,)


def test_a_grant_of_a_licence_that_the_tenant_does_not_know_any_more_stays_remembered():
    """It may be back, and on the account."""
    vanished = LicenseGrant("VANISHED")
    assert set(granted_after([vanished], [ALL], held=[E3.id])) == {vanished, ALL}


def test_a_grant_that_somebody_took_is_not_remembered_beside_what_can_not_be_given():
    """What is gone is known to be gone, also while a name is unknown."""
    assert granted_after([LicenseGrant("SPE_F1")], [ALL, "MISTYPED"], held=[]) == (ALL,)


def test_a_grant_that_grew_is_remembered_beside_what_can_not_be_given():
    """Teams was all that was granted; now the whole licence is, and was given."""
    assert ALL in granted_after([ONLY_TEAMS], [ALL, "MISTYPED"], held=[HeldLicense(E3.id, {"plan-exchange"})])


def test_a_licence_found_on_the_account_in_part_does_not_count_as_granted():
    """Without a usage location Teams can't be switched on, so that nothing of it is ours yet."""
    assert granted_after([], [ALL], held=[NO_TEAMS], located=False) == ()
    assert granted_after([], [LicenseGrant("SPE_E3", ["EXCHANGE"])], held=[NO_TEAMS], located=False) != ()


def test_a_licence_that_is_not_for_users_is_as_good_as_none():
    """Some are for the whole tenant, and Graph assigns them to nobody."""
    [message] = said("SPE_E3", skus=(evolve(E3, assignable=False), F1))
    assert message == "the tenant has no licence SPE_E3 (it has SPE_F1)"


@pytest.mark.parametrize("grant", [LicenseGrant("spe_e3", ["teams"]), LicenseGrant(E3.id, ["plan-teams"])])
def test_licences_and_service_plans_go_by_name_in_any_case_or_by_id(grant):
    """The same request, nothing to do afterwards, and removed when the person leaves."""
    people, there = [assigned(somebody(), grant)], tenant(account(f"ann.lee@{DOMAIN}", usageLocation="US"))
    plan = APP.plan(people, there, remembered(), now=NOW)
    exact = APP.plan([assigned(somebody(), LicenseGrant("SPE_E3", ["TEAMS"]))], there, remembered(), now=NOW)
    assert [each.add for each in licences(plan)] == [each.add for each in licences(exact)]
    snapshot, known = effects(plan, there)
    assert APP.plan(people, snapshot, known, now=NOW).is_empty
