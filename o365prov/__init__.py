"""Okta's Office 365 provisioning as a Python library.

Directories are read into people, mappings in the Okta Expression Language say what each person should be in
Office 365, a plan says what has to change, and a tenant makes it so over Microsoft Graph. Start reading in
:mod:`o365prov.app`; the whole road leads from there.

Names load on first use, so that ``import o365prov`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.errors import O365ProvError, StaleMappingError

_HOMES = {
    "O365ProvError": "o365prov.errors",
    "StaleMappingError": "o365prov.errors",
}

__all__ = ["O365ProvError", "StaleMappingError"]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415

        return version("o365prov")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*__all__, "__version__"})
