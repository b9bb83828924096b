"""Universal Sync: like User Sync, with the full profile, groups and resources of chosen Active Directory instances."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_sorted, typed
from o365prov.people import Person
from o365prov.profiles import (
    DIRECTORY_ONLY_ATTRIBUTES,
    UNIVERSAL_SYNC_ATTRIBUTES,
    UNIVERSAL_SYNC_DEFAULTS,
    USER_SYNC_ATTRIBUTES,
    ProfileMapping,
)
from o365prov.provisioning.deprovisioning import BLOCK_SIGN_IN, Deprovisioning
from o365prov.provisioning.provisioning_type import password_set_in_directory, refuse_license_removal

_FULL_PROFILE = frozenset(UNIVERSAL_SYNC_ATTRIBUTES) - frozenset(USER_SYNC_ATTRIBUTES)


@frozen(kw_only=True, field_transformer=typed)
class UniversalSync:
    """Creates, updates and renames; sends all attributes.

    Args:
        create_users: whether an assigned person without an account gets one.
        update_attributes: whether later changes are sent.
        deactivate_users: whether the accounts of people who are no longer assigned are deprovisioned.
        sync_password: whether Okta would push passwords; a plan says that none can be sent.
        user_attributes_only: whether licences and roles are left alone, because they are managed outside Okta.
        deprovisioning: what deprovisioning does.
        ad_instances: the names of the Active Directory instances of the setting "Send full profile, contacts, and
            conference rooms from these AD instances"; people from others get User Sync's attributes. Instances with
            just-in-time provisioning are not supported.

    Raises:
        ConfigurationError: with *user_attributes_only* licences of leavers are to be removed.

    Source: Okta, "Provisioning options for Office 365", column Universal Sync; Okta support, "User Attributes Only
    provisioning feature for Microsoft Office 365".

    >>> UniversalSync(ad_instances=["corp.example"]).sends_resources
    True

    """

    name: ClassVar[str] = "universal_sync"
    label: ClassVar[str] = "Universal Sync"
    attributes: ClassVar[tuple[str, ...]] = UNIVERSAL_SYNC_ATTRIBUTES
    optional_attributes: ClassVar[tuple[str, ...]] = ()
    owns_profile: ClassVar[bool] = True
    renames: ClassVar[bool] = True
    synced: ClassVar[bool] = True
    beside_entra_connect: ClassVar[bool] = False
    sends_resources: ClassVar[bool] = True

    create_users: bool = True
    update_attributes: bool = True
    deactivate_users: bool = True
    sync_password: bool = False
    user_attributes_only: bool = False
    deprovisioning: Deprovisioning = BLOCK_SIGN_IN
    ad_instances: tuple[str, ...] = field(default=(), converter=as_sorted)

    def __attrs_post_init__(self) -> None:
        refuse_license_removal(self)

    def default_mapping(self) -> ProfileMapping:
        """User Sync's mapping, and the directory's own attribute for everything else."""
        return ProfileMapping.of(UNIVERSAL_SYNC_DEFAULTS)

    @check_after_failure
    def withheld(self, person: Person) -> frozenset[str]:
        """The full profile for people from other instances.

        For people without an account in Active Directory also the attributes that only it has.
        """
        if any(account.instance in self.ad_instances for account in person.directory_accounts):
            return frozenset()
        return _FULL_PROFILE if person.directory_accounts else _FULL_PROFILE | DIRECTORY_ONLY_ATTRIBUTES

    @check_after_failure
    def sessions_valid_from(self, person: Person) -> datetime | None:
        """``pwdLastSet`` for people linked from Active Directory, else the password change in Okta."""
        return password_set_in_directory(person)
