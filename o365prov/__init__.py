"""Okta's Office 365 provisioning as a Python library.

Directories are read into people, mappings in the Okta Expression Language say what each person should be in
Office 365, a plan says what has to change, and a tenant makes it so over Microsoft Graph. Start reading in
:mod:`o365prov.app`; everything else is reached from there.

The public names are listed in ``o365prov/_public.py``. They load on first use, so that ``import o365prov`` stays cheap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov import _public
    from o365prov._public import *  # noqa: F403 - type checkers read the list where it stands

    __all__: list[str] = []
    __all__ += _public.__all__
    __version__: str
else:
    from o365prov._first_use import on_first_use
    from o365prov._public import __all__

    _find = on_first_use(
        __name__,
        (
            "errors",
            "expressions",
            "people",
            "profiles",
            "provisioning",
            "app",
            "state",
            "planning",
            "graph",
            "previews",
            "group_push",
            "importing",
        ),
    )

    def __getattr__(name: str) -> object:
        """Load a public name when it is asked for."""
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - reading metadata takes time

            return version("o365prov")
        return _find(name)

    def __dir__() -> list[str]:
        """The public names."""
        return sorted({*__all__, "__version__"})
