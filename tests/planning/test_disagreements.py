"""Memory and tenant disagree: it is never passed over in silence, and never undone without a word."""

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    E3,
    F1,
    NOW,
    account,
    assigned,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import (
    AppUser,
    Departure,
    Deprovisioning,
    LicenseGrant,
    LicenseOnly,
    ProfileSync,
    UniversalSync,
    UserSync,
)
from o365prov.people import AppUserStatus, Grants
from o365prov.planning import HeldLicense

OFF = user_sync_app(update_attributes=False)


def there(**properties):
    """Ann's account."""
    return account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANN.id, usageLocation="US", **properties)


def left(option, days=0, **state):
    """What is remembered of Ann, who left so many days ago under this option."""
    return evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=option.departure(NOW - days * DAY), **state)


def of_ann(plan):
    """What the plan does and says about Ann."""
    codes = [each.code for each in plan.problems if each.subject.person_id == ANN.id]
    return [change.kind for change in plan.for_person(ANN.id)], codes


@pytest.mark.parametrize(
    "option", [Deprovisioning.block_sign_in(), Deprovisioning.block_remove_licenses_and_delete(grace_days=3)]
)
@pytest.mark.parametrize("days", [1, 30])
def test_a_leaver_who_was_enabled_again_is_said_and_not_touched(option, days):
    """Neither deleted at the end of the grace period nor passed over for ever."""
    app = user_sync_app(deprovisioning=option)
    plan = app.plan([BO], tenant(there(licenses=[E3.id])), remembered(left(option, days)), now=NOW)
    assert of_ann(plan) == ([], ["re_enabled_leaver"])


@pytest.mark.parametrize(("kind", "blocks"), [(UserSync(), True), (ProfileSync(deactivate_users=True), False)])
def test_a_leaver_whom_we_never_blocked_is_not_said_to_be_enabled_again(kind, blocks):
    """Entra Connect mastered the account, and does so no longer: nobody enabled it. What blocks it is said."""
    app = user_sync_app().with_provisioning(kind).remap()
    never = left(Deprovisioning.block_sign_in(), 9)
    never = evolve(never, departure=evolve(never.departure, blocked=False))
    plan = app.plan([BO], tenant(there(licenses=[E3.id])), remembered(never), now=NOW)
    [problem] = [each for each in plan.problems if each.code == "re_enabled_leaver"]
    assert "it could not be blocked from here then, or somebody enabled it since" in problem.message
    assert ("scope='drift'" in problem.remedy) is blocks


def test_a_leaver_who_was_enabled_again_is_blocked_with_a_confirmation_where_edits_are_reverted():
    """Only scope='drift' does that, and the plan has to be confirmed."""
    option = Deprovisioning.block_sign_in()
    plan = user_sync_app().plan([BO], tenant(there()), remembered(left(option)), now=NOW, scope="drift")
    assert of_ann(plan) == (["block_sign_in", "revoke_sessions"], [])
    assert plan.for_person(ANN.id)[0].overrides


def test_a_blocked_account_that_is_matched_is_enabled_with_a_confirmation():
    """Who is assigned can sign in; that others had blocked the account is not undone without a word."""
    plan = user_sync_app().plan([assigned(ANN)], tenant(there(accountEnabled=False)), remembered(), now=NOW)
    [enable] = [change for change in plan if change.kind == "enable_sign_in"]
    assert enable.overrides


@pytest.mark.parametrize(
    ("known", "why"),
    [((), "blocked in Office 365"), ((left(Deprovisioning.block_sign_in()),), "assigned again")],
    ids=["by others", "by us"],
)
def test_why_sign_in_is_enabled_says_who_had_blocked_it(known, why):
    """Somebody else's block is undone with a confirmation, and ours ends when the person is back."""
    plan = user_sync_app().plan([assigned(ANN)], tenant(there(accountEnabled=False)), remembered(*known), now=NOW)
    assert [each.reason for each in plan if each.kind == "enable_sign_in"] == [why]


