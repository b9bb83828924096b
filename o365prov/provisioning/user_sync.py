"""User Sync: Okta owns the profile of everybody assigned, and Office 365 shows them as synced."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov.people import Person
from o365prov.profiles import ProfileMapping, attributes, defaults
from o365prov.provisioning.sessions import password_set_in_directory


@frozen(kw_only=True)
class UserSync:
    """Creates, updates, renames and deactivates; sends Okta's 21 attributes.

    *create_users*, *update_attributes* and *deactivate_users* are the To App settings of those names.

    Source: Okta, "Provisioning options for Office 365", column User Sync.

    >>> UserSync(deactivate_users=False).label
    'User Sync'
    """

    name: ClassVar[str] = "user_sync"
    label: ClassVar[str] = "User Sync"
    attributes: ClassVar[tuple[str, ...]] = attributes.USER_SYNC
    renames: ClassVar[bool] = True
    synced: ClassVar[bool] = True

    create_users: bool = True
    update_attributes: bool = True
    deactivate_users: bool = True

    def default_mapping(self) -> ProfileMapping:
        """The mapping that Okta ships for User Sync."""
        return ProfileMapping.of(defaults.USER_SYNC)

    def sessions_valid_from(self, person: Person) -> datetime | None:
        """``pwdLastSet`` for people linked from Active Directory, else the password change in Okta."""
        return password_set_in_directory(person)
