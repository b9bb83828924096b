"""People who are suspended: held, or blocked at once where the app says so, and everything again the day after."""

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import E3, NOW, READER, account, assigned, remembered, tenant, user_sync_app

from o365prov import ConfigurationError, Departure, Deprovisioning, Lifecycle, PersonCondition, Suspended, UserSync
from o365prov.people import AppUserStatus

BLOCKS = evolve(user_sync_app(), lifecycle=Lifecycle(suspended="block"))
SUSPENDED = assigned(evolve(ANN, status="SUSPENDED"), "SPE_E3")


def there(**properties):
    """Ann's account."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "usageLocation": "US", "licenses": [E3.id]}
    return account(NAME, **{**body, **properties})


def kinds(plan):
    """What the plan does for Ann, and what it says of her."""
    said = [each.code for each in plan.problems if each.subject.person_id == ANN.id]
    return [each.kind for each in plan.for_person(ANN.id)], said


def test_suspended_means_hold_unless_the_app_says_otherwise():
    """As in Okta: nothing is done, and the plan says why."""
    plan = user_sync_app().plan([SUSPENDED, BO], tenant(there()), remembered(ACTIVE), now=NOW)
    assert kinds(plan) == ([], ["held_suspended"])
    assert Lifecycle().suspended is Suspended.HOLD


def test_an_account_that_somebody_deleted_meanwhile_is_said():
    """It is not said that everything stays; whoever leaves then is remembered as gone."""
    app, paused = BLOCKS, evolve(ACTIVE, status=AppUserStatus.PAUSED)
    plan = app.plan([SUSPENDED, BO], tenant(), remembered(paused), now=NOW)
    assert kinds(plan) == ([], ["gone_suspended"])
    assert "suspended" in kinds(app.plan([SUSPENDED, BO], tenant(), remembered(), now=NOW))[1]


def test_what_somebody_took_of_a_suspended_person_is_said_and_given_again_afterwards():
    """Licences and roles are to stay while the person is suspended."""
    known = remembered(evolve(ACTIVE, status=AppUserStatus.PAUSED, roles=("Global Reader",)))
    snapshot = tenant(there(accountEnabled=False, licenses=[]))
    assert kinds(BLOCKS.plan([SUSPENDED, BO], snapshot, known, now=NOW)) == (
        [],
        ["relicensed_account", "role_removed", "suspended"],
    )
    back = BLOCKS.plan([assigned(ANN, "SPE_E3"), BO], snapshot, known, now=NOW)
    assert {"enable_sign_in", "assign_licenses"} <= {*kinds(back)[0]}


@pytest.mark.parametrize("app", [BLOCKS, user_sync_app()], ids=["block", "hold"])
def test_whoever_is_suspended_when_the_assignment_ends_leaves_as_everybody(app):
    """The day counts, also for somebody whose status never changes any more; the grace period begins then."""
    ending = evolve(SUSPENDED, ends=NOW + DAY)
    snapshot, known = tenant(there()), remembered(ACTIVE)
    for number in range(3):
        snapshot, known = effects(app.plan([ending, BO], snapshot, known, now=NOW + number * DAY), snapshot)
    assert not snapshot.by_id[ACTIVE.object_id].enabled
    assert known.get(ANN.id).status is AppUserStatus.DEACTIVATED
    assert known.get(ANN.id).departure.at == NOW + DAY


def test_a_suspension_goes_on_until_everybody_has_left():
    """Blocked with its sessions, quiet the next day, enabled again, suspended again, and gone with the last one."""
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=3)
    app = evolve(BLOCKS.with_provisioning(UserSync(deprovisioning=option)).remap(), lifecycle=BLOCKS.lifecycle)
    snapshot, known, story = tenant(there()), remembered(ACTIVE), []
    active = assigned(ANN, "SPE_E3")
    days = [[active, BO], [SUSPENDED, BO], [SUSPENDED, BO], [active, BO], [SUSPENDED, BO], [BO], [BO], [BO], [BO]]
    for number, people in enumerate(days):
        plan = app.plan(people, snapshot, known, now=NOW + number * DAY)
        done, said = kinds(plan)
        story.append((number, done, said))
        snapshot, known = effects(plan, snapshot)
    assert story[1:] == [
        (1, ["block_sign_in", "revoke_sessions"], ["suspended"]),
        (2, [], ["suspended"]),
        (3, ["link_user", "enable_sign_in"], []),
        (4, ["block_sign_in", "revoke_sessions"], ["suspended"]),
        (5, ["remember"], []),
        (6, [], []),
        (7, [], []),
        (8, ["delete_user"], []),
    ]
    assert known.get(ANN.id).status is AppUserStatus.DELETED
    assert ACTIVE.object_id not in snapshot.by_id


def test_only_sign_in_and_sessions_are_taken():
    """Licences and roles stay, and the words say until when."""
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there()), remembered(ACTIVE), now=NOW)
    [block, sessions] = plan.for_person(ANN.id)
    assert (block.departure, sessions.desired) == (None, None)
    assert "block sign-in until the person is active again" in plan.to_text()
    after, known = effects(plan, tenant(there()))
    assert [each.sku_id for each in after.by_id[ACTIVE.object_id].licenses] == [E3.id]
    assert evolve(known.get(ANN.id), status=AppUserStatus.ACTIVE) == ACTIVE


def test_what_others_did_meanwhile_is_said_and_only_drift_reverts_it():
    """Somebody enables the account of somebody suspended; a plan with scope='drift' asks before it blocks again."""
    paused = evolve(ACTIVE, status=AppUserStatus.PAUSED)
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there()), remembered(paused), now=NOW)
    assert kinds(plan) == ([], ["re_enabled_suspended"])
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there()), remembered(paused), now=NOW, scope="drift")
    assert kinds(plan)[0] == ["block_sign_in", "revoke_sessions"]
    assert "1 suspended person's account that somebody enabled in Office 365 is blocked (Ann Lee)" in plan.hazards


def test_a_block_that_may_not_have_been_done_is_done_again():
    """An apply that ended early: an enabled account is blocked, and of a blocked one the sessions are ended."""
    unsure = evolve(ACTIVE, status=AppUserStatus.PAUSED, unfinished=True)
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there()), remembered(unsure), now=NOW)
    assert kinds(plan) == (["block_sign_in", "revoke_sessions"], ["suspended"])
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there(accountEnabled=False)), remembered(unsure), now=NOW)
    assert kinds(plan) == (["revoke_sessions"], ["suspended"])


def test_a_block_that_was_done_and_is_gone_was_undone_by_others():
    """Only the sessions of who left had not been ended yet; they are back, suspended, and somebody enabled them."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, unfinished=True, departure=Departure(NOW - DAY))
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there()), remembered(left), now=NOW)
    assert kinds(plan) == ([], ["re_enabled_suspended"])


