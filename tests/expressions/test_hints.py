"""Hints of the checker: what always gives the same, what is never reached, what is a set; never a false one."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from o365prov.expressions import Bindings, Dialect, Expression, check_text
from o365prov.expressions.values.conversion import truth

GROUP, OTHER_GROUP = "00garwpuyxHaWOkdV0g4", "00gak46y5hydV6NdM0g4"


def hints(text, dialect=Dialect.CLASSIC):
    """The hints about a text: their codes, and what they mark."""
    return [(each.code, text[each.start : each.end]) for each in check_text(text, dialect=dialect) if is_hint(each)]


def is_hint(diagnostic):
    """Whether a diagnostic is a hint."""
    return diagnostic.severity == "hint"


@pytest.mark.parametrize(
    ("text", "marked", "always"),
    [
        ("user.a == user.a", "user.a == user.a", "true"),
        ("user.a < user.a", "user.a < user.a", "false"),
        ("1 == 1.0", "1 == 1.0", "true"),
        ("'a' != 'a' OR user.x", "'a' != 'a'", "false"),
        ("2 > 1 AND user.x == 'y'", "2 > 1", "true"),
        ("true ? user.a : user.b", "true", "true"),
        ("user.x AND false", "false", "false"),
        ("!('on') ? 1 : 2", "('on')", "true"),
        ("user.a == 'x' AND user.a == 'y'", "user.a == 'x' AND user.a == 'y'", "false"),
        ("user.a != 'x' OR user.a != 'y'", "user.a != 'x' OR user.a != 'y'", "true"),
        ("user.a AND user.b AND !user.a", "user.a AND user.b AND !user.a", "false"),
        ("(user.a AND !user.a) AND user.b", "(user.a AND !user.a)", "false"),
        ("user.a == 1 AND 2 == user.a", "user.a == 1 AND 2 == user.a", "false"),
        ("user.a == true AND user.a == 1", "user.a == true AND user.a == 1", "false"),
        ("user.a == 'x' OR user.b OR user.a == 'x'", "user.a == 'x'", "false"),
        ("user.a == 'x' ? 1 : user.a == 'x' ? 2 : 3", "user.a == 'x'", "false"),
        ("user.a == 'x' AND user.a != null ? 1 : 2", "user.a != null", "true"),
        ("user.a != null ? user.a == null ? 1 : 2 : 3", "user.a == null", "false"),
        ("user.on ? 1 : !user.on ? 2 : 3", "user.on", "false"),
        ("user.l.?[name == 'a' AND name == 'b']", "name == 'a' AND name == 'b'", "false"),
    ],
)
def test_conditions_that_always_give_the_same(text, marked, always):
    """By themselves, or by the conditions on the way to them."""
    found = [each for each in check_text(text) if each.code == "constant-condition"]
    assert text[found[-1].start : found[-1].end] == marked
    assert f"always {always}" in found[-1].message
    assert found[-1].remedy
    assert found[-1].severity == "hint"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("true ? user.a : user.b", "user.b"),
        ("1 == 2 ? user.a : user.b", "user.a"),
        ("user.x ? 1 : true ? 2 : user.y ? 3 : 4", "user.y ? 3 : 4"),
        ("false AND user.x AND user.y", "user.x AND user.y"),
        ("user.x OR true OR user.y", "user.y"),
        ("(user.a == 'x' AND user.a == 'y') ? user.b : user.c", "user.b"),
        ("user.a == null ? 1 : user.a == null ? 2 : 3", "2"),
        ("'x' ?: user.a", "user.a"),
        ("user.a ?: {} ?: user.b", "user.b"),
    ],
)
def test_parts_that_are_never_reached(text, marked):
    """Values whose conditions are never true, and what stands after something that decides."""
    assert [place for code, place in hints(text) if code == "never-reached"] == [marked]


@pytest.mark.parametrize(
    ("text", "fixed", "dialect"),
    [
        (
            "user.a == 'x' OR user.a == 'y' OR 'z' == user.a",
            'Arrays.contains({"x", "y", "z"}, user.a)',
            Dialect.CLASSIC,
        ),
        (
            "user.b AND (user.department != 'Sales' AND user.department != 'Support')",
            'user.b AND (!Arrays.contains({"Sales", "Support"}, user.department))',
            Dialect.CLASSIC,
        ),
        (
            "user.profile.a == 'x' || user.profile.a == 'y' || user.profile.a == 'z'",
            '{"x", "y", "z"}.contains(user.profile.a)',
            Dialect.IDENTITY_ENGINE,
        ),
        (
            f"isMemberOfGroup('{GROUP}') OR isMemberOfGroup('{OTHER_GROUP}')",
            f'isMemberOfAnyGroup("{GROUP}", "{OTHER_GROUP}")',
            Dialect.CLASSIC,
        ),
        (
            "user.isMemberOf({'group.id': 'a'}) || user.isMemberOf({'group.id': 'b'})",
            'user.isMemberOf({"group.id": {"a", "b"}})',
            Dialect.IDENTITY_ENGINE,
        ),
    ],
)
def test_chains_that_are_a_set(text, fixed, dialect):
    """The fix is what the dialect has for it, and is shorter; of it the checker has nothing more to say."""
    (diagnostic,) = [each for each in check_text(text, dialect=dialect) if each.code == "set-of-values"]
    assert diagnostic.fixed() == fixed
    assert [each for each in check_text(fixed, dialect=dialect) if each.severity != "warning"] == []


def test_a_set_among_other_conditions_comes_without_a_fix():
    """What stands between its parts would be lost."""
    text = "user.a == 'x' OR user.b == 'q' OR user.a == 'y' OR user.a == 'z'"
    (diagnostic,) = check_text(text)
    assert (diagnostic.code, diagnostic.fix) == ("set-of-values", None)
    assert diagnostic.remedy == 'write Arrays.contains({"x", "y", "z"}, user.a)'


@pytest.mark.parametrize(
    "text",
    [
        "user.a == 'x' OR user.a == 'y'",
        "user.a == 1 OR user.a == 2 OR user.a == 3",
        "user.a == 1 AND user.a == 1.0",
        "user.a == 16777216 AND user.a == 16777217",
        "user.a == 'x' OR user.b == 'y' OR user.c == 'z'",
        "isMemberOfGroup('Sales') OR isMemberOfGroup('Support')",
        "user.a / 0.0 == user.a / 0.0",
        "user.a == 'x' ? true : false",
        "true",
        "user.a != null AND user.l.?[a == null].![a] != {}",
        "user.a == 'x' ? 1 : user.b == 'x' ? 2 : 3",
        "(user.a OR user.b) AND user.a ? 1 : 2",
        "user.a ?: '' ?: user.b",
    ],
)
def test_nothing_is_said_of_what_may_differ(text):
    """Two are no shorter as a set, numbers round, NaN differs from itself, elements have names of their own."""
    assert hints(text) == []


@pytest.mark.parametrize("text", ["user.a != null or user.a != ''", "true == 'true' ? 1 : 2", "1 == 'a' AND user.x"])
def test_what_a_warning_calls_constant_is_not_said_again(text):
    """One diagnostic for one fact."""
    found = check_text(text)
    assert [each.code for each in found if each.code.startswith("constant")] == ["constant"]


def test_hints_have_their_own_severity_in_editors():
    """Four, in the protocol's numbers; and the whole is a line like that of others."""
    hint = check_text("user.a == user.a")[0]
    assert hint.to_lsp()["severity"] == 4
    assert str(hint).startswith("hint: this compares a value with itself")


