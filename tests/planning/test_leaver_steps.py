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
    HeldLicense,
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
    left = evolve(OPTION, steps=evolve(STEPS, mailbox=2)).departure(NOW)
    ordered = [left.day(each) for each in LeaverStep]
    assert ordered == sorted(ordered)
    assert left.has_come(step, left.day(step))
    assert not left.has_come(step, left.day(step) - timedelta(seconds=1))


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


def test_days_of_groups_that_have_not_come_are_asked_about():
    """Whoever left yesterday still has the memberships, which would go a day earlier."""
    told = evolve(OPTION, steps=evolve(STEPS, groups=3)).departure(NOW - DAY)
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=told)
    app = user_sync_app(deprovisioning=OPTION)
    [remember] = app.plan([BO], tenant(there(accountEnabled=False)), remembered(left), now=NOW).for_person(ANN.id)
    assert (remember.reaches_back, remember.departure.steps) == (True, STEPS)


@pytest.mark.parametrize(
    ("option", "steps"),
    [
        (evolve(OPTION, steps=evolve(STEPS, licenses=5)), None),
        (Deprovisioning.block_and_remove_licenses(grace_days=9), LeaverSteps(groups=2)),
    ],
    ids=["later licences", "another option"],
)
def test_licences_that_went_on_their_day_do_not_come_back_for_a_later_one(option, steps):
    """The next step is the deletion, which both options have on the same day; without one the option is offered."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, licenses=(), departure=OPTION.departure(NOW - 4 * DAY))
    app, snapshot = user_sync_app(deprovisioning=option), tenant(there(accountEnabled=False, licenses=[]))
    offered = app.plan([BO], snapshot, remembered(left), now=NOW).for_person(ANN.id)
    assert [each.departure.steps for each in offered] == ([] if steps is None else [steps])


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


def test_nothing_is_said_to_stay_with_an_account_that_is_deleted():
    """A licence of others goes with it."""
    _, snapshot, memory = days(OPTION, 5, snapshot=with_role(there(licenses=[E3.id, F1.id])))
    plan = user_sync_app(deprovisioning=OPTION).plan([BO], snapshot, memory, now=NOW + 5 * DAY)
    assert [each.kind for each in plan.for_person(ANN.id)] == ["delete_user"]
    assert plan.problems == ()


def test_the_licences_that_went_on_their_day_are_taken_back(tmp_path):
    """By the inverse of that day's report; the person has still left, and the account goes on its day."""
    days = Days(tmp_path / "corp.db", user_sync_app(deprovisioning=OPTION))
    days.run(evolve(HERE, grants=Grants(HERE.grants.licenses)), BO)
    reports = [days.run(BO) for _ in range(4)]
    undone = days.undo(reports[3])
    assert [kind for kind, _ in kinds(undone)] == ["assign_licenses"]
    assert days.remembered(ANN).licenses == ACTIVE.licenses
    assert "delete_user" in [each.kind for each in days.plan(BO)]


def test_licences_stay_where_others_manage_them_by_now():
    """User Attributes Only was switched on after somebody left, who was told that the licences go."""
    _, snapshot, memory = days(OPTION, 1)
    app = user_sync_app(user_attributes_only=True, deprovisioning=Deprovisioning.block_sign_in(reaches_back=False))
    assert app.plan([BO], snapshot, memory, now=NOW + 3 * DAY).for_person(ANN.id) == ()


def test_who_comes_back_and_leaves_again_has_all_days_from_then_on():
    """Enabling failed in between, so that the days of the first time are still remembered; they are over."""
    returning = evolve(ACTIVE, departure=OPTION.departure(NOW - 40 * DAY))
    app = user_sync_app(deprovisioning=OPTION)
    plan = app.plan([BO], tenant(there(accountEnabled=False)), remembered(returning), now=NOW)
    [again] = plan.for_person(ANN.id)
    assert (again.kind, again.departure.at) == ("remember", NOW)