def test_an_administrator_who_is_suspended_needs_a_confirmation():
    """Somebody with a privileged role can be the last one who can undo it."""
    user = there()
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(user, holding=((user, READER),)), remembered(ACTIVE), now=NOW)
    assert "1 person with a privileged role is suspended (Ann Lee)" in plan.hazards
    assert plan.changes[0].kind == "block_sign_in"


def test_many_suspensions_are_a_hazard():
    """A source that says so of everybody, by mistake, blocks nobody unasked."""
    users = [there(), *(account(f"p{number}@yourfederated.domain") for number in range(5))]
    known = [
        ACTIVE,
        *(
            evolve(ACTIVE, person_id=f"p{n}", object_id=each.id, username=each.username, anchor=None)
            for n, each in enumerate(users[1:])
        ),
    ]
    people = [evolve(SUSPENDED, person=evolve(SUSPENDED.person, id=each.person_id)) for each in known]
    plan = BLOCKS.plan(people, tenant(*users), remembered(*known), now=NOW)
    assert any(each.startswith("sign-in blocked: 6 of 6 linked accounts") for each in plan.hazards)


def test_an_account_that_is_not_the_one_remembered_is_not_blocked():
    """Somebody else has it by now."""
    other = there(onPremisesImmutableId="another", userPrincipalName=NAME)
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(other), remembered(ACTIVE), now=NOW)
    assert kinds(plan) == ([], ["memory_contradicts_account"])


@pytest.mark.parametrize("anchor", [ANN.id, "another"])
def test_an_account_that_another_app_has_linked_is_left_to_it(anchor):
    """Nothing is blocked from here, nor said of what it lacks or whose it is."""
    elsewhere = {ACTIVE.object_id: "Office 365 (Oslo)"}
    known = evolve(remembered(ACTIVE), linked_elsewhere=elsewhere)
    snapshot = tenant(there(onPremisesImmutableId=anchor, licenses=[]))
    plan = BLOCKS.plan([SUSPENDED, BO], snapshot, known, now=NOW)
    assert kinds(plan) == ([], ["account_of_another_app"])


