"""Methods of strings, arrays, numbers and country codes (Expression Language in Identity Engine)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from o365prov.expressions.functions import strings
from o365prov.expressions.functions.arrays import contains, make_add, make_flatten, remove_first
from o365prov.expressions.functions.convert import round_half_up
from o365prov.expressions.functions.function import Function, Parameter
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.values.conversion import length, parse_double
from o365prov.expressions.values.country_codes import CountryCode, find_country
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.types import ValueType

_ENGINE = frozenset({Dialect.IDENTITY_ENGINE})
_TEXT = (ValueType.STRING,)
_LIST = (ValueType.LIST,)


def _contains(receiver: Any, value: object) -> bool:
    if isinstance(receiver, str):
        return isinstance(value, str) and value in receiver
    return contains(receiver, value)


def _substring(options: EvaluationOptions) -> Callable[..., str]:
    cut = strings.substring(options)

    def substring(text: str, start: int, end: int | None = None) -> str:
        return cut(text, start, length(text) if end is None else end)

    return substring


def _to_integer(value: Any) -> int:
    return round_half_up(parse_double(value) if isinstance(value, str) else float(value))


def _to_number(value: Any) -> float:
    return parse_double(value) if isinstance(value, str) else float(value)


def _version(text: str, blame: int) -> list[int]:
    parts = text.strip().split(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts):
        raise EvaluationFailure(
            "{operand} is a string that is not a version", remedy="versions are numbers with dots: 14.2.1", blame=blame
        )
    numbers = [int(part) for part in parts]
    while numbers and not numbers[-1]:
        numbers.pop()  # 14.2 and 14.2.0 are one version
    return numbers


def _greater(version: str, other: str) -> bool:
    return _version(version, 0) > _version(other, 1)


def _less(version: str, other: str) -> bool:
    return _version(version, 0) < _version(other, 1)


def _parse_country(options: EvaluationOptions) -> Callable[[str], CountryCode | None]:
    def parse(text: str) -> CountryCode | None:
        found = find_country(text, names=True)
        if found is None and options.semantics.unknown_country == "error":
            raise EvaluationFailure(
                "{operand} is not a country", remedy="write it like US, USA, 840 or United States", blame=0
            )
        return found

    return parse


def _row(
    name: str,
    receivers: tuple[ValueType, ...],
    result: ValueType,
    implementation: Callable[..., Any],
    doc: str,
    *examples: tuple[str, Any],
    takes: tuple[Parameter, ...] = (),
    **more: Any,
) -> Function:
    return Function(name, takes, result, implementation, doc, examples, receivers=receivers, dialects=_ENGINE, **more)


def _text(name: str, **more: Any) -> Parameter:
    return Parameter(name, ValueType.STRING, **more)


_VALUE = (Parameter("value", ValueType.ANY, nullable=True),)
_VERSION = (_text("version"),)
_REPLACED = (_text("match"), _text("replacement"))
_NUMERIC = (ValueType.STRING, ValueType.NUMBER, ValueType.INTEGER)

FUNCTIONS = (
    _row("toUpperCase", _TEXT, ValueType.STRING, str.upper, "In capitals.", ("'test'.toUpperCase()", "TEST")),
    _row("toLowerCase", _TEXT, ValueType.STRING, str.lower, "In small letters.", ("'TEST'.toLowerCase()", "test")),
    _row(
        "substring",
        _TEXT,
        ValueType.STRING,
        _substring,
        "Characters from start, counted from 0, up to end, which is excluded, or to the string's end.",
        ("'test'.substring(1)", "est"),
        ("'test'.substring(1, 3)", "es"),
        takes=(Parameter("start", ValueType.INTEGER), Parameter("end", ValueType.INTEGER, optional=True)),
        by_options=True,
        question="substring_past_end",
    ),
    _row(
        "replace",
        _TEXT,
        ValueType.STRING,
        strings.replace,
        "Every occurrence replaced; the match is literal.",
        ("'hello'.replace('l', 'p')", "heppo"),
        takes=_REPLACED,
        by_options=True,
    ),
    _row(
        "replaceFirst",
        _TEXT,
        ValueType.STRING,
        strings.replace_first,
        "The first occurrence replaced; the match is literal.",
        ("'hello'.replaceFirst('l', 'p')", "heplo"),
        takes=_REPLACED,
    ),
    _row("length", _TEXT, ValueType.INTEGER, length, "The number of characters.", ("'test'.length()", 4)),
    _row(
        "removeSpaces",
        _TEXT,
        ValueType.STRING,
        strings.remove_spaces,
        "The string without blanks, tabs and line breaks.",
        ("'This is a test'.removeSpaces()", "Thisisatest"),
    ),
    _row(
        "substringBefore",
        _TEXT,
        ValueType.STRING,
        strings.substring_before,
        'What precedes the first occurrence; "" without one.',
        ("'a@b'.substringBefore('@')", "a"),
        takes=(_text("substring"),),
        by_options=True,
        question="substring_before_without_hit",
    ),
    _row(
        "substringAfter",
        _TEXT,
        ValueType.STRING,
        strings.substring_after,
        'What follows the first occurrence; "" without one.',
        ("'a@b'.substringAfter('@')", "b"),
        takes=(_text("substring"),),
    ),
    _row(
        "versionGreaterThan",
        _TEXT,
        ValueType.BOOLEAN,
        _greater,
        "Whether a version is newer, number by number.",
        ("'14.10'.versionGreaterThan('14.2.1')", True),
        takes=_VERSION,
    ),
    _row(
        "versionLessThan",
        _TEXT,
        ValueType.BOOLEAN,
        _less,
        "Whether a version is older, number by number.",
        ("'9.43'.versionLessThan('10.0')", True),
        takes=_VERSION,
    ),
    _row(
        "toInteger",
        _NUMERIC,
        ValueType.INTEGER,
        _to_integer,
        "The nearest integer, of which the low 32 bits are kept; half goes up.",
        ("'1.5'.toInteger()", 2),
        ("'-2147483649'.toInteger()", 2147483647),
    ),
    _row(
        "toNumber",
        _NUMERIC,
        ValueType.NUMBER,
        _to_number,
        "A string as a number.",
        ("'1.1'.toNumber()", 1.1),
    ),
    _row(
        "parseCountryCode",
        _TEXT,
        ValueType.COUNTRY,
        _parse_country,
        "The country of a code or an English name.",
        ("'United States'.parseCountryCode()", "US"),
        by_options=True,
        question="unknown_country",
    ),
    _row(
        "toAlpha2",
        (ValueType.COUNTRY,),
        ValueType.STRING,
        lambda code: code.alpha2,
        "Its two letters.",
        ("'USA'.parseCountryCode().toAlpha2()", "US"),
    ),
    _row(
        "toAlpha3",
        (ValueType.COUNTRY,),
        ValueType.STRING,
        lambda code: code.alpha3,
        "Its three letters.",
        ("'840'.parseCountryCode().toAlpha3()", "USA"),
    ),
    _row(
        "toNumeric",
        (ValueType.COUNTRY,),
        ValueType.STRING,
        lambda code: code.numeric,
        "Its three digits.",
        ("'US'.parseCountryCode().toNumeric()", "840"),
    ),
    _row(
        "toName",
        (ValueType.COUNTRY,),
        ValueType.STRING,
        lambda code: code.name,
        "Its English name.",
        ("'IN'.parseCountryCode().toName()", "India"),
    ),
    _row(
        "contains",
        (ValueType.STRING, ValueType.LIST),
        ValueType.BOOLEAN,
        _contains,
        "Whether a string occurs in another, or an element of the array equals the value, case included.",
        ("'This is a test'.contains('test')", True),
        ("{1, 2, 3}.contains('one')", False),
        takes=_VALUE,
    ),
    _row("size", _LIST, ValueType.INTEGER, len, "The number of elements.", ("{'one', 'two'}.size()", 2)),
    _row(
        "isEmpty",
        _LIST,
        ValueType.BOOLEAN,
        lambda array: not array,
        "Whether there are no elements.",
        ("{}.isEmpty()", True),
    ),
    _row(
        "add",
        _LIST,
        ValueType.LIST,
        make_add,
        "A new array with the value at its end.",
        ("{1}.add(2)", [1, 2]),
        takes=_VALUE,
        by_options=True,
    ),
    _row(
        "remove",
        _LIST,
        ValueType.LIST,
        remove_first,
        "A new array without the first element that equals the value.",
        ("{1, 2, 3}.remove(1)", [2, 3]),
        takes=_VALUE,
    ),
    _row(
        "flatten",
        _LIST,
        ValueType.LIST,
        make_flatten,
        "Arrays in the array as one array.",
        ("{{1}, {2, 3}}.flatten()", [1, 2, 3]),
        by_options=True,
    ),
)
