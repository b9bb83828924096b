"""People and accounts that are excluded: never touched, and out of scope is not left."""

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import E3, NOW, account, assigned, plan_in_full, remembered, somebody, tenant, user_sync_app

from o365prov import AppUsers, ConfigurationError, Deprovisioning, Lifecycle, Missing, PersonCondition
from o365prov.people import AppUserStatus
from o365prov.state import SQLiteState

CONDITION = 'user.userType == "Service"'
SERVICE = assigned(evolve(ANN, profile={**ANN.profile, "userType": "Service"}), "SPE_E3")
CHANGED = evolve(SERVICE, person=evolve(SERVICE.person, profile={**SERVICE.person.profile, "title": "Robot"}))
KEPT_OUT = evolve(ACTIVE, excluded_by=CONDITION)


def app_with(lifecycle, **settings):
    """An app with User Sync and these settings."""
    return evolve(user_sync_app(**settings), lifecycle=lifecycle)


BY_CONDITION = app_with(Lifecycle(excluded_people=PersonCondition.of(CONDITION)))
BY_ACCOUNT = app_with(Lifecycle(excluded_accounts=[ACTIVE.object_id.upper()]))


def there(**properties):
    """Ann's account."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "usageLocation": "US", "licenses": [E3.id]}
    return account(NAME, **{**body, **properties})


def about_ann(plan):
    """What the plan does for Ann, and what it says of her."""
    said = [each.code for each in plan.problems if each.subject.person_id == ANN.id]
    return [each.kind for each in plan.for_person(ANN.id)], said


@pytest.mark.parametrize("people", [[CHANGED, BO], [BO]], ids=["assigned and changed", "left"])
def test_an_excluded_account_is_never_touched_and_always_said(people):
    """Whatever the source says of its person; the ids of Graph are the same in either case."""
    plan = BY_ACCOUNT.plan(people, tenant(there()), remembered(ACTIVE), now=NOW)
    assert about_ann(plan) == ([], ["excluded"])
    assert not any("left" in each for each in plan.hazards)


def test_an_excluded_account_is_said_of_those_who_did_not_change_too():
    """A plan that skips who is as before says what the plan for everybody says."""
    app, snapshot = user_sync_app(), tenant(there())
    _, known = effects(app.plan([SERVICE], snapshot, remembered(ACTIVE), now=NOW), snapshot)
    plan = BY_ACCOUNT.plan([SERVICE], snapshot, known, now=NOW + DAY)
    assert plan == plan_in_full(BY_ACCOUNT, [SERVICE], snapshot, known, now=NOW + DAY)
    assert about_ann(plan) == ([], ["excluded"])


def test_an_excluded_account_is_not_linked_by_its_name_or_anchor():
    """Somebody new is stopped, and gets no second account."""
    plan = BY_ACCOUNT.plan([SERVICE, BO], tenant(there()), remembered(), now=NOW)
    assert about_ann(plan) == ([], ["excluded"])
    handed = BY_ACCOUNT.plan(
        [assigned(somebody("Cy Young"))],
        tenant(there()),
        remembered(),
        now=NOW,
        transfers={"00uCyYoung": ACTIVE.object_id},
    )
    assert [each.code for each in handed.problems] == ["excluded"]
    assert not handed.changes


def test_an_excluded_account_that_is_gone_is_not_created_again():
    """Somebody deleted it by hand; that is not for us to repair."""
    assert about_ann(BY_ACCOUNT.plan([SERVICE, BO], tenant(), remembered(ACTIVE), now=NOW)) == ([], ["excluded"])


def test_a_deletion_that_is_due_does_not_happen_to_an_excluded_account():
    """An administrator takes the account out the day before."""
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=3)
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=option.departure(NOW - 9 * DAY))
    snapshot = tenant(there(accountEnabled=False))
    assert about_ann(user_sync_app().plan([BO], snapshot, remembered(left), now=NOW))[0] == ["delete_user"]
    assert about_ann(BY_ACCOUNT.plan([BO], snapshot, remembered(left), now=NOW)) == ([], ["excluded"])


def test_out_of_scope_is_not_left():
    """Who meets the condition is neither changed nor blocked; the memory knows by which condition."""
    plan = BY_CONDITION.plan([CHANGED, BO], tenant(there()), remembered(ACTIVE), now=NOW)
    assert about_ann(plan) == (["remember"], ["excluded"])
    assert CONDITION in str(plan.problems[0])
    after, known = effects(plan, tenant(there()))
    assert known.get(ANN.id) == KEPT_OUT
    assert after.by_id[ACTIVE.object_id] == tenant(there()).by_id[ACTIVE.object_id]
    assert about_ann(BY_CONDITION.plan([CHANGED, BO], after, known, now=NOW + DAY)) == ([], ["excluded"])


@pytest.mark.parametrize(
    ("before", "changed", "reason"),
    [
        (ACTIVE, CONDITION, "excluded by a condition"),
        (evolve(KEPT_OUT, excluded_by="user.title == 'x'"), CONDITION, "excluded by a condition"),
        (evolve(KEPT_OUT, missing=Missing.first(NOW - DAY)), None, "at the source again"),
    ],
    ids=["excluded now", "by another condition", "back"],
)
def test_the_memory_learns_what_is_new_of_an_excluded_person(before, changed, reason):
    """The condition where it is another one, and that they are at the source again."""
    [remember] = BY_CONDITION.plan([CHANGED, BO], tenant(there()), remembered(before), now=NOW).for_person(ANN.id)
    assert (remember.excluded_by, remember.reason, remember.seen) == (changed, reason, changed is None)


def test_who_was_excluded_when_last_seen_stays_so_without_an_assignment():
    """Nobody is there to ask about any more, and the account is still never touched: every day, and for everybody."""
    for people in ([BO], []):
        plan = BY_CONDITION.plan(people, tenant(there()), remembered(KEPT_OUT), now=NOW)
        assert about_ann(plan) == ([], ["excluded"])
        assert not plan.hazards


@pytest.mark.parametrize(
    ("users", "name"),
    [([there()], "Ann Lee"), ([there(displayName=None)], NAME), ([], NAME)],
    ids=["named", "", "gone"],
)
def test_who_is_excluded_without_an_assignment_is_called_as_the_account_is(users, name):
    """The memory has no name, so that the username stands for it where the account has none."""
    plan = BY_CONDITION.plan([BO], tenant(*users), remembered(KEPT_OUT), now=NOW)
    assert [each.subject.name for each in plan.problems] == [name]


def test_of_an_excluded_person_whose_account_was_deleted_nothing_is_said():
    """There is nothing left that could be touched."""
    gone = evolve(KEPT_OUT, status=AppUserStatus.DELETED)
    assert about_ann(BY_CONDITION.plan([BO], tenant(), remembered(gone), now=NOW)) == ([], [])


def test_somebody_deactivated_who_is_excluded_is_no_leaver():
    """The condition comes before the status."""
    gone = evolve(SERVICE, person=evolve(SERVICE.person, status="DEPROVISIONED"))
    plan = BY_CONDITION.plan([gone, BO], tenant(there()), remembered(KEPT_OUT), now=NOW)
    assert about_ann(plan) == ([], ["excluded"])


def test_who_is_excluded_no_longer_is_provisioned_as_everybody():
    """The day after the attribute changed the account is compared, and the memory forgets the condition."""
    here, snapshot = assigned(ANN, "SPE_E3"), tenant(there())
    plan = BY_CONDITION.plan([here, BO], snapshot, remembered(KEPT_OUT), now=NOW)
    assert about_ann(plan)[1] == []
    after, known = effects(plan, snapshot)
    assert known.get(ANN.id).excluded_by == ""
    assert about_ann(BY_CONDITION.plan([here, BO], after, known, now=NOW + DAY)) == ([], [])


@pytest.mark.parametrize("condition", [None, 'user.userType == "Robot"'])
def test_another_condition_asks_before_it_makes_leavers_of_who_was_excluded(condition):
    """They were never told of an option, so the plan must be confirmed; then they leave as everybody.

    The condition that they met stays remembered: where it comes back they are excluded again, and nothing more is done.
    """
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=1)
    app = app_with(Lifecycle(excluded_people=condition and PersonCondition.of(condition)), deprovisioning=option)
    plan = app.plan([BO], tenant(there()), remembered(KEPT_OUT), now=NOW)
    assert about_ann(plan)[0] == ["block_sign_in", "revoke_sessions"]
    assert "1 leaver gets another option than the one in force when they left (Ann Lee)" in plan.hazards
    assert "and excluded no longer" in plan.to_text()
    after, known = effects(plan, tenant(there()))
    assert (known.get(ANN.id).status, known.get(ANN.id).excluded_by) == (AppUserStatus.DEACTIVATED, CONDITION)
    due = app.plan([BO], after, known, now=NOW + DAY)
    assert (about_ann(due)[0], due.hazards) == (["delete_user"], ())
    assert about_ann(BY_CONDITION.plan([BO], after, known, now=NOW + DAY)) == ([], ["excluded"])


def test_an_option_that_does_not_reach_back_leaves_who_was_excluded_as_they_are():
    """It is remembered that they left, and nothing is asked."""
    option = Deprovisioning.block_sign_in(reaches_back=False)
    app = app_with(Lifecycle(), deprovisioning=option)
    plan = app.plan([BO], tenant(there()), remembered(KEPT_OUT), now=NOW)
    assert about_ann(plan)[0] == ["remember"]
    assert plan.for_person(ANN.id)[0].reason.endswith("and was excluded until now")
    _, known = effects(plan, tenant(there()))
    assert known.get(ANN.id).status is AppUserStatus.KEPT
    assert about_ann(app.plan([BO], tenant(there()), known, now=NOW + DAY)) == ([], [])


@pytest.mark.parametrize("known", [ACTIVE, KEPT_OUT], ids=["was here", "was excluded"])
def test_where_nobody_can_say_whether_somebody_is_excluded_nothing_is_changed(known):
    """The attribute has a value that can't be compared; the memory keeps what it has."""
    app = app_with(Lifecycle(excluded_people=PersonCondition.of("user.isService")))
    odd = evolve(SERVICE, person=evolve(ANN, profile={**ANN.profile, "isService": "perhaps"}))
    plan = app.plan([odd, BO], tenant(there()), remembered(known), now=NOW)
    assert about_ann(plan) == ([], ["exclusion_failed"])


def test_the_condition_is_in_the_memory_of_the_next_process(tmp_path):
    """A state in a file gives it back."""
    known = remembered(KEPT_OUT)
    with SQLiteState(tmp_path / "corp.db") as state:
        state.import_app_users(known)
    with SQLiteState(tmp_path / "corp.db") as state:
        found = state.app_users(known.tenant_id, known.app_name)
    assert found.get(ANN.id) == KEPT_OUT
    assert AppUsers.from_json(known.to_json()) == known


@pytest.mark.parametrize("condition", ['String.append("a", "b")', 'user.userType = "x"', 'source.x == "y"'])
def test_a_condition_that_is_none_is_refused(condition):
    """It has to be what a rule of a group takes, and give true or false."""
    with pytest.raises(ConfigurationError, match=r"PersonCondition\.expression"):
        PersonCondition.of(condition)


def test_a_preview_says_who_is_excluded():
    """So that nobody waits for an account that never comes."""
    preview = BY_CONDITION.preview(SERVICE, snapshot=tenant(there()), app_users=remembered(ACTIVE))
    assert "excluded" in preview.account.message