def test_days_beyond_all_calendars_never_come():
    """Nothing is taken by a number that is too large."""
    last = Departure(NOW.replace(year=9999), "delete", 365, steps=LeaverSteps(groups=365))
    assert last.day(LeaverStep.GROUPS) is None
    assert not last.has_come(LeaverStep.DELETION, NOW.replace(year=9999) + timedelta(days=1))


# --- the mailbox, before the licence goes

HANDING_OVER = Deprovisioning.block_remove_licenses_and_delete(grace_days=5, steps=LeaverSteps(mailbox=1, licenses=3))
MAIL = evolve(E3, plans={**E3.plans, "EXCHANGE_S_ENTERPRISE": "exchange-e3"})
MAIL_F1 = evolve(F1, plans={**F1.plans, "EXCHANGE_S_DESKLESS": "exchange-f1"})
BOTH = (LicenseGrant("SPE_E3"), LicenseGrant("SPE_F1"))


def mailed(*licenses, skus=(MAIL, F1)):
    """A tenant in which Ann holds these licences; that of E3 gives a mailbox."""
    return tenant(there(licenses=licenses or [MAIL.id]), skus=skus)


def handing_over(number, snapshot, done_on=None, option=HANDING_OVER, known=ACTIVE, **settings):
    """What each day's plan does and says of the mailbox, which is handed over on a day."""
    app, memory = evolve(user_sync_app(deprovisioning=option), **settings), remembered(known)
    story = []
    for day in range(number):
        done = [ACTIVE.object_id] if day == done_on else []
        plan = app.plan([BO], snapshot, memory, now=NOW + day * DAY, mailboxes_done=done)
        said = [each.message for each in plan.problems if each.code == "mailbox_waits"]
        story.append(([change.kind for change in plan.for_person(ANN.id)], said))
        snapshot, memory = effects(plan, snapshot)
    return story, snapshot, memory


def test_the_licence_with_the_mailbox_waits_until_somebody_says_that_it_was_handed_over():
    """From the day of the mailbox on each plan says so, and what stays; then licence and account go on their days."""
    story, _, memory = handing_over(8, mailed(), done_on=6)
    left = "left on 2026-06-01, and the mailbox is to be handed over"
    assert story == [
        (["block_sign_in", "revoke_sessions"], []),
        ([], [left]),
        ([], [left]),
        ([], [f"{left}: until then SPE_E3 stays"]),
        ([], [f"{left}: until then SPE_E3 stays"]),
        ([], [f"{left}: until then the account stays"]),
        (["delete_user"], []),
        ([], []),
    ]
    assert memory.get(ANN.id).status is AppUserStatus.DELETED


def test_a_mailbox_that_is_handed_over_in_time_makes_nothing_wait():
    """The memory keeps it, whichever process plans later, and also where no plan says it again."""
    story, _, memory = handing_over(7, mailed(), done_on=1)
    assert [kinds for kinds, _ in story] == [
        ["block_sign_in", "revoke_sessions"],
        ["remember"],
        [],
        ["remove_licenses"],
        [],
        ["delete_user"],
        [],
    ]
    assert not any(said for _, said in story)
    assert memory.get(ANN.id).departure.mailbox_done


def test_a_mailbox_that_waits_is_a_warning():
    """The plan does what is due, and nobody is said to be stopped."""
    _, snapshot, memory = handing_over(1, mailed())
    plan = user_sync_app(deprovisioning=HANDING_OVER).plan([BO], snapshot, memory, now=NOW + DAY)
    assert [(each.code, each.stops) for each in plan.problems] == [("mailbox_waits", False)]


def test_a_hand_over_that_is_said_again_is_nothing_new():
    """A script that names the same export every day leaves nothing to remember."""
    _, snapshot, memory = handing_over(2, mailed(), done_on=1)
    app = user_sync_app(deprovisioning=HANDING_OVER)
    plan = app.plan([BO], snapshot, memory, now=NOW + 2 * DAY, mailboxes_done=[ACTIVE.object_id])
    assert plan.for_person(ANN.id) == ()


