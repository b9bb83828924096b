"""SQLite as the database of a state: one file on this computer, or none at all.

SQLite needs locks that hold between processes; on network shares they often don't, so a file there is refused as far as
the operating system says where it is.

Source: SQLite, "SQLite Over a Network, Caveats and Considerations"; proc(5), ``/proc/self/mounts``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from o365prov.errors import StateError, UsageError
from o365prov.state.database import Row
from o365prov.state.own_connection import OwnConnection
from o365prov.state.schema import Versions, migrate

BUSY_SECONDS = 15.0
"""How long a transaction waits for those of other processes."""

MOUNTS = Path("/proc/self/mounts")

_KINDS = frozenset(
    {
        "afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.davfs", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs",
        "fuse.sshfs", "gfs2", "glusterfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    }
)  # fmt: skip

_NOW = "SELECT (julianday('now') - 2440587.5) * 86400.0"

_REMEDIES = {
    "SQLITE_FULL": "the disk is full: free disk space, then go on",
    "SQLITE_BUSY": "another process has locked it: wait for that one, then go on",
    "SQLITE_LOCKED": "another process has locked it: wait for that one, then go on",
    "SQLITE_READONLY": "it can't be written: name a file in a folder that may be written",
    "SQLITE_CANTOPEN": "it can't be opened: name a file in a folder that exists and may be written",
    "SQLITE_PERM": "it can't be opened: name a file that you may read and write",
    "SQLITE_NOTADB": "it is not a state: name the file of one, or a new file",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup, or begin a new one and match the accounts again",
    "SQLITE_IOERR": "the disk can't be read or written: check the disk, then go on",
}


class SQLiteConnection(Protocol):
    """What is needed of a connection; :class:`sqlite3.Connection` has it. Its errors are those of sqlite3."""

    def execute(self, sql: str, parameters: Row = ..., /) -> Any:
        """A cursor with ``fetchall`` and ``rowcount``, after this statement."""
        ...

    def executemany(self, sql: str, parameters: Iterable[Row], /) -> Any:
        """The same after the statement was executed with each row of parameters."""
        ...

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        ...


class _SQLiteTransaction:
    """A transaction on a connection."""

    def __init__(self, connection: SQLiteConnection) -> None:
        self._connection = connection

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of a query."""
        rows: list[Row] = self._connection.execute(sql, parameters).fetchall()
        return rows

    def execute(self, sql: str, *parameters: object) -> int:
        """Change rows; returns how many."""
        return int(self._connection.execute(sql, parameters).rowcount)

    def execute_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Do the same with each row of parameters."""
        self._connection.executemany(sql, rows)

    def now(self) -> float:
        """The seconds since 1970 by the clock of this computer."""
        return float(self.rows(_NOW)[0][0])


class SQLiteDatabase:
    """A SQLite database, opened when it is first used.

    Args:
        path: the file, which is made if it is not there, for its owner alone; None for one in memory.
        connect: opens a connection to a file of this name, or to ``:memory:``; by default one of sqlite3.
        versions: the tables, if they are not those of a state.

    Raises:
        StateError: the path is relative to a folder that is gone.

    """

    def __init__(
        self,
        path: Path | None,
        connect: Callable[[str], SQLiteConnection] | None = None,
        *,
        versions: Versions | None = None,
    ) -> None:
        self._name = "the state in memory" if path is None else str(path)
        self._path = None if path is None else _absolute(path)
        self._connect = connect or _connected
        self._versions = versions
        self._own = OwnConnection(self._opened, outlives_fork=path is None)
        self._file: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """The file."""
        return self._name

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[_SQLiteTransaction]:
        """A transaction; those of one connection come one after the other."""
        if self._path is None and self._own.is_inherited:
            raise UsageError("a MemoryState can't be shared by processes: use SQLiteState or PostgresState")
        try:
            with self._own.use() as connection:
                self._check_file()
                connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                try:
                    yield _SQLiteTransaction(connection)
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
        except (sqlite3.Error, UnicodeError, OverflowError) as error:
            raise self._problem(error) from None

    def close(self) -> None:
        """Close the connection; one in memory stays, because with it everything would be lost."""
        if self._path is not None:
            self._own.close()
            self._file = None

    def _opened(self) -> SQLiteConnection:
        """A connection, with today's tables."""
        if self._file is not None:  # it was open before a fork
            self._check_file()
        connection = self._connect(":memory:" if self._path is None else str(self._path))
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._file = self._file_now()
        return connection

    def _check_file(self) -> None:
        """Refuse another file than the one that was opened: SQLite would write where nobody finds it again."""
        if self._file_now() != self._file:
            raise StateError(
                f"{self.name}: was moved, deleted or replaced while it was open: put it back, then go on; "
                "or close the state to open what is there now"
            )

    def _file_now(self) -> tuple[int, int] | None:
        """What tells the file that has the name now from any other; None if there is none."""
        try:
            found = None if self._path is None else self._path.stat()
        except OSError:
            found = None
        return None if found is None else (found.st_dev, found.st_ino)

    def _prepare(self, connection: SQLiteConnection) -> None:
        """Make the tables, and begin a log that is surely on the disk.

        A process whose sync failed, and that ended before it could undo what it had written, leaves a log of which the
        system shows more than the disk has. Whoever noted something after it would lose that with the power; so it is
        moved to the database first, and the first page, written once more, begins the next log.

        Source: Rebello and others, "Can AppRegistrations Recover from fsync Failures?", USENIX ATC 2020.
        """
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        [[_, left, _]] = connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        connection.execute("BEGIN IMMEDIATE")
        try:
            transaction = _SQLiteTransaction(connection)
            self._check_owner(transaction)
            migrate(transaction, self.name, self._versions)
            if left > 0:
                transaction.execute("PRAGMA user_version = 0")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _check_owner(self, transaction: _SQLiteTransaction) -> None:
        names = {name for (name,) in transaction.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if names and "state_version" not in names:
            raise StateError(f"{self.name}: is another program's database: name the file of a state, or a new file")

    def _problem(self, error: Exception) -> StateError:
        if not isinstance(error, sqlite3.Error | UnicodeDecodeError):
            return StateError(f"{self.name}: can't keep a value ({error}): correct it at the source")
        code = getattr(error, "sqlite_errorname", "SQLITE_CORRUPT")  # no code: what it holds is not UTF-8
        remedy = next((text for start, text in _REMEDIES.items() if code.startswith(start)), f"can't be used: {error}")
        return StateError(f"{self.name}: {remedy} ({code})")

    def __repr__(self) -> str:
        return f"SQLiteDatabase({self.name!r})"


def _absolute(path: Path) -> Path:
    """The same file, wherever the process goes."""
    try:
        return path.absolute()
    except OSError as error:
        raise StateError(f"{path}: can't be found ({error.strerror}): name the file with all of its folders") from None


def _connected(target: str) -> sqlite3.Connection:
    """A connection to a file of the owner's alone on a disk of this computer, or to a database in memory."""
    if target != ":memory:":
        if share := network_share(Path(target)):
            raise StateError(
                f"{target}: is on a network share ({share}), where SQLite's locks don't hold: "
                "name a file on a disk of this computer, or use PostgresState"
            )
        try:
            os.close(os.open(target, os.O_RDWR | os.O_CREAT, 0o600))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            raise StateError(
                f"{target}: can't be opened ({why}): name a file in a folder that exists and may be written"
            ) from None
    return sqlite3.connect(target, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def network_share(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of network share that a file is on, such as ``nfs4``; empty if it is on none, or nothing says so.

    Args:
        path: the file, which need not exist.
        mounts: where the system lists what is mounted; elsewhere than on Linux there is no such list.

    """
    whole = os.path.abspath(path)  # noqa: PTH100 - a file that does not exist has an absolute path too
    if whole.startswith("\\\\"):
        return "UNC path"
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    whole = os.path.realpath(path)
    found = ("", "")
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = fields[1].replace("\\040", " ")
        inside = whole == place or whole.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(found[0]):
            found = (place, fields[2])
    return found[1] if found[1] in _KINDS else ""
