"""With Update Attributes off only what is new is given; and what plans say of people and values."""

from attrs import evolve
from effects import effects
from organisation import DOMAIN, NOW, account, assigned, from_directory, remembered, somebody, tenant, user_sync_app

from o365prov import UserStatus
from o365prov.planning import AssignLicenses, CreateUser, SetManager, Subject, UpdateUser
from o365prov.planning.model.change_parts import PropertyChange
from o365prov.planning.model.plan import Plan

OFF = user_sync_app(update_attributes=False)
BO = from_directory(somebody("Bo Ross"))
ANN = from_directory(somebody("Ann Lee"), manager=BO)


def test_a_linked_person_keeps_their_licences_when_updates_are_off():
    """Okta sends nothing to an account that exists: neither values nor licences."""
    snapshot, known = effects(OFF.plan([assigned(ANN, "SPE_F1")], tenant(), remembered(), now=NOW), tenant())
    assert OFF.plan([assigned(ANN, "SPE_E3")], snapshot, known, now=NOW).is_empty


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
