"""LDIF, the text format of directories (RFC 2849), as ``ldifde``, ``ldapsearch`` and Samba write it.

Entries are read one by one, so the size of the file does not matter. Content records and ``changetype: add`` are read;
other changes describe a difference and not people, and are refused. ``:<`` values, which refer to other files or
addresses, are never followed.

Decisions beyond the RFC: plain values may hold UTF-8, as many programs write it, and no other encoding; an attribute in
ranges (``member;range=0-1499``) is refused, because a part of a group looks like a whole one.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from o365prov._annotations import check_call
from o365prov.people import DirectoryAccount
from o365prov.sources.directory_account import directory_account, with_manager_upns
from o365prov.sources.directory_entry import DirectoryEntry, EntryKind
from o365prov.structuring import IssueList, StrPath, UnreadableError, looks_wide, note_unreadable

LONGEST_VALUE = 10 * 2**20
"""The most bytes of one value with its folded lines: a file with a longer one is not LDIF."""

_ATTRIBUTE = re.compile(rb"([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)((?:;[A-Za-z0-9=*-]+)*):(:|<|) *(.*)", re.DOTALL)
_OTHER_CHANGES = frozenset({b"delete", b"modify", b"moddn", b"modrdn"})


@frozen
class _Line:
    """A line with its folded lines; *number* is that of the first one."""

    number: int
    content: bytes


def read_entries(path: StrPath) -> Iterator[DirectoryEntry]:
    """Read the entries of an LDIF file one by one: users, groups, contacts, resources and all others.

    Args:
        path: the file.

    Raises:
        SourceError: everything that is wrong, once the file has been read to its end. Entries that are right were
            given before, so a caller who needs all of them waits for the last one.

    Source: RFC 2849, "The LDAP Data Interchange Format (LDIF)".

    """
    check_call(read_entries, locals())
    issues = IssueList(str(path))
    yield from _entries(path, issues)
    issues.raise_if_any()


def read_accounts(path: StrPath, *, instance: str | None = None) -> tuple[DirectoryAccount, ...]:
    """Read the accounts of the people in an LDIF file, without groups, contacts, resources and computers.

    Args:
        path: the file.
        instance: the name of the directory; the domain in each entry's name unless it is given.

    Raises:
        SourceError: everything that is wrong: damaged LDIF, a user without objectGUID, two users with the same one.

    """
    check_call(read_accounts, locals())
    issues = IssueList(str(path))
    accounts: dict[str, DirectoryAccount] = {}
    for entry in _entries(path, issues):
        if entry.kind is EntryKind.USER and (account := directory_account(entry, issues, instance=instance)):
            if account.anchor in accounts:
                issues.note(
                    entry.place, "has the objectGUID of an earlier entry", "export each entry once", code="duplicate"
                )
            accounts[account.anchor] = account
    issues.raise_if_any()
    return with_manager_upns(accounts.values())


def _entries(path: StrPath, issues: IssueList) -> Iterator[DirectoryEntry]:
    try:
        with Path(path).open("rb") as stream:
            for record in _records(stream, issues):
                if entry := _entry(record, issues):
                    yield entry
    except OSError as error:
        note_unreadable(error, issues)
    except UnreadableError:
        return


def _records(stream: BinaryIO, issues: IssueList) -> Iterator[list[_Line]]:
    """The lines of each entry, without comments and the version."""
    record: list[_Line] = []
    found = False
    for line in _logical_lines(stream, issues):
        if line.content and not found:
            found = True
            if line.content.lower().startswith(b"version:"):
                if line.content[8:].strip() != b"1":
                    issues.note(
                        f"line {line.number}", "is not version 1 of LDIF", "export it as version 1", code="unsupported"
                    )
                    raise UnreadableError
                continue
        if line.content:
            record.append(line)
        elif record:
            yield record
            record = []
    if record:
        yield record
    if not found:
        issues.note("", "holds no entries", "export it again", code="empty")


def _logical_lines(stream: BinaryIO, issues: IssueList) -> Iterator[_Line]:
    """Lines joined with their continuations, which begin with a space, and without comments."""
    number = 0
    content: bytearray | None = None
    for here, line in _physical_lines(stream, issues):
        if line.startswith(b" ") and content:
            content += line[1:]
            if len(content) > LONGEST_VALUE:
                issues.note(
                    f"line {number}", f"the value has more than {LONGEST_VALUE} bytes", "is this LDIF?", code="too_long"
                )
                raise UnreadableError
            continue
        if content is not None and not content.startswith(b"#"):
            yield _Line(number, bytes(content))
        number, content = here, bytearray(line)
    if content is not None and not content.startswith(b"#"):
        yield _Line(number, bytes(content))


def _physical_lines(stream: BinaryIO, issues: IssueList) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := stream.readline(LONGEST_VALUE + 1):
        number += 1
        if number == 1:
            if looks_wide(line):
                issues.note(
                    "", "is UTF-16 (ldifde -u writes it)", "export it without -u, or save it as UTF-8", code="encoding"
                )
                raise UnreadableError
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.endswith(b"\n"):
            if len(line) <= LONGEST_VALUE:
                issues.note(
                    f"line {number}", "the file ends in the middle of a line", "export it again", code="damaged"
                )
            else:
                issues.note(f"line {number}", "is longer than a value can be", "is this LDIF?", code="too_long")
            raise UnreadableError
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")


def _entry(record: list[_Line], issues: IssueList) -> DirectoryEntry | None:
    before = issues.count
    first = record[0]
    if not first.content.lower().startswith(b"dn:"):
        issues.note(
            f"line {first.number}",
            "the entry does not begin with dn",
            "export it again: the file is damaged or is not LDIF",
            code="damaged",
        )
        return None
    dn = _dn(first, issues)
    attributes: dict[str, list[bytes]] = {}
    spellings: dict[str, str] = {}
    for line in record[1:]:
        if (pair := _attribute(line, issues)) is None:
            continue
        name, value = pair
        match name.lower():
            case "changetype" if value.lower() == b"add":
                continue
            case "changetype" | "control" as word:
                named = f"{word}: {value.decode().lower()}" if value.lower() in _OTHER_CHANGES else f"a {word}"
                issues.note(
                    f"line {line.number}",
                    f"{named}: only entries are read, not changes",
                    "export the entries",
                    code="unsupported",
                )
                return None
            case lower:
                attributes.setdefault(spellings.setdefault(lower, name), []).append(value)
    if dn is None or issues.count > before:
        return None
    return DirectoryEntry(dn, attributes, place=f"line {first.number}")


def _dn(line: _Line, issues: IssueList) -> str | None:
    match _attribute(line, issues):
        case (_, value):
            try:
                return value.decode()
            except UnicodeDecodeError:
                issues.note(f"line {line.number}", "the dn is not UTF-8", "export it again", code="encoding")
    return None


def _attribute(line: _Line, issues: IssueList) -> tuple[str, bytes] | None:
    """Name and value of a line, or None and a note."""
    place = f"line {line.number}"
    if not (parts := _ATTRIBUTE.fullmatch(line.content)):
        issues.note(
            place,
            "is not an attribute with a value (name: value)",
            "export it again: the file is damaged or is not LDIF",
            code="damaged",
        )
        return None
    name, options, mark, value = parts.groups()
    described = (name + options).decode()
    if b";range=" in options.lower():
        issues.note(
            place, f"{described}: values in ranges are not read", "export the whole attribute", code="unsupported"
        )
        return None
    if mark == b"<":
        issues.note(
            place,
            f"{described}: a value at an address (:<) is not fetched",
            "export the value itself",
            code="unsupported",
        )
        return None
    if mark == b":":
        try:
            return name.decode(), base64.b64decode(value.rstrip(), validate=True)
        except binascii.Error:
            issues.note(place, f"{described}: is not base64", "export it again: the value is damaged", code="damaged")
            return None
    try:
        value.decode()
    except UnicodeDecodeError:
        issues.note(place, f"{described}: is neither ASCII nor UTF-8", "save the file as UTF-8", code="encoding")

        return None
    return name.decode(), value
