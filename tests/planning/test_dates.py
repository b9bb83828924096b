"""Assignments that start and end on a day, people who start soon, and the calendar."""

from datetime import datetime, timedelta

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import DIRECTORY_READERS, E3, NOW, account, assigned, plan_in_full, remembered, tenant, user_sync_app

from o365prov import Assignment, Calendar, ConfigurationError, Departure, Deprovisioning, Lifecycle, Missing, UserSync
from o365prov.people import AppUserStatus, Grants, LicenseGrant
from o365prov.planning import CalendarEntry, CalendarEvent, Subject

HERE = assigned(ANN, "SPE_E3")
STAGED = evolve(HERE, person=evolve(ANN, status="STAGED"))
EARLY = evolve(user_sync_app(), lifecycle=Lifecycle(create_days_before=3))
DELETES = Deprovisioning.block_remove_licenses_and_delete(grace_days=3)


def there(**properties):
    """Ann's account."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "usageLocation": "US", "licenses": [E3.id]}
    return account(NAME, **{**body, **properties})


def about_ann(plan):
    """What the plan does for Ann, and what it says of her."""
    said = [each.code for each in plan.problems if each.subject.person_id == ANN.id]
    return [each.kind for each in plan.for_person(ANN.id)], said


def days(app, people_of, number, snapshot=None, known=()):
    """What each day's plan does and says, all applied, and whether skipping who is unchanged makes a difference."""
    snapshot, memory, story = snapshot or tenant(), remembered(*known), []
    for day in range(number):
        now = NOW + day * DAY
        plan = app.plan(people_of(day), snapshot, memory, now=now)
        assert plan.changes == plan_in_full(app, people_of(day), snapshot, memory, now=now).changes
        story.append(about_ann(plan))
        snapshot, memory = effects(plan, snapshot)
    return story, snapshot, memory


def test_an_assignment_starts_and_ends_by_time_alone():
    """Nothing else changes at the source, and every day's plan does what is due; then everybody leaves."""
    app = evolve(user_sync_app(deprovisioning=DELETES))
    dated = evolve(HERE, starts=NOW + 2 * DAY, ends=NOW + 4 * DAY)
    story, snapshot, memory = days(app, lambda day: [dated, BO] if day < 6 else [], 9)
    assert [kinds for kinds, _ in story] == [
        [],
        [],
        ["create_user", "assign_licenses"],
        [],
        ["block_sign_in", "revoke_sessions"],
        [],
        [],
        ["delete_user"],
        [],
    ]
    assert story[0][1] == ["starts_later"]
    assert memory.get(ANN.id).status is AppUserStatus.DELETED
    assert not any(user.enabled or user.username == NAME for user in snapshot.users)


def test_the_plan_says_that_the_assignment_ended():
    """Whoever reads it needs not look for who took it away."""
    plan = user_sync_app().plan([evolve(HERE, ends=NOW), BO], tenant(there()), remembered(ACTIVE), now=NOW)
    assert plan.for_person(ANN.id)[0].reason == "the assignment ended on 2026-06-01"


def test_who_is_assigned_anew_after_the_end_is_back():
    """The end was put off, a day too late: sign-in is enabled, and nothing was lost."""
    put_off = [evolve(HERE, ends=NOW + DAY), evolve(HERE, ends=NOW + 9 * DAY)]
    story, snapshot, _ = days(user_sync_app(), lambda day: [put_off[day > 1], BO], 4, tenant(there()), [ACTIVE])
    assert story[1][0] == ["block_sign_in", "revoke_sessions"]
    assert story[2][0] == ["link_user", "enable_sign_in"]
    assert snapshot.by_id[ACTIVE.object_id].enabled


def test_many_ends_on_one_day_are_a_hazard():
    """A wrong year in the export must be confirmed like any other wave of leavers."""
    users = [account(f"p{number}@yourfederated.domain") for number in range(6)]
    known = [
        evolve(ACTIVE, person_id=f"p{number}", object_id=user.id, username=user.username, anchor=None)
        for number, user in enumerate(users)
    ]
    people = [evolve(HERE, person=evolve(ANN, id=each.person_id), ends=NOW) for each in known]
    plan = user_sync_app().plan([*people, BO], tenant(*users), remembered(*known), now=NOW)
    assert any(each.startswith("sign-in blocked: 6 of 6 linked accounts") for each in plan.hazards)


