"""The memory between runs in a SQLite database, for tables that are too large to be rewritten after each run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from o365prov.errors import Issue, SourceError
from o365prov.structuring import StrPath

_MAGIC = "o365prov.app-users/1"
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS about (format TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS app_users (person_id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID;
"""


def save_rows(path: StrPath, rows: Iterable[tuple[str, str]]) -> None:
    """Let the database hold exactly these rows (person id, JSON), in one transaction; only what differs is written.

    Raises:
        SourceError: *path* is not such a database, or can't be written.

    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(_SCHEMA)
            database.execute("BEGIN IMMEDIATE")
            _check(database, path, fresh=True)
            database.execute("CREATE TEMP TABLE wanted (person_id TEXT PRIMARY KEY, row TEXT NOT NULL) WITHOUT ROWID")
            database.executemany("INSERT INTO wanted VALUES (?, ?)", rows)
            database.execute("DELETE FROM app_users WHERE person_id NOT IN (SELECT person_id FROM wanted)")
            database.execute(
                "INSERT OR REPLACE INTO app_users SELECT person_id, row FROM wanted EXCEPT SELECT * FROM app_users"
            )
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise _error(path, f"can't be written as a table of app users ({error})", "give another path") from error


def load_rows(path: StrPath) -> list[str]:
    """The rows (JSON) of the database; raises SourceError if it is missing or something else."""
    if not Path(path).exists():
        raise _error(path, "no such file", "start with AppUsers.empty(), or name the database that was saved")
    try:
        with closing(sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=ro", uri=True)) as database:
            _check(database, path, fresh=False)
            return [row for (row,) in database.execute("SELECT row FROM app_users ORDER BY person_id")]
    except sqlite3.Error as error:
        raise _error(path, f"not a table of app users ({error})", "name the database that was saved") from error


def _check(database: sqlite3.Connection, path: StrPath, *, fresh: bool) -> None:
    """Refuse a database of another format; mark a *fresh* one as ours."""
    formats = [name for (name,) in database.execute("SELECT format FROM about")]
    if fresh and not formats:
        database.execute("INSERT INTO about VALUES (?)", (_MAGIC,))
    elif formats != [_MAGIC]:
        what = f"a table of another format ({', '.join(formats) or 'none'}, not {_MAGIC})"
        raise _error(path, what, "name the database that was saved")


def _error(path: StrPath, message: str, remedy: str) -> SourceError:
    return SourceError(Issue("app_user_store", message, remedy, str(path)))
