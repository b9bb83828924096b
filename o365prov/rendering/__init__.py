"""How values are shown: words, escaping and documents."""

from o365prov.rendering.escaping import printable
from o365prov.rendering.html import Markup, element, fragment, lines, table, together
from o365prov.rendering.words import counted, named, value_text

__all__ = [
    "Markup",
    "counted",
    "element",
    "fragment",
    "lines",
    "named",
    "printable",
    "table",
    "together",
    "value_text",
]