def test_an_assignment_ends_after_it_starts_and_both_days_have_a_time_zone():
    """Anything else is a mistake at the source."""
    with pytest.raises(ConfigurationError, match=r"Assignment\.ends"):
        Assignment(ANN, starts=NOW, ends=NOW)
    with pytest.raises(ConfigurationError, match="ends"):
        Assignment(ANN, ends=datetime(2026, 1, 1))  # noqa: DTZ001 - on purpose


def test_who_starts_soon_has_an_account_that_cant_be_signed_in_to_until_the_day():
    """Created three days before, without a licence; enabled and licensed on the day; then everybody leaves."""
    dated = evolve(HERE, starts=NOW + 4 * DAY)
    story, snapshot, memory = days(EARLY, lambda day: [dated, BO] if day < 6 else [], 8)
    assert [kinds for kinds, _ in story] == [
        [],
        ["create_user"],
        [],
        [],
        ["link_user", "enable_sign_in", "assign_licenses"],
        [],
        ["block_sign_in", "revoke_sessions"],
        [],
    ]
    assert [said for _, said in story[:5]] == [["starts_later"], [], ["starts_later"], ["starts_later"], []]
    assert memory.get(ANN.id).status is AppUserStatus.DEACTIVATED
    assert not any(user.enabled for user in snapshot.users)


def test_the_account_of_somebody_staged_is_created_without_sign_in():
    """STAGED in Okta: no date says when, the status does."""
    app = evolve(user_sync_app(), lifecycle=Lifecycle(create_staged=True))
    story, snapshot, _ = days(app, lambda day: [STAGED if day < 2 else HERE, BO], 4)
    assert [kinds for kinds, _ in story] == [
        ["create_user"],
        [],
        ["link_user", "enable_sign_in", "assign_licenses"],
        [],
    ]
    [ann] = [user for user in snapshot.users if user.username == NAME]
    assert ann.enabled
    assert about_ann(user_sync_app().plan([STAGED, BO], tenant(), remembered(), now=NOW)) == ([], ["held_staged"])


def test_the_account_that_waits_says_so():
    """In the plan, in the body of the request, and in the memory."""
    app = evolve(user_sync_app(), lifecycle=Lifecycle(create_staged=True))
    plan = app.plan([STAGED, BO], tenant(), remembered(), now=NOW)
    [create] = plan.for_person(ANN.id)
    assert (create.disabled, create.properties["accountEnabled"]) == (True, False)
    assert f"create {NAME} without sign-in" in plan.to_text()
    assert effects(plan, tenant())[1].get(ANN.id).status is AppUserStatus.PAUSED


def test_who_never_starts_leaves_like_everybody():
    """The account that was created for them is not forgotten."""
    app = evolve(EARLY.with_provisioning(UserSync(deprovisioning=DELETES)).remap(), lifecycle=EARLY.lifecycle)
    dated = evolve(HERE, starts=NOW + 2 * DAY)
    story, snapshot, _ = days(app, lambda day: [dated, BO] if day == 0 else [BO], 5)
    assert [kinds for kinds, _ in story] == [["create_user"], ["remember"], [], [], ["delete_user"]]
    assert not any(user.username == NAME for user in snapshot.users)


def test_an_account_that_somebody_enabled_before_the_day_is_said():
    """It is not blocked: who has started may sign in all the same."""
    paused = evolve(ACTIVE, status=AppUserStatus.PAUSED, licenses=())
    plan = EARLY.plan([evolve(HERE, starts=NOW + DAY), BO], tenant(there()), remembered(paused), now=NOW)
    assert about_ann(plan) == ([], ["enabled_early"])
    assert NAME in plan.problems[0].message
    assert not plan.problems[0].stops


