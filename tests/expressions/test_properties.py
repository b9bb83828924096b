"""Rules that hold for every text and every tree."""

from hypothesis import given, settings
from hypothesis import strategies as st

from o365prov.expressions import (
    Bindings,
    Dialect,
    EvaluationError,
    Expression,
    ExpressionSyntaxError,
    Semantics,
    check_text,
)
from o365prov.expressions.limits import LIMITS
from o365prov.expressions.syntax.parser import parse
from o365prov.expressions.syntax.tree import (
    Arithmetic,
    Call,
    Comparison,
    Conditional,
    Elvis,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Member,
    MethodCall,
    Name,
    Power,
    Projection,
    Selection,
    Unary,
)
from o365prov.expressions.syntax.unparser import unparse
from o365prov.expressions.values.numbers import Float, Long

NAMES = st.sampled_from(
    ["user", "a", "and", "or", "div", "x1", "$", "_", "name", "String", "matches", "eq", "nested", "created"]
)
WORDS = st.sampled_from(["user", "a", "true", "not", "null", "and", "$", "name", "len", "div", "first", "created"])
TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
CONSTANTS = st.one_of(
    TEXTS,
    st.integers(0, 2**31 - 1),
    st.integers(0, 2**63 - 1).map(Long),
    st.floats(min_value=0, allow_nan=False),
    st.floats(min_value=0, allow_nan=False, width=32).map(Float),
    st.booleans(),
    st.none(),
)
FUNCTIONS = st.sampled_from(
    [
        ("String", "len", 1),
        ("String", "append", 2),
        ("String", "substring", 3),
        ("String", "replace", 3),
        ("Arrays", "flatten", 2),
        ("Arrays", "get", 2),
        ("Convert", "toInt", 1),
        ("Iso3166Convert", "toName", 1),
        ("Time", "fromUnixToIso8601", 1),
        ("Time", "fromStringToIso8601", 2),
        ("user", "getGroups", 1),
        ("nowhere", "nothing", 1),
    ]
)


def tuples_of(inner, least=2):
    """A tuple of parts."""
    return st.lists(inner, min_size=least, max_size=4).map(tuple)


def chains(inner):
    """A chain of + and -, or of * / %."""

    def arithmetic(parts, operators):
        return Arithmetic(tuple(operators[: len(parts) - 1]), parts)

    return st.one_of(
        st.builds(arithmetic, tuples_of(inner), st.lists(st.sampled_from(signs), min_size=3, max_size=3))
        for signs in (["+", "-"], ["*", "/", "%"])
    )


def compound(inner):
    """Every kind of node over smaller trees."""
    no_choice = inner.filter(lambda tree: not isinstance(tree, Conditional))
    no_elvis = inner.filter(lambda tree: not isinstance(tree, Elvis))
    call = st.builds(
        lambda function, parts: MethodCall(Name(function[0]), function[1], parts[: function[2]]),
        FUNCTIONS,
        tuples_of(inner, 3),
    )
    method = st.builds(
        MethodCall, inner, st.sampled_from(["contains", "substring", "plusDays", "add", "x"]), tuples_of(inner, 1)
    )
    return st.one_of(
        st.builds(Member, inner, WORDS, st.booleans()),
        st.builds(Index, st.one_of(st.none(), inner), inner),
        st.builds(
            Call, st.sampled_from(["hasDirectoryUser", "toUpperCase", "isMemberOfGroupNameRegex"]), tuples_of(inner, 1)
        ),
        call,
        method,
        st.builds(Unary, st.sampled_from("!-+"), inner),
        st.builds(Power, inner, inner),
        chains(inner),
        st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "matches"]), inner, inner),
        st.builds(Logic, st.sampled_from(["and", "or"]), tuples_of(inner)),
        st.builds(Conditional, st.lists(st.tuples(inner, inner), min_size=1, max_size=6).map(tuple), no_choice),
        st.builds(lambda firsts, last: Elvis((*firsts, last)), tuples_of(inner, 1), no_elvis),
        st.builds(Projection, inner, inner, st.booleans()),
        st.builds(Selection, st.sampled_from("?^$"), inner, inner, st.booleans()),
        st.builds(ListLiteral, tuples_of(inner, 0)),
        st.builds(MapLiteral, st.lists(st.tuples(TEXTS, inner), max_size=3).map(tuple)),
    )


MANY = settings(max_examples=5 * settings.default.max_examples)
TREES = st.recursive(st.one_of(CONSTANTS.map(Literal), NAMES.map(Name)), compound, max_leaves=12)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(WORDS, inner, max_size=3)),
    max_leaves=8,
)
ROOTS = st.dictionaries(NAMES, VALUES, max_size=4)


@MANY
@given(TREES, st.sampled_from(Dialect))
def test_parsing_the_canonical_text_gives_the_tree_again(tree, dialect):
    """Parse ∘ unparse is the identity on trees."""
    assert parse(unparse(tree, dialect), LIMITS) == tree


@MANY
@given(st.one_of(st.text(max_size=30), st.text("ab1.?:[]{}()+-*/%^!=<>&|'\" ,$#@TnotORd", max_size=40)))
def test_any_string_is_an_expression_or_a_syntax_error(text):
    """Nothing else happens; the place lies inside the text, and the checker says the same."""
    error = None
    try:
        expression = Expression(text)
        assert Expression(str(expression)) == expression
    except ExpressionSyntaxError as caught:
        error = caught
    if error is not None:
        assert 0 <= error.start <= error.end <= max(len(text), 1)
        assert error.remedy
        assert error.caret()
        assert any(found.message == error.message for found in check_text(text))


@MANY
@given(
    TREES,
    ROOTS,
    st.sampled_from(Dialect),
    st.sampled_from([Semantics(), Semantics(null_text="refuse", missing="error")]),
)
def test_any_expression_gives_a_value_or_an_evaluation_error(tree, roots, dialect, semantics):
    """Explaining gives the same value, or the same error; checking and references never fail."""
    expression = Expression(unparse(tree, dialect), dialect=dialect, semantics=semantics)
    bindings = Bindings(roots, groups=[{"id": "1", "name": "a"}], now="2015-07-31T17:18:37.979Z")
    explanation = expression.explain(bindings)
    value, error = None, None
    try:
        value = expression.evaluate(bindings)
    except EvaluationError as caught:
        error = caught
    assert str(explanation.error) == str(error)
    assert repr(explanation.value) == repr(value)
    assert isinstance(expression.references, frozenset)
    for diagnostic in expression.check({"user": {"a": "string"}}, context="group_rule"):
        assert 0 <= diagnostic.start <= diagnostic.end <= len(expression.text)
