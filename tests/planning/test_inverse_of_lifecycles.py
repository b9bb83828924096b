"""What a run did to people who are suspended, excluded, missing or not here yet is taken back to what they were."""

from datetime import timedelta

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, somebody, user_sync_app
from undone_days import Days, codes, kinds

from o365prov import (
    Assignment,
    BlockingTenant,
    Deprovisioning,
    Grants,
    GuestInvitations,
    LicenseGrant,
    Lifecycle,
    MemoryState,
    Person,
    PersonCondition,
)
from o365prov.people import AppUserStatus
from o365prov.testing import FakeTenant

ANN, BOB = (somebody(name, title="Rep") for name in ("Ann Lee", "Bob Ross"))
E3 = Grants([LicenseGrant("SPE_E3")])
HERE, BO = Assignment(ANN, E3), Assignment(BOB, E3)
SUSPENDED = evolve(HERE, person=evolve(ANN, status="SUSPENDED"))
ROBOT = evolve(HERE, person=somebody("Ann Lee", title="Rep", userType="Service"))
BOSS = evolve(HERE, person=somebody("Ann Lee", title="Boss"))
BY_CONDITION = Lifecycle(excluded_people=PersonCondition.of('user.userType == "Service"'))
BLOCKS, TWICE = Lifecycle(suspended="block"), Lifecycle(missing_reads=2)
REMOVES = Deprovisioning.block_and_remove_licenses()
DELETES = Deprovisioning.block_remove_licenses_and_delete(grace_days=3)


@pytest.fixture
def days(tmp_path):
    """Days of an app with a lifecycle and a deprovisioning option."""
    return lambda lifecycle, option=REMOVES: Days(
        tmp_path / "corp.db", evolve(user_sync_app(deprovisioning=option), lifecycle=lifecycle)
    )


def enabled(days):
    """Whether Ann may sign in."""
    return days.fake.user(f"ann.lee@{DOMAIN}")["accountEnabled"]


def test_a_suspension_is_taken_back(days):
    """Sign-in is enabled, and the next plan suspends again who is still suspended."""
    days = days(BLOCKS)
    days.run(HERE, BO)
    undone = days.undo(days.run(SUSPENDED, BO))
    assert (kinds(undone), enabled(days)) == ([("enable_sign_in", "Ann Lee")], True)
    assert days.remembered(ANN).status is AppUserStatus.ACTIVE
    assert "block_sign_in" in {each.kind for each in days.plan(SUSPENDED, BO)}
    assert days.plan(HERE, BO).is_empty


def test_whoever_is_suspended_again_has_not_left(days):
    """Sessions of the meantime end; the option of leavers holds from the day on which they leave."""
    days = days(BLOCKS)
    days.run(HERE, BO)
    days.run(SUSPENDED, BO)
    undone = days.undo(days.run(HERE, BO))
    assert kinds(undone) == [("block_sign_in", "Ann Lee"), ("revoke_sessions", "Ann Lee")]
    assert (days.remembered(ANN).status, days.remembered(ANN).departure) == (AppUserStatus.PAUSED, None)
    assert days.plan(SUSPENDED, BO).changes == ()
    assert "remove_licenses" in {each.kind for each in days.plan(BO)}
    assert days.plan(BO).hazards == ()
    days.run(HERE, BO)
    assert enabled(days)


def test_whoever_started_too_early_waits_for_the_day_again(days):
    """The account is as it was created: blocked, without licences, and nobody has left."""
    days = days(Lifecycle(create_days_before=5))
    soon = evolve(HERE, starts=NOW + timedelta(days=3))
    days.run(soon, BO)
    assert days.remembered(ANN).status is AppUserStatus.PAUSED
    days.clock.advance(days=1)
    undone = days.undo(days.run(soon, BO))
    assert {each.kind for each in undone} == {"assign_licenses", "block_sign_in", "revoke_sessions"}
    known = days.remembered(ANN)
    assert (known.status, known.departure, known.licenses) == (AppUserStatus.PAUSED, None, ())
    assert "enable_sign_in" in {each.kind for each in days.plan(soon, BO)}


def test_an_account_of_somebody_who_starts_soon_is_deleted(days):
    """As any account that is there by the run."""
    days = days(Lifecycle(create_days_before=5))
    days.run(BO)
    report = days.run(evolve(HERE, starts=NOW + timedelta(days=4)), BO)
    assert kinds(days.undo(report)) == [("delete_user", "Ann Lee")]
    assert days.plan(BO).is_empty


def test_whoever_came_back_has_left_on_the_day_on_which_they_left(days):
    """With the option of that day: the account is deleted at the end of its grace period."""
    days = days(Lifecycle(), DELETES)
    days.run(HERE, BO)
    days.run(BO)
    left = days.remembered(ANN).departure
    days.undo(days.run(HERE, BO))
    assert (days.remembered(ANN).status, days.remembered(ANN).departure) == (AppUserStatus.DEACTIVATED, left)
    assert [each.kind for each in days.plan(BO)] == ["delete_user"]


