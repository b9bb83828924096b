"""The tables of the page about mapping, made from the data: ``python -m o365prov.profiles.reference_page``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping

from o365prov.profiles.attributes import ATTRIBUTES, Attribute
from o365prov.profiles.defaults import PROFILE_SYNC_DEFAULTS, UNIVERSAL_SYNC_DEFAULTS, USER_SYNC_DEFAULTS
from o365prov.profiles.username_formats import BUILT_IN

_TYPES = {"P": "Profile Sync", "U": "User Sync", "V": "Universal Sync"}
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "P": PROFILE_SYNC_DEFAULTS,
    "U": USER_SYNC_DEFAULTS,
    "V": UNIVERSAL_SYNC_DEFAULTS,
}


def tables() -> Iterator[str]:
    """Each table as MyST text."""
    yield _table(
        ("Okta's list", "Template in Okta's API", "Expression"),
        ((entry.label, _code(entry.template), _code(entry.expression) or entry.instead) for entry in BUILT_IN.values()),
    )
    yield _table(
        ("Attribute", "Label", "In Graph", *_TYPES.values(), "Default expression"),
        (
            (
                _code(row.name) + ("*" if row.directory_only else ""),
                row.label,
                _code(row.graph or "") or row.instead,
                *(_sent(row, letter) for letter in _TYPES),
                _code(next((rows[row.name] for rows in _DEFAULTS.values() if row.name in rows), "")),
            )
            for row in ATTRIBUTES.values()
            if set(row.types) & set("PcU")
        ),
    )
    yield _table(
        ("Attribute", "In Active Directory", "In Graph"),
        (
            (
                _code(row.name) + ("*" if row.directory_only else ""),
                _code(row.directory or ""),
                _code(row.graph or "") or row.instead,
            )
            for row in ATTRIBUTES.values()
            if row.types == "V"
        ),
    )


def _sent(row: Attribute, letter: str) -> str:
    if letter in row.types:
        return "mapped" if row.name in _DEFAULTS[letter] else "can be mapped"
    return "can be added" if letter == "P" and "c" in row.types else "-"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(columns)
    lines = [head, ["---"] * len(head), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write("\n".join(tables()))
