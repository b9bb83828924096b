"""Kinds of values that are known without evaluating, and their names in messages."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class ValueType(Enum):
    """What a parameter takes or a function gives; the value is the word that people read."""

    STRING = "String"
    INTEGER = "Integer"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    LIST = "Array"
    MAP = "Map"
    TIME = "Time"
    COUNTRY = "CountryCode"
    USER = "User"
    NULL = "null"
    ANY = "Object"


NUMBERS = frozenset({ValueType.INTEGER, ValueType.NUMBER})


def literal_kind(value: object) -> ValueType:
    """The kind of a literal."""
    match value:
        case None:
            return ValueType.NULL
        case bool():
            return ValueType.BOOLEAN
        case str():
            return ValueType.STRING
        case int():
            return ValueType.INTEGER
    return ValueType.NUMBER


def common_kind(kinds: Iterable[ValueType | None]) -> ValueType | None:
    """The kind of a value that may come from any of some parts; null beside others leaves the kind of the others."""
    certain = {kind for kind in kinds if kind is not ValueType.NULL}
    if not certain:
        return ValueType.NULL
    return certain.pop() if len(certain) == 1 else None


def in_words(kind: ValueType | None) -> str:
    """A kind with its article, as a sentence needs it."""
    if kind is None:
        return "this"
    return {
        ValueType.STRING: "a string",
        ValueType.INTEGER: "an integer",
        ValueType.NUMBER: "a number",
        ValueType.BOOLEAN: "a Boolean",
        ValueType.LIST: "an array",
        ValueType.MAP: "a map",
        ValueType.TIME: "a time",
        ValueType.COUNTRY: "a country code",
        ValueType.USER: "a user",
        ValueType.NULL: "null",
        ValueType.ANY: "a value",
    }[kind]
