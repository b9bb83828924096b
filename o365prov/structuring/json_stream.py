"""The objects of a JSON file, one after the other, in memory that does not grow with the file.

Okta answers in pages. A file holds all of them in one list, one after another, or in a list of their own, or one object
a line; the objects in it are read one by one, by Python's own decoder.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from o365prov.structuring.files import StrPath, looks_wide, note_unreadable
from o365prov.structuring.issue_list import IssueList, UnreadableError
from o365prov.structuring.reader import JsonObject, kind_of, note_broken_strings, refuse_constant, refuse_okta_error

LONGEST_VALUE = 2**25
"""The most characters of one object of a list: a file with a longer one is not a list of records."""

_CHUNK = 2**18
_SPACE = re.compile(r"[ \t\r\n]*")
_AGAIN = "export it again"


def read_objects(path: StrPath, issues: IssueList) -> Iterator[JsonObject]:
    """The objects of the file's list, or of all lists if pages were saved one after another or in a list of their own.

    One object a line is read too. An issue is noted if the file holds anything else, and where it ends early: what was
    right until there has been given by then.
    """
    try:
        with Path(path).open("rb") as stream:
            for place, element in _Documents(_Text(stream, issues), issues).elements():
                if type(element) is dict:
                    yield JsonObject(element, place, issues)
                else:
                    issues.note(place, f"should be an object, not {kind_of(element)}", code="wrong_type")
    except (OSError, ValueError) as error:
        note_unreadable(error, issues)
    except UnreadableError:
        return


class _Text:
    """The text of a file, of which a part is in memory: what stands at the present place, and what was read beyond."""

    def __init__(self, stream: BinaryIO, issues: IssueList) -> None:
        self._stream = stream
        self._issues = issues
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._line, self._column = 1, 1  # of the beginning of what is in memory
        self._is_first = True
        self.part = ""
        self.at = 0
        self.ended = False

    def more(self) -> None:
        """Read on, and let go of what was passed."""
        content = self._stream.read(max(_CHUNK, len(self.part) - self.at))
        if self._is_first and looks_wide(content):
            self._issues.note("", "is UTF-16", "save it as UTF-8", code="encoding")
            raise UnreadableError
        self._is_first = False
        passed, self.part = self.part[: self.at], self.part[self.at :]
        if lines := passed.count("\n"):
            self._line += lines
            self._column = len(passed) - passed.rindex("\n")
        else:
            self._column += len(passed)
        self.at, self.ended = 0, not content
        try:
            self.part += self._decode(content, self.ended)
        except UnicodeDecodeError as error:
            line = self._line + self.part.count("\n") + content.count(b"\n", 0, error.start)
            self._issues.note(f"line {line}", "is not UTF-8", "save the file as UTF-8", code="encoding")
            raise UnreadableError from error

    def peek(self) -> str:
        """The next character that is not space, without passing it; empty at the end."""
        while True:
            match = _SPACE.match(self.part, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.part):
                return self.part[self.at]
            if self.ended:
                return ""
            self.more()

    def refuse(self, why: str, offset: int | None = None) -> NoReturn:
        """Note that the file is not JSON at the present place, or at *offset* of the part; end the reading."""
        offset = self.at if offset is None else offset
        lines = self.part.count("\n", 0, offset)
        column = offset - self.part.rfind("\n", 0, offset) if lines else self._column + offset
        place = f"line {self._line + lines}, column {column}"
        self._issues.note(place, f"is not JSON ({why})", _AGAIN, code="not_json")
        raise UnreadableError


class _Documents:
    """The JSON values of a text, one after another."""

    def __init__(self, text: _Text, issues: IssueList) -> None:
        self._text = text
        self._issues = issues
        self._scan = json.JSONDecoder(parse_constant=refuse_constant).raw_decode

    def elements(self) -> Iterator[tuple[str, object]]:
        """Whatever stands in the lists, and each object that stands by itself, with its place."""
        text, number, alone = self._text, 0, None
        if not text.peek():
            self._issues.note("", "is empty", _AGAIN, code="empty")
            raise UnreadableError
        while char := text.peek():
            number += 1
            root = "$" if number == 1 else f"value {number}: $"
            if alone is not None:
                yield "value 1: $", alone
                alone = None
            if char == "[":
                yield from self._list(root)
                continue
            document = self._value(root)
            refuse_okta_error(document, root, self._issues)
            if not isinstance(document, dict):
                what = f"should be a list, not {kind_of(document)}"
                self._issues.note(root, what, "is this the right file?", code="wrong_type")
            elif number == 1:
                alone = document
            else:
                yield root, document
        if alone is not None:
            remedy = "put the one that it holds into [ ]" if "id" in alone else "is this the right file?"
            self._issues.note("$", "should be a list, not an object", remedy, code="wrong_type")

    def _list(self, root: str, *, of_pages: bool = True) -> Iterator[tuple[str, object]]:
        """The elements of a list; those of all pages if its first element is a list, and it may be one *of_pages*."""
        text = self._text
        text.at += 1
        position = 0
        if text.peek() == "]":
            text.at += 1
            return
        is_pages = of_pages and text.peek() == "["
        while True:
            place = f"{root}[{position}]"
            if is_pages and text.peek() == "[":
                yield from self._list(place, of_pages=False)
            elif is_pages:
                what = f"should be a list, not {kind_of(self._value(place))}"
                self._issues.note(place, what, "is this the right file?", code="wrong_type")
            else:
                yield place, self._value(place)
            position += 1
            char = text.peek()
            text.at += 1
            if char == "]":
                return
            if char != ",":
                text.at -= 1
                text.refuse("Expecting ',' delimiter" if char else "it ends within a list")

    def _value(self, place: str) -> object:
        """The value that stands at the present place, which is passed."""
        text = self._text
        text.peek()
        while True:
            try:
                value, end = self._scan(text.part, text.at)
            except json.JSONDecodeError as error:
                if text.ended or len(text.part) - text.at > LONGEST_VALUE:
                    text.refuse(error.msg, error.pos)
            except (ValueError, RecursionError) as error:
                what = "is not JSON as Okta writes it (a number is too large, or the nesting too deep)"
                self._issues.note("", what, _AGAIN, code="not_json")
                raise UnreadableError from error
            else:
                if end < len(text.part) or text.ended or text.part[end - 1] in '}]"':
                    break  # a number that ends with the part may go on beyond
            text.more()
        # A half of a surrogate pair is legal JSON and not a character: it would break whatever writes it later.
        if text.part.find("\\u", text.at, end) >= 0:
            note_broken_strings(value, place, self._issues)
        text.at = end
        return value
