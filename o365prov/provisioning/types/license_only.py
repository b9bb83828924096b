"""License Only ("Licenses/Roles Management Only"): licences and roles of accounts that are made elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from attrs import frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.people import Person
from o365prov.profiles import ProfileMapping
from o365prov.provisioning.deprovisioning import BLOCK_SIGN_IN, Deprovisioning
from o365prov.provisioning.provisioning_type import password_changed_in_okta


@frozen(kw_only=True, field_transformer=typed)
class LicenseOnly:
    """Sends licences and roles and no profile; never creates. The only type that works beside Entra Connect.

    Args:
        update_attributes: whether later changes of licences and roles are sent.
        deactivate_users: whether the accounts of people who are no longer assigned are deprovisioned.
        deprovisioning: what deprovisioning does.

    Source: Okta, "Provisioning options for Office 365", column Licenses & Roles Management Only.

    >>> LicenseOnly().create_users
    False

    """

    name: ClassVar[str] = "license_only"
    label: ClassVar[str] = "Licenses/Roles Management Only"
    attributes: ClassVar[tuple[str, ...]] = ()
    optional_attributes: ClassVar[tuple[str, ...]] = ()
    owns_profile: ClassVar[bool] = False
    renames: ClassVar[bool] = False
    synced: ClassVar[bool] = False
    beside_entra_connect: ClassVar[bool] = True
    sends_resources: ClassVar[bool] = False

    update_attributes: bool = True
    deactivate_users: bool = True
    deprovisioning: Deprovisioning = BLOCK_SIGN_IN

    @property
    def create_users(self) -> bool:
        """Never: accounts are made elsewhere."""
        return False

    @property
    def sync_password(self) -> bool:
        """Never: whatever makes the accounts sets their passwords."""
        return False

    @property
    def user_attributes_only(self) -> bool:
        """Never: licences and roles are all that it sends."""
        return False

    def default_mapping(self) -> ProfileMapping:
        """An empty mapping: only licences and roles are sent."""
        return ProfileMapping()

    @check_after_failure
    def withheld(self, person: Person) -> frozenset[str]:  # noqa: ARG002 - the Protocol has it
        """Nothing: no attribute is mapped."""
        return frozenset()

    @check_after_failure
    def sessions_valid_from(self, person: Person) -> datetime | None:
        """When the password changed in Okta."""
        return password_changed_in_okta(person)
