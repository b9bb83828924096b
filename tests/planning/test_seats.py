"""Seats: who gets those that are free, who waits in which place, and who waits for each other."""

from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from organisation import DOMAIN, E3, F1, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, Departure, Group, GroupAssignment, LicenseGrant
from o365prov.people import AppUserStatus, Grants, WaitingForSeat, assign
from o365prov.planning import AssignLicenses, HeldLicense, Remember, Sku

APP = user_sync_app()
ANN, BO, CY = (somebody(name) for name in ("Ann Lee", "Bo Ross", "Cy Young"))


def full(*, e3=0, f1=0):
    """The SKUs with so many free seats."""
    return evolve(E3, seats=3 + e3, used=3), evolve(F1, seats=3 + f1, used=3)


def known(person, sku=None, *, waits=None, licenses=()):
    """The account and the memory of a person who was given *sku* and waits since so many days."""
    name = f"{person.profile['firstName']}.{person.profile['lastName']}@{DOMAIN}".lower()
    there = account(name, usageLocation="US", licenses=[*([sku.id] if sku else []), *licenses])
    waiting = () if waits is None else (WaitingForSeat("SPE_F1", NOW - timedelta(days=waits)),)
    granted = (LicenseGrant(sku.part_number),) if sku else ()
    return there, AppUser(person.id, there.id, there.username, licenses=granted, waiting=waiting)


def plan_for(assignments, *people, skus, now=NOW, app=APP):
    """The plan for people of whom we know these accounts."""
    users = [user for user, _ in people]
    return app.plan(assignments, tenant(*users, skus=skus), remembered(*[each for _, each in people]), now=now)


def given(plan):
    """Who gets a licence, by name."""
    return [change.subject.name for change in plan if isinstance(change, AssignLicenses)]


def told(plan, code="no_seat"):
    return {each.subject.name: each for each in plan.problems if each.code == code}


def test_an_individual_assignment_comes_before_every_group():
    """Then the group with the lowest number, which may be 0; the alphabet says nothing."""
    people = [
        evolve(assigned(ANN, "SPE_F1"), priority=5),
        evolve(assigned(BO, "SPE_F1"), priority=0),
        evolve(assigned(CY, "SPE_F1"), priority=None),
    ]
    assert given(plan_for(people, skus=full(f1=1))) == ["Cy Young"]
    plan = plan_for(people, skus=full(f1=2))
    assert given(plan) == ["Bo Ross", "Cy Young"]
    assert list(told(plan)) == ["Ann Lee"]


