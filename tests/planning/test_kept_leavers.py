"""People who leave while Deactivate Users is off: remembered as such, and asked about once it is on."""

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    E3,
    NOW,
    account,
    assigned,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import (
    AppUser,
    Departure,
    Deprovisioning,
    LicenseOnly,
    ProfileSync,
    UniversalSync,
    UserSync,
)
from o365prov.people import AppUserStatus

KEPT = evolve(ACTIVE, status=AppUserStatus.KEPT, departure=Departure(NOW - 400 * DAY, blocked=False))
TYPES = (LicenseOnly, ProfileSync, UserSync, UniversalSync)
OPTIONS = (
    Deprovisioning.block_sign_in(),
    Deprovisioning.block_and_remove_licenses(),
    Deprovisioning.block_and_remove_licenses(grace_days=7),
    Deprovisioning.block_remove_licenses_and_delete(),
    Deprovisioning.block_remove_licenses_and_delete(grace_days=7),
)
BEGUN = (
    ["block_sign_in", "revoke_sessions"],
    ["block_sign_in", "revoke_sessions", "remove_licenses"],
    ["block_sign_in", "revoke_sessions"],
    ["delete_user"],
    ["block_sign_in", "revoke_sessions"],
)
REACHES_BACK = "1 leaver gets another option than the one in force when they left (Ann Lee)"


