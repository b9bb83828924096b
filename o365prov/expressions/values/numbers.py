"""Numbers as Java has them, because Okta's language is Spring's: 32-bit integers, longs, doubles, floats.

A Python ``int`` is an Integer while it fits 32 bits and a Long beyond; :class:`Long` marks the small values that are
Long all the same (``12L``). A Python ``float`` is a Double; :class:`Float` is single precision. Both leave as ``int``
and ``float``.
"""

from __future__ import annotations

import math
import struct
from typing import Self

INT_MIN = -(2**31)
INT_MAX = 2**31 - 1
LONG_MIN = -(2**63)
LONG_MAX = 2**63 - 1


class Long(int):
    """A 64-bit integer."""

    __slots__ = ()


class Float(float):
    """A number of single precision."""

    __slots__ = ()

    def __new__(cls, value: float) -> Self:
        """Round to the nearest single."""
        return super().__new__(cls, _single(value))


def _single(value: float) -> float:
    try:
        (single,) = struct.unpack("f", struct.pack("f", value))
    except OverflowError:
        return math.copysign(math.inf, value)
    return float(single)


def is_long(value: int) -> bool:
    """Whether Java would hold this integer as a Long."""
    return type(value) is Long or not INT_MIN <= value <= INT_MAX


def to_float(value: float) -> float:
    """As a double; integers beyond its range become infinite."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _wrap(value: int, *, long: bool) -> int:
    if long:
        return Long((value - LONG_MIN) % 2**64 + LONG_MIN)
    return (value - INT_MIN) % 2**32 + INT_MIN


def arithmetic(operator: str, left: float, right: float) -> float:
    """``+ - * / %`` of two numbers: integers wrap and truncate, one double makes a double (Spring's Op* classes).

    Raises:
        ZeroDivisionError: an integer divided by the integer zero.

    """
    if isinstance(left, float) or isinstance(right, float):
        if type(left) is float or type(right) is float:
            return _real(operator, to_float(left), to_float(right))
        return Float(_real(operator, Float(to_float(left)), Float(to_float(right))))
    long = is_long(left) or is_long(right)
    match operator:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "/":
            result = abs(left) // abs(right)
            result = result if (left < 0) == (right < 0) else -result
        case _:
            result = abs(left) % abs(right)
            result = -result if left < 0 else result
    return _wrap(result, long=long)


def _real(operator: str, left: float, right: float) -> float:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/" if right == 0:
            if left == 0 or math.isnan(left):
                return math.nan
            return math.copysign(math.inf, left) * math.copysign(1.0, right)
        case "/":
            return left / right
        case _:
            try:
                return math.fmod(left, right)
            except ValueError:
                return math.nan


def negate(value: float) -> float:
    """``0 - value``, as Spring computes a sign: of 0.0 it is 0.0, and the smallest integer is its own negative."""
    return arithmetic("-", Float(0) if type(value) is Float else 0, value)


def power(base: float, exponent: float) -> float:
    """``base ^ exponent`` (Spring's OperatorPower).

    Of integers it is an integer, cut towards zero and held at the ends of its range.
    """
    result = _pow(to_float(base), to_float(exponent))
    if isinstance(base, float) or isinstance(exponent, float):
        return result
    if result > INT_MAX or is_long(base) or is_long(exponent):
        return Long(_clamp(result, LONG_MIN, LONG_MAX))
    return _clamp(result, INT_MIN, INT_MAX)


def _pow(base: float, exponent: float) -> float:
    odd = exponent % 2 == 1 if math.isfinite(exponent) else False
    if abs(base) == 1 and not math.isfinite(exponent):
        return math.nan  # Java's answer; C says 1
    if base == 1 and math.isnan(exponent):
        return math.nan
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:
        if base == 0:
            return math.copysign(math.inf, base) if odd else math.inf
        return math.nan


def _clamp(value: float, lowest: int, highest: int) -> int:
    if math.isnan(value):
        return 0
    return highest if value >= highest else lowest if value <= lowest else int(value)


def double_string(value: float) -> str:
    """A Double or Float as Java writes it: ``1.5``, ``1.0E10``, ``Infinity``."""
    if math.isnan(value):
        return "NaN"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if math.isinf(value):
        return f"{sign}Infinity"
    if value == 0:
        return f"{sign}0.0"
    digits, exponent = _digits(abs(value), single=type(value) is Float)
    if -3 <= exponent < 7:
        if exponent < 0:
            return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
        whole = digits[: exponent + 1].ljust(exponent + 1, "0")
        return f"{sign}{whole}.{digits[exponent + 1 :] or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _digits(value: float, *, single: bool) -> tuple[str, int]:
    """The shortest digits that name this value, and the power of ten of the first."""
    if single:
        text = next(text for places in range(9) if _single(float(text := f"{value:.{places}e}")) == value)
    else:
        text = next(text for places in range(17) if float(text := f"{value:.{places}e}") == value)
    mantissa, _, exponent = text.partition("e")
    return mantissa.replace(".", "").rstrip("0") or "0", int(exponent)