def test_who_waits_longest_gets_the_seat_that_became_free():
    """Of people with the same priority."""
    plan = plan_for(
        [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_F1"), assigned(CY, "SPE_F1")],
        known(ANN),
        known(BO, waits=2),
        known(CY, waits=9),
        skus=full(f1=1),
    )
    assert given(plan) == ["Cy Young"]
    assert "waits since 2026-05-30, place 1 of 2" in told(plan)["Bo Ross"].message
    assert "waits since 2026-06-01, place 2 of 2" in told(plan)["Ann Lee"].message


def test_of_people_who_are_equal_the_first_by_name_and_then_by_id_gets_the_seat():
    """In whichever order they are assigned: each plan gives it to the same person."""
    namesake = evolve(somebody("Ann Lee", email="lee@corp.example"), id="00t")
    people = [assigned(each, "SPE_F1") for each in (BO, ANN, namesake)]
    for each in (people, people[::-1]):
        plan = plan_for(each, skus=full(f1=1))
        assert [change.subject.person_id for change in plan if isinstance(change, AssignLicenses)] == ["00t"]
        assert "place 2 of 2" in told(plan)["Bo Ross"].message


def test_who_newly_waits_is_remembered_and_not_every_day_again():
    """The first day counts; a plan whose only news is that they still wait is empty."""
    people = [assigned(ANN, "SPE_F1")]
    first = plan_for(people, skus=full())
    snapshot, memory = effects(first, tenant(skus=full()))
    assert memory.get(ANN.id).waiting == (WaitingForSeat("SPE_F1", NOW),)
    snapshot = evolve(snapshot, skus=full())
    later = APP.plan(people, snapshot, memory, now=NOW + timedelta(days=3))
    assert later.is_empty
    assert "waits since 2026-06-01" in told(later)["Ann Lee"].message


def test_each_licence_is_waited_for_since_its_own_day():
    """A second licence begins a line of its own."""
    plan = plan_for([assigned(ANN, "SPE_E3", "SPE_F1")], known(ANN, waits=9), skus=full())
    said = sorted(each.message for each in plan.problems if each.code == "no_seat")
    assert [("SPE_E3" in each, "since 2026-06-01" in each) for each in said] == [(True, True), (False, False)]
    assert "no seat of SPE_F1" in said[1]
    assert "since 2026-05-23" in said[1]


def test_who_gets_the_seat_no_longer_waits():
    """The request ends the waiting once it is done, so that a failure does not cost the place."""
    plan = plan_for([assigned(ANN, "SPE_F1")], known(ANN, waits=4), skus=full(f1=1))
    assert not [change for change in plan if isinstance(change, Remember) and change.waiting is not None]
    _, memory = effects(plan, tenant(known(ANN)[0], skus=full(f1=1)))
    assert memory.get(ANN.id).waiting == ()


def test_who_is_no_longer_assigned_the_licence_no_longer_waits():
    """The memory learns it without a write."""
    plan = plan_for([assigned(ANN)], known(ANN, waits=4), skus=full())
    [change] = [each for each in plan if isinstance(each, Remember)]
    assert change.waiting == ()
    assert "waits for no licence any more" in plan.to_text()


def test_the_place_in_the_line_survives_a_missing_location():
    """Who waited can't be given the licence for another reason now; the day stays."""
    there, remembered = known(ANN, waits=4)
    nowhere = evolve(there, properties={**there.properties, "usageLocation": None})
    person = somebody("Ann Lee", countryCode="UK")
    plan = plan_for([assigned(person, "SPE_F1")], (nowhere, remembered), skus=full())
    assert [each.code for each in plan.problems if each.attribute == "licenses"] == ["no_usage_location"]
    assert not [each for each in plan if isinstance(each, Remember)]


def test_a_seat_that_the_plan_frees_is_given_by_the_next_one():
    """It may be free too late for this one, and the problem says so."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO)]
    plan = plan_for(people, known(ANN), known(BO, F1), skus=full())
    assert "the next plan gives it" in told(plan)["Ann Lee"].remedy
    assert "Ann Lee" not in given(plan)


def test_people_who_wait_for_each_other_have_one_problem_together():
    """E3 for F1 and F1 for E3, and both are full: no order of requests helps. Each of them has it, and counts."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E3")]
    plan = plan_for(people, known(ANN, E3), known(BO, F1), skus=full())
    assert given(plan) == []
    problem, other = plan.problems
    assert problem.issue == other.issue
    assert {each.subject.name for each in plan.problems} == {"Ann Lee", "Bo Ross"}
    assert problem.remedy.startswith("Buy one seat of SPE_E3 or SPE_F1: ")
    assert "2 people with gaps" in plan.to_text()
    assert "Ann Lee, Bo Ross: no one of these people can go first" in plan.to_text()
    assert problem.code == "circle_of_seats"
    assert f"Ann Lee <ann.lee@{DOMAIN}> waits for SPE_F1 and keeps SPE_E3" in problem.message
    assert f"Bo Ross <bo.ross@{DOMAIN}> waits for SPE_E3 and keeps SPE_F1" in problem.message