def test_an_account_that_is_there_is_not_touched_before_the_day():
    """Nobody's account of that name is linked before its person starts."""
    plan = EARLY.plan([evolve(HERE, starts=NOW + DAY), BO], tenant(there()), remembered(), now=NOW)
    assert about_ann(plan) == ([], ["starts_later"])


def test_the_streaming_planner_knows_the_days():
    """Who starts, ends and is prepared by time alone is not skipped."""
    people = [evolve(HERE, starts=NOW + DAY), evolve(BO, ends=NOW)]
    bo = evolve(ACTIVE, person_id=BO.person.id, object_id=account("bo.ross@yourfederated.domain").id, anchor=None)
    bo = evolve(bo, username="bo.ross@yourfederated.domain")
    planner = EARLY.streaming_planner(lambda: people, remembered(bo), now=NOW)
    snapshot = tenant(*(each for each in [account(bo.username)] if planner.wants(each)))
    plan = planner.plan(snapshot)
    assert plan.changes == EARLY.plan(people, snapshot, remembered(bo), now=NOW).changes
    assert {"create_user", "block_sign_in"} <= {each.kind for each in plan}


def test_the_calendar_has_every_day_that_is_known():
    """Of who starts, of whose assignment ends, of who left, and of who is missing."""
    app = evolve(
        user_sync_app(deprovisioning=DELETES),
        lifecycle=Lifecycle(create_days_before=3, missing_reads=2, missing_days=2),
    )
    left = evolve(
        ACTIVE, person_id="left", status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - DAY, "delete", 3)
    )
    missing = evolve(ACTIVE, person_id="missing", object_id="m", username="m@x", missing=Missing.first(NOW - DAY))
    people = [evolve(HERE, starts=NOW + 5 * DAY, ends=NOW + 9 * DAY), BO]
    calendar = app.calendar(people, remembered(left, missing), now=NOW)
    assert [(each.at - NOW, each.event.value, each.subject.person_id) for each in calendar.entries] == [
        (DAY, "deactivated", "missing"),
        (2 * DAY, "created", ANN.id),
        (2 * DAY, "deleted", "left"),
        (4 * DAY, "deleted", "missing"),
        (5 * DAY, "started", ANN.id),
        (9 * DAY, "deactivated", ANN.id),
        (12 * DAY, "deleted", ANN.id),
    ]
    assert calendar.due == ()


@pytest.mark.parametrize(
    ("option", "events"),
    [
        (Deprovisioning.block_sign_in(), ["deactivated"]),
        (Deprovisioning.block_and_remove_licenses(), ["deactivated", "unlicensed"]),
        (Deprovisioning.block_and_remove_licenses(grace_days=7), ["deactivated", "unlicensed"]),
        (Deprovisioning.block_remove_licenses_and_delete(), ["deleted"]),
        (Deprovisioning.block_remove_licenses_and_delete(grace_days=7), ["deactivated", "deleted"]),
    ],
)
def test_the_calendar_is_what_the_plans_of_these_days_do(option, events):
    """Day by day until all of it is done: what it said happens then, and nothing else."""
    app = user_sync_app(deprovisioning=option)
    dated = evolve(HERE, ends=NOW + 2 * DAY)
    calendar = app.calendar([dated, BO], remembered(ACTIVE), now=NOW)
    assert [each.event.value for each in calendar.entries] == events
    kinds = {"deactivated": "block_sign_in", "unlicensed": "remove_licenses", "deleted": "delete_user"}
    told = {(each.at, kinds[each.event.value]) for each in calendar.entries}
    story, _, _ = days(app, lambda _: [dated, BO], 11, tenant(there()), [ACTIVE])
    done = {(NOW + day * DAY, kind) for day, (found, _) in enumerate(story) for kind in found}
    assert {each for each in done if each[1] in kinds.values()} == told


def test_the_calendar_has_nobody_to_whom_nothing_happens():
    """Who is excluded, who was kept, and whose account is gone."""
    app = evolve(user_sync_app(deprovisioning=DELETES), lifecycle=Lifecycle(excluded_accounts=[ACTIVE.object_id]))
    gone = evolve(ACTIVE, person_id="gone", object_id="g", status=AppUserStatus.DELETED)
    assert app.calendar([BO], remembered(ACTIVE, gone), now=NOW).entries == ()
    off = user_sync_app(deactivate_users=False)
    assert off.calendar([evolve(HERE, ends=NOW + DAY), BO], remembered(ACTIVE), now=NOW).entries == ()


