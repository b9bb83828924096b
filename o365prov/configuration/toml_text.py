"""Values as TOML text: plain keys before tables, and one line for each key; what is written reads back the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.errors import UsageError

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SHORT = 100
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def toml_text(document: Mapping[str, Any]) -> str:
    """A document as TOML text.

    Args:
        document: strings, whole numbers, finite numbers, true and false, lists of them, and tables.

    Raises:
        UsageError: a string holds half a character, which no file can hold.

    >>> print(toml_text({"name": "Corp", "org": {"jit_ad_instances": []}, "username": {"format": "Email"}}), end="")
    name = "Corp"
    username = { format = "Email" }
    <BLANKLINE>
    [org]
    jit_ad_instances = []

    """
    return "\n".join(_table(document, ())).strip("\n") + "\n"


def _table(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in table.items() if not _is_section(value)}
    sections = {key: value for key, value in table.items() if _is_section(value)}
    if path and (plain or not sections):
        yield f"\n[{'.'.join(map(toml_key, path))}]"
    yield from (f"{toml_key(key)} = {toml_value(value)}" for key, value in plain.items())
    for key, value in sections.items():
        if isinstance(value, Mapping):
            yield from _table(value, (*path, key))
            continue
        for each in value:
            yield f"\n[[{'.'.join(map(toml_key, (*path, key)))}]]"
            yield from (f"{toml_key(name)} = {toml_value(inner)}" for name, inner in each.items())


def _is_section(value: object) -> bool:
    """Whether it is written under a heading of its own: a table that does not fit into a line, or more than one."""
    if isinstance(value, Mapping):
        return len(value) > 2 or any(isinstance(each, Mapping | list) for each in value.values()) or not value
    return (
        isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) and len(each) > 2 for each in value)
    )


def toml_key(key: str) -> str:
    """A key, in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else _quoted(key)


def toml_value(value: Any) -> str:
    r"""A value on one line; a long list with a line for each element.

    >>> toml_value('String.toUpperCase("x")'), toml_value([1, True]), toml_value({"a": 0.5})
    ('\'String.toUpperCase("x")\'', '[1, true]', '{ a = 0.5 }')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str():
            return _string(value)
        case Mapping():
            return f"{{ {', '.join(f'{toml_key(key)} = {toml_value(each)}' for key, each in value.items())} }}"
        case _:
            elements = [toml_value(each) for each in value]
            line = f"[{', '.join(elements)}]"
            return line if len(line) <= _SHORT else "[\n" + "".join(f"  {each},\n" for each in elements) + "]"


def _string(text: str) -> str:
    """In single quotes where that reads better, as in most expressions."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return _quoted(text)


def _quoted(text: str) -> str:
    escaped = "".join(_ESCAPES.get(each) or (each if each.isprintable() else _escape(each)) for each in text)
    return f'"{escaped}"'


def _escape(char: str) -> str:
    if "\ud800" <= char <= "\udfff":
        raise UsageError("a string holds half a character (a lone surrogate): correct it before it is saved")
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
