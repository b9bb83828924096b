"""Every situation of the transition table that can be made, judged by the tenant and the memory before and after.

The judges do not read the table. That they judge well is shown by changing the table: whichever row is changed, in its
step, its problem or its need of a confirmation, one of them objects.
"""

import os
from functools import cache
from itertools import product
from random import Random

import pytest
from amount import some
from attrs import evolve
from before_and_after import PREDICATES, Story
from scenes import IMPOSSIBLE, scene, situations, types_of

from o365prov.planning.lifecycle import absent, held, missing
from o365prov.planning.matching import resolve
from o365prov.planning.rules import leavers
from o365prov.planning.transitions import lookup
from o365prov.planning.transitions.lookup import transition
from o365prov.planning.transitions.situations import (
    Account,
    Control,
    Link,
    Memory,
    ProblemCode,
    Situation,
    Step,
    Wanted,
)
from o365prov.planning.transitions.table import ROWS

EVERY = "EVERY_SITUATION" in os.environ
CHANCE = Random(1)  # noqa: S311 - an order of scenes
MOST = 60
OPTIONS = ("delete", "licenses", "keep", "changed")
STEPS = {
    Wanted.ASSIGNED: (Step.NOTHING, Step.CREATE, Step.RESTORE, Step.LINK, Step.ENABLE),
    Wanted.STARTS_SOON: (Step.NOTHING, Step.CREATE),
    Wanted.SUSPENDED: (Step.NOTHING, Step.BLOCK),
    Wanted.LEFT: (Step.NOTHING, Step.KEEP, Step.BLOCK, Step.DEPART, Step.WAIT, Step.FORGET, Step.DELETE),
}
"""What can be done for whom; of who is held or starts later only a problem is said."""


def options_of(situation):
    """The options that leavers may have been told in a situation."""
    if situation.wanted is not Wanted.LEFT or situation.due:
        return OPTIONS[:1]
    return OPTIONS if situation.memory in (Memory.LEFT, Memory.GONE) else OPTIONS[:3]


def kinds_of(situation, number):
    """The provisioning types of a situation, and day by day one of them in turn."""
    found = types_of(situation)
    return found if EVERY else (found[number % len(found)],)


@cache
def scenes_of(words):
    """The scenes that a row decides, mixed, so that those come early that differ."""
    situations_of_row = (each for each in situations(every=EVERY) if transition(each).words == words)
    found = [(each, option) for each in situations_of_row for option in options_of(each)]
    return [scene(each, option=option) for each, option in CHANCE.sample(found, min(len(found), MOST))]


@pytest.fixture
def asked(monkeypatch):
    """The words of the rows that the planner asks for."""
    words = set()

    def spy(situation):
        row = transition(situation)
        words.add(row.words)
        return row

    for module in (resolve, leavers, held, absent, missing):
        monkeypatch.setattr(module, "transition", spy)
    return words


@pytest.mark.parametrize("wanted", list(Wanted))
def test_the_laws_hold_in_every_situation(wanted, asked):
    """Before and after, for each situation that can be made and each option; and the planner asked for its row."""
    for number, situation in enumerate(some((each for each in situations(every=EVERY) if each.wanted is wanted), 150)):
        for option, kind in product(options_of(situation), kinds_of(situation, number)):
            asked.clear()
            story = Story.of(scene(situation, option=option, kind=kind))
            assert transition(situation).words in asked, situation
            for law in PREDICATES:
                law(story)


@pytest.mark.parametrize("words", [row.words for row in ROWS])
def test_a_plan_about_somebody_else_does_nothing(words):
    """Whatever her situation is, Ann is not meant."""
    for made in scenes_of(words)[:5]:
        plan = evolve(made, only=("00uNobody",)).plan()
        assert plan.changes == ()
        assert [(each.subject.person_id, each.code) for each in plan.problems] == [("00uNobody", "never_seen")]


def test_a_restored_account_that_others_had_blocked_is_enabled_only_with_a_confirmation():
    """Somebody blocked Ann's account, and then deleted it: restoring undoes the deletion, enabling the block too."""
    made = scene(Situation(Wanted.ASSIGNED, Memory.ACTIVE, Account.DELETED, Link.OWN, restores=True))
    [deleted] = made.snapshot.deleted_users
    blocked = evolve(deleted, properties={**deleted.properties, "accountEnabled": False})
    story = Story.of(evolve(made, snapshot=evolve(made.snapshot, deleted_users=[blocked])))
    for law in PREDICATES:
        law(story)
    [enabling] = (change for change in story.plan if change.kind == "enable_sign_in")
    assert enabling.overrides


def test_each_row_has_a_situation_that_can_be_made():
    """No row is only for the table's own sake."""
    assert {transition(each).words for each in situations(every=EVERY)} == {row.words for row in ROWS}


def test_each_reason_why_a_situation_cannot_be_made_is_needed():
    """A reason that excludes nothing which the others leave in says nothing."""
    axes = [list(each) for each in (Wanted, Memory, Account, Link, Control, *[(False, True)] * 6)]
    tried = zip(*(CHANCE.choices(axis, k=20_000) for axis in axes), strict=True)
    excluded = ([name for name, holds in IMPOSSIBLE.items() if holds(Situation(*each))] for each in tried)
    assert {names[0] for names in excluded if len(names) == 1} == set(IMPOSSIBLE)


def outcome(row):
    """What a row does and says, and for which of the two reasons it must be confirmed."""
    return row.step, row.problem, row.overrides, row.reaches_back


def changed(row):
    """The row with each other step, each other problem, with and without a confirmation, and as each other row."""
    wanted = row.when["wanted"][0]
    problems = {each.problem for each in ROWS if each.when["wanted"][0] in STEPS}
    outcomes = {
        (Step.NOTHING, ProblemCode.NONE, False, False),
        (row.step, row.problem, not row.overrides, row.reaches_back),
        (row.step, row.problem, row.overrides, not row.reaches_back),
        *((step, row.problem, row.overrides, row.reaches_back) for step in STEPS.get(wanted, ())),
        *((row.step, problem, row.overrides, row.reaches_back) for problem in problems),
        *(outcome(each) for each in ROWS if each.when["wanted"] == row.when["wanted"]),
    }
    return sorted(outcomes - {outcome(row)})


def objection(row, monkeypatch):
    """Which law or check objects once *row* is in the place of the row of its words; empty for none."""
    monkeypatch.setattr(lookup, "ROWS", tuple(row if each.words == row.words else each for each in ROWS))
    lookup.forget_rows_met()
    for each in scenes_of(row.words):
        try:
            story = Story.of(each)
        except (KeyError, ValueError):
            return "the planner refuses the row, or the tenant the plan"
        for law in PREDICATES:
            try:
                law(story)
            except AssertionError:
                return law.__name__
    return ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words)
def test_no_row_can_be_changed_unseen(row, monkeypatch):
    """Whatever else the row would do or say, in one of its situations a law is broken."""
    scenes_of(row.words)
    unseen = []
    for step, problem, overrides, reaches_back in changed(row):
        try:
            other = evolve(row, step=step, problem=problem, overrides=overrides, reaches_back=reaches_back)
        except ValueError:
            continue  # such a row can't be written
        if not objection(other, monkeypatch):
            unseen.append((step, problem, overrides, reaches_back))
    monkeypatch.undo()
    lookup.forget_rows_met()
    assert unseen == []
