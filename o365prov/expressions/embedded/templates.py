"""Terraform's strings: in quotes with escapes, or as here documents; what stands in ``${…}`` is computed.

Source: HCL Native Syntax Specification, "Template Expressions"; Terraform documentation, "Strings and Templates".
"""

from __future__ import annotations

import re

from attrs import evolve

from o365prov.expressions.embedded.document import MOST_NESTED, Hole, NotReadableError, Span, WrittenString

_UNIT = re.compile(
    r"(?P<literal>\$\$\{|%%\{)|(?P<hole>[$%]\{)|\\u(?P<four>[0-9a-fA-F]{4})|\\U(?P<eight>[0-9a-fA-F]{8})"
    r'|\\(?P<escape>[nrt"\\])|(?P<plain>[^"\\\n])'
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_HERE = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")
_LITERAL_OR_HOLE = re.compile(r"(?P<literal>\$\$\{|%%\{)|(?P<hole>[$%]\{)")
_STRING_OR_BRACKET = re.compile(r'["{}]')


class TemplateReader:
    """The strings of one file."""

    def __init__(self, text: str) -> None:
        self.text = text

    def quoted(self, start: int, depth: int = 0) -> WrittenString:
        """The string whose opening quote stands here.

        Raises:
            NotReadableError: it never ends, or has an unknown escape.

        """
        at, characters, spans, holes = start + 1, list[str](), list[Span](), list[Hole]()
        while (found := _UNIT.match(self.text, at)) is not None:
            if found["hole"]:
                end = self.end_of_hole(found.end(), depth)
                holes.append(Hole(len(characters), self.text[at:end], (at, end)))
                at = end
                continue
            at = found.end()
            code = found["four"] or found["eight"]
            if found["literal"]:
                characters += found["literal"][1:]
                spans += [(found.start(), found.end() - 1), (found.end() - 1, found.end())]
                continue
            if code and int(code, 16) > 0x10FFFF:
                break
            escape = found["escape"]
            characters.append(
                chr(int(code, 16)) if code else _ESCAPES.get(escape, escape) if escape else found["plain"]
            )
            spans.append(found.span())
        if self.text[at : at + 1] != '"':
            raise NotReadableError("this is not a Terraform file: a string never ends, or has an unknown escape", start)
        return WrittenString(start, at + 1, "".join(characters), tuple(spans), tuple(holes))

    def here_document(self, start: int) -> WrittenString | None:
        """The here document whose ``<<`` stands here; None where there is none.

        Raises:
            NotReadableError: it never ends.

        """
        begun = _HERE.match(self.text, start)
        if begun is None:
            return None
        ended = re.compile(rf"^[ \t]*{re.escape(begun[2])}(?=[ \t]*\r?$)", re.MULTILINE).search(self.text, begun.end())
        if ended is None:
            raise NotReadableError(f"this is not a Terraform file: <<{begun[2]} is never ended", start)
        at, characters, spans, holes = begun.end(), list[str](), list[Span](), list[Hole]()
        while at < ended.start():
            found = _LITERAL_OR_HOLE.match(self.text, at)
            if found is None:
                characters.append(self.text[at])
                spans.append((at, at + 1))
                at += 1
            elif found["hole"]:
                end = self.end_of_hole(found.end())
                holes.append(Hole(len(characters), self.text[at:end], (at, end)))
                at = end
            else:
                characters += found["literal"][1:]
                spans += [(at, found.end() - 1), (found.end() - 1, found.end())]
                at = found.end()
        read = WrittenString(start, ended.end(), "".join(characters), tuple(spans), tuple(holes), quoted=False)
        return _without_indentation(read) if begun[1] else read

    def within(self, string: WrittenString) -> WrittenString:
        """The template that a string of Terraform's JSON is, whose escapes are read already."""
        inner = TemplateReader(string.text)
        at, characters, spans, holes = 0, list[str](), list[Span](), list[Hole]()
        while at < len(string.text):
            found = _LITERAL_OR_HOLE.match(string.text, at)
            if found is None:
                characters.append(string.text[at])
                spans.append(string.spans[at])
                at += 1
            elif found["hole"]:
                end = inner.end_of_hole(found.end())
                span = string.spans[at][0], string.spans[end - 1][1]
                holes.append(Hole(len(characters), string.text[at:end], span))
                at = end
            else:
                characters += found["literal"][1:]
                spans += [(string.spans[at][0], string.spans[at + 1][1]), string.spans[at + 2]]
                at = found.end()
        return evolve(string, text="".join(characters), spans=tuple(spans), holes=tuple(holes))

    def end_of_hole(self, start: int, depth: int = 0) -> int:
        """Where what is computed ends, behind its bracket; strings in it may hold brackets, and holes of their own."""
        if depth > MOST_NESTED:
            raise NotReadableError(f"strings lie in one another more than {MOST_NESTED} levels deep", start)
        at, brackets = start, 1
        while brackets:
            found = _STRING_OR_BRACKET.search(self.text, at)
            if found is None:
                raise NotReadableError("this is not a Terraform file: ${ is never closed", start - 2)
            at = found.end()
            if found[0] == '"':
                at = self.quoted(found.start(), depth + 1).end
            else:
                brackets += 1 if found[0] == "{" else -1
        return at


def _without_indentation(read: WrittenString) -> WrittenString:
    """What ``<<-`` makes of a here document: the blanks that all its lines begin with are left out."""
    lines = read.text.splitlines(keepends=True)
    blanks = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
    kept, place = list[int](), 0
    for line in lines:
        begin = min(blanks, len(line) - len(line.lstrip(" \t")))
        kept += range(place + begin, place + len(line))
        place += len(line)
    moved = {old: new for new, old in enumerate([*kept, len(read.text)])}
    holes = tuple(evolve(hole, position=moved.get(hole.position, 0)) for hole in read.holes)
    text = "".join(read.text[each] for each in kept)
    return evolve(read, text=text, spans=tuple(read.spans[each] for each in kept), holes=holes)
