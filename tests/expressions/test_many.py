"""Many people, and many expressions for one person: the same values as one at a time, and no failure stops another."""

from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import EvaluationError, UsageError
from o365prov.expressions import Bindings, Dialect, Expression, ExpressionList, Limits, Semantics

TEXTS = (
    'String.substringBefore(user.a, "@") + "@yourfederated.domain"',
    "user.a.b",
    "Convert.toInt(user.a)",
    '"x" + user.a + user.b',
    "hasDirectoryUser() ? findDirectoryUser().dn : user.a",
    "Arrays.add(user.a, user.b)",
    "{user.a, user.b}",
    "user.a ? 1 : 2",
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=9), st.lists(st.text(max_size=3), max_size=3)
)
PEOPLE = st.lists(st.builds(lambda a, b: {"user": {"a": a, "b": b}}, VALUES, VALUES), max_size=6)


def outcome(expression, roots):
    """The value, or the error's words."""
    try:
        return expression.evaluate(roots)
    except EvaluationError as error:
        return str(error)


def said(value):
    """A value as it is, an error by its words."""
    return str(value) if isinstance(value, EvaluationError) else value


@given(st.sampled_from(TEXTS), PEOPLE)
def test_many_people_get_what_each_gets_alone(text, people):
    """``evaluate_many`` gives for each person what ``evaluate`` gives, or the error that it raises."""
    expression = Expression(text)
    many = [said(value) for value in expression.evaluate_many(people)]
    assert many == [outcome(expression, roots) for roots in people]


def test_people_are_taken_one_by_one():
    """Nobody is asked for before the value of the one before was taken."""
    people = ({"user": {"n": number}} for number in count())
    assert list(islice(Expression("user.n + 1").evaluate_many(people), 3)) == [1, 2, 3]
    assert next(people) == {"user": {"n": 3}}


@pytest.mark.parametrize("people", [{"user": {}}, 5, None])
def test_what_is_not_people_is_refused_at_once(people):
    """One person's roots, or no collection at all, are refused before anything is evaluated."""
    with pytest.raises(UsageError, match="takes people"):
        Expression("user.a").evaluate_many(people)


def test_who_is_not_a_person_is_refused_when_reached():
    """A person is a mapping or Bindings: another value is a mistake of the caller, no failure of the expression."""
    values = Expression("user.a").evaluate_many([{"user": {"a": 1}}, "user"])
    assert next(values) == 1
    with pytest.raises(UsageError, match="not str"):
        next(values)


@given(st.lists(st.sampled_from(TEXTS), min_size=1), VALUES, VALUES, st.integers(0, 4))
def test_a_list_of_expressions_gives_what_each_gives(texts, a, b, longest):
    """Compiled together, each expression has its own value or error, and what is unusual is named."""
    expressions = tuple(map(Expression, texts))
    together = ExpressionList(expressions, (longest,) * len(texts))
    roots = {"user": {"a": a, "b": b}}
    values, unusual = together.evaluate(roots)
    assert [said(value) for value in values] == [outcome(expression, roots) for expression in expressions]
    assert unusual == [
        position
        for position, value in enumerate(values)
        if not longest or not (value is None or (isinstance(value, str) and 0 < len(value) <= longest))
    ]


@pytest.mark.parametrize(
    "other",
    [
        Expression("user.b", semantics=Semantics(missing="error")),
        Expression("user.b", dialect=Dialect.IDENTITY_ENGINE),
        Expression("user.b" + " " * 9_990),
    ],
    ids=["semantics", "dialect", "long"],
)
def test_expressions_that_differ_are_evaluated_one_by_one(other):
    """Other semantics, another dialect, or more text than one expression may have: the values are the same."""
    both = ExpressionList((Expression("user.a.x"), other), (9, 9))
    values, unusual = both.evaluate({"user": {"a": None, "b": "y"}})
    assert [said(value) for value in values][1:] == ["y"]
    assert isinstance(values[0], EvaluationError)
    assert unusual == [0]


def test_each_expression_of_a_list_has_its_own_budget():
    """What one takes is not missing for the next."""
    limits = Limits(result_size=40)
    greedy = Expression("user.list.![a + a + a]", limits=limits)
    both = ExpressionList((greedy, Expression("user.list.![a]", limits=limits)), (9, 9))
    values, _ = both.evaluate(Bindings({"user": {"list": [{"a": "xxxxx"}] * 4}}))
    assert isinstance(values[0], EvaluationError)
    assert values[1] == ["xxxxx"] * 4


def test_a_list_without_expressions_gives_nothing():
    """No expressions, no values."""
    assert ExpressionList((), ()).evaluate({}) == ([], [])


def test_an_error_shows_the_text_of_its_own_expression():
    """Lists that differ in blanks alone, like those of two settings files, each say what stands in theirs."""
    for text in ("user.a.x", "user.a . x"):
        [error], _ = ExpressionList((Expression(text),), (9,)).evaluate({"user": {"a": None}})
        assert error.text == text
