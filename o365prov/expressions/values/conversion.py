"""What values are and how they convert and compare.

The rules are those of Spring's conversion service, on which Okta's language rests.

Values are Python's: ``str``, ``int``, ``float``, ``bool``, ``None``, ``list`` (or ``tuple``), ``dict`` (or any
Mapping), and aware ``datetime`` where Okta has one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from math import isnan

from o365prov._annotations import check_call
from o365prov.expressions.limits import Limits
from o365prov.expressions.values.country_codes import CountryCode
from o365prov.expressions.values.failures import EvaluationFailure, describe
from o365prov.expressions.values.numbers import INT_MAX, INT_MIN, Float, double_string, is_long, to_float

_TRUE = frozenset({"true", "on", "yes", "1"})
_INTEGER = r"[+-]?(?:(0[xX])[0-9a-fA-F]{1,16}|[0-9]{1,19})"  # compiled when used: importing stays cheap
_MOST_DIGITS = 19
_FALSE = frozenset({"false", "off", "no", "0"})


_NUMBERS = (int, float)
STRINGS = frozenset({str})
LISTS = (list, tuple)
"""What a list may be, for ``isinstance``: making ``list | tuple`` takes longer than the test."""


def is_number(value: object) -> bool:
    """Whether this is a number; a Boolean is not."""
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def to_string(value: object) -> str:
    """A value as a string, null included, as ``+`` writes it: lists joined with commas, doubles in Java's spelling."""
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return str(int(value))
        case float():
            return double_string(value)
        case datetime():
            from o365prov.expressions.values.instants import iso_string  # noqa: PLC0415 - time loads when used

            return iso_string(value)
        case list() | tuple():
            if STRINGS.issuperset(map(type, value)):
                return ",".join(value)
            return ",".join("null" if item is None else string_argument(item) or "" for item in value)
        case Mapping():
            return "{" + ", ".join(f"{_in_map(key)}={_in_map(item)}" for key, item in value.items()) + "}"
    if isinstance(value, CountryCode):
        return value.alpha2
    raise EvaluationFailure(
        f"{describe(value)} is not a value of this language",
        remedy="give strings, numbers, Booleans, lists, maps or times",
    )


def _in_map(value: object) -> str:
    """A value as Java writes it within a map: there a list has brackets."""
    return f"[{', '.join(map(_in_map, value))}]" if isinstance(value, LISTS) else to_string(value)


def quote(value: str) -> str:
    """The literal of a string; a quote inside is written twice, a backslash stands for itself.

    Example:
        >>> print(quote('the "A" team'))
        "the ""A"" team"

    """
    check_call(quote, locals())
    return '"' + value.replace('"', '""') + '"'


def string_argument(value: object) -> str | None:
    """A value for a string parameter; null stays null.

    Raises:
        EvaluationFailure: a map, which Spring does not convert.

    """
    if isinstance(value, Mapping):
        raise EvaluationFailure(
            "{operand} is a map where a string is needed", remedy="name the attribute: x.name", blame=0
        )
    return None if value is None else to_string(value)


def is_truth_word(text: str) -> bool:
    """Whether a string counts as true or false where a condition is needed."""
    return text.strip().lower() in _TRUE | _FALSE


def truth(value: object) -> bool:
    """A value where true or false is needed: Booleans, and the words true/yes/on/1 and false/no/off/0 in any case.

    Raises:
        EvaluationFailure: null, a number, any other string or a list; Spring converts none of these.

    """
    if isinstance(value, bool):
        return value
    if isinstance(value, LISTS) and value:
        return truth(value[0])  # Spring converts a list to a single value by its first element
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        if not word:
            raise EvaluationFailure(
                "{operand} is an empty string, neither true nor false", remedy='compare it: x == "..."', blame=0
            )
        raise EvaluationFailure(
            "{operand} is a string that is neither true nor false", remedy='compare it: x == "..."', blame=0
        )
    remedy = "test it first: x != null AND x" if value is None else "compare it with something: x == ..."
    raise EvaluationFailure(f"{{operand}} is {describe(value)} where true or false is needed", remedy=remedy, blame=0)


def to_integer(value: object) -> int | None:
    """A value for an integer parameter or an index: a numeric string is read, a double is cut; null stays null."""
    if isinstance(value, LISTS):
        return to_integer(value[0]) if value else None
    if value is None:
        return None
    number = _read_integer(value) if isinstance(value, str) else value
    if not is_number(number):
        raise EvaluationFailure(f"{{operand}} is {describe(value)} where an integer is needed", blame=0)
    if not INT_MIN <= number <= INT_MAX:  # type: ignore[operator]  # NaN fails this test as well
        raise EvaluationFailure("{operand} does not fit a 32-bit integer", blame=0)
    return int(number)  # type: ignore[call-overload, no-any-return]


def _read_integer(text: str) -> int:
    if text.isdecimal() and text.isascii() and len(text) <= _MOST_DIGITS:
        return int(text)
    word = "".join(text.split())
    found = re.fullmatch(_INTEGER, word)
    if found is None:
        raise EvaluationFailure("{operand} is a string that is not an integer", blame=0)
    return int(word, 16 if found[1] else 10)


