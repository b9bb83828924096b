"""The connection test: what a token allows, and which permissions are missing.

Source: Microsoft, "Access tokens in the Microsoft identity platform" (an application token lists its permissions as
``roles``).
"""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from o365prov._fields import typed
from o365prov.graph.client.transport import token_claims
from o365prov.graph.setup.permissions import (
    ALL_OPERATIONS_BUT_ROLES,
    Operation,
    Permission,
    advice,
    missing_permissions,
)
from o365prov.rendering import Document, Overviewed, first_rows, overview


@frozen(field_transformer=typed)
class ConnectionTest(Overviewed):
    """What a test of the connection found.

    Args:
        tenant_id: the tenant's id.
        tenant_name: its display name.
        granted: the token's permissions; None if the token does not say.
        missing: what the operations need that the token does not allow.
        problems: what is wrong and what to do about it; empty if all operations are allowed.

    """

    tenant_id: str
    tenant_name: str
    granted: frozenset[str] | None
    missing: tuple[Permission, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there are no problems."""
        return not self.problems

    def _overview(self) -> Document:
        granted = sorted(self.granted or ())
        facts = {"result": "no problems" if self.ok else "not everything is allowed", "granted": ", ".join(granted)}
        rows = ((problem,) for problem in self.problems)
        problems = first_rows("Problems", ("What to do",), rows, len(self.problems))
        return overview(f"{self.tenant_name} ({self.tenant_id})", facts, problems)

    def __str__(self) -> str:
        """The tenant, the result, and a line for each problem."""
        unknown = "" if self.granted is not None else "; the token does not say which permissions it has"
        result = "no problems" if self.ok else "not everything is allowed"
        return "\n? ".join((f"{self.tenant_name} ({self.tenant_id}): {result}{unknown}", *self.problems))


def evaluate_token(
    token: str,
    *,
    tenant_id: str,
    tenant_name: str,
    operations: Collection[Operation] = ALL_OPERATIONS_BUT_ROLES,
    expected_tenant: str | None = None,
) -> ConnectionTest:
    """What a *token* that Graph accepted for the tenant *tenant_id* allows; it is decoded, not verified."""
    claims = token_claims(token)
    roles = claims.get("roles")
    granted = frozenset(str(role) for role in roles) if isinstance(roles, list) else None
    if granted is None and claims:
        granted = frozenset()
    missing = missing_permissions(operations, granted) if granted is not None else ()
    problems = [advice(row.operation) for row in missing]
    if "scp" in claims and not granted:
        problems.insert(0, "the token is a user's, not the app's: use the app's own secret or certificate")
    issued_for = claims.get("tid")
    if isinstance(issued_for, str) and issued_for != tenant_id:
        problems.append(f"the token is for tenant {issued_for}, Graph answers for {tenant_id}: check the credential")
    if expected_tenant is not None and expected_tenant != tenant_id:
        problems.append(f"this is tenant {tenant_id}, not {expected_tenant}: check the credential's tenant id")
    return ConnectionTest(tenant_id, tenant_name, granted, missing, tuple(problems))
