"""How evaluation fails on the inside, before the place in the expression is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from o365prov.expressions.values.numbers import Float, Long


class EvaluationFailure(Exception):  # noqa: N818 - it never leaves the package: callers see an EvaluationError with the place
    """Something that can't be evaluated.

    *message* may hold ``{operand}``, which becomes the text of the part number *blame* of the failing expression.
    """

    def __init__(self, message: str, *, remedy: str = "", blame: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.blame = blame


def describe(value: object) -> str:
    """What kind of value this is, in words for a message; never the value itself, which may be personal."""
    match value:
        case None:
            return "null"
        case bool():
            return "a Boolean"
        case str():
            return "an empty string" if not value else "a string"
        case Long() | int():
            return "an integer"
        case Float() | float():
            return "a number"
        case datetime():
            return "a time"
        case list() | tuple():
            return "an array"
        case Mapping():
            return "a map"
    from o365prov.expressions.values.country_codes import CountryCode  # noqa: PLC0415 - countries load when used

    return "a country code" if isinstance(value, CountryCode) else f"a {type(value).__name__}"


STOPPING = (EvaluationFailure, RecursionError, OverflowError, ValueError)
"""What ends an evaluation."""


def as_failure(stopped: Exception) -> EvaluationFailure:
    """One of :data:`STOPPING` as a failure of the same place."""
    match stopped:
        case EvaluationFailure():
            return stopped
        case RecursionError():  # Python's stack does not reach the bottom of a value
            message, remedy = "a value has arrays or maps that are nested too deeply", "give flatter values"
        case _:  # numbers of hundreds of digits, instants before the year 1
            message = "a number has too many digits, or an instant is out of range"
            remedy = "correct the value at the source"
    return EvaluationFailure(message, remedy=remedy).with_traceback(stopped.__traceback__)
