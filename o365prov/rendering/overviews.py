"""How a notebook shows values other than plans and reports: their facts, and the first rows of what they hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Protocol

from o365prov.rendering.document import Block, Cell, Document, Facts, Note, Row, Table, Tone
from o365prov.rendering.words import shortened, value_text

MOST_ROWS = 50
MOST_CHARACTERS = 200


class Overviewed(Protocol):
    """A value that notebooks show as HTML, escaped and capped; ``repr`` and ``str`` stay as they are."""

    __slots__ = ()

    def _overview(self) -> Document:
        """What is shown."""
        ...

    def _repr_html_(self) -> str:
        from o365prov.rendering.html import to_fragment  # noqa: PLC0415 - for notebooks alone

        return to_fragment(self._overview())


def overview(title: str, facts: Mapping[str, object], *tables: Table | None) -> Document:
    """A title, the facts that are not empty, and tables.

    Args:
        title: what it is.
        facts: names with their values; at most 50 are shown.
        tables: the tables, as :func:`first_rows` makes them.

    """
    named = [(name, shortened(value_text(value), MOST_CHARACTERS)) for name, value in facts.items()]
    filled = [pair for pair in named if pair[1]]
    more = len(filled) - MOST_ROWS
    rest = [("...", f"and {more:,} more")] if more > 0 else []
    blocks: list[Block] = [Note((title,), Tone.TITLE), Facts((*filled[:MOST_ROWS], *rest))]
    return Document(title, [*blocks, *(table for table in tables if table is not None)])


def first_rows(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], count: int) -> Table | None:
    """The first 50 of *count* rows; None if there are none.

    Args:
        title: what the rows are.
        columns: the names of the columns.
        rows: the values of each row.
        count: how many rows there are.

    """
    if not count:
        return None
    cells = [
        Row(tuple(Cell.of(shortened(value_text(value), MOST_CHARACTERS)) for value in row))
        for row in islice(rows, MOST_ROWS)
    ]
    if count > MOST_ROWS:
        cells.append(Row((Cell.of(f"... and {count - MOST_ROWS:,} more"),)))
    return Table(title, tuple(columns), cells, " ".join(f"{{{number}}}" for number in range(len(columns))))
