"""Regular expressions: Java's meaning, bounded work, the same with google-re2 and without."""

import json
from pathlib import Path

import pytest
from amount import examples, some
from hypothesis import given, settings
from hypothesis import strategies as st

from o365prov.expressions import EvaluationError, Expression
from o365prov.expressions.limits import LIMITS
from o365prov.expressions.patterns import PatternError, compile_pattern
from o365prov.expressions.patterns.automaton import Automaton
from o365prov.expressions.patterns.parser import parse_pattern
from o365prov.expressions.patterns.tree import states_of
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.failures import EvaluationFailure

SUITE = Path(__file__).parents[2] / "conformance"


def both(pattern, text):
    """Whether a string matches, by RE2 and by the automaton, which must agree."""
    result = compile_pattern(pattern).matches(text, Budget(LIMITS))
    assert Automaton(parse_pattern(pattern)).matches(text, Budget(LIMITS)) is result
    return result


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("(?i)engineer", "ENGINEER", True),
        ("(?i)engineer", "Lead Engineer", False),
        ("(?i)ä", "Ä", False),
        ("a(?i:b)c", "aBc", True),
        ("a(?i:b)c", "aBC", False),
        ("California-[a-zA-Z]+-Sales", "California-North-Sales", True),
        (r"(\+\d{1,2}\s)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}", "+1 (555) 123-4567", True),
        (r"\d", "\u0663", False),
        ("(?i)[^a-z]+", "SALES", False),
        ("(?i)[a-z&&[^B]]", "b", False),
        (r"(?i)\p{Lu}", "é", True),
        (r"(?i)\P{Lower}", "A", False),
        ("(?iu)ä", "Ä", True),
        ("(?iu)[à-ü]k", "Ä\u212a", True),
        ("(?iu)\u0130", "i", True),
        ("(?m)a$.^b", "a\nb", False),
        ("(?ms)a$.^b", "a\nb", True),
        ("(?ms)a.$^b", "a\r\nb", False),
        ("(?m)^", "", False),
        ("(?x) a b # and so on\n [ c ]", "abc", True),
        (r"(?x)a\ b", "a b", True),
        (r"\R{2}", "\r\n", False),
        (r"\R\R", "\r\n", True),
        (r"\R{2}", "\n\r", True),
        ("[a&&]", "a", True),
        ("[^a&&[^a]]", "a", True),
        ("a.b", "a\nb", False),
        ("a.b", "a\u2028b", False),
        ("(?s)a.b", "a\nb", True),
        ("[a-z&&[^aeiou]]+", "xyz", True),
        ("[a-z&&[^aeiou]]+", "xaz", False),
        ("[]a]+", "]a", True),
        (r"[\]\-x]+", "]-x", True),
        (r"\p{Upper}\p{L}*", "Öl", False),
        (r"\p{Lu}\p{L}*", "Öl", True),
        (r"\ud83d\uDE00", "😀", True),
        (r"[\ud83d\ude00]", "😀", True),
        (r"\Qa.b\E+", "a.bbb", True),
        (r"\bfoo\b.*", "foo bar", True),
        ("a$\n", "a\n", True),
        ("^a|b$", "b", True),
        ("", "", True),
        ("a{2,3}", "aaaa", False),
        ("(?:a|b)*?c", "abac", True),
        (r"\x41\u0042\x{1F600}", "AB\U0001f600", True),
    ],
)
def test_patterns_mean_what_java_means(pattern, text, expected):
    """The whole text must match; sets, flags and anchors are Java's."""
    assert both(pattern, text) is expected


JAVA = [json.loads(line) for line in (SUITE / "patterns.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", some(JAVA, 120), ids=lambda row: row["id"])
def test_both_engines_match_what_java_matches(row):
    """Flags, sets in sets, properties, anchors, repetitions, in any combination."""
    pattern = Expression(row["expression"])._tree.body.right.value
    texts = [each["text"] for each in row["given"]["roots"]["user"]["texts"]]
    assert [both(pattern, text) for text in texts] == row["gives"]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)a", "looks ahead"),
        ("(?<!a)b", "looks behind"),
        (r"(a)\1", "refers back"),
        (r"(?<n>a)\k<n>", "refers back"),
        ("a*+", "possessive"),
        ("(?>a)", "atomic"),
        ("(?d)a", "flag d"),
        ("(?U)a", "flag U"),
        ("(?<n>a)(?<n>b)", "names two groups n"),
        ("(", "never closed"),
        ("a)", "never opened"),
        ("[a", "never closed"),
        ("*a", "repeats nothing"),
        ("a**", "repeats nothing"),
        ("a{3,2}", "backwards"),
        (r"\y", "unknown escape"),
        (r"\p{Klingon}", "unknown"),
        ("a\\", "ends with a backslash"),
        ("[z-a]", "range that ends before it begins"),
        ("((a{99}){99}){99}", "states"),
        ("((){9999}){9999}", "states"),
        ("a" * 1001, "1000 characters"),
        ("(" * 200 + ")" * 200, "50 levels"),
    ],
)
def test_what_can_not_be_bounded_is_refused_by_name(pattern, reason):
    """So are patterns that Java would refuse, and patterns beyond the limits."""
    with pytest.raises(PatternError, match=reason):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*", "(a|aa)+", "(.*)(.*)(.*)(.*)(.*)b", "(x+x+)+y"])
