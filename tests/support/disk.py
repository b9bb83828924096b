"""The disk of a simulated computer, under SQLite: it loses power, fails to sync, and runs full.

The files are real ones in a folder, so that SQLite's locks and its shared memory are the operating system's own. The
disk stands between SQLite and them: it knows of each file what was synced, and what was written since then. When the
power is lost, what was synced stays; of the rest any sectors do, or parts of them.

Sources: SQLite, "The OS Backend (VFS) To SQLite" and "Atomic Commit In SQLite", 2.0 Hardware Assumptions; Rebello and
others, "Can AppRegistrations Recover from fsync Failures?", USENIX ATC 2020.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import apsw
from attrs import define, field, frozen

SECTOR = 512
CHECKPOINT = 20
"""After so many pages the write-ahead log is written to the database: seldom enough, and often in a short test."""

_NUMBERS = count(1)
_ERRORS = {
    apsw.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
    apsw.SQLITE_CORRUPT: sqlite3.DatabaseError,
    apsw.SQLITE_NOTADB: sqlite3.DatabaseError,
}


@frozen
class Write:
    """Bytes that were written from an offset on."""

    offset: int
    data: bytes

    def sectors(self) -> Iterator[Write]:
        """The same, sector by sector."""
        start = self.offset
        while start < self.offset + len(self.data):
            end = min(start - start % SECTOR + SECTOR, self.offset + len(self.data))
            yield Write(start, self.data[start - self.offset : end - self.offset])
            start = end


@frozen
class Truncate:
    """A file was cut off."""

    size: int


@define(eq=False)
class StoredFile:
    """A file as the disk has it.

    Args:
        synced: what was synced.
        unsynced: what happened to it since then, in order.

    """

    synced: bytearray = field(factory=bytearray)
    unsynced: list[Write | Truncate] = field(factory=list)

    def sync(self) -> None:
        """Write through what happened."""
        for change in self.unsynced:
            _do(self.synced, change)
        self.unsynced.clear()

    def keep_some(self, chance: Random) -> None:
        """Write through any part of what happened, and forget the rest."""
        likely = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for change in self.unsynced:
            for piece in change.sectors() if isinstance(change, Write) else (change,):
                if chance.random() < likely:
                    _do(self.synced, _torn(piece, chance) if chance.random() < 0.1 else piece, chance)
        self.unsynced.clear()


def _do(content: bytearray, change: Write | Truncate, chance: Random | None = None) -> None:
    """Change the content; where nothing was written before there are zeros, or by *chance* what was there once."""
    match change:
        case Truncate(size):
            del content[size:]
        case Write(offset, data):
            gap = max(offset - len(content), 0)
            content.extend(chance.randbytes(gap) if chance is not None and chance.random() < 0.5 else bytes(gap))
            content[offset : offset + len(data)] = data


def _torn(piece: Write | Truncate, chance: Random) -> Write | Truncate:
    return Write(piece.offset, piece.data[: chance.randrange(len(piece.data))]) if isinstance(piece, Write) else piece


class Disk:
    """The disk of one computer.

    Args:
        folder: an empty folder for its files.
        chance: what of the unsynced survives.
        before: called with ``write``, ``truncate``, ``sync`` or ``delete`` and the file's name before each of them;
            what it raises ends the program that did it. :meth:`failing_sync` and :meth:`full` are errors to raise.

    """

    def __init__(
        self, folder: Path, chance: Random, before: Callable[[str, str], None] = lambda _what, _name: None
    ) -> None:
        self.folder = folder
        self.before = before
        self.vfs = f"o365prov-disk-{next(_NUMBERS)}"
        self._chance = chance
        self._names: dict[str, list[StoredFile | None]] = {}
        self._connections: list[DiskConnection] = []
        self._is_on = True
        self._ignores = False
        self._system = _System(self)

    @property
    def is_on(self) -> bool:
        """Whether it has power."""
        return self._is_on

    def connect(self, target: str, julian: Callable[[], float] | None = None) -> DiskConnection:
        """Open a database on it.

        Args:
            target: the file.
            julian: the instant by the computer's clock, as SQLite counts it.

        """
        connection = DiskConnection(self, target, julian)
        self._connections.append(connection)
        return connection

    def lose_power(self) -> None:
        """Keep what was synced, and any of the rest; nothing works until the computer is started."""
        self._is_on = False
        for name, history in self._names.items():
            kept = self._chance.choice(history)
            if kept is not None:
                kept.keep_some(self._chance)
            self._names[name] = [kept]

    def start(self) -> None:
        """Start the computer again; of the programs that ran nothing is left."""
        self.vanish(self._connections)
        for each in self.folder.iterdir():
            each.unlink()
        for name, [kept] in self._names.items():
            if kept is not None:
                (self.folder / name).write_bytes(kept.synced)
        self._is_on = True

    def vanish(self, connections: Iterable[DiskConnection]) -> None:
        """Let connections end as those of a program that is killed: they write nothing more."""
        self._ignores = True
        for each in list(connections):
            each.end()
        self._ignores = False

    def clear(self) -> None:
        """Delete everything that is on it."""
        self._names.clear()
        self.start()

    def close(self) -> None:
        """End every program, and leave the files as they are."""
        self.vanish(self._connections)
        self._system.unregister()

    # what the system asks of it

    def opened(self, name: str) -> StoredFile:
        """The file of this name, a new one if there is none."""
        history = self._names.setdefault(name, [None])
        if history[-1] is None:
            history.append(StoredFile())
        found = history[-1]
        assert found is not None
        return found

    def deleted(self, name: str) -> None:
        """The name is nobody's any more."""
        self._names.setdefault(name, [None]).append(None)

    def sync_names(self) -> None:
        """Write through which files there are."""
        for history in self._names.values():
            del history[:-1]

    def allows(self, what: str, name: str) -> bool:
        """Whether something happens to a file, as far as *before* does not object."""
        if self._ignores:
            return False
        self.before(what, name)
        if not self._is_on:
            raise apsw.exception_for(apsw.SQLITE_IOERR)
        return True

    def forget(self, connection: DiskConnection) -> None:
        """A connection was closed."""
        self._connections.remove(connection)

    @staticmethod
    def failing_sync() -> Exception:
        """What a disk answers that fails to sync."""
        return apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)

    @staticmethod
    def full() -> Exception:
        """What a disk answers that is full."""
        return apsw.exception_for(apsw.SQLITE_FULL)

    @property
    def chance(self) -> Random:
        """What of the unsynced survives."""
        return self._chance