@pytest.mark.parametrize("person", [ANN, BO])
def test_a_push_of_one_of_them_names_both_too(person):
    """Whoever of the two it is."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E3")]
    accounts = [known(ANN, E3), known(BO, F1)]
    snapshot = tenant(*(user for user, _ in accounts), skus=full())
    memory = remembered(*[each for _, each in accounts])
    [problem] = APP.plan(people, snapshot, memory, now=NOW, only={person.id}).problems
    assert problem.code == "circle_of_seats"
    assert problem.subject.person_id == person.id


def test_licences_for_which_somebody_waits_are_named_and_remembered_in_order():
    """By part number, however they are granted; as long as nothing changes there is nothing to remember."""
    people = [assigned(ANN, LicenseGrant(F1.id), "SPE_E3")]
    plan = plan_for(people, known(ANN), skus=full())
    [remember] = [each for each in plan if isinstance(each, Remember)]
    assert [each.sku for each in remember.waiting] == ["SPE_E3", "SPE_F1"]
    assert [each.message.split()[3] for each in plan.problems] == ["SPE_E3", "SPE_F1"]
    there, user = known(ANN)
    user = evolve(user, waiting=remember.waiting)
    plan = plan_for(people, (there, user), skus=full(e3=1))
    assert given(plan) == ["Ann Lee"]
    assert not [each for each in plan if isinstance(each, Remember)]


def test_missing_seats_are_said_in_the_order_of_the_licences_ids():
    """The same in every plan, however many there are."""
    skus = [Sku(f"id-{number}", f"SKU_{number}", {}, seats=1, used=1) for number in range(6)]
    plan = plan_for([assigned(ANN, *(each.part_number for each in reversed(skus)))], known(ANN), skus=tuple(skus))
    assert [each.message.split()[3] for each in plan.problems] == [each.part_number for each in skus]


def test_who_was_given_by_hand_what_they_waited_for_waits_no_more():
    """Although something else is in the way of the other licence that is assigned."""
    there, user = known(ANN, waits=3, licenses=[F1.id])
    nowhere = evolve(there, properties={**there.properties, "usageLocation": None})
    people = [assigned(somebody("Ann Lee", countryCode="UK"), "SPE_F1", "SPE_E3")]
    plan = plan_for(people, (nowhere, user), skus=full(e3=1))
    [remember] = [each for each in plan if isinstance(each, Remember)]
    assert remember.waiting == ()


@pytest.mark.parametrize(
    ("state", "scope"),
    [
        ({"unfinished": True}, "changed"),
        ({"status": AppUserStatus.DEACTIVATED, "departure": Departure(NOW)}, "changed"),
        ({"waiting": (WaitingForSeat("SPE_F1", NOW),)}, "changed"),
        ({"licenses": ()}, "changed"),
        ({}, "all"),
    ],
    ids=["unfinished", "back", "waiting", "assigned since", "taken by somebody"],
)
def test_a_push_of_one_person_promises_no_seat_that_goes_to_another(state, scope):
    """Bo asks for it too and comes first, because he is assigned by himself; both of them have accounts."""
    people = [evolve(assigned(ANN, "SPE_F1"), priority=5), assigned(BO, "SPE_F1")]
    (there, bo), ann = known(BO, F1), known(ANN)
    bo = evolve(there, licenses=()), evolve(bo, **state)
    snapshot = tenant(ann[0], bo[0], skus=full(f1=1))
    plan = APP.plan(people, snapshot, remembered(ann[1], bo[1]), now=NOW, only={ANN.id}, scope=scope)
    assert given(plan) == []
    assert list(told(plan)) == ["Ann Lee"]


E5 = Sku("c7df2760-2c81-4ef7-b578-5b5392b571df", "SPE_E5", {"TEAMS": "plan-teams"}, seats=3, used=3)
DI, ED = somebody("Di Ng"), somebody("Ed Poe")


def circles(plan):
    """Who is said to wait for each other, as the problems name them in turn."""
    said = {each.message for each in plan.problems if each.code == "circle_of_seats"}
    return sorted([part.partition(" <")[0].rpartition(": ")[2] for part in each.split("; ")] for each in said)


def test_three_people_in_a_circle_are_named_in_the_order_in_which_seats_would_pass():
    """Ann needs what Bo has, Bo what Cy has, and Cy what Ann has."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E5"), assigned(CY, "SPE_E3")]
    plan = plan_for(people, known(ANN, E3), known(BO, F1), known(CY, E5), skus=(*full(), E5))
    assert circles(plan) == [["Ann Lee", "Bo Ross", "Cy Young"]]


def test_everybody_is_in_one_circle_at_most():
    """Two who have E3 and two who have F1 are two pairs, each with a problem of its own."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E3"), assigned(CY, "SPE_F1"), assigned(DI, "SPE_E3")]
    accounts = [known(ANN, E3), known(BO, F1), known(CY, E3), known(DI, F1)]
    plan = plan_for(people, *accounts, skus=full())
    assert circles(plan) == [["Ann Lee", "Bo Ross"], ["Cy Young", "Di Ng"]]
    assert told(plan) == {}


def test_who_is_left_over_beside_a_circle_waits_in_line():
    """Bo needs the seat that goes to Ann once the circle is open; the circle does not help him."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_F1"), assigned(CY, "SPE_E3"), assigned(ED, "SPE_F1")]
    accounts = [known(ANN, E3), known(BO, E3), known(CY, F1), known(ED, E3)]
    plan = plan_for(people, *accounts, skus=full())
    assert circles(plan) == [["Ann Lee", "Cy Young"]]
    assert list(told(plan)) == ["Bo Ross", "Ed Poe"]


