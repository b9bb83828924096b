"""Entries as LDIF: text that :mod:`o365prov.sources.ldif` and every other program reads back to the same values.

Source: RFC 2849, "The LDAP Data Interchange Format (LDIF)".
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

from o365prov.sources.directory.directory_entry import DirectoryEntry

_SAFE = re.compile(rb"(?:[!-9;=-~][ -~]*[!-~]|[!-9;=-~])?")


def ldif_lines(entries: Iterable[DirectoryEntry]) -> Iterator[str]:
    """The lines of a file with these entries, without their ends.

    Args:
        entries: the entries. An attribute of which not all values are known is written as one whose value is elsewhere.

    """
    yield "version: 1"
    for entry in entries:
        yield ""
        yield _line("dn", entry.dn.encode("utf-8", "surrogatepass"))
        for name, values in entry.attributes.items():
            yield from (_line(name, value) for value in values)
        yield from (f"{name}:<" for name in sorted(entry.incomplete))


def _line(name: str, value: bytes) -> str:
    """One attribute with its value: as it is, or in base64 where it could be misread."""
    if _SAFE.fullmatch(value):
        return f"{name}: {value.decode('ascii')}"
    return f"{name}:: {base64.b64encode(value).decode('ascii')}"