def test_licences_without_a_mailbox_go_on_their_day():
    """What still is ours is remembered, and goes once the mailbox is handed over."""
    story, snapshot, memory = handing_over(4, mailed(MAIL.id, F1.id), known=evolve(ACTIVE, licenses=BOTH))
    assert story[3] == (["remove_licenses"], [story[3][1][0]])
    assert [each.sku_id for each in snapshot.by_id[ACTIVE.object_id].licenses] == [MAIL.id]
    assert memory.get(ANN.id).licenses == ACTIVE.licenses
    app = user_sync_app(deprovisioning=HANDING_OVER)
    plan = app.plan([BO], snapshot, memory, now=NOW + 4 * DAY, mailboxes_done=[ACTIVE.object_id])
    assert [each.kind for each in plan.for_person(ANN.id)] == ["remember", "remove_licenses"]
    assert effects(plan, snapshot)[1].get(ANN.id).licenses == ()


@pytest.mark.parametrize(
    ("held", "known"),
    [
        ([MAIL.id, MAIL_F1.id], ACTIVE.licenses),
        ([MAIL.id, HeldLicense(MAIL_F1.id, inherited_from="group")], ACTIVE.licenses),
    ],
)
def test_a_licence_goes_where_another_one_that_stays_gives_the_mailbox(held, known):
    """It is somebody else's, or a group's; the account still waits, for it would take the mailbox along."""
    story, *_ = handing_over(6, mailed(*held, skus=(MAIL, MAIL_F1)), known=evolve(ACTIVE, licenses=known))
    assert story[3][0] == ["remove_licenses"]
    assert story[5] == ([], ["left on 2026-06-01, and the mailbox is to be handed over: until then the account stays"])


def test_an_account_without_a_licensed_mailbox_waits_for_nothing():
    """There is none, or it is a shared one already."""
    story, *_ = handing_over(6, mailed(F1.id), known=evolve(ACTIVE, licenses=BOTH[1:]))
    assert [kinds for kinds, _ in story if kinds] == [
        ["block_sign_in", "revoke_sessions"],
        ["remove_licenses"],
        ["delete_user"],
    ]
    assert not any(said for _, said in story)


def test_a_service_plan_that_is_switched_off_gives_no_mailbox():
    """The licence holds Exchange, and not for this person."""
    off = HeldLicense(MAIL.id, frozenset({"exchange-e3"}))
    story, *_ = handing_over(4, mailed(off))
    assert story[3] == (["remove_licenses"], [])


def test_licences_of_others_wait_as_well_where_they_are_taken_over():
    """All direct ones go with a leaver, but not before the mailbox."""
    story, *_ = handing_over(4, mailed(), known=evolve(ACTIVE, licenses=()), take_over_licenses=True)
    assert story[3] == ([], ["left on 2026-06-01, and the mailbox is to be handed over: until then SPE_E3 stays"])


def test_an_account_that_is_deleted_at_once_is_blocked_first():
    """Where the mailbox is wanted, the deletion waits for it."""
    option = Deprovisioning.block_remove_licenses_and_delete(steps=LeaverSteps(mailbox=0))
    story, *_ = handing_over(3, mailed(), done_on=1, option=option)
    assert [kinds for kinds, _ in story] == [["block_sign_in", "revoke_sessions"], ["delete_user"], []]
    assert "until then the account stays" in story[0][1][0]


def test_an_account_that_somebody_deleted_waits_for_no_mailbox():
    """It is remembered as deleted, also on the day until which the mailbox would have kept it."""
    _, _, memory = handing_over(1, mailed())
    plan = user_sync_app(deprovisioning=HANDING_OVER).plan([BO], tenant(), memory, now=NOW + 5 * DAY)
    assert [(each.kind, each.status) for each in plan.for_person(ANN.id)] == [("remember", AppUserStatus.DELETED)]


def test_what_was_said_before_somebody_left_does_not_count():
    """An old export may name the account of somebody who was back in between."""
    story, *_ = handing_over(4, mailed(), done_on=0)
    assert story[3][0] == []


