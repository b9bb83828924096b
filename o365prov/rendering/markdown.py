"""Documents as GitHub's Markdown, for issues, pull requests and wikis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from o365prov.rendering.document import Block, Cell, Document, Facts, Line, Mark, Note, Table, Tone, plain
from o365prov.rendering.escaping import escape_markdown

_AROUND = {
    Mark.STRONG: "**",
    Mark.QUIET: "",
    Mark.NAME: "",
    Mark.ADDED: "**",
    Mark.REMOVED: "~~",
    Mark.EMPHASIS: "*",
}
_BOLD = (Tone.TITLE, Tone.ALARM)


def to_markdown(document: Document) -> str:
    """The document as Markdown: its title as a heading, then its blocks, with every string escaped."""
    return "\n\n".join([f"# {escape_markdown(document.title)}", *map(_block, document.blocks)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Note(line, tone, _):
            return f"**{escape_markdown(plain(line))}**" if tone in _BOLD else _line(line)
        case Facts(pairs):
            return "\n".join(f"- {escape_markdown(name)}: {escape_markdown(value)}" for name, value in pairs)
        case Table():
            return "\n".join(_table(block))
        case _:
            assert_never(block)


def _table(table: Table) -> Iterator[str]:
    yield f"**{escape_markdown(table.title)}**"
    yield ""
    yield f"| {' | '.join(map(escape_markdown, table.columns))} |"
    yield f"|{' --- |' * len(table.columns)}"
    for row in table.rows:
        if row.cells:
            cells = [*map(_cell, row.cells), *[""] * (len(table.columns) - len(row.cells))]
            yield f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return "<br>".join(map(_line, cell.lines))


def _line(line: Line) -> str:
    return "".join(escape_markdown(part) if isinstance(part, str) else _marked(part.text, part.mark) for part in line)


def _marked(text: str, mark: Mark) -> str:
    # Markdown marks nothing that is empty or has spaces at its ends.
    inner = text.strip()
    around = _AROUND[mark] if inner else ""
    return f"{around}{escape_markdown(inner)}{around}" if around else escape_markdown(text)
