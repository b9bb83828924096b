"""What makes a plan dangerous beside its size: overridden decisions, privileged roles, a source or memory at fault."""

from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    NOW,
    READER,
    account,
    assigned,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Assignment, Departure, Grants, Harm, Safeguards
from o365prov.people import AppUserStatus
from o365prov.planning import RoleAssignment, hazards_again
from o365prov.provisioning import Deprovisioning

APP = user_sync_app()
KEEPING = user_sync_app(deactivate_users=False)
LINKING = user_sync_app(update_attributes=False)
DELETING = user_sync_app(deprovisioning=Deprovisioning.block_remove_licenses_and_delete())


GRACE = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses(grace_days=60))


def person(number):
    """One person of many."""
    return evolve(somebody(f"Person {number:03}", email=f"user{number}@corp.example"), id=f"00u{number}")


def people(*numbers):
    """The assignments of some."""
    return [assigned(person(number)) for number in numbers]


@pytest.fixture(scope="module")
def company():
    """The tenant and the memory of a company, by its size, after its first run."""
    made = {}

    def of(count):
        if count not in made:
            made[count] = effects(APP.plan(people(*range(count)), tenant(), remembered(), now=NOW), tenant())
        return made[count]

    return of


def plan(company, staying, *, app=APP, days=1, **arguments):
    """A plan for those who stay."""
    snapshot, known = company
    return app.plan(people(*staying), snapshot, known, now=NOW + timedelta(days=days), **arguments)


def test_a_first_run_that_creates_everybody_is_not_a_hazard():
    """However many they are."""
    assert APP.plan(people(*range(50)), tenant(), remembered(), now=NOW).hazards == ()


@pytest.mark.parametrize("size", [5, 20])
def test_nobody_who_leaves_is_not_a_hazard(company, size):
    """An ordinary day."""
    assert plan(company(size), range(size)).hazards == ()


def test_one_of_five_may_leave(company):
    """A small company is not asked for every leaver."""
    assert plan(company(5), range(1, 5)).hazards == ()


@pytest.mark.parametrize("app", [APP, KEEPING], ids=["deactivate", "keep"])
@pytest.mark.parametrize(("leavers", "refused"), [(4, False), (5, True)])
def test_a_source_that_shrank_is_a_hazard(company, app, leavers, refused):
    """Whether or not something is taken from those who are missing in it."""
    found = plan(company(20), range(leavers, 20), app=app).hazards
    assert [f"{leavers} of 20 linked accounts, 20% are allowed" in each for each in found] == [True] * refused


def test_a_source_may_shrink_where_the_settings_say_so(company):
    """Where leavers keep their accounts for good, the share for people who left can be larger."""
    app = evolve(KEEPING, safeguards=Safeguards(shares={Harm.LEFT: 1}))
    assert plan(company(20), range(10, 20), app=app).hazards == ()


def test_four_runs_of_a_fifth_are_one_hazard(company):
    """From 200 people to 83 within four days: the first run is ordinary, the second is not."""
    state, left, found = company(200), 0, []
    for day, leavers in enumerate((40, 32, 25, 20), 1):
        left += leavers
        made = plan(state, range(left, 200), days=day)
        found.append(made.hazards)
        state = effects(made, state[0])
    assert found[0] == ()
    [second] = found[1]
    assert "72 of 200 linked accounts" in second


@pytest.mark.parametrize("app", [APP, KEEPING, DELETING], ids=["deactivate", "keep", "delete"])
def test_losses_that_were_confirmed_are_not_counted_again(company, app):
    """After a department was sold, the next leavers are ordinary ones; until many leave again."""
    state = company(200)
    sold = plan(state, range(60, 200), app=app)
    assert len(sold.hazards) == 1
    state = effects(sold, state[0])
    next_day = plan(state, range(65, 200), app=app, days=2)
    assert next_day.hazards == ()
    state = effects(next_day, state[0])
    [again] = plan(state, range(90, 200), app=app, days=3).hazards
    assert "left within 7 days: 30 of 140 linked accounts" in again


def test_small_losses_before_a_confirmation_are_confirmed_with_it(company):
    """The line that was confirmed had counted them."""
    state = company(100)
    for day, left in enumerate((15, 25), 1):
        made = plan(state, range(left, 100), days=day)
        state = effects(made, state[0])
    assert "25 of 100 linked accounts" in made.hazards[0]
    assert plan(state, range(26, 100), days=3).hazards == ()


