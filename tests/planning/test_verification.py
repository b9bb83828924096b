"""Comparing an account with what a plan wants of it, and how the result reads."""

import json
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from organisation import DOMAIN, E3, F1, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, LicenseGrant, LicenseState, ServicePlanInfo, SourceError, Subject, Verification
from o365prov.planning import (
    OFFICE_APPS,
    CheckedPerson,
    ExpectedAccount,
    ExpectedState,
    FailedLicense,
    FoundAccount,
    HeldLicense,
    LicenseDetails,
    compare_account,
    expected_accounts,
    office_apps,
)

ANN = Subject("00u1", "Ann Lee", f"ann.lee@{DOMAIN}")
STATUSES = ("Success", "PendingInput", "Error", "PendingActivation", "PendingProvisioning")


def wanted(*grants, **fields):
    """Ann with these licences."""
    return ExpectedAccount(ANN, ExpectedState.IN_USE, "id", licenses=grants or (LicenseGrant("SPE_E3"),), **fields)


def found(*, licenses=("e3",), failed=(), exchange="Success", teams="Success"):
    """Ann's account, where the plans of its E3 are so far."""
    held = {"e3": HeldLicense(E3.id), "by group": HeldLicense(E3.id, inherited_from="group"), "f1": HeldLicense(F1.id)}
    user = evolve(account(ANN.username, licenses=[held.get(each, each) for each in licenses]), failed_licenses=failed)
    plans = (ServicePlanInfo("plan-exchange", "EXCHANGE", exchange), ServicePlanInfo("plan-teams", "TEAMS", teams))
    return FoundAccount(user, (LicenseDetails(E3.id, "SPE_E3", plans),) if licenses else ())


def checked_license(expected, there):
    """The one licence of the comparison."""
    [one] = compare_account(expected, there, tenant()).licenses
    return one


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_an_error_comes_before_what_is_pending_and_that_before_given(exchange, teams):
    """The state of a licence is that of the service plan that is worst; what waits for the tenant counts as there."""
    person = compare_account(wanted(), found(exchange=exchange, teams=teams), tenant())
    [one] = person.licenses
    statuses = {exchange, teams}
    if "Error" in statuses:
        assert one.state is LicenseState.ERROR
    elif "PendingInput" in statuses:
        assert one.state is LicenseState.PENDING
    else:
        assert one.state is LicenseState.GIVEN
    assert person.ok == (one.state is LicenseState.GIVEN)
    assert person.pending == ("PendingInput" in statuses)


def test_a_status_that_is_not_documented_counts_as_pending():
    """Microsoft may add one: nothing is called ready that may not be."""
    assert checked_license(wanted(), found(teams="PendingSomething")).state is LicenseState.PENDING


def test_a_licence_whose_details_are_not_listed_yet_is_pending():
    """It is assigned already, and nothing is said of its service plans."""
    there = evolve(found(), licenses=())
    assert str(checked_license(wanted(), there)) == "SPE_E3 is pending: its service plans are not listed yet"
    assert compare_account(wanted(), there, tenant()).pending


@pytest.mark.parametrize(
    ("grant", "said"),
    [
        (LicenseGrant("SPE_X"), "SPE_X is missing: the tenant does not have it"),
        (LicenseGrant("SPE_E3", ["TEAMS", "TYPO"]), "SPE_E3 is missing: it does not have TYPO"),
    ],
)
def test_a_licence_that_nobody_can_give_is_among_the_persons_licences(grant, said):
    """It is not there, with the reason, and not waited for."""
    there = found(licenses=[HeldLicense(E3.id, {"plan-exchange"})], exchange="Disabled")
    person = compare_account(wanted(grant), there, tenant())
    assert said in map(str, person.licenses)
    assert (person.ok, person.pending) == (False, False)


def test_a_username_in_another_case_is_the_planned_one():
    """Neither case is told from the other."""
    shouted = evolve(ANN, username=ANN.username.upper())
    assert compare_account(evolve(wanted(), subject=shouted), found(), tenant()).ok


def test_only_the_service_plans_that_are_wanted_count():
    """An error of a plan that nobody turned on is nobody's concern."""
    teams_alone = LicenseGrant("SPE_E3", ["TEAMS"])
    there = found(licenses=[HeldLicense(E3.id, {"plan-exchange"})], exchange="Disabled")
    assert checked_license(wanted(teams_alone), there).state is LicenseState.GIVEN


@pytest.mark.parametrize(
    ("grant", "disabled", "reason"),
    [
        (LicenseGrant("SPE_E3"), {"plan-teams"}, "TEAMS is turned off"),
        (LicenseGrant("SPE_E3", ["TEAMS"]), set(), "EXCHANGE is turned on"),
        (LicenseGrant("SPE_E3", ["TEAMS"]), {"plan-teams"}, "TEAMS is turned off; EXCHANGE is turned on"),
    ],
)
def test_service_plans_that_are_switched_otherwise_are_seen(grant, disabled, reason):
    """The licence is there, but not as planned."""
    one = checked_license(wanted(grant), found(licenses=[HeldLicense(E3.id, disabled)]))
    assert (one.state, one.reason) == (LicenseState.MISSING, reason)


