"""What someone most likely meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from o365prov.expressions.catalogue import every
from o365prov.expressions.semantics import Dialect

__all__ = ["similar_attribute", "similar_function"]


@cache
def _functions(dialect: Dialect) -> tuple[str, ...]:
    return tuple(
        f".{row.name}" if row.receivers else row.name
        for row in every()
        if dialect in row.dialects and not row.deprecated
    )


def similar_function(name: str, dialect: Dialect) -> str | None:
    """The function that this name is nearest to, or nothing near enough; a method as its bare name."""
    names = _functions(dialect)
    if name.startswith("."):
        found = _nearest(name, [known for known in names if known.startswith(".")])
        return found.removeprefix(".") if found else None
    plain = [known for known in names if not known.startswith(".")]
    space, _, last = name.rpartition(".")
    found = _nearest(name, plain)
    if found is None and space:  # the right function in the wrong namespace
        found = next((known for known in plain if known.rpartition(".")[2].lower() == last.lower()), None)
    if found is None and not space:
        found = next((known for known in plain if known.rpartition(".")[2].lower() == name.lower()), None)
    return found


def similar_attribute(name: str, known: Iterable[str]) -> str | None:
    """The attribute that this name is nearest to, or nothing near enough."""
    return _nearest(name, list(known))


def _nearest(name: str, known: list[str]) -> str | None:
    folded = {candidate.lower(): candidate for candidate in reversed(known)}
    if name.lower() in folded:
        return folded[name.lower()]
    near = get_close_matches(name.lower(), folded, n=1, cutoff=0.75)
    return folded[near[0]] if near else None
