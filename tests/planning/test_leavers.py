"""Leavers: the five deprovisioning options, days of grace, and coming back."""

from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    E3,
    F1,
    NOW,
    account,
    assigned,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Departure, Deprovisioning, LicenseGrant
from o365prov.people import AppUserStatus
from o365prov.planning import HeldLicense, NextMemory, after_change

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
    assert (updated.status, updated.departure) == (AppUserStatus.ENABLING, Departure(NOW - 3 * DAY))
    after = after_change(updated, enable, enable.object_id)
    assert (after.status, after.departure) == (AppUserStatus.ACTIVE, None)


@pytest.mark.parametrize("by_us", [True, False])
def test_who_came_back_and_leaves_again_has_another_day(by_us):
    """Also where enabling failed in between: the days of grace begin anew, and it stays known who had blocked."""
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=7)
    app, blocked = user_sync_app(deprovisioning=option), option.departure(NOW - 8 * DAY, blocked=by_us)
    left, snapshot = memory(status=AppUserStatus.DEACTIVATED, departure=blocked), tenant(there(accountEnabled=False))
    back = app.plan([assigned(ANN, "SPE_E3"), BO], snapshot, left, now=NOW - DAY)
    refused = evolve(back, changes=[each for each in back if each.kind != "enable_sign_in"])
    snapshot, known = effects(refused, snapshot)
    assert "enable_sign_in" in [each.kind for each in app.plan([assigned(ANN, "SPE_E3"), BO], snapshot, known, now=NOW)]
    [remember] = app.plan([BO], snapshot, known, now=NOW)
    assert remember.departure == option.departure(NOW, blocked=by_us)


def test_who_is_enabled_by_hand_in_between_is_back():
    """Enabling failed, and somebody enabled the account: a block after that is theirs again, and is only said."""
    left = memory(status=AppUserStatus.ACTIVE, departure=Departure(NOW - DAY))
    app, people = user_sync_app(), [assigned(ANN, "SPE_E3"), BO]
    _, known = effects(app.plan(people, tenant(there()), left, now=NOW), tenant(there()))
    assert known.get(ANN.id).departure is None
    again = app.plan(people, tenant(there(accountEnabled=False)), known, now=NOW)
    assert "blocked_account" in [each.code for each in again.problems]


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


def test_a_memory_that_names_the_wrong_deleted_account_stops_the_person():
    """Ids were mixed up: what would come back is somebody else's account."""
    app = evolve(user_sync_app(), restore_deleted_users=True)
    gone = deleted(somebody("Someone Else"))
    known = AppUser(ANN.id, gone.id, f"ann.lee@{DOMAIN}", ANN.id, status=AppUserStatus.DELETED)
    plan = app.plan([assigned(ANN)], tenant(deleted=(gone,)), remembered().with_user(known), now=NOW)
    assert plan.is_empty
    assert [problem.code for problem in plan.problems] == ["memory_contradicts_account"]


def test_a_deleted_account_whose_name_was_given_away_names_who_has_it():
    """Nobody is told to delete an account that is in use."""
    app = evolve(user_sync_app(), restore_deleted_users=True)
    ann = somebody("Ann Lee", email="ann.new@corp.example")
    heir = account(f"ann.lee@{DOMAIN}", displayName="Ann Marie Lee")
    gone = evolve(deleted(ann), id="11111111-2222-4333-8444-555555555555")
    gone = evolve(gone, properties={**gone.properties, "userPrincipalName": gone.id.replace("-", "") + heir.username})
    [problem] = app.plan([assigned(ann)], tenant(heir, deleted=(gone,)), remembered(), now=NOW).problems
    assert problem.code == "username_taken"
    assert f"the account Ann Marie Lee ({heir.username}, object id {heir.id})" in problem.message
    assert "delete the deleted one permanently" in problem.remedy


def test_a_deleted_account_that_is_linked_to_another_is_not_restored_for_another_person():
    """The anchor is this person's now, but the account is still remembered as another's."""
    app = evolve(user_sync_app(), restore_deleted_users=True)
    gone = deleted(ANN)
    other = AppUser("00uBoRoss", gone.id, f"bo.ross@{DOMAIN}")
    plan = app.plan([assigned(ANN), BO], tenant(deleted=(gone,)), remembered().with_user(other), now=NOW)
    assert "restore_user" not in {change.kind for change in plan.for_person(ANN.id)}
    assert "account_of_another_person" in {each.code for each in plan.problems if each.subject.person_id == ANN.id}


