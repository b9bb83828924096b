"""What a plan explains of each person: the licences that the account then holds."""

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, E3, F1, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import Deprovisioning, LicenseGrant
from o365prov.planning import HeldLicense

ANN = somebody("Ann Lee")


@pytest.mark.parametrize(
    ("held", "granted", "then"),
    [
        ([], "SPE_E3", ("SPE_E3",)),
        ([], LicenseGrant("SPE_E3", ["TEAMS"]), ("SPE_E3 [TEAMS]",)),
        ([HeldLicense(F1.id)], "SPE_E3", ("SPE_E3", "SPE_F1")),
        ([HeldLicense(F1.id, inherited_from="g")], "SPE_E3", ("SPE_E3", "SPE_F1 (through a group)")),
        ([HeldLicense("gone", inherited_from="g")], "SPE_E3", ("SPE_E3", "gone (through a group)")),
        (
            [HeldLicense(E3.id, frozenset({"plan-teams"}), "g")],
            LicenseGrant("SPE_E3", ["TEAMS"]),
            ("SPE_E3 (also through a group)",),
        ),
    ],
)
def test_what_a_person_then_has_in_all_is_explained(held, granted, then):
    """Directly and through groups, whoever granted it."""
    snapshot = tenant(account(f"ann.lee@{DOMAIN}", usageLocation="US", licenses=held))
    plan = user_sync_app().plan([assigned(ANN, granted)], snapshot, remembered(), now=NOW)
    assert plan.explanations[ANN.id].licenses == then
    assert f"Licences after this plan: {', '.join(then)}" in plan.explain(ANN.id).to_text()


def test_what_a_new_account_then_has_is_explained():
    """It is made with what is assigned."""
    plan = user_sync_app().plan([assigned(ANN, "SPE_E3", "SPE_F1")], tenant(), remembered(), now=NOW)
    assert plan.explanations[ANN.id].licenses == ("SPE_E3", "SPE_F1")


def test_of_who_is_stopped_before_an_account_is_found_no_licences_are_known():
    """Two people would have one username."""
    twin = somebody("Abe Lee", email="ann.lee@acquired.example")
    plan = user_sync_app().plan([assigned(ANN), assigned(twin)], tenant(), remembered(), now=NOW)
    assert {each.licenses for each in plan.explanations.values()} == {None}
    assert "Licences" not in plan.explain(ANN.id).to_text()


@pytest.mark.parametrize(
    ("option", "then"),
    [
        (Deprovisioning.block_sign_in(), ("SPE_E3", "SPE_F1 (through a group)")),
        (Deprovisioning.block_and_remove_licenses(), ("SPE_F1 (through a group)",)),
        (Deprovisioning.block_remove_licenses_and_delete(), ()),
    ],
)
def test_what_a_leaver_then_has_is_explained(option, then):
    """What was granted goes under some options, what a group gives with the account alone."""
    app = user_sync_app(deprovisioning=option)
    snapshot, known = effects(app.plan([assigned(ANN, "SPE_E3")], tenant(), remembered(), now=NOW), tenant())
    [user] = snapshot.users
    there = evolve(snapshot, users=[evolve(user, licenses=(*user.licenses, HeldLicense(F1.id, inherited_from="g")))])
    plan = app.plan([], there, known, now=NOW)
    assert plan.explanations[ANN.id].licenses == then
    assert f"Licences after this plan: {', '.join(then) or 'none'}" in plan.explain(ANN.id).to_text()


def test_of_whom_nothing_was_looked_at_there_is_nothing_to_explain():
    """Somebody held who never had an account: the problem says everything."""
    held = assigned(somebody("Bo Ross", status="SUSPENDED"))
    plan = user_sync_app().plan([held], tenant(), remembered(), now=NOW)
    assert ([each.code for each in plan.problems], dict(plan.explanations)) == (["held_suspended"], {})