@pytest.mark.parametrize("name", ["Al Poe", "Zoe Day"])
def test_who_frees_what_nobody_needs_is_in_no_circle(name):
    """Ann and Bo wait for each other; the third waits for the same seat, whoever is looked at first."""
    third = somebody(name)
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E3"), assigned(third, "SPE_F1")]
    plan = plan_for(people, known(ANN, E3), known(BO, F1), known(third, E5), skus=(*full(), E5))
    assert circles(plan) == [["Ann Lee", "Bo Ross"]]


def test_a_line_of_people_is_no_circle():
    """Di waits for what Ann has, and Ann for what neither of them has."""
    people = [assigned(ANN, "SPE_F1"), assigned(DI, "SPE_E3")]
    plan = plan_for(people, known(ANN, E3), known(DI, E5), skus=(*full(), E5))
    assert circles(plan) == []
    assert set(told(plan)) == {"Ann Lee", "Di Ng"}


def test_who_waits_for_something_else_too_is_in_no_circle():
    """A seat would not be enough: with an unknown licence among those assigned, Bo keeps what he has."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E3", "MISTYPED")]
    plan = plan_for(people, known(ANN, E3), known(BO, F1), skus=full())
    assert circles(plan) == []
    assert list(told(plan)) == ["Ann Lee", "Bo Ross"]


def test_a_restored_account_takes_its_seat_again_before_anybody_else_gets_one():
    """The seat is free as long as the account is deleted; whoever else was given it would be refused by Graph."""
    there, memory = known(BO, F1)
    people, app = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_F1")], evolve(APP, restore_deleted_users=True)
    of_ann, of_bo = known(ANN), evolve(there, properties={**there.properties, "onPremisesImmutableId": BO.id})
    for free, gets in ((1, []), (2, ["Ann Lee"])):
        snapshot = tenant(of_ann[0], deleted=(of_bo,), skus=full(f1=free))
        plan = app.plan(people, snapshot, remembered(of_ann[1], memory), now=NOW)
        assert (given(plan), "restore_user" in [each.kind for each in plan]) == (gets, True)
        assert [*told(plan)] == ([] if gets else ["Ann Lee"])


@pytest.mark.parametrize("wanted", ["SPE_F1", "SPE_E3"])
def test_with_fewer_free_seats_than_restored_accounts_the_next_plan_tells_who_has_one(wanted):
    """To which of them Office 365 gives the seat nobody can tell; whoever lacks it is in line since the first plan."""
    app, people = evolve(APP, restore_deleted_users=True), [assigned(each, wanted) for each in (BO, CY)]
    before = {person.id: known(person, F1) for person in (BO, CY)}
    deleted = [
        evolve(there, properties={**there.properties, "onPremisesImmutableId": person_id})
        for person_id, (there, _) in before.items()
    ]
    memory = remembered(*[each for _, each in before.values()])
    first = app.plan(people, tenant(deleted=deleted, skus=full(e3=9, f1=1)), memory, now=NOW)
    assert "may be restored without it: 1 of 4 seats are free for 2 such accounts" in told(first)["Bo Ross"].message
    assert list(told(first)) == ["Bo Ross", "Cy Young"]
    assert given(first) == []
    later, memory = effects(first, tenant(deleted=deleted))
    users = [evolve(each, licenses=()) if "cy" in each.username else each for each in later.users]
    second = app.plan(people, evolve(later, users=users, skus=full(e3=9)), memory, now=NOW + timedelta(days=1))
    assert given(second) == (["Bo Ross", "Cy Young"] if wanted == "SPE_E3" else [])
    if wanted == "SPE_F1":
        assert f"waits since {NOW:%Y-%m-%d}, place 1 of 1" in told(second)["Cy Young"].message
        assert list(told(second)) == ["Cy Young"]


@pytest.mark.parametrize(("seats", "promised"), [(3, True), (2, False)])
def test_a_seat_that_is_used_beyond_what_was_bought_is_not_promised(seats, promised):
    """Where more are used than there are, one that is given back is still none; and nobody gets the rest of none."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO)]
    plan = plan_for(people, known(ANN), known(BO, F1), skus=(E3, evolve(F1, seats=seats, used=3)))
    problem = told(plan)["Ann Lee"]
    assert ("the next plan gives it" in problem.remedy) is promised
    assert f"no seat of SPE_F1 is left (3 of {seats} are used): waits" in problem.message


