"""Distinguished names, of which directories and people write the same one in different ways.

Source: RFC 4514, "Lightweight Directory Access Protocol (LDAP): String Representation of Distinguished Names"; the
quotation marks, semicolons and spaces of older writers are those of RFC 1779 and RFC 2253.
"""

from __future__ import annotations

import re

from o365prov._annotations import check_after_failure

_SEPARATORS = frozenset('\\,+;"')
_PAIR = re.compile(r"\\(?:([0-9A-Fa-f]{2}(?:\\[0-9A-Fa-f]{2})*)|(.))", re.DOTALL)
_PART = re.compile(r' *([A-Za-z0-9.-]+) *= *(?:"((?:[^\\"]|\\.)*)" *|((?:[^\\",;+]|\\.)*))([,;+]|\Z)', re.DOTALL)


@check_after_failure
def comparable_name(name: str) -> str:
    r"""A name in the form in which equal names are equal strings: in lower case, and with one way of escaping.

    What is not a distinguished name, such as a username or what somebody wrote in place of a name, is only in lower
    case.

    Args:
        name: a distinguished name, or another one.

    Source: RFC 4514; Microsoft, "Distinguished Names".

    >>> comparable_name(r"CN=Lee\2C Ann, OU=Staff,dc=Corp") == comparable_name(r"cn=Lee\, Ann,ou=Staff,DC=corp")
    True
    >>> comparable_name("Ann.Lee@corp.example")
    'ann.lee@corp.example'
    """
    parts = None if _is_plain(name) else _parts(name)
    if parts is None:
        return name.lower()
    return ",".join("+".join(sorted(f"{kind}={_escaped(value)}" for kind, value in part)) for part in parts)


@check_after_failure
def domain_of(name: str) -> str:
    r"""The DNS domain that a distinguished name ends in, in lower case; empty if it names none.

    Args:
        name: the distinguished name.

    Source: RFC 2247, "Using Domains in LDAP/X.500 Distinguished Names".

    >>> domain_of(r"CN=Doe\, Jane,OU=Staff,DC=Corp,DC=example")
    'corp.example'
    """
    if _is_plain(name):
        return ".".join(part[3:] for part in name.lower().split(",") if part.startswith("dc="))
    parts = _parts(name) or []
    return ".".join(value for part in parts for kind, value in part if kind == "dc")


def _is_plain(name: str) -> bool:
    """Whether a name has nothing that can be written in more than one way, beside the case."""
    escapes = "\\" in name or '"' in name or "+" in name or ";" in name
    return not (escapes or ", " in name or " ," in name or "= " in name or " =" in name)


def _parts(name: str) -> list[list[tuple[str, str]]] | None:
    """The relative names with their types and values in lower case; None if it is not a distinguished name."""
    parts: list[list[tuple[str, str]]] = []
    mark = ","
    position = 0
    while mark:
        found = _PART.match(name, position)
        if found is None:
            return None
        kind, quoted, plain, following = found.groups()
        value = _unescaped(quoted if quoted is not None else _trimmed(plain))
        if mark == "+":
            parts[-1].append((kind.lower(), value.lower()))
        else:
            parts.append([(kind.lower(), value.lower())])
        mark, position = following, found.end()
    return parts


def _trimmed(value: str) -> str:
    """A value without the spaces at its end, of which an escaped one belongs to it."""
    trimmed = value.rstrip(" ")
    odd = (len(trimmed) - len(trimmed.rstrip("\\"))) % 2
    return value[: len(trimmed) + odd]


def _unescaped(value: str) -> str:
    return _PAIR.sub(_character, value) if "\\" in value else value


def _character(pair: re.Match[str]) -> str:
    digits, other = pair.groups()
    if digits is None:
        return str(other)
    return bytes.fromhex(digits.replace("\\", "")).decode("utf-8", "backslashreplace")


def _escaped(value: str) -> str:
    escaped = "".join(f"\\{each}" if each in _SEPARATORS else each for each in value)
    if escaped.endswith(" "):
        escaped = f"{escaped[:-1]}\\ "
    return f"\\{escaped}" if escaped.startswith(" ") else escaped