class _System(apsw.VFS):
    """The files of the operating system, behind a disk."""

    def __init__(self, disk: Disk) -> None:
        super().__init__(disk.vfs, "")
        self._disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> _OpenFile:  # noqa: N802 - SQLite's name
        return _OpenFile(self._disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802 - SQLite's name
        name = Path(filename).name
        if self._disk.allows("delete", name):
            super().xDelete(filename, syncdir)
            self._disk.deleted(name)
            if syncdir:
                self._disk.sync_names()


class _OpenFile(apsw.VFSFile):
    """A file that a connection has opened."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self._disk = disk
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name).name
        self._stored = disk.opened(self._name)
        self._syncs_names = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.allows("write", self._name):
            super().xWrite(data, offset)
            self._stored.unsynced.append(Write(offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.allows("truncate", self._name):
            super().xTruncate(newsize)
            self._stored.unsynced.append(Truncate(newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        """Sync it; when that fails the system forgets what it should have written, and shows it all the same."""
        try:
            allowed = self._disk.allows("sync", self._name)
        except apsw.IOError:
            self._stored.keep_some(self._disk.chance)
            raise
        if allowed:
            self._stored.sync()
            if self._syncs_names:
                self._disk.sync_names()
                self._syncs_names = False


@frozen
class Cursor:
    """What a statement gave."""

    rows: list[tuple[Any, ...]]
    rowcount: int

    def fetchall(self) -> list[tuple[Any, ...]]:
        """The rows."""
        return self.rows


class DiskConnection:
    """A connection to a database on a disk, with the errors of sqlite3.

    Args:
        disk: the disk.
        target: the file.
        julian: the instant by the computer's clock, as SQLite counts it; None for the real one.

    """

    def __init__(self, disk: Disk, target: str, julian: Callable[[], float] | None) -> None:
        self._disk = disk
        self._connection = apsw.Connection(target, vfs=disk.vfs)
        self._connection.execute("PRAGMA temp_store = MEMORY")
        self._connection.set_wal_hook(self._logged)
        self._pages = 0
        self._is_open = True
        if julian is not None:
            self._connection.create_scalar_function("julianday", lambda _: julian(), 1)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Execute a statement."""
        with self._errors():
            before = self._connection.total_changes()
            rows = self._connection.execute(sql, parameters).fetchall()
            changes = self._connection.total_changes() - before
            self._checkpoint()
        return Cursor(rows, changes)

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute a statement with each row of parameters."""
        with self._errors():
            self._connection.executemany(sql, parameters).fetchall()

    def close(self) -> None:
        """Close it; the last one writes the log to the database and deletes it."""
        if self._is_open:
            self._is_open = False
            self._disk.forget(self)
            with suppress(apsw.Error):  # as SQLite does: what was committed stays in the log
                self._connection.close()

    def end(self) -> None:
        """End as the connection of a program that is killed."""
        if self._is_open:
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            self.close()

    def _logged(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """Write the log to the database now and then, as SQLite does: if it fails, what was committed stays so."""
        if self._pages >= CHECKPOINT:
            self._pages = 0
            with suppress(apsw.Error):
                self._connection.wal_checkpoint()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            if isinstance(error, apsw.ConnectionClosedError):
                raise sqlite3.ProgrammingError(str(error)) from None
            kind = _ERRORS.get(error.result, sqlite3.OperationalError)
            raised = kind(str(error))
            raised.sqlite_errorcode = error.extendedresult
            raised.sqlite_errorname = str(
                apsw.mapping_extended_result_codes.get(error.extendedresult) or apsw.mapping_result_codes[error.result]
            )
            raise raised from None
        except Exception:
            raise
        except BaseException:  # the program is dead
            self._disk.vanish([self])
            raise
