"""JSON with the place of each character: the standard library's reader gives values alone."""

from __future__ import annotations

import json
import re

from o365prov.expressions.embedded.document import (
    MOST_NESTED,
    Computed,
    DocumentValue,
    NotReadableError,
    Record,
    Series,
    Span,
    WrittenString,
)

_BLANKS = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_UNIT = re.compile(r'\\u([0-9a-fA-F]{4})|\\(["\\/bfnrt])|([^"\\\x00-\x1f])')
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)


def read_json(text: str) -> DocumentValue:
    """The document.

    Raises:
        NotReadableError: it is not JSON, or is nested more than a hundred levels deep.

    """
    reader = _JsonReader(text)
    value = reader.value(0)
    reader.skip()
    if reader.at < len(text):
        raise NotReadableError("something follows the end of the JSON document", reader.at)
    return value


class _JsonReader:
    """A text, and how far it is read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0

    def skip(self) -> str:
        """Go on to the next character that is not blank, and give it."""
        found = _BLANKS.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def take(self, character: str) -> None:
        """Take one character, which has to stand here."""
        if self.skip() != character:
            raise NotReadableError(f"this is not JSON: {character} is missing", self.at)
        self.at += 1

    def value(self, depth: int) -> DocumentValue:
        """The value that begins here."""
        if depth > MOST_NESTED:
            raise NotReadableError(f"the JSON is nested more than {MOST_NESTED} levels deep", self.at)
        match self.skip():
            case "{":
                return self.record(depth)
            case "[":
                return self.series(depth)
            case '"':
                return self.string()
        start = self.at
        found = _SCALAR.match(self.text, start)
        if found is None:
            raise NotReadableError("this is not JSON: a value is missing", start)
        self.at = found.end()
        return Computed(start, self.at, found[0])

    def record(self, depth: int) -> Record:
        """An object."""
        start, entries = self.at, list[tuple[str, DocumentValue]]()
        self.at += 1
        if self.skip() != "}":
            while True:
                if self.skip() != '"':
                    raise NotReadableError("this is not JSON: a name in quotes is missing", self.at)
                name = self.string().text
                self.take(":")
                entries.append((name, self.value(depth + 1)))
                if self.skip() != ",":
                    break
                self.at += 1
        self.take("}")
        return Record(start, self.at, tuple(entries))

    def series(self, depth: int) -> Series:
        """An array."""
        start, items = self.at, list[DocumentValue]()
        self.at += 1
        if self.skip() != "]":
            items.append(self.value(depth + 1))
            while self.skip() == ",":
                self.at += 1
                items.append(self.value(depth + 1))
        self.take("]")
        return Series(start, self.at, tuple(items))

    def string(self) -> WrittenString:
        """A string."""
        start, characters, spans = self.at, list[str](), list[Span]()
        self.at += 1
        while (found := _UNIT.match(self.text, self.at)) is not None:
            code, escape, plain = found.groups()
            character = chr(int(code, 16)) if code else _ESCAPES.get(escape, escape) if escape else plain
            if code and ord(character) in _LOW and characters and ord(characters[-1]) in _HIGH:
                character = json.loads(f'"\\u{ord(characters.pop()):04x}\\u{code}"')
                spans.append((spans.pop()[0], found.end()))
            else:
                spans.append(found.span())
            characters.append(character)
            self.at = found.end()
        if self.text[self.at : self.at + 1] != '"':
            raise NotReadableError("this is not JSON: a string never ends, or has an unknown escape", start)
        self.at += 1
        return WrittenString(start, self.at, "".join(characters), tuple(spans))