REMOVING = Deprovisioning.block_and_remove_licenses()


def left(app, account_there, licenses=("SPE_E3",)):
    """The plan in which Ann leaves, whom we granted these licences."""
    user = AppUser(ANN.id, account_there.id, account_there.username, licenses=tuple(map(LicenseGrant, licenses)))
    return app.plan([BO], tenant(account_there), remembered(user), now=NOW)


def test_a_licence_that_was_found_on_the_account_goes_when_the_person_leaves():
    """It was assigned, so it counts as granted although it was there before."""
    app = user_sync_app(deprovisioning=REMOVING)
    first = app.plan([assigned(ANN, "SPE_E3")], tenant(there()), remembered(), now=NOW)
    snapshot, known = effects(first, tenant(there()))
    plan = app.plan([BO], snapshot, known, now=NOW)
    assert [change.kind for change in plan.for_person(ANN.id)] == [
        "block_sign_in",
        "revoke_sessions",
        "remove_licenses",
    ]


def test_what_stays_with_a_leaver_is_said():
    """A direct licence that was not granted from here, and one of a group."""
    held = there(licenses=[E3.id, F1.id, HeldLicense(E3.id, inherited_from="group")])
    plan = left(user_sync_app(deprovisioning=REMOVING), held)
    [problem] = [each for each in plan.problems if each.code == "licenses_left"]
    assert problem.message == (
        "no longer assigned, and keeps SPE_F1, which was not granted from here, and SPE_E3, which a group gives"
    )
    assert "licences -SPE_E3 (kept through a group)" in plan.to_text()


def test_a_licence_that_the_tenant_does_not_list_any_more_is_not_said_to_be_another_ones():
    """Its name is known to the tenant alone, so nobody can tell whether it was granted from here."""
    plan = left(user_sync_app(deprovisioning=REMOVING), there(licenses=["gone-sku"]))
    [problem] = [each for each in plan.problems if each.code == "licenses_left"]
    assert problem.message == "no longer assigned, and keeps gone-sku, which the tenant does not list any more"


def test_licences_of_others_go_with_a_leaver_where_they_are_taken_over():
    """All direct ones, as Okta's own push does."""
    app = evolve(user_sync_app(deprovisioning=REMOVING), take_over_licenses=True)
    plan = left(app, there(licenses=[E3.id, F1.id]), licenses=())
    assert "licences -SPE_E3, -SPE_F1" in plan.to_text()
    assert "licenses_left" not in {each.code for each in plan.problems}


def test_nothing_is_said_of_licences_that_the_option_keeps():
    """Block sign-in alone leaves them on purpose."""
    plan = left(user_sync_app(deprovisioning=Deprovisioning.block_sign_in()), there(licenses=[F1.id]))
    assert plan.problems == ()


# --- what is shown of them


def test_a_deleted_account_still_has_its_name_in_the_plan():
    """Who left is named by the deleted account, for the memory knows no name."""
    app = user_sync_app()
    plan = app.plan([BO], tenant(deleted=(there(),)), memory(), now=NOW)
    subjects = [each.subject for each in (*plan, *plan.problems) if each.subject.person_id == ANN.id]
    assert subjects
    assert {each.name for each in subjects} == {"Ann Lee"}


def test_a_person_whose_name_is_not_known_is_named_once():
    """The account is gone, so that the username is all that is known; it is not said twice, in no form of the plan."""
    username = f"nameless@{DOMAIN}"
    user = AppUser(ANN.id, account(username).id, username)
    plan = user_sync_app().plan([BO], tenant(account(username)), remembered(user), now=NOW)
    assert f"- {username}: block sign-in" in plan.to_text()
    assert plan.to_html().count(f">{username}<") == 1


