"""The rows of a CSV file (RFC 4180), one by one, by the names of its columns.

Spreadsheets write other delimiters and encodings, and rows without anything in them; other programs name the columns
otherwise.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple, TextIO

from attrs import frozen

from o365prov.errors import ConfigurationError
from o365prov.structuring import IssueList, StrPath, UnreadableError, looks_wide, note_unreadable

MOST_COLUMNS = 1_000
"""A table of people has some dozens."""

_LONGEST_LINE = 2**20


class CsvRow(NamedTuple):
    """A row.

    Args:
        line: the line on which it begins, from 1.
        cells: its cells by the names of their columns.

    """

    line: int
    cells: Mapping[str, str]

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"line {self.line}"


@frozen
class CsvFormat:
    """How a file is written.

    Args:
        delimiter: the character between cells.
        encoding: how its characters are encoded, by Python's name.
        columns: what columns are to be called, by their names in the header.

    Raises:
        ConfigurationError: the delimiter is not one character, or there is no such encoding.

    """

    delimiter: str
    encoding: str
    columns: Mapping[str, str]

    def __attrs_post_init__(self) -> None:
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n':
            raise ConfigurationError(
                f"delimiter should be one character, such as ',' or ';', not {self.delimiter[:20]!r}"
            )
        if not _is_encoding(self.encoding):
            raise ConfigurationError(
                f"encoding should be the name of an encoding, such as 'utf-8' or 'cp1252', not {self.encoding[:20]!r}"
            )

    def rows(self, path: StrPath, required: Iterable[str], issues: IssueList) -> Iterator[CsvRow]:
        """The rows of a file that have anything in them.

        Args:
            path: the file.
            required: the columns that it needs.
            issues: where everything that is wrong is noted.

        """
        try:
            with Path(path).open("rb") as content:
                start = content.read(4)
                if looks_wide(start) and _is_utf_8(self.encoding):
                    issues.note("", "is UTF-16", "save it as UTF-8, or pass encoding='utf-16'", code="encoding")
                    return
            encoding = "utf-8-sig" if _is_utf_8(self.encoding) else self.encoding
            errors = "surrogateescape" if _is_utf_8(self.encoding) else "strict"  # then the line can be named
            with Path(path).open(encoding=encoding, errors=errors, newline="") as stream:
                yield from self._rows(stream, tuple(required), issues)
        except UnicodeDecodeError:
            issues.note("", f"is not {self.encoding}", "pass its encoding=", code="encoding")
        except (OSError, ValueError) as error:
            note_unreadable(error, issues)
        except UnreadableError:
            return

    def _rows(self, stream: TextIO, required: tuple[str, ...], issues: IssueList) -> Iterator[CsvRow]:
        reader = csv.reader(_lines(stream, issues), delimiter=self.delimiter, strict=True)
        begins = 1
        try:
            header = self._header(reader, required, issues)
            begins = reader.line_num + 1
            for cells in reader:
                if len(cells) == len(header) and any(cells):
                    yield CsvRow(begins, dict(zip(header, cells, strict=True)))
                elif any(cells):
                    what = f"has {len(cells)} cells for {len(header)} columns"
                    issues.note(f"line {begins}", what, "check the quotes", code="damaged")
                begins = reader.line_num + 1
        except csv.Error as error:
            issues.note(f"line {begins}", f"is not CSV ({error})", "check the quotes", code="damaged")

    def _header(self, reader: Iterator[list[str]], required: tuple[str, ...], issues: IssueList) -> list[str]:
        """The names of the columns; UnreadableError if the rows can't be understood without better ones."""
        before = issues.count
        written = [name.strip() for name in next(reader, [])]
        if not any(written):
            issues.note("", "is empty", "export it again", code="empty")
            raise UnreadableError
        if len(written) > MOST_COLUMNS:
            what = f"has {len(written):,} columns, and may have {MOST_COLUMNS:,}"
            issues.note("line 1", what, "is this a table of people?", code="too_long")
            raise UnreadableError
        for name in sorted(self.columns.keys() - set(written)):
            what = f"the column {name[:60]!r} of columns= is missing"
            issues.note("line 1", what, "correct its name", code="missing")
        header = [self.columns.get(name, name) for name in written]
        for name in required:
            if name not in header:
                issues.note("line 1", f"the column {name} is missing", self._hint(written, name), code="missing")
        for name, count in sorted(Counter(header).items()):
            if count > 1:
                what = f"the column {name[:60]!r} is there {count} times"
                issues.note("line 1", what, "keep one of them", code="duplicate")
        if issues.count > before:
            raise UnreadableError
        return header

    def _hint(self, written: list[str], name: str) -> str:
        other = next((mark for mark in ";\t," if mark != self.delimiter and mark in "".join(written)), None)
        if other:
            return f"pass delimiter={other!r}"
        return f"add it to the header, or name the one that takes its place: columns={{'its name': {name!r}}}"


def _lines(stream: TextIO, issues: IssueList) -> Iterator[str]:
    """The lines with their ends, as long as they are text."""
    for number, line in enumerate(iter(partial(stream.readline, _LONGEST_LINE), ""), 1):
        if len(line) == _LONGEST_LINE:
            what = f"has more than {_LONGEST_LINE:,} characters"
            issues.note(f"line {number}", what, "is this CSV?", code="too_long")
            raise UnreadableError
        if not line.isascii() and not _is_text(line):
            issues.note(f"line {number}", "is not UTF-8", "save the file as UTF-8, or pass encoding=", code="encoding")
            raise UnreadableError
        yield line


def _is_text(line: str) -> bool:
    """Whether all bytes of a line were of characters."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_encoding(name: str) -> bool:
    try:
        return isinstance("".encode(name), bytes)
    except (LookupError, ValueError):
        return False


def _is_utf_8(name: str) -> bool:
    return codecs.lookup(name).name in {"utf-8", "utf-8-sig"}
