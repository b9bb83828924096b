"""The public names of ``o365prov``: this is the one list of them."""

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
