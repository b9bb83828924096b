"""How values are shown: words, escaping, and documents in four forms."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from o365prov.rendering.renderable import Renderable, check_limit
    from o365prov.rendering.words import count_text, duration_text, names_text, quoted, shortened, value_text
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("words", "escaping", "renderable", "document"))

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
    "check_limit",
    "count_text",
    "duration_text",
    "more_row",
    "names_text",
    "plain",
    "printable",
    "quoted",
    "shortened",
    "value_text",
]
