"""LDIF, the text format of directories (RFC 2849), as ``ldifde``, ``ldapsearch`` and Samba write it.

Entries are read one by one, so the size of the file does not matter. Content records and ``changetype: add`` are read;
other changes describe a difference and not people, and are refused. ``:<`` values, which refer to other files or
addresses, are never followed: the attribute is incomplete, and so is one of which the file has some ranges only
(``member;range=0-1499``), because a part of a group looks like a whole one.

A decision beyond the RFC: plain values may hold UTF-8, as many programs write it, and no other encoding; the file as a
whole may be UTF-16.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

from o365prov._annotations import check_call
from o365prov._fields import frozen_mapping, unchecked
from o365prov.people import DirectoryAccount
from o365prov.sources.directory.directory_account import directory_account, with_manager_upns
from o365prov.sources.directory.directory_entry import DirectoryEntry, EntryKind
from o365prov.sources.directory.ldif_records import LdifRecord, read_records
from o365prov.structuring import IssueList, StrPath, UnreadableError, note_unreadable

_NAME = re.compile(rb"([A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)+)((?:;[A-Za-z0-9=*-]+)*)")
_RANGE = re.compile(rb";range=([0-9]{1,9})-([0-9]{1,9}|\*)(?=;|\Z)", re.IGNORECASE)
_made_entry = unchecked(DirectoryEntry)  # one is made of each record, of values that are bytes already
_OPEN = 10**9
"""The end of the last range, which LDIF writes as an asterisk."""
_OTHER_CHANGES = frozenset({b"delete", b"modify", b"moddn", b"modrdn"})
_Ranges: TypeAlias = "dict[tuple[int, int], list[bytes]]"


class _Name(NamedTuple):
    """What stands before the first colon of a line: an attribute, in its spelling and in lower case, and a range.

    It is plain if it is neither a range nor says what is to be done with the entry.
    """

    spelling: str
    lower: str
    range: tuple[int, int] | None
    is_plain: bool


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
    accounts: dict[str, DirectoryAccount] = {}  # by objectGUID, as text: that is compared faster
    for entry in _entries(path, issues):
        if entry.kind is EntryKind.USER and (account := directory_account(entry, issues, instance=instance)):
            guid = account.attributes["externalID"]
            if guid in accounts:
                issues.note(
                    entry.place, "has the objectGUID of an earlier entry", "export each entry once", code="duplicate"
                )
            accounts[guid] = account
    issues.raise_if_any()
    return with_manager_upns(accounts.values())


def _entries(path: StrPath, issues: IssueList) -> Iterator[DirectoryEntry]:
    try:
        with Path(path).open("rb") as stream:
            for record in read_records(stream, issues):
                if entry := _entry(record, issues):
                    yield entry
    except OSError as error:
        note_unreadable(error, issues)
    except UnreadableError:
        return


def _entry(record: LdifRecord, issues: IssueList) -> DirectoryEntry | None:
    before = issues.count
    if not record.lines[0].lower().startswith(b"dn:"):
        what, remedy = "the entry does not begin with dn", "export it again: the file is damaged or is not LDIF"
        issues.note(record.place, what, remedy, code="damaged")
        return None
    dn = _dn(record, issues)
    attributes: dict[str, list[bytes]] = {}
    spellings: dict[str, str] = {}
    ranges: dict[str, _Ranges] = {}
    incomplete: set[str] = set()
    for position, line in enumerate(record.lines[1:], 1):
        before_colon, _, octets = line.partition(b":")
        named = _name(before_colon)
        if named is not None and named.is_plain and octets[:1] == b" " and octets.isascii():  # the most frequent case
            if (name := named.lower) in attributes:
                attributes[name].append(octets.lstrip(b" "))
            else:
                attributes[name] = [octets.lstrip(b" ")]
                spellings.setdefault(name, named.spelling)
            continue
        if (attribute := _attribute(record, position, issues)) is None:
            continue
        (spelling, lower, span, _), value = attribute
        if lower in {"changetype", "control"}:
            if lower == "changetype" and value is not None and value.lower() == b"add":
                continue
            _refuse_change(record.place_of(position), lower, value, issues)
            return None
        spellings.setdefault(lower, spelling)
        if value is None:
            incomplete.add(lower)
        elif span is None:
            attributes.setdefault(lower, []).append(value)
        else:
            ranges.setdefault(lower, {}).setdefault(span, []).append(value)
    for name, parts in ranges.items():
        whole = _joined(parts)
        if whole is None:
            incomplete.add(name)
        else:
            attributes[name] = whole
    if dn is None or issues.count > before:
        return None
    for name in incomplete:
        attributes.pop(name, None)
    by_lower_name = {name: tuple(each) for name, each in attributes.items()}
    values = frozen_mapping({spellings[name]: each for name, each in by_lower_name.items()})
    entry = _made_entry(dn, values, frozenset(spellings[name] for name in incomplete), record.place)
    object.__setattr__(entry, "_by_lower_name", by_lower_name)  # which it would make of them
    return entry


def _refuse_change(place: str, word: str, value: bytes | None, issues: IssueList) -> None:
    change = (value or b"").lower()
    named = f"{word}: {change.decode()}" if change in _OTHER_CHANGES else f"a {word}"
    what = f"{named}: only entries are read, not changes"
    issues.note(place, what, "export the entries", code="unsupported")


def _joined(parts: _Ranges) -> list[bytes] | None:
    """The values of an attribute that came in ranges; None if they are not all of them."""
    values: list[bytes] = []
    last = 0
    for (begin, end), found in sorted(parts.items()):
        if begin != len(values) or (end is not _OPEN and end - begin + 1 != len(found)):
            return None
        values += found
        last = end
    return values if last is _OPEN else None


def _dn(record: LdifRecord, issues: IssueList) -> str | None:
    attribute = _attribute(record, 0, issues)
    if attribute is None:
        return None
    place = record.place
    if (value := attribute[1]) is None:
        what, remedy = "dn: a value at an address (:<) is not fetched", "export the value itself"
        issues.note(place, what, remedy, code="unsupported")
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        issues.note(place, "the dn is not UTF-8", "export it again", code="encoding")
        return None


def _attribute(record: LdifRecord, position: int, issues: IssueList) -> tuple[_Name, bytes | None] | None:
    """The attribute of a line and its value, None for one that is elsewhere; None and a note if the line is wrong."""
    before_colon, colon, value = record.lines[position].partition(b":")
    name = _name(before_colon) if colon else None
    if name is not None and value[:1] == b":":
        try:
            return name, base64.b64decode(value[1:].strip(b" "), validate=True)
        except binascii.Error:
            what, remedy = "is not base64", "export it again: the value is damaged"
            issues.note(record.place_of(position), f"{before_colon.decode()}: {what}", remedy, code="damaged")
            return None
    if name is not None and value.isascii() and value[:1] != b"<":
        return name, value.lstrip(b" ")
    place = record.place_of(position)
    if name is None:
        what, remedy = "is not an attribute with a value (name: value)", "export it again: the file is damaged"
        issues.note(place, what, f"{remedy} or is not LDIF", code="damaged")
        return None
    if value.startswith(b"<"):
        return name, None
    if not value.isascii() and not _is_utf_8(value):
        what = f"{before_colon.decode()}: is neither ASCII nor UTF-8"
        issues.note(place, what, "save the file as UTF-8", code="encoding")
        return None
    return name, value.lstrip(b" ")


@lru_cache(maxsize=1_000)
def _name(before_colon: bytes) -> _Name | None:
    """The attribute that stands there; None if it is none."""
    found = _NAME.fullmatch(before_colon)
    if found is None:
        return None
    spelling = found[1].decode()
    part = _RANGE.search(found[2])
    span = (int(part[1]), _OPEN if part[2] == b"*" else int(part[2])) if part else None
    lower = spelling.lower()
    return _Name(spelling, lower, span, span is None and lower not in {"changetype", "control"})


def _is_utf_8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
