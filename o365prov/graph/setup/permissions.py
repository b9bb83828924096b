"""Which application permission each operation needs: one row an operation, the least permission first.

Sources: Microsoft Graph permissions reference and the "Permissions" section of each operation's page, as of July 2026,
when User.Create and User.ReadUpdate.All came.

Decisions where the sources are silent: the reference has no row for the manager reference, which took what updating a
user took before July 2026 and still does here. Reading and blocking sign-in do not list User.ReadUpdate.All: their rows
name permissions of their own, which are asked for beside it. The page "List licenseDetails" shows one table for
``/me/licenseDetails``, which an application can't ask for, and ``/users/{id}/licenseDetails``; the reference lists
LicenseAssignment.Read.All for the second one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, typed


class Operation(StrEnum):
    """What this package does with a tenant."""

    READ_ORGANIZATION = "read the tenant's name"
    READ_DOMAINS = "read domains"
    READ_SKUS = "read subscribed licences"
    READ_LICENSE_DETAILS = "read how far service plans are"
    READ_USERS = "read users and what changed about them"
    READ_DELETED_USERS = "read deleted users"
    READ_GROUPS = "read the addresses of groups"
    READ_MEMBERS = "read groups and their members"
    READ_CONTACTS = "read the addresses of contacts"
    READ_ROLES = "read directory roles and who has them"
    CREATE_USERS = "create users"
    UPDATE_USERS = "update users"
    BLOCK_SIGN_IN = "block sign-in"
    SET_MANAGERS = "set and remove managers"
    ASSIGN_LICENSES = "assign and remove licences"
    REVOKE_SESSIONS = "end sessions"
    DELETE_USERS = "delete and restore users"
    ASSIGN_ROLES = "assign and remove directory roles"
    WRITE_GROUPS = "create, change and delete groups"
    WRITE_MEMBERS = "add and remove members of groups"
    INVITE_GUESTS = "invite guests"


@frozen(field_transformer=typed)
class Permission:
    """What an operation needs: any one of its permissions.

    Args:
        operation: what this package does.
        least: the application permission that allows it and the least besides.
        more: permissions that allow it and more.

    """

    operation: Operation
    least: str
    more: tuple[str, ...] = ()

    def is_granted(self, roles: Collection[str]) -> bool:
        """Whether a token with *roles* allows it."""
        check_call(Permission.is_granted, locals())
        return any(name in roles for name in (self.least, *self.more))


_WRITE_USERS = ("User.ReadWrite.All", "Directory.ReadWrite.All")

PERMISSIONS: tuple[Permission, ...] = (
    Permission(
        Operation.READ_ORGANIZATION,
        "Organization.Read.All",
        ("Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_DOMAINS,
        "Domain.Read.All",
        ("Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_SKUS,
        "LicenseAssignment.Read.All",
        (
            "LicenseAssignment.ReadWrite.All",
            "Organization.Read.All",
            "Organization.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ),
    ),
    Permission(
        Operation.READ_LICENSE_DETAILS,
        "LicenseAssignment.Read.All",
        (
            "LicenseAssignment.ReadWrite.All",
            "User.Read.All",
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ),
    ),
    Permission(
        Operation.READ_USERS,
        "User.Read.All",
        ("User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_DELETED_USERS,
        "User.Read.All",
        ("User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_GROUPS,
        "GroupMember.Read.All",
        ("Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_MEMBERS,
        "GroupMember.Read.All",
        ("Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_CONTACTS,
        "OrgContact.Read.All",
        ("Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(
        Operation.READ_ROLES,
        "RoleManagement.Read.Directory",
        ("RoleManagement.ReadWrite.Directory", "Directory.Read.All", "Directory.ReadWrite.All"),
    ),
    Permission(Operation.CREATE_USERS, "User.Create", _WRITE_USERS),
    Permission(Operation.UPDATE_USERS, "User.ReadUpdate.All", _WRITE_USERS),
    Permission(Operation.BLOCK_SIGN_IN, "User.EnableDisableAccount.All", _WRITE_USERS),
    Permission(Operation.SET_MANAGERS, "User.ReadWrite.All", ("Directory.ReadWrite.All",)),
    Permission(Operation.ASSIGN_LICENSES, "LicenseAssignment.ReadWrite.All", _WRITE_USERS),
    Permission(Operation.REVOKE_SESSIONS, "User.RevokeSessions.All", _WRITE_USERS),
    Permission(Operation.DELETE_USERS, "User.DeleteRestore.All", ("User.ReadWrite.All",)),
    Permission(Operation.ASSIGN_ROLES, "RoleManagement.ReadWrite.Directory"),
    Permission(Operation.WRITE_GROUPS, "Group.ReadWrite.All"),
    Permission(
        Operation.WRITE_MEMBERS, "GroupMember.ReadWrite.All", ("Group.ReadWrite.All", "Directory.ReadWrite.All")
    ),
    Permission(Operation.INVITE_GUESTS, "User.Invite.All", _WRITE_USERS),
)

# What to ask an administrator for. Roles are extra: writing them is power over the whole tenant. So is writing groups,
# which gives whatever a group gives; who pushes groups adds it.
ROLE_OPERATIONS = frozenset({Operation.READ_ROLES, Operation.ASSIGN_ROLES})
GROUP_PUSH_OPERATIONS = frozenset(
    {
        Operation.READ_ORGANIZATION,
        Operation.READ_DOMAINS,
        Operation.READ_SKUS,
        Operation.READ_USERS,
        Operation.READ_MEMBERS,
        Operation.WRITE_GROUPS,
        Operation.WRITE_MEMBERS,
    }
)
GUEST_OPERATIONS = frozenset(
    {
        Operation.READ_ORGANIZATION,
        Operation.READ_DOMAINS,
        Operation.READ_SKUS,
        Operation.READ_USERS,
        Operation.READ_DELETED_USERS,
        Operation.READ_ROLES,
        Operation.INVITE_GUESTS,
        Operation.BLOCK_SIGN_IN,
    }
)
ALL_OPERATIONS_BUT_ROLES = (
    frozenset(Operation) - ROLE_OPERATIONS - {Operation.WRITE_GROUPS, Operation.WRITE_MEMBERS, Operation.INVITE_GUESTS}
)
IMPORT_OPERATIONS = frozenset(
    {
        Operation.READ_ORGANIZATION,
        Operation.READ_DOMAINS,
        Operation.READ_SKUS,
        Operation.READ_USERS,
        Operation.READ_MEMBERS,
    }
)
LICENSE_ONLY_OPERATIONS = frozenset(
    {
        Operation.READ_ORGANIZATION,
        Operation.READ_DOMAINS,
        Operation.READ_SKUS,
        Operation.READ_LICENSE_DETAILS,
        Operation.READ_USERS,
        Operation.READ_DELETED_USERS,
        Operation.ASSIGN_LICENSES,
        Operation.REVOKE_SESSIONS,
    }
)


def missing_permissions(operations: Iterable[Operation], roles: Collection[str]) -> tuple[Permission, ...]:
    """The rows of *operations* that a token with *roles* does not allow, in the order of the table.

    >>> [row.least for row in missing_permissions([Operation.READ_USERS, Operation.CREATE_USERS], {"User.Read.All"})]
    ['User.Create']
    """
    needed = frozenset(operations)
    return tuple(row for row in PERMISSIONS if row.operation in needed and not row.is_granted(roles))


def advice(operation: Operation) -> str:
    """What to do so that *operation* is allowed.

    >>> advice(Operation.READ_DOMAINS)
    'read domains: grant the application permission Domain.Read.All and renew admin consent'
    """
    row = next(row for row in PERMISSIONS if row.operation is operation)
    return f"{operation}: grant the application permission {row.least} and renew admin consent"


def least_permissions(operations: Iterable[Operation]) -> tuple[str, ...]:
    """The fewest permissions to consent to for *operations*: the least of each, without those that another implies.

    >>> least_permissions([Operation.READ_USERS, Operation.ASSIGN_LICENSES, Operation.REVOKE_SESSIONS])
    ('LicenseAssignment.ReadWrite.All', 'User.Read.All', 'User.RevokeSessions.All')
    """
    operations = as_tuple(operations)
    check_call(least_permissions, locals())
    needed = frozenset(operations)
    chosen = {row.least for row in PERMISSIONS if row.operation in needed}
    for permission in sorted(chosen):
        if not missing_permissions(needed, chosen - {permission}):
            chosen.remove(permission)
    return tuple(sorted(chosen))
