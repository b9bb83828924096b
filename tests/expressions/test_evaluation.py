"""Values: arithmetic, text, comparison, Booleans, null, navigation."""

import threading
from contextlib import suppress

import pytest

from o365prov import UsageError
from o365prov.expressions import Bindings, EvaluationError, Expression, ExpressionSyntaxError, Semantics

USAGE_LOCATION = (
    "hasDirectoryUser()?(findDirectoryUser().msExchUsageLocation!=null?findDirectoryUser().msExchUsageLocation:"
    "(source.countryCode!=null? source.countryCode : 'US')):(source.countryCode!=null? source.countryCode : 'US')"
)


def value(text, semantics=None, **roots):
    """The value of an expression."""
    return Expression(text, semantics=semantics or Semantics()).evaluate(roots)


def failure(text, values, semantics=None):
    """The error of an expression."""
    with pytest.raises(EvaluationError) as caught:
        Expression(text, semantics=semantics or Semantics()).evaluate(values)
    return caught.value


def test_the_username_expression_of_okta():
    """The part of the address before @, at another domain."""
    username = Expression('String.substringBefore(user.email, "@") + "@yourfederated.domain"')
    assert username.evaluate({"user": {"email": "isaac.brock@example.com"}}) == "isaac.brock@yourfederated.domain"


@pytest.mark.parametrize(
    ("directory", "country", "expected"),
    [([{"msExchUsageLocation": "DE"}], "FR", "DE"), ([{}], "FR", "FR"), ([], None, "US"), ([{}, {}], None, "US")],
)
def test_the_default_usage_location(directory, country, expected):
    """Okta's default mapping: AD's location, else the country code, else US."""
    bindings = Bindings({"source": {"countryCode": country}}, directory_users=directory)
    assert Expression(USAGE_LOCATION).evaluate(bindings) == expected


def test_characters_beyond_the_basic_plane_count_twice():
    """Java counts them as two; a cut through the middle is refused, because no system can store the halves."""
    assert value("String.len('a\U0001f600')") == 3
    assert value("String.substring('a\U0001f600b', 1, 3)") == "\U0001f600"
    assert "middle of a character" in failure("String.substring('\U0001f600', 0, 1)", {}).message


def test_null_in_a_string_is_the_word_by_default():
    """As in the engine beneath Okta."""
    assert value("'a' + user.x", user={}) == "anull"


def test_null_in_a_string_can_be_empty():
    """As the courtesy title sample of Okta's page assumes."""
    assert value("'a' + user.x + null", Semantics(null_text="empty"), user={}) == "a"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("user.first + '.' + user.last", "user.first"),
        ("'x' + user.last", "user.last"),
        ('String.substringBefore(user.email, "@") + "@example.com"', 'String.substringBefore(user.email, "@")'),
        ("'a' + 'b' + user.last + 'c'", "user.last"),
    ],
)
def test_null_in_a_string_can_be_refused_by_name(text, named):
    """The error names the reference and marks its place."""
    error = failure(text, {"user": {}}, Semantics(null_text="refuse"))
    assert error.message.startswith(f"{named} is null")
    assert text[error.start : error.end] == named


def test_refusing_null_leaves_everything_else_alone():
    """Numbers, Booleans and lists still join a string."""
    assert value("'a' + 1 + true + {1}", Semantics(null_text="refuse")) == "a1true1"


def test_a_missing_attribute_is_null():
    """Users and maps without the attribute, and roots that are not given."""
    assert value("user.x == null AND nothing == null", user={}) is True


def test_strict_mode_refuses_a_missing_attribute():
    """A typo is told apart from a null."""
    strict = Semantics(missing="error")
    assert value("user.x == null", strict, user={"x": None}) is True
    assert "no attribute emial" in failure("user.emial", {"user": {"email": "a"}}, strict).message
    assert "no attribute usr" in failure("usr", {"user": {}}, strict).message


def test_an_attribute_of_null_fails_with_its_place():
    """The error knows line and column, and what to write instead."""
    error = failure("true\n AND user.manager.name == 'x'", {"user": {}})
    assert (error.line, error.column) == (2, 6)
    assert error.message == "user.manager is null and has no attribute name"


def test_an_absent_app_user_is_an_empty_map():
    """Attributes of an app without assignment are null, so a chain over several instances runs."""
    text = "String.len(ad_1.externalId) > 0 ? ad_1.externalId : ad_2.externalId"
    assert value(text, ad_1={}, ad_2={"externalId": "B=="}) == "B=="