def test_the_calendar_says_how_many_reads_are_left_before_somebody_missing_leaves():
    """The first plan only counts, so it is not due; the second one blocks."""
    app = evolve(user_sync_app(), lifecycle=Lifecycle(missing_reads=2))
    known = remembered(ACTIVE)
    for now, due in ((NOW, ()), (NOW + DAY, ("deactivated",))):
        calendar = app.calendar([BO], known, now=now)
        [entry] = calendar.entries
        assert entry.more_reads == (0 if due else 1)
        assert ("after 1 more complete read" in str(calendar)) is not bool(due)
        assert tuple(each.event.value for each in calendar.due) == due
        plan = app.plan([BO], tenant(there()), known, now=now)
        assert ("block_sign_in" in about_ann(plan)[0]) is bool(due)
        _, known = effects(plan, tenant(there()))


@pytest.mark.parametrize(
    ("assignment", "lifecycle", "elsewhere"),
    [
        (evolve(HERE, ends=NOW + DAY), Lifecycle(excluded_accounts=[ACTIVE.object_id]), {}),
        (evolve(HERE, ends=NOW + DAY), Lifecycle(), {ACTIVE.object_id: "Office 365 (Oslo)"}),
        (None, Lifecycle(), {ACTIVE.object_id: "Office 365 (Oslo)"}),
    ],
    ids=["excluded", "linked by another app", "left, and linked by another app"],
)
def test_the_calendar_has_nothing_of_accounts_that_no_plan_touches(assignment, lifecycle, elsewhere):
    """Neither now nor at the end of the assignment does a plan change them."""
    app = evolve(user_sync_app(deprovisioning=DELETES), lifecycle=lifecycle)
    people = [each for each in (assignment, BO) if each]
    known = evolve(remembered(ACTIVE), linked_elsewhere=elsewhere)
    assert app.calendar(people, known, now=NOW).entries == ()
    for day in (0, 1, 9):
        assert about_ann(app.plan(people, tenant(there()), known, now=NOW + day * DAY))[0] == []


def test_who_does_not_start_yet_is_told_until_when():
    """The day of the assignment; somebody staged has none, and the status is what they wait for."""
    [problem] = user_sync_app().plan([evolve(HERE, starts=NOW + 5 * DAY)], tenant(), remembered(), now=NOW).problems
    assert problem.message == "the assignment starts on 2026-06-06 08:00 UTC, so nothing is done before"
    assert problem.remedy == "Plan again then"
    app = evolve(user_sync_app(create_users=False), lifecycle=Lifecycle(create_staged=True))
    [problem] = app.plan([STAGED], tenant(), remembered(), now=NOW).problems
    assert problem.message == "STAGED in Okta, so nothing is done before the person is active"
    assert problem.remedy == "Activate the person in Okta to provision them"


def test_the_calendar_is_in_order_of_days_and_then_of_people():
    """By name, by id, and by what happens first, whatever the order in which the entries are given."""
    ann, other, bo = Subject("1", "Ann", "ann@x"), Subject("2", "Ann", "an@x"), Subject("0", "Bo", "bo@x")
    ordered = [
        CalendarEntry(NOW, CalendarEvent.DEACTIVATED, bo, "ends"),
        CalendarEntry(NOW + DAY, CalendarEvent.DEACTIVATED, ann, "ends"),
        CalendarEntry(NOW + DAY, CalendarEvent.DELETED, ann, "ends"),
        CalendarEntry(NOW + DAY, CalendarEvent.DEACTIVATED, other, "ends"),
        CalendarEntry(NOW + DAY, CalendarEvent.DEACTIVATED, bo, "ends"),
    ]
    calendar = Calendar("tenant", NOW, ordered[::-1])
    assert calendar.entries == tuple(ordered)
    assert repr(calendar) == "Calendar(5 entries)"
    assert "4 more entries" in calendar.to_text(limit=1)
    assert all(f">{each}</th>" in calendar.to_html() for each in ("Day", "What", "Who", "Why"))
    assert str(Calendar("tenant", NOW)) == "Calendar from 2026-06-01: nothing happens"
    with pytest.raises(ConfigurationError, match="limit"):
        calendar.document(limit=-1)