def test_what_stays_with_a_leaver_is_said_in_every_plan():
    """With the removal, and as long as the account holds it; what a group gives is said once, for it is the group's."""
    app = user_sync_app(deprovisioning=REMOVING)
    held = there(licenses=[E3.id, F1.id, HeldLicense(E3.id, inherited_from="group")])
    first = app.plan([BO], tenant(held), memory(), now=NOW)
    assert ["a group gives" in problem.message for problem in first.problems] == [True]
    snapshot, known = effects(first, tenant(held))
    later = app.plan([BO], snapshot, known, now=NOW + DAY)
    assert (later.changes, [problem.code for problem in later.problems]) == ((), ["licenses_left"])
    assert "SPE_F1" in later.problems[0].message
    assert "a group gives" not in later.problems[0].message


@pytest.mark.parametrize(("days", "said"), [(0, True), (3, False), (7, True)])
def test_what_will_stay_with_a_leaver_is_said_when_they_leave_and_when_the_days_are_over(days, said):
    """In between nothing is removed, so that nothing stays."""
    app = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses(grace_days=7))
    snapshot, known = tenant(there(licenses=[E3.id, F1.id])), memory()
    plan = app.plan([BO], snapshot, known, now=NOW)
    if days:
        plan = app.plan([BO], *effects(plan, snapshot), now=NOW + days * DAY)
    assert [problem.code for problem in plan.problems] == ["licenses_left"] * said


def begun(anchor):
    """What we remember of Ann after an apply that ended while it created her account."""
    return remembered(AppUser(ANN.id, "", there().username, anchor=anchor, unfinished=True))


@pytest.mark.parametrize("anchor", ["QW5u", None])
def test_an_account_that_was_created_and_not_noted_is_the_leavers(anchor):
    """It is found by what was sent: the source anchor, or the username of an account without one."""
    snapshot = tenant(there(onPremisesImmutableId=anchor))
    assert kinds(Deprovisioning.block_sign_in(), snapshot, begun(anchor)) == ["block_sign_in", "revoke_sessions"]


@pytest.mark.parametrize("anchor", ["b3RoZXI=", None])
def test_an_account_of_the_same_name_with_another_source_anchor_is_not_touched(anchor):
    """The leaver's own account was not created after all."""
    snapshot = tenant(there(onPremisesImmutableId=anchor))
    assert kinds(Deprovisioning.block_sign_in(), snapshot, begun("QW5u")) == []


def test_an_account_that_was_not_noted_and_has_another_person_is_theirs():
    """The same human came back under another id, and got the account."""
    held = there(onPremisesImmutableId="QW5u")
    newer = AppUser("00u-newer", held.id, held.username, anchor="QW5u")
    assert kinds(Deprovisioning.block_sign_in(), tenant(held), begun("QW5u").with_user(newer)) == []


def test_a_streaming_planner_reads_accounts_that_were_not_noted():
    """By their source anchor, or their username without one."""
    for anchor in ("QW5u", None):
        held = there(onPremisesImmutableId=anchor)
        planner = user_sync_app().streaming_planner(lambda: [BO], begun(anchor), now=NOW)
        assert planner.wants(held)
        assert [each.object_id for each in planner.plan(tenant(held)) if each.kind == "block_sign_in"] == [held.id]


def test_who_may_have_been_blocked_is_blocked_by_us_and_signed_out():
    """The answer to a block got lost, and the account is found blocked: the block is ours, and sessions end too."""
    maybe = memory(departure=Departure(NOW - DAY), unfinished=True)
    plan = user_sync_app().plan([BO], tenant(there(accountEnabled=False)), maybe, now=NOW)
    remember, revoke = sorted(plan.for_person(ANN.id), key=lambda each: each.kind)
    assert (remember.departure.blocked, revoke.kind, revoke.leaving) == (True, "revoke_sessions", True)
    known = NextMemory(maybe, plan)
    for change in plan.for_person(ANN.id):
        known.note(change, change.object_id)
    after = known.get(ANN.id)
    assert (after.status, after.departure.blocked, after.unfinished) == (AppUserStatus.DEACTIVATED, True, False)


def test_who_was_blocked_and_not_signed_out_is_signed_out_by_the_next_plan():
    """That sessions were not revoked does not show in the tenant, so whoever is blocked is unfinished until then."""
    snapshot = tenant(there())
    plan = user_sync_app().plan([BO], snapshot, memory(), now=NOW)
    [block, revoke] = plan.for_person(ANN.id)
    known = NextMemory(memory(), plan)
    known.begin(block, block.object_id)
    known.note(block, block.object_id)
    known.begin(revoke, revoke.object_id)
    known.fail(revoke)
    assert known.get(ANN.id).unfinished
    blocked = tenant(there(accountEnabled=False))
    again = user_sync_app().plan([BO], blocked, remembered(known.get(ANN.id)), now=NOW + DAY)
    assert [each.kind for each in again.for_person(ANN.id)] == ["revoke_sessions"]


