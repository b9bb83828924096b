"""No text makes the parser crash, hang or recurse to death; limits have names."""

import pytest
from amount import CI
from attrs import evolve

from o365prov.expressions import Bindings, EvaluationError, Expression, ExpressionSyntaxError, Limits

LIMITS = Limits() if CI else Limits(tree_size=5_000)
MANY = LIMITS.tree_size + 2


def endless_array():
    """An array that holds itself."""
    value = []
    value.append(value)
    return value


def endless_map():
    """A map that holds itself."""
    value = {}
    value["v"] = value
    return value


def deep(levels):
    """Arrays inside one another."""
    value = []
    for _ in range(levels):
        value = [value]
    return value


class Answering:
    """A value that claims to have every attribute."""

    def __getattr__(self, name):
        raise AssertionError(f"evaluation asked a value for its attribute {name}")


@pytest.mark.parametrize(
    "text",
    [
        "(" * MANY + "1" + ")" * MANY,
        "(" * MANY,
        "{" * MANY + "}" * MANY,
        "[" * MANY,
        "+".join(["1"] * MANY),
        "!" * MANY + "x",
        "a?b:" * MANY + "c",
        "a" + ".b" * MANY,
        "f(" * MANY,
        "'" * (MANY + 1),
        "9" * MANY,
    ],
    ids=lambda text: f"{text[:4]}...",
)
def test_huge_strings_end_with_a_clear_error(text):
    """More of anything than an expression may have parts is refused: the error says which limit, or what is wrong."""
    with pytest.raises(ExpressionSyntaxError) as caught:
        Expression(text, limits=LIMITS)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "text", ["1" + " + 1" * 3000, "a" + " ?: a" * 2000, "b" + " OR b" * 3000, "b ? 1 : " * 1500 + "2"]
)
def test_long_chains_are_not_nested_deeply(text):
    """Chains are flat: thousands of operands parse, compile and run."""
    assert Expression(text, limits=Limits(text_length=20_000)).evaluate({"a": "", "b": False}) in (3001, "", False, 2)


