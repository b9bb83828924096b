"""Values, names and numbers in words: what previews, plans and reports all say alike."""

from __future__ import annotations

from collections.abc import Sequence


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