@pytest.mark.parametrize("status", ["SUSPENDED", "STAGED"])
def test_the_calendar_starts_nobody_whom_the_status_holds(status):
    """The day comes, and nothing happens until the person is active at the source."""
    app = evolve(user_sync_app(), lifecycle=Lifecycle(suspended="block", create_days_before=3))
    held = evolve(HERE, person=evolve(ANN, status=status), starts=NOW + 5 * DAY)
    story, _, _ = days(app, lambda _: [held, BO], 7, tenant(), [])
    told = [(each.at - NOW, each.event.value) for each in app.calendar([held, BO], remembered(), now=NOW).entries]
    assert told == [(day * DAY, "created") for day, (kinds, _) in enumerate(story) if "create_user" in kinds]


def test_the_calendar_has_the_forms_of_a_plan():
    """Text, rows, HTML, and JSON that reads back."""
    calendar = user_sync_app().calendar([evolve(HERE, ends=NOW + DAY), BO], remembered(ACTIVE), now=NOW)
    assert str(calendar).splitlines()[0] == "Calendar from 2026-06-01: 1 deactivated"
    assert "2026-06-02 08:00 UTC  deactivated  Ann Lee <ann.lee@yourfederated.domain>  (the assignment ends)" in str(
        calendar
    )
    assert calendar.to_dicts() == [
        {
            "at": (NOW + timedelta(days=1)).isoformat(),
            "event": "deactivated",
            "person_id": ANN.id,
            "name": "Ann Lee",
            "username": NAME,
            "why": "the assignment ends",
        }
    ]
    assert Calendar.from_json(calendar.to_json()) == calendar
    assert "the assignment ends" in calendar.to_html()
    assert "nothing happens" in str(evolve(calendar, entries=[]))


def test_a_role_ends_on_its_day_by_time_alone():
    """Nothing else changes; the other role stays, and the day after there is nothing left to do."""
    grants = Grants([LicenseGrant("SPE_E3")], ["Directory Readers", "Global Reader"])
    dated = Assignment(ANN, grants, role_ends={"Directory Readers": NOW + 2 * DAY})
    app = evolve(user_sync_app(), grantable_roles=["Global Reader"])
    story, snapshot, memory = days(app, lambda day: [dated, BO] if day < 4 else [], 6)
    assert [kinds for kinds, _ in story[:4]] == [
        ["create_user", "assign_licenses", "grant_role", "grant_role"],
        [],
        ["remove_role"],
        [],
    ]
    assert memory.get(ANN.id).roles == ()
    assert not any(snapshot.roles_of.values())


def test_the_calendar_and_the_streaming_planner_know_when_roles_end():
    """Of a role that ended already and is still held, that it is due."""
    dated = Assignment(ANN, Grants([], ["Directory Readers"]), role_ends={"Directory Readers": NOW - DAY})
    known = remembered(evolve(ACTIVE, licenses=(), roles=("Directory Readers",)))
    calendar = user_sync_app().calendar([dated, BO], known, now=NOW)
    assert [(each.at, each.event.value) for each in calendar.entries] == [(NOW, "role_ended")]
    user = there(licenses=[])
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    planner = user_sync_app().streaming_planner(lambda: [dated, BO], known, now=NOW)
    assert all(planner.wants(each) for each in snapshot.users)
    plan = user_sync_app().plan([dated, BO], snapshot, known, now=NOW)
    assert planner.plan(snapshot).changes == plan.changes
    assert "remove_role" in about_ann(plan)[0]


def test_a_role_that_is_not_granted_has_no_end():
    """A misspelt name would leave the role for ever."""
    with pytest.raises(ConfigurationError, match=r"Assignment\.role_ends names roles that are not granted"):
        Assignment(ANN, Grants(roles=["Directory Readers"]), role_ends={"Directory Reader": NOW})
