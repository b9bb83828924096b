"""What the provisioning types decide differently.

Source: Okta, "Provisioning options for Office 365" (the operations matrix).
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Protocol

from o365prov.people import Person
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