def test_a_confirmation_of_something_else_does_not_count_for_leavers(company):
    """Few leave in the plan that was confirmed for another harm: they count on the next day."""
    state = company(20)
    names = [{**each.properties, "userPrincipalName": f"x{each.username}"} for each in state[0].users]
    users = [evolve(each, properties=name) for each, name in zip(state[0].users, names, strict=True)]
    renamed = evolve(state[0], users=users)
    made = plan((renamed, state[1]), range(3, 20), scope="drift")
    assert [each.partition(":")[0] for each in made.hazards] == ["renamed"]
    [hazard] = plan(effects(made, renamed), range(5, 20), days=2).hazards
    assert "left within 7 days: 5 of 20 linked accounts" in hazard


def test_deletions_at_once_are_remembered_with_their_day(company):
    """So that they count on the next days too."""
    state = company(20)
    first = plan(state, range(4, 20), app=DELETING)
    assert first.hazards == ()
    snapshot, known = effects(first, state[0])
    gone = known.get("00u0")
    assert (gone.status, gone.departure.at) == (AppUserStatus.DELETED, first.made_at)
    [hazard] = plan((snapshot, known), range(5, 20), app=DELETING, days=2).hazards
    assert "left within 7 days: 5 of 20 linked accounts" in hazard


def test_an_account_that_goes_to_the_same_anchor_has_not_lost_its_person(company):
    """Who comes back under another id is neither a leaver nor a loss, but the hand-over counts."""
    snapshot, known = company(20)
    moved = evolve(known, users=[evolve(each, person_id=f"old-{each.person_id}") for each in known])
    [hazard] = plan((snapshot, moved), range(20)).hazards
    assert hazard.startswith("handed over to another person: 20 of 20 linked accounts")


def test_nobody_assigned_is_a_hazard_below_five_accounts_too(company):
    """And the only one: what follows from it is not said beside it."""
    assert plan(company(3), ()).hazards == (
        "no one is assigned, but 3 accounts are linked: check that the source was read completely",
    )


def test_what_else_is_wrong_is_said_beside_that_nobody_is_assigned(company):
    """A tenant that was read in part, and a leaver with a privileged role, are other hazards."""
    snapshot, known = company(10)
    partial = evolve(tenant(*snapshot.users[3:], holding=[(snapshot.users[9], READER)]), skus=snapshot.skus)
    nobody, missing, privileged = plan((partial, known), ()).hazards
    assert nobody.startswith("no one is assigned, but 10 accounts are linked")
    assert missing.startswith("not in the tenant: 3 of 10 linked accounts")
    assert privileged == "1 person with a privileged role leaves (Person 009)"


def test_that_nobody_is_assigned_is_confirmed_below_five_accounts_too(company):
    """Who left then counts no more on the next days."""
    departures = {change.departure for change in plan(company(3), ()) if change.kind == "block_sign_in"}
    assert [each.confirmed for each in departures] == [True]


@pytest.mark.parametrize(("stopped", "refused"), [(3, False), (4, True)])
def test_a_plan_in_which_most_people_are_stopped_is_a_hazard(stopped, refused):
    """Three of six are half of them, four are most."""
    wrong = [
        assigned(evolve(somebody(f"Stopped {number}", email="no-address"), id=str(number))) for number in range(stopped)
    ]
    found = APP.plan([*wrong, *people(*range(stopped, 6))], tenant(), remembered(), now=NOW).hazards
    assert [each.startswith("stopped by problems: 4 of 6 assigned people (Stopped 0, ") for each in found] == [
        True
    ] * refused


def test_people_with_gaps_are_not_stopped():
    """They are provisioned, all but one attribute."""
    gaps = [assigned(evolve(somebody(f"Gap {number}", countryCode="UK"), id=str(number))) for number in range(6)]
    plan_with_gaps = APP.plan(gaps, tenant(), remembered(), now=NOW)
    assert len(plan_with_gaps.problems) >= 6
    assert plan_with_gaps.hazards == ()


def test_people_on_hold_are_not_stopped():
    """They are suspended in Okta, which is as it should be."""
    held = [assigned(evolve(person(number), status="SUSPENDED")) for number in range(10)]
    assert APP.plan([*held, *people(20)], tenant(), remembered(), now=NOW).hazards == ()


def test_below_five_people_all_may_be_stopped():
    """A small pilot sees its problems without a hazard."""
    wrong = [assigned(evolve(person(number), profile={"email": "x"})) for number in range(4)]
    assert APP.plan(wrong, tenant(), remembered(), now=NOW).hazards == ()


