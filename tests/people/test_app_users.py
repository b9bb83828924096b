"""The memory between runs."""

import errno
import json
import os
import stat
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from organisation import remembered

from o365prov.errors import ConfigurationError, SourceError
from o365prov.people import AfterBlock, AppUser, AppUsers, AppUserStatus, Departure, LicenseGrant

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
instants = st.none() | st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
grants = st.builds(LicenseGrant, texts, st.none() | st.lists(texts, max_size=3))
departures = st.builds(
    Departure,
    at=st.datetimes(timezones=st.just(UTC)),
    then=st.sampled_from(AfterBlock),
    grace_days=st.none() | st.integers(1, 365),
    blocked=st.booleans(),
)
app_users = st.builds(
    AppUser,
    person_id=texts,
    object_id=texts,
    username=texts,
    anchor=st.none() | texts,
    fingerprint=texts,
    licenses=st.lists(grants, max_size=3).map(tuple),
    roles=st.lists(texts, max_size=3).map(tuple),
    manager_id=st.none() | texts,
    status=st.sampled_from(AppUserStatus),
    departure=departures,
    password_instant=instants,
    provisioning_type=texts,
)
ANN = AppUser("00u1", "11111111-1111-4111-8111-111111111111", "ann@corp.example")
BO = AppUser("00u2", "22222222-2222-4222-8222-222222222222", "bo@corp.example")


@given(st.lists(app_users, max_size=4, unique_by=lambda each: each.person_id))
def test_json_gives_the_same_table(users):
    """What to_json writes, from_json reads back without a loss."""
    table = remembered(*users)
    assert AppUsers.from_json(table.to_json()) == table


def test_file_gives_the_same_table(tmp_path):
    """What save writes, load reads back; nothing else is left in the folder."""
    table = remembered(ANN, BO)
    table.save(tmp_path / "app-users.json")
    assert AppUsers.load(tmp_path / "app-users.json") == table
    assert [file.name for file in tmp_path.iterdir()] == ["app-users.json"]


def test_json_holds_a_line_a_user():
    """One line a user: a change of one person is a change of one line."""
    lines = remembered(ANN, BO).to_json().splitlines()
    assert [sum(person in line for line in lines) for person in ("00u1", "00u2")] == [1, 1]
    assert not any("00u1" in line and "00u2" in line for line in lines)


def test_table_is_a_value():
    """Adding and removing give new tables and leave the old one as it was."""
    empty = remembered()
    both = empty.with_users([ANN, BO])
    assert (len(empty), len(both), list(both.without("00u1"))) == (0, 2, [BO])


def test_same_person_is_replaced():
    """There is one AppUser a person: the newer takes the older one's place."""
    renamed = AppUser("00u1", ANN.object_id, "ann.lee@corp.example")
    table = remembered(ANN, BO).with_user(renamed)
    assert (len(table), table.get("00u1")) == (2, renamed)


def test_unknown_person_has_no_app_user():
    """No one is ours without an entry; forgetting a person unknown changes nothing."""
    table = remembered(ANN)
    assert table.get("00u9") is None
    assert table.without("00u9") == table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"format": "o365prov.app-users/2"}',
        '{"format": "o365prov.app-users/9", "users": []}',
        '{"format": "o365prov.app-users/2", "users": [{"person_id": "00u1"}]}',
        '{"format": "o365prov.app-users/2", "users": ["00u1"]}',
        remembered(ANN, BO).to_json()[:-40],
    ],
)
def test_damaged_table_is_refused(text):
    """A table that is damaged, of another format or cut is refused and named, not taken for an empty one."""
    with pytest.raises(SourceError, match=r"^memory\.json: "):
        AppUsers.from_json(text, where="memory.json")


@pytest.mark.parametrize(("key", "value"), [("status", "gone"), ("departure", "yesterday"), ("licenses", [1])])
def test_damaged_row_is_refused(key, value):
    """A row with a value that can't be is refused."""
    document = json.loads(remembered(ANN).to_json())
    document["users"][0][key] = value
    with pytest.raises(SourceError, match=rf"\$\.users\[0\]\.{key}.*: restore it from a backup"):
        AppUsers.from_json(json.dumps(document))


def test_missing_file_is_named(tmp_path):
    """A missing table is no empty table: the path is named, and what to do about it."""
    with pytest.raises(SourceError, match=r"app-users\.json: can't be read .*AppUsers\.empty\(tenant_id, app_name\)"):
        AppUsers.load(tmp_path / "app-users.json")


