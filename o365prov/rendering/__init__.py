"""How values are shown: words, escaping, and documents in four forms."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.rendering.csv_text import to_csv
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
    from o365prov.rendering.overviews import Overviewed, first_rows, overview
    from o365prov.rendering.renderable import Renderable, check_limit
    from o365prov.rendering.words import count_text, duration_text, names_text, quoted, shortened, value_text
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(__name__, ("words", "escaping", "renderable", "overviews", "document", "csv_text"))

__all__ = [
    "Block",
    "Cell",
    "Document",
    "Facts",
    "Line",
    "Mark",
    "Note",
    "Overviewed",
    "Renderable",
    "Row",
    "Span",
    "Table",
    "Tone",
    "check_limit",
    "count_text",
    "duration_text",
    "first_rows",
    "more_row",
    "names_text",
    "overview",
    "plain",
    "printable",
    "quoted",
    "shortened",
    "to_csv",
    "value_text",
]
