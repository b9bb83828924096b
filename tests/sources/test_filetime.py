"""FILETIME, Active Directory's clock."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.sources.directory.filetime import filetime_to_datetime, read_filetime

EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
instants = st.datetimes(
    min_value=datetime(1601, 1, 1, 0, 0, 0, 1),  # noqa: DTZ001
    timezones=st.timezones() | st.just(UTC),
    allow_imaginary=False,
).filter(lambda instant: datetime(1601, 1, 1, tzinfo=UTC) < instant < datetime(9999, 12, 30, tzinfo=UTC))


@given(instants)
def test_there_and_back(instant):
    """Every instant from 1601 on has a FILETIME that gives the same instant, whatever its zone."""
    filetime = (instant - EPOCH) // timedelta(microseconds=1) * 10
    assert filetime_to_datetime(filetime) == instant.astimezone(UTC)
    assert read_filetime(str(filetime)) == instant.astimezone(UTC)


@given(st.integers(min_value=1, max_value=2_650_467_743_999_999_999))
def test_units_below_a_microsecond_are_cut(filetime):
    """A FILETIME is finer than a datetime: the instant is the microsecond that it is in."""
    instant = filetime_to_datetime(filetime)
    assert instant is not None
    assert (instant - EPOCH) // timedelta(microseconds=1) == filetime // 10


@pytest.mark.parametrize("filetime", [0, -1, 2**63 - 1])
def test_no_instant(filetime):
    """0 ("must change"), -1 and the largest number ("never") are no instants."""
    assert filetime_to_datetime(filetime) is None


@pytest.mark.parametrize("filetime", [-2, -(2**63), 2_650_467_744_000_000_000, 2**63 - 2, 10**30])
def test_impossible_filetimes(filetime):
    """Other negative numbers, and years after 9999, are refused."""
    with pytest.raises(ValueError, match="FILETIME"):
        filetime_to_datetime(filetime)


@pytest.mark.parametrize("text", ["", " 1", "1 ", "1_000", "1e3", "0x1", "+1", "١٢", "9" * 20, "9" * 5000, "--1", "\n"])
def test_text_that_is_not_a_number(text):
    """Only decimal digits are a FILETIME: nothing that Python alone would take for a number."""
    with pytest.raises(ValueError, match="not a FILETIME"):
        read_filetime(text)
