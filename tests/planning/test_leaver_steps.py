"""The steps of leaving, each with its day: sign-in, sessions and roles at once, then groups, licences, deletion."""

from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from hypothesis import given
from hypothesis import strategies as st
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import DIRECTORY_READERS, E3, F1, NOW, account, remembered, tenant, user_sync_app
from undone_days import Days, kinds

from o365prov import (
    Assignment,
    ConfigurationError,
    Departure,
    Deprovisioning,
    Grants,
    LeaverStep,
    LeaverSteps,
    LicenseGrant,
    UserSync,
)
from o365prov.people import AppUserStatus

STEPS = LeaverSteps(groups=2, licenses=3)
OPTION = Deprovisioning.block_remove_licenses_and_delete(grace_days=5, steps=STEPS)
HERE = Assignment(ANN, Grants([LicenseGrant("SPE_E3")], ["Directory Readers"]))
GRANTED = evolve(ACTIVE, roles=("Directory Readers",))


def there(**properties):
    """Ann's account."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "usageLocation": "US", "licenses": [E3.id]}
    return account(NAME, **{**body, **properties})


def with_role(*users):
    """A tenant in which Ann has the role that she was granted."""
    return tenant(*users, holding=((users[0], DIRECTORY_READERS),))


def days(option, number, people_of=lambda day: [BO], snapshot=None, known=GRANTED):
    """What each day's plan does to Ann, all applied, and what is there then."""
    app, memory = user_sync_app(deprovisioning=option), remembered(known)
    snapshot, story = snapshot or with_role(there()), []
    for day in range(number):
        plan = app.plan(people_of(day), snapshot, memory, now=NOW + day * DAY)
        story.append([change.kind for change in plan.for_person(ANN.id)])
        snapshot, memory = effects(plan, snapshot)
    return story, snapshot, memory


def test_each_step_is_done_on_its_day_and_the_day_after_nothing_is_left():
    """Sign-in, sessions and roles on the day itself, licences on the third, the account on the fifth."""
    story, snapshot, memory = days(OPTION, 8)
    assert story == [
        ["remove_role", "block_sign_in", "revoke_sessions"],
        [],
        [],
        ["remove_licenses"],
        [],
        ["delete_user"],
        [],
        [],
    ]
    assert memory.get(ANN.id).status is AppUserStatus.DELETED
    assert NAME not in {user.username for user in snapshot.users}


@pytest.mark.parametrize("back_on", [1, 2, 4])
def test_whoever_is_back_in_the_middle_gets_back_what_was_taken(back_on):
    """Sign-in and roles always, the licence if its day had come; when everybody leaves, the days begin anew."""
    story, snapshot, memory = days(
        OPTION, back_on + 8, lambda day: [BO] if day < back_on else [HERE, BO] if day == back_on else []
    )
    again = story[back_on]
    assert {"enable_sign_in", "grant_role"} <= set(again)
    assert ("assign_licenses" in again) is (back_on > 3)
    assert story[back_on + 1] == ["remove_role", "block_sign_in", "revoke_sessions"]
    assert [each for each in story[back_on + 2 :] if each] == [["remove_licenses"], ["delete_user"]]
    assert memory.get(ANN.id).status is AppUserStatus.DELETED
    assert not any(user.enabled for user in snapshot.users)


@given(
    licenses=st.none() | st.integers(0, 9),
    deletion=st.integers(1, 9),
    looks=st.lists(st.integers(1, 4), min_size=1, max_size=6),
)
def test_whenever_plans_are_made_no_step_is_early_and_none_is_forgotten(licenses, deletion, looks):
    """Each step is in the first plan on or after its day, and in no other."""
    if licenses is not None and licenses > deletion:
        licenses = deletion
    option = Deprovisioning.block_remove_licenses_and_delete(
        grace_days=deletion, steps=LeaverSteps(groups=min(2, deletion), licenses=licenses)
    )
    app, snapshot, memory = user_sync_app(deprovisioning=option), with_role(there()), remembered(GRANTED)
    done, day = {}, 0
    for wait in (0, *looks):
        day += wait
        plan = app.plan([BO], snapshot, memory, now=NOW + day * DAY)
        for change in plan.for_person(ANN.id):
            assert change.kind not in done
            done[change.kind] = day
        snapshot, memory = effects(plan, snapshot)
    seen = [0, *(sum(looks[: number + 1]) for number in range(len(looks)))]

    def first(due):
        return next((each for each in seen if each >= due), None)

    assert done["block_sign_in"] == done["revoke_sessions"] == done["remove_role"] == 0
    assert done.get("delete_user") == first(deletion)
    own = None if licenses is None else first(licenses)
    with_account = own is not None and own == first(deletion)
    assert done.get("remove_licenses") == (None if with_account else own)


def test_without_days_of_their_own_the_steps_are_those_of_oktas_options():
    """The default says nothing: the departures, their texts and the days are as without the setting."""
    assert Deprovisioning.block_sign_in(steps=LeaverSteps()) == Deprovisioning.block_sign_in()
    left = Departure(NOW, "delete", 5)
    assert (left.own_days, left.day(LeaverStep.GROUPS), left.day(LeaverStep.LICENSES)) == ({}, NOW, NOW + 5 * DAY)
    assert Departure(NOW).day(LeaverStep.LICENSES) is None


