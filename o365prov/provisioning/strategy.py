"""What a provisioning type decides. What does not differ between the types is not here.

Source: Okta, "Provisioning options for Office 365" (the operations matrix).
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Protocol

import attrs

from o365prov.people import Person
from o365prov.profiles import ProfileMapping


class ProvisioningType(Protocol):
    """One of Okta's provisioning types with its settings.

    *name* is for programs and files, *label* what Okta's page calls the type. *attributes* are those it sends besides
    the username, *renames* whether it changes the username of an existing account, *synced* whether Okta shows its
    people as "Synced with Active Directory".
    """

    name: ClassVar[str]
    label: ClassVar[str]
    attributes: ClassVar[tuple[str, ...]]
    renames: ClassVar[bool]
    synced: ClassVar[bool]

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
        """Whether sign-in is blocked for people who are not assigned any more."""
        ...

    def default_mapping(self) -> ProfileMapping:
        """The mapping that Okta ships for this type, not bound to any settings yet."""
        ...

    def sessions_valid_from(self, person: Person) -> datetime | None:
        """StsRefreshTokensValidFrom: the instant before which sessions are void, or None where there is none."""
        ...


def settings_fingerprint(provisioning: ProvisioningType) -> str:
    """The type and its settings as a short hash: what a mapping is bound to."""
    settings: dict[str, Any] = attrs.asdict(provisioning)  # type: ignore[arg-type]  # each type is an attrs class
    text = repr((provisioning.name, sorted(settings.items())))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def describe_settings(provisioning: ProvisioningType) -> str:
    """The type and its settings as people read them.

    >>> from o365prov.provisioning import UserSync
    >>> describe_settings(UserSync(deactivate_users=False))
    'User Sync (create_users=True, update_attributes=True, deactivate_users=False)'
    """
    settings: dict[str, Any] = attrs.asdict(provisioning)  # type: ignore[arg-type]  # each type is an attrs class
    return f"{provisioning.label} ({', '.join(f'{name}={value}' for name, value in settings.items())})"
