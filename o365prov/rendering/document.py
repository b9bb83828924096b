"""What is shown, before it is known how: notes, facts and tables, which each renderer lays out in its own way.

A :class:`Document` is built once from a plan, a report or a preview; :mod:`text <o365prov.rendering.text>`,
:mod:`rich <o365prov.rendering.rich>`, :mod:`HTML <o365prov.rendering.html>` and
:mod:`Markdown <o365prov.rendering.markdown>` show the same facts from it. Strings in a document are raw: a renderer
escapes each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen


class Mark(StrEnum):
    """How a part of a line is set off from the rest."""

    STRONG = "strong"
    QUIET = "quiet"
    NAME = "name"
    ADDED = "added"
    REMOVED = "removed"
    EMPHASIS = "emphasis"


class Tone(StrEnum):
    """What a note or a cell means, which decides its colour."""

    PLAIN = "plain"
    TITLE = "title"
    HEADING = "heading"
    ADD = "add"
    CHANGE = "change"
    TAKE = "take"
    LINK = "link"
    ALARM = "alarm"


@frozen
class Span:
    """A part of a line that is set off from the rest."""

    text: str
    mark: Mark


Line: TypeAlias = tuple[str | Span, ...]
"""One line: strings, and spans that are set off."""


def plain(line: Line) -> str:
    """The line without what sets its parts off."""
    return "".join(part if isinstance(part, str) else part.text for part in line)


@frozen
class Cell:
    """What stands in one place of a table.

    Args:
        lines: its lines, below each other.
        tone: what it means.
        text: how it reads within a line of plain text; otherwise its lines, joined with semicolons.

    """

    lines: tuple[Line, ...]
    tone: Tone = Tone.PLAIN
    text: str | None = None

    @classmethod
    def of(cls, *lines: str, tone: Tone = Tone.PLAIN) -> Cell:
        """A cell of plain lines."""
        return cls(tuple((line,) for line in lines), tone)

    def __str__(self) -> str:
        return self.text if self.text is not None else "; ".join(map(plain, self.lines))


@frozen
class Row:
    """One row of a table.

    Args:
        cells: what stands in its places; a row without cells is for plain text only.
        line: how it reads as a line of plain text, with ``{0}``, ``{1}`` ... for the cells; None for the table's own
            pattern, "" where plain text leaves it out.

    """

    cells: tuple[Cell, ...]
    line: str | None = None


def _rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(rows)


@frozen
class Table:
    """Rows of cells under named columns.

    Args:
        title: what the rows are.
        columns: the names of the columns.
        rows: the rows.
        line: how a row reads as a line of plain text, with ``{0}``, ``{1}`` ... for the cells.
        place: the name by which a page links to it; letters and hyphens.

    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(converter=_rows)
    line: str
    place: str = ""


@frozen
class Note:
    """A line for itself."""

    line: Line
    tone: Tone = Tone.PLAIN
    indent: str = ""


@frozen
class Facts:
    """Names with their values."""

    pairs: tuple[tuple[str, str], ...]


Block: TypeAlias = Note | Facts | Table


def _blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return tuple(blocks)


@frozen
class Document:
    """Something to be shown: its title and its blocks, from the top."""

    title: str
    blocks: tuple[Block, ...] = field(converter=_blocks)


def more_row(number: int, limit: int | None, mark: str, what: str, tone: Tone = Tone.PLAIN) -> tuple[Row, ...]:
    """The row that says how many of *number* rows are not shown; none where all of them are."""
    if limit is None or number <= limit:
        return ()
    text = f"... and {number - limit:,} more {what}"
    return (Row((Cell.of(mark, tone=tone), Cell.of(text)), "{0} {1}"),)
