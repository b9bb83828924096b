"""Documents as GitHub's Markdown, for issues, pull requests and wikis."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import assert_never

from o365prov.rendering.document import Block, Cell, Document, Facts, Line, Mark, Note, Table, Tone
from o365prov.rendering.escaping import printable

_SPECIAL = re.compile(r"[\\`*_\[\]|~#$@]|^[-+=]|(?<=^[0-9])[.)]")
_AROUND = {
    Mark.STRONG: "**",
    Mark.QUIET: "",
    Mark.NAME: "",
    Mark.ADDED: "**",
    Mark.REMOVED: "~~",
    Mark.EMPHASIS: "*",
}


def to_markdown(document: Document) -> str:
    """The document as Markdown: its title as a heading, then its blocks, with every string escaped."""
    return "\n\n".join([f"# {_escape(document.title)}", *map(_block, document.blocks)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Note(line, tone, _):
            return (
                f"## {_line(line)}" if tone is Tone.HEADING else f"**{_escaped(line)}**" if _bold(tone) else _line(line)
            )
        case Facts(pairs):
            return "\n".join(f"- {_escape(name)}: {_escape(value)}" for name, value in pairs)
        case Table():
            return "\n".join(_table(block))
        case _:
            assert_never(block)


def _bold(tone: Tone) -> bool:
    return tone in (Tone.TITLE, Tone.ALARM)


def _table(table: Table) -> Iterator[str]:
    yield f"**{_escape(table.title)}**"
    yield ""
    yield f"| {' | '.join(map(_escape, table.columns))} |"
    yield f"|{' --- |' * len(table.columns)}"
    for row in table.rows:
        if row.cells:
            cells = [*map(_cell, row.cells), *[""] * (len(table.columns) - len(row.cells))]
            yield f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    return "<br>".join(map(_line, cell.lines))


def _line(line: Line) -> str:
    return "".join(_escape(part) if isinstance(part, str) else _marked(part.text, part.mark) for part in line)


def _escaped(line: Line) -> str:
    return "".join(_escape(part if isinstance(part, str) else part.text) for part in line)


def _marked(text: str, mark: Mark) -> str:
    # Markdown sets nothing off that is empty or has blanks at its ends.
    inner = text.strip()
    around = _AROUND[mark] if inner else ""
    return f"{around}{_escape(inner)}{around}" if around else _escape(text)


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", escape(printable(text), quote=False))
