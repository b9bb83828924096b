"""The connection of one process: after a fork it belongs to the parent, and the child opens another."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """A connection."""

    def close(self) -> None:
        """Close it."""
        ...


C = TypeVar("C", bound=Closable)

_INHERITED: list[object] = []
"""Connections from before a fork: to use or to close them would harm those of the process that made them."""


class OwnConnection(Generic[C]):
    """A connection that is opened when it is needed, and used by one thread at a time.

    Args:
        connect: opens it.

    """

    def __init__(self, connect: Callable[[], C]) -> None:
        self._connect = connect
        self._connection: C | None = None
        self._process = os.getpid()
        self._lock = threading.Lock()

    @property
    def is_inherited(self) -> bool:
        """Whether a process that was forked since made it."""
        return self._process != os.getpid()

    @contextmanager
    def use(self, works: Callable[[C], bool] = lambda _: True) -> Iterator[C]:
        """The connection, for this thread alone; one that does not work any more is opened again."""
        self._leave_to_the_parent()
        with self._lock:
            if self._connection is not None and not works(self._connection):
                self._close()
            if self._connection is None:
                self._connection = self._connect()
            yield self._connection

    def close(self) -> None:
        """Close the connection; it is opened again when it is used."""
        self._leave_to_the_parent()
        with self._lock:
            self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _leave_to_the_parent(self) -> None:
        if self.is_inherited:
            _INHERITED.append(self._connection)
            self._connection, self._process, self._lock = None, os.getpid(), threading.Lock()
