"""Wrong values are refused with errors of the tree that name the field, and right ones cross processes whole."""

import copy
import pickle
from datetime import UTC, datetime

import pytest

from o365prov import ConfigurationError, UsageError
from o365prov.expressions import Bindings, Dialect, Expression, Limits, Semantics, check_text, country


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Bindings({}, now=datetime(2026, 1, 1)), "Bindings.now has no time zone"),  # noqa: DTZ001 - on purpose
        (lambda: Bindings({}, now="yesterday"), "Bindings.now should be an aware datetime or an ISO 8601 time"),
        (lambda: Bindings({}, now=5), "Bindings.now should be an instant"),
        (lambda: Bindings(["user"]), "Bindings.roots should be a mapping of names to values, not a list"),
        (lambda: Bindings({5: {}}), "Bindings.roots should be a mapping whose keys are strings"),
        (lambda: Bindings({}, groups={"id": "1"}), "Bindings.groups should be a list of mappings, not a dict"),
        (lambda: Bindings({}, groups="Sales"), "Bindings.groups should be a list of mappings, not a string"),
        (lambda: Bindings({}, directory_users=["x"]), "Bindings.directory_users should be a list of mappings"),
        (lambda: Bindings({}, workday_users=5), "Bindings.workday_users should be a list of mappings, not 5"),
        (lambda: Bindings({}, managers=[{}]), "Bindings.managers should be a mapping"),
        (lambda: Semantics(null_text="x"), r"Semantics.null_text should be 'word' or 'empty' or 'refuse'"),
        (lambda: Limits(nesting=0), "Limits.nesting should be a whole number from 1 on, not 0"),
        (lambda: Limits(text_length="5"), "Limits.text_length should be a whole number"),
        (lambda: Expression(5), "Expression.text should be a string, not 5"),
        (lambda: Expression("a", dialect="okta"), "Expression.dialect should be one of 'classic', 'ie'"),
        (lambda: Expression("a", semantics=None), "Expression.semantics should be a Semantics, not None"),
        (lambda: Expression("a", limits=5), "Expression.limits should be a Limits, not 5"),
    ],
)
def test_a_wrong_field_is_named(make, named):
    """So that it is found without reading our code."""
    with pytest.raises(ConfigurationError, match=named):
        make()


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: Expression("a").evaluate("user"), "evaluate takes a mapping of root names or a Bindings, not str"),
        (lambda: Expression("hasDirectoryUser()").evaluate(5), "evaluate takes a mapping of root names"),
        (lambda: Expression("a").explain(None), "evaluate takes a mapping of root names"),
        (
            lambda: Expression("a").check(context="nope"),
            "'nope' is not a context: give check one of profile_mapping",
        ),
        (lambda: Expression("a").check(context=5), "5 is not a context"),
        (lambda: Expression("a").check(5), "a schema is a mapping of root names to attributes, not int"),
        (lambda: Expression("a").check({"user": "email"}), "the schema of 'user' should be the names"),
        (lambda: check_text(5), "check_text takes a str as text, not int"),
        (lambda: check_text("a", dialect="ie"), "check_text takes a Dialect as dialect, not str"),
        (lambda: check_text("a", semantics=5), "check_text takes a Semantics as semantics, not int"),
        (lambda: check_text("a", limits=5), "check_text takes a Limits as limits, not int"),
    ],
)
def test_a_wrong_call_is_refused(call, named):
    """With what the call takes, and what it got."""
    with pytest.raises(UsageError, match=named):
        call()


def test_a_dialect_may_be_named_by_its_value():
    """As a file of settings holds it."""
    assert Expression("a", dialect="ie") == Expression("a", dialect=Dialect.IDENTITY_ENGINE)


VALUES = [
    Expression("user.a + 'x'", dialect=Dialect.IDENTITY_ENGINE, semantics=Semantics(missing="error")),
    Expression("user.a").explain({"user": {"a": 1}}),
    Expression("user.a + 1 / 0").explain({"user": {"a": 1}}),
    check_text("user.city = 'Bonn'")[0],
    Expression("string.len(user.a)").check()[0],
    Bindings({"user": {}}, groups=[{"id": "1"}], directory_users=[{}], now=datetime(2026, 1, 1, tzinfo=UTC)),
    Semantics(null_text="empty"),
    Limits(nesting=5),
    country("DE"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_pickle_and_copy(value):
    """They cross processes whole."""
    for twin in (pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)):  # noqa: S301 - our own
        assert type(twin) is type(value)
        assert repr(twin) == repr(value)
        assert str(twin) == str(value)


@pytest.mark.parametrize("text", ["user.city =", "String.nope(x)", "user.a.b"])
def test_errors_pickle_with_their_place(text):
    """A process pool hands them over whole."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - each of the family
        Expression(text).evaluate({"user": {"a": "x"}})
    twin = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own
    assert (str(twin), twin.caret(), twin.remedy) == (str(raised.value), raised.value.caret(), raised.value.remedy)
