"""Values, names, numbers and durations in words, the same in previews, plans and reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta


def value_text(value: object) -> str:
    """A property's value in words; "" for an empty one.

    >>> value_text(["+1 555 0100"]), value_text(False), value_text(None)
    ('+1 555 0100', 'no', '')
    """
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def shortened(text: str, most: int = 80) -> str:
    """The beginning of a string that is too long for a message.

    >>> shortened("ann@corp.example"), shortened("x" * 1_000, most=4)
    ('ann@corp.example', 'xxx…')
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def quoted(value: object) -> str:
    """A value that somebody gave as messages quote it: as Python writes it, shortened where it is long.

    >>> quoted("Ann"), quoted(["Ann"] * 1_000)
    ("'Ann'", "['Ann', 'Ann', 'Ann', 'Ann', 'Ann', 'Ann', 'Ann', 'Ann', 'Ann', 'Ann', 'Ann', '…")
    """
    return repr(shortened(value)) if isinstance(value, str) else shortened(repr(value))


def names_text(people: Sequence[str], *, most: int | None = 5) -> str:
    """The first names of some people, and how many more there are.

    Args:
        people: their names.
        most: how many names to give; None for all.


    >>> names_text(["Ann", "Bo", "Cy"], most=2)
    'Ann, Bo and 1 more'

    """
    shown = people[:most]
    more = len(people) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def count_text(number: int, one: str, many: str = "") -> str:
    """A number with its noun.

    >>> count_text(1, "write"), count_text(12_000, "person", "people")
    ('1 write', '12,000 people')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def duration_text(duration: timedelta) -> str:
    """A duration in its two largest units, rounded up to whole seconds.

    >>> duration_text(timedelta(seconds=4000.2)), duration_text(timedelta(minutes=2))
    ('1 h 6 min', '2 min')
    """
    seconds = -(-duration // timedelta(seconds=1))
    parts = [(seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((position for position, (number, _) in enumerate(parts) if number), 2)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 s"
