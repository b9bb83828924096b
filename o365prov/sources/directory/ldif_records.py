"""The records of an LDIF file: its lines without folding and comments, in UTF-8.

Programs write more than RFC 2849 has: ``ldapsearch`` says at the end how the search went, and refers to other servers;
``ldifde -u`` writes UTF-16.

Sources: RFC 2849; OpenLDAP, "ldapsearch"; Microsoft, "Ldifde".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, NamedTuple

from o365prov.structuring import IssueList, UnreadableError, looks_wide

LONGEST_VALUE = 10 * 2**20
"""The most bytes of one value with its folded lines: a file with a longer one is not LDIF."""

_CHUNK = 2**20

_RESULT = re.compile(rb"(?:# )?result: *([0-9]{1,5})\b")
_END_OF_SEARCH = (b"search:", b"result:")
_REFERRAL = b"ref:"


class Line(NamedTuple):
    """A line with its folded lines: the number of the first one in the file, from 1, and the bytes."""

    number: int
    content: bytes


def read_records(stream: BinaryIO, issues: IssueList) -> Iterator[list[Line]]:
    """The lines of each entry, one entry after the other.

    Args:
        stream: the file, at its beginning.
        issues: where everything that is wrong is noted.

    Raises:
        UnreadableError: nothing more can be read; why is noted.

    """
    record: list[Line] = []
    found = False
    for line in _logical_lines(stream, issues):
        if not line.content:
            if record and _is_entry(record, issues):
                yield record
            record = []
        elif found:
            record.append(line)
        else:
            found = True
            if not line.content.lower().startswith(b"version:"):
                record.append(line)
            elif line.content[8:].strip() != b"1":
                place = f"line {line.number}"
                issues.note(place, "is not version 1 of LDIF", "export it as version 1", code="unsupported")
                raise UnreadableError
    if record and _is_entry(record, issues):
        yield record
    if not found:
        issues.note("", "holds no entries", "export it again", code="empty")


def _is_entry(record: list[Line], issues: IssueList) -> bool:
    """Whether it is an entry, and not what ldapsearch says besides."""
    first = record[0].content
    if first.startswith(_END_OF_SEARCH):
        for line in record:
            _check_result(line, issues)
        return False
    return not first.startswith(_REFERRAL)


def _check_result(line: Line, issues: IssueList) -> None:
    """Note if ldapsearch says that it did not find everything."""
    said = _RESULT.match(line.content)
    if said and int(said[1]):
        issues.note(
            f"line {line.number}",
            f"the search ended with LDAP's result {int(said[1])}, so the file does not have everybody",
            "export it again, in pages (-E pr=1000/noprompt) or with a higher limit",
            code="partial",
        )


def _logical_lines(stream: BinaryIO, issues: IssueList) -> Iterator[Line]:
    """Lines joined with their continuations, which begin with a space, and without comments."""
    folded: list[bytes] = []
    first = size = 0
    for number, line in enumerate(chain(_physical_lines(stream, issues), [b""]), 1):
        if line[:1] == b" " and folded and folded[0]:
            folded.append(line[1:])
            size += len(line)
        else:
            if folded:
                content = folded[0] if len(folded) == 1 else b"".join(folded)
                if content[:1] == b"#":
                    _check_result(Line(first, content), issues)
                else:
                    yield Line(first, content)
            folded, first, size = [line], number, len(line)
        if size > LONGEST_VALUE:
            raise _too_long(first, issues)


def _physical_lines(stream: BinaryIO, issues: IssueList) -> Iterator[bytes]:
    """The lines without their ends."""
    rest, number = b"", 1
    try:
        for chunk in _chunks(stream):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line[:-1] if line[-1:] == b"\r" else line
            number += len(lines)
            if len(rest) > LONGEST_VALUE:
                raise _too_long(number, issues)
    except UnicodeDecodeError:
        rest = b"half a character"
    if rest:
        issues.note(f"line {number}", "the file ends in the middle of a line", "export it again", code="damaged")
        raise UnreadableError


def _too_long(number: int, issues: IssueList) -> UnreadableError:
    what = f"has more than the {LONGEST_VALUE:,} bytes of a value"
    issues.note(f"line {number}", what, "is this LDIF?", code="too_long")
    return UnreadableError()


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The content in UTF-8, piece by piece, without a byte order mark."""
    start = stream.read(4)
    wide = looks_wide(start)
    marks = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) if wide else (codecs.BOM_UTF8,)
    mark = next((each for each in marks if start.startswith(each)), b"")
    stream.seek(len(mark))
    chunks = iter(lambda: stream.read(_CHUNK), b"")
    if not wide:
        return chunks
    is_little = mark == codecs.BOM_UTF16_LE or (not mark and start[1:2] == b"\0")
    decoded = codecs.iterdecode(chunks, "utf-16-le" if is_little else "utf-16-be", "surrogatepass")
    return (text.encode("utf-8", "surrogatepass") for text in decoded)
