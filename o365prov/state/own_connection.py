"""The connection of one process: a fork closes it first, and both processes open one of their own.

SQLite knows in the memory of a process which of its locks that process has. A child that inherited this would believe
that it has those of its parent, and what it commits would be lost when the parent closes the file.

Source: SQLite, "How To Corrupt An SQLite Database File", 2.6; PostgreSQL, libpq, "PQconnectdb", on forking.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet


class Closable(Protocol):
    """A connection."""

    def close(self) -> None:
        """Close it."""
        ...


C = TypeVar("C", bound=Closable)


class OwnConnection(Generic[C]):
    """A connection that is opened when it is needed, and used by one thread at a time.

    Args:
        connect: opens it.
        outlives_fork: whether the parent keeps it when it forks, because with it everything would be lost.

    """

    def __init__(self, connect: Callable[[], C], *, outlives_fork: bool = False) -> None:
        self._connect = connect
        self._connection: C | None = None
        self._process = os.getpid()
        self._lock = threading.RLock()
        if not outlives_fork:
            with _forking:
                _CONNECTIONS.add(self)

    @property
    def is_inherited(self) -> bool:
        """Whether a process that was forked since made it."""
        return self._process != os.getpid()

    @contextmanager
    def use(self, works: Callable[[C], bool] = lambda _: True) -> Iterator[C]:
        """The connection, for this thread alone; one that does not work any more is opened again."""
        with self._lock:
            if self._connection is not None and not works(self._connection):
                self.close()
            if self._connection is None:
                self._connection = self._connect()
            yield self._connection

    def close(self) -> None:
        """Close the connection; it is opened again when it is used."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def hold(self) -> None:
        """Wait until no other thread uses the connection, and let none use it until :meth:`release`."""
        self._lock.acquire()

    def release(self) -> None:
        """Let other threads use it again."""
        self._lock.release()


_CONNECTIONS: WeakSet[OwnConnection[Any]] = WeakSet()
"""Those that a fork closes."""

_held: list[OwnConnection[Any]] = []
_forking = threading.RLock()


def _before_fork() -> None:
    _forking.acquire()
    for each in tuple(_CONNECTIONS):
        each.hold()
        _held.append(each)
        each.close()


def _after_fork() -> None:
    while _held:
        _held.pop().release()
    _forking.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
