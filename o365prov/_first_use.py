"""Names of a package that load on first use, so that importing costs what is used and no more.

Such a package lists its names in ``__all__``, imports them where type checkers read them, and says which modules have
them:

    if not TYPE_CHECKING:
        __getattr__ = on_first_use(__name__, ("first", "second"))

Whoever wants to leave a name to its first use imports the package and not the name: ``planning.Plan``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module


def on_first_use(package: str, homes: tuple[str, ...]) -> Callable[[str], object]:
    """The ``__getattr__`` of a package, of which ``dir`` lists all names from now on.

    Args:
        package: its name.
        homes: its modules; they are imported in this order until one has the name. What is asked for most comes first,
            and what takes longest to import last.

    >>> from o365prov import planning
    >>> planning.Plan.__module__
    'o365prov.planning.model.plan'
    """

    def find(name: str) -> object:
        names = vars(sys.modules[package])
        if name in names["__all__"]:
            for home in homes:
                module = import_module(f"{package}.{home}")
                if hasattr(module, name):
                    value = names[name] = getattr(module, name)
                    return value
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def listed() -> list[str]:
        names = vars(sys.modules[package])
        return sorted({*names, *names["__all__"]})

    vars(sys.modules[package])["__dir__"] = listed
    return find
