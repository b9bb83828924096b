"""Documents: notes, facts and tables, which each renderer lays out in its own way.

A :class:`Document` is made from a plan, a report or a preview. The renderers (:mod:`text <o365prov.rendering.text>`,
:mod:`rich <o365prov.rendering.rich>`, :mod:`HTML <o365prov.rendering.html>` and
:mod:`Markdown <o365prov.rendering.markdown>`) all show the same facts. The strings in a document are not escaped: each
renderer escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen

from o365prov._fields import as_tuple, typed


class Mark(StrEnum):
    """How a part of a line differs from the rest."""

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
    ADD = "add"
    CHANGE = "change"
    TAKE = "take"
    LINK = "link"
    ALARM = "alarm"


@frozen(field_transformer=typed)
class Span:
    """A part of a line that differs from the rest.

    Args:
        text: the part.
        mark: how it differs.

    """

    text: str
    mark: Mark


Line: TypeAlias = tuple[str | Span, ...]
"""One line: strings and spans."""


def plain(line: Line) -> str:
    """The line as one string."""
    return "".join(part if isinstance(part, str) else part.text for part in line)


@frozen(field_transformer=typed)
class Cell:
    """A cell of a table.

    Args:
        lines: its lines, from the top.
        tone: what it means.
        text: how it reads within a line of plain text; None for its lines, joined with semicolons.

    """

    lines: tuple[Line, ...]
    tone: Tone = Tone.PLAIN
    text: str | None = None

    @classmethod
    def of(cls, *lines: str, tone: Tone = Tone.PLAIN) -> Cell:
        """A cell of lines without spans."""
        return cls(tuple((line,) for line in lines), tone)

    def __str__(self) -> str:
        return self.text if self.text is not None else "; ".join(map(plain, self.lines))


@frozen(field_transformer=typed)
class Row:
    """A row of a table.

    Args:
        cells: its cells; a row without cells is for plain text only.
        line: how it reads as a line of plain text, with ``{0}``, ``{1}`` ... for the cells; None for the table's own
            pattern, "" where plain text leaves it out.

    """

    cells: tuple[Cell, ...]
    line: str | None = None


def _rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    return as_tuple(rows)


@frozen(field_transformer=typed)
class Table:
    """Rows of cells under named columns.

    Args:
        title: what the rows are.
        columns: the names of the columns.
        rows: the rows.
        line: how a row reads as a line of plain text, with ``{0}``, ``{1}`` ... for the cells.
        place: the name by which a page links to it; letters and hyphens.
        titled: whether plain text shows the title above the rows, too.

    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(converter=_rows)
    line: str
    place: str = ""
    titled: bool = False


@frozen(field_transformer=typed)
class Note:
    """A line outside tables.

    Args:
        line: the line.
        tone: what it means.
        indent: the spaces before it, where lines are indented.

    """

    line: Line
    tone: Tone = Tone.PLAIN
    indent: str = ""


@frozen(field_transformer=typed)
class Facts:
    """Names with their values.

    Args:
        pairs: each name with its value.

    """

    pairs: tuple[tuple[str, str], ...]


Block: TypeAlias = Note | Facts | Table


def _blocks(blocks: Iterable[Block]) -> tuple[Block, ...]:
    return as_tuple(blocks)


@frozen(field_transformer=typed)
class Document:
    """What is shown of a value.

    Args:
        title: what it is.
        blocks: its notes, facts and tables, from the top.

    """

    title: str
    blocks: tuple[Block, ...] = field(converter=_blocks)


def more_row(number: int, limit: int | None, mark: str, what: str, tone: Tone = Tone.PLAIN) -> tuple[Row, ...]:
    """The row that says how many of *number* rows are not shown; no row if all of them are.

    Args:
        number: how many rows there are.
        limit: how many of them are shown; None for all.
        mark: the row's first cell.
        what: what the rows are, such as ``problems``.
        tone: what the first cell means.

    """
    if limit is None or number <= limit:
        return ()
    text = f"... and {number - limit:,} more {what}"
    return (Row((Cell.of(mark, tone=tone), Cell.of(text)), "{0} {1}"),)