@pytest.mark.parametrize("depth", [50, 240])
def test_nesting_up_to_the_limit_runs(depth):
    """Choices, functions and brackets inside one another, as deep as the limit lets them."""
    choices = "user.a ? " * (depth // 2) + "1" + " : 0" * (depth // 2)
    assert Expression(choices).evaluate({"user": {"a": True}}) == 1
    calls = "String.append(" * (depth - 5) + "''" + ", 'x')" * (depth - 5)
    assert Expression(calls).evaluate({}) == "x" * (depth - 5)
    logic = "(true AND (false OR " * (depth // 2 - 2) + "true" + "))" * (depth // 2 - 2)
    assert Expression(logic).evaluate({}) is True


@pytest.mark.parametrize(
    ("setting", "text"), [("text_length", "user.abcdef"), ("nesting", "((((1))))"), ("tree_size", "1+2+3")]
)
def test_limits_are_settings(setting, text):
    """Each limit can be set for one expression, and its error names it."""
    assert Expression(text).text == text
    with pytest.raises(ExpressionSyntaxError, match=f"Limits.{setting}"):
        Expression(text, limits=evolve(Limits(), **{setting: 3}))


@pytest.mark.parametrize(
    "text",
    [
        "'abc' * 2147483647",
        'String.replace(user.big, "a", user.big)',
        "String.join(user.big, user.big, user.big)",
        "user.big + user.big + user.big",
    ],
)
def test_results_do_not_grow_without_bound(text):
    """Strings beyond a million characters are refused before they fill the memory."""
    with pytest.raises(EvaluationError, match=r"1000000"):
        Expression(text).evaluate({"user": {"big": "a" * 400_000}})


@pytest.mark.parametrize(
    "text",
    [
        "'ab' * 3",
        "user.s + user.s",
        'String.replace("aaa", "a", "bb")',
        'String.join("", "abc", "def")',
        "Arrays.add({1,2,3,4,5}, 6)",
        "Arrays.flatten({1,2,3}, {4,5,6})",
    ],
)
def test_the_size_of_results_is_a_setting(text):
    """Five characters or elements at most, for this expression; six are refused."""
    roots = {"user": {"s": "abc"}}
    assert len(Expression(text).evaluate(roots)) == 6
    with pytest.raises(EvaluationError, match=r"more than 5|beyond 5"):
        Expression(text, limits=Limits(result_size=5)).evaluate(roots)


@pytest.mark.parametrize("length", [10_000, 10_001])
def test_an_expression_has_as_many_characters_as_spring_allows(length):
    """Ten thousand are parsed; one more is refused, unless the limits ask for more."""
    text = "'" + "x" * (length - 2) + "'"
    if length <= 10_000:
        assert Expression(text).text == text
        return
    with pytest.raises(ExpressionSyntaxError, match=r"Limits\.text_length"):
        Expression(text)
    assert Expression(text, limits=Limits(text_length=length)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "{" + ", ".join(["'a' * 999999"] * 500) + "}",
        "{" + ", ".join(["user.long + 'x'"] * 500) + "}",
        "{" + ", ".join(["user.list"] * 900) + "}",
        "'' + {" + ", ".join(["user.list"] * 900) + "}",
        "{" + ", ".join(["{user.deep}"] * 700) + "}",
        "{" + ", ".join(["user.list"] * 10) + "}",
        " OR ".join(f"String.toLowerCase(user.long + '{n}') == 'x'" for n in range(200)),
        " OR ".join(f"{{user.list}} == {{user.list, {n}}}" for n in range(250)),
        "'x' + " + " + ".join(["user.long"] * 500),
        "user.maps.![String.replace(long, 'a', 'b')]",
        "user.maps.![long[0]]",
        " OR ".join(f"isMemberOfGroupName('{n}')" for n in range(300)),
        "getFilteredGroups({'1'}, \"{'a' * 900000, 'b' * 900000}\", 100)",
        "user.list.?['aaaaaaaaaaaaaaaa' matches '.*a.{100}']",
        " OR ".join(f"isMemberOfGroupNameRegex('.*{n}.{{100}}')" for n in range(200)),
    ],
    ids=lambda text: f"{text[:40]}...{len(text)}",
)
def test_one_budget_holds_whatever_an_evaluation_does(text):
    """Building, going over, comparing, matching and copying: all of it takes from one counter, which ends."""
    roots = {
        "user": {
            "long": "a" * 300_000,
            "list": list(range(120_000)),
            "deep": [[["x"] * 5_000]],
            "maps": [{"long": "é" * 300_000}] * 9,
        }
    }
    groups = [{"id": str(n), "name": "x" * 20} for n in range(5_000)]
    with pytest.raises(EvaluationError, match=r"Limits\.result_size"):
        Expression(text).evaluate(Bindings(roots, groups=groups))


def test_what_people_have_is_far_below_the_budget():
    """Two thousand groups, a hundred of them asked for, and lists of a thousand elements."""
    groups = [{"id": str(n), "name": f"group {n}"} for n in range(2_000)]
    bindings = Bindings({"user": {"l": [f"entry {n}" for n in range(1_000)]}}, groups=groups)
    names = " OR ".join(f"isMemberOfGroupName('{n}')" for n in range(100))
    assert Expression(names).evaluate(bindings) is False
    assert Expression("isMemberOfGroupNameRegex('group 19[0-9]+')").evaluate(bindings) is True
    many = " OR ".join(f"Arrays.contains(user.l, '{n}')" for n in range(200))
    assert Expression(many).evaluate(bindings) is False


@pytest.mark.parametrize("limits", [Limits(pattern_length=3), Limits(pattern_size=3)])
def test_the_size_of_patterns_is_a_setting(limits):
    """For matches and for names of groups."""
    for text in ("'abcd' matches 'abcd'", "isMemberOfGroupNameRegex('abcd')"):
        with pytest.raises(EvaluationError, match="more than 3"):
            Expression(text, limits=limits).evaluate({})


@pytest.mark.parametrize("inside", [".![{}]", ".?[{} == null]", ".^[{} != {{}} AND false]"])
def test_projections_inside_one_another_are_bounded_together(inside):
    """Each level multiplies the work; a short text must not buy a long evaluation."""
    numbers = "{" + ", ".join(["1"] * 100) + "}"
    text = "1"
    for _ in range(6):
        text = numbers + inside.format(text)
    with pytest.raises(EvaluationError, match=r"Limits\.result_size"):
        Expression(text, limits=Limits(result_size=10_000)).evaluate({})


def test_strings_of_a_projection_are_bounded_together():
    """A thousand strings of a megabyte are a gigabyte."""
    with pytest.raises(EvaluationError, match=r"Limits\.result_size"):
        Expression("user.l.!['a' * 900000]").evaluate({"user": {"l": [1] * 1000}})


def test_each_evaluation_has_a_bound_of_its_own():
    """What one evaluation went over does not count for the next."""
    expression = Expression("user.l.![1]", limits=Limits(result_size=50))
    for _ in range(5):
        assert expression.evaluate({"user": {"l": [2] * 6}}) == [1] * 6


@pytest.mark.parametrize("value", [endless_array(), endless_map(), deep(100_000)], ids=["array", "map", "deep"])
@pytest.mark.parametrize("text", ["user.v", "'a' + user.v", "Arrays.flatten(user.v)", "user.v == {user.v}", "!user.v"])
def test_values_without_an_end_are_an_evaluation_error_or_a_value(text, value):
    """Values that hold themselves, or lie too deep for Python, neither hang nor recurse to death."""
    expression, roots = Expression(text), {"user": {"v": value}}
    try:
        expression.evaluate(roots)
    except EvaluationError as error:
        assert error.remedy  # noqa: PT017 - a value is fine as well
    assert expression.explain({"user": {"v": value}}).parts


@pytest.mark.parametrize("text", ["user.v", "user.v.x", "user.v + 'x'", "String.len(user.v)", "{user.v}", "user.v < 1"])
def test_a_value_that_the_language_does_not_have_is_not_asked_for_attributes(text):
    """Evaluation reaches nothing but the bindings: an object of Python's is refused by its kind alone."""
    with pytest.raises(EvaluationError, match="Answering"):
        Expression(text).evaluate({"user": {"v": Answering()}})
