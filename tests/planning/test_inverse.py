"""What a run did is taken back as far as it still stands; what somebody changed since, and what can't be, is said."""

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, from_directory, somebody, user_sync_app
from undone_days import Days, codes, kinds

from o365prov import (
    Assignment,
    ConfigurationError,
    Deprovisioning,
    Grants,
    LicenseGrant,
    PlanRefusedError,
    Report,
    Result,
    UsageError,
)
from o365prov.people import AppUsers
from o365prov.planning import LinkUser, Outcome, PropertyChange, Subject

ANN, BOB, CID = (somebody(name, title="Rep") for name in ("Ann Lee", "Bob Ross", "Cid Young"))
E3 = Grants([LicenseGrant("SPE_E3")], ["Directory Readers"])


@pytest.fixture
def days(tmp_path):
    return Days(tmp_path / "corp.db")


def test_values_go_back_to_what_they_were(days):
    """And the next plan for the same people does it again, unless the source is corrected."""
    days.run(Assignment(ANN), Assignment(BOB))
    before = days.users()
    promoted = [Assignment(somebody(each.name, title="Boss", city="Oslo")) for each in (ANN, BOB)]
    report = days.run(*promoted)
    assert days.users() != before
    undone = days.undo(report)
    assert (days.users(), undone.problems) == (before, ())
    assert undone.changes[0].reason == f"takes back what plan {report.fingerprint[:12]} did"
    assert kinds(days.plan(*promoted)) == [("update_user", "Ann Lee"), ("update_user", "Bob Ross")]
    assert days.plan(Assignment(ANN), Assignment(BOB)).is_empty


def test_a_report_that_was_saved_is_taken_back_by_another_process(days, tmp_path):
    """It has all that is needed."""
    days.run(Assignment(ANN))
    before = days.users()
    days.run(Assignment(somebody("Ann Lee", title="Boss"))).save(tmp_path / "report.json")
    days.undo(Report.load(tmp_path / "report.json"))
    assert days.users() == before


def test_what_somebody_changed_since_stays(days):
    """The rest goes back; the plan says what stays."""
    days.run(Assignment(ANN))
    report = days.run(Assignment(somebody("Ann Lee", title="Boss", city="Oslo")))
    days.edit(jobTitle="Chair")
    undone = days.undo(report)
    assert [each.name for each in undone.changes[0].properties] == ["city"]
    [problem] = undone.problems
    assert (problem.code, problem.stops) == ("changed_since", False)
    assert "jobTitle" in problem.message
    assert days.fake.user(f"ann.lee@{DOMAIN}")["jobTitle"] == "Chair"


def test_what_is_so_again_needs_nothing(days):
    """Somebody took it back by hand."""
    days.run(Assignment(ANN))
    report = days.run(Assignment(somebody("Ann Lee", title="Boss")))
    days.edit(jobTitle="Rep")
    assert (days.inverse(report).changes, days.inverse(report).problems) == ((), ())


def test_accounts_that_were_created_are_deleted(days):
    """With everything that they got; Microsoft keeps them for 30 days, and the next plan says so of who is assigned."""
    report = days.run(Assignment(ANN, E3))
    undone = days.undo(report)
    assert kinds(undone) == [("delete_user", "Ann Lee")]
    assert (len(days.fake.users), days.fake.seats("SPE_E3")[0]) == (0, 0)
    assert codes(days.plan(Assignment(ANN, E3))) == [("Ann Lee", "deleted_account")]


def test_an_account_that_was_changed_since_is_not_deleted(days):
    """Somebody has made something of it."""
    report = days.run(Assignment(ANN))
    days.edit(jobTitle="Chair")
    undone = days.inverse(report)
    assert (undone.changes, codes(undone)) == ((), [("Ann Lee", "changed_since")])


def test_leavers_come_back(tmp_path):
    """Who was blocked can sign in, with licences and roles; of sessions it is said that they stay ended."""
    app = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
    days = Days(tmp_path / "corp.db", app)
    days.run(Assignment(ANN, E3), Assignment(BOB, E3))
    before = days.users()
    report = days.run(Assignment(ANN, E3))
    assert days.fake.user(f"bob.ross@{DOMAIN}")["accountEnabled"] is False
    undone = days.undo(report)
    assert days.users() == before
    assert {code for _, code in codes(undone)} <= {"sessions_ended", "all_service_plans"}
    assert "sessions_ended" in {code for _, code in codes(undone)}
    assert {each.kind for each in undone} == {"enable_sign_in", "assign_licenses", "grant_role"}
    again = days.plan(Assignment(ANN, E3), Assignment(BOB, E3))
    assert again.is_empty, again
    left = days.plan(Assignment(ANN, E3))
    assert {each.subject.name for each in left} == {"Bob Ross"}
    assert {"block_sign_in", "remove_licenses", "remove_role"} <= {each.kind for each in left}