def test_nothing_of_people_who_are_excluded_is_taken_back(days):
    """They are never touched; the memory says so where the caller does not."""
    days = days(BY_CONDITION)
    days.run(HERE, BO)
    report = days.run(BOSS, BO)
    days.run(evolve(ROBOT, person=evolve(ROBOT.person, profile={**ROBOT.person.profile, "title": "Boss"})), BO)
    for settings in ({}, {"lifecycle": BY_CONDITION}):
        undone = days.inverse(report, **settings)
        assert (undone.changes, codes(undone)) == ((), [("Ann Lee", "excluded")])
    assert kinds(days.inverse(report, lifecycle=Lifecycle())) == [("update_user", "Ann Lee")]


def test_nothing_of_an_excluded_account_is_taken_back(days):
    """Nor is an account deleted that somebody has excluded since the run created it."""
    days = days(Lifecycle())
    report = days.run(HERE, BO)
    excluded = Lifecycle(excluded_accounts=[days.fake.user(f"ann.lee@{DOMAIN}")["id"]])
    undone = days.inverse(report, lifecycle=excluded)
    assert (kinds(undone), codes(undone)) == ([("delete_user", "Bob Ross")], [("Ann Lee", "excluded")])


def test_whoever_left_because_the_condition_was_dropped_is_excluded_again(days):
    """The run is taken back, the condition comes back, and out of scope is not left."""
    days = days(BY_CONDITION)
    days.run(ROBOT, BO)
    days.run(HERE, BO)
    days.run(ROBOT, BO)
    report = days.run(BO, app=evolve(days.app, lifecycle=Lifecycle()))
    assert not enabled(days)
    undone = days.undo(report, lifecycle=BY_CONDITION)
    assert ("enable_sign_in", "Ann Lee") in kinds(undone)
    assert enabled(days)
    after = days.plan(BO)
    assert (after.changes, codes(after)) == ((), [("Ann Lee", "excluded")])


def test_an_account_that_another_app_has_linked_since_is_left_to_both(days):
    """What the one created the other counts on."""
    days = days(Lifecycle())
    report = days.run(HERE, BO)
    object_id = days.fake.user(f"ann.lee@{DOMAIN}")["id"]
    undone = days.day(
        lambda tenant, snapshot, known: report.inverse(
            snapshot, evolve(known, linked_elsewhere={object_id: "Office 365 (Oslo)"})
        )
    )
    assert codes(undone) == [("Ann Lee", "account_of_another_app")]
    assert kinds(undone) == [("delete_user", "Bob Ross")]


def test_a_read_in_which_somebody_was_missing_counts_no_longer(days):
    """The filter was wrong that day: who is missing later by mistake has the same two looks."""
    days = days(TWICE)
    days.run(HERE, BO)
    report = days.run(BO)
    assert days.remembered(ANN).missing.reads == 1
    assert kinds(days.undo(report)) == [("remember", "Ann Lee")]
    assert days.remembered(ANN).missing is None
    again = days.plan(BO)
    assert (kinds(again), codes(again)) == ([("remember", "Ann Lee")], [("Ann Lee", "missing")])


def test_the_option_that_leavers_were_given_is_said(days):
    """The report does not have the former one, so the memory keeps it; they leave no faster in silence."""
    days = days(Lifecycle(), Deprovisioning.block_sign_in())
    days.run(HERE, BO)
    days.run(BO)
    undone = days.inverse(days.run(BO, app=user_sync_app(deprovisioning=DELETES)))
    assert (undone.changes, [code for _, code in codes(undone)]) == ((), ["still_left"])


def test_a_guest_who_was_invited_is_deleted_and_one_who_came_back_is_blocked():
    """Their sessions are elsewhere, and the permission to end them is not asked for."""
    fake, state, guests = FakeTenant({"corp.example": "Federated"}), MemoryState(), GuestInvitations()
    eve = Person("00u9", "ACTIVE", {"displayName": "Eve Moss", "email": "eve@partner.example"}, kind="guest")
    with BlockingTenant.over(fake, state=state) as tenant:

        def planned(make):
            snapshot = tenant.read(guests.needs())
            return make(snapshot, state.app_users(snapshot.tenant_id, guests.name))

        def run(*people):
            plan = planned(lambda snapshot, known: guests.plan(people, snapshot, known, now=NOW))
            return tenant.apply(plan, confirm=plan.fingerprint)

        invited = run(eve)
        assert kinds(planned(invited.inverse)) == [("delete_user", "Eve Moss")]
        run()
        assert kinds(planned(run(eve).inverse)) == [("block_sign_in", "Eve Moss")]
