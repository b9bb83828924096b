"""Documents as plain text: one line a row, so that two outputs can be compared line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from o365prov.rendering.document import Block, Document, Facts, Note, Row, Table, plain
from o365prov.rendering.escaping import printable


def to_text(document: Document) -> str:
    """The document as lines of plain text, without its title.

    >>> from o365prov.rendering import Cell
    >>> people = Table("People", ("Name", "City"), [Row((Cell.of("Ann"), Cell.of("Oslo")))], "{0} lives in {1}")
    >>> print(to_text(Document("Example", [Note(("One person:",)), people])))
    One person:
    Ann lives in Oslo
    """
    return "\n".join(map(printable, _lines(document)))


def _lines(document: Document) -> Iterator[str]:
    for block in document.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Note(line, _, indent):
            yield indent + plain(line)
        case Facts(pairs):
            yield from (f"  {name}: {value}" for name, value in pairs)
        case Table():
            yield from [f"{block.title}:"] if block.titled else []
            yield from filter(None, (_row(block, row) for row in block.rows))
        case _:
            assert_never(block)


def _row(table: Table, row: Row) -> str:
    pattern = table.line if row.line is None else row.line
    return pattern.format(*row.cells)
