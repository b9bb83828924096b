"""What is wrong with one source, collected until the source has been read to its end.

A person who mends an export wants to mend it once, so a reader notes a problem and goes on. A line says where and
what, and what to do next; it names files, lines, paths and ids, never the values of somebody's profile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from o365prov.errors import SourceError

LISTED = 20

Value = TypeVar("Value")


class FaultList:
    """The problems of one source, in the order in which they were found.

    *source* is how the reader of a message finds the source: a path as it was given. At most 20 problems are listed;
    the rest is counted.

    >>> problems = FaultList("users.json")
    >>> problems.note("$[3].id", "is missing: export the users again")
    >>> problems.raise_if_any()
    Traceback (most recent call last):
    ...
    o365prov.errors.SourceError: users.json: $[3].id: is missing: export the users again
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.count = 0
        self._lines: list[str] = []

    def note(self, place: str, what: str) -> None:
        """Remember that at *place* (a line, a JSON path, or "" for the whole source) *what* is wrong."""
        self.count += 1
        if self.count <= LISTED:
            line = ": ".join(part for part in (self.source, place, what) if part)
            self._lines.append(_on_one_line(line))

    @property
    def lines(self) -> list[str]:
        """The problems as they are shown: at most 20, and how many more there are."""
        more = self.count - len(self._lines)
        return self._lines + ([f"{self.source}: ... and {more} more"] if more else [])

    def raise_if_any(self) -> None:
        """Raise one :class:`~o365prov.errors.SourceError` with everything noted, if there is anything."""
        if self.count:
            raise SourceError(*self.lines)


def _on_one_line(text: str) -> str:
    """The text with what can't be printed as escapes: a path or a key of somebody else's JSON may hold anything."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


class Unreadable(Exception):  # noqa: N818 - it steers the reader and never leaves it
    """Nothing more can be read from this source; the reason has been noted."""


def read_all(found: list[str], read: Callable[[], Value], instead: Value) -> Value:
    """What *read* gives; if it raises SourceError, *instead*, with its problems added to *found*."""
    try:
        return read()
    except SourceError as error:
        found.extend(error.problems)
        return instead
