"""Converters and validators that the fields of public values share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from attrs import Attribute

from o365prov.errors import ConfigurationError


def unique_strings(values: Iterable[str], setting: str, example: str) -> tuple[str, ...]:
    """The texts, each once, in the order in which they were given.

    Raises :class:`~o365prov.errors.ConfigurationError`, which tells how to write *setting* (with an *example* of a
    value), where one text was given.

    >>> unique_strings(["b", "a", "b"], "letters", "a")
    ('b', 'a')
    """
    if isinstance(values, str):
        raise ConfigurationError(f"{setting} is one text: write {setting}=({example!r},)")
    return tuple(dict.fromkeys(values))


class FrozenMapping(dict[str, Any]):
    """A dict that refuses every change; it is looked up, copied and pickled like any other.

    >>> profile = FrozenMapping({"title": "Engineer"})
    >>> profile["title"] = "Director"
    Traceback (most recent call last):
    ...
    TypeError: this mapping belongs to a frozen value: make a new value with attrs.evolve
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this mapping belongs to a frozen value: make a new value with attrs.evolve")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenMapping], tuple[dict[str, Any]]]:
        return FrozenMapping, (dict(self),)


def frozen_mapping(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values in a mapping that nobody can change."""
    return values if type(values) is FrozenMapping else FrozenMapping(values)


def aware(_: object, field: Attribute[Any], value: datetime | None) -> None:
    """Refuse an instant without a time zone; what attrs asks of a validator."""
    if value is not None and value.tzinfo is None:
        raise ConfigurationError(f"{field.name} has no time zone: make it with datetime(..., tzinfo=UTC)")
