"""PostgreSQL as the database of a state: for several computers."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from o365prov.errors import ConfigurationError, StateError
from o365prov.state.database import Row
from o365prov.state.schema import migrate

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 15
LOCK_SECONDS = 30
"""How long a transaction waits for those of others."""

_INHERITED: list[Any] = []
"""Connections from before a fork: closing them would close those of the process that made them."""

_MIGRATING = 4_160_365
"""The number of the lock under which tables are made."""

_LOOPBACK = ("localhost", "127.", "::1", "/")


class _PostgresTransaction:
    """A transaction on a connection."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of a query."""
        found: list[Row] = self._connection.execute(_with_percents(sql), parameters).fetchall()
        return found

    def execute(self, sql: str, *parameters: object) -> int:
        """Change rows; returns how many."""
        return self._connection.execute(_with_percents(sql), parameters).rowcount

    def execute_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Do the same with each row of parameters."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_with_percents(sql), rows)

    def now(self) -> float:
        """The seconds since 1970 by the clock of the server."""
        return float(self.rows("SELECT extract(epoch FROM clock_timestamp())::float8")[0][0])


class PostgresDatabase:
    """A schema of a PostgreSQL database, connected when it is first used.

    A connection that was lost is opened again by the next transaction.

    Args:
        dsn: where the server is, as libpq takes it.
        schema: the schema that holds the tables.

    Raises:
        ConfigurationError: the dsn can't be understood, or psycopg is not installed.

    """

    def __init__(self, dsn: str, schema: str) -> None:
        self._parameters = _parameters(dsn)
        self._schema = schema
        self._connection: psycopg.Connection[Any] | None = None
        self._process = os.getpid()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Server, database and schema, without user and password."""
        host = self._parameters.get("host") or self._parameters.get("hostaddr") or "localhost"
        return f"postgresql://{host}/{self._parameters.get('dbname', '')} (schema {self._schema})"

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[_PostgresTransaction]:  # noqa: ARG002 - PostgreSQL locks rows
        """A transaction; those of one connection come one after the other."""
        import psycopg  # noqa: PLC0415 - an extra

        self._leave_the_parents()
        with self._lock:
            try:
                connection = self._open()
                with connection.transaction():
                    yield _PostgresTransaction(connection)
            except (psycopg.Error, UnicodeError) as error:
                raise self._problem(error) from None

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._connection is not None and self._process == os.getpid():
                self._connection.close()
                self._connection = None

    def _leave_the_parents(self) -> None:
        """After a fork, leave connection and lock to the process that made them."""
        if self._process == os.getpid():
            return
        if self._connection is not None:
            _INHERITED.append(self._connection)
        self._connection, self._process, self._lock = None, os.getpid(), threading.Lock()

    def _open(self) -> psycopg.Connection[Any]:
        """A connection that works, with today's tables."""
        import psycopg  # noqa: PLC0415 - an extra

        if self._connection is not None and not self._connection.closed:
            with suppress(psycopg.OperationalError):
                self._connection.execute("SELECT 1")
                return self._connection
            self._connection.close()
        connection = psycopg.connect(**self._parameters, autocommit=True)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _prepare(self, connection: psycopg.Connection[Any]) -> None:
        from psycopg import sql  # noqa: PLC0415 - an extra

        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'".encode())
        with connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_MIGRATING])
            there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [self._schema]).fetchone()
            if not there:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))
            connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self._schema)))
            migrate(_PostgresTransaction(connection), self.name)

    def _problem(self, error: Exception) -> StateError:
        state = getattr(error, "sqlstate", None) or ""
        said = (str(error).splitlines() or [type(error).__name__])[0]
        if secret := self._parameters.get("password"):
            said = said.replace(str(secret), "(the password)")
        match state[:2]:
            case "53":
                remedy = "free disk space or connections on the server, then go on"
            case "28" | "42" | "3F":
                remedy = "check the user, its rights and the schema; the documentation has the least rights"
            case "55":
                remedy = "another process has locked it: wait for that one, then go on"
            case _:
                remedy = "check the server and the network, then go on"
        return StateError(f"{self.name}: {said}: {remedy}")

    def __repr__(self) -> str:
        return f"PostgresDatabase({self.name!r})"


def _with_percents(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


def _parameters(dsn: str) -> dict[str, Any]:
    """The parameters of a connection; it is encrypted unless it stays on this computer."""
    try:
        from psycopg import Error  # noqa: PLC0415 - an extra
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415
    except ImportError:
        raise ConfigurationError("PostgresState needs psycopg: install o365prov[postgres]") from None
    try:
        parameters = dict(conninfo_to_dict(dsn))
    except Error:  # its message may repeat the password
        raise ConfigurationError(
            "PostgresState.dsn can't be understood: write it as postgresql://user@server/database"
        ) from None
    host = str(parameters.get("host") or parameters.get("hostaddr") or os.environ.get("PGHOST") or "localhost")
    if not all(each.strip().startswith(_LOOPBACK) for each in host.split(",")):
        parameters.setdefault("sslmode", "require")
        if parameters["sslmode"] in ("disable", "allow", "prefer"):
            raise ConfigurationError(
                f"PostgresState.dsn has sslmode={parameters['sslmode']}, and the server is on another computer: "
                "write sslmode=require or better verify-full"
            )
    return {"connect_timeout": CONNECT_SECONDS, **parameters}