def test_only_the_branch_taken_is_evaluated():
    """AND, OR and ? : stop early."""
    assert value("false AND 1/0 == 1") is False
    assert value("true OR 1/0 == 1") is True
    assert value("true ? 1 : 1/0") == 1
    assert value("'x' ?: 1/0") == "x"


def test_elvis_replaces_null_and_the_empty_string_only():
    """Blanks, 0, false and empty lists are kept."""
    given = {"n": None, "e": "", "b": " ", "z": 0, "f": False, "l": []}
    assert [value(f"user.{name} ?: 'd'", user=given) for name in given] == ["d", "d", " ", 0, False, []]


def test_safe_steps_stop_at_null():
    """``?.`` gives null where ``.`` fails, also before functions of lists."""
    assert value("user?.a?.b?.c", user={}) is None
    assert value("user.a?.![b]", user={}) is None


def test_names_inside_a_projection_are_the_elements_attributes():
    """Indexes and roots: an index still reads the roots."""
    groups = [{"name": "A", "ids": [7, 8]}, {"name": "B", "ids": [9, 10]}]
    assert value("user.groups.![name + ids[at]]", user={"groups": groups}, at=1) == ["A8", "B10"]


def test_selections_of_maps_are_maps():
    """All, first and last entries."""
    roots = {"user": {"m": {"a": 1, "b": 2, "c": 3}}}
    results = [Expression(f"user.m.{which}[value > 1]").evaluate(roots) for which in "?^$"]
    assert results == [{"b": 2, "c": 3}, {"b": 2}, {"c": 3}]


def test_one_number_of_two_kinds_is_refused_as_two_keys():
    """Java would keep both entries; here one would silently replace the other."""
    with pytest.raises(ExpressionSyntaxError, match="one number of two kinds"):
        Expression("{1: 'a', 1.0: 'b'}")


def test_a_projection_gives_null_where_a_map_lacks_the_attribute():
    """An attribute that an object of the bindings does not hold is null, in lists as elsewhere."""
    assert value("user.l.![a]", user={"l": [{"a": 1}, {}]}) == [1, None]


@pytest.mark.parametrize(
    "text",
    ["user.__class__", "user.keys", "user.items()", "''.__class__", "user.get('a')", "{}.append(1)", "''.join({'a'})"],
)
def test_nothing_but_the_bindings_is_reachable(text):
    """Python's attributes and methods do not exist in the language."""
    with suppress(EvaluationError):
        assert Expression(text).evaluate({"user": {}}) is None


def test_results_are_fresh():
    """Changing a result does not change the bindings."""
    roots = {"user": {"tags": ["a"]}}
    value_ = Expression("user.tags").evaluate(roots)
    value_.append("b")
    assert roots == {"user": {"tags": ["a"]}}


def test_unknown_functions_fail_where_they_are_reached():
    """A name that does not exist fails in its branch only; names are case-sensitive."""
    assert value("true ? 1 : string.len('a')") == 1
    assert failure("string.len('a')", {}).message == "there is no function string.len"


def test_wrong_number_of_arguments_fails():
    """As in Spring, where no such method is found."""
    assert "takes 3 arguments, not 2" in failure("String.substring('abc', 1)", {}).message


def test_values_that_the_language_does_not_have_are_refused():
    """What is not a mapping of roots is a UsageError; a strange attribute fails where it is used."""
    with pytest.raises(UsageError, match="mapping of root names"):
        Expression("user").evaluate(["user"])
    assert "object is not a value" in failure("'a' + user.x", {"user": {"x": object()}}).message


def test_threads_share_an_expression():
    """An expression is immutable; sixteen threads evaluate it at once."""
    expression = Expression("String.toUpperCase(user.n) + user.n")
    results = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(expression.evaluate({"user": {"n": f"x{n}"}})))
        for n in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == sorted(f"X{n}x{n}" for n in range(16))


def test_a_long_chain_fails_at_the_operand_that_fails():
    """Chains beyond what is written out name their parts, too."""
    text = "'a'" + " + user.a" * 50 + " + user.b" + " + user.a" * 50
    assert value(text, user={"a": 1, "b": 2}) == "a" + "1" * 50 + "2" + "1" * 50
    error = failure(text, {"user": {"a": 1}}, Semantics(null_text="refuse"))
    assert text[error.start : error.end] == "user.b"
    assert "division by zero" in failure("1" + " * 1" * 40 + " / 0", {}).message