def test_a_deleted_account_is_restored_while_that_is_possible(tmp_path):
    """After that the plan says that it is gone for good."""
    app = user_sync_app(deprovisioning=Deprovisioning.block_remove_licenses_and_delete())
    days = Days(tmp_path / "corp.db", app)
    days.run(Assignment(ANN), Assignment(BOB, E3))
    before = days.users()
    report = days.run(Assignment(ANN))
    assert len(days.fake.users) == 1
    gone = days.day(lambda tenant, snapshot, known: report.inverse(evolve(snapshot, deleted_users=()), known))
    assert (gone.changes, codes(gone)) == ((), [("Bob Ross", "account_gone")])
    undone = days.undo(report)
    assert "restore_user" in {each.kind for each in undone}
    assert days.users() == before
    assert "delete_user" in {each.kind for each in days.plan(Assignment(ANN))}


def test_licences_and_roles_go_and_come_back(days):
    """What was given is taken, what was taken is given, in one request."""
    days.run(Assignment(ANN, E3), Assignment(BOB))
    before = days.users()
    report = days.run(Assignment(ANN), Assignment(BOB, E3))
    undone = days.undo(report)
    assert days.users() == before
    assert ("grant_role", "Ann Lee") in kinds(undone)
    assert ("remove_role", "Bob Ross") in kinds(undone)
    assert days.plan(Assignment(ANN, E3), Assignment(BOB)).is_empty


def test_a_licence_without_a_free_seat_stays_away(days):
    """The plan says so, and takes back the rest."""
    days.run(Assignment(ANN, E3))
    report = days.run(Assignment(ANN))
    for number in range(3):
        days.fake.add_user(f"other{number}@{DOMAIN}", usageLocation="US", licenses=["SPE_E3"])
    undone = days.undo(report)
    assert kinds(undone) == [("grant_role", "Ann Lee")]
    assert ("Ann Lee", "no_seat") in codes(undone)


def test_renames_go_back_one_after_the_other(days):
    """Bob has the name that Ann had: he gives it up before she takes it."""
    days.run(Assignment(ANN), Assignment(BOB))
    before = days.users()
    renamed = [Assignment(somebody("Ann Lee", title="Rep", email="new@corp.example"))]
    renamed.append(Assignment(somebody("Bob Ross", title="Rep", email="ann.lee@corp.example")))
    report = days.run(*renamed)
    assert report.ok
    undone = days.undo(report)
    assert days.users() == before
    [waits] = [each for each in undone if each.kind == "update_user" and each.waits_for]
    assert waits.subject.name == "Ann Lee"


def test_a_username_that_is_somebody_elses_by_now_is_not_taken(days):
    """The other values go back."""
    days.run(Assignment(ANN))
    report = days.run(Assignment(somebody("Ann Lee", title="Boss", email="new@corp.example")))
    days.fake.add_user(f"ann.lee@{DOMAIN}")
    undone = days.undo(report)
    assert [each.name for each in undone.changes[0].properties if each.name == "userPrincipalName"] == []
    assert "jobTitle" in {each.name for each in undone.changes[0].properties}
    assert codes(undone) == [("Ann Lee", "username_taken")]


def test_only_what_was_confirmed_is_taken_back(days):
    """Of an update that failed in part what was written; nothing of what failed, was skipped, or is not known."""
    days.run(Assignment(ANN))
    report = days.run(Assignment(somebody("Ann Lee", title="Boss", city="Oslo")))
    [outcome] = report.outcomes

    def with_(**fields):
        return days.inverse(evolve(report, outcomes=(evolve(outcome, **fields),)))

    part = with_(result=Result.FAILED, written=("city",))
    assert part.changes[0].properties == (PropertyChange("city", "Oslo", None),)
    for result in (Result.FAILED, Result.SKIPPED):
        assert (with_(result=result).changes, with_(result=result).problems) == ((), ())
    unknown = with_(result=Result.UNKNOWN)
    assert (unknown.changes, codes(unknown)) == ((), [("Ann Lee", "unknown_outcome")])


