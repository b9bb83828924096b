"""Sensitive actions: what an application may do to administrators only with a role of its own.

Source: Graph "Working with users", who can perform sensitive actions. Permissions of the application are not modelled:
a caller without roles may change everybody but administrators, and no one else's password.
"""

from __future__ import annotations

from collections.abc import Iterable

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.schema.role_templates import ROLE_TEMPLATES
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

SENSITIVE = frozenset({
    "accountEnabled", "businessPhones", "mobilePhone", "onPremisesImmutableId", "otherMails", "passwordProfile",
    "userPrincipalName",
})  # fmt: skip
_OVER_ALL = frozenset({"Global Administrator", "Privileged Authentication Administrator"})
_OVER_SOME = _OVER_ALL | {"User Administrator"}


def check_sensitive(directory: Directory, record: Record, names: Iterable[str] | None) -> None:
    """403 when the caller's roles do not reach this user; *names* are properties, None a delete or restore."""
    if directory.caller_roles is None:
        return
    touched = SENSITIVE if names is None else SENSITIVE.intersection(names)
    if not touched:
        return
    held = [
        ROLE_TEMPLATES[item["roleDefinitionId"]]
        for item in directory.role_assignments
        if item["principalId"] == record["id"]
    ]
    enough = _OVER_ALL if any(role.is_privileged for role in held) else _OVER_SOME
    needs_role = bool(held) or (names is not None and "passwordProfile" in touched)
    if needs_role and not directory.caller_roles & enough:
        raise GraphErrorResponse(
            403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."
        )
