"""Okta's operations matrix, made from the provisioning types.

Source: Okta, "Provisioning options for Office 365".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.provisioning.provisioning_type import ProvisioningType
from o365prov.provisioning.types.license_only import LicenseOnly
from o365prov.provisioning.types.profile_sync import ProfileSync
from o365prov.provisioning.types.universal_sync import UniversalSync
from o365prov.provisioning.types.user_sync import UserSync

_BASIC = {"firstName", "lastName", "displayName"}
_LIMITED = {"title", "department", "telephone", "manager", "preferredLanguage"}
_ALL = {"extensionAttribute1", "proxyAddresses", "msExchHideFromAddressLists"}

_ROWS: Mapping[str, Callable[[ProvisioningType], bool]] = {
    "Push licenses and roles": lambda kind: not kind.user_attributes_only,
    "Create user": lambda kind: kind.create_users,
    "Deactivate user": lambda kind: kind.deactivate_users,
    "Edit user directly in Office 365": lambda kind: not kind.owns_profile,
    "Sync profile attributes: basic": lambda kind: set(kind.attributes) >= _BASIC,
    "Sync profile attributes: limited extended": lambda kind: set(kind.attributes) >= _LIMITED,
    "Sync profile attributes: all extended": lambda kind: set(kind.attributes) >= _ALL,
    "Sync AD security groups": lambda kind: kind.sends_resources,
    "Sync AD contacts": lambda kind: kind.sends_resources,
    "Sync AD distribution lists": lambda kind: kind.sends_resources,
    "Sync AD resource mailboxes": lambda kind: kind.sends_resources,
}


_TYPES: tuple[ProvisioningType, ...] = (LicenseOnly(), ProfileSync(), UserSync(), UniversalSync())
"""The four types with their default settings, in the order of Okta's columns."""


def operations_matrix(types: Iterable[ProvisioningType] = _TYPES) -> Mapping[str, Mapping[str, bool]]:
    """Which type supports which operation: by operation, then by the type's label.

    Args:
        types: the types with their settings, one of a kind; the four with their default settings unless given.

    >>> operations_matrix()["Create user"]["Profile Sync"]
    True
    >>> operations_matrix([UserSync(user_attributes_only=True)])["Push licenses and roles"]
    {'User Sync': False}

    """
    types = as_tuple(types)
    check_call(operations_matrix, locals())
    return {operation: {kind.label: supports(kind) for kind in types} for operation, supports in _ROWS.items()}
