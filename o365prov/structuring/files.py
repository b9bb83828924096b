"""Opening an export: the ways in which a file is not the text that it should be."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from o365prov.structuring.fault_list import FaultList, Unreadable

StrPath = str | os.PathLike[str]

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: StrPath, problems: FaultList) -> bytes:
    """The content of the file; what keeps it from being read is noted, and ends the reading."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        problems.note("", why_unreadable(error))
        raise Unreadable from error


def why_unreadable(error: OSError) -> str:
    """One phrase on a file that can't be opened, without the path, which the caller says."""
    if isinstance(error, FileNotFoundError):
        return "no such file: check the path"
    if isinstance(error, IsADirectoryError):
        return "a folder, not a file: name the file in it"
    return f"can't be read ({error.strerror}): check the file and its permissions"


def looks_wide(start: bytes) -> bool:
    """Whether a file that begins with *start* is UTF-16, with a byte order mark or without."""
    return start.startswith(_WIDE_MARKS) or b"\0" in start[:4]


def read_text(path: StrPath, problems: FaultList) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; any other encoding ends the reading."""
    content = read_bytes(path, problems)
    if looks_wide(content):
        problems.note("", "is UTF-16: save it as UTF-8")
        raise Unreadable
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.note(f"line {line}", "is not UTF-8: save the file as UTF-8")
        raise Unreadable from error
    if not text.strip():
        problems.note("", "is empty: export it again")
        raise Unreadable
    return text
