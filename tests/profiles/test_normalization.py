"""Values in the form in which Graph takes them."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from iso3166 import countries

from o365prov import Bindings, Expression, ProfileMapping
from o365prov.profiles import ALPHA_2, ATTRIBUTES, UNSET, AttributeMapping
from o365prov.profiles.normalization import normalize


def test_a_plain_string_is_sent_as_it_is():
    """A title within its limit is the value."""
    assert normalize(ATTRIBUTES["title"], "Engineer") == ("Engineer", None)


@pytest.mark.parametrize("name", ["title", "preferredLanguage", "userType", "employeeHireDate", "manager"])
@pytest.mark.parametrize("nothing", [None, "", []])
def test_nothing_clears_an_optional_attribute(name, nothing):
    """Null, the empty string and an empty list clear whatever its kind is."""
    assert normalize(ATTRIBUTES[name], nothing) == (None, None)


def test_nothing_clears_a_list_with_an_empty_list():
    """Graph clears businessPhones with [], not with null."""
    assert normalize(ATTRIBUTES["telephone"], None) == ([], None)


@pytest.mark.parametrize("name", ["firstName", "lastName", "displayName", "email"])
def test_an_empty_required_attribute_stops_the_person(name):
    """Okta's push refuses people without names or mail, so they are stopped before the first write."""
    value, issue = normalize(ATTRIBUTES[name], None)
    assert value is UNSET
    assert issue.stops
    assert issue.place == name


def test_an_empty_usage_location_is_left_alone():
    """Graph never clears usageLocation: the attribute is left alone and that is said."""
    value, issue = normalize(ATTRIBUTES["usageLocation"], "")
    assert value is UNSET
    assert not issue.stops
    assert "never clears" in issue.message


@given(st.sampled_from([row for row in ATTRIBUTES.values() if row.limit]), st.integers(1, 3))
def test_a_string_over_its_limit_is_never_sent(attribute, excess):
    """Whatever the attribute, limit + n characters are refused and exactly the limit is taken."""
    too_long, issue = normalize(attribute, "x" * (attribute.limit + excess))
    assert too_long is UNSET
    assert str(attribute.limit) in issue.message
    fits, nothing = normalize(attribute, "x" * attribute.limit)
    assert fits in ("x" * attribute.limit, ["x" * attribute.limit])
    assert nothing is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("UK", "GB"),
        ("uk", "GB"),
        ("EL", "GR"),
        ("EN", "GB"),
        ("DEU", "DE"),
        ("276", "DE"),
        ("Germany", "DE"),
        ("côte d'ivoire", "CI"),
    ],
)
def test_what_is_not_a_country_code_is_left_alone_and_the_code_is_named(written, meant):
    """UK is what people write, and Germany; ISO and Graph say GB and DE."""
    value, issue = normalize(ATTRIBUTES["usageLocation"], written)
    assert value is UNSET
    assert issue.remedy == f"Use {meant}, the ISO code of that country"


@pytest.mark.parametrize("written", ["Neverland", "XK", "ZZ", "U", "-1", "0"])
def test_what_is_not_a_country_gets_an_example(written):
    """Where nothing tells which country is meant."""
    value, issue = normalize(ATTRIBUTES["usageLocation"], written)
    assert value is UNSET
    assert issue.remedy == "Use a two-letter ISO 3166-1 code such as US"


def test_a_country_in_small_letters_is_sent_in_capitals():
    """Graph takes alpha-2 codes in capitals."""
    assert normalize(ATTRIBUTES["usageLocation"], "ie") == ("IE", None)


def test_the_country_codes_are_those_of_iso_3166():
    """The table has the 249 officially assigned codes; Kosovo's XK is user-assigned and not among them."""
    assert frozenset(country.alpha2 for country in countries) - {"XK"} == ALPHA_2


@pytest.mark.parametrize(("given_tag", "sent"), [("en_US", "en-US"), ("de", "de"), ("zh-Hant-TW", "zh-Hant-TW")])
def test_a_language_is_sent_as_a_tag(given_tag, sent):
    """Directories write en_US where Graph takes en-US."""
    assert normalize(ATTRIBUTES["preferredLanguage"], given_tag) == (sent, None)


@pytest.mark.parametrize("odd", ["english", "e", "en-", "en US", "en_US.UTF-8"])
def test_what_is_not_a_language_tag_is_left_alone(odd):
    """A locale or a word is not a tag."""
    value, issue = normalize(ATTRIBUTES["preferredLanguage"], odd)
    assert value is UNSET
    assert "en-US" in issue.remedy


@pytest.mark.parametrize("odd", ["not-an-address", "renée@corp.example", "a@b", "a b@corp.example", "@corp.example"])
def test_an_address_that_graph_refuses_stops_the_person(odd):
    """Mail takes no accents and needs a name and a domain."""
    value, issue = normalize(ATTRIBUTES["email"], odd)
    assert value is UNSET
    assert issue.stops


@pytest.mark.parametrize("odd", ["a$b", "a_b"])
def test_an_anchor_with_forbidden_characters_is_refused(odd):
    """Graph takes neither $ nor _ in onPremisesImmutableId."""
    value, issue = normalize(ATTRIBUTES["immutableId"], odd)
    assert value is UNSET
    assert issue.code == "bad_onPremisesImmutableId"


