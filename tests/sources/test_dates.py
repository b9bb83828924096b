"""From when to when people are assigned, by the attributes of their profiles that say so."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import ConfigurationError, SourceError
from o365prov.people import Grants, Person
from o365prov.sources import AssignmentDates, OktaExport, csv_file

READER = "Reports Reader"


def dated(dates, app_user=None, roles=(), **profile):
    """One person's assignment, of a source that says when it holds."""
    ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example", **profile})
    users = None if app_user is None else {"00u1": app_user}
    [found] = OktaExport([ann], individual={"00u1": Grants(roles=roles)}, app_users=users, dates=dates).assignments
    return found


def said(dates, **profile):
    """What is wrong with the date."""
    with pytest.raises(SourceError) as raised:
        dated(dates, **profile)
    [issue] = raised.value.issues
    return str(issue)


BOTH = AssignmentDates(starts="user.first", ends="user.last", zone="Europe/Oslo")


def test_a_day_begins_at_midnight_and_the_last_day_counts():
    """In the stated time zone, also across the end of summer time."""
    found = dated(BOTH, first="2026-07-01", last="2026-10-25")
    assert found.starts == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert found.ends == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_an_instant_is_taken_as_it_is():
    """With its own zone, or in the stated one."""
    found = dated(BOTH, first="2026-07-01T09:00:00Z", last="2026-07-02T09:00:00")
    assert found.starts == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert found.ends == datetime(2026, 7, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize("written", [None, "", "9999-12-31", "9999-12-31T23:59:59Z"])
def test_no_end(written):
    """An attribute that is not there, is empty, or has the year for "never" ends nothing."""
    assert dated(BOTH, last=written).ends is None


@pytest.mark.parametrize("written", ["soon", "01.07.2026", 20260701, "2026-02-30", "0001-01-01", ["2026-07-01"]])
def test_what_is_no_date_is_an_error_with_its_place(written):
    """Nobody starts early or stays on because a date can't be read; the value itself is personal and not shown."""
    assert said(BOTH, first=written) == (
        "the dates of people: person 00u1: user.first: is neither a day nor an instant: "
        "write it as 2026-07-01 or 2026-07-01T09:00:00Z at the source"
    )


def test_an_end_before_the_start():
    """Is an error of this person, and not of the whole plan."""
    assert "user.last: is not later than user.first" in said(BOTH, first="2026-07-02", last="2026-07-01")


def test_roles_end_of_themselves():
    """Each by an attribute of its own; of a role that is not granted nothing is said."""
    dates = AssignmentDates(role_ends={READER: "appuser.readerUntil", "Directory Readers": "appuser.readerUntil"})
    found = dated(dates, {"readerUntil": "2026-07-01"}, [READER])
    assert found.role_ends == {READER: datetime(2026, 7, 2, tzinfo=UTC)}
    assert found.at(datetime(2026, 7, 2, tzinfo=UTC)).grants.roles == ()


def test_a_source_without_profiles_in_the_app():
    """Can't be asked for them: that is said, and not taken for no date."""
    assert "appuser.ends: is not given by this source" in said(AssignmentDates(ends="appuser.ends"))


def test_all_wrong_dates_come_at_once():
    """With streamed people after the last of them; who is right was given."""
    people = [Person(key, "ACTIVE", {"last": date}) for key, date in (("1", "x"), ("2", "2026-07-01"), ("3", "y"))]
    stream = OktaExport((), individual={each.id: Grants() for each in people}, dates=BOTH).assigned(iter(people))
    assert next(stream).person_id == "2"
    with pytest.raises(SourceError) as raised:
        next(stream)
    assert [each.place for each in raised.value.issues] == [
        f"the dates of people: person {key}: user.last" for key in "13"
    ]


def test_a_column_of_a_csv_file(tmp_path):
    """Columns are attributes, so they are named as such."""
    path = tmp_path / "people.csv"
    path.write_text("id,login,contractEnd\n1,ann@corp.example,2026-06-30\n2,bo@corp.example,\n")
    export = OktaExport(
        csv_file.read_people(path),
        individual={"1": Grants(), "2": Grants()},
        dates=AssignmentDates(ends="user.contractEnd"),
    )
    assert [each.ends for each in export.assignments] == [datetime(2026, 7, 1, tzinfo=UTC), None]


@pytest.mark.parametrize("name", ["startDate", "user.", "org.name", "user.a.b", "", "user.getLinkedObject(x)"])
def test_names_that_are_no_attribute(name):
    """Expressions would be mistaken for names."""
    with pytest.raises(ConfigurationError, match="should name an attribute"):
        AssignmentDates(starts=name)


@pytest.mark.parametrize("zone", ["Oslo", "", "../etc/passwd", "x" * 1_000, "\0"])
def test_zones_that_are_not_known(zone):
    """Are refused when the settings are made."""
    with pytest.raises(ConfigurationError, match="is not a time zone"):
        AssignmentDates(zone=zone)


@given(st.dates(min_value=datetime(1901, 1, 1).date()).filter(lambda day: day.year < 9998))  # noqa: DTZ001 - a day
def test_every_day_is_a_day_long(day):
    """Somebody whose first and last day are the same is assigned for that day."""
    found = dated(evolve(BOTH, zone="UTC"), first=day.isoformat(), last=day.isoformat())
    assert found.ends - found.starts == timedelta(days=1)