def test_a_seat_that_somebody_keeps_is_not_promised():
    """Bo should lose F1, and keeps it because what replaces it is unknown."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "MISTYPED")]
    plan = plan_for(people, known(ANN), known(BO, F1), skus=full())
    assert "Buy seats" in told(plan)["Ann Lee"].remedy


def test_a_seat_of_which_a_group_keeps_the_holder_is_not_promised():
    """The direct licence goes, and the one of the group takes the same seat."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO)]
    held = known(BO, F1, licenses=[HeldLicense(F1.id, inherited_from="group")])
    plan = plan_for(people, known(ANN), held, skus=full())
    assert [change.subject.name for change in plan if isinstance(change, AssignLicenses)] == ["Bo Ross"]
    assert "Buy seats" in told(plan)["Ann Lee"].remedy


def test_one_bought_seat_opens_the_circle():
    """Ann goes first, and the plan after that gives Bo the seat that she had."""
    people = [assigned(ANN, "SPE_F1"), assigned(BO, "SPE_E3")]
    accounts = [known(ANN, E3), known(BO, F1)]
    snapshot = tenant(*(user for user, _ in accounts), skus=(evolve(E3, seats=1, used=1), evolve(F1, seats=2, used=1)))
    memory = remembered(*[each for _, each in accounts])
    for expected in (["Ann Lee"], ["Bo Ross"], []):
        plan = APP.plan(people, snapshot, memory, now=NOW)
        assert given(plan) == expected
        snapshot, memory = effects(plan, snapshot)


def test_a_licence_that_a_group_gives_takes_no_second_seat():
    """The person has one already, so service plans can be added without a free seat."""
    there, remembered = known(ANN, licenses=[HeldLicense(E3.id, {"plan-teams"}, "group")])
    plan = plan_for([assigned(ANN, "SPE_E3")], (there, remembered), skus=full())
    assert "licences +SPE_E3 (also through a group)" in plan.to_text()
    assert plan.problems == ()


def test_assignments_carry_the_priority_of_their_group():
    """That of the first of several groups; individual assignments have none."""
    groups = [Group("00g1", "One", members={ANN.id, BO.id}), Group("00g2", "Two", members={BO.id, CY.id})]
    by_group = [GroupAssignment("00g1", 3), GroupAssignment("00g2", 1)]
    found = assign([ANN, BO, CY], groups, by_group, {CY.id: Grants()}, combine_licenses=True)
    assert [each.priority for each in found] == [3, 1, None]


def test_who_can_not_have_one_licence_without_the_other_waits_for_both():
    """Audio Conferencing needs Teams, of which no seat is left: Bo gets neither, and waits for both from the first day.

    The free seat goes to Cy, who has Teams already.
    """
    teams = Sku("id-office", "OFFICE", {"TEAMS1": "p-teams"}, seats=1, used=1)
    voice = Sku("id-voice", "VOICE", {"MCOMEETADV": "p-voice"}, seats=1)
    cy, of_cy = known(CY, teams)
    people = [assigned(each, "OFFICE", "VOICE") for each in (BO, CY)]
    snapshot = tenant(cy, skus=(teams, voice))
    plan = APP.plan(people, snapshot, remembered(of_cy), now=NOW)
    assert given(plan) == ["Cy Young"]
    after, memory = effects(plan, snapshot)
    assert [each.sku for each in memory.get(BO.id).waiting] == ["OFFICE", "VOICE"]
    assert list(APP.plan(people, after, memory, now=NOW)) == []


def test_who_can_not_have_one_licence_without_the_other_does_not_wait_for_the_one_that_is_free():
    """Of Audio Conferencing there are seats; it is Teams that Bo waits for."""
    teams = Sku("id-office", "OFFICE", {"TEAMS1": "p-teams"}, seats=1, used=1)
    voice = Sku("id-voice", "VOICE", {"MCOMEETADV": "p-voice"}, seats=1)
    plan = APP.plan([assigned(BO, "OFFICE", "VOICE")], tenant(skus=(teams, voice)), remembered(), now=NOW)
    assert given(plan) == []
    [problem] = [each for each in plan.problems if each.code == "no_seat"]
    assert "no seat of OFFICE" in problem.message
    [change] = [each for each in plan if isinstance(each, Remember)]
    assert [each.sku for each in change.waiting] == ["OFFICE"]
