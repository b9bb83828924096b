"""Settings that hold several texts: one text where several belong would be taken for its letters."""

from __future__ import annotations

from collections.abc import Iterable

from o365prov.errors import ConfigurationError


def several(values: Iterable[str], setting: str, example: str) -> tuple[str, ...]:
    """The texts, each once, in the order in which they were given.

    Raises :class:`~o365prov.errors.ConfigurationError`, which tells how to write *setting* (with an *example* of a
    value), where one text was given.

    >>> several(["b", "a", "b"], "letters", "a")
    ('b', 'a')
    """
    if isinstance(values, str):
        raise ConfigurationError(f"{setting} is one text: write {setting}=({example!r},)")
    return tuple(dict.fromkeys(values))
