"""What a Terraform file or a JSON document holds, with the place of each character of its strings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from attrs import field, frozen

Span: TypeAlias = tuple[int, int]
"""Where something begins and ends in the file, in characters from 0; the end is exclusive."""


@frozen
class Hole:
    """A part of a string that Terraform computes.

    Args:
        position: where it is among the characters of the string.
        source: how it is written, ``${…}``.
        span: where it is written.

    """

    position: int
    source: str
    span: Span


@frozen
class WrittenString:
    """A string as its reader gets it, and where each of its characters is written.

    Args:
        start: where it begins in the file, with its quotes.
        end: where it ends.
        text: its characters; a part that is computed is not among them.
        spans: where each character is written: an escape is several characters of the file.
        holes: the parts that Terraform computes.
        quoted: whether it stands in quotes, where a quote and a backslash are escaped.

    """

    start: int
    end: int
    text: str
    spans: tuple[Span, ...]
    holes: tuple[Hole, ...] = ()
    quoted: bool = True


@frozen
class Record:
    """A block, an object or a mapping: names with values; a name may stand several times."""

    start: int
    end: int
    entries: tuple[tuple[str, DocumentValue], ...]

    def values(self, name: str) -> Iterator[DocumentValue]:
        """Every value of a name."""
        return (value for key, value in self.entries if key == name)


@frozen
class Series:
    """A list."""

    start: int
    end: int
    items: tuple[DocumentValue, ...]


def _without_blanks(source: str) -> str:
    return source.strip()


@frozen
class Computed:
    """Anything else: a number, null, or what Terraform computes.

    Args:
        start: where it begins.
        end: where it ends.
        source: how it is written.

    """

    start: int
    end: int
    source: str = field(converter=_without_blanks)


DocumentValue: TypeAlias = WrittenString | Record | Series | Computed

REFERENCE = r'[^\W\d][\w-]*(?:\.[\w-]+|\["[^"\\$%\n]*"\]|\[\d{1,9}\])+'
"""How Terraform refers to a value: ``local.rules["sales"]``, ``local.rules[0]``, ``each.value``."""

MOST_NESTED = 100
"""How deep brackets of a file may lie in one another."""


class NotReadableError(Exception):
    """A file is not what its name says: what is wrong, and the *position* of it, in characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        self.position = position
        super().__init__(message)
