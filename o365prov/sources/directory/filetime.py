"""Windows' FILETIME: 100 ns units since 1601-01-01 UTC, the clock of Active Directory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_NO_INSTANT = frozenset({0, -1, 2**63 - 1})


def filetime_to_datetime(filetime: int) -> datetime | None:
    """The instant of a FILETIME, rounded down to whole microseconds.

    Returns:
        The instant; None for values that are not an instant: 0 ("must change at next logon"), -1 (which a client writes
        to set 0) and 9223372036854775807 ("never").

    Raises:
        ValueError: the number is otherwise negative, or after the year 9999.

    Source: Microsoft, ``pwdLastSet`` and the FILETIME structure.

    >>> filetime_to_datetime(133831826620000000)
    datetime.datetime(2025, 2, 4, 22, 44, 22, tzinfo=datetime.timezone.utc)

    """
    if filetime in _NO_INSTANT:
        return None
    if filetime < 0:
        raise ValueError("a FILETIME is not negative")
    try:
        return _EPOCH + timedelta(microseconds=filetime // 10)
    except OverflowError as error:
        raise ValueError("a FILETIME after the year 9999") from error


def read_filetime(text: str) -> datetime | None:
    """The instant of a FILETIME in decimal digits, as directories and Okta write it.

    Returns:
        What :func:`filetime_to_datetime` returns.

    Raises:
        ValueError: *text* is not such a number.

    >>> read_filetime("0") is None
    True

    """
    digits = text.removeprefix("-")
    if not (digits.isdecimal() and digits.isascii() and len(digits) <= 19):
        raise ValueError("not a FILETIME")
    return filetime_to_datetime(int(text))
