"""A mapping that nobody changes: what frozen values keep their profiles and properties in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn


class ReadOnly(dict[str, Any]):
    """A dict that refuses every change; it is looked up, copied and pickled like any other.

    >>> profile = ReadOnly({"title": "Engineer"})
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

    def __reduce__(self) -> tuple[type[ReadOnly], tuple[dict[str, Any]]]:
        return ReadOnly, (dict(self),)


def read_only(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values in a mapping that nobody can change."""
    return values if type(values) is ReadOnly else ReadOnly(values)