NAMES = st.sampled_from(["user.a", "user.b", "user.m.a", "user.missing"])
LITERALS = st.sampled_from(["null", "''", "'x'", "'y'", "'yes'", "true", "false", "1", "2", "1L", "1.0", "{}"])
OPERANDS = st.one_of(NAMES, LITERALS, st.just("String.toLowerCase(user.a)"))
CONDITIONS = st.recursive(
    st.one_of(
        st.builds("{} {} {}".format, OPERANDS, st.sampled_from(["==", "!=", "<", ">="]), OPERANDS),
        NAMES,
        st.sampled_from(
            ["true", "'no'", "user.a == 'x'", "user.a != 'x'", "user.a == null", "user.a == 1", "user.a == true"]
        ),
    ),
    lambda inner: st.one_of(
        st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
        st.lists(inner, min_size=3, max_size=4).map(" OR ".join).map("({})".format),
        st.builds("!({})".format, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("({} ? {} : {} ? {} : {})".format, inner, inner, inner, inner, inner),
        st.builds("({} ?: {})".format, inner, inner),
        st.builds("(user.l.?[{}] == {{}})".format, inner),
    ),
    max_leaves=8,
)
VALUES = st.sampled_from([None, "", "x", "y", "X", "yes", "no", True, False, 1, 1.5, ["x"], {"a": "x"}])
PEOPLE = st.fixed_dictionaries(
    {"a": VALUES, "b": VALUES, "m": st.one_of(VALUES, st.builds(lambda a: {"a": a}, VALUES))},
    optional={"l": st.lists(st.builds(lambda user: {"user": user}, st.builds(lambda a: {"a": a}, VALUES)), max_size=2)},
)


@settings(max_examples=10 * settings.default.max_examples)
@given(CONDITIONS, st.lists(PEOPLE, min_size=3, max_size=8))
@example("user.a == 'x' OR user.a == 'y' OR user.a == 'yes' OR user.a == 'no'", [{"a": value} for value in "xyz"])
def test_no_hint_is_false(text, people):
    """What is called constant gives that value, what is called never reached is not, and fixes change nothing."""
    expression = Expression(text)
    found = list(filter(is_hint, expression.check()))
    assert len({(each.code, each.start, each.end) for each in found}) == len(found)
    for user in people if found else ():
        parts = expression.explain({"user": user}).parts
        for hint in found:
            inside = [part for part in parts if hint.start <= part.start and part.end <= hint.end]
            match hint.code:
                case "constant-condition":
                    whole = inside[0]
                    assert (whole.start, whole.end) == (hint.start, hint.end)
                    assert {truth(value) for value in whole.values} <= {"always true" in hint.message}
                case "never-reached":
                    assert {part.state for part in inside} == {"not reached"}
    for hint in found:
        if hint.fix is not None:
            assert expression.equivalent(Expression(hint.fixed()), [Bindings({"user": user}) for user in people])
