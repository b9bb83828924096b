"""A push of some: the plan is about these people alone."""

import pytest
from attrs import evolve
from effects import effects
from hypothesis import given
from hypothesis import strategies as st
from organisation import E3, NOW, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import ConfigurationError

NAMES = ["Ann Lee", "Bo Ross", "Cy Young", "Di Ng", "Ed Poe", "Flo Day"]
PEOPLE = {name: somebody(name) for name in NAMES}
APP = user_sync_app()
EMPTY = tenant(skus=(evolve(E3, seats=9),))
EVERYBODY = [assigned(each, "SPE_E3") for each in PEOPLE.values()]
SNAPSHOT, KNOWN = effects(APP.plan(EVERYBODY, EMPTY, remembered(), now=NOW), EMPTY)


def titled(name, title):
    """A person with this title."""
    return evolve(PEOPLE[name], profile={**PEOPLE[name].profile, "title": title})


def test_a_push_of_one_person_blocks_nobody_else():
    """Six are linked, one is given: the five others do not exist for this plan."""
    ann = PEOPLE["Ann Lee"]
    changed = evolve(ann, profile={**ann.profile, "title": "Lead"})
    plan = APP.plan([assigned(changed, "SPE_E3")], SNAPSHOT, KNOWN, now=NOW, only={ann.id})
    assert {change.subject.person_id for change in plan} == {ann.id}
    assert (plan.hazards, plan.problems) == ((), ())


def test_a_person_who_is_named_and_not_assigned_has_left():
    """A push after the assignment ended."""
    plan = APP.plan([], SNAPSHOT, KNOWN, now=NOW, only={PEOPLE["Ann Lee"].id})
    assert [change.kind for change in plan] == ["block_sign_in", "revoke_sessions"]


def test_a_person_of_whom_nothing_is_known_is_said():
    """An id that is misspelled, or somebody who had never been provisioned: not passed over in silence."""
    plan = APP.plan(EVERYBODY, SNAPSHOT, KNOWN, now=NOW, only={"00uTypo", PEOPLE["Ann Lee"].id})
    assert plan.changes == ()
    assert [(each.subject.person_id, each.code, each.stops) for each in plan.problems] == [
        ("00uTypo", "never_seen", False)
    ]


def test_a_push_of_nobody_is_empty():
    """An empty set is not everybody."""
    plan = APP.plan([], SNAPSHOT, KNOWN, now=NOW, only=())
    assert (plan.changes, plan.problems, plan.hazards) == ((), (), ())


def test_one_string_is_not_a_set_of_people():
    """It would be taken for its letters."""
    with pytest.raises(ConfigurationError, match="only"):
        APP.plan([], SNAPSHOT, KNOWN, now=NOW, only="00u1")


def test_somebody_elses_account_is_not_free_in_a_push():
    """Who is not named has not left: the account stays the holder's."""
    new = evolve(somebody("Ann Lee"), id="00uNew")
    plan = APP.plan([assigned(new)], SNAPSHOT, KNOWN, now=NOW, only={new.id})
    assert [problem.code for problem in plan.problems] == ["account_of_another_person"]


def unmarked(changes):
    """The changes without a word about a confirmation."""
    return [
        evolve(each, departure=evolve(each.departure, confirmed=False)) if getattr(each, "departure", None) else each
        for each in changes
    ]


@given(
    assigned_names=st.sets(st.sampled_from(NAMES)),
    titles=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["Lead", "Rep"])),
    only=st.sets(st.sampled_from(NAMES)),
)
def test_a_push_of_some_is_the_whole_plans_part_for_them(assigned_names, titles, only):
    """Whoever is assigned and whatever changed; that many leave has to be confirmed only where they do."""
    people = [
        assigned(
            evolve(PEOPLE[name], profile={**PEOPLE[name].profile, "title": titles.get(name, "Engineer")}), "SPE_E3"
        )
        for name in sorted(assigned_names)
    ]
    ids = {PEOPLE[name].id for name in only}
    whole = APP.plan(people, SNAPSHOT, KNOWN, now=NOW)
    part = APP.plan(people, SNAPSHOT, KNOWN, now=NOW, only=ids)
    assert unmarked(part.changes) == unmarked(each for each in whole.changes if each.subject.person_id in ids)
    assert part.problems == tuple(each for each in whole.problems if each.subject.person_id in ids)
