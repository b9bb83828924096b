"""Permissions that the application holds and does not need: what is granted beyond what the settings ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.graph.setup.permissions import Operation, missing_permissions
from o365prov.people import AfterBlock
from o365prov.provisioning import ProvisioningType


def needed_operations(
    provisioning: ProvisioningType, *, roles: bool = False, restores: bool = False
) -> frozenset[Operation]:
    """The operations that an app with these settings does.

    Args:
        provisioning: the provisioning type with its settings.
        roles: whether assignments give directory roles.
        restores: whether deleted accounts are restored.

    >>> from o365prov import LicenseOnly
    >>> Operation.CREATE_USERS in needed_operations(LicenseOnly())
    False

    """
    check_call(needed_operations, locals())
    return frozenset(_needed(provisioning, roles=roles, restores=restores))


def _needed(provisioning: ProvisioningType, *, roles: bool, restores: bool) -> Iterator[Operation]:
    yield from (Operation.READ_ORGANIZATION, Operation.READ_DOMAINS, Operation.READ_SKUS)
    yield from (Operation.READ_USERS, Operation.READ_DELETED_USERS, Operation.READ_LICENSE_DETAILS)
    yield from (Operation.REVOKE_SESSIONS, Operation.BLOCK_SIGN_IN)  # who is back is enabled, whatever the settings
    if provisioning.attributes:
        yield from (Operation.READ_GROUPS, Operation.READ_CONTACTS, Operation.UPDATE_USERS)
    if "manager" in (*provisioning.attributes, *provisioning.optional_attributes):
        yield Operation.SET_MANAGERS
    if provisioning.create_users:
        yield Operation.CREATE_USERS
    if not provisioning.user_attributes_only:
        yield Operation.ASSIGN_LICENSES
    deletes = provisioning.deactivate_users and provisioning.deprovisioning.then is AfterBlock.DELETE
    if deletes or restores:
        yield Operation.DELETE_USERS
    if roles:
        yield from (Operation.READ_ROLES, Operation.ASSIGN_ROLES)


def unused_permissions(operations: Iterable[Operation], granted: Collection[str]) -> tuple[str, ...]:
    """The granted permissions without which all that *operations* may do now stays allowed.

    Of two that allow the same, the one that allows more is named: it can be taken away.

    Args:
        operations: what is done, such as :func:`needed_operations`.
        granted: the permissions of the application, such as ``ConnectionTest.granted``.

    >>> unused_permissions([Operation.READ_USERS], {"User.Read.All", "Mail.ReadWrite", "Directory.ReadWrite.All"})
    ('Directory.ReadWrite.All', 'Mail.ReadWrite')

    """
    operations, granted = as_tuple(operations), as_tuple(granted)
    check_call(unused_permissions, locals())
    kept = set(granted)
    missing = missing_permissions(operations, kept)
    for each in sorted(kept, key=lambda name: (not name.startswith("Directory."), "ReadWrite" not in name, name)):
        if missing_permissions(operations, kept - {each}) == missing:
            kept.remove(each)
    return tuple(sorted(frozenset(granted) - kept))
