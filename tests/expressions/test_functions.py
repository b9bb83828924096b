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


def engine(text):
    """The value in Identity Engine's dialect."""
    return value(text, dialect=Dialect.IDENTITY_ENGINE)


def failure(text, semantics=None, dialect=Dialect.CLASSIC):
    """The message of the error."""
    with pytest.raises(EvaluationError) as caught:
        value(text, semantics, dialect)
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("String.len(user.nul)", 0),
        ("String.toUpperCase(user.nul)", None),
        ("String.substringBefore(user.nul, '@')", None),
        ("String.substring(user.nul, 0, 1)", None),
        ("String.replace(user.nul, 'a', 'b')", None),
        ("String.startsWith(user.nul, 'a')", False),
        ("String.stringContains(user.nul, 'a')", False),
        ("String.stringSwitch(user.nul, 'd', 'a', 'b')", "d"),
        ("String.append('a', user.nul)", "anull"),
        ("Arrays.contains(user.nul, 'a')", False),
        ("Arrays.size(user.nul)", 0),
        ("Arrays.add(user.nul, 'a')", None),
        ("Arrays.add({}, user.nul)", [None]),
        ("Iso3166Convert.toName(user.nul)", None),
        ("Time.fromUnixToIso8601(user.nul)", None),
    ],
)
def test_null_in_the_first_place(text, expected):
    """Null passes through, has no length, and contains nothing."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "String.replace('a', user.nul, 'b')",
        "String.substring('abc', user.nul, 1)",
        "Convert.toInt(user.nul)",
        "isMemberOfGroupName(user.nul)",
        "Arrays.flatten('a', user.nul)",
        "Arrays.flatten({'a', {user.nul}})",
        "Arrays.get({1}, user.nul)",
    ],
)
def test_null_elsewhere_fails(text):
    """The error says what is null or empty."""
    assert "null" in failure(text) or "empty" in failure(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("String.toUpperCase(5)", "5"),
        ("String.toUpperCase(true)", "TRUE"),
        ("String.toUpperCase(user.l)", "A,B"),
        ("String.substring('abcdef', '1', 3.9)", "bc"),
        ("String.join(',', user.l)", "a,b"),
        ("String.join(',', 1, 2.50)", "1,2.5"),
        ("Arrays.size('a, b,c')", 3),
        ("Arrays.size(5)", 1),
        ("Arrays.contains('a, b', 'b')", True),
        ("Arrays.isEmpty(' ')", False),
        ("Arrays.get(user.l, '1')", "b"),
        ("String.substringBefore('abc', '')", ""),
        ("String.substringAfter('abc', '')", "abc"),
        ("String.replace('aaa', 'aa', 'b')", "ba"),
        ("Convert.toInt(2.5)", 3),
        ("Convert.toInt(-2.5)", -2),
        ("Convert.toInt('+7')", 7),
        ("Convert.toNum('1e3')", 1000.0),
        ("Iso3166Convert.toAlpha2('usa')", "US"),
        ("Iso3166Convert.toAlpha2(4)", "AF"),
    ],
)
def test_arguments_convert_as_spring_converts_them(text, expected):
    """Lists become strings, strings become lists and integers, doubles are cut."""
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    ["Convert.toInt('12.5')", "Convert.toInt('')", "Convert.toInt(' 1')", "Convert.toNum('x')", "Convert.toNum('0x1')"],
)
def test_strings_that_are_not_numbers_fail(text):
    """Conversion fails rather than guesses."""
    assert "is a string that is not a" in failure(text)


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
    ("text", "expected"),
    [
        ("user.getGroups({'group.type': {'APP_GROUP', 'BUILT_IN'}}).![id]", ["00g1", "00g3", "00g4"]),
        ("user.getGroups({'group.source.id': '0oa3'}).![name]", ["Engineering"]),
        ("user.getGroups({'group.profile.name': 'Eng*'}).![profile.name]", ["Engineering", "Engineering"]),
        ("user.getGroups({'group.profile.name': 'Eng'}, {'group.id': {'00g4', '00g9'}}).![id]", ["00g4"]),
        ("user.getGroups({'group.profile.name': 'Eng', 'group.type': 'OKTA_GROUP'})", []),
        ("user.isMemberOf({'group.profile.name': 'Engineering', 'operator': 'EXACT'})", True),
        ("isMemberOfGroup('00g2')", True),
        ("isMemberOfAnyGroup('x', 'Everyone')", False),
        ("isMemberOfAnyGroup('x', '00g1')", True),
        ("isMemberOfAnyGroup({'x', '00g1'})", True),
        ("isMemberOfGroupNameStartsWith('West')", True),
        ("isMemberOfGroupNameContains('oast')", True),
        ("isMemberOfGroupNameRegex('West.*')", True),
        ("Groups.endsWith('active_directory', 'ing', 10)", ["Engineering"]),
        ("Groups.contains('0oa4', 'gine', 10)", ["Engineering"]),
        ("Groups.startsWith('OKTA', 'Every', 10)", None),
        (
            "getFilteredGroups({'00g1', '00g3'}, 'String.toUpperCase(group.profile.name)', 2)",
            ["EVERYONE", "ENGINEERING"],
        ),
    ],
)
def test_groups(text, expected):
    """Criteria, names, ids, apps."""
    assert value(text) == expected


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
    ("text", "expected"),
    [
        ("Time.now()", "2024-02-29T23:30:00.500Z"),
        ("Time.now('Asia/Tokyo')", "2024-03-01T08:30:00.500+09:00"),
        ("Time.now('US/Pacific-New', 'yyyy-MM-dd')", "2024-02-29"),
        ("Time.now('America/New_York', \"EEEE, d. MMM ''yy h:mm a ZZ\")", "Thursday, 29. Feb '24 6:30 PM -05:00"),
        ("Time.fromStringToIso8601('29-02-2024', 'dd-MM-YYYY')", "2024-02-29T00:00:00.000Z"),
        ("Time.fromStringToIso8601('20240229 113000 PM', 'yyyyMMdd hhmmss a')", "2024-02-29T23:30:00.000Z"),
        ("Time.fromStringToIso8601('1 feb 24 +0100', 'd MMM yy Z')", "2024-01-31T23:00:00.000Z"),
        ("Time.fromIso8601ToString('2024-01-05T10:00:00+02:00', 'D H')", "5 8"),
        ("Time.fromIso8601ToUnix('1970-01-01')", "0"),
        ("Time.fromUnixToIso8601('-1')", "1969-12-31T23:59:59.999Z"),
        ("Time.fromWindowsToIso8601('0')", "1601-01-01T00:00:00.000Z"),
        ("Time.fromIso8601ToWindows('1601-01-01T00:00:00Z')", "0"),
    ],
)
def test_classic_times(text, expected):
    """Strings in, strings out; patterns have Joda-Time's letters."""
    assert value(text) == expected


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
    ("text", "expected"),
    [
        ("user.created.plusDays(2).toString()", "2015-08-01T23:58:32Z"),
        ("user.created.minusMinutes(-2).toString()", "2015-07-31T00:00:32Z"),
        (
            "user.created.toZone('America/New_York').toString('dd MMMM yyyy HH:mm:ss VV')",
            "30 July 2015 19:58:32 America/New_York",
        ),
        (
            "'2024-03-09T12:00:00Z'.toZone('America/New_York').plusDays(1).toString()",
            "2024-03-10T07:00:00-04:00[America/New_York]",
        ),
        (
            "'2024-03-09T12:00:00Z'.toZone('America/New_York').plusHours(24).toString()",
            "2024-03-10T08:00:00-04:00[America/New_York]",
        ),
        ("user.created < DateTime.now()", True),
        ("DateTime.now() == Time.now()", True),
        ("DateTime.now().withinSeconds(0)", True),
        ("'2024-02-29T23:30:01.5Z'.withinSeconds(1)", True),
        ("'a' + user.created", "a2015-07-30T23:58:32.000Z"),
        ("'14.2'.versionGreaterThan('14.2.0')", False),
        ("'9.9'.versionLessThan('9.10')", True),
        ("'2.5'.toInteger()", 3),
        ("2147483647.7.toInteger()", -2147483648),
        ("{{1}, {2, {3}}}.flatten()", [1, 2, 3]),
        ("{1, 2, 1}.remove(1)", [2, 1]),
        ("'abc'.substring(3)", ""),
        ("user.nul?.toUpperCase()", None),
        ("'Germany'.parseCountryCode().toAlpha3()", "DEU"),
        ("'nowhere'.parseCountryCode() == null", True),
        ("'US'.parseCountryCode()", "US"),
    ],
)
def test_identity_engine(text, expected):
    """Methods of strings, arrays, numbers, countries and times."""
    assert engine(text) == expected


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