def test_an_account_that_somebody_blocked_later_is_said_in_every_plan():
    """Okta's push does not enable it; the plan says that it stays blocked."""
    snapshot, known = effects(user_sync_app().plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    blocked = evolve(
        snapshot,
        users=[evolve(each, properties={**each.properties, "accountEnabled": False}) for each in snapshot.users],
    )
    assert of_ann(user_sync_app().plan([assigned(ANN)], blocked, known, now=NOW)) == ([], ["blocked_account"])
    plan = user_sync_app().plan([assigned(ANN)], blocked, known, now=NOW, scope="drift")
    assert of_ann(plan) == (["enable_sign_in"], [])
    assert plan.changes[0].overrides


def test_a_role_that_could_not_be_removed_is_tried_again():
    """What is due for a leaver is what was granted and is still held, whatever the status."""
    user = there(accountEnabled=False)
    known = left(Deprovisioning.block_sign_in(), 5, roles=("Directory Readers",))
    plan = user_sync_app().plan([BO], tenant(user, holding=((user, DIRECTORY_READERS),)), remembered(known), now=NOW)
    assert of_ann(plan) == (["remove_role"], [])


def test_a_role_that_was_found_on_the_account_goes_when_the_person_leaves():
    """It was assigned, so it counts as granted although the account had it before."""
    user = there()
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    ann = evolve(assigned(ANN), grants=Grants(roles=["Directory Readers"]))
    snapshot, known = effects(user_sync_app().plan([ann], snapshot, remembered(), now=NOW), snapshot)
    assert known.get(ANN.id).roles == ("Directory Readers",)
    assert "remove_role" in of_ann(user_sync_app().plan([BO], snapshot, known, now=NOW))[0]


def test_roles_of_others_go_where_they_are_taken_over():
    """As licences do, and by a setting of its own."""
    user = there()
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    app = evolve(user_sync_app(), take_over_roles=True)
    [removal] = [
        change for change in app.plan([assigned(ANN)], snapshot, remembered(), now=NOW) if change.kind == "remove_role"
    ]
    assert removal.role == "Directory Readers"
    assert "remove_role" not in of_ann(user_sync_app().plan([assigned(ANN)], snapshot, remembered(), now=NOW))[0]
    assert "remove_role" in of_ann(app.plan([BO], snapshot, remembered(ACTIVE), now=NOW))[0]


def test_what_is_wrong_with_a_leavers_account_is_said_of_the_name_that_it_has():
    """Somebody renamed it; its source anchor tells whose it is."""
    user = evolve(there(), properties={**there().properties, "userPrincipalName": f"annie@{DOMAIN}"})
    plan = user_sync_app().plan([BO], tenant(user), remembered(left(Deprovisioning.block_sign_in())), now=NOW)
    [problem] = [each for each in plan.problems if each.code == "re_enabled_leaver"]
    assert f"and somebody enabled the account annie@{DOMAIN} again in Office 365" in problem.message
    assert not problem.stops


def test_a_leaver_whose_account_somebody_deleted_is_forgotten_once():
    """It is remembered as gone, and the next plan has nothing to say."""
    snapshot = tenant()
    plan = user_sync_app().plan([BO], snapshot, remembered(ACTIVE), now=NOW)
    assert (of_ann(plan), plan.for_person(ANN.id)[0].writes) == ((["remember"], []), 0)
    snapshot, known = effects(plan, snapshot)
    assert known.get(ANN.id).status is AppUserStatus.DELETED
    assert of_ann(user_sync_app().plan([BO], snapshot, known, now=NOW)) == ([], [])


@pytest.mark.parametrize(
    "known", [ACTIVE, left(Deprovisioning.block_sign_in()), evolve(ACTIVE, status=AppUserStatus.DELETED)]
)
@pytest.mark.parametrize("gone", [(), (account(NAME),)])
def test_another_account_with_a_leavers_source_anchor_is_said_in_every_plan(known, gone):
    """The linked one is gone, perhaps for ever, and somebody made another: nobody blocks that."""
    other = account(f"ann@{DOMAIN}", onPremisesImmutableId=ANN.id)
    snapshot = tenant(other, deleted=gone)
    plan = user_sync_app().plan([BO], snapshot, remembered(known), now=NOW)
    assert (of_ann(plan)[1], plan.problems[0].stops) == (["other_account_of_leaver"], False)
    assert f"ann@{DOMAIN} (object id {other.id})" in plan.problems[0].message
    snapshot, after = effects(plan, snapshot)
    assert of_ann(user_sync_app().plan([BO], snapshot, after, now=NOW)) == ([], ["other_account_of_leaver"])


@pytest.mark.parametrize("whose", ["blocked", "another's", "another app's", "taken now"])
def test_another_account_with_a_leavers_source_anchor_is_not_said_where_it_is_cared_for(whose):
    """It is blocked, or it is linked to somebody, be it by this plan or by another app."""
    other = account(f"ann@{DOMAIN}", onPremisesImmutableId=ANN.id, accountEnabled=whose != "blocked")
    people, users, transfers = [BO], [ACTIVE], {}
    if whose == "another's":
        users.append(AppUser("00uOther", other.id, other.username, ANN.id))
    if whose == "taken now":
        people.append(assigned(somebody("Cy Young")))
        transfers = {"00uCyYoung": other.id}
    known = remembered(*users)
    if whose == "another app's":
        known = evolve(known, linked_elsewhere={other.id: "Office 365 (Oslo)"})
    plan = user_sync_app().plan(people, tenant(other), known, now=NOW, transfers=transfers)
    assert of_ann(plan) == (["remember"], [])


def test_another_account_with_a_leavers_source_anchor_is_not_said_while_the_linked_one_is_there():
    """The linked account, which has no anchor, is the one that is blocked."""
    linked, other = account(NAME, displayName="Ann Lee"), account(f"ann@{DOMAIN}", onPremisesImmutableId=ANN.id)
    plan = user_sync_app().plan([BO], tenant(linked, other), remembered(ACTIVE), now=NOW)
    assert of_ann(plan) == (["block_sign_in", "revoke_sessions"], [])


def test_an_account_of_another_app_is_left_to_it_whatever_it_looks_like():
    """That app may have given it another source anchor; it is not said to contradict our memory."""
    theirs = account(NAME, displayName="Ann Lee", onPremisesImmutableId="00uCyYoung")
    known = evolve(remembered(ACTIVE), linked_elsewhere={theirs.id: "Office 365 (Oslo)"})
    plan = user_sync_app().plan([BO], tenant(theirs), known, now=NOW)
    assert (of_ann(plan), plan.problems[0].stops) == (([], ["account_of_another_app"]), False)


def test_an_account_that_we_deleted_and_somebody_restored_is_said():
    """Nobody asked for it, so it is not deleted again."""
    known = evolve(ACTIVE, status=AppUserStatus.DELETED)
    plan = user_sync_app().plan([BO], tenant(there()), remembered(known), now=NOW)
    assert of_ann(plan) == ([], ["restored_leaver"])


@pytest.mark.parametrize("people", [[BO], [BO, assigned(ANN)]])
def test_a_memory_that_names_the_wrong_account_stops_the_person(people):
    """Ids were mixed up: the account has another source anchor, and nothing is done to it."""
    wrong = evolve(ACTIVE, object_id=account(f"cy.young@{DOMAIN}").id)
    cy = account(f"cy.young@{DOMAIN}", onPremisesImmutableId="00uCyYoung", licenses=[E3.id])
    plan = user_sync_app().plan(people, tenant(cy), remembered(wrong), now=NOW)
    assert of_ann(plan) == ([], ["memory_contradicts_account"])


def test_grace_begins_for_license_only_beside_entra_connect():
    """Graph can't block the account, and the licences go at the end of the grace period all the same."""
    option = Deprovisioning.block_and_remove_licenses(grace_days=7)
    app = user_sync_app().with_provisioning(LicenseOnly(deprovisioning=option)).remap()
    snapshot = tenant(there(onPremisesSyncEnabled=True, licenses=[E3.id]), synced=True)
    plan = app.plan([BO], snapshot, remembered(ACTIVE), now=NOW)
    assert of_ann(plan) == (["remember"], ["synced_leaver"])
    _, known = effects(plan, snapshot)
    assert known.get(ANN.id).departure == Departure(NOW, "remove_licenses", 7, blocked=False)
    due = app.plan([BO], snapshot, known, now=NOW + 7 * DAY)
    assert of_ann(due) == (["remove_licenses"], ["synced_leaver"])
    assert "Entra Connect masters the account" in due.problems[0].message


def test_an_interrupted_departure_of_an_account_that_graph_cannot_block_is_finished_once():
    """Nobody is signed out, because nothing was blocked; the memory learns that nothing more is to be taken."""
    app = user_sync_app().with_provisioning(LicenseOnly()).remap()
    snapshot = tenant(there(onPremisesSyncEnabled=True, licenses=[E3.id]), synced=True)
    begun = left(Deprovisioning.block_sign_in(), 1, unfinished=True)
    plan = app.plan([BO], snapshot, remembered(begun), now=NOW)
    assert (of_ann(plan), plan.for_person(ANN.id)[0].writes) == ((["remember"], ["synced_leaver"]), 0)
    _, known = effects(plan, snapshot)
    assert of_ann(app.plan([BO], snapshot, known, now=NOW + DAY)) == ([], ["synced_leaver"])


def test_roles_go_with_an_account_that_is_deleted():
    """The deletion may be undone within thirty days; a role that we granted does not come back with it."""
    user = there()
    app = user_sync_app(deprovisioning=Deprovisioning.block_remove_licenses_and_delete())
    known = evolve(ACTIVE, roles=("Directory Readers",))
    plan = app.plan([BO], tenant(user, holding=((user, DIRECTORY_READERS),)), remembered(known), now=NOW)
    assert sorted(of_ann(plan)[0]) == ["delete_user", "remove_role"]


def test_a_changed_option_is_offered_for_old_leavers_and_not_applied_to_them():
    """Blocked 400 days ago under "Block sign-in": the new option asks before it deletes anybody."""
    deleting = Deprovisioning.block_remove_licenses_and_delete(grace_days=30)
    old = left(Deprovisioning.block_sign_in(), 400)
    app = user_sync_app(deprovisioning=deleting)
    snapshot = tenant(there(accountEnabled=False))
    plan = app.plan([BO], snapshot, remembered(old), now=NOW)
    [offer] = plan.for_person(ANN.id)
    assert (offer.kind, offer.reaches_back) == ("remember", True)
    _, known = effects(plan, snapshot)
    assert of_ann(app.plan([BO], snapshot, known, now=NOW))[0] == ["delete_user"]


def test_who_starts_later_waits_for_the_day():
    """Nothing is created before, nobody counts as a leaver, and the plan says when."""
    tomorrow = evolve(assigned(ANN), starts=NOW + DAY)
    plan = user_sync_app().plan([tomorrow], tenant(), remembered(), now=NOW)
    assert of_ann(plan) == ([], ["starts_later"])
    assert of_ann(user_sync_app().plan([tomorrow], tenant(), remembered(), now=NOW + DAY))[0] == ["create_user"]
    assert of_ann(user_sync_app().plan([tomorrow], tenant(there()), remembered(ACTIVE), now=NOW))[0] == []


def test_who_is_held_after_the_start_is_held_and_named_by_what_is_remembered():
    """From the very moment of the start on; before it that is the reason."""
    held = evolve(assigned(ANN), person=evolve(ANN, status="SUSPENDED"))
    for starts, code in ((NOW, "held_suspended"), (NOW - DAY, "held_suspended"), (NOW + DAY, "starts_later")):
        person = held if code == "held_suspended" else assigned(ANN)
        plan = user_sync_app().plan([evolve(person, starts=starts)], tenant(there()), remembered(ACTIVE), now=NOW)
        assert [(each.code, each.subject.username) for each in plan.problems] == [(code, NAME)]


def test_a_person_who_moves_to_active_directory_keeps_the_old_anchor_and_it_is_said():
    """Sign-in sends the new one, and Graph does not change the account's."""
    app = user_sync_app()
    snapshot, known = effects(app.plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    moved = assigned(from_directory(ANN))
    assert "anchor_differs" in of_ann(app.plan([moved], snapshot, known, now=NOW))[1]


def test_a_manager_who_is_stopped_is_named():
    """The manager is assigned already, so "assign them" would be wrong advice."""
    boss = from_directory(somebody("Cy Young", email=""))
    plan = user_sync_app().plan(
        [assigned(from_directory(ANN, manager=boss)), assigned(boss)], tenant(), remembered(), now=NOW
    )
    assert "manager_stopped" in of_ann(plan)[1]


def test_a_leaver_who_was_enabled_again_and_is_due_is_deleted_with_a_confirmation_only():
    """The grace period is over and edits are reverted: the plan says that it undoes somebody's decision."""
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=3)
    app = user_sync_app(deprovisioning=option)
    plan = app.plan([BO], tenant(there()), remembered(left(option, 30)), now=NOW, scope="drift")
    assert of_ann(plan) == (["delete_user"], [])
    assert any("somebody enabled in Office 365 is blocked or deleted" in hazard for hazard in plan.hazards)


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (Deprovisioning.block_sign_in(), "block sign-in again; end all"),
        (
            Deprovisioning.block_and_remove_licenses(grace_days=3),
            "block sign-in again (as told when they left: remove licences on 2026-05-05); end all",
        ),
    ],
)
def test_a_leaver_who_is_blocked_again_was_told_of_a_day_that_is_over(option, text):
    """It is not said that something follows on it."""
    plan = user_sync_app(deprovisioning=option).plan(
        [BO], tenant(there()), remembered(left(option, 30)), now=NOW, scope="drift"
    )
    assert text in plan.to_text()


