"""Who leaves is missing in several complete reads in a row, and for some days, where the app asks for that."""

from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from leavers import ACTIVE, ANN, BO, DAY, NAME
from organisation import DOMAIN, E3, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUsers, ConfigurationError, Departure, Deprovisioning, Lifecycle, Missing, UserSync
from o365prov.people import AppUserStatus
from o365prov.state import SQLiteState

HERE = assigned(ANN, "SPE_E3")
TWICE = evolve(user_sync_app(), lifecycle=Lifecycle(missing_reads=2))
ONCE_MISSING = evolve(ACTIVE, missing=Missing.first(NOW))


def app_with(**lifecycle):
    """An app that asks for this before somebody has left."""
    return evolve(user_sync_app(), lifecycle=Lifecycle(**lifecycle))


def there(**properties):
    """Ann's account."""
    body = {"displayName": "Ann Lee", "onPremisesImmutableId": ANN.id, "usageLocation": "US", "licenses": [E3.id]}
    return account(NAME, **{**body, **properties})


def about_ann(plan):
    """What the plan does for Ann, and what it says of her."""
    said = [each.code for each in plan.problems if each.subject.person_id == ANN.id]
    return [each.kind for each in plan.for_person(ANN.id)], said


def days(app, read_by_read, known=ACTIVE, step=DAY, **options):
    """What each plan does and says, one after the other, each applied."""
    snapshot, memory, story = tenant(there()), remembered(known), []
    for number, people in enumerate(read_by_read):
        plan = app.plan(people, snapshot, memory, now=NOW + number * step, **options)
        story.append(about_ann(plan))
        snapshot, memory = effects(plan, snapshot)
    return story, memory


def test_by_default_one_look_is_enough():
    """As in Okta: who is not assigned has left."""
    assert days(user_sync_app(), [[BO]])[0] == [(["block_sign_in", "revoke_sessions"], [])]


def test_a_leaver_is_missing_in_two_complete_reads():
    """The first one is only counted and said, the second one blocks; then everything is as for every leaver."""
    story, memory = days(TWICE, [[BO], [BO], [BO]])
    assert story == [(["remember"], ["missing"]), (["block_sign_in", "revoke_sessions"], []), ([], [])]
    assert (memory.get(ANN.id).status, memory.get(ANN.id).missing) == (AppUserStatus.DEACTIVATED, None)


@pytest.mark.parametrize("back", [HERE, evolve(HERE, person=evolve(ANN, status="SUSPENDED"))], ids=["active", "held"])
def test_the_count_begins_anew_when_the_person_is_back(back):
    """The reads are consecutive: one in which the person is there, whatever the status, ends them."""
    story, memory = days(TWICE, [[BO], [back, BO], [BO], [BO]])
    kinds = [kinds for kinds, _ in story]
    assert kinds[0] == kinds[2] == ["remember"]
    assert not any("block_sign_in" in each for each in kinds[:3])
    assert kinds[3] == ["block_sign_in", "revoke_sessions"]
    assert memory.get(ANN.id).missing is None


def test_the_count_begins_anew_for_who_can_not_be_provisioned():
    """Whoever is there has not left, whatever the plan says of them, and the next plan has nothing to do."""
    back = evolve(HERE, person=evolve(ANN, profile={**ANN.profile, "email": "", "login": ""}))
    story, memory = days(TWICE, [[BO], [back, BO], [back, BO], [BO]])
    assert [kinds for kinds, _ in story] == [["remember"], ["remember"], [], ["remember"]]
    assert "username_no_name" in story[1][1]
    assert memory.get(ANN.id).missing.reads == 1


def test_the_count_begins_anew_for_who_has_an_address_of_somebody_else():
    """Everything but the address was written before, so there is nothing to write, and that they are back is noted."""
    back = evolve(HERE, person=evolve(ANN, profile={**ANN.profile, "email": "ann.lee@corp.example"}))
    snapshot = tenant(there(), account(f"other@{DOMAIN}", mail="ann.lee@corp.example"))
    memory, kinds = remembered(ACTIVE), []
    for people in ([back, BO], [back, BO], [BO], [back, BO], [back, BO], [BO]):
        plan = TWICE.plan(people, snapshot, memory, now=NOW + len(kinds) * DAY)
        kinds.append(about_ann(plan)[0])
        snapshot, memory = effects(plan, snapshot)
    assert kinds[1:] == [[], ["remember"], ["link_user"], [], ["remember"]]


