"""How values are shown: words, escaping, and documents in four forms."""

from o365prov.rendering.document import (
    Block,
    Cell,
    Document,
    Facts,
    Line,
    Mark,
    Note,
    Row,
    Span,
    Table,
    Tone,
    more_row,
    plain,
)
from o365prov.rendering.escaping import printable
from o365prov.rendering.renderable import Renderable
from o365prov.rendering.words import counted, lasting, named, value_text

__all__ = [
    "Block",
    "Cell",
    "Document",
    "Facts",
    "Line",
    "Mark",
    "Note",
    "Renderable",
    "Row",
    "Span",
    "Table",
    "Tone",
    "counted",
    "lasting",
    "more_row",
    "named",
    "plain",
    "printable",
    "value_text",
]
