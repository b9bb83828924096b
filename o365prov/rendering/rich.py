"""Documents for terminals, with rich. Import it only where rich is installed."""

from __future__ import annotations

from typing import assert_never

from rich.console import Group
from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text

from o365prov.rendering.document import Block, Cell, Document, Facts, Line, Mark, Note, Table, Tone
from o365prov.rendering.escaping import printable

_STYLES = {
    Tone.PLAIN: "",
    Tone.TITLE: "bold",
    Tone.ADD: "green",
    Tone.CHANGE: "yellow",
    Tone.TAKE: "red",
    Tone.LINK: "cyan",
    Tone.ALARM: "bold red",
}
_MARKS = {
    Mark.STRONG: "bold",
    Mark.QUIET: "dim",
    Mark.NAME: "dim",
    Mark.ADDED: "green",
    Mark.REMOVED: "red strike",
    Mark.EMPHASIS: "italic",
}


def to_rich(document: Document) -> Group:
    """The document as a rich renderable. Strings are shown as they are: as neither markup nor control sequences."""
    return Group(*map(_block, document.blocks))


def _block(block: Block) -> Text | RichTable:
    match block:
        case Note(line, tone, indent):
            return Text(indent, _STYLES[tone]).append_text(_line(line, _STYLES[tone]))
        case Facts(pairs):
            return Text("\n").join(_line((f"{name}: ", value)) for name, value in pairs)
        case Table():
            return _table(block)
        case _:
            assert_never(block)


def _table(table: Table) -> RichTable:
    columns = [Column(name, overflow="fold") for name in table.columns]
    rich_table = RichTable(*columns, title=_line((table.title,)), title_justify="left", expand=True)
    for row in table.rows:
        if row.cells:
            rich_table.add_row(*map(_cell, row.cells))
    return rich_table


def _cell(cell: Cell) -> Text:
    return Text("\n").join(_line(line, _STYLES[cell.tone]) for line in cell.lines)


def _line(line: Line, style: str = "") -> Text:
    parts = Text("", style)
    for part in line:
        if isinstance(part, str):
            parts.append(printable(part))
        else:
            parts.append(printable(part.text), _MARKS[part.mark])
    return parts
