"""The Expression itself: equality, canonical text, references, explanation, pickling."""

import pickle

import pytest

from o365prov.expressions import Bindings, Dialect, Expression, Limits, Semantics
from o365prov.expressions.syntax.parser import parse


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("(user.a  eq 'x')and not(user.b)", 'user.a == "x" AND !user.b'),
        ("a ? b : (c ? d : e)", "a ? b : c ? d : e"),
        ("(a ? b : c) ? d : e", "(a ? b : c) ? d : e"),
        ("(a + b) + c", "(a + b) + c"),
        ("a + b - c", "a + b - c"),
        ("a*(b+c)", "a * (b + c)"),
        ("- -x", "- -x"),
        ("! [x]", "! [x]"),
        ("{k:{:}, 'l':{}}", '{"k": {:}, "l": {}}'),
        ("user . groups .! [name]".replace("! [", "!["), "user.groups.![name]"),
        ("'say \"hi\"'", '"say ""hi"""'),
        ("7 div 2 mod 3", "7 / 2 % 3"),
        ("($)[0]", "($)[0]"),
        ("1.50f", "1.5f"),
    ],
)
def test_canonical_text(typed, canonical):
    """One way to write each tree: few parentheses, double quotes, symbols for words."""
    expression = Expression(typed)
    assert str(expression) == canonical
    assert expression.text == typed
    assert parse(canonical, Limits()) == parse(typed, Limits())


def test_identity_engine_writes_its_own_logic_words():
    """The page of each dialect writes logic its own way."""
    text = "user.status == 'ACTIVE' and (a or b)"
    assert str(Expression(text)) == 'user.status == "ACTIVE" AND (a OR b)'
    assert str(Expression(text, dialect=Dialect.IDENTITY_ENGINE)) == 'user.status == "ACTIVE" && (a || b)'


def test_equality_is_by_meaning():
    """Canonical text, dialect and semantics count; spelling does not."""
    assert Expression("user.a and user.b") == Expression("(user.a) && (user.b)")
    assert hash(Expression("'a'")) == hash(Expression('"a"'))
    assert Expression("a") != Expression("a", dialect=Dialect.IDENTITY_ENGINE)
    assert Expression("a") != Expression("a", semantics=Semantics(missing="error"))
    assert Expression("a") != "a"


def test_an_expression_survives_pickling_after_use():
    """Compiled code stays at home; the text travels."""
    expression = Expression("user.a + 'x'")
    expression.evaluate({"user": {"a": "b"}})
    again = pickle.loads(pickle.dumps(expression))  # noqa: S301
    assert again == expression
    assert again.evaluate({"user": {"a": "c"}}) == "cx"


def test_an_expression_is_immutable():
    """Attributes can't be set."""
    with pytest.raises(AttributeError):
        Expression("a").text = "b"


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("user.email", {("user", "email")}),
        ("a ? user.b : user['c']", {("a",), ("user", "b"), ("user", "c")}),
        ("user[key]", {("user",), ("key",)}),
        ("String.append(user.a, source.b.c)", {("user", "a"), ("source", "b", "c")}),
        ("user.groups.![profile.name]", {("user", "groups"), ("user", "groups", "profile", "name")}),
        (
            "hasDirectoryUser() ? findDirectoryUser().dn : null",
            {("hasDirectoryUser()",), ("findDirectoryUser()", "dn")},
        ),
        ("user.getInternalProperty('id')", {("user", "id")}),
        ("user.getLinkedObject('manager').lastName", {("user.getLinkedObject()", "manager", "lastName")}),
        ("'no' + 1", set()),
        ("firstName ?: {'k': user.x}", {("firstName",), ("user", "x")}),
    ],
)
def test_references_are_everything_that_may_be_read(text, references):
    """Both branches, arguments, keys of indexes; what functions find is under the function's name."""
    assert Expression(text).references == references


def test_an_explanation_has_the_value_of_every_part():
    """Each part with its span; a branch not taken is told apart."""
    explanation = Expression("user.a > 1 ? 'big' : user.b").explain({"user": {"a": 2}})
    assert explanation.value == "big"
    parts = {part.text: (part.state, part.value) for part in explanation.parts}
    assert parts["user.a > 1"] == ("value", True)
    assert parts["user.a"] == ("value", 2)
    assert parts["user.b"] == ("not reached", None)
    assert all(explanation.parts[0].text[part.start : part.end] == part.text for part in explanation.parts)


def test_an_explanation_keeps_failure_apart_from_false_and_null():
    """Could not be evaluated is a state of its own, also for all that contains the failure."""
    explanation = Expression("user.a == null AND user.b.c == 'x'").explain({"user": {}})
    states = {part.text: part.state for part in explanation.parts}
    assert explanation.error is not None
    assert states["user.a == null"] == "value"
    assert states["user.b.c"] == states["user.b.c == 'x'"] == states[explanation.parts[0].text] == "failed"
    assert states["user.b"] == "value"
    assert "could not be evaluated" in str(explanation)


def test_an_explanation_lists_every_element_of_a_projection():
    """Inside a projection, a part has a value for each element."""
    explanation = Expression("user.l.![n]").explain({"user": {"l": [{"n": 1}, {"n": 2}]}})
    assert [part.values for part in explanation.parts if part.text == "n"] == [(1, 2)]


def test_an_explanation_gives_the_value_that_evaluation_gives():
    """One lowering: both ways agree."""
    expression = Expression("hasDirectoryUser() ? findDirectoryUser().x : findDirectoryUser() == null")
    bindings = Bindings({}, directory_users=[{"x": [1]}])
    assert expression.explain(bindings).value == expression.evaluate(bindings) == [1]


def test_names_of_bindings_are_shown_and_values_are_not():
    """Values are personal."""
    assert "secret" not in repr(Bindings({"user": {"email": "secret@example.com"}}))