def number_argument(value: object) -> float | None:
    """A value for a number parameter: a numeric string is read; null stays null."""
    if value is None or is_number(value):
        return value  # type: ignore[return-value]
    if isinstance(value, str):
        return parse_double(value)
    raise EvaluationFailure(f"{{operand}} is {describe(value)} where a number is needed", blame=0)


def parse_double(word: str) -> float:
    """A string as Java's ``Double.parseDouble`` reads it, without its hexadecimal form."""
    if word.isascii() and word.replace(".", "", 1).isdecimal():
        return float(word)
    stripped = word.strip()
    if stripped[-1:] in "fFdD" and stripped[-2:-1].isdigit():
        stripped = stripped[:-1]
    if not stripped.isascii() or "_" in stripped or stripped.lower().strip("+-")[:1] in ("i", "n"):
        raise EvaluationFailure("{operand} is a string that is not a number", blame=0)
    try:
        return float(stripped)
    except ValueError:
        raise EvaluationFailure("{operand} is a string that is not a number", blame=0) from None


def to_list(value: object) -> list[object] | None:
    """A value for an array parameter: a string is split at commas, "" is empty, one value is a list of one."""
    if type(value) is list or value is None:
        return value
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")] if value else []
    return list(value) if isinstance(value, LISTS) else [value]


def length(value: str) -> int:
    """Characters as Java counts them: those beyond U+FFFF count twice."""
    return len(value) if value.isascii() else len(value.encode("utf-16-le", "surrogatepass")) // 2


def cut(value: str, start: int, end: int) -> str:
    """``value[start:end]`` in Java's count of characters.

    Raises:
        EvaluationFailure: the cut would split one character in two, which no system can store.

    """
    if value.isascii():
        return value[start:end]
    try:
        return value.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le")
    except UnicodeDecodeError:
        raise EvaluationFailure("{operand} would be cut in the middle of a character", blame=0) from None


def equal(left: object, right: object) -> bool:
    """``==``: never fails; numbers compare across kinds, everything else by value and kind (Spring's equalityCheck)."""
    if is_number(left) and is_number(right):
        if isinstance(left, float) or isinstance(right, float):
            return to_float(left) == to_float(right)  # type: ignore[arg-type]
        return left == right
    return same(left, right)


def same(left: object, right: object) -> bool:
    """Java's ``equals``: inside lists and maps an Integer is not a Double."""
    if isinstance(left, LISTS):
        return isinstance(right, LISTS) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, Mapping):
        return (
            isinstance(right, Mapping)
            and left.keys() == right.keys()
            and all(same(item, right[key]) for key, item in left.items())
        )
    if isinstance(left, str):
        return isinstance(right, str) and left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int) and isinstance(right, int):
        return left == right and is_long(left) == is_long(right)
    if isinstance(left, float) and isinstance(right, float):
        return (type(left) is Float) == (type(right) is Float) and (left == right or (isnan(left) and isnan(right)))
    return type(left) is type(right) and left == right


def compare(left: object, right: object) -> int:
    """Negative, zero or positive: how two values are ordered; null sorts below everything.

    Raises:
        EvaluationFailure: values of different kinds, or of kinds without an order.

    """
    if left is None or right is None:
        return (left is not None) - (right is not None)
    if isinstance(left, str) and isinstance(right, str):
        if left.isascii() and right.isascii():
            return (left > right) - (left < right)
        first, second = left.encode("utf-16-be", "surrogatepass"), right.encode("utf-16-be", "surrogatepass")
        return (first > second) - (first < second)
    if isinstance(left, bool) and isinstance(right, bool):
        return left - right
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left > right) - (left < right)
    raise EvaluationFailure(
        f"{describe(left)} can't be compared with {describe(right)}",
        remedy="both sides of < <= > >= must be numbers, or both strings",
    )


def make_ordering(less: bool, same: bool) -> Callable[[object, object], bool]:
    """One of ``< <= > >=``: *less* and *same* say what is true below and at equality."""

    def relation(left: object, right: object) -> bool:
        if is_number(left) and is_number(right):
            if less:
                return left < right or (same and left == right)  # type: ignore[operator]
            return left > right or (same and left == right)  # type: ignore[operator]
        order = compare(left, right)
        return (order < 0 if less else order > 0) or (same and order == 0)

    return relation


UNCHANGED: frozenset[type] = frozenset({str, type(None), bool, int, float, datetime})
"""Kinds of values that leave the language as they are."""


def plain(value: object) -> object:
    """A value as it leaves the language: plain numbers, fresh lists and dicts."""
    if type(value) in UNCHANGED:
        return value
    match value:
        case None | bool() | str() | datetime():
            return value
        case Float():
            return float(double_string(value))
        case int():
            return int(value)
        case float():
            return float(value)
        case list() | tuple():
            return [item if type(item) in UNCHANGED else plain(item) for item in value]
        case Mapping():
            return {
                key if type(key) is str else plain(key): item if type(item) in UNCHANGED else plain(item)
                for key, item in value.items()
            }
    return to_string(value)


def check_size(size: int, limits: Limits) -> None:
    """Refuse to build a string that is larger than the limit.

    Raises:
        EvaluationFailure: it is.

    """
    if size > limits.result_size:
        raise EvaluationFailure(
            f"the result would have more than {limits.result_size} characters", remedy="use shorter strings"
        )
