"""What the provisioning types decide differently.

Source: Okta, "Provisioning options for Office 365" (the operations matrix).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Protocol

from o365prov.errors import ConfigurationError
from o365prov.people import AfterBlock, Person
from o365prov.profiles import ProfileMapping
from o365prov.provisioning.deprovisioning import Deprovisioning


class ProvisioningType(Protocol):
    """One of Okta's provisioning types with its settings.

    Args:
        name: the type's name in programs and files.
        label: the type's name on Okta's page.
        attributes: the attributes that it sends besides the username.
        optional_attributes: the attributes that it sends if they are mapped.
        owns_profile: whether profiles may be edited at the source only, and not in Office 365.
        renames: whether it changes the username of an existing account.
        synced: whether Okta shows its people as "Synced with Active Directory".
        beside_entra_connect: whether it works for people whom Entra Connect masters.
        sends_resources: whether it also sends the directory's groups, contacts and resource mailboxes.

    """

    name: ClassVar[str]
    label: ClassVar[str]
    attributes: ClassVar[tuple[str, ...]]
    optional_attributes: ClassVar[tuple[str, ...]]
    owns_profile: ClassVar[bool]
    renames: ClassVar[bool]
    synced: ClassVar[bool]
    beside_entra_connect: ClassVar[bool]
    sends_resources: ClassVar[bool]

    @property
    def create_users(self) -> bool:
        """Whether an assigned person without an account gets one."""
        ...

    @property
    def update_attributes(self) -> bool:
        """Whether later changes are sent."""
        ...

    @property
    def deactivate_users(self) -> bool:
        """Whether the accounts of people who are no longer assigned are deprovisioned."""
        ...

    @property
    def sync_password(self) -> bool:
        """Whether Okta would push passwords. No export holds one, and people in federated domains have none."""
        ...

    @property
    def user_attributes_only(self) -> bool:
        """Whether licences and roles are left alone, those of leavers too, because others manage them."""
        ...

    @property
    def deprovisioning(self) -> Deprovisioning:
        """What deprovisioning does."""
        ...

    def default_mapping(self) -> ProfileMapping:
        """The mapping that Okta ships for this type, not bound to any settings yet."""
        ...

    def withheld(self, person: Person) -> frozenset[str]:
        """The attributes that are not sent for *person*, mapped or not."""
        ...

    def sessions_valid_from(self, person: Person) -> datetime | None:
        """StsRefreshTokensValidFrom: the instant before which sessions are void, or None where there is none."""
        ...


def refuse_license_removal(provisioning: ProvisioningType) -> None:
    """Refuse User Attributes Only together with a deprovisioning option that removes licences and keeps the account.

    Source: Okta support, "User Attributes Only provisioning feature for Microsoft Office 365", which says that Okta no
    longer manages licences and roles, and nothing of leavers.

    Decision where the source is silent: a leaver's licences and roles are not removed either. An option that asks for
    it contradicts the setting; a deletion does not, since Microsoft frees the licences of a deleted account.

    Raises:
        ConfigurationError: the two are set together.

    """
    option = provisioning.deprovisioning
    removes = option.then is AfterBlock.REMOVE_LICENSES or option.steps.licenses is not None
    if provisioning.user_attributes_only and removes:
        raise ConfigurationError(
            f"{type(provisioning).__name__}.user_attributes_only leaves the licences of leavers alone: use "
            "Deprovisioning.block_sign_in() or block_remove_licenses_and_delete() without steps.licenses, or switch it "
            "off"
        )


def password_changed_in_okta(person: Person) -> datetime | None:
    """StsRefreshTokensValidFrom of License Only and Profile Sync, and of people without Active Directory."""
    return person.password_changed


def password_set_in_directory(person: Person) -> datetime | None:
    """StsRefreshTokensValidFrom of User Sync and Universal Sync: ``pwdLastSet``, where people come from a directory.

    Source: Okta, "Provision users to Office 365", section StsRefreshTokensValidFrom.

    ``pwdLastSet`` of 0 ("must change") or "never" is not an instant.
    """
    if not person.directory_accounts:
        return password_changed_in_okta(person)
    instants = [account.password_last_set for account in person.directory_accounts if account.password_last_set]
    return max(instants, default=None)
