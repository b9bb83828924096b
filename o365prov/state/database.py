"""The seam between what a state keeps and the database that keeps it: transactions of SQL that both databases know.

Parameters stand as ``?``. Instants are seconds since 1970 by the clock of the database, so that the clocks of several
computers don't matter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = Sequence[Any]


class Transaction(Protocol):
    """One transaction: all of it happens or nothing."""

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of a query."""
        ...

    def execute(self, sql: str, *parameters: object) -> int:
        """Change rows; returns how many."""
        ...

    def execute_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Do the same with each row of parameters."""
        ...

    def now(self) -> float:
        """The seconds since 1970 by the clock of the database."""
        ...


class Database(Protocol):
    """A database that keeps a state; it may be used from several threads."""

    @property
    def name(self) -> str:
        """Where it is, for messages; without secrets."""
        ...

    def transaction(self, *, writes: bool = True) -> AbstractContextManager[Transaction]:
        """A transaction, which ends with the ``with`` block; an exception undoes it.

        Args:
            writes: whether it may write.

        Raises:
            StateError: the database can't be used.

        """
        ...

    def close(self) -> None:
        """Close the connection; it is opened again when it is used."""
        ...


def rows_about(transaction: Transaction, sql: str, *parameters: object, keys: Collection[str]) -> Iterator[Row]:
    """The rows of a query about any number of keys, which stand as ``(?*)`` after its other parameters.

    A database takes only so many parameters at once, SQLite 999 in its older versions.
    """
    left = iter(keys)
    while some := tuple(islice(left, 500)):
        yield from transaction.rows(sql.replace("?*", ", ".join("?" * len(some))), *parameters, *some)


def instant(seconds: float) -> datetime:
    """The instant so many seconds after 1970, aware."""
    return datetime.fromtimestamp(seconds, UTC)