def test_a_leaver_who_is_blocked_again_is_blocked_by_us_and_was_confirmed_before():
    """Others had blocked the account when they left; it stays known that a plan in which many left was confirmed."""
    departure = Departure(NOW - 30 * DAY, blocked=False, confirmed=True)
    gone = evolve(left(Deprovisioning.block_sign_in()), departure=departure)
    [block, _] = (
        user_sync_app().plan([BO], tenant(there()), remembered(gone), now=NOW, scope="drift").for_person(ANN.id)
    )
    assert block.departure == evolve(departure, blocked=True)


def test_an_account_that_somebody_renamed_is_said_in_every_plan():
    """Okta's push does not rename it back, Force Sync does."""
    app = user_sync_app()
    snapshot, known = effects(app.plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    [user] = snapshot.users
    renamed = tenant(evolve(user, properties={**user.properties, "userPrincipalName": f"lee@{DOMAIN}"}))
    plan = app.plan([assigned(ANN)], renamed, known, now=NOW)
    assert of_ann(plan) == ([], ["renamed_account"])
    assert f"lee@{DOMAIN}" in plan.problems[0].message
    assert of_ann(app.plan([assigned(ANN)], renamed, known, now=NOW, scope="all")) == (["update_user"], [])


def test_a_leaver_is_blocked_where_graph_does_not_say_whether_the_account_is_enabled():
    """It may be, and nobody else blocks it."""
    known = [account(NAME, displayName="Ann Lee", onPremisesImmutableId=ANN.id, accountEnabled=None)]
    plan = user_sync_app().plan([BO], tenant(*known), remembered(ACTIVE), now=NOW)
    assert of_ann(plan)[0] == ["block_sign_in", "revoke_sessions"]


def test_a_licence_that_somebody_gives_a_leaver_is_said_in_every_plan():
    """It was removed when they left; what others grant is not taken back, and costs a seat."""
    app = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
    gone = left(Deprovisioning.block_and_remove_licenses(), 30, licenses=())
    blocked = there(accountEnabled=False, licenses=[E3.id])
    plan = app.plan([BO], tenant(blocked), remembered(gone), now=NOW)
    assert of_ann(plan) == ([], ["licenses_left"])
    assert "SPE_E3" in plan.problems[0].message


PLUS = Deprovisioning.block_and_remove_licenses
DELETE = Deprovisioning.block_remove_licenses_and_delete


@pytest.mark.parametrize(
    ("before", "days", "now", "due"),
    [
        (Deprovisioning.block_sign_in(), 1, DELETE(grace_days=7), 7),
        (DELETE(grace_days=30), 1, DELETE(grace_days=7), 7),
        (PLUS(), 1, DELETE(grace_days=7), 7),
    ],
    ids=["more", "sooner", "more than what was done"],
)
def test_an_option_that_asks_for_more_is_offered_with_its_own_days(before, days, now, due):
    """From the day on which the person left."""
    plan = user_sync_app(deprovisioning=now).plan(
        [BO], tenant(there(accountEnabled=False)), remembered(left(before, days)), now=NOW
    )
    [offer] = [each for each in plan.for_person(ANN.id) if getattr(each, "reaches_back", False)]
    assert (offer.departure.then, offer.departure.due) == (now.then, NOW - days * DAY + due * DAY)


def test_why_something_is_taken_from_a_leaver_says_since_when():
    """Of who left before; not of who leaves now, though a departure is remembered until sign-in is enabled."""
    user = there(accountEnabled=False)
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    old = left(Deprovisioning.block_sign_in(), 5, roles=("Directory Readers",))
    reasons = {}
    for status in (AppUserStatus.DEACTIVATED, AppUserStatus.KEPT, AppUserStatus.ENABLING):
        plan = user_sync_app().plan([BO], snapshot, remembered(evolve(old, status=status)), now=NOW)
        [removal] = [each for each in plan if each.kind == "remove_role"]
        reasons[status] = removal.reason
    assert reasons == {
        AppUserStatus.DEACTIVATED: "left on 2026-05-27",
        AppUserStatus.KEPT: "left on 2026-05-27, while Deactivate Users was off",
        AppUserStatus.ENABLING: "no longer assigned, or deactivated in Okta",
    }


@pytest.mark.parametrize(
    "option", [Deprovisioning.block_sign_in(), Deprovisioning.block_and_remove_licenses(grace_days=3)]
)
def test_an_option_is_not_offered_that_asks_for_nothing_more(option):
    """The licences were removed long ago, so neither keeping them nor another day of grace makes a difference."""
    app = user_sync_app(deprovisioning=option)
    gone = left(Deprovisioning.block_and_remove_licenses(), 30, licenses=())
    plan = app.plan([BO], tenant(there(accountEnabled=False)), remembered(gone), now=NOW)
    assert of_ann(plan) == ([], [])


def test_a_corrected_source_anchor_is_remembered():
    """The plan advised it to who moved to Active Directory; when they leave, the account is blocked."""
    app, moved = user_sync_app(), from_directory(ANN)
    snapshot, known = effects(app.plan([assigned(ANN), BO], tenant(), remembered(), now=NOW), tenant())
    [anchor] = [each.anchor for each in moved.directory_accounts]
    users = [
        evolve(user, properties={**user.properties, "onPremisesImmutableId": anchor}) if user.anchor == ANN.id else user
        for user in snapshot.users
    ]
    corrected = evolve(snapshot, users=users)
    plan = app.plan([assigned(moved), BO], corrected, known, now=NOW)
    assert of_ann(plan) == (["link_user"], [])
    corrected, known = effects(plan, corrected)
    assert of_ann(app.plan([assigned(moved), BO], corrected, known, now=NOW)) == ([], [])
    assert of_ann(app.plan([BO], corrected, known, now=NOW))[0] == ["block_sign_in", "revoke_sessions"]


def test_a_corrected_source_anchor_is_remembered_though_nothing_is_sent():
    """License Only sends no profile, so that none of it changed; the anchor that sign-in sends is the account's."""
    app = user_sync_app().with_provisioning(LicenseOnly()).remap()
    snapshot = tenant(account(NAME, onPremisesImmutableId="old"))
    snapshot, known = effects(app.plan([assigned(ANN)], snapshot, remembered(), now=NOW), snapshot)
    plan = app.plan([assigned(ANN)], tenant(there()), known, now=NOW)
    assert (of_ann(plan), plan.for_person(ANN.id)[0].anchor) == ((["link_user"], []), ANN.id)


def test_a_corrected_source_anchor_is_remembered_with_updates_off():
    """Whatever else changed at the source is not sent."""
    known = remembered(evolve(ACTIVE, anchor="old", licenses=(), fingerprint="another profile"))
    plan = OFF.plan([assigned(ANN)], tenant(there()), known, now=NOW)
    assert (of_ann(plan), plan.for_person(ANN.id)[0].anchor) == ((["link_user"], []), ANN.id)


def test_a_source_anchor_that_somebody_cleared_is_said_until_it_is_written():
    """Okta's push of changes does not look at it, and nobody signs in without one; Force Sync writes it."""
    app = user_sync_app()
    snapshot, known = effects(app.plan([assigned(ANN)], tenant(), remembered(), now=NOW), tenant())
    [user] = snapshot.users
    cleared = tenant(evolve(user, properties={**user.properties, "onPremisesImmutableId": None}))
    plan = app.plan([assigned(ANN)], cleared, known, now=NOW)
    assert of_ann(plan) == ([], ["no_anchor"])
    assert "scope='all'" in plan.problems[0].remedy
    assert of_ann(app.plan([assigned(ANN)], cleared, known, now=NOW, scope="all")) == (["update_user"], [])


NO_TEAMS = HeldLicense(E3.id, frozenset({E3.plans["TEAMS"]}))


@pytest.mark.parametrize("held", [[], [F1.id], [NO_TEAMS]], ids=["taken", "exchanged", "a service plan switched off"])
@pytest.mark.parametrize("kind", [LicenseOnly, ProfileSync, UserSync, UniversalSync])
def test_a_licence_that_somebody_took_by_hand_is_said_in_every_plan(kind, held):
    """Okta's push of changes does not look at it; Force Sync gives it again."""
    app = user_sync_app().with_provisioning(kind()).remap()
    people, snapshot = [assigned(ANN, "SPE_E3")], tenant(there())
    snapshot, known = effects(app.plan(people, snapshot, remembered(), now=NOW), snapshot)
    assert of_ann(app.plan(people, snapshot, known, now=NOW)) == ([], [])
    taken = tenant(evolve(snapshot.users[0], licenses=tenant(there(licenses=held)).users[0].licenses))
    plan = app.plan(people, taken, known, now=NOW)
    assert of_ann(plan) == ([], ["relicensed_account"])
    [problem] = plan.problems
    assert "SPE_E3" in problem.message
    assert problem.remedy.startswith("Correct it in Entra, or plan with scope='all'")
    assert (problem.attribute, problem.stops) == ("licenses", False)
    kinds, codes = of_ann(app.plan(people, taken, known, now=NOW, scope="all"))
    assert (kinds, codes) == (["assign_licenses"], [])


def test_a_licence_that_somebody_took_is_not_given_again_with_a_changed_profile():
    """What changed at the source is sent, and the licence is said as before."""
    app, snapshot = user_sync_app(), tenant(there())
    snapshot, known = effects(app.plan([assigned(ANN, "SPE_E3")], snapshot, remembered(), now=NOW), snapshot)
    lead = evolve(ANN, profile={**ANN.profile, "title": "Lead"})
    taken = tenant(evolve(snapshot.users[0], licenses=()))
    plan = app.plan([assigned(lead, "SPE_E3")], taken, known, now=NOW)
    assert of_ann(plan) == (["update_user"], ["relicensed_account"])


def test_a_licence_of_which_a_service_plan_is_unknown_is_not_missed_while_the_others_are_on():
    """What is mistyped may be the one that is on beside those that are known."""
    grant = LicenseGrant("SPE_E3", ["TEAMS", "TYPO"])
    known = remembered(evolve(ACTIVE, licenses=(grant,), fingerprint="x"))
    assert (
        "relicensed_account"
        not in of_ann(OFF.plan([assigned(ANN, grant)], tenant(there(licenses=[E3.id])), known, now=NOW))[1]
    )
    assert "relicensed_account" in of_ann(OFF.plan([assigned(ANN, grant)], tenant(there()), known, now=NOW))[1]


def test_licences_that_somebody_took_are_named_in_order():
    """However they are granted: by name or by id."""
    grants = (LicenseGrant(F1.id), LicenseGrant("SPE_E3"))
    known = remembered(evolve(ACTIVE, licenses=grants, fingerprint="x"))
    plan = OFF.plan([assigned(ANN, *grants)], tenant(there()), known, now=NOW)
    [problem] = [each for each in plan.problems if each.code == "relicensed_account"]
    assert problem.message.startswith("somebody took SPE_E3, SPE_F1 from")


def test_a_licence_that_a_group_gives_instead_is_not_missed():
    """An administrator put the person into a group of Entra, and took the direct one."""
    people, snapshot = [assigned(ANN, "SPE_E3")], tenant(there())
    snapshot, known = effects(user_sync_app().plan(people, snapshot, remembered(), now=NOW), snapshot)
    inherited = tenant(evolve(snapshot.users[0], licenses=(HeldLicense(E3.id, inherited_from="group"),)))
    assert of_ann(user_sync_app().plan(people, inherited, known, now=NOW)) == ([], [])


def test_who_is_back_gets_what_somebody_took_meanwhile():
    """The memory has what was granted before they left, and it is assigned again."""
    known = left(Deprovisioning.block_sign_in(), 5)
    plan = user_sync_app().plan(
        [assigned(ANN, "SPE_E3")], tenant(there(accountEnabled=False)), remembered(known), now=NOW
    )
    assert "assign_licenses" in of_ann(plan)[0]


@pytest.mark.parametrize("kind", [ProfileSync, UserSync, UniversalSync])
def test_a_role_that_somebody_took_by_hand_is_said_in_every_plan(kind):
    """It is not given again; with the types that own the profile scope='drift' does."""
    app = user_sync_app().with_provisioning(kind()).remap()
    people, snapshot = [evolve(assigned(ANN), grants=Grants((), ["Directory Readers"]))], tenant(there())
    snapshot, known = effects(app.plan(people, snapshot, remembered(), now=NOW), snapshot)
    assert of_ann(app.plan(people, snapshot, known, now=NOW)) == ([], [])
    plan = app.plan(people, evolve(snapshot, role_assignments=()), known, now=NOW)
    assert of_ann(plan) == ([], ["role_removed"])
    [problem] = plan.problems
    assert "Directory Readers" in problem.message
    assert ("scope='drift'" in problem.remedy) is (kind is not ProfileSync)
    assert (problem.attribute, problem.stops) == ("roles", False)


def test_who_is_back_gets_a_role_that_somebody_took_meanwhile():
    """The memory has what was granted before they left, and it is assigned again."""
    known = evolve(left(Deprovisioning.block_sign_in(), 5), roles=("Directory Readers",))
    people = [evolve(assigned(ANN), grants=Grants((), ["Directory Readers"]))]
    plan = user_sync_app().plan(people, tenant(there(accountEnabled=False)), remembered(known), now=NOW)
    assert "grant_role" in of_ann(plan)[0]
