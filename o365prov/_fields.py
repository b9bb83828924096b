"""Converters and validators that the fields of public values share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NoReturn, TypeAlias

from attrs import Attribute

from o365prov.errors import ConfigurationError

Validator: TypeAlias = "Callable[[Any, Attribute[Any], Any], None]"


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


def aware(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not an instant with a time zone; None passes."""
    if value is None:
        return
    if not isinstance(value, datetime):
        raise wrong(owner, field, "an instant, such as datetime(2026, 1, 31, tzinfo=UTC)", value)
    if value.tzinfo is None:
        raise ConfigurationError(
            f"{type(owner).__name__}.{field.name} has no time zone: make it with datetime(..., tzinfo=UTC)"
        )


def boolean(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not True or False: ``"no"`` would count as true."""
    if not isinstance(value, bool):
        raise wrong(owner, field, "True or False", value)


def string(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a string."""
    if not isinstance(value, str):
        raise wrong(owner, field, "a string", value)


def fraction(owner: object, field: Attribute[Any], value: object) -> None:
    """Refuse what is not a share from 0 to 1: 20 would mean 2,000 %, not 20 %."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise wrong(owner, field, "a share from 0 to 1, such as 0.2 for 20 %", value)


def whole_number(at_least: int = 0) -> Validator:
    """Refuse what is not a whole number, or is smaller than *at_least*."""

    def check(owner: object, field: Attribute[Any], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
            raise wrong(owner, field, f"a whole number from {at_least} on", value)

    return check


def instance_of(kind: type, example: str) -> Validator:
    """Refuse what is not a *kind*; *example* shows how one is written, such as ``UserSync()``."""

    def check(owner: object, field: Attribute[Any], value: object) -> None:
        if not isinstance(value, kind):
            raise wrong(owner, field, f"a {kind.__name__}, such as {example}", value)

    return check


def optional(validator: Validator) -> Validator:
    """Let None pass, and *validator* decide about everything else."""

    def check(owner: object, field: Attribute[Any], value: object) -> None:
        if value is not None:
            validator(owner, field, value)

    return check


def wrong(owner: object, field: Attribute[Any], expected: str, value: object) -> ConfigurationError:
    """The error for a field that holds something else than what it should; it shows the value's type, and its value
    where that can't be long or personal.
    """
    given = repr(value) if value is None or isinstance(value, bool | int | float) else f"a {type(value).__name__}"
    return ConfigurationError(f"{type(owner).__name__}.{field.name} should be {expected}, not {given}")
