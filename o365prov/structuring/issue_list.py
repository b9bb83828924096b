"""The issues of one input, collected until it has been read to its end.

An export should need to be corrected only once, so a reader notes an issue and goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from o365prov.errors import Issue, SourceError, one_line

LISTED = 20
"""How many issues of one input are listed; the rest is counted."""

_LONGEST_PATH = 200

Value = TypeVar("Value")


class IssueList:
    """The issues of one input, in the order in which they were found.

    Places name files, lines, JSON paths and ids, and never values of a person's profile.

    Args:
        source: the input, as messages name it: its path, or such as ``the mapping``. Every place begins with it.

    >>> issues = IssueList("users.json")
    >>> issues.note("$[3].id", "is missing", "export the users again", code="missing")
    >>> issues.raise_if_any()
    Traceback (most recent call last):
    ...
    o365prov.errors.SourceError: users.json: $[3].id: is missing: export the users again

    """

    def __init__(self, source: str) -> None:
        self.source = shortened_path(source)
        self.count = 0
        self._listed: list[Issue] = []

    def note(self, place: str, message: str, remedy: str = "", *, code: str) -> None:
        """Add an issue at *place*: a line, a JSON path, or "" for the whole input."""
        self.count += 1
        if self.count <= LISTED:
            where = ": ".join(filter(None, (self.source, place)))
            self._listed.append(Issue(code, one_line(message), one_line(remedy), one_line(where)))

    def add(self, issues: Iterable[tuple[str, str]], remedy: str = "", *, code: str) -> None:
        """Add issues, each a place and a message, with the same remedy and code."""
        for place, message in issues:
            self.note(place, message, remedy, code=code)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The issues as they are shown: at most 20, and one that says how many more there are."""
        more = self.count - len(self._listed)
        counted = (Issue("more", f"... and {more:,} more", place=self.source),) if more else ()
        return (*self._listed, *counted)

    def raise_if_any(self) -> None:
        """Raise one :class:`~o365prov.errors.SourceError` with all issues, if there are any."""
        if self.count:
            raise SourceError(*self.issues)


def shortened_path(path: object) -> str:
    """The path of a file as messages name it: of a very long one the end, where the name of the file is.

    >>> shortened_path("folder/" * 1_000 + "users.json")[-24:]
    'folder/folder/users.json'
    """
    text = str(path)
    return text if len(text) <= _LONGEST_PATH else f"…{text[1 - _LONGEST_PATH :]}"


class UnreadableError(Exception):
    """Nothing more can be read from this input, and the reason is noted. Readers catch it themselves."""


def read_all(issues: list[Issue], read: Callable[[], Value], default: Value) -> Value:
    """What *read* returns; if it raises SourceError, *default*, with the error's issues added to *issues*."""
    try:
        return read()
    except SourceError as error:
        issues.extend(error.issues)

        return default
