"""``DateTime.now()`` and the methods of times (Expression Language in Identity Engine, "Time functions").

A receiver may be a time or the ISO 8601 string of one, since exports of profiles hold strings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from o365prov.expressions.bindings import Bindings
from o365prov.expressions.functions.formats import format_instant, parse_instant
from o365prov.expressions.functions.function import Function, Parameter
from o365prov.expressions.functions.times import from_unix, from_windows, now, to_unix, to_windows
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.instants import parse_iso, zoned_string
from o365prov.expressions.values.types import ValueType
from o365prov.expressions.values.zones import zone

_ENGINE = frozenset({Dialect.IDENTITY_ENGINE})
_TIME = (ValueType.TIME,)
_SECONDS = {"Days": 86400, "Hours": 3600, "Minutes": 60, "Seconds": 1}


def _parse(text: str, pattern: str | None = None) -> datetime:
    return parse_iso(text) if pattern is None else parse_instant(text, pattern, Dialect.IDENTITY_ENGINE)


def _to_string(moment: datetime, pattern: str | None = None) -> str:
    return zoned_string(moment) if pattern is None else format_instant(moment, pattern, Dialect.IDENTITY_ENGINE)


def _to_zone(moment: datetime, name: str) -> datetime:
    try:
        return moment.astimezone(zone(name))
    except EvaluationFailure as failure:
        failure.blame = 1
        raise


def _make_mover(unit: str, sign: int) -> Callable[[datetime, int], datetime]:
    def move(moment: datetime, count: int) -> datetime:
        try:
            step = timedelta(**{unit.lower(): sign * count})
            if unit == "Days":
                return moment + step  # the clock on the wall stays, as in java.time
            return (moment.astimezone(UTC) + step).astimezone(moment.tzinfo)
        except OverflowError:
            raise EvaluationFailure(
                "the time is outside the years 1 to 9999", remedy="use a smaller number", blame=1
            ) from None

    return move


def _make_within(unit: str) -> Callable[[Bindings, datetime, int], bool]:
    def within(bindings: Bindings, moment: datetime, count: int) -> bool:
        return abs(now(bindings) - moment).total_seconds() <= count * _SECONDS[unit]

    return within


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


def _now(name: str) -> Function:
    doc = "The time of the evaluation, in UTC."
    return Function(name, (), ValueType.TIME, now, doc, dialects=_ENGINE, by_bindings=True, reads=("now()",))


def _text(name: str, **more: Any) -> tuple[Parameter, ...]:
    return (Parameter(name, ValueType.STRING, **more),)


_COUNT = (Parameter("count", ValueType.INTEGER),)

FUNCTIONS = (
    _now("DateTime.now"),
    _now("Time.now"),
    _row(
        "parseWindowsTime",
        (ValueType.STRING,),
        ValueType.TIME,
        from_windows,
        "The time of a count of 100 nanoseconds since 1601.",
        ("'130828367179790000'.parseWindowsTime().toString()", "2015-07-31T17:18:37.979Z"),
    ),
    _row(
        "parseUnixTime",
        (ValueType.STRING,),
        ValueType.TIME,
        from_unix,
        "The time of a count of milliseconds since 1970.",
        ("'1438377580979'.parseUnixTime().toString()", "2015-07-31T21:19:40.979Z"),
    ),
    _row(
        "parseStringTime",
        (ValueType.STRING,),
        ValueType.TIME,
        _parse,
        "A string as a time, read as ISO 8601 or with a pattern of java.time.",
        ("'17 June 2015 00:23:19'.parseStringTime('dd MMMM yyyy HH:mm:ss').toString()", "2015-06-17T00:23:19Z"),
        takes=_text("format", optional=True),
    ),
    _row(
        "toWindows",
        _TIME,
        ValueType.STRING,
        to_windows,
        "100 nanoseconds since 1601.",
        ("'2015-07-30T23:58:32.000Z'.toWindows()", "130827743120000000"),
    ),
    _row(
        "toUnix",
        _TIME,
        ValueType.STRING,
        to_unix,
        "Milliseconds since 1970.",
        ("'2015-07-31T17:18:37.979Z'.toUnix()", "1438363117979"),
    ),
    _row(
        "toString",
        _TIME,
        ValueType.STRING,
        _to_string,
        "ISO 8601, without milliseconds where they are zero, or written with a pattern of java.time.",
        ("'2015-07-30T23:58:32.000Z'.toString()", "2015-07-30T23:58:32Z"),
        ("'2015-07-30T23:58:32.000Z'.toString('MM/dd/yyyy')", "07/30/2015"),
        takes=_text("format", optional=True),
    ),
    _row(
        "toZone",
        _TIME,
        ValueType.TIME,
        _to_zone,
        "The same moment in another time zone.",
        ("'2015-07-31T17:18:37.979Z'.toZone('Asia/Tokyo').toString()", "2015-08-01T02:18:37.979+09:00[Asia/Tokyo]"),
        takes=_text("zone"),
    ),
    *(
        _row(
            f"{verb}{unit}",
            _TIME,
            ValueType.TIME,
            _make_mover(unit, sign),
            f"So many {unit.lower()} {'later' if sign > 0 else 'earlier'}; a negative count goes the other way.",
            takes=_COUNT,
        )
        for verb, sign in (("plus", 1), ("minus", -1))
        for unit in _SECONDS
    ),
    *(
        _row(
            f"within{unit}",
            _TIME,
            ValueType.BOOLEAN,
            _make_within(unit),
            f"Whether the time lies no more than so many {unit.lower()} from the evaluation, before or after.",
            takes=_COUNT,
            by_bindings=True,
        )
        for unit in _SECONDS
    ),
)
