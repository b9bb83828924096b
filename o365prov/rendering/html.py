"""HTML from values, for notebooks and pages: every text is escaped unless it was made here."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from o365prov.rendering.escaping import printable


class Markup(str):
    """Text that is HTML already, made by :func:`element`; any other text is escaped where it is put in, on one line.

    >>> element("p", "Smith & Sons", element("br"), class_="who")
    Markup('<p class="who">Smith &amp; Sons<br></p>')
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Markup({str(self)!r})"


_VOID = frozenset({"br", "meta", "wbr"})


def element(tag: str, *content: str, **attributes: str) -> Markup:
    """One element; a trailing underscore keeps an attribute's name out of Python's way, an inner one is a hyphen."""
    names = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    opening = "".join([f"<{tag}", *(f' {name}="{escape(value)}"' for name, value in names.items()), ">"])
    return Markup(opening if tag in _VOID else f"{opening}{together(content)}</{tag}>")


def together(parts: Iterable[str]) -> Markup:
    """Several texts and elements, one after the other."""
    return Markup("".join(part if isinstance(part, Markup) else escape(printable(part)) for part in parts))


def lines(texts: Iterable[str]) -> Markup:
    """Texts below each other."""
    broken = [piece for text in texts for piece in (element("br"), text)]
    return together(broken[1:])


def table(caption: str, columns: Iterable[str], rows: Iterable[Iterable[str]], **attributes: str) -> Markup:
    """A table with a caption and a head; what is a ``td`` or ``th`` already stays one."""
    head = element("thead", element("tr", *(element("th", column, scope="col") for column in columns)))
    body = element("tbody", *(element("tr", *map(_cell, row)) for row in rows))
    return element("table", element("caption", caption), head, body, **attributes)


_STYLE = Markup(
    "<style>.o365prov td, .o365prov th { text-align: left; vertical-align: top; }"
    " .o365prov caption { text-align: left; font-weight: bold; }</style>"
)
# Notebooks set numbers in tables to the right; ours hold words.


def fragment(*content: str) -> Markup:
    """A piece of a notebook's output."""
    return element("div", _STYLE, *content, class_="o365prov")


def _cell(content: str) -> Markup:
    is_cell = isinstance(content, Markup) and content.startswith(("<td", "<th"))
    return content if is_cell else element("td", content)  # type: ignore[return-value]