@given(st.sampled_from(list(ATTRIBUTES.values())), st.from_type(object).filter(lambda value: value is not None))
def test_no_value_makes_it_fail(attribute, value):
    """Whatever an expression gives, there is a value or an issue, never an exception."""
    normalized, issue = normalize(attribute, value)
    assert normalized is not UNSET or issue is not None or attribute.name in {"immutableId", "alias"}


@pytest.mark.parametrize("name", ["alias", "immutableId"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_leaves_what_a_new_account_gets_anyway(name, nothing):
    """Graph never clears the nickname and the anchor; a new account gets the name before the @ and the person's id."""
    assert normalize(ATTRIBUTES[name], nothing) == (UNSET, None)


@pytest.mark.parametrize(
    "name", ["j\xf6rg", "ann lee", "ann@corp", "a;b", "(ann)", "[a]", "a\\b", 'a"b', "a,b", "<a", "\x1b"]
)
def test_a_nickname_that_graph_refuses(name):
    """It takes printable ASCII without some signs."""
    value, issue = normalize(ATTRIBUTES["alias"], name)
    assert value is UNSET
    assert issue.code == "bad_mailNickname"


@pytest.mark.parametrize("name", [".ann", "ann.", "ann..lee", "."])
def test_a_nickname_with_a_full_stop_at_an_end_or_two_in_a_row(name):
    """Exchange takes one only between two other characters."""
    value, issue = normalize(ATTRIBUTES["alias"], name)
    assert value is UNSET
    assert "full stop" in issue.message


def test_an_instant_of_the_first_years():
    """What some systems write for "no date" has a year of four digits like any other."""
    assert normalize(ATTRIBUTES["employeeHireDate"], "0001-01-01T00:00:00Z") == ("0001-01-01T00:00:00Z", None)


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("title", 7, "7"),
        ("title", True, "true"),
        ("title", False, "false"),
        ("proxyAddresses", ["a", True], ["a", "true"]),
        ("telephone", 7, ["7"]),
        ("otherMails", "ann@corp.example", ["ann@corp.example"]),
        ("otherMails", ["ann@corp.example", "a.l@b.example"], ["ann@corp.example", "a.l@b.example"]),
        ("sponsors", ["ann", 7], ["ann", "7"]),
        ("email", "o'hara+x@corp.example", "o'hara+x@corp.example"),
        ("alias", "ann.lee", "ann.lee"),
        ("immutableId", "3q2+78r+ur7erb7vyv66vg==", "3q2+78r+ur7erb7vyv66vg=="),
        ("userType", "guest", "Guest"),
        ("userType", "GUEST", "Guest"),
        ("employeeHireDate", "2026-01-31T01:30:00+01:00", "2026-01-31T00:30:00Z"),
        ("employeeHireDate", datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00:00Z"),
    ],
)
def test_a_value_is_sent_in_the_form_that_graph_takes(name, value, sent):
    """Strings, lists, choices and instants, each by its kind."""
    assert normalize(ATTRIBUTES[name], value) == (sent, None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("title", ["Engineer"], "Title gives a list or a map, not a string"),
        ("title", {"a": "b"}, "Title gives a list or a map, not a string"),
        ("sponsors", ["1", None], "Sponsors is not a list of strings"),
        ("sponsors", ["1", ["2"]], "Sponsors is not a list of strings"),
        ("sponsors", [{}], "Sponsors is not a list of strings"),
        ("telephone", ["+1 555 0100"], "Telephone gives a list or a map, not a string"),
        ("otherMails", ["ann@corp.example", "x"], "Other emails holds an address that Graph does not take"),
        ("otherMails", [None], "Other emails is not a list of strings"),
        ("userType", "Visitor", "User type is not one of its values"),
        ("employeeHireDate", "2026-01-31T00:00:00", "Employee hire date is not an instant with a time zone"),
        ("employeeHireDate", "soon", "Employee hire date is not an instant with a time zone"),
        ("employeeHireDate", "0001-01-01T00:00:00+01:00", "Employee hire date is not an instant with a time zone"),
    ],
)
def test_a_value_that_graph_would_refuse_is_left_alone(name, value, message):
    """The issue says what is wrong with it, and it does not stop the person."""
    normalized, issue = normalize(ATTRIBUTES[name], value)
    assert (normalized, issue.message, issue.place) == (UNSET, message, name)
    assert not issue.stops
    assert issue.remedy


@example(ATTRIBUTES["title"], "x" * (ATTRIBUTES["title"].limit + 1))
@given(
    st.sampled_from(list(ATTRIBUTES.values())), st.text(max_size=4) | st.sampled_from(["IE", "en_US", "a@b.example"])
)
def test_a_mapping_normalizes_as_one_value_does(attribute, string):
    """The shorter way for strings gives what the long one gives."""
    mapping = ProfileMapping([AttributeMapping(attribute, Expression("source.title"))])
    profile = mapping.evaluate(Bindings({"source": {"title": string}}))
    value, issue = normalize(attribute, string)
    assert (profile.values, profile.issues) == ((value,), () if issue is None else (issue,))
