"""What was most likely meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.expressions.semantics import Dialect


@cache
def _functions(dialect: Dialect) -> tuple[str, ...]:
    from o365prov.expressions.functions.registry import all_functions  # noqa: PLC0415 - importing stays cheap

    return tuple(
        f".{row.name}" if row.receivers else row.name
        for row in all_functions()
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
    if found is not None and _nearest(last, [found.rpartition(".")[2]]) is None:  # only its namespace is near
        found = None
    if found is None and space:  # the right function in the wrong namespace
        found = next((known for known in plain if known.rpartition(".")[2].lower() == last.lower()), None)
    if found is None and not space:
        found = next((known for known in plain if known.rpartition(".")[2].lower() == name.lower()), None)
    return found


def misspelled_function(name: str, dialect: Dialect) -> str | None:
    """The function of this name in other letters, large and small, or in a namespace spelled nearly so."""
    names = _functions(dialect)
    same = next((known for known in names if known.lower() == name.lower()), None)
    if same is not None:
        return same.removeprefix(".")
    space, _, last = name.rpartition(".")
    spaces = {known.rpartition(".")[0] for known in names}
    near = _nearest(space, [each for each in spaces if each]) if space else None
    return next((known for known in names if known.lower() == f"{near}.{last}".lower()), None)


def other_dialect(name: str, dialect: Dialect) -> str | None:
    """The remedy where a function was written as the other dialect has it, or None."""
    from o365prov.expressions.functions.registry import find, method  # noqa: PLC0415 - importing stays cheap

    other = next(known for known in Dialect if known is not dialect)
    last = name.rpartition(".")[2]
    if dialect is Dialect.CLASSIC and name.startswith(".") and method(last, other) is not None:
        same = similar_function(f"String.{last}", dialect)
        return (
            f"methods of values are Identity Engine's; write {same}(...)" if same else "methods are Identity Engine's"
        )
    if dialect is Dialect.IDENTITY_ENGINE and find(name, other) is not None:
        return f"write x.{last}(...)" if method(last, dialect) else "it is a function of the classic dialect"
    return None


def similar_attribute(name: str, known: Iterable[str]) -> str | None:
    """The attribute that this name is nearest to, or nothing near enough."""
    known = as_tuple(known)
    check_call(similar_attribute, locals())
    return _nearest(name, list(known))


def _nearest(name: str, known: list[str]) -> str | None:
    by_lower_case = {candidate.lower(): candidate for candidate in reversed(known)}
    if name.lower() in by_lower_case:
        return by_lower_case[name.lower()]
    from difflib import get_close_matches  # noqa: PLC0415 - only names that do not exist need it

    near = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.75)
    return by_lower_case[near[0]] if near else None
