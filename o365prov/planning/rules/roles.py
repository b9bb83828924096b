"""Directory roles: what assignments grant, as far as the app's settings allow it.

A privileged role is granted only if the app's settings name it. Only roles that we granted are removed, unless the app
takes over all of them. A role that an assignment grants and that was found on the account counts as granted, so that it
goes when the person leaves.

Source: Microsoft Graph, unifiedRoleAssignment; Microsoft Entra, "Privileged roles and permissions".
"""

from __future__ import annotations

from collections.abc import Collection

from attrs import frozen

from o365prov.errors import Issue
from o365prov.people import AppUser
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import GrantRole, RemoveRole
from o365prov.planning.tenant.snapshot import Role, TenantSnapshot, TenantUser
from o365prov.planning.transitions.matched_user import MatchedUser


@frozen
class RoleDecision:
    """What happens to one person's roles.

    Args:
        changes: the roles to grant and to remove.
        issues: what can't be granted.
        found: the roles that count as granted without a request, because the account had them, or without one that it
            has no longer and that is not assigned any more; each as it is assigned now. None for no news.

    """

    changes: tuple[GrantRole | RemoveRole, ...] = ()
    issues: tuple[Issue, ...] = ()
    found: tuple[str, ...] | None = None


NO_ROLES = RoleDecision()
"""Of somebody who has no roles, or whose roles are not ours."""


def role_decision(
    matched: MatchedUser,
    snapshot: TenantSnapshot,
    grantable: Collection[str],
    *,
    take_over: bool,
) -> RoleDecision:
    """The roles to grant to one person and to remove, and what can't be granted.

    Args:
        matched: the person with the account.
        snapshot: what the tenant holds.
        grantable: the names or ids, in lower case, of the privileged roles that the app may grant.
        take_over: whether roles that were granted elsewhere are removed too if they are not assigned.

    """
    known, names = matched.known, matched.desired.assignment.grants.roles
    assignments = snapshot.roles_of.get(matched.object_id or "", ())
    if not (names or assignments or (known and known.roles)):
        return NO_ROLES
    desired, issues = _resolve(names, snapshot, grantable)
    holds = {assignment.role_id for assignment in assignments}
    reason = f"assigned {matched.desired.assignment.how}"
    granted: list[GrantRole | RemoveRole] = [
        GrantRole(matched.subject, reason, matched.object_id, name, role_id, snapshot.role_named[role_id].privileged)
        for role_id, name in desired.items()
        if role_id not in holds
    ]
    if matched.account:
        reason = f"not among the roles assigned {matched.desired.assignment.how}"
        keep = {role.id for name in names if (role := snapshot.role_named.get(name.lower()))}
        granted += removals(
            matched.subject, known, matched.account, snapshot, keep=keep, reason=reason, take_over=take_over
        )
    ours = known.roles if known else ()
    found = {name for role_id, name in desired.items() if role_id in holds}
    gone = {
        name
        for name in set(ours).difference(names)
        if (role := snapshot.role_named.get(name.lower())) and (role.id in desired or role.id not in holds)
    }
    counted = tuple(sorted(found.union(ours) - gone))
    return RoleDecision(tuple(granted), tuple(issues), None if counted == ours else counted)


def removals(
    subject: Subject,
    known: AppUser | None,
    account: TenantUser,
    snapshot: TenantSnapshot,
    *,
    reason: str,
    take_over: bool,
    keep: Collection[str] = (),
    leaving: bool = False,
) -> list[RemoveRole]:
    """The removals of the roles that we granted and the account still has, without those to *keep* (ids).

    With *take_over* all roles of the account count as ours.
    """
    held = [each for each in snapshot.roles_of.get(account.id, ()) if each.role_id not in keep]
    names = {
        role.id: name for name in (known.roles if known else ()) if (role := snapshot.role_named.get(name.lower()))
    }
    if take_over:
        roles = (snapshot.role_named.get(each.role_id) for each in held)
        names = {**{role.id: role.name for role in roles if role}, **names}
    return [
        RemoveRole(subject, reason, account.id, names[each.role_id], each.role_id, each.id, leaving)
        for each in held
        if each.role_id in names
    ]


def roles_still_held(known: AppUser, account: TenantUser, snapshot: TenantSnapshot) -> tuple[str, ...]:
    """The roles that we granted and the account still has; what the tenant does not know any more counts as held."""
    held = {each.role_id for each in snapshot.roles_of.get(account.id, ())}
    roles = {name: snapshot.role_named.get(name.lower()) for name in known.roles}
    return tuple(name for name, role in roles.items() if role is None or role.id in held)


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
