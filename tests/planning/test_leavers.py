"""Leavers: the five deprovisioning options, days of grace, and coming back."""

from datetime import timedelta

import pytest
from attrs import evolve
from organisation import DOMAIN, E3, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, Departure, Deprovisioning, LicenseGrant
from o365prov.people import AppUserStatus
from o365prov.planning import HeldLicense, after_change

ANN = somebody("Ann Lee")
BO = assigned(somebody("Bo Ross"))
DAY = timedelta(days=1)


def there(**properties):
    """Ann's account, licensed by us."""
    body = {"displayName": "Ann Lee", "licenses": [E3.id], "usageLocation": "US", **properties}
    return account(f"ann.lee@{DOMAIN}", **body)


def memory(**state):
    """What we remember of Ann."""
    user = AppUser(ANN.id, there().id, there().username, licenses=(LicenseGrant("SPE_E3"),), **state)
    return remembered().with_user(user)


def kinds(option, snapshot, app_users, *, now=NOW, people=(BO,)):
    app = user_sync_app(deprovisioning=option)
    plan = app.plan(people, snapshot, app_users, now=now)
    return [change.kind for change in plan if change.subject.person_id == ANN.id]


@pytest.mark.parametrize(
    ("option", "at_once"),
    [
        (Deprovisioning.block_sign_in(), ["block_sign_in", "revoke_sessions"]),
        (Deprovisioning.block_and_remove_licenses(), ["block_sign_in", "revoke_sessions", "remove_licenses"]),
        (Deprovisioning.block_and_remove_licenses(grace_days=7), ["block_sign_in", "revoke_sessions"]),
        (Deprovisioning.block_remove_licenses_and_delete(), ["delete_user"]),
        (Deprovisioning.block_remove_licenses_and_delete(grace_days=7), ["block_sign_in", "revoke_sessions"]),
    ],
)
def test_what_each_option_does_at_once(option, at_once):
    """Okta's table, column "Immediately"; a deletion ends sign-in and frees the licences by itself."""
    assert kinds(option, tenant(there()), memory()) == at_once


@pytest.mark.parametrize(
    ("option", "when_due"),
    [
        (Deprovisioning.block_sign_in(), []),
        (Deprovisioning.block_and_remove_licenses(grace_days=7), ["remove_licenses"]),
        (Deprovisioning.block_remove_licenses_and_delete(grace_days=7), ["delete_user"]),
    ],
)
def test_what_each_option_does_when_the_days_are_over(option, when_due):
    """Okta's table, column "After grace days": a later plan finds them due."""
    blocked = memory(status=AppUserStatus.DEACTIVATED, departure=option.departure(NOW - 7 * DAY))
    assert kinds(option, tenant(there(accountEnabled=False)), blocked) == when_due
    early = memory(status=AppUserStatus.DEACTIVATED, departure=option.departure(NOW - 6 * DAY))
    assert kinds(option, tenant(there(accountEnabled=False)), early) == []


def test_coming_back_within_the_days_restores():
    """Assigned again before they are over: enabled, and the licences were never removed."""
    blocked = memory(status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - 3 * DAY))
    option = Deprovisioning.block_and_remove_licenses(grace_days=7)
    app = user_sync_app(deprovisioning=option)
    plan = app.plan([assigned(ANN, "SPE_E3"), BO], tenant(there(accountEnabled=False)), blocked, now=NOW)
    update, enable = plan.for_person(ANN.id)
    assert (enable.kind, enable.overrides) == ("enable_sign_in", False)
    updated = after_change(blocked.get(ANN.id), update, update.object_id)
    assert updated.status is AppUserStatus.DEACTIVATED
    after = after_change(updated, enable, enable.object_id)
    assert (after.status, after.departure) == (AppUserStatus.ACTIVE, None)


def test_an_account_that_was_blocked_already_costs_no_write():
    """Its days of grace begin all the same."""
    option = Deprovisioning.block_and_remove_licenses(grace_days=7)
    assert kinds(option, tenant(there(accountEnabled=False)), memory()) == ["remember"]


def test_removed_licences_are_not_removed_again():
    """A second plan after the removal has nothing to do."""
    option = Deprovisioning.block_and_remove_licenses(grace_days=7)
    left = option.departure(NOW - 8 * DAY)
    done = remembered(evolve(memory().get(ANN.id), status=AppUserStatus.DEACTIVATED, departure=left, licenses=()))
    assert kinds(option, tenant(there(accountEnabled=False, licenses=())), done) == []


def test_group_inherited_licences_are_left_to_the_group():
    """Okta's table: only deletion takes them."""
    inherited = there(licenses=[HeldLicense(E3.id, inherited_from="group")])
    assert kinds(Deprovisioning.block_and_remove_licenses(), tenant(inherited), memory()) == [
        "block_sign_in",
        "revoke_sessions",
    ]


def test_a_leaver_whose_account_is_gone_changes_nothing():
    """Nothing is left to block; that somebody deleted it is remembered."""
    assert kinds(Deprovisioning.block_sign_in(), tenant(), memory()) == ["remember"]


def deleted(person, **properties):
    """A deleted account of *person*, as Graph shows it: the id stands before the username."""
    before = account(f"ann.lee@{DOMAIN}", onPremisesImmutableId=person.id, **properties)
    username = before.id.replace("-", "") + before.username
    return evolve(before, properties={**before.properties, "userPrincipalName": username})


def test_a_deleted_account_is_said_and_not_collided_with():
    """Its anchor would refuse a new account, so the person is stopped with what to do."""
    plan = user_sync_app().plan([assigned(ANN)], tenant(deleted=(deleted(ANN),)), remembered(), now=NOW)
    assert plan.is_empty
    [problem] = plan.problems
    assert problem.code == "deleted_account"
    assert "restore_deleted_users" in problem.remedy


def test_a_deleted_account_is_restored_where_the_settings_say_so():
    """Brought back first, then brought up to date; its username is the one it had."""
    app = evolve(user_sync_app(), restore_deleted_users=True)
    gone = deleted(ANN, displayName="Ann L.", accountEnabled=False)
    plan = app.plan([assigned(ANN)], tenant(deleted=(gone,)), remembered(), now=NOW)
    assert [change.kind for change in plan] == ["restore_user", "update_user", "enable_sign_in"]
    changes = {each.name: each.after for each in plan.changes[1].properties}
    assert "userPrincipalName" not in changes


def test_a_person_we_deleted_comes_back_as_the_same_account():
    """The linked account is found among the deleted ones."""
    app = evolve(user_sync_app(), restore_deleted_users=True)
    gone = deleted(somebody("Someone Else"))
    known = AppUser(ANN.id, gone.id, f"ann.lee@{DOMAIN}", status=AppUserStatus.DELETED)
    plan = app.plan([assigned(ANN)], tenant(deleted=(gone,)), remembered().with_user(known), now=NOW)
    assert plan.changes[0].kind == "restore_user"
    assert plan.changes[0].object_id == gone.id


def test_a_deleted_account_that_is_linked_to_another_is_not_restored_for_another_person():
    """The anchor is this person's now, but the account is still remembered as another's."""
    app = evolve(user_sync_app(), restore_deleted_users=True)
    gone = deleted(ANN)
    other = AppUser("00uBoRoss", gone.id, f"bo.ross@{DOMAIN}")
    plan = app.plan([assigned(ANN), BO], tenant(deleted=(gone,)), remembered().with_user(other), now=NOW)
    assert "restore_user" not in {change.kind for change in plan.for_person(ANN.id)}
    assert "account_of_another_person" in {each.code for each in plan.problems if each.subject.person_id == ANN.id}
