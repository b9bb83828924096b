"""Values, names, numbers and durations in words: what previews, plans and reports all say alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta


def value_text(value: object) -> str:
    """A property's value as people read it, "" where there is nothing.

    >>> value_text(["+1 555 0100"]), value_text(False), value_text(None)
    ('+1 555 0100', 'no', '')
    """
    match value:
        case None | "" | []:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(map(str, value))
        case _:
            return str(value)


def named(people: Sequence[str], *, most: int | None = 5) -> str:
    """The first *most* of some people.

    >>> named(["Ann", "Bo", "Cy"], most=2)
    'Ann, Bo and 1 more'
    """
    shown = people[:most]
    more = len(people) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "write"), counted(12_000, "person", "people")
    ('1 write', '12,000 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def lasting(duration: timedelta) -> str:
    """A duration in its two largest units, rounded up to whole seconds.

    >>> lasting(timedelta(seconds=4000.2)), lasting(timedelta(seconds=59)), lasting(timedelta(minutes=2))
    ('1 h 6 min', '59 s', '2 min')
    """
    seconds = -(-duration // timedelta(seconds=1))
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((position for position, (number, _) in enumerate(parts) if number), 2)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 s"
