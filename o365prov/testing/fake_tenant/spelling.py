"""Names that somebody got wrong, met with the right one: options of the tenant, properties, products, roles."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar

from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted, shortened

_P = ParamSpec("_P")
_R = TypeVar("_R")


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.7) -> str:
    """The end of a message about an unknown name: the known one that it is nearest to; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only names that do not exist need it

    by_lower_case = {each.lower(): each for each in known}
    near = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=cutoff)
    return f"; did you mean {quoted(by_lower_case[near[0]])}?" if near else ""


def with_known_options(what: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Refuse options that a function does not have with a ConfigurationError that names the nearest one.

    Args:
        what: the function as its caller calls it.

    """

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        names = [name for name in inspect.signature(function).parameters if name != "self"]

        @wraps(function)
        def checked(*args: _P.args, **options: _P.kwargs) -> _R:
            unknown = [name for name in options if name not in names]
            if unknown:
                hint = nearest(unknown[0], names) or f"; it has {', '.join(names)}"
                raise ConfigurationError(f"{what} has no option {quoted(shortened(unknown[0]))}{hint}")
            return function(*args, **options)

        return checked

    return decorate
