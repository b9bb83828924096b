"""The settings that a plan was made under, in words: for the audit, which says who changed them and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

import attrs

from o365prov.expressions import Expression
from o365prov.profiles import ProfileMapping


def settings_in_words(settings: attrs.AttrsInstance) -> Mapping[str, str]:
    """Each setting by its name, with dots into those that hold others, such as ``provisioning.create_users``.

    Args:
        settings: a value whose fields are settings, such as an app.

    >>> from o365prov.people import LicenseGrant
    >>> settings_in_words(LicenseGrant("SPE_E3"))
    {'sku': 'SPE_E3', 'service_plans': ''}
    """
    return dict(_fields(settings))


def _fields(owner: attrs.AttrsInstance, prefix: str = "") -> Iterator[tuple[str, str]]:
    for each in attrs.fields(type(owner)):
        if each.init and not each.name.startswith("_"):
            yield from _named(f"{prefix}{each.name}", getattr(owner, each.name))


def _named(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, ProfileMapping):
        yield from ((f"{name}.{row.attribute.name}", f"{row.expression} ({row.apply_on.value})") for row in value)
    elif attrs.has(type(value)) and not isinstance(value, Expression):
        yield name, type(value).__name__
        yield from _fields(value, f"{name}.")
    elif isinstance(value, Mapping):
        yield from ((f"{name}.{key}", _words(each)) for key, each in sorted(value.items(), key=str))
    else:
        yield name, _words(value)


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, frozenset | set):
        return ", ".join(sorted(map(_words, value)))
    if isinstance(value, tuple | list):
        return ", ".join(map(_words, value))
    return str(value)