def test_failed_save_leaves_the_old_table(tmp_path, monkeypatch):
    """Where the new table can't be written, the old one stays whole."""
    path = tmp_path / "app-users.json"
    remembered(ANN).save(path)
    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(SourceError, match=r"app-users\.json: can't be written \(No space left"):
        remembered(BO).save(path)
    monkeypatch.undo()
    assert AppUsers.load(path) == remembered(ANN)
    assert [each.name for each in tmp_path.iterdir()] == ["app-users.json"]


def full_disk(_descriptor):
    """What the system says when there is no space."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_saved_table_is_for_its_owner_alone(tmp_path):
    """It names people and what they were given."""
    path = tmp_path / "app-users.json"
    remembered(ANN).save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_table_that_somebody_edited_is_refused_with_a_key(tmp_path):
    """Whoever knows how digests are made can't make one without the key."""
    path, key = tmp_path / "app-users.json", b"0123456789abcdef"
    remembered(ANN).save(path, key=key)
    assert AppUsers.load(path, key=key) == remembered(ANN)
    for other in (None, b"another key, also long"):
        with pytest.raises(SourceError, match="edited, or was saved with another key"):
            AppUsers.load(path, key=other)
    remembered(BO).save(path)
    with pytest.raises(SourceError, match="edited, or was saved with another key"):
        AppUsers.load(path, key=key)


def test_a_short_key_is_refused():
    """It could be guessed."""
    with pytest.raises(ConfigurationError, match="key should be at least 16 bytes"):
        remembered(ANN).to_json(key=b"short")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("person_id", None),
        ("object_id", 5),
        ("username", None),
        ("anchor", []),
        ("fingerprint", {}),
        ("licenses", [{"sku": 5, "service_plans": None}]),
        ("licenses", [{"sku": "SPE_E3", "service_plans": "TEAMS"}]),
        ("roles", "Directory Readers"),
        ("manager_id", 1),
        ("manager_reference", None),
        ("departure", {"at": "2026-01-01T00:00:00", "then": "keep", "grace_days": None, "blocked": True}),
        ("password_instant", 0),
        ("provisioning_type", ["user_sync"]),
    ],
)
def test_row_edited_by_hand_is_refused(key, value):
    """A value of another type would be found only when it does harm."""
    document = json.loads(remembered(ANN).to_json())
    document["users"][0][key] = value
    with pytest.raises(SourceError, match=rf"\$\.users\[0\]\.{key}.*: restore it from a backup"):
        AppUsers.from_json(json.dumps(document))


def test_person_who_is_there_twice_is_refused():
    """No one can say which of the rows is true."""
    document = json.loads(remembered(ANN).to_json())
    with pytest.raises(SourceError, match="twice"):
        AppUsers.from_json(json.dumps({**document, "users": document["users"] * 2}))


def test_table_nested_without_end_is_refused():
    """As any other damage."""
    with pytest.raises(SourceError, match="is nested too deeply: restore it from a backup"):
        AppUsers.from_json('{"format": "o365prov.app-users/2", "users": ' + "[" * 100_000)


def test_instants_have_a_time_zone():
    """Others can't be compared with anything."""
    with pytest.raises(ConfigurationError, match=r"Departure\.at has no time zone"):
        Departure(datetime(2026, 1, 1))  # noqa: DTZ001 - the point


def test_one_person_twice_is_refused():
    """Which of the two is right can't be known: the last must not win in silence."""
    with pytest.raises(ConfigurationError, match=r"AppUsers\.users holds the person 00u1 twice"):
        remembered(ANN, ANN)


@pytest.mark.parametrize("junk", [5, [None], ["00u1"]])
def test_only_app_users_are_in_the_table(junk):
    """Anything else is named when the table is made."""
    with pytest.raises(ConfigurationError, match=r"AppUsers\.users should be AppUser values"):
        AppUsers("contoso", "Office 365", junk)


@pytest.mark.parametrize("status", ["ACTIVE", "active", None, 5])
def test_a_status_is_one_of_the_known_ones(status):
    """With a status that nothing knows a leaver would be passed over in silence."""
    with pytest.raises(ConfigurationError, match=r"AppUser\.status should be one of"):
        AppUser("00u1", "id", "ann@corp.example", status=status)
