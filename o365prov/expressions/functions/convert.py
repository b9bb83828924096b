"""``Convert.*`` (Okta Expression Language overview, "Conversion functions")."""

from __future__ import annotations

from math import floor, isnan

from o365prov.expressions.functions.function import REFUSED, Function, Parameter
from o365prov.expressions.values.conversion import is_number, parse_double, to_integer
from o365prov.expressions.values.failures import EvaluationFailure, describe
from o365prov.expressions.values.numbers import INT_MAX, INT_MIN, LONG_MAX, LONG_MIN
from o365prov.expressions.values.types import ValueType


def round_half_up(value: float) -> int:
    """A number as Java's ``(int) Math.round(value)``: half goes up, then the low 32 bits are kept."""
    if INT_MIN <= value <= INT_MAX:
        return floor(value + 0.5)
    if isnan(value):
        return 0
    whole = LONG_MAX if value >= LONG_MAX else LONG_MIN if value <= LONG_MIN else floor(value + 0.5)
    if abs(value) >= 2**52 and LONG_MIN < value < LONG_MAX:
        whole = int(value)  # whole already, and adding a half would not be exact
    return (whole - INT_MIN) % 2**32 + INT_MIN


def _to_int(value: object) -> int | None:
    if isinstance(value, str):
        return to_integer(value if value == value.strip() else "no blanks around it")
    if is_number(value):
        return round_half_up(float(value))  # type: ignore[arg-type]
    raise EvaluationFailure(f"{{operand}} is {describe(value)} where a string or a number is needed", blame=0)


def _to_num(value: object) -> float:
    if isinstance(value, str):
        return parse_double(value)
    if is_number(value):
        return float(value)  # type: ignore[arg-type]
    raise EvaluationFailure(f"{{operand}} is {describe(value)} where a string or a number is needed", blame=0)


_VALUE = (Parameter("value", ValueType.ANY),)
# A group rule takes no conversions: Okta's page names Convert.toInt("2018") == user.yearJoined as refused.

FUNCTIONS = (
    Function(
        "Convert.toInt",
        _VALUE,
        ValueType.INTEGER,
        _to_int,
        "A string or number as a 32-bit integer; a number is rounded, half goes up.",
        (('Convert.toInt("1234")', 1234), ("Convert.toInt(123.4)", 123), ("Convert.toInt(123.6)", 124)),
        null=REFUSED,
    ),
    Function(
        "Convert.toNum",
        _VALUE,
        ValueType.NUMBER,
        _to_num,
        "A string as a number.",
        (('Convert.toNum("3.141")', 3.141),),
        null=REFUSED,
    ),
)