@pytest.mark.parametrize(("missing", "refused"), [(2, False), (3, True)])
def test_a_memory_of_which_many_accounts_are_missing_is_a_hazard(company, missing, refused):
    """It may be the wrong tenant, or one that was read in part."""
    snapshot, known = company(10)
    partial = evolve(snapshot, users=snapshot.users[missing:])
    found = plan((partial, known), range(10)).hazards
    assert [each.startswith("not in the tenant: 3 of 10 linked accounts (user") for each in found] == [True] * refused


def test_below_five_accounts_all_may_be_missing(company):
    """They are created again."""
    snapshot, known = company(4)
    assert plan((evolve(snapshot, users=()), known), range(4)).hazards == ()


def test_the_streaming_planner_finds_the_same_hazards(company):
    """It does not keep the accounts of people who do not change."""
    snapshot, known = company(20)
    partial = evolve(snapshot, users=snapshot.users[3:])
    planner = APP.streaming_planner(lambda: people(*range(14)), known, now=NOW)
    streamed = planner.plan(evolve(partial, users=[user for user in partial.users if planner.wants(user)]))
    assert streamed.hazards == APP.plan(people(*range(14)), partial, known, now=NOW).hazards != ()


def test_a_plan_for_some_is_compared_with_all_linked_accounts(company):
    """Four of twenty may leave, also if only they are asked about; five may not."""
    four, five = (
        plan(company(20), range(9, 20), only=[f"00u{each}" for each in range(number)]).hazards for number in (4, 5)
    )
    assert (four, len(five)) == ((), 1)


def test_people_who_are_not_asked_about_have_not_left(company):
    """Nor are they missing in the tenant or stopped."""
    snapshot, known = company(20)
    only = evolve(snapshot, users=snapshot.users[-1:])
    assert plan((only, known), (19,), only=["00u19"]).hazards == ()


def test_a_privileged_role_is_always_a_hazard():
    """For one person of many as well; any other role is not."""
    app = evolve(APP, grantable_roles=(READER.name,))
    roles = [
        Assignment(person(number), Grants(roles=(role.name,)))
        for number, role in enumerate((READER, DIRECTORY_READERS))
    ]
    found = app.plan([*roles, *people(*range(2, 10))], tenant(), remembered(), now=NOW).hazards
    assert found == ("1 person gets a privileged role (Person 000)",)


def test_enabling_what_somebody_blocked_is_always_a_hazard():
    """It undoes what somebody decided in Office 365."""
    blocked = account(f"user0@{DOMAIN}", accountEnabled=False)
    found = APP.plan(people(*range(9)), tenant(blocked), remembered(), now=NOW).hazards
    assert "1 account that somebody blocked in Office 365 is enabled (Person 000)" in found


def left(company, *numbers):
    """The company after these people left."""
    snapshot, known = company
    return effects(plan(company, set(range(len(known))) - set(numbers)), snapshot)


def enabled(snapshot):
    """The tenant after somebody enabled every account again."""
    return evolve(
        snapshot,
        users=[evolve(user, properties={**user.properties, "accountEnabled": True}) for user in snapshot.users],
    )


def test_blocking_what_somebody_enabled_is_always_a_hazard(company):
    """A leaver's account is in use again."""
    snapshot, known = left(company(20), 0)
    found = plan((enabled(snapshot), known), range(1, 20), scope="drift", days=30).hazards
    assert found == ("1 leaver's account that somebody enabled in Office 365 is blocked or deleted (Person 000)",)


def test_a_block_that_is_done_again_does_not_confirm_that_people_left(company):
    """Nobody leaves in the plan, so what is confirmed is not how many did."""
    snapshot, known = left(company(20), 0, 1, 2, 3)
    strict = evolve(APP, safeguards=Safeguards(share=0.1))
    made = plan((enabled(snapshot), known), range(4, 20), app=strict, scope="drift", days=2)
    assert [change.departure.confirmed for change in made if change.kind == "block_sign_in"] == [False] * 4


def test_that_many_leave_is_remembered_of_those_who_leave_alone(company):
    """A plan about somebody who left before has the same changes for them, whoever leaves beside them."""
    snapshot, known = left(company(20), 0)
    made = plan((snapshot, known), range(10, 20), app=GRACE, days=2)
    confirmed = {
        change.subject.person_id: change.departure.confirmed for change in made if change.kind != "revoke_sessions"
    }
    assert confirmed == {f"00u{number}": number > 0 for number in range(10)}
    [alone] = plan((snapshot, known), range(10, 20), app=GRACE, days=2, only=["00u0"])
    assert made.for_person("00u0") == (alone,)


def test_an_option_that_reaches_back_is_always_a_hazard(company):
    """Two people left under another option than the one that holds now."""
    found = plan(left(company(20), 0, 1), range(2, 20), app=GRACE, days=30).hazards
    assert found == ("2 leavers get another option than the one in force when they left (Person 000, Person 001)",)


