"""Files in and out: reading text that may be damaged, and writing text completely or not at all."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

from o365prov.errors import Issue, SourceError
from o365prov.structuring.issue_list import IssueList, UnreadableError, shortened_path

StrPath = str | os.PathLike[str]

_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_bytes(path: StrPath, issues: IssueList) -> bytes:
    """The content of the file; what keeps it from being read is noted, and ends the reading."""
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        note_unreadable(error, issues)
        raise UnreadableError from error


def note_unreadable(error: OSError | ValueError, issues: IssueList) -> None:
    """Note why a file can't be opened."""
    if isinstance(error, FileNotFoundError):
        issues.note("", "no such file", "check the path", code="file_missing")
    elif isinstance(error, IsADirectoryError):
        issues.note("", "is a folder, not a file", "name the file in it", code="file_missing")
    else:
        what = f"can't be read ({(isinstance(error, OSError) and error.strerror) or error})"
        issues.note("", what, "check the file and its permissions", code="file_unreadable")


def load_text(path: StrPath, origin: str) -> str:
    """The text of a file that this package saved; raises SourceError, with *origin* as remedy, if it can't be read."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError, TypeError) as error:
        what = f"can't be read ({(isinstance(error, OSError) and error.strerror) or error})"
        raise SourceError(Issue("file_unreadable", what, origin, shortened_path(path))) from error


def looks_wide(start: bytes) -> bool:
    """Whether a file that begins with *start* is UTF-16, with a byte order mark or without."""
    return start.startswith(_WIDE_MARKS) or b"\0" in start[:4]


def read_text(path: StrPath, issues: IssueList) -> str:
    """The text of a UTF-8 file, with or without a byte order mark; any other encoding ends the reading."""
    content = read_bytes(path, issues)
    if looks_wide(content):
        issues.note("", "is UTF-16", "save it as UTF-8", code="encoding")
        raise UnreadableError
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        issues.note(f"line {line}", "is not UTF-8", "save the file as UTF-8", code="encoding")
        raise UnreadableError from error
    if not text.strip():
        issues.note("", "is empty", "export it again", code="empty")
        raise UnreadableError
    return text


def write_text(path: StrPath, text: str) -> None:
    """Write *text* to *path*, completely or not at all, for its owner alone; raises SourceError if it can't be written.

    It is on the disk when this returns. Two that write the same file at once have drafts of their own; the later wins.
    """
    import tempfile  # noqa: PLC0415 - what it imports takes time to load

    try:
        target = Path(path)
        descriptor, draft = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).replace(target)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except (OSError, ValueError, TypeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        remedy = "name a file in a folder that exists and may be written"
        raise SourceError(Issue("not_written", f"can't be written ({why})", remedy, shortened_path(path))) from error


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