def test_a_group_may_turn_on_more():
    """What a group gives beside the licence is not compared with the plan."""
    teams_alone = LicenseGrant("SPE_E3", ["TEAMS"])
    there = found(licenses=[HeldLicense(E3.id, {"plan-exchange"}), "by group"])
    assert checked_license(wanted(teams_alone), there).state is LicenseState.GIVEN


def test_a_licence_that_could_not_be_assigned_says_why():
    """Graph's own word for it."""
    one = checked_license(wanted(), found(licenses=(), failed=(FailedLicense(E3.id, "CountViolation", "group"),)))
    assert (one.state, str(one)) == (LicenseState.ERROR, "SPE_E3 is in error: CountViolation")


def test_what_is_expected_is_the_account_at_the_end_of_the_plan():
    """Under the final name of two who exchange theirs, in the order of names; a new one has the anchor that is sent."""
    users, known = [], []
    people = [somebody("Ann Lee", email="bo@corp.example"), somebody("Bo Ross", email="ann@corp.example")]
    for person, name in zip(people, ("ann", "bo"), strict=True):
        users.append(account(f"{name}@{DOMAIN}", onPremisesImmutableId=person.id))
        known.append(AppUser(person.id, users[-1].id, users[-1].username, person.id, "x"))
    new = [evolve(somebody("Cy Young", email=f"{each}@corp.example"), id=each) for each in ("00u9", "00u1")]
    people = [assigned(each, "SPE_E3") for each in (*people, *new)]
    plan = user_sync_app().plan(people, tenant(*users), remembered(*known), now=NOW)
    found = [(each.subject.person_id, each.subject.username, each.anchor) for each in expected_accounts(plan)]
    assert found == [
        ("00uAnnLee", f"bo@{DOMAIN}", None),
        ("00uBoRoss", f"ann@{DOMAIN}", None),
        ("00u1", f"00u1@{DOMAIN}", "00u1"),
        ("00u9", f"00u9@{DOMAIN}", "00u9"),
    ]


def test_an_error_of_a_group_does_not_harm_a_licence_that_is_held_directly():
    """The person has what the plan gave."""
    there = found(failed=(FailedLicense(E3.id, "CountViolation", "group"),))
    assert checked_license(wanted(), there).state is LicenseState.GIVEN


def test_licences_named_by_id_and_in_any_case_are_found():
    """As assignments name them."""
    for name in (E3.id, "spe_e3"):
        assert checked_license(wanted(LicenseGrant(name)), found()).sku == "SPE_E3"


def test_what_failed_is_not_waited_for():
    """A licence that Graph refused does not come by itself; without that it may still come."""
    missing = found(licenses=())
    assert compare_account(wanted(), missing, tenant()).pending
    assert not compare_account(wanted(failed=frozenset({"assign_licenses"})), missing, tenant()).pending


def test_no_service_plan_is_named_twice_for_an_app():
    """The table has each plan of an app once, and gives apps in its own order."""
    for plans in OFFICE_APPS.values():
        assert len(set(plans)) == len(plans)
    assert office_apps(plan for plans in OFFICE_APPS.values() for plan in reversed(plans)) == tuple(OFFICE_APPS)


@pytest.fixture
def verification():
    """One person ready, one pending, one incomplete, and a leaver who is deleted."""
    people = (
        compare_account(wanted(), found(), tenant()),
        compare_account(wanted(), found(teams="PendingInput"), tenant()),
        compare_account(wanted(), found(teams="Error"), tenant()),
        CheckedPerson(Subject("00u4", "<b>Dan</b>", f"dan@{DOMAIN}"), ExpectedState.DELETED),
    )
    return Verification("plan-1", NOW, people, "f1")


def test_counts_and_reasons_are_shown_in_every_form(verification):
    """Text, HTML, Markdown and a repr say how many are ready and what isn't there; other people's names are escaped."""
    assert repr(verification) == "Verification(2 ready, 1 pending, 1 incomplete)"
    assert str(verification).startswith("4 people checked: 2 ready, 1 pending, 1 incomplete (plan f1, asked 2026-06-01")
    for form in (verification.to_text(), verification.to_html(), verification.to_markdown()):
        assert "is pending: TEAMS" in form
    assert "<b>Dan" not in verification.to_html()
    assert "! Ann Lee <ann.lee@yourfederated.domain>: licence SPE_E3 is in error: TEAMS (Error) (incomplete)" in str(
        verification
    )


