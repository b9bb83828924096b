"""PostgreSQL as the database of a state: for several computers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg import pq, sql
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

from o365prov.errors import ConfigurationError, StateError
from o365prov.state.database import Row
from o365prov.state.own_connection import OwnConnection
from o365prov.state.schema import Versions, migrate

CONNECT_SECONDS = 15
LOCK_SECONDS = 30
"""How long a transaction waits for those of others."""
IDLE_SECONDS = 10
"""So long a process may sleep within a transaction; then the server ends that, and others go on."""
SILENT_SECONDS = 40
"""A server from which nothing has come for so long is gone; longer than one waits for others."""

_ONE_WRITER = "SELECT pg_advisory_xact_lock(4160365, hashtext(%s))"
"""Waits until no other transaction writes to this schema, as SQLite does with its files."""

_ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
"""All that a transaction reads is of one moment."""

_WEAK = ("disable", "allow", "prefer")
"""The values of sslmode with which a connection may not be encrypted."""


_T = TypeVar("_T")


class _Connection(psycopg.Connection[Any]):
    """A connection that is closed when the server falls silent, as one that is frozen or was unplugged does."""

    def wait(self, gen: PQGen[_T], *args: Any, **keywords: Any) -> _T:
        """What a generator gives in the end, which waits for the server; psycopg calls this for each statement."""
        return super().wait(self._until_silent(gen), *args, **keywords)

    def _until_silent(self, gen: PQGen[_T]) -> PQGen[_T]:
        heard = monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted  # 0 ten times a second while nothing comes; before 3.3 psycopg said otherwise
                if ready:
                    heard = monotonic()
                elif monotonic() - heard > SILENT_SECONDS:
                    self.close()
                    raise psycopg.OperationalError(f"no answer for {SILENT_SECONDS} seconds")
                wanted = gen.send(ready)
        except StopIteration as ended:
            result: _T = ended.value
            return result


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
        versions: the tables, if they are not those of a state.

    Raises:
        ConfigurationError: the dsn can't be understood.

    """

    def __init__(self, dsn: str, schema: str, *, versions: Versions | None = None) -> None:
        self._parameters = _parameters(dsn)
        self._schema = schema
        self._versions = versions
        self._own = OwnConnection(self._connect)

    @property
    def name(self) -> str:
        """Server, database and schema, without user and password."""
        host = self._parameters.get("host") or self._parameters.get("hostaddr") or "localhost"
        port = f":{self._parameters['port']}" if "port" in self._parameters else ""
        return f"postgresql://{host}{port}/{self._parameters.get('dbname', '')} (schema {self._schema})"

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[_PostgresTransaction]:
        """A transaction; those that write come one after the other."""
        try:
            with self._own.use(_works) as connection, connection.transaction():
                if writes:
                    connection.execute(_ONE_WRITER, [self._schema])
                else:
                    connection.execute(_ONE_MOMENT)
                yield _PostgresTransaction(connection)
        except (psycopg.Error, UnicodeError) as error:
            raise self._problem(error) from None

    def close(self) -> None:
        """Close the connection."""
        self._own.close()

    def _connect(self) -> psycopg.Connection[Any]:
        """A connection, with today's tables."""
        connection = _Connection.connect(**self._parameters, autocommit=True)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'".encode())
        connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'".encode())
        with connection.transaction():
            connection.execute(_ONE_WRITER, [self._schema])
            there = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [self._schema]).fetchone()
            if not there:
                connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(self._schema)))
            connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(self._schema)))
            migrate(_PostgresTransaction(connection), self.name, self._versions)

    def _problem(self, error: Exception) -> StateError:
        if isinstance(error, UnicodeEncodeError | psycopg.DataError):
            return StateError(f"{self.name}: can't keep a value ({error}): correct it at the source")
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
                remedy = "check the server and the network, the user and its password, then go on"
        return StateError(f"{self.name}: {said}: {remedy}")

    def __repr__(self) -> str:
        return f"PostgresDatabase({self.name!r})"


def _with_percents(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


def _works(connection: psycopg.Connection[Any]) -> bool:
    """Whether a connection was not lost since it was used."""
    if connection.closed:
        return False
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _parameters(dsn: str) -> dict[str, Any]:
    """The parameters of a connection; it is encrypted unless it stays on this computer."""
    parameters = _parsed(dsn)
    if parameters is None:  # it is not repeated: what is misplaced is mostly of a password
        raise ConfigurationError(
            "PostgresState.dsn can't be understood: write it as postgresql://user@server:port/database, "
            "with %40 for an @ and %2F for a / within a name or a password"
        )
    if "service" in parameters:
        raise ConfigurationError("PostgresState.dsn names a service: write the server, so that it is seen where it is")
    outside = {each.keyword.decode(): each.val.decode() for each in pq.Conninfo.get_defaults() if each.val}
    where = {**outside, **parameters}
    if not all(map(_stays_here, (where.get("hostaddr") or where.get("host") or "localhost").split(","))):
        mode = parameters.get("sslmode")
        if mode in _WEAK:
            raise ConfigurationError(
                f"PostgresState.dsn has sslmode={mode}, and the server is on another computer: "
                "write sslmode=require or better verify-full"
            )
        if where.get("sslmode", "prefer") in _WEAK:  # of the environment, or libpq's own
            parameters["sslmode"] = "require"
    return {"connect_timeout": CONNECT_SECONDS, **parameters}


def _parsed(dsn: str) -> dict[str, Any] | None:
    """The parameters that a dsn names; None if it can't be, or hardly is, what was meant.

    libpq takes "postgresql://iam:p@ss@db/iam" for a server "ss@db", which would then be shown.
    """
    after_user = re.match("postgres(?:ql)?://(?:[^@/]*@)?([^?]*)", dsn)
    if "\0" in dsn or (after_user and "@" in after_user[1]):
        return None
    try:
        parameters = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    except psycopg.Error:
        return None
    return parameters if re.fullmatch("[0-9,]*", parameters.get("port", "")) else None


def _stays_here(host: str) -> bool:
    """Whether a server is on this computer: on a socket or on loopback."""
    name = host.strip()
    if not name or name == "localhost" or name.startswith(("/", "@")):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
