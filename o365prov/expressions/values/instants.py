"""Moments as ISO 8601 strings: read and written as Okta's functions do."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from o365prov._annotations import is_aware
from o365prov.expressions.values.failures import EvaluationFailure, describe

_ISO = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?"
    r"(?P<zone>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?(?:\[(?P<name>[A-Za-z0-9_+/-]+)\])?"
)
_USUAL_LENGTHS = frozenset({len("2015-07-31T17:18:37Z"), len("2015-07-31T17:18:37.979Z")})


def _is_usual(text: str) -> bool:
    """Whether Python reads it as it is meant: a time to the second or millisecond in UTC."""
    if len(text) not in _USUAL_LENGTHS or text[-1] != "Z" or text[10] != "T" or text[13] != ":":
        return False
    return text[5] != "W" and text[11:13] != "24"


def parse_iso(text: str) -> datetime:
    """A moment from ISO 8601: ``2015-07-31T17:18:37.979Z``; without a zone it is UTC, without a time midnight.

    Raises:
        EvaluationFailure: the string is not an ISO 8601 time.

    """
    if _is_usual(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # it is read, or refused, with care
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise EvaluationFailure(
            "{operand} is not an ISO 8601 time", remedy="write it like 2015-07-31T17:18:37.979Z", blame=0
        )
    part = found.groupdict()
    micro = int((part["fraction"] or "0").ljust(6, "0")[:6])
    moment = None
    try:
        day = datetime.fromisoformat(part["date"])
        clock = timedelta(
            hours=int(part["hour"] or 0),
            minutes=int(part["minute"] or 0),
            seconds=int(part["second"] or 0),
            microseconds=micro,
        )
        if int(part["hour"] or 0) < 24 and int(part["minute"] or 0) < 60 and int(part["second"] or 0) < 60:
            moment = (day + clock).replace(tzinfo=_zone(part["zone"]))
    except (ValueError, OverflowError):
        pass  # refused below
    if moment is None:
        raise EvaluationFailure(
            "{operand} is not an ISO 8601 time", remedy="a date or time in it does not exist", blame=0
        )
    if part["name"]:
        from o365prov.expressions.values.zones import zone  # noqa: PLC0415 - zones load when one is named

        return moment.astimezone(zone(part["name"]))
    return moment


def _zone(text: str | None) -> timezone:
    if text in (None, "Z"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def iso_string(moment: datetime, *, millis: bool = True) -> str:
    """``2015-07-31T17:18:37.979Z``; a zone other than UTC as its offset.

    Without *millis*, zero milliseconds are left out.
    """
    timespec = "milliseconds" if millis or moment.microsecond >= 1000 else "seconds"
    if moment.tzinfo is UTC:
        return f"{moment.isoformat(timespec=timespec)[:-6]}Z"
    return f"{moment.replace(tzinfo=None).isoformat(timespec=timespec)}{offset_string(moment)}"


def offset_string(moment: datetime, *, zero: str = "Z", colon: str = ":") -> str:
    """The offset from UTC: ``Z`` or ``-04:00``."""
    offset = moment.utcoffset() or timedelta()
    minutes = round(offset.total_seconds() / 60)
    if not minutes and zero:
        return zero
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


def zoned_string(moment: datetime, *, millis: bool = False) -> str:
    """As java.time writes a moment with its zone: ``2015-08-01T02:18:37.979+09:00[Asia/Tokyo]``."""
    name = getattr(moment.tzinfo, "key", "")
    text = iso_string(moment, millis=millis)
    return f"{text}[{name}]" if name and name != "UTC" else text


def to_instant(value: object) -> datetime | None:
    """A value where a time is needed: a time, or the ISO 8601 string of one; null stays null.

    Raises:
        EvaluationFailure: neither.

    """
    if type(value) is str:
        return parse_iso(value)
    if value is None:
        return None
    if isinstance(value, datetime):
        if not is_aware(value):
            raise EvaluationFailure("{operand} is a time without a zone", remedy="give aware datetimes", blame=0)
        return value
    if isinstance(value, str):
        return parse_iso(value)
    raise EvaluationFailure(f"{{operand}} is {describe(value)} where a time is needed", blame=0)
