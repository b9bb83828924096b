"""The transition table by itself: it is total, no row is in another's place, and its laws hold in every situation."""

from itertools import product
from math import prod

import pytest
from attrs import evolve, fields
from hypothesis import given, settings
from hypothesis import strategies as st

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

AXES = {each.name: (False, True) for each in fields(Situation)} | {
    "wanted": tuple(Wanted),
    "memory": tuple(Memory),
    "account": tuple(Account),
    "link": tuple(Link),
    "control": tuple(Control),
}
THERE = (Account.ENABLED, Account.BLOCKED_BY_US, Account.BLOCKED_BY_OTHERS)
TAKES_AWAY = (Step.BLOCK, Step.DELETE)
GIVES = (Step.CREATE, Step.RESTORE, Step.LINK, Step.ENABLE)


def situations_of(row):
    """The situations that a row says it is about."""
    return (Situation(*values) for values in product(*(row.when.get(name, axis) for name, axis in AXES.items())))


@pytest.fixture(scope="module")
def decided():
    """Each situation with its row."""
    return [(each, row) for row in ROWS for each in situations_of(row)]


def test_exactly_one_row_fits_each_situation(decided):
    """None is forgotten, none is decided twice, and none falls through to a default."""
    assert len({each for each, _ in decided}) == len(decided) == prod(map(len, AXES.values()))


@settings(max_examples=10 * settings.default.max_examples)
@given(st.builds(Situation, *map(st.sampled_from, AXES.values())))
def test_the_row_that_fits_is_the_one_that_is_found(situation):
    """A row fits the situations that it says it is about, and no others."""
    fitting = [row for row in ROWS if all(getattr(situation, name) in values for name, values in row.when.items())]
    assert [row for row in ROWS if row.fits(situation)] == fitting == [transition(situation)]


def test_each_row_is_needed(decided):
    """No row is left over, and no two say the same words."""
    assert {row.words for _, row in decided} == {row.words for row in ROWS}
    assert len({row.words for row in ROWS}) == len(ROWS)


def test_only_leavers_whom_we_know_lose_something(decided):
    """Nobody who is assigned, held, excluded or unknown is blocked or deleted; who is suspended is blocked at most."""
    losing = [(each, row.step) for each, row in decided if row.step in TAKES_AWAY]
    assert {each.wanted for each, _ in losing} == {Wanted.LEFT, Wanted.SUSPENDED}
    assert {each.memory for each, _ in losing} == {*Memory} - {Memory.NEVER, Memory.GONE}
    assert all(each.deactivates for each, _ in losing if each.wanted is Wanted.LEFT)
    assert {step for each, step in losing if each.wanted is Wanted.SUSPENDED} == {Step.BLOCK}


def test_only_what_is_due_is_deleted(decided):
    """The day is the one that the person was told when they left."""
    assert all(each.due for each, row in decided if row.step is Step.DELETE)


def test_whoever_is_assigned_can_sign_in_or_a_problem_says_why_not(decided):
    """Created, restored and enabled accounts can; so can one that is linked while it is enabled."""
    for each, row in decided:
        if each.wanted is Wanted.ASSIGNED and not row.problem:
            enabled = row.step is Step.LINK and each.account is Account.ENABLED
            assert enabled or row.step in {Step.CREATE, Step.RESTORE, Step.ENABLE}


def test_an_account_is_taken_from_another_only_where_its_link_yields(decided):
    """Another person's, another app's and a namesake's account are never linked, restored or enabled."""
    taken = {each.link for each, row in decided if row.step in GIVES and each.account is not Account.NONE}
    assert taken == {Link.OWN, Link.FREE, Link.YIELDING}


def test_what_others_did_is_undone_only_with_a_confirmation(decided):
    """An account that others blocked, and a leaver's that others enabled, need the word of somebody."""
    for each, row in decided:
        others_blocked = row.step is Step.ENABLE and each.account is Account.BLOCKED_BY_OTHERS
        mastered = each.control in {Control.SYNCED, Control.LICENSES}
        was_blocked = each.memory is Memory.LEFT or (each.memory is Memory.PAUSED and each.wanted is Wanted.SUSPENDED)
        is_back = was_blocked and each.account is Account.ENABLED and not mastered
        others_enabled = row.step in TAKES_AWAY and is_back
        assert row.overrides == (others_blocked or others_enabled)


def test_who_left_while_deactivate_users_was_off_needs_a_confirmation(decided):
    """Whatever is begun for them once it is on follows a setting that they were not told of; nobody else's does."""
    begun = {Step.BLOCK, Step.DEPART, Step.DELETE}
    for each, row in decided:
        is_kept = each.memory is Memory.KEPT and each.wanted is Wanted.LEFT
        assert row.reaches_back == (row.step in begun and is_kept)


def test_memory_and_tenant_never_disagree_in_silence(decided):
    """A leaver who can sign in again, or whose deleted account is back, is said or must be confirmed."""
    for each, row in decided:
        back = each.memory is Memory.LEFT and each.account is Account.ENABLED and not each.due
        restored = each.memory is Memory.GONE and each.account in THERE
        if each.wanted is Wanted.LEFT and (back or restored):
            assert row.problem or row.overrides


def test_a_step_that_undoes_nothing_needs_no_confirmation():
    """A row that says otherwise can't be written."""
    row, *_ = (row for row in ROWS if row.step is Step.CREATE)
    with pytest.raises(ValueError, match="undoes nothing"):
        evolve(row, overrides=True)
    with pytest.raises(ValueError, match="who left before"):
        evolve(row, reaches_back=True)


def test_graph_is_asked_for_nothing_that_it_refuses(decided):
    """Accounts that Entra Connect masters are neither blocked nor enabled."""
    mastered = [row.step for each, row in decided if each.control in {Control.SYNCED, Control.LICENSES}]
    assert not {Step.BLOCK, Step.ENABLE} & set(mastered)


def test_every_problem_is_said_somewhere():
    """The codes are those of the rows, and no others."""
    assert {row.problem for row in ROWS} == set(ProblemCode)