def test_patterns_that_ruin_other_engines_run(pattern):
    """Nested repetition costs no more than states times characters."""
    assert both(pattern, "a" * 200 + "!") is False


def test_the_automaton_refuses_too_much_work():
    """A large text and a large pattern together end with a clear error, and soon."""
    with pytest.raises(EvaluationFailure, match="steps of patterns"):
        Automaton(parse_pattern("(?:(?:a?){100})*")).matches("a" * 100_000, Budget(LIMITS))


@pytest.mark.parametrize(
    "pattern", ["a", "(a|b?c){2,5}", "(a*){3}", "x{0,3}y{4}", "(?:a|b|c)+", r"\R{2}", "((a{3}){4}|b)"]
)
def test_the_states_of_a_pattern_are_known_before_it_is_built(pattern):
    """The limit is held by counting, so that a pattern that is too large costs nothing."""
    tree = parse_pattern(pattern)
    assert len(Automaton(tree)._next) <= states_of(tree)


def test_all_patterns_that_an_expression_writes_share_one_limit():
    """Each of these is small enough by itself; compiling hundreds of them would take seconds."""
    text = " AND ".join(f"'a' matches 'a{{1,{1500 + n}}}'" for n in range(20))
    assert any("more than 50000 states" in each.message for each in Expression(text).check())
    with pytest.raises(EvaluationError, match="more than 50000 states"):
        Expression(text).evaluate({})


def test_a_pattern_that_is_computed_takes_from_the_budget():
    """A list of two thousand large patterns ends as soon as one evaluation may not compile more."""
    patterns = [{"p": f"a{{{2000 + n}}}"} for n in range(2000)]
    with pytest.raises(EvaluationError, match=r"Limits\.result_size"):
        Expression("user.l.?['a' matches p]").evaluate({"user": {"l": patterns}})


def test_half_a_character_matches_without_re2():
    """Text that UTF-8 can't hold still has an answer."""
    assert compile_pattern("a.").matches("a\ud800", Budget(LIMITS)) is True


@settings(max_examples=examples(150), deadline=None)
@given(
    st.recursive(
        st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", "(?i:A)", "^", "$", r"\b", ""]),
        lambda inner: st.one_of(
            st.tuples(inner, inner).map("".join),
            st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
            st.tuples(inner, st.sampled_from(["*", "+", "?", "{1,2}", "{2}"])).map(
                lambda pair: f"(?:{pair[0]}){pair[1]}"
            ),
        ),
        max_leaves=8,
    ),
    st.text("ab1A\n _", max_size=8),
)
def test_both_engines_agree(pattern, text):
    """Whatever the pattern, RE2 and the automaton give the same answer."""
    both(pattern, text)


@settings(max_examples=examples(200), deadline=None)
@given(st.text("ab(){}[]|*+?.^$\\-&,0189:=!<>idpQEx", max_size=12), st.text("ab01", max_size=5))
def test_any_string_is_a_pattern_or_an_error(pattern, text):
    """Reading a pattern gives an answer or a PatternError, nothing else."""
    try:
        compiled = compile_pattern(pattern)
    except PatternError:
        return
    assert compiled.matches(text, Budget(LIMITS)) in (True, False)


def test_a_bad_pattern_fails_when_it_is_reached():
    """As in Spring, the error comes with evaluation; its place is the pattern."""
    text = "user.a == null OR 'a' matches '('"
    assert Expression(text).evaluate({"user": {}}) is True
    with pytest.raises(EvaluationError, match="never closed") as caught:
        Expression(text).evaluate({"user": {"a": 1}})
    assert text[caught.value.start : caught.value.end] == "'('"


def test_matching_a_null_fails():
    """Null is not a string to match."""
    with pytest.raises(EvaluationError, match=r"user\.a is null"):
        Expression("user.a matches 'x'").evaluate({"user": {}})
