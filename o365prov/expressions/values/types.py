"""Kinds of values that are known without evaluating, and their names in messages."""

from __future__ import annotations

from collections.abc import Iterable

from o365prov.expressions.functions.registry import Kind

__all__ = ["NUMBERS", "common_kind", "in_words", "literal_kind"]

NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})


def literal_kind(value: object) -> Kind:
    """The kind of a literal."""
    match value:
        case None:
            return Kind.NULL
        case bool():
            return Kind.BOOLEAN
        case str():
            return Kind.TEXT
        case int():
            return Kind.INTEGER
    return Kind.NUMBER


def common_kind(kinds: Iterable[Kind | None]) -> Kind | None:
    """The kind of a value that may come from several parts; null beside others leaves theirs."""
    certain = {kind for kind in kinds if kind is not Kind.NULL}
    if not certain:
        return Kind.NULL
    return certain.pop() if len(certain) == 1 else None


def in_words(kind: Kind | None) -> str:
    """A kind with its article, as a sentence needs it."""
    if kind is None:
        return "this"
    return {
        Kind.TEXT: "a text",
        Kind.INTEGER: "an integer",
        Kind.NUMBER: "a number",
        Kind.BOOLEAN: "a Boolean",
        Kind.LIST: "an array",
        Kind.MAP: "a map",
        Kind.TIME: "a time",
        Kind.COUNTRY: "a country code",
        Kind.USER: "a user",
        Kind.NULL: "null",
        Kind.ANY: "a value",
    }[kind]
