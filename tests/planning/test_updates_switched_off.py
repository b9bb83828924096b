"""With Update Attributes off only what is new is given; and what plans say of people and values."""

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, E3, NOW, account, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import Deprovisioning, LicenseGrant, UserStatus
from o365prov.people import AppUser, Assignment, Grants
from o365prov.planning import (
    AssignLicenses,
    CreateUser,
    EnableSignIn,
    GrantRole,
    HeldLicense,
    SetManager,
    Subject,
    UpdateUser,
)
from o365prov.planning.model.change_parts import PropertyChange
from o365prov.planning.model.plan import Plan

OFF = user_sync_app(update_attributes=False)


def codes(plan):
    return [each.code for each in plan.problems]


BO = from_directory(somebody("Bo Ross"))
ANN = from_directory(somebody("Ann Lee"), manager=BO)


def test_a_linked_person_keeps_their_licences_when_updates_are_off():
    """Okta sends nothing to an account that exists: neither values nor licences."""
    snapshot, known = effects(OFF.plan([assigned(ANN, "SPE_F1")], tenant(), remembered(), now=NOW), tenant())
    plan = OFF.plan([assigned(ANN, "SPE_E3")], snapshot, known, now=NOW)
    assert plan.is_empty
    assert codes(plan) == ["licenses_not_changed"]
    assert "is assigned the licences SPE_E3, and keeps SPE_F1" in plan.problems[0].message


@pytest.mark.parametrize(
    ("given", "then", "said"),
    [
        (["SPE_E3"], [], "is assigned the licences (none), and keeps SPE_E3"),
        (["SPE_E3"], ["SPE_E3", "SPE_F1"], "is assigned the licences SPE_E3, SPE_F1, and keeps SPE_E3"),
        (["SPE_E3"], ["SPE_E3", "MISTYPED"], "is assigned the licences MISTYPED, SPE_E3, and keeps SPE_E3"),
        ([], ["SPE_F1"], "is assigned the licences SPE_F1, and keeps none"),
    ],
)
def test_licences_that_are_not_changed_are_said_with_both(given, then, said):
    """What is assigned by now, and what was given when the account was linked."""
    snapshot, known = effects(OFF.plan([assigned(ANN, *given)], tenant(), remembered(), now=NOW), tenant())
    [problem] = OFF.plan([assigned(ANN, *then)], snapshot, known, now=NOW).problems
    assert (problem.code, problem.attribute, problem.stops) == ("licenses_not_changed", "licenses", False)
    assert said in problem.message


GRANTS = Grants([LicenseGrant("SPE_E3")], ["Directory Readers"])


def test_who_was_not_finished_is_given_everything_all_the_same():
    """The account is linked, and the apply ended before the licence and the role were given."""
    there = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId=ANN.directory_accounts[0].anchor, usageLocation="US")
    known = AppUser(ANN.id, there.id, there.username, there.anchor, "x", unfinished=True)
    plan = OFF.plan([Assignment(ANN, GRANTS)], tenant(there), remembered(known), now=NOW)
    assert [each.kind for each in plan if each.kind != "link_user"] == ["assign_licenses", "grant_role"]


def test_who_gets_somebody_elses_account_is_given_everything_all_the_same():
    """What the account has was that person's."""
    there = account(f"cy.young@{DOMAIN}", usageLocation="US")
    known = remembered(AppUser("00uCyYoung", there.id, there.username, None, "x", roles=("Directory Readers",)))
    plan = OFF.plan([Assignment(ANN, GRANTS)], tenant(there), known, now=NOW, transfers={ANN.id: there.id})
    assert [each.kind for each in plan] == ["link_user", "assign_licenses", "grant_role"]


