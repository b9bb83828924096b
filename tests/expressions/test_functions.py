"""Functions beyond their examples: null, odd input, limits, settings."""

import pytest

from o365prov.expressions import Bindings, Dialect, EvaluationError, Expression, Semantics
from o365prov.expressions.values.country_codes import countries
from o365prov.expressions.values.zones import identifiers, zone

GROUPS = [
    {"id": "00g1", "name": "Everyone", "type": "BUILT_IN", "source": {"id": "0oa1"}},
    {"id": "00g2", "profile": {"name": "West Coast"}, "type": "OKTA_GROUP", "source": {"id": "0oa2"}},
    {"id": "00g3", "name": "Engineering", "type": "APP_GROUP", "source": {"id": "0oa3", "name": "active_directory"}},
    {"id": "00g4", "name": "Engineering", "type": "APP_GROUP", "source": {"id": "0oa4"}},
]


def value(text, semantics=None, dialect=Dialect.CLASSIC, **more):
    """The value of an expression over some groups, a clock and roots."""
    roots = {"user": {"nul": None, "l": ["a", "b"], "created": "2015-07-30T23:58:32.000Z"}}
    bindings = Bindings(roots, groups=GROUPS, now="2024-02-29T23:30:00.5Z", **more)
    return Expression(text, semantics=semantics or Semantics(), dialect=dialect).evaluate(bindings)


def failure(text, semantics=None, dialect=Dialect.CLASSIC):
    """The message of the error."""
    with pytest.raises(EvaluationError) as caught:
        value(text, semantics, dialect)
    return caught.value.message


@pytest.mark.parametrize(
    ("field", "setting", "text", "default", "other"),
    [
        ("null_text", "empty", "String.append('a', user.nul)", "anull", "a"),
        ("substring_before_without_hit", "whole", "String.substringBefore('abc', '@')", "", "abc"),
        ("unknown_country", "error", "Iso3166Convert.toName('XX')", None, EvaluationError),
        ("group_name_case", "ignore", "isMemberOfGroupName('everyone')", False, True),
        ("group_name_regex", "part", "isMemberOfGroupNameRegex('very')", False, True),
        ("substring_past_end", "cut", "String.substring('abc', 1, 9)", EvaluationError, "bc"),
        ("get_past_end", "null", "Arrays.get({1}, 1)", EvaluationError, None),
        ("switch_odd_tail", "ignore", "String.stringSwitch('a', 'd', 'a', '1', 'b')", EvaluationError, "1"),
        ("empty_time", "null", "Time.fromUnixToIso8601('')", EvaluationError, None),
        ("missing", "error", "user.nothing", None, EvaluationError),
    ],
)
def test_each_open_question_has_a_setting(field, setting, text, default, other):
    """The default, and the other answer."""
    for semantics, expected in ((Semantics(), default), (Semantics(**{field: setting}), other)):
        if expected is EvaluationError:
            assert failure(text, semantics)
        else:
            assert value(text, semantics) == expected


def test_settings_take_their_words_only():
    """A typo is refused when the Semantics is made."""
    with pytest.raises(ValueError, match="null_text"):
        Semantics(null_text="nothing")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("getFilteredGroups({'00g1', '00g3'}, 'group.name', 1)", "more than 1"),
        ("getFilteredGroups({'00g1'}, 'group.name', 101)", "between 1 and 100"),
        ("getFilteredGroups({'00g1'}, 'group.name.x', 10)", "no attribute x"),
        ("getFilteredGroups({'00g1'}, 'group.', 10)", "name is missing"),
        ("Groups.contains('OKTA', 'x', 101)", "between 1 and 100"),
        ("user.getGroups({'group.nmae': 'x'})", "unknown key group.nmae"),
        ("user.getGroups({'operator': 'EXACT'})", "no key"),
        ("user.getGroups({'group.id': null})", "null"),
        ("user.isMemberOf({'group.id': 'x', 'operator': 'LIKE'})", "operator"),
        ("user.isMemberOf('x')", "where a map is needed"),
        ("isMemberOfGroupNameRegex('(')", "never closed"),
        ("user.getInternalProperty('email')", "only id and status"),
    ],
)
def test_groups_and_bad_input(text, reason):
    """Limits, criteria and patterns that are not valid."""
    assert reason in failure(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Time.now('Mars/Olympus')", "not one of Okta's time zones"),
        ("Time.now('UTC', 'yyyy-Q')", "letter Q"),
        ("Time.now('UTC', \"yyyy 'x\")", "quote that never ends"),
        ("Time.fromUnixToIso8601('soon')", "not a count of time"),
        ("Time.fromUnixToIso8601('9999999999999999')", "outside the years"),
        ("Time.fromStringToIso8601('30-02-2024', 'dd-MM-yyyy')", "does not exist"),
        ("Time.fromStringToIso8601('x', 'dd')", "does not fit"),
        ("Time.fromIso8601ToUnix('2024-13-01')", "not an ISO 8601"),
        ("Time.fromIso8601ToUnix('yesterday')", "not an ISO 8601"),
    ],
)
def test_strings_that_are_not_times_fail(text, reason):
    """The error says what does not fit."""
    assert reason in failure(text)


def test_without_a_clock_the_time_is_not_known():
    """Evaluation reads no clock of its own."""
    with pytest.raises(EvaluationError, match="Bindings"):
        Expression("Time.now()").evaluate({})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("user.nul.toUpperCase()", "is null and has no method"),
        ("{1}.toUpperCase()", "has no method toUpperCase"),
        ("true.toInteger()", "has no method toInteger"),
        ("'x'.toInteger()", "not a number"),
        ("'a.b'.versionGreaterThan('1')", "not a version"),
        ("'abc'.substring(4)", "substring from 4"),
        ("'abc'.size()", "has no method size"),
        ("user.created.plusDays(2147483647)", "outside the years"),
        ("'x'.plusDays(1)", "not an ISO 8601"),
        ("user.created.toZone('x')", "not one of Okta's time zones"),
        ("String.len('a')", "no function String.len"),
        ("'a'.nope()", "no function .nope"),
    ],
)
def test_identity_engine_and_bad_input(text, reason):
    """Wrong receivers, wrong arguments, names of the other dialect."""
    assert reason in failure(text, dialect=Dialect.IDENTITY_ENGINE)


def test_managers_assistants_and_linked_users():
    """What is not there is null, so that its attributes fail."""
    people = {"active_directory": {"user": {"firstName": "Jane"}, "apps": {"google": {"id": 1}}}}
    assert value("getManagerUser('active_directory').firstName", managers=people) == "Jane"
    assert value("getAssistantAppUser('active_directory', 'google').id", assistants=people) == 1
    assert value("getManagerAppUser('active_directory', 'zoom')", managers=people) is None
    assert value("user.getLinkedObject('boss')", linked={"manager": {}}) is None
    assert "getManagerUser('active_directory') is null" in failure("getManagerUser('active_directory').x")


def test_countries_agree_with_the_standard():
    """249 countries; the codes are those of the iso3166 package, which also has Kosovo, as the standard has not."""
    standard = pytest.importorskip("iso3166")
    ours = {(row.alpha2, row.alpha3, row.numeric) for row in countries()}
    theirs = {(row.alpha2, row.alpha3, row.numeric) for row in standard.countries if row.alpha2 != "XK"}
    assert ours == theirs
    assert len({row.name for row in countries()}) == 249


def test_every_zone_of_oktas_list_exists():
    """431 ids and their other spellings."""
    assert len(identifiers()) > 560
    assert all(zone(name) for name in identifiers())
