"""What happened to objects, by change number: the source of delta queries.

A delta token is a change number; what follows it is read from the log and gathered by object. Entries older than the
life of a token are of no use to anyone and are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal

from attrs import frozen

ChangeKind = Literal["user", "group", "contact"]

TOKEN_LIFE = timedelta(days=7)
"""Seven days for objects of the directory (Learn, "Use delta query to track changes", token duration)."""


@frozen
class LinkChange:
    """A reference that came or went: the manager of a user, a member of a group."""

    name: str
    target: str
    added: bool


@frozen
class ChangeRecord:
    """One write: which object, and which of its properties and references.

    ``names`` of None stands for all of them: the object was created or restored.
    """

    kind: ChangeKind
    id: str
    at: datetime
    names: frozenset[str] | None = frozenset()
    link: LinkChange | None = None


class ChangeLog:
    """An append-only list of changes, numbered from 1, forgetting what is too old for any token."""

    __slots__ = ("_changes", "_forgotten")

    def __init__(self, changes: Iterable[ChangeRecord] = (), forgotten: int = 0) -> None:
        self._changes = list(changes)
        self._forgotten = forgotten

    @property
    def last(self) -> int:
        """The number of the latest change, 0 before the first."""
        return self._forgotten + len(self._changes)

    @property
    def forgotten(self) -> int:
        """How many of the oldest changes are gone."""
        return self._forgotten

    def __iter__(self) -> Iterator[ChangeRecord]:
        """The changes that are still known, oldest first."""
        return iter(self._changes)

    def append(self, change: ChangeRecord) -> None:
        """Add a change, and forget the ones no token can ask for any more."""
        self._changes.append(change)
        oldest = self._changes[0].at
        if change.at - oldest > 2 * TOKEN_LIFE:
            old = sum(1 for _ in takewhile(lambda known: known.at < change.at - TOKEN_LIFE, self._changes))
            del self._changes[:old]
            self._forgotten += old

    def between(self, number: int, last: int, kind: ChangeKind) -> dict[str, list[ChangeRecord]]:
        """The changes that follow *number* up to *last*, by object, in order of each object's first one."""
        gathered: dict[str, list[ChangeRecord]] = {}
        for change in self._changes[max(number - self._forgotten, 0) : last - self._forgotten]:
            if change.kind == kind:
                gathered.setdefault(change.id, []).append(change)
        return gathered

    def knows(self, number: int) -> bool:
        """Whether everything after *number* is still here."""
        return self._forgotten <= number <= self.last

    def copy(self) -> ChangeLog:
        """A log of its own with the same entries."""
        return ChangeLog(self._changes, self._forgotten)