def test_a_licence_that_a_group_gives_by_now_is_not_missed():
    """It was assigned after the account was linked, and an administrator gave it in another way."""
    snapshot, known = effects(OFF.plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    there = evolve(snapshot, users=[evolve(snapshot.users[0], licenses=(HeldLicense(E3.id, inherited_from="g"),))])
    assert codes(OFF.plan([assigned(ANN, "SPE_E3")], there, known, now=NOW)) == []


def test_a_service_plan_that_somebody_switched_on_meanwhile_is_not_missed():
    """The whole licence was assigned later, and an administrator gave the rest of it."""
    part = LicenseGrant("SPE_E3", ["TEAMS"])
    snapshot, known = effects(OFF.plan([assigned(ANN, part)], tenant(), remembered(), now=NOW), tenant())
    there = evolve(snapshot, users=[evolve(snapshot.users[0], licenses=(HeldLicense(E3.id),))])
    assert codes(OFF.plan([assigned(ANN, part)], there, known, now=NOW)) == ["relicensed_account"]
    assert codes(OFF.plan([assigned(ANN, "SPE_E3")], there, known, now=NOW)) == ["relicensed_account"]


def test_roles_that_are_not_changed_are_said():
    """As for licences."""
    snapshot, known = effects(OFF.plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    promoted = evolve(assigned(ANN), grants=Grants((), ["Directory Readers"]))
    plan = OFF.plan([promoted], snapshot, known, now=NOW)
    assert plan.is_empty
    assert [(each.code, each.attribute) for each in plan.problems] == [("roles_not_changed", "roles")]
    assert "is assigned the roles Directory Readers, and keeps none" in plan.problems[0].message


@pytest.mark.parametrize("scope", ["changed", "all", "drift"])
def test_what_somebody_took_by_hand_is_said_when_updates_are_off(scope):
    """Nothing gives it again, whatever is compared; and what was not taken is not said."""
    granted = evolve(assigned(ANN), grants=Grants([LicenseGrant("SPE_E3")], ["Directory Readers"]))
    snapshot, known = effects(OFF.plan([granted], tenant(), remembered(), now=NOW), tenant())
    assert codes(OFF.plan([granted], snapshot, known, now=NOW, scope=scope)) == []
    taken = evolve(snapshot, users=[evolve(each, licenses=()) for each in snapshot.users], role_assignments=())
    plan = OFF.plan([granted], taken, known, now=NOW, scope=scope)
    assert plan.is_empty
    assert codes(plan) == ["relicensed_account", "role_removed"]
    assert "turn on Update Attributes and plan with scope='all'" in plan.problems[0].remedy


def test_who_got_no_seat_gets_one_later_although_updates_are_off():
    """It was promised when the account was created, and until then the plan says that the person waits."""
    full = tenant(skus=(evolve(E3, used=5),))
    snapshot, known = effects(OFF.plan([assigned(ANN, "SPE_E3")], full, remembered(), now=NOW), full)
    snapshot = evolve(snapshot, skus=(evolve(E3, used=5),))
    waiting = OFF.plan([assigned(ANN, "SPE_E3")], snapshot, known, now=NOW)
    assert (waiting.is_empty, codes(waiting)) == (True, ["no_seat"])
    plan = OFF.plan([assigned(ANN, "SPE_E3")], evolve(snapshot, skus=(E3,)), known, now=NOW)
    assert [type(each) for each in plan] == [AssignLicenses]


def test_who_is_back_gets_licences_and_roles_although_updates_are_off():
    """They were taken when the person left, and being back is like being linked."""
    app = user_sync_app(update_attributes=False, deprovisioning=Deprovisioning.block_and_remove_licenses())
    granted = evolve(assigned(somebody("Ann Lee")), grants=Grants([LicenseGrant("SPE_E3")], ["Directory Readers"]))
    state = effects(app.plan([granted], tenant(), remembered(), now=NOW), tenant())
    state = effects(app.plan([], *state, now=NOW), state[0])
    assert state[0].users[0].licenses == state[0].role_assignments == ()
    plan = app.plan([granted], *state, now=NOW)
    assert {EnableSignIn, AssignLicenses, GrantRole} <= {type(each) for each in plan}
    assert codes(plan) == []
    assert list(app.plan([granted], *effects(plan, state[0]), now=NOW)) == []


def test_a_new_person_gets_licences_when_updates_are_off():
    """Creating brings everything along."""
    plan = OFF.plan([assigned(ANN, "SPE_E3")], tenant(), remembered(), now=NOW)
    assert {CreateUser, AssignLicenses} <= {type(change) for change in plan}


def test_another_username_at_the_source_is_said_and_not_sent():
    """The account keeps its name, and the plan says why."""
    snapshot, known = effects(OFF.plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    renamed = from_directory(somebody("Ann Lee", email="ann.ray@corp.example"))
    plan = OFF.plan([assigned(renamed)], snapshot, known, now=NOW)
    assert plan.is_empty
    [problem] = plan.problems
    assert problem.code == "username_not_changed"
    assert problem.remedy == "Rename it in Entra, or turn on Update Attributes"


def test_an_account_found_by_its_anchor_is_remembered_under_the_name_that_it_keeps():
    """What is remembered is what the tenant holds, since nothing is written."""
    [anchor] = [each.anchor for each in ANN.directory_accounts]
    there = account(f"old@{DOMAIN}", displayName="Ann Lee", onPremisesImmutableId=anchor)
    plan = OFF.plan([assigned(ANN)], tenant(there), remembered(), now=NOW)
    _, known = effects(plan, tenant(there))
    assert [each.username for each in known] == [f"old@{DOMAIN}"]


def test_a_suspended_manager_with_an_account_is_still_a_manager():
    """Who is held keeps the account, and others can refer to it."""
    app = user_sync_app()
    snapshot, known = effects(app.plan([assigned(BO)], tenant(), remembered(), now=NOW), tenant())
    held = evolve(assigned(BO), person=evolve(BO, status=UserStatus.SUSPENDED))
    plan = app.plan([assigned(ANN), held], snapshot, known, now=NOW)
    [reference] = [change for change in plan if isinstance(change, SetManager)]
    assert reference.manager.person_id == BO.id


def test_the_plan_says_how_an_account_was_looked_for():
    """A new account: none was there."""
    plan = user_sync_app().plan([assigned(ANN)], tenant(), remembered(), now=NOW)
    assert plan.explanations[ANN.id].matched == "there is no account"


def test_rows_say_values_before_and_after():
    """A value that is set for the first time has nothing before it."""
    subject = Subject("00u1", "Ann", "ann@corp.example")
    parts = (
        PropertyChange("city", None, "Oslo"),
        PropertyChange("title", "Rep", "Lead"),
        PropertyChange("fax", "1", None),
    )
    plan = Plan("t", NOW, (UpdateUser(subject, "changed", "id", parts, "f"),))
    assert plan.to_dicts()[0]["what"] == "city: Oslo; title: Rep → Lead; fax: 1 → cleared"