def test_what_the_report_does_not_know_is_said(days):
    """Who was the manager before; and that the account stays remembered, which Graph knows nothing of."""
    boss = from_directory(ANN)
    report = days.run(Assignment(boss), Assignment(BOB))
    report = days.run(Assignment(boss), Assignment(from_directory(BOB, manager=ANN)))
    assert ("Bob Ross", "former_manager") in codes(days.inverse(report))
    object_id = days.fake.user(f"bob.ross@{DOMAIN}")["id"]
    link = LinkUser(Subject(BOB.id, BOB.name, f"bob.ross@{DOMAIN}"), "found", object_id, "")
    linked = evolve(report, outcomes=(Outcome(link, Result.DONE, link.object_id),))
    assert codes(days.inverse(linked)) == [("Bob Ross", "still_linked")]
    taken = evolve(report, outcomes=(Outcome(evolve(link, takes_over="00u9"), Result.DONE, link.object_id),))
    [problem] = days.inverse(taken).problems
    assert f"transfers={{'00u9': '{link.object_id}'}}" in problem.remedy


def test_two_who_swapped_their_names_are_said(days):
    """Each would wait for the other: somebody renames one of them by hand first."""
    days.run(Assignment(ANN), Assignment(BOB))
    swapped = [Assignment(somebody("Ann Lee", title="Rep", email="bob.ross@corp.example"))]
    swapped.append(Assignment(somebody("Bob Ross", title="Boss", email="ann.lee@corp.example")))
    undone = days.undo(days.run(*swapped))
    assert codes(undone) == [("Ann Lee", "username_taken"), ("Bob Ross", "username_taken")]
    assert [[part.name for part in each.properties] for each in undone] == [["jobTitle"]]


def test_it_has_safeguards_as_any_plan(tmp_path):
    """Whoever deletes everybody confirms it; and it is stale once another plan touched the same people."""
    days = Days(tmp_path / "corp.db")
    people = [Assignment(somebody(f"P{number} Lee")) for number in range(6)]
    report = days.run(*people)
    plan = days.inverse(report)
    assert any("deleted" in each for each in plan.hazards)
    with pytest.raises(PlanRefusedError, match="confirm="):
        days.day(lambda tenant, snapshot, known: tenant.apply(plan))


def test_what_is_not_this_tenants_is_refused(days):
    """A memory of another tenant, and a snapshot that does not say when it was read."""
    report = days.run(Assignment(ANN))
    with pytest.raises(ConfigurationError, match="the memory is that of tenant other"):
        days.day(lambda tenant, snapshot, known: report.inverse(snapshot, AppUsers.empty("other", "Office 365")))
    with pytest.raises(ConfigurationError, match="give now="):
        days.day(lambda tenant, snapshot, known: report.inverse(evolve(snapshot, read_at=None), known))
    made = days.day(lambda tenant, snapshot, known: report.inverse(snapshot, known, now=NOW, made_by="ada"))
    assert (made.made_at, made.made_by) == (NOW, "ada")


def test_what_was_not_read_is_not_taken_for_empty(days):
    """A snapshot for other settings: of values it is said, and deleted accounts and roles are asked for."""
    days.run(Assignment(ANN, E3))
    report = days.run(Assignment(somebody("Ann Lee", title="Rep", city="Oslo")))

    def read_without(*left_out):
        return days.day(
            lambda tenant, snapshot, known: report.inverse(
                evolve(snapshot, parts=snapshot.parts.difference(left_out)), known
            )
        )

    assert ("Ann Lee", "changed_since") in codes(read_without("city"))
    assert "update_user" not in {each.kind for each in read_without("city")}
    with pytest.raises(UsageError, match="read without roles"):
        read_without("roles")


def test_whoever_was_forgotten_is_left_alone(days):
    """The account is not ours any more."""
    report = days.run(Assignment(ANN))
    days.day(lambda tenant, snapshot, known: tenant.state.forget(ANN.id))
    undone = days.inverse(report)
    assert (undone.changes, codes(undone)) == ((), [("Ann Lee", "not_remembered")])
