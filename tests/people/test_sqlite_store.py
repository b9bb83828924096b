"""The memory between runs in a SQLite database."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from o365prov import AppUser, AppUsers, LicenseGrant
from o365prov.errors import SourceError
from o365prov.people import AppUserStatus

ANN = AppUser(
    "00u1",
    "11111111-1111-4111-8111-111111111111",
    "ann@corp.example",
    anchor="YW5u",
    fingerprint="f1",
    licenses=(LicenseGrant("SPE_E3", ["TEAMS1"]),),
    roles=("Global Reader",),
    status=AppUserStatus.DEACTIVATED,
    deactivated_at=datetime(2026, 6, 1, tzinfo=UTC),
)
BO = AppUser("00u2", "22222222-2222-4222-8222-222222222222", "bo@corp.example")


def test_what_is_saved_is_loaded(tmp_path):
    """Every field of every user."""
    path = tmp_path / "memory.sqlite"
    AppUsers([ANN, BO]).save_sqlite(path)
    assert AppUsers.load_sqlite(path) == AppUsers([ANN, BO])


def test_saving_again_replaces_what_was_there(tmp_path):
    """A person changed, a person is gone, a person is new."""
    path = tmp_path / "memory.sqlite"
    AppUsers([ANN]).save_sqlite(path)
    AppUsers([BO]).save_sqlite(path)
    assert AppUsers.load_sqlite(path) == AppUsers([BO])


def test_a_missing_database_is_said(tmp_path):
    """Loading creates nothing."""
    path = tmp_path / "memory.sqlite"
    with pytest.raises(SourceError, match="no such file"):
        AppUsers.load_sqlite(path)
    assert not path.exists()


def test_another_kind_of_file_is_left_alone(tmp_path):
    """A text file is neither read nor overwritten."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database at all, and long enough to be looked at\n" * 50)
    with pytest.raises(SourceError, match=r"notes\.txt"):
        AppUsers.load_sqlite(path)
    with pytest.raises(SourceError, match=r"notes\.txt"):
        AppUsers([ANN]).save_sqlite(path)
    assert path.read_text().startswith("not a database")


def test_a_database_of_another_format_is_refused(tmp_path):
    """What a later version wrote is not misread."""
    path = tmp_path / "memory.sqlite"
    AppUsers([ANN]).save_sqlite(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE about SET format = 'o365prov.app-users/9'")
        database.commit()
    with pytest.raises(SourceError, match="app-users/9"):
        AppUsers.load_sqlite(path)


def test_a_damaged_row_is_said(tmp_path):
    """It names the file and what to do."""
    path = tmp_path / "memory.sqlite"
    AppUsers([ANN]).save_sqlite(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE app_users SET row = '{}'")
        database.commit()
    with pytest.raises(SourceError, match="restore it from a backup"):
        AppUsers.load_sqlite(path)


def test_a_failed_save_keeps_the_table(tmp_path):
    """All or nothing: a row that can't be written leaves what was there."""
    path = tmp_path / "memory.sqlite"
    AppUsers([ANN]).save_sqlite(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON app_users BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        other.commit()
    with pytest.raises(SourceError, match="disk full"):
        AppUsers([BO]).save_sqlite(path)
    assert AppUsers.load_sqlite(path) == AppUsers([ANN])