def test_what_was_taken_from_a_leaver_without_a_note_is_forgotten_a_while_later():
    """Not before every replica of the tenant has what was granted last, for what is forgotten is never taken away."""
    left = memory(
        status=AppUserStatus.DEACTIVATED,
        departure=Departure(NOW),
        roles=("Directory Readers",),
    )
    snapshot = tenant(there(accountEnabled=False, licenses=[]))
    assert user_sync_app().plan([BO], snapshot, left, now=NOW + timedelta(minutes=4)).for_person(ANN.id) == ()
    plan = user_sync_app().plan([BO], snapshot, left, now=NOW + timedelta(minutes=5))
    [remember] = plan.for_person(ANN.id)
    assert (remember.licenses, remember.roles, remember.writes) == ((), (), 0)
    _, known = effects(plan, snapshot)
    assert user_sync_app().plan([BO], snapshot, known, now=NOW + DAY).for_person(ANN.id) == ()


def test_a_leavers_role_that_the_tenant_does_not_know_any_more_is_not_forgotten():
    """It may be back, and on the account; what is known to be gone is forgotten."""
    departure = Departure(NOW - DAY)
    left = memory(status=AppUserStatus.DEACTIVATED, departure=departure, roles=("Directory Readers", "Vanished Role"))
    plan = user_sync_app().plan([BO], tenant(there(accountEnabled=False)), left, now=NOW)
    [remember] = plan.for_person(ANN.id)
    assert remember.roles == ("Vanished Role",)


def test_a_leavers_licence_that_the_tenant_does_not_know_any_more_is_not_forgotten():
    """As for roles: it may be back, and on the account."""
    left = memory(status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - DAY))
    known = evolve(left.get(ANN.id), licenses=(LicenseGrant("SPE_E3"), LicenseGrant("VANISHED")))
    snapshot = tenant(there(accountEnabled=False, licenses=[]))
    plan = user_sync_app().plan([BO], snapshot, remembered(known), now=NOW)
    [remember] = plan.for_person(ANN.id)
    assert remember.licenses == (LicenseGrant("VANISHED"),)


@pytest.mark.parametrize("skus", [(E3, F1), (F1, E3)])
def test_a_leavers_licences_are_removed_and_named_in_one_order(skus):
    """By part number; what is no product of the tenant any more stays, and is named by its id."""
    app = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
    known = evolve(memory().get(ANN.id), licenses=(LicenseGrant("SPE_F1"), LicenseGrant("SPE_E3")))
    names = [f"unknown-{number}" for number in (4, 2, 5, 1, 3)]
    groups = [HeldLicense(f"group-{number}", inherited_from="group") for number in (4, 2, 5, 1, 3)]
    user = there(licenses=[*(each.id for each in skus), *names, *groups])
    plan = app.plan([BO], tenant(user, skus=skus), remembered(known), now=NOW)
    [removal] = [each for each in plan if each.kind == "remove_licenses"]
    assert [each.part_number for each in removal.remove] == ["SPE_E3", "SPE_F1"]
    [problem] = [each for each in plan.problems if each.code == "licenses_left"]
    direct, by_group = (", ".join(f"{word}-{number}" for number in range(1, 6)) for word in ("unknown", "group"))
    assert f"keeps {direct}, which the tenant does not list any more, and {by_group}, which a group" in problem.message


def test_what_a_leaver_keeps_on_purpose_is_not_forgotten():
    """User Attributes Only leaves licences and roles alone; whoever switches it off takes them away."""
    ours, user = ("Directory Readers",), there(accountEnabled=False)
    left = memory(status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - DAY), roles=ours)
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    assert user_sync_app(user_attributes_only=True).plan([BO], snapshot, left, now=NOW).for_person(ANN.id) == ()
    [removal] = user_sync_app().plan([BO], snapshot, left, now=NOW).for_person(ANN.id)
    assert removal.kind == "remove_role"
