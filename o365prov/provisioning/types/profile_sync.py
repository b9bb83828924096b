"""Profile Sync: accounts are made with a small profile, and may be edited in Office 365."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.people import Person
from o365prov.profiles import (
    PROFILE_SYNC_ATTRIBUTES,
    PROFILE_SYNC_CUSTOM_ATTRIBUTES,
    PROFILE_SYNC_DEFAULTS,
    ProfileMapping,
)
from o365prov.provisioning.deprovisioning import BLOCK_SIGN_IN, Deprovisioning
from o365prov.provisioning.provisioning_type import password_changed_in_okta, refuse_license_removal


@frozen(kw_only=True, field_transformer=typed)
class ProfileSync:
    """Creates and updates, never renames. Sends the base attributes, and those that are added to the app's profile.

    Args:
        create_users: whether an assigned person without an account gets one.
        update_attributes: whether later changes are sent.
        deactivate_users: whether the accounts of people who are no longer assigned are deprovisioned.
        sync_password: whether Okta would push passwords; a plan says that none can be sent.
        user_attributes_only: whether licences and roles are left alone, because they are managed outside Okta.
        deprovisioning: what deprovisioning does.

    Raises:
        ConfigurationError: with *user_attributes_only* licences of leavers are to be removed.

    Source: Okta, "Provisioning options for Office 365", column Profile Sync; "Supported user attributes", the current
    list (which has usageLocation and the custom attributes; the list of 2023 had the country code instead); Okta
    support, "User Attributes Only provisioning feature for Microsoft Office 365".

    >>> ProfileSync().renames
    False

    """

    name: ClassVar[str] = "profile_sync"
    label: ClassVar[str] = "Profile Sync"
    attributes: ClassVar[tuple[str, ...]] = PROFILE_SYNC_ATTRIBUTES
    optional_attributes: ClassVar[tuple[str, ...]] = PROFILE_SYNC_CUSTOM_ATTRIBUTES
    owns_profile: ClassVar[bool] = False
    renames: ClassVar[bool] = False
    synced: ClassVar[bool] = False
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
        """The mapping that Okta ships for Profile Sync: the base attributes."""
        return ProfileMapping.of(PROFILE_SYNC_DEFAULTS)

    @check_after_failure
    def withheld(self, person: Person) -> frozenset[str]:  # noqa: ARG002 - the Protocol has it
        """Nothing: a manager is named by username or object id, which needs no directory."""
        return frozenset()

    @check_after_failure
    def sessions_valid_from(self, person: Person) -> datetime | None:
        """When the password changed in Okta."""
        return password_changed_in_okta(person)
