"""The records of an LDIF file: its lines without folding and comments, in UTF-8.

Programs write more than RFC 2849 has: ``ldapsearch`` says at the end how the search went, and refers to other servers;
``ldifde -u`` writes UTF-16.

Sources: RFC 2849; OpenLDAP, "ldapsearch"; Microsoft, "Ldifde".
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from attrs import frozen

from o365prov.structuring import IssueList, UnreadableError, looks_wide

LONGEST_VALUE = 10 * 2**20
"""The most bytes of one value with its folded lines: a file with a longer one is not LDIF."""

_CHUNK = 2**20

_RESULT = re.compile(rb"(?:# )?result: *([0-9]{1,5})\b")
_END_OF_SEARCH = (b"search:", b"result:")
_REFERRAL = b"ref:"


@frozen
class LdifRecord:
    """The lines of an entry, without folding and comments.

    Args:
        lines: their bytes.
        first: the number of the first of them in the file, from 1.
        written: the lines as they stand in the file, from *first* on.

    """

    lines: Sequence[bytes]
    first: int
    written: Sequence[bytes]

    @property
    def place(self) -> str:
        """Where it begins, for messages."""
        return f"line {self.first}"

    def place_of(self, position: int) -> str:
        """Where the line at this position begins, for messages: it is counted for those alone."""
        return f"line {self.first + _beginnings(self.written)[position]}"


def _beginnings(written: Sequence[bytes]) -> list[int]:
    """Where each line of a block begins: not with a space, unless there is none before, and not as a comment."""
    return [number for number, line in enumerate(written) if line[:1] != b"#" and (number == 0 or line[:1] != b" ")]


def read_records(stream: BinaryIO, issues: IssueList) -> Iterator[LdifRecord]:
    """The lines of each entry, one entry after the other.

    Args:
        stream: the file, at its beginning.
        issues: where everything that is wrong is noted.

    Raises:
        UnreadableError: nothing more can be read; why is noted.

    """
    found = False
    for first, written in _blocks(stream, issues):
        if (record := _unfolded(first, written, issues)) is None:
            continue
        if not found:
            found = True
            if record.lines[0].lower().startswith(b"version:"):
                _check_version(record, issues)
                rest = (*_beginnings(record.written), len(record.written))[1]
                record = LdifRecord(record.lines[1:], record.first + rest, record.written[rest:])
        if record.lines and _is_entry(record, issues):
            yield record
    if not found:
        issues.note("", "holds no entries", "export it again", code="empty")


def _check_version(record: LdifRecord, issues: IssueList) -> None:
    if record.lines[0][8:].strip() != b"1":
        issues.note(record.place, "is not version 1 of LDIF", "export it as version 1", code="unsupported")
        raise UnreadableError


def _is_entry(record: LdifRecord, issues: IssueList) -> bool:
    """Whether it is an entry, and not what ldapsearch says besides."""
    first = record.lines[0]
    if first.startswith(_END_OF_SEARCH):
        for position, line in enumerate(record.lines):
            _check_result(record.place_of(position), line, issues)
        return False
    return not first.startswith(_REFERRAL)


def _check_result(place: str, content: bytes, issues: IssueList) -> None:
    """Note if ldapsearch says that it did not find everything."""
    said = _RESULT.match(content)
    if said and int(said[1]):
        issues.note(
            place,
            f"the search ended with LDAP's result {int(said[1])}, so the file does not have everybody",
            "export it again, in pages (-E pr=1000/noprompt) or with a higher limit",
            code="partial",
        )


def _unfolded(first: int, written: list[bytes], issues: IssueList) -> LdifRecord | None:
    """The lines of a block joined with their continuations, which begin with a space, and without comments."""
    starts = {line[:1] for line in written}
    if b"#" not in starts:  # the most frequent case
        is_folded = b" " in starts
        lines = b"\n".join(written).replace(b"\n ", b"").split(b"\n") if is_folded else written
        return LdifRecord(lines, first, written)
    lines = []
    folded: list[bytes] = []
    begins = 0
    for number, line in enumerate((*written, b"")):
        if line[:1] == b" " and folded:
            folded.append(line[1:])
            continue
        if folded:
            content = folded[0] if len(folded) == 1 else b"".join(folded)
            if content[:1] == b"#":
                _check_result(f"line {first + begins}", content, issues)
            else:
                lines.append(content)
        folded, begins = [line], number
    if not lines:
        return None
    beginning = _beginnings(written)[0]
    return LdifRecord(lines, first + beginning, written[beginning:])


def _blocks(stream: BinaryIO, issues: IssueList) -> Iterator[tuple[int, list[bytes]]]:
    """What stands between empty lines: the number of its first line, and its lines without their ends."""
    block: list[bytes] = []
    first = number = 1
    size = 0
    for lines in _lines(stream, issues):
        begin = 0
        for _ in range(lines.count(b"")):
            end = lines.index(b"", begin)
            block += lines[begin:end]
            if block:
                _check_sizes(first, block, issues)
                yield first, block
            begin = end + 1
            block, first, size = [], number + begin, 0
        rest = lines[begin:]
        block += rest
        number += len(lines)
        size += sum(map(len, rest))
        if size > LONGEST_VALUE:
            _check_sizes(first, block, issues)
    if block:
        _check_sizes(first, block, issues)
        yield first, block


def _check_sizes(first: int, block: list[bytes], issues: IssueList) -> None:
    """Refuse a value that is longer than any of a directory's; most blocks are shorter as a whole."""
    if len(block) * max(map(len, block)) <= LONGEST_VALUE:
        return
    begins = size = 0
    for number, line in enumerate(block):
        begins, size = (begins, size + len(line)) if line[:1] == b" " else (number, len(line))
        if size > LONGEST_VALUE:
            raise _too_long(first + begins, issues)


def _lines(stream: BinaryIO, issues: IssueList) -> Iterator[list[bytes]]:
    """The lines without their ends, some at a time."""
    rest, number = b"", 1
    try:
        for chunk in _chunks(stream):
            *lines, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
            yield lines
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
