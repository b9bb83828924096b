"""Equivalence: for whom another expression gives something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov import UsageError
from o365prov.expressions import EvaluationError, Expression

PEOPLE = [{"user": {"age": 1}}, {"user": {"age": None}}, {}]
AGE = Expression("user.age")


def test_it_lists_who_would_get_something_else():
    """With their number, what they were evaluated with, and both values."""
    [second] = AGE.equivalent(Expression("user.age == null ? 0 : user.age"), PEOPLE)
    assert (second.number, second.values, second.before, second.after) == (1, PEOPLE[1], None, 0)


def test_two_failures_are_the_same_and_one_is_not():
    """Whom both expressions fail for gets nothing either way; whom one fails for is listed with the error."""
    assert AGE.equivalent(Expression("user.age"), PEOPLE)
    [last] = AGE.equivalent(Expression("user == null ? 'nobody' : user.age"), PEOPLE)
    assert isinstance(last.before, EvaluationError)
    assert last.after == "nobody"


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "'1'"), ("1", "1.0"), ("1", "true"), ("{1}", "{'1'}"), ("{a: 1}", "{a: 1.0}"), ("0", "null")],
)
def test_values_of_two_kinds_are_not_the_same(one, other):
    """What looks alike is not sent alike."""
    assert not Expression(one).equivalent(Expression(other), [{}])


def test_what_is_no_number_is_the_same_as_itself():
    """Zero by zero gives NaN, which equals nothing."""
    assert Expression("0.0 / 0.0").equivalent(Expression("0.0 / 0.0"), [{}])


def test_it_is_true_if_nobody_differs_and_counts_everybody():
    """Also of a stream, which is read once."""
    result = AGE.equivalent(Expression("user.age + 0"), iter([{"user": {"age": 1}}, {"user": {"age": 2}}]))
    assert bool(result)
    assert str(result) == "0 of 2 people would get something else"


def test_it_is_shown_with_both_values_and_as_rows():
    """As text, and as plain values for a data frame."""
    result = AGE.equivalent(Expression("user.age + ''"), PEOPLE[:2])
    assert str(result).splitlines() == ["2 of 2 people would get something else", '0: 1 → "1"', '1: null → "null"']
    assert result.to_dicts() == [
        {"number": 0, "before": 1, "after": "1"},
        {"number": 1, "before": None, "after": "null"},
    ]
    assert "<table" in result.to_html()


@pytest.mark.parametrize(("other", "people"), [("user.age", []), (AGE, {"user": {}}), (AGE, 5)])
def test_what_is_neither_an_expression_nor_people_is_refused(other, people):
    """It says what to pass."""
    with pytest.raises(UsageError, match="equivalent"):
        AGE.equivalent(other, people)


@given(st.lists(st.one_of(st.none(), st.integers(-9, 9), st.text(max_size=3)), max_size=5))
def test_it_is_what_evaluating_one_by_one_says(ages):
    """The numbers are those of the people for whom the two values differ."""
    people = [{"user": {"age": age}} for age in ages]
    other = Expression("user.age == 3 ? 4 : user.age")
    differ = [number for number, each in enumerate(people) if AGE.evaluate(each) != other.evaluate(each)]
    assert [each.number for each in AGE.equivalent(other, people)] == differ
