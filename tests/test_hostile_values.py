"""Values that are too large, invisible or steer a terminal end in one clear error, or are shown as what they are."""

import copy
import pickle
from contextlib import suppress
from datetime import datetime, tzinfo

import pytest
from forms import PLAN
from organisation import NOW, remembered, somebody, user_sync_app

from o365prov import Bindings, Expression, Person, Plan, RetryPolicy, SourceError
from o365prov.errors import ConfigurationError, EvaluationError, Issue, O365ProvError, UsageError
from o365prov.planning import CreateUser, Subject, collisions
from o365prov.profiles import ProfileMapping
from o365prov.sources import OktaExport
from o365prov.sources.csv_file import read_people
from o365prov.testing import FakeClock, FakeTenant


@pytest.mark.parametrize(
    ("text", "value"),
    [("Convert.toNum(user.n)", "9" * 400), ("Convert.toInt(user.n)", "9" * 400), ("Convert.toNum(user.n)", 10**400)],
)
def test_a_number_too_large_is_an_error_of_the_expression(text, value):
    """One person's data does not end the plan of all."""
    with suppress(EvaluationError):
        Expression(text).evaluate({"user": {"n": value}})
    error = Expression(text).explain({"user": {"n": value}}).error
    assert error is None or str(error).isprintable()


def test_an_instant_out_of_range_is_an_error_of_the_expression():
    """The year 1, seen from a zone in the east, is before everything."""
    text = 'Time.fromIso8601ToString("0001-01-01T00:00:00+14:00", "yyyy")'
    with pytest.raises(EvaluationError, match="out of range"):
        Expression(text).evaluate({})
    assert "out of range" in str(Expression(text).explain({}).error)


def test_a_number_of_many_digits_is_refused_without_being_printed():
    """Python itself refuses to write it out."""
    with pytest.raises(ConfigurationError, match=r"Person\.id should be a string, not a number with many digits"):
        Person(10**5000, "ACTIVE", {})


def test_messages_are_one_line():
    """A name from somebody else's export must not steer a terminal, nor fake a second line."""
    twice = [Person("00u\x1b[31m\n1", "ACTIVE", {"email": "ann@corp.example"})] * 2
    with pytest.raises(O365ProvError) as caught:
        user_sync_app().preview(twice)
    assert str(caught.value).isprintable()
    assert str(SourceError(Issue("code", "a\nb", "c\x1b"))) == "a\\nb: c\\x1b"


@pytest.mark.parametrize("junk", [{"code": None}, {"message": 5}, {"severity": "grave"}, {"place": None}])
def test_an_issue_takes_strings_only(junk):
    """It is shown and saved."""
    with pytest.raises(ConfigurationError, match=rf"Issue\.{next(iter(junk))} should be"):
        Issue(**{"code": "code", "message": "message", **junk})


@pytest.mark.parametrize("limit", [-1, 0, "5", True, 1.5])
def test_a_limit_that_would_hide_rows_is_refused(limit):
    """A review must not show less than is asked for."""
    with pytest.raises(ConfigurationError, match="limit"):
        PLAN.to_text(limit=limit)


@pytest.mark.parametrize("mark", ["\u200b", "\ufeff", "\u00ad", "\U000e0041"])
def test_invisible_characters_are_shown(mark):
    """Two names that look alike must not be two people."""
    change = CreateUser(Subject("00u1", f"Ad{mark}min", "a@corp.example"), "assigned", {}, "f")
    plan = Plan("tenant", NOW, (change,))
    assert all(mark not in form for form in (plan.to_text(), plan.to_html(), plan.to_markdown()))


def test_markdown_makes_no_links():
    """A name that looks like an address stays text."""
    change = CreateUser(Subject("00u1", "https://evil.example www.evil.example", "a@corp.example"), "assigned", {}, "f")
    markdown = Plan("tenant", NOW, (change,)).to_markdown()
    assert "https://" not in markdown
    assert "www." not in markdown