@pytest.mark.parametrize("app", [APP, LINKING], ids=["update", "link"])
@pytest.mark.parametrize("leaves", [False, True])
def test_taking_an_account_from_somebody_who_has_not_left_is_always_a_hazard(company, leaves, app):
    """Although the caller asked, and also where nothing is written; from somebody who left it is what it says."""
    snapshot, known = company(20)
    transfers = {"00u30": known.get("00u0").object_id}
    found = plan((snapshot, known), (*range(leaves, 20), 30), app=app, transfers=transfers).hazards
    assert ("1 account is taken from somebody who has not left (Person 030)" in found) is not leaves


def test_an_edited_plan_has_the_hazards_of_its_changes(company):
    """Whatever was deleted of its own hazards, and whatever memory was written into it."""
    snapshot, known = company(20)
    admin = evolve(snapshot, role_assignments=[RoleAssignment("a", READER.id, known.get("00u0").object_id)])
    made = plan((admin, known), range(5, 20))
    assert [each.partition(" (")[0] for each in made.hazards] == [
        "1 person with a privileged role leaves",
        "sign-in blocked: 5 of 20 linked accounts, 20% are allowed",
    ]
    crowd = [AppUser(f"id-{number}", f"id-{number}", f"{number}@{DOMAIN}") for number in range(100)]
    edited = evolve(made, hazards=(), app_users=remembered(*known, *crowd))
    assert hazards_again(edited, Safeguards(), known) == made.hazards


def test_what_was_dangerous_about_a_plan_stays_so(company):
    """Where a tenant allows more than the app that made the plan, the plan's own hazards hold; each is said once."""
    made = plan(company(20), range(5, 20))
    assert hazards_again(made, Safeguards(share=1), made.app_users) == made.hazards
    assert hazards_again(made, Safeguards(), made.app_users) == made.hazards


def test_a_first_run_says_how_many_accounts_were_there():
    """It may be a lost memory; it is not a hazard by itself."""
    names = [f"user{number}@{DOMAIN}" for number in range(6)]
    linked = [account(name) for name in names]
    text = str(APP.plan(people(*range(6)), tenant(*linked), remembered(), now=NOW))
    assert "  First run, or a lost memory: 6 accounts that are there already become linked" in text.splitlines()


def test_a_first_run_says_what_a_lost_memory_had():
    """In one line: what the tenant can't tell has to be compared by hand."""
    linked = [account(f"user{number}@{DOMAIN}") for number in range(6)]
    lines = str(APP.plan(people(*range(6)), tenant(*linked), remembered(), now=NOW)).splitlines()
    [said] = [line for line in lines if "if it was lost" in line]
    for each in ("who left", "grants", "privileged roles", "who waits for a seat"):
        assert each in said


@pytest.mark.parametrize(
    ("there", "known"),
    [(4, remembered()), (6, remembered(AppUser("00u9", "id", f"user9@{DOMAIN}")))],
    ids=["few", "a later run"],
)
def test_a_few_accounts_or_a_later_run_need_no_word(there, known):
    """A pilot of four, and accounts that join on an ordinary day."""
    linked = [account(f"user{number}@{DOMAIN}") for number in range(there)]
    assert "First run" not in str(APP.plan(people(*range(there)), tenant(*linked), known, now=NOW))


# --- what does not look like a fault


def test_nobody_assigned_and_nobody_linked_is_not_a_hazard():
    """A new app before its first assignment."""
    assert APP.plan([], tenant(), remembered(), now=NOW).hazards == ()


def test_nobody_assigned_after_everybody_left_is_not_a_hazard():
    """Their departure was asked about when they left; nothing is linked any more."""
    there = account(f"ann.lee@{DOMAIN}", accountEnabled=False)
    left = AppUser("00uAnnLee", there.id, there.username, status=AppUserStatus.DEACTIVATED, departure=Departure(NOW))
    plan = APP.plan([], tenant(there), remembered(left), now=NOW)
    assert (plan.changes, plan.hazards) == ((), ())


def test_people_whom_their_status_holds_do_not_count_as_stopped():
    """Five are suspended in Okta beside five new people: that is not a fault of the app's settings."""
    held = [assigned(evolve(person(number), status="SUSPENDED")) for number in range(5)]
    plan = APP.plan([*held, *people(*range(5, 10))], tenant(), remembered(), now=NOW)
    assert len([problem for problem in plan.problems if problem.stops]) == 5
    assert plan.hazards == ()