@pytest.mark.parametrize("step", LeaverStep)
def test_the_days_stand_in_the_order_of_the_steps(step):
    """What is listed later is never done before."""
    ordered = [OPTION.departure(NOW).day(each) for each in LeaverStep]
    assert ordered == sorted(ordered)
    assert OPTION.departure(NOW).has_come(step, ordered[list(LeaverStep).index(step)])


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Deprovisioning("delete", 5, steps=LeaverSteps(licenses=6)), r"steps\.licenses is 6 days, .* after 5"),
        (lambda: Deprovisioning("delete", None, steps=LeaverSteps(groups=1)), r"steps\.groups is 1 day, .* at once"),
        (lambda: Deprovisioning("remove_licenses", 5, steps=LeaverSteps(licenses=3)), "say it with grace_days"),
        (lambda: Deprovisioning("keep", steps=LeaverSteps(licenses=3)), "leave it out"),
        (lambda: LeaverSteps(groups=366), r"LeaverSteps\.groups .* from 0 to 365"),
        (lambda: UserSync(user_attributes_only=True, deprovisioning=OPTION), "user_attributes_only"),
    ],
)
def test_days_that_are_not_in_order_or_without_effect_are_refused(make, named):
    """Each says which field it is, and what to write instead."""
    with pytest.raises(ConfigurationError, match=named):
        make()


def test_a_change_of_the_days_asks_before_it_reaches_back():
    """Whoever left was told of other days; until it is confirmed, these hold."""
    told, app = evolve(OPTION, steps=LeaverSteps(groups=2, licenses=4)), user_sync_app(deprovisioning=OPTION)
    left = evolve(GRANTED, status=AppUserStatus.DEACTIVATED, roles=(), departure=told.departure(NOW - 3 * DAY))
    snapshot = tenant(there(accountEnabled=False))
    plan = app.plan([BO], snapshot, remembered(left), now=NOW)
    [remember] = plan.for_person(ANN.id)
    assert (remember.kind, remember.reaches_back, remember.departure.steps) == ("remember", True, STEPS)
    assert any("another option" in each for each in plan.hazards)
    assert "leave the groups on 2026-05-31, remove licences on 2026-06-01" in plan.to_text()
    confirmed = app.plan([BO], *effects(plan, snapshot), now=NOW)
    assert [each.kind for each in confirmed.for_person(ANN.id)] == ["remove_licenses"]
    quiet = user_sync_app(deprovisioning=evolve(OPTION, reaches_back=False))
    assert quiet.plan([BO], snapshot, remembered(left), now=NOW).for_person(ANN.id) == ()


def test_days_of_steps_that_were_done_are_not_asked_about():
    """Memberships that are gone do not come back for later days, and old leavers are left in peace."""
    old = Departure(NOW - 3 * DAY)
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=old)
    app = user_sync_app(deprovisioning=Deprovisioning.block_sign_in(steps=LeaverSteps(groups=9)))
    assert app.plan([BO], tenant(there(accountEnabled=False)), remembered(left), now=NOW).for_person(ANN.id) == ()


def test_the_plan_says_what_follows_on_which_day():
    """With the block, for whoever confirms it."""
    app = user_sync_app(deprovisioning=OPTION)
    assert (
        "block sign-in, then leave the groups on 2026-06-03, remove licences on 2026-06-04, "
        "delete the account on 2026-06-06"
    ) in app.plan([BO], with_role(there()), remembered(GRANTED), now=NOW).to_text()
    assert OPTION.label.endswith("(5 days); groups after 2 days, licenses after 3 days")


def test_the_calendar_has_each_step_with_its_day():
    """Of who leaves later and of who left; a step whose day is over stands at the day of the calendar."""
    app, leaves = user_sync_app(deprovisioning=OPTION), evolve(HERE, ends=NOW + DAY)
    calendar = app.calendar([leaves, BO], remembered(GRANTED), now=NOW)
    assert [((each.at - NOW).days, each.event.value) for each in calendar.entries] == [
        (1, "deactivated"),
        (3, "left_groups"),
        (4, "unlicensed"),
        (6, "deleted"),
    ]
    _, _, memory = days(OPTION, 1)
    later = app.calendar([BO], memory, now=NOW + 4 * DAY)
    assert [((each.at - NOW).days, each.event.value) for each in later.entries] == [(4, "unlicensed"), (5, "deleted")]


def test_what_stays_of_licences_is_said_on_their_day():
    """A licence of others, on an account that is deleted later."""
    _, snapshot, memory = days(OPTION, 1, snapshot=with_role(there(licenses=[E3.id, F1.id])))
    plan = user_sync_app(deprovisioning=OPTION).plan([BO], snapshot, memory, now=NOW + 3 * DAY)
    assert [each.code for each in plan.problems] == ["licenses_left"]


def test_the_licences_that_went_on_their_day_are_taken_back(tmp_path):
    """By the inverse of that day's report; the person has still left, and the account goes on its day."""
    days = Days(tmp_path / "corp.db", user_sync_app(deprovisioning=OPTION))
    days.run(evolve(HERE, grants=Grants(HERE.grants.licenses)), BO)
    reports = [days.run(BO) for _ in range(4)]
    undone = days.undo(reports[3])
    assert [kind for kind, _ in kinds(undone)] == ["assign_licenses"]
    assert days.remembered(ANN).licenses == ACTIVE.licenses
    assert "delete_user" in [each.kind for each in days.plan(BO)]


def test_days_beyond_all_calendars_never_come():
    """Nothing is taken by a number that is too large."""
    last = Departure(NOW.replace(year=9999), "delete", 365, steps=LeaverSteps(groups=365))
    assert last.day(LeaverStep.GROUPS) is None
    assert not last.has_come(LeaverStep.DELETION, NOW.replace(year=9999) + timedelta(days=1))
