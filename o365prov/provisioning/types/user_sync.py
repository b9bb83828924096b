"""User Sync: Okta owns the profile of all assigned people, and Office 365 shows them as synced."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.people import Person
from o365prov.profiles import DIRECTORY_ONLY_ATTRIBUTES, USER_SYNC_ATTRIBUTES, USER_SYNC_DEFAULTS, ProfileMapping
from o365prov.provisioning.deprovisioning import BLOCK_SIGN_IN, Deprovisioning
from o365prov.provisioning.provisioning_type import password_set_in_directory, refuse_license_removal


@frozen(kw_only=True, field_transformer=typed)
class UserSync:
    """Creates, updates and renames; sends Okta's 21 attributes.

    Args:
        create_users: whether an assigned person without an account gets one.
        update_attributes: whether later changes are sent.
        deactivate_users: whether the accounts of people who are no longer assigned are deprovisioned.
        sync_password: whether Okta would push passwords; a plan says that none can be sent.
        user_attributes_only: whether licences and roles are left alone, because they are managed outside Okta.
        deprovisioning: what deprovisioning does.

    Raises:
        ConfigurationError: with *user_attributes_only* licences of leavers are to be removed.

    Source: Okta, "Provisioning options for Office 365", column User Sync; Okta support, "User Attributes Only
    provisioning feature for Microsoft Office 365".

    >>> UserSync(deactivate_users=False).label
    'User Sync'

    """

    name: ClassVar[str] = "user_sync"
    label: ClassVar[str] = "User Sync"
    attributes: ClassVar[tuple[str, ...]] = USER_SYNC_ATTRIBUTES
    optional_attributes: ClassVar[tuple[str, ...]] = ()
    owns_profile: ClassVar[bool] = True
    renames: ClassVar[bool] = True
    synced: ClassVar[bool] = True
    beside_entra_connect: ClassVar[bool] = False
    sends_resources: ClassVar[bool] = False

    create_users: bool = True
    update_attributes: bool = True
    deactivate_users: bool = True
    sync_password: bool = False
    user_attributes_only: bool = False
    deprovisioning: Deprovisioning = BLOCK_SIGN_IN

    def __attrs_post_init__(self) -> None:
        refuse_license_removal(self)

    def default_mapping(self) -> ProfileMapping:
        """The mapping that Okta ships for User Sync."""
        return ProfileMapping.of(USER_SYNC_DEFAULTS)

    @check_after_failure
    def withheld(self, person: Person) -> frozenset[str]:
        """The attributes that only Active Directory has, for people without an account there."""
        return frozenset() if person.directory_accounts else DIRECTORY_ONLY_ATTRIBUTES

    @check_after_failure
    def sessions_valid_from(self, person: Person) -> datetime | None:
        """``pwdLastSet`` for people linked from Active Directory, else the password change in Okta."""
        return password_set_in_directory(person)