def there(**properties):
    """Ann's account."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "usageLocation": "US", "licenses": [E3.id]}
    return account(NAME, **{**body, **properties})


def app_with(kind=UserSync, **settings):
    """An app of this type."""
    return user_sync_app().with_provisioning(kind(**settings)).remap()


def plan_of(app, snapshot, *known, people=(BO,), now=NOW):
    """The plan, and what it does and says about Ann."""
    plan = app.plan(people, snapshot, remembered(*known), now=now)
    codes = [each.code for each in plan.problems if each.subject.person_id == ANN.id]
    return plan, [each.kind for each in plan.for_person(ANN.id)], codes


@pytest.mark.parametrize("kind", TYPES)
def test_who_leaves_is_remembered_and_keeps_everything(kind):
    """Nothing is written, and the next plan has nothing more to learn."""
    app, snapshot = app_with(kind, deactivate_users=False), tenant(there())
    plan, kinds, codes = plan_of(app, snapshot, ACTIVE)
    assert (kinds, codes, plan.for_person(ANN.id)[0].writes) == (["remember"], [], 0)
    assert plan.for_person(ANN.id)[0].reason.endswith("and Deactivate Users is off")
    after, known = effects(plan, snapshot)
    assert after.by_id[ACTIVE.object_id] == snapshot.by_id[ACTIVE.object_id]
    user = known.get(ANN.id)
    assert evolve(user, departure=None, status=AppUserStatus.ACTIVE) == ACTIVE
    assert (user.status, user.departure.at, user.departure.blocked) == (AppUserStatus.KEPT, NOW, False)
    assert plan_of(app, after, user, now=NOW + DAY)[1:] == ([], [])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("option", "begun"), [*zip(OPTIONS, BEGUN, strict=True)])
def test_switching_it_on_asks_before_it_reaches_back(kind, option, begun):
    """Whatever the type and the option: one hazard, what the option begins with, and days of grace from then on."""
    app, snapshot = app_with(kind, deprovisioning=option), tenant(there())
    plan, kinds, codes = plan_of(app, snapshot, KEPT)
    assert (kinds, codes) == (begun, [])
    assert REACHES_BACK in plan.hazards
    assert "left on 2025-04-27, while Deactivate Users was off" in plan.to_text()
    after, known = effects(plan, snapshot)
    assert known.get(ANN.id).departure.at == NOW
    assert plan_of(app, after, known.get(ANN.id))[1:] == ([], [])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("option", OPTIONS)
def test_old_leavers_are_left_as_they_are_where_the_option_does_not_reach_back(kind, option):
    """Neither those who were kept nor those who left under another option; who leaves now is not among them."""
    app = app_with(kind, deprovisioning=evolve(option, reaches_back=False))
    assert plan_of(app, tenant(there()), KEPT)[1:] == ([], [])
    blocked = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - 400 * DAY))
    assert plan_of(app, tenant(there(accountEnabled=False)), blocked)[1:] == ([], [])
    assert plan_of(app, tenant(there()), ACTIVE)[1] == BEGUN[OPTIONS.index(option)]


def test_who_is_back_is_assigned_as_everybody_else():
    """The account was never blocked, so nothing is enabled; who leaves after that leaves on another day."""
    app, snapshot = app_with(), tenant(there())
    plan, kinds, _ = plan_of(app, snapshot, KEPT, people=(BO, assigned(ANN, "SPE_E3")))
    assert "enable_sign_in" not in kinds
    _, known = effects(plan, snapshot)
    assert (known.get(ANN.id).status, known.get(ANN.id).departure) == (AppUserStatus.ACTIVE, None)


def test_nobody_is_said_to_have_enabled_an_account_that_was_never_blocked():
    """Neither while it is off, nor with edits reverted once it is on."""
    assert plan_of(app_with(deactivate_users=False), tenant(there()), KEPT)[1:] == ([], [])
    drift = app_with().plan([BO], tenant(there()), remembered(KEPT), now=NOW, scope="drift")
    assert [each.code for each in drift.problems if each.subject.person_id == ANN.id] == []
    assert not any("somebody enabled" in hazard for hazard in drift.hazards)


def test_an_account_that_others_had_blocked_is_asked_about_only_where_more_is_done():
    """Blocking asks for nothing more, removing roles or licences does."""
    blocked = there(accountEnabled=False)
    plan, kinds, _ = plan_of(app_with(), tenant(blocked), KEPT)
    assert (kinds, REACHES_BACK in plan.hazards) == (["remember"], False)
    plan, kinds, _ = plan_of(app_with(deprovisioning=OPTIONS[2]), tenant(blocked), KEPT)
    assert (kinds, REACHES_BACK in plan.hazards) == (["remember"], True)
    with_role = evolve(KEPT, roles=("Directory Readers",))
    plan, kinds, _ = plan_of(app_with(), tenant(blocked, holding=((blocked, DIRECTORY_READERS),)), with_role)
    assert (kinds, REACHES_BACK in plan.hazards) == (["remember", "remove_role"], True)


def test_who_leaves_now_is_told_of_the_option_also_where_others_had_blocked_the_account():
    """It is the one of today, so that nothing reaches back."""
    plan, kinds, _ = plan_of(app_with(deprovisioning=OPTIONS[2]), tenant(there(accountEnabled=False)), ACTIVE)
    assert (kinds, REACHES_BACK in plan.hazards) == (["remember"], False)


def test_who_comes_back_and_leaves_while_it_is_off_keeps_whose_block_it_is():
    """Enabling failed in between: if they come back once more, the block is ours to undo."""
    app, blocked = app_with(deactivate_users=False), there(accountEnabled=False)
    returning = evolve(ACTIVE, departure=Departure(NOW - DAY, blocked=True))
    _, known = effects(plan_of(app, tenant(blocked), returning)[0], tenant(blocked))
    assert known.get(ANN.id).departure.blocked
    plan, kinds, _ = plan_of(app, tenant(blocked), known.get(ANN.id), people=(BO, assigned(ANN, "SPE_E3")))
    assert "enable_sign_in" in kinds
    assert not any("blocked in Office 365" in hazard for hazard in plan.hazards)


def test_who_comes_back_and_is_enabled_by_hand_before_they_leave_is_not_blocked_by_us():
    """Whoever blocks the account after that is somebody else, although we had blocked it once."""
    returning = evolve(ACTIVE, departure=Departure(NOW - DAY, blocked=True))
    plan, _, _ = plan_of(app_with(deactivate_users=False), tenant(there()), returning)
    assert [each.departure.blocked for each in plan.for_person(ANN.id)] == [False]


def test_old_leavers_are_not_counted_with_those_of_the_last_days():
    """They were confirmed; who leaves the day after is one person, and not the fourth of five."""
    names = ["Ann Lee", "Cy Young", "Di Ng", "Ed Poe", "Fay Orr", "Guy Rae", "Hal Ito", "Ivy Fox", "Jo Day", "Kay Lin"]
    humans = [somebody(name) for name in names]
    accounts = [account(f"{each.profile['email'].partition('@')[0]}@{DOMAIN}") for each in humans]
    users = [AppUser(each.id, user.id, user.username) for each, user in zip(humans, accounts, strict=True)]
    old = [evolve(each, status=AppUserStatus.KEPT, departure=KEPT.departure) for each in users[:3]]
    app, here = app_with(), [assigned(each) for each in humans[3:]]
    plan = app.plan(here, tenant(*accounts), remembered(*old, *users[3:]), now=NOW)
    snapshot, known = effects(plan, tenant(*accounts))
    assert app.plan(here[1:], snapshot, known, now=NOW + DAY).hazards == ()