def test_everybody_has_a_row_that_says_what_is_there():
    """The account, the licences with what waits for the tenant or was not removed, and the apps."""
    e_mail = LicenseGrant("SPE_E3", ["EXCHANGE"])
    office = FoundAccount(
        account(ANN.username, licenses=[HeldLicense(E3.id)]),
        (LicenseDetails(E3.id, "SPE_E3", (ServicePlanInfo("plan-exchange", "EXCHANGE_S_ENTERPRISE", "Success"),)),),
    )
    removed = CheckedPerson(
        Subject("00u5", "Eva", f"eva@{DOMAIN}"), ExpectedState.BLOCKED, "id", "", False, (), ("SPE_F1",), (), ("x",)
    )
    people = (
        compare_account(wanted(), found(teams="PendingActivation"), tenant()),
        compare_account(wanted(e_mail), office, tenant()),
        compare_account(wanted(), None, tenant()),
        CheckedPerson(Subject("00u4", "Dan", f"dan@{DOMAIN}"), ExpectedState.DELETED),
        removed,
    )
    text = Verification("plan-1", NOW, people, "f1").to_text()
    waits = "not active in the tenant: TEAMS (PendingActivation)"
    assert text.partition("People:\n")[2].splitlines() == [
        f"+ Ann Lee <{ANN.username}>: can sign in; SPE_E3; {waits}; no apps",
        f"! Ann Lee <{ANN.username}>: can sign in; SPE_E3 is missing: TEAMS is turned on; Outlook",
        f"! Ann Lee <{ANN.username}>: no account; SPE_E3 is missing; no apps",
        f"+ Dan <dan@{DOMAIN}>: deleted; no licences to check; no apps",
        f"! Eva <eva@{DOMAIN}>: sign-in is blocked; SPE_F1 was not removed; no apps",
    ]


def test_the_table_of_people_names_its_columns_and_marks_who_is_ready(verification):
    """In HTML by colour too; each person with name, username and id."""
    assert "|  | Who | Account | Licences | Office 365 apps |" in verification.to_markdown().splitlines()
    page = verification.to_html()
    marks = [part.partition("<")[0] for part in page.partition('id="people"')[2].split('<td class="')[1:]]
    assert marks == ['add">+', 'take">!', 'take">!', 'add">+']
    assert f"<strong>Ann Lee</strong><br>{ANN.username}<br><small>00u1</small>" in page


def test_what_is_not_there_has_a_table_in_which_what_is_pending_comes_last(verification):
    """Somebody has to look at the others now."""
    table = [each for each in verification.to_markdown().partition("Not there")[2].splitlines() if each[:1] == "|"]
    assert table[0] == "|  | Who | What |"
    assert [each.split()[1] for each in table[2:4]] == ["incomplete", "pending"]


def test_a_verification_of_nobody_is_a_sentence():
    """Under the plan's id, where it has no fingerprint."""
    assert Verification("plan-1", NOW, ()).to_text().strip() == (
        "0 people checked: 0 ready (plan plan-1, asked 2026-06-01 08:00:00 UTC)"
    )


def test_a_limit_hides_rows_and_says_how_many(verification):
    """As in plans and reports."""
    text = verification.to_text(limit=1)
    assert "... and 1 more for whom something isn't there" in text
    assert "... and 3 more who were checked" in text


def test_rows_are_flat(verification):
    """For a data frame: one row a person, with what is pending told from what is in error."""
    ready, pending, failed, deleted = verification.to_dicts()
    assert ready == {
        "person_id": "00u1",
        "name": "Ann Lee",
        "username": ANN.username,
        "planned_username": ANN.username,
        "expected": "in_use",
        "object_id": found().user.id,
        "exists": True,
        "enabled": True,
        "given": "SPE_E3",
        "pending": "",
        "error": "",
        "missing": "",
        "pending_service_plans": "",
        "failed_service_plans": "",
        "still_held": "",
        "apps": "",
        "not_there": "",
        "ok": True,
    }
    assert (pending["pending"], pending["pending_service_plans"]) == ("SPE_E3", "TEAMS")
    assert (failed["error"], failed["failed_service_plans"]) == ("SPE_E3", "TEAMS")
    assert (deleted["expected"], deleted["exists"], deleted["ok"]) == ("deleted", False, True)


def test_a_verification_is_saved_and_loaded_whole(verification, tmp_path):
    """It crosses processes as JSON, and damage is found."""
    verification.save(tmp_path / "checked.json")
    assert Verification.load(tmp_path / "checked.json") == verification
    edited = json.loads(verification.to_json())
    edited["people"][0]["missing"] = [5]
    with pytest.raises(SourceError):
        Verification.from_json(json.dumps(edited))


@pytest.mark.parametrize(
    ("username", "planned"), [(ANN.username, True), (ANN.username.upper(), True), ("ann", False), (None, False)]
)
def test_whether_an_account_has_the_planned_username(username, planned):
    """In any case; no account has none."""
    for subject in (ANN, evolve(ANN, username=ANN.username.title())):
        assert CheckedPerson(subject, ExpectedState.IN_USE, username=username).has_planned_username is planned


def test_the_licences_in_a_state_are_those_alone(verification):
    """Ann's is there, and in the second check it is pending."""
    ready, pending, *_ = verification.people
    assert [each.sku for each in ready.licenses_in(LicenseState.GIVEN)] == ["SPE_E3"]
    assert (ready.licenses_in(LicenseState.PENDING), pending.licenses_in(LicenseState.GIVEN)) == ((), ())


def test_a_person_is_found_by_id(verification):
    """Somebody of whom the plan does not speak is None."""
    assert verification.get("00u4").expected is ExpectedState.DELETED
    assert verification.get("00u9") is None
    assert evolve(verification, checked_at=NOW + timedelta(1)).ok is False