def test_days_count_beside_reads():
    """Two reads in one night are not two days; once there are enough reads, plans have nothing to do until the day."""
    app = app_with(missing_reads=2, missing_days=3)
    story = days(app, [[BO]] * 8, step=timedelta(hours=12))[0]
    leaves = ["block_sign_in", "revoke_sessions"]
    assert [kinds for kinds, _ in story] == [["remember"], ["remember"], [], [], [], [], leaves, []]
    assert [said for _, said in story] == [*[["missing"]] * 6, [], []]


def test_days_alone_are_enough_to_wait_for():
    """The first read is counted, and after the day nobody waits any longer."""
    leaves = ["block_sign_in", "revoke_sessions"]
    story = days(app_with(missing_days=1), [[BO]] * 3, step=timedelta(hours=12))[0]
    assert [kinds for kinds, _ in story] == [["remember"], [], leaves]


def test_days_beyond_all_calendars_never_come():
    """Nobody leaves by a number that is too large."""
    late = NOW.replace(year=9999, month=12)
    plan = app_with(missing_days=365).plan([BO], tenant(there()), remembered(ACTIVE), now=late)
    assert about_ann(plan) == (["remember"], ["missing"])


def test_who_left_before_does_not_wait_for_further_reads():
    """What is due of them is done on its day, also where others wait."""
    left = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW - 9 * DAY, "delete", 3))
    plan = TWICE.plan([BO], tenant(there(accountEnabled=False)), remembered(left), now=NOW)
    assert about_ann(plan) == (["delete_user"], [])


def test_where_the_reads_are_there_and_the_days_are_not_the_next_plan_takes():
    """No read is asked for any more."""
    plan = app_with(missing_days=3).plan([BO], tenant(there()), remembered(ACTIVE), now=NOW)
    assert plan.problems[0].remedy.startswith("The person leaves with the next plan, from 2026-06-04 08:00 UTC on")


@pytest.mark.parametrize(
    ("users", "name"),
    [([there()], "Ann Lee"), ([there(displayName=None)], NAME), ([], NAME)],
    ids=["named", "", "gone"],
)
def test_somebody_missing_is_called_as_the_account_is(users, name):
    """The memory has no name, so that the username stands for it where the account has none."""
    plan = TWICE.plan([BO], tenant(*users), remembered(ACTIVE), now=NOW)
    assert [each.subject.name for each in plan.problems] == [name]


def test_a_plan_for_others_does_not_end_the_count():
    """Ann is back and can't be provisioned; a push of Bo says nothing of her."""
    back = evolve(HERE, person=evolve(ANN, profile={**ANN.profile, "email": "", "login": ""}))
    plan = TWICE.plan([back, BO], tenant(there()), remembered(ONCE_MISSING), now=NOW, only={BO.person.id})
    assert plan.for_person(ANN.id) == ()


def test_the_plan_says_who_waits_and_until_when():
    """With the number of reads that are there and those that are missing."""
    app = app_with(missing_reads=3, missing_days=2)
    plan = app.plan([BO], tenant(there()), remembered(ACTIVE), now=NOW)
    [problem] = plan.problems
    assert problem.message == (
        "missing from the source in 1 of 3 complete reads, since 2026-06-01 08:00 UTC: nothing is taken yet"
    )
    assert "2 more complete reads, from 2026-06-03 08:00 UTC on" in problem.remedy
    assert not problem.stops
    assert "missing from the source in 1 complete read" in plan.to_text()


def test_a_plan_for_some_people_does_not_count_and_takes_nothing():
    """A push of one person is no look at the source; once the reads are there, it may take."""
    plan = TWICE.plan([BO], tenant(there()), remembered(ACTIVE), now=NOW, only={ANN.id})
    assert about_ann(plan) == ([], ["missing"])
    assert "in no complete read yet" in plan.problems[0].message
    plan = TWICE.plan([BO], tenant(there()), remembered(ONCE_MISSING), now=NOW + DAY, only={ANN.id})
    assert about_ann(plan) == ([], ["missing"])
    enough = evolve(ACTIVE, missing=Missing(2, NOW, NOW + DAY))
    plan = TWICE.plan([BO], tenant(there()), remembered(enough), now=NOW + 2 * DAY, only={ANN.id})
    assert about_ann(plan) == (["block_sign_in", "revoke_sessions"], [])


@pytest.mark.parametrize("app", [user_sync_app(), TWICE, app_with(missing_days=1)])
def test_an_incomplete_read_counts_for_nothing(app):
    """Whatever the app asks for: nobody has left of whom half an export is silent, also who is due to be deleted."""
    for user in (ACTIVE, evolve(ACTIVE, missing=Missing(9, NOW - 9 * DAY, NOW - DAY))):
        plan = app.plan([BO], tenant(there()), remembered(user), now=NOW, complete=False)
        assert about_ann(plan) == ([], ["missing"])
    left = Departure(NOW - 9 * DAY, "delete", 3)
    gone = evolve(ACTIVE, status=AppUserStatus.DEACTIVATED, departure=left)
    plan = app.plan([BO], tenant(there(accountEnabled=False)), remembered(gone), now=NOW, complete=False)
    assert about_ann(plan) == ([], [])


