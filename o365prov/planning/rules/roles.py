"""Directory roles: what assignments grant, as far as the app's settings allow it.

A privileged role is granted only if the app's settings name it. Only roles that we granted are removed.

Source: Microsoft Graph, unifiedRoleAssignment; Microsoft Entra, "Privileged roles and permissions".
"""

from __future__ import annotations

from collections.abc import Collection

from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import GrantRole, RemoveRole
from o365prov.planning.model.snapshot import Role, TenantSnapshot, TenantUser
from o365prov.planning.transitions.matched_user import MatchedUser


def role_changes(
    matched: MatchedUser, snapshot: TenantSnapshot, grantable: Collection[str], *, again: bool = False
) -> tuple[list[GrantRole | RemoveRole], list[Issue]]:
    """The roles to grant to one person and to remove, and what can't be granted.

    Args:
        matched: the person with the account.
        snapshot: what the tenant holds.
        grantable: the names or ids, in lower case, of the privileged roles that the app may grant.
        again: compare with the tenant also where the roles are those of the last success.

    """
    known, names = matched.known, matched.desired.assignment.grants.roles
    if known and known.roles == names and not again:
        return [], []
    desired, issues = _resolve(names, snapshot, grantable)
    holds = {assignment.role_id for assignment in snapshot.roles_of.get(matched.object_id or "", ())}
    reason = f"assigned {matched.desired.assignment.how}"
    granted: list[GrantRole | RemoveRole] = [
        GrantRole(matched.subject, reason, matched.object_id, name, role_id, snapshot.role_named[role_id].privileged)
        for role_id, name in desired.items()
        if role_id not in holds
    ]
    if known and matched.account:
        reason = f"no longer assigned {matched.desired.assignment.how}"
        keep = {role.id for name in names if (role := snapshot.role_named.get(name.lower()))}
        granted += removals(matched.subject, known, matched.account, snapshot, keep=keep, reason=reason)
    return granted, issues


def removals(
    subject: Subject,
    known: AppUser,
    account: TenantUser,
    snapshot: TenantSnapshot,
    *,
    reason: str,
    keep: Collection[str] = (),
    leaving: bool = False,
) -> list[RemoveRole]:
    """The removals of the roles that we granted and the account still has, without those to *keep* (ids)."""
    ours = {
        role.id: name for name in known.roles if (role := snapshot.role_named.get(name.lower())) and role.id not in keep
    }
    return [
        RemoveRole(subject, reason, account.id, ours[held.role_id], held.role_id, held.id, leaving)
        for held in snapshot.roles_of.get(account.id, ())
        if held.role_id in ours
    ]


def _resolve(
    names: Collection[str], snapshot: TenantSnapshot, grantable: Collection[str]
) -> tuple[dict[str, str], list[Issue]]:
    """The names of the roles to hold, by id: roles are named by name or id, in any case."""
    desired: dict[str, str] = {}
    issues = []
    for name in names:
        role = snapshot.role_named.get(name.lower())
        if role is None:
            issues.append(_unknown(name))
        elif role.privileged and role.name.lower() not in grantable and role.id not in grantable:
            issues.append(_privileged(role))
        else:
            desired.setdefault(role.id, name)
    return desired, issues


def _unknown(name: str) -> Issue:
    return Issue(
        "unknown_role",
        f"the tenant has no directory role {name}",
        "Correct the assignment: use the role's name in Entra, or its template id",
        place="roles",
        severity="warning",
    )


def _privileged(role: Role) -> Issue:
    return Issue(
        "privileged_role",
        f"the role {role.name} is privileged, and the app's settings do not name it",
        f"Add {role.name!r} to grantable_roles if people are to get it from here",
        place="roles",
        severity="warning",
    )