def test_half_a_character_is_refused_before_it_is_saved(tmp_path):
    """What could not be loaded is not written."""
    change = CreateUser(Subject("00u1", "Ann", "a@corp.example"), "assigned", {"city": "\ud800"}, "f")
    with pytest.raises(UsageError, match="half a character"):
        Plan("tenant", NOW, (change,)).save(tmp_path / "plan.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["missing/plan.json", "", "a\0b"])
def test_a_file_that_cannot_be_written_or_read_is_an_error_of_the_package(tmp_path, path):
    """With the path and what to do."""
    with pytest.raises(SourceError, match="can't be written"):
        PLAN.save(f"{tmp_path}/{path}")
    with pytest.raises(SourceError, match="can't be read"):
        Plan.load(f"{tmp_path}/{path}")


def test_an_empty_mapping_stays_empty():
    """Who maps nothing sends nothing."""
    app = user_sync_app()
    assert len(app.remap(ProfileMapping()).mapping) == 0
    assert len(app.remap(app.mapping, keep=False).mapping) == len(app.mapping)


@pytest.mark.parametrize("call", [lambda app: app.remap("x"), lambda app: app.remap(app.mapping, keep=True)])
def test_remap_refuses_junk_and_contradictions(call):
    """Instead of choosing in silence."""
    with pytest.raises(ConfigurationError):
        call(user_sync_app())


@pytest.mark.parametrize(
    "call",
    [
        lambda app: app.streaming_planner(list, "memory", now=NOW),
        lambda app: app.streaming_planner([], remembered(), now=NOW),
        lambda app: app.streaming_planner(lambda: [somebody()], remembered(), now=NOW),
    ],
)
def test_the_streaming_planner_refuses_what_plan_refuses(call):
    """The same checks for the same arguments."""
    with pytest.raises(ConfigurationError):
        call(user_sync_app())


@pytest.mark.parametrize("domain", ["", "@corp.example", "a b", "https://x.example", "corp"])
def test_a_domain_is_the_name_of_one(domain):
    """It comes after the @ of usernames."""
    app = user_sync_app()
    with pytest.raises(ConfigurationError, match=r"Office365App\.domains should be domain names"):
        type(app)((domain,), app.provisioning, app.username)


@pytest.mark.parametrize("copying", [pickle.dumps, copy.deepcopy])
def test_a_fake_tenant_says_that_it_cannot_be_copied(copying):
    """It holds a lock, and says what to use instead."""
    with pytest.raises(UsageError, match="snapshot"):
        copying(FakeTenant(seed=1))


@pytest.mark.parametrize("days", [float("nan"), float("inf"), 10**9, 4_000_000, "1"])
def test_a_clock_refuses_a_step_that_is_no_time(days):
    """And stands where it stood."""
    clock = FakeClock(at=NOW)
    with pytest.raises(ConfigurationError, match="advance"):
        clock.advance(days=days)
    assert clock.now() == NOW


@pytest.mark.parametrize("name", ["missing.json", ".", "zero\0byte"])
def test_a_fake_tenant_that_cannot_be_loaded_is_a_source_error(tmp_path, name):
    """It names the file that is meant."""
    with pytest.raises(SourceError, match=r"FakeTenant\.save"):
        FakeTenant.load(tmp_path / name)


class NoOffset(tzinfo):
    """A time zone that does not say how far it is from UTC."""

    def utcoffset(self, _):
        return None


@pytest.mark.parametrize(
    "call",
    [
        lambda: remembered().with_users(each for each in [5]),
        lambda: collisions(iter([5]), remembered()),
        lambda: OktaExport([]).with_directory(iter([5])),
    ],
)
def test_what_an_iterator_gives_is_checked_like_the_members_of_a_list(call):
    """It is used up once, by the check and the call together."""
    with pytest.raises(ConfigurationError):
        call()


def test_a_time_zone_without_an_offset_is_none():
    """Such an instant can't be compared with any other."""
    at = datetime(2026, 1, 1, tzinfo=NoOffset())
    with pytest.raises(ConfigurationError, match="time zone"):
        Bindings({}, now=at)


def test_a_mapping_with_wrong_values_is_not_taken_for_its_keys():
    """Where a mapping may be given, it is meant as one."""
    with pytest.raises(ConfigurationError, match="domains"):
        FakeTenant(domains={"contoso.com": {}})


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n"])
def test_a_delimiter_is_one_character(tmp_path, delimiter):
    """Python's own reader would raise a TypeError, or split in the wrong places."""
    path = tmp_path / "people.csv"
    path.write_text("id\n1\n")
    with pytest.raises(ConfigurationError, match="delimiter"):
        read_people(path, delimiter=delimiter)


def test_a_path_that_can_be_none_is_an_error_of_the_source():
    """A null character ends no other way than a missing file."""
    with pytest.raises(SourceError, match="can't be read"):
        read_people("a\0b")


def test_a_wait_that_no_float_can_hold_is_refused():
    """When the policy is made, and not at the first retry."""
    with pytest.raises(ConfigurationError, match="wait_initial"):
        RetryPolicy(wait_initial=10**400)