def test_a_plan_of_the_same_time_is_no_further_read():
    """Planning twice from one export must not count twice."""
    plan = TWICE.plan([BO], tenant(there()), remembered(ONCE_MISSING), now=NOW)
    assert about_ann(plan) == ([], ["missing"])


def test_whoever_the_source_says_has_left_leaves_at_once():
    """A filter can't have hidden who is deactivated by name: the block does not wait."""
    gone = evolve(HERE, person=evolve(ANN, status="DEPROVISIONED"))
    plan = TWICE.plan([gone, BO], tenant(there()), remembered(ONCE_MISSING), now=NOW)
    assert about_ann(plan)[0] == ["block_sign_in", "revoke_sessions"]


def test_a_filter_mistake_deletes_nobody_and_needs_no_word_until_it_is_repeated():
    """Everybody is missing once: counted without a hazard. Twice: the plan has to be confirmed, as any such plan."""
    option = Deprovisioning.block_remove_licenses_and_delete()
    app = evolve(TWICE.with_provisioning(UserSync(deprovisioning=option)).remap(), lifecycle=TWICE.lifecycle)
    first = app.plan([], tenant(there()), remembered(ACTIVE), now=NOW)
    assert (about_ann(first)[0], first.hazards, first.is_empty) == (["remember"], (), True)
    after, known = effects(first, tenant(there()))
    second = app.plan([], after, known, now=NOW + DAY)
    assert about_ann(second)[0] == ["delete_user"]
    assert second.hazards[0].startswith("no one is assigned")


def test_who_comes_under_a_new_id_gets_the_account_at_once():
    """The same source anchor is the same person, so nothing is missing and nobody waits."""
    again = evolve(HERE, person=evolve(ANN, id="00uAnnAgain"))
    known = evolve(ACTIVE, anchor="00uAnnAgain")
    plan = TWICE.plan([again, BO], tenant(there(onPremisesImmutableId="00uAnnAgain")), remembered(known), now=NOW)
    assert about_ann(plan) == ([], [])
    assert plan.for_person("00uAnnAgain")[0].takes_over == ANN.id


def test_the_streaming_planner_counts_the_same():
    """For more people than fit into memory."""
    for complete in (True, False):
        planner = TWICE.streaming_planner(lambda: [BO], remembered(ONCE_MISSING), now=NOW + DAY, complete=complete)
        snapshot = tenant(*(each for each in [there()] if planner.wants(each)))
        plan = TWICE.plan([BO], snapshot, remembered(ONCE_MISSING), now=NOW + DAY, complete=complete)
        assert planner.plan(snapshot).changes == plan.changes


def test_the_count_survives_processes(tmp_path):
    """A state in a file gives it back."""
    known = remembered(ONCE_MISSING)
    with SQLiteState(tmp_path / "corp.db") as state:
        state.import_app_users(known)
    with SQLiteState(tmp_path / "corp.db") as state:
        assert state.app_users(known.tenant_id, known.app_name).get(ANN.id) == ONCE_MISSING
    assert AppUsers.from_json(known.to_json()) == known


@pytest.mark.parametrize("settings", [{"missing_reads": 0}, {"missing_days": -1}, {"missing_reads": 1.5}])
def test_settings_that_make_no_sense_are_refused(settings):
    """At least one read, and whole days."""
    with pytest.raises(ConfigurationError, match=r"Lifecycle\.missing_"):
        Lifecycle(**settings)


def test_many_who_are_missing_at_last_are_as_many_who_leave():
    """The safeguards count them on the day on which they leave, and not before."""
    others = [assigned(somebody(f"P{number} Q")) for number in range(6)]
    users = [account(f"p{number}.q@{DOMAIN}", displayName=f"P{number} Q") for number in range(6)]
    known = [
        evolve(ONCE_MISSING, person_id=each.person.id, object_id=user.id, username=user.username, anchor=None)
        for each, user in zip(others, users, strict=True)
    ]
    waiting = [evolve(each, missing=None) for each in known]
    plan = TWICE.plan([BO], tenant(*users), remembered(*waiting), now=NOW)
    assert not plan.hazards
    plan = TWICE.plan([BO], tenant(*users), remembered(*known), now=NOW + DAY)
    assert any(each.startswith("sign-in blocked: 6 of 6") for each in plan.hazards)
