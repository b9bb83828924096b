"""``Time.*`` of the classic dialect (Okta Expression Language overview, "Time functions"): strings in, strings out.

Okta's samples of ``Time.now("EST")`` show a summer offset of -04:00, though EST is fixed at -05:00 in every zone
database; the database is followed here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from o365prov.expressions.bindings import Bindings
from o365prov.expressions.functions.formats import format_instant, parse_instant
from o365prov.expressions.functions.function import Function, Parameter
from o365prov.expressions.semantics import Dialect, EvaluationOptions
from o365prov.expressions.values.failures import EvaluationFailure
from o365prov.expressions.values.instants import iso_string, parse_iso
from o365prov.expressions.values.types import ValueType
from o365prov.expressions.values.zones import zone

_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_WINDOWS = datetime(1601, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


def now(bindings: Bindings) -> datetime:
    """The moment of the evaluation.

    Raises:
        EvaluationFailure: the bindings have no clock.

    """
    if bindings.now is None:
        raise EvaluationFailure("the time is not known here", remedy="give Bindings(now=...)")
    return bindings.now if bindings.now.tzinfo is UTC else bindings.now.astimezone(UTC)


def from_windows(ticks: str) -> datetime:
    """The moment of a count of 100 nanoseconds since 1601."""
    return _instant_from_count(_WINDOWS, ticks, 10)


def from_unix(millis: str) -> datetime:
    """The moment of a count of milliseconds since 1970."""
    return _instant_from_count(_UNIX, millis, 0)


def _instant_from_count(start: datetime, count: str, per_micro: int) -> datetime:
    digits = count.strip().removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        raise EvaluationFailure(
            "{operand} is a string that is not a count of time", remedy="write its digits only", blame=0
        )
    number = int(count)
    try:
        return start + timedelta(microseconds=number // per_micro if per_micro else number * 1000)
    except OverflowError:
        raise EvaluationFailure("{operand} is outside the years 1 to 9999", blame=0) from None


def to_windows(moment: datetime) -> str:
    """100 nanoseconds since 1601."""
    return str((moment - _WINDOWS) // _MICRO * 10)


def to_unix(moment: datetime) -> str:
    """Milliseconds since 1970."""
    return str((moment - _UNIX) // _MICRO // 1000)


def _now(bindings: Bindings, place: str = "UTC", pattern: str | None = None) -> str:
    moment = now(bindings)
    if place != "UTC":
        moment = moment.astimezone(zone(place))
    return iso_string(moment) if pattern is None else format_instant(moment, pattern, Dialect.CLASSIC)


def _from_string(text: str, pattern: str) -> str:
    return iso_string(parse_instant(text, pattern, Dialect.CLASSIC).astimezone(UTC))


def _to_string(text: str, pattern: str) -> str:
    return format_instant(parse_iso(text).astimezone(UTC), pattern, Dialect.CLASSIC)


def _unless_empty(convert: Callable[..., str]) -> Callable[[EvaluationOptions], Callable[..., str | None]]:
    def for_options(options: EvaluationOptions) -> Callable[..., str | None]:
        def convert_time(text: str, *more: str) -> str | None:
            if not text.strip():
                if options.semantics.empty_time == "null":
                    return None
                raise EvaluationFailure("{operand} is empty, which is not a time", remedy="test it first", blame=0)
            return convert(text, *more)

        return convert_time

    return for_options


def _row(
    name: str, convert: Callable[..., str], doc: str, parameters: tuple[Parameter, ...], *examples: tuple[str, Any]
) -> Function:
    return Function(
        f"Time.{name}",
        parameters,
        ValueType.STRING,
        _unless_empty(convert),
        doc,
        examples,
        by_options=True,
        question="empty_time",
    )


_TIME = (Parameter("time", ValueType.STRING),)
_WITH_FORMAT = (*_TIME, Parameter("format", ValueType.STRING))

FUNCTIONS = (
    Function(
        "Time.now",
        (Parameter("zone", ValueType.STRING, optional=True), Parameter("format", ValueType.STRING, optional=True)),
        ValueType.STRING,
        _now,
        "The time of the evaluation: ISO 8601 in UTC, in a zone, or written with a pattern of Joda-Time.",
        (),
        by_bindings=True,
        reads=("now()",),
    ),
    _row(
        "fromWindowsToIso8601",
        lambda text: iso_string(from_windows(text)),
        "A Windows time (100 nanoseconds since 1601) as ISO 8601.",
        _TIME,
        ('Time.fromWindowsToIso8601("130828367179790000")', "2015-07-31T17:18:37.979Z"),
    ),
    _row(
        "fromUnixToIso8601",
        lambda text: iso_string(from_unix(text)),
        "A Unix time (milliseconds since 1970, as a string) as ISO 8601.",
        _TIME,
        ('Time.fromUnixToIso8601("1438377580979")', "2015-07-31T21:19:40.979Z"),
    ),
    _row(
        "fromStringToIso8601",
        _from_string,
        "A time written with a pattern of Joda-Time as ISO 8601.",
        _WITH_FORMAT,
        ('Time.fromStringToIso8601("17 June 2015 00:23:19", "dd MMMM yyyy HH:mm:ss")', "2015-06-17T00:23:19.000Z"),
    ),
    _row(
        "fromIso8601ToWindows",
        lambda text: to_windows(parse_iso(text)),
        "An ISO 8601 time as Windows time (100 nanoseconds since 1601).",
        _TIME,
        ('Time.fromIso8601ToWindows("2015-07-30T23:58:32.000Z")', "130827743120000000"),
    ),
    _row(
        "fromIso8601ToUnix",
        lambda text: to_unix(parse_iso(text)),
        "An ISO 8601 time as Unix time (milliseconds since 1970, as a string).",
        _TIME,
        ('Time.fromIso8601ToUnix("2021-09-20T00:00:00.000Z")', "1632096000000"),
    ),
    _row(
        "fromIso8601ToString",
        _to_string,
        "An ISO 8601 time written with a pattern of Joda-Time, in UTC.",
        _WITH_FORMAT,
        ('Time.fromIso8601ToString("2015-07-30T23:58:32.000Z", "MM/dd/yyyy")', "07/30/2015"),
    ),
)
