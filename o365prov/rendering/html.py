"""Documents as HTML: a fragment for notebooks, and a page for a reviewer.

No scripts, nothing loaded from elsewhere, and every string escaped: a person may be called ``<script>``. A notebook has
styles of its own, so a fragment brings hardly any; a page brings its own, for screens light and dark and for paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import assert_never

from o365prov.rendering.document import Block, Cell, Document, Facts, Line, Mark, Note, Row, Span, Table, Tone
from o365prov.rendering.escaping import escape_html


class Markup(str):
    """A string that is HTML already, made by :func:`element`; every other string is escaped where it is put in.

    >>> element("p", "Smith & Sons", element("br"), class_="who")
    Markup('<p class="who">Smith &amp; Sons<br></p>')
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Markup({str(self)!r})"


_VOID = frozenset({"br", "meta", "wbr"})
_NEWLINE = Markup("\n")


def element(tag: str, *content: str, **attributes: str) -> Markup:
    """One element.

    Args:
        tag: the element's name.
        content: strings, which are escaped, and elements.
        attributes: the attributes that are not empty. A trailing underscore (``class_``) is left out of the name, an
            inner one (``http_equiv``) is a hyphen.

    """
    opening = f"<{tag}{''.join([_attribute(name, value) for name, value in attributes.items() if value])}>"
    return Markup(opening if tag in _VOID else f"{opening}{concatenate(content)}</{tag}>")


def _attribute(name: str, value: str) -> str:
    return f' {name.rstrip("_").replace("_", "-")}="{escape_html(value)}"'


def concatenate(parts: Iterable[str]) -> Markup:
    """Strings, which are escaped, and elements, one after the other."""
    return Markup("".join([part if isinstance(part, Markup) else escape_html(part) for part in parts]))


_BREAK = element("br")


_STYLE = Markup(
    "<style>.o365prov { overflow-wrap: anywhere; } .o365prov th { overflow-wrap: normal; }"
    " .o365prov td, .o365prov th { text-align: left !important; vertical-align: top !important; }"
    " .o365prov caption { text-align: left; font-weight: bold; }"
    " @media (max-width: 40rem) { .o365prov :is(table, caption, tbody, tr, td) { display: block; }"
    " .o365prov :is(thead, td:empty) { display: none; } }</style>"
)
# Notebooks align cells to the right, as if they held numbers, by a rule that is more specific; ours hold words. Where
# there is little room, the cells of a row stand one below the other, as on a page.


def to_fragment(document: Document) -> str:
    """The document as HTML for a notebook's output, without its title."""
    return element("div", _STYLE, *map(_block, document.blocks), class_="o365prov")


_CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def to_page(document: Document) -> str:
    """The document as one HTML page with a title and links to its tables."""
    tables = [block for block in document.blocks if isinstance(block, Table) and block.place]
    before = [block for block in document.blocks if not isinstance(block, Table)]
    parts = [element("h1", document.title), *map(_block, before)]
    if tables:
        parts.append(element("nav", *(element("a", each.title, href=f"#{each.place}") for each in tables)))
    parts += [_section(block) for block in document.blocks if isinstance(block, Table)]
    body = element("body", *(each for part in parts for each in (_NEWLINE, part)), _NEWLINE)
    page = element("html", element("head", *_head(document.title)), _NEWLINE, body, lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _head(title: str) -> Iterator[Markup]:
    yield element("meta", charset="utf-8")
    yield element("meta", http_equiv="Content-Security-Policy", content=_CONTENT_SECURITY_POLICY)
    yield element("meta", name="viewport", content="width=device-width, initial-scale=1")
    yield element("meta", name="color-scheme", content="light dark")
    yield element("title", title)
    style = Path(__file__).with_name("page.css").read_text("utf-8")
    yield Markup(f"<style>\n{style}</style>")


def _section(table: Table) -> Markup:
    return element("section", element("h2", table.title), _table(table), id=table.place)


def _block(block: Block) -> Markup:
    match block:
        case Note(line, Tone.TITLE, _):
            return element("p", element("strong", _line(line)))
        case Note(line, Tone.ALARM, _):
            return element("p", element("strong", _line(line)), class_="alarm")
        case Note(line, tone, _):
            return element("p", _line(line), class_="" if tone is Tone.PLAIN else tone)
        case Facts(pairs):
            rows = [element("div", element("dt", name), element("dd", value)) for name, value in pairs]
            return element("dl", *rows, class_="facts")
        case Table():
            return _table(block)
        case _:
            assert_never(block)


def _table(table: Table) -> Markup:
    head = element("thead", element("tr", *(element("th", column, scope="col") for column in table.columns)))
    rows = [each for row in table.rows if row.cells for each in (_NEWLINE, _row(row, len(table.columns)))]
    return element(
        "table", element("caption", table.title), head, element("tbody", *rows), class_=f"of-{len(table.columns)}"
    )


def _row(row: Row, columns: int) -> Markup:
    empty = [element("td")] * (columns - len(row.cells))
    return element("tr", *map(_cell, row.cells), *empty)


def _cell(cell: Cell) -> Markup:
    broken = [piece for line in cell.lines for piece in (_BREAK, _line(line))]
    return element("td", *broken[1:], class_="" if cell.tone is Tone.PLAIN else cell.tone)


def _line(line: Line) -> Markup:
    return concatenate(part if isinstance(part, str) else _span(part) for part in line)


_ELEMENTS = {Mark.STRONG: "strong", Mark.ADDED: "ins", Mark.REMOVED: "del", Mark.EMPHASIS: "em", Mark.QUIET: "small"}


def _span(span: Span) -> Markup:
    if span.mark is Mark.NAME:
        return element("span", span.text, class_="name")
    return element(_ELEMENTS[span.mark], span.text)