@pytest.mark.parametrize("unfinished", [False, True])
def test_a_synced_account_is_blocked_in_active_directory(unfinished):
    """Graph can't block it, and a block that can't have been done is not finished either."""
    known = evolve(ACTIVE, status=AppUserStatus.PAUSED, unfinished=True) if unfinished else ACTIVE
    snapshot = tenant(there(onPremisesSyncEnabled=True), synced=True)
    assert kinds(BLOCKS.plan([SUSPENDED, BO], snapshot, remembered(known), now=NOW)) == ([], ["synced_suspended"])


@pytest.mark.parametrize("condition", [None, PersonCondition.of("user.title == 'x'")])
def test_an_excluded_account_is_not_blocked(condition):
    """Whoever has it is not suspended from here; a condition that Ann does not meet is not the reason."""
    lifecycle = Lifecycle(suspended="block", excluded_accounts=[ACTIVE.object_id], excluded_people=condition)
    plan = evolve(BLOCKS, lifecycle=lifecycle).plan([SUSPENDED, BO], tenant(there()), remembered(ACTIVE), now=NOW)
    assert kinds(plan) == ([], ["excluded"])
    assert NAME in plan.problems[0].message


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        (tenant(there(accountEnabled=False)), "suspended"),
        (tenant(there(onPremisesSyncEnabled=True), synced=True), "synced_suspended"),
        (tenant(), "gone_suspended"),
        (tenant(there()), "re_enabled_suspended"),
    ],
    ids=["blocked", "synced", "gone", "enabled"],
)
def test_what_is_said_of_somebody_suspended_is_a_warning(snapshot, said):
    """The plan does what the setting asks for; where somebody has to look at an account, it is named."""
    paused = evolve(ACTIVE, status=AppUserStatus.PAUSED)
    plan = BLOCKS.plan([SUSPENDED, BO], snapshot, remembered(paused), now=NOW)
    [problem] = [each for each in plan.problems if each.subject.person_id == ANN.id]
    assert (problem.code, problem.stops) == (said, False)
    assert (NAME in problem.message) == (said in ("synced_suspended", "re_enabled_suspended"))


def test_an_account_that_others_blocked_keeps_its_sessions():
    """Also where an apply of something else ended early while the person was active."""
    unsure = evolve(ACTIVE, unfinished=True)
    plan = BLOCKS.plan([SUSPENDED, BO], tenant(there(accountEnabled=False)), remembered(unsure), now=NOW)
    assert "revoke_sessions" not in kinds(plan)[0]


def test_nothing_is_said_of_licences_that_others_manage():
    """With User Attributes Only they are none of ours."""
    app = evolve(user_sync_app(user_attributes_only=True), lifecycle=BLOCKS.lifecycle)
    paused = evolve(ACTIVE, status=AppUserStatus.PAUSED)
    plan = app.plan([SUSPENDED, BO], tenant(there(accountEnabled=False, licenses=[])), remembered(paused), now=NOW)
    assert kinds(plan) == ([], ["suspended"])


def test_whoever_is_suspended_and_does_not_meet_the_condition_is_not_remembered_as_excluded():
    """The memory learns what the plan for Ann says, and nothing of a condition that she does not meet."""
    app = evolve(BLOCKS, lifecycle=evolve(BLOCKS.lifecycle, excluded_people=PersonCondition.of("user.title == 'x'")))
    paused = evolve(ACTIVE, status=AppUserStatus.PAUSED)
    plan = app.plan([SUSPENDED, BO], tenant(there(accountEnabled=False)), remembered(paused), now=NOW)
    assert kinds(plan) == ([], ["suspended"])


def test_the_setting_switched_off_again_leaves_the_account_blocked_until_the_person_is_active():
    """A suspension that is held keeps what is there; the block is still known to be ours."""
    paused, blocked = evolve(ACTIVE, status=AppUserStatus.PAUSED), tenant(there(accountEnabled=False))
    app = user_sync_app()
    for known in (paused, evolve(paused, unfinished=True)):
        assert kinds(app.plan([SUSPENDED, BO], blocked, remembered(known), now=NOW)) == ([], ["held_suspended"])
    plan = app.plan([assigned(ANN, "SPE_E3"), BO], blocked, remembered(paused), now=NOW)
    assert kinds(plan)[0] == ["link_user", "enable_sign_in"] or kinds(plan)[0] == ["update_user", "enable_sign_in"]
    assert not plan.hazards


def test_another_word_is_refused():
    """Only hold and block."""
    with pytest.raises(ConfigurationError, match="hold"):
        Lifecycle(suspended="delete")
