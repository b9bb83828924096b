"""The places where a state can be kept: in memory, in a file, or on a PostgreSQL server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.state.database import Database
from o365prov.state.schema import Versions
from o365prov.state.sql_state import LEASE_SECONDS, SqlState
from o365prov.state.sqlite_database import SQLiteDatabase


class MemoryState(SqlState):
    """A state that ends with the process: for tests and trials.

    Args:
        lease_seconds: for how many seconds a lease is given (1 to 3,600).
        connect: opens the connection to SQLite, given ``":memory:"``; it returns an object with the methods
            ``execute``, ``executemany`` and ``close`` of :class:`sqlite3.Connection`, in autocommit mode. By default
            sqlite3 opens it.
        audit: whether it keeps what was done to whom and why, for :meth:`State.audit`: a row a change, which takes
            about a fifth more processor time of an apply.

    Raises:
        ConfigurationError: an argument is of the wrong type or out of range.

    >>> MemoryState().app_users("contoso", "Office 365")
    AppUsers(0 users)

    """

    def __init__(
        self, *, lease_seconds: float = LEASE_SECONDS, connect: Callable[[str], Any] | None = None, audit: bool = False
    ) -> None:
        check_call(MemoryState.__init__, locals())
        super().__init__(SQLiteDatabase(None, connect), None, lease_seconds, audit=audit)

    def __repr__(self) -> str:
        return "MemoryState()"


class SQLiteState(SqlState):
    """A state in a file, for the processes of one computer.

    The file is made when it is first used, readable for its owner alone. Two more appear beside it while it is open.

    Args:
        path: the file; its folder must exist, on a disk of this computer. A relative one stands for the same file
            after ``os.chdir``.
        key: a secret of at least 16 bytes with which every row is sealed; without one, digests show damage and not
            what somebody edited.
        lease_seconds: for how many seconds a lease is given (1 to 3,600); a process that dies keeps others out for so
            long.
        connect: opens the connection to SQLite, given the file's name; it returns an object with the methods
            ``execute``, ``executemany`` and ``close`` of :class:`sqlite3.Connection`, in autocommit mode. By default
            sqlite3 opens it.
            One of your own is also answerable for whose file it is and on which disk.
        audit: whether it keeps what was done to whom and why, for :meth:`State.audit`: a row a change, which takes
            about a fifth more processor time of an apply.

    Raises:
        ConfigurationError: an argument is of the wrong type or out of range.
        StateError: the path is relative to a folder that is gone.

    >>> SQLiteState("corp.db")
    SQLiteState('corp.db')

    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        key: bytes | None = None,
        lease_seconds: float = LEASE_SECONDS,
        connect: Callable[[str], Any] | None = None,
        audit: bool = False,
    ) -> None:
        check_call(SQLiteState.__init__, locals())
        if not os.fspath(path) or "\0" in os.fspath(path):
            raise ConfigurationError("SQLiteState.path should be the name of a file")
        if os.fspath(path) == ":memory:":
            raise ConfigurationError("SQLiteState.path should be the name of a file: in memory is MemoryState()")
        super().__init__(SQLiteDatabase(Path(path), connect), key, lease_seconds, audit=audit)


class PostgresState(SqlState):
    """A state on a PostgreSQL server, for processes on many computers; needs the extra ``postgres``.

    Unless the server is on this computer the connection is encrypted; ``sslmode=verify-full`` in the *dsn* also checks
    whose server it is.

    Args:
        dsn: where the server is, as libpq takes it, such as ``postgresql://o365prov@db.corp.example/iam``. A password
            is better kept in a password file or in the environment.
        schema: the schema that holds the tables; it is made if it is not there.
        key: a secret of at least 16 bytes with which every row is sealed; without one, digests show damage and not
            what somebody edited.
        lease_seconds: for how many seconds a lease is given (1 to 3,600).
        audit: whether it keeps what was done to whom and why, for :meth:`State.audit`: a row a change, which takes
            about a fifth more processor time of an apply.

    Raises:
        ConfigurationError: an argument is of the wrong type or out of range, or psycopg is not installed.

    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str = "o365prov",
        key: bytes | None = None,
        lease_seconds: float = LEASE_SECONDS,
        audit: bool = False,
    ) -> None:
        check_call(PostgresState.__init__, locals())
        super().__init__(open_postgres(dsn, schema, "PostgresState"), key, lease_seconds, audit=audit)


def open_postgres(dsn: str, schema: str, owner: str, *, versions: Versions | None = None) -> Database:
    """A schema on a PostgreSQL server, for the class *owner*, which messages name.

    Args:
        dsn: where the server is, as libpq takes it.
        schema: the schema that holds the tables.
        owner: the class that keeps something there.
        versions: the tables, if they are not those of a state.

    Raises:
        ConfigurationError: the dsn or the schema can't be used, or psycopg is not installed.

    """
    if not schema or len(schema.encode("utf-8", "replace")) > 63 or not schema.isprintable():
        raise ConfigurationError(f"{owner}.schema should be a name of at most 63 bytes")
    try:
        from o365prov.state.postgres_database import PostgresDatabase  # noqa: PLC0415 - psycopg is an extra
    except ImportError:
        raise ConfigurationError(f"{owner} needs psycopg: install o365prov[postgres]") from None
    return PostgresDatabase(dsn, schema, versions=versions)


def open_in_memory(*, versions: Versions | None = None) -> Database:
    """A database that ends with the process.

    Args:
        versions: the tables, if they are not those of a state.

    """
    return SQLiteDatabase(None, versions=versions)