def test_whoever_is_back_before_the_mailbox_was_handed_over_keeps_the_licence():
    """And when they leave again, the mailbox is to be handed over anew."""
    _, snapshot, memory = handing_over(4, mailed(), done_on=1)
    app = user_sync_app(deprovisioning=HANDING_OVER)
    back = app.plan([HERE, BO], snapshot, memory, now=NOW + 4 * DAY)
    assert {"enable_sign_in", "assign_licenses"} <= {each.kind for each in back.for_person(ANN.id)}
    snapshot, memory = effects(back, snapshot)
    leaving = app.plan([BO], snapshot, memory, now=NOW + 5 * DAY)
    assert not effects(leaving, snapshot)[1].get(ANN.id).departure.mailbox_done


def test_the_calendar_says_what_waits_for_the_mailbox():
    """It lists the hand-over, which is a step for an Exchange administrator, as long as it is not done."""
    app = user_sync_app(deprovisioning=HANDING_OVER)
    _, _, memory = handing_over(1, mailed())
    told = [(each.event.value, each.why) for each in app.calendar([BO], memory, now=NOW).entries]
    assert told == [
        ("handed_over", "left on 2026-06-01"),
        ("unlicensed", "left on 2026-06-01, once the mailbox is handed over"),
        ("deleted", "left on 2026-06-01, once the mailbox is handed over"),
    ]
    _, _, memory = handing_over(2, mailed(), done_on=1)
    assert [each.event.value for each in app.calendar([BO], memory, now=NOW).entries] == ["unlicensed", "deleted"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Deprovisioning("delete", 5, steps=LeaverSteps(mailbox=4, licenses=3)),
        lambda: Deprovisioning("delete", 5, steps=LeaverSteps(mailbox=6)),
        lambda: Deprovisioning("remove_licenses", None, steps=LeaverSteps(mailbox=1)),
    ],
)
def test_the_mailbox_comes_before_the_licences(make):
    """Anything else is refused, whichever of the two days is wrong."""
    with pytest.raises(ConfigurationError, match=r"steps\.mailbox is . days?, and licences go"):
        make()


@given(mailbox=st.integers(0, 5), licenses=st.integers(0, 5), deletion=st.integers(5, 7), done_on=st.integers(1, 9))
def test_no_licence_and_no_account_goes_before_the_mailbox(mailbox, licenses, deletion, done_on):
    """Whatever the days are, and nothing stays for ever once it was handed over."""
    steps = LeaverSteps(mailbox=min(mailbox, licenses), licenses=licenses)
    option = Deprovisioning.block_remove_licenses_and_delete(grace_days=deletion, steps=steps)
    story, *_ = handing_over(12, mailed(), done_on=done_on, option=option)
    kinds = [each for each, _ in story]
    gone = [day for day, each in enumerate(kinds) if "delete_user" in each]
    assert gone == [max(deletion, done_on)]
    unlicensed = [day for day, each in enumerate(kinds) if "remove_licenses" in each]
    own = max(licenses, done_on)
    assert unlicensed == ([own] if own < gone[0] else [])


def test_what_was_said_of_a_mailbox_is_taken_back(tmp_path):
    """The inverse of that run's report says that it was not handed over, so that the licence waits again."""
    days = Days(tmp_path / "corp.db", user_sync_app(deprovisioning=HANDING_OVER))
    days.run(evolve(HERE, grants=Grants(HERE.grants.licenses)), BO)
    days.run(BO)
    object_id = days.remembered(ANN).object_id

    def work(tenant, snapshot, known):
        plan = days.app.plan([BO], snapshot, known, now=days.clock.now(), mailboxes_done=[object_id])
        return tenant.apply(plan, confirm=plan.fingerprint)

    report = days.day(work)
    assert days.remembered(ANN).departure.mailbox_done
    assert kinds(days.undo(report)) == [("remember", "Ann Lee")]
    assert not days.remembered(ANN).departure.mailbox_done
