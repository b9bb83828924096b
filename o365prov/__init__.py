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
    from o365prov.app import Office365App
    from o365prov.errors import (
        EvaluationError,
        ExpressionError,
        ExpressionSyntaxError,
        O365ProvError,
        StaleMappingError,
    )
    from o365prov.expressions import Bindings, Diagnostic, Dialect, Expression, Semantics
    from o365prov.graph import BlockingTenant, Cloud, Journal, Tenant
    from o365prov.people import AppUser, AppUsers, Assignment, DirectoryAccount, Group, LicenseGrant, Person
    from o365prov.planning import Plan, Report, Safeguards, TenantSnapshot
    from o365prov.profiles import UNSET, ProfileMapping, UsernameFormat
    from o365prov.provisioning import Deprovisioning, LicenseOnly, ProfileSync, UniversalSync, UserSync

_HOMES = {
    "AppUser": "o365prov.people",
    "AppUsers": "o365prov.people",
    "Assignment": "o365prov.people",
    "Bindings": "o365prov.expressions",
    "BlockingTenant": "o365prov.graph",
    "Cloud": "o365prov.graph",
    "Deprovisioning": "o365prov.provisioning",
    "Diagnostic": "o365prov.expressions",
    "Dialect": "o365prov.expressions",
    "DirectoryAccount": "o365prov.people",
    "EvaluationError": "o365prov.errors",
    "Expression": "o365prov.expressions",
    "ExpressionError": "o365prov.errors",
    "ExpressionSyntaxError": "o365prov.errors",
    "Group": "o365prov.people",
    "Journal": "o365prov.graph",
    "LicenseGrant": "o365prov.people",
    "LicenseOnly": "o365prov.provisioning",
    "O365ProvError": "o365prov.errors",
    "Office365App": "o365prov.app",
    "Person": "o365prov.people",
    "Plan": "o365prov.planning",
    "ProfileMapping": "o365prov.profiles",
    "ProfileSync": "o365prov.provisioning",
    "Report": "o365prov.planning",
    "Safeguards": "o365prov.planning",
    "Semantics": "o365prov.expressions",
    "StaleMappingError": "o365prov.errors",
    "Tenant": "o365prov.graph",
    "TenantSnapshot": "o365prov.planning",
    "UNSET": "o365prov.profiles",
    "UniversalSync": "o365prov.provisioning",
    "UserSync": "o365prov.provisioning",
    "UsernameFormat": "o365prov.profiles",
}

__all__ = [
    "UNSET",
    "AppUser",
    "AppUsers",
    "Assignment",
    "Bindings",
    "BlockingTenant",
    "Cloud",
    "Deprovisioning",
    "Diagnostic",
    "Dialect",
    "DirectoryAccount",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "ExpressionSyntaxError",
    "Group",
    "Journal",
    "LicenseGrant",
    "LicenseOnly",
    "O365ProvError",
    "Office365App",
    "Person",
    "Plan",
    "ProfileMapping",
    "ProfileSync",
    "Report",
    "Safeguards",
    "Semantics",
    "StaleMappingError",
    "Tenant",
    "TenantSnapshot",
    "UniversalSync",
    "UserSync",
    "UsernameFormat",
]


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
