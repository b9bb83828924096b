"""Directory and Workday functions (Okta Expression Language overview, "Directory and Workday functions")."""

from __future__ import annotations

from typing import Final

from o365prov.expressions.catalogue import FromBindings, Function, Kind

__all__ = ["FUNCTIONS"]

_DIRECTORY: Final = ("findDirectoryUser()",)
_WORKDAY: Final = ("findWorkdayUser()",)

FUNCTIONS: Final = (
    Function(
        "hasDirectoryUser",
        (),
        Kind.BOOLEAN,
        FromBindings("directory_user", present=True),
        "Whether the person has exactly one Active Directory account.",
        (("hasDirectoryUser()", False),),
        by_bindings=True,
        reads=_DIRECTORY,
    ),
    Function(
        "findDirectoryUser",
        (),
        Kind.USER,
        FromBindings("directory_user"),
        "The person's Active Directory account; null for none or several.",
        (("findDirectoryUser()", None),),
        by_bindings=True,
        reads=_DIRECTORY,
    ),
    Function(
        "hasWorkdayUser",
        (),
        Kind.BOOLEAN,
        FromBindings("workday_user", present=True),
        "Whether the person has exactly one Workday account.",
        (("hasWorkdayUser()", False),),
        by_bindings=True,
        reads=_WORKDAY,
    ),
    Function(
        "findWorkdayUser",
        (),
        Kind.USER,
        FromBindings("workday_user"),
        "The person's Workday account; null for none or several.",
        (("findWorkdayUser()", None),),
        by_bindings=True,
        reads=_WORKDAY,
    ),
)
