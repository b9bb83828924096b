"""What is done in a shorter way gives what the longer way gives."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from o365prov.errors import EvaluationError
from o365prov.expressions import Dialect, Expression, Semantics
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.instants import iso_string, parse_iso

WRITTEN = (
    "String.substringBefore(user.a, {})",
    "String.substringAfter(user.a, {})",
    "String.startsWith(user.a, {})",
    "String.stringContains(user.a, {})",
)
ANY = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text("ab@", max_size=5), st.lists(st.text("ab", max_size=2))
)


def outcome(text, values, **options):
    """The value, or what went wrong."""
    try:
        return Expression(text, **options).evaluate({"user": values})
    except EvaluationError as error:
        return error.message


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("without_hit", ["empty", "whole"])
@given(a=ANY, mark=st.text("ab@", max_size=2))
def test_a_mark_that_is_written_out_is_found_as_one_that_is_computed(text, without_hit, a, mark):
    """A constant lets Python's own method be called; an attribute of the same value gives the same."""
    semantics = Semantics(substring_before_without_hit=without_hit)
    constant = outcome(text.format(f'"{mark}"'), {"a": a}, semantics=semantics)
    computed = outcome(text.format("user.m"), {"a": a, "m": mark}, semantics=semantics)
    assert constant == computed


@given(st.lists(ANY, max_size=4) | ANY, ANY)
def test_a_list_is_searched_as_each_element_is_compared(values, wanted):
    """``Arrays.contains`` is whether ``Arrays.remove`` finds something, and methods do as functions do."""
    roots = {"a": values, "w": wanted}
    contained = outcome("Arrays.contains(user.a, user.w)", roots)
    assert contained == (outcome("Arrays.size(Arrays.remove(user.a, user.w)) < Arrays.size(user.a)", roots) is True)
    if isinstance(values, list):
        assert outcome("user.a.contains(user.w)", roots, dialect=Dialect.IDENTITY_ENGINE) == contained


@pytest.mark.parametrize(("word", "null"), [("word", "null"), ("empty", "")])
@given(value=st.none() | st.text(max_size=3))
def test_null_beside_a_string_is_written_as_anywhere(word, null, value):
    """Whether null stands left or right, comes from an attribute or a function, it is the same word."""
    semantics = Semantics(null_text=word)
    shown = null if value is None else value
    for text, expected in (
        ("user.a + '!'", f"{shown}!"),
        ("'!' + user.a", f"!{shown}"),
        ("String.toUpperCase(user.a) + '!'", f"{shown.upper() if value is not None else null}!"),
        ("'a' + user.a + 'b'", f"a{shown}b"),
    ):
        assert outcome(text, {"a": value}, semantics=semantics) == expected


DIGITS = st.text("0123456789:TZ.,-+W ", min_size=1, max_size=2)


@given(st.datetimes(), st.sampled_from(["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.123Z"]), st.integers(0, 23), DIGITS)
@example(datetime(2000, 1, 1), "%Y-%m-%dT%H:%M:%S.123Z", 23, "0")  # noqa: DTZ001 - it is written with its zone
def test_a_time_of_the_usual_shape_is_read_as_any_other(moment, shape, place, digits):
    """Python reads it; a blank before it makes it be read with care, and the moment, or the refusal, is the same."""
    usual = moment.strftime(shape).rjust(len(moment.strftime(shape)), "0")
    for text in (usual, usual[:place] + digits + usual[place + len(digits) :]):
        assert read(text) == read(f" {text}")


def read(text):
    """The moment, or None."""
    try:
        return parse_iso(text)
    except EvaluationFailure:
        return None


@pytest.mark.parametrize("text", ["2015-W31-5T17:18:37Z", "2015-07-31T24:00:00Z", "2015-07-31T171837.979Z"])
def test_what_python_alone_reads_as_a_time_is_refused(text):
    """Weeks, the hour 24 and a clock without colons are not among the shapes of the language."""
    assert read(text) is None


@given(st.datetimes(), st.booleans())
def test_utc_is_written_as_a_zone_without_an_offset(moment, millis):
    """``datetime.UTC`` itself, and another zone of no offset, give the same string."""
    in_utc, elsewhere = moment.replace(tzinfo=UTC), moment.replace(tzinfo=timezone(timedelta(0), "X"))
    assert iso_string(in_utc, millis=millis) == iso_string(elsewhere, millis=millis)


def test_milliseconds_are_cut_not_rounded():
    """999.9 milliseconds are 999."""
    assert iso_string(datetime(2015, 1, 1, 0, 0, 0, 999_900, UTC)) == "2015-01-01T00:00:00.999Z"
