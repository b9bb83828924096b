"""A person as the source directory knows them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from o365prov._fields import as_tuple, frozen_mapping, member, typed


class UserStatus(StrEnum):
    """Okta's user statuses, as its API spells them."""

    STAGED = "STAGED"
    PROVISIONED = "PROVISIONED"
    ACTIVE = "ACTIVE"
    RECOVERY = "RECOVERY"
    PASSWORD_EXPIRED = "PASSWORD_EXPIRED"  # noqa: S105 - a status
    LOCKED_OUT = "LOCKED_OUT"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


@frozen(field_transformer=typed)
class DirectoryAccount:
    """One person's account in one Active Directory instance.

    *instance* names the directory (in Okta: the name of the AD app instance). *attributes* are the app user's profile
    as Okta spells it (``managerDn``, ``pwdLastSet``, ``msExchUsageLocation``, ...). *password_last_set* is aware, and
    None where the directory gives no instant: 0 ("must change at next logon") and "never".

    Source: Okta, "Active Directory agent base attributes"; Microsoft, ``pwdLastSet``.
    """

    instance: str
    object_guid: UUID
    distinguished_name: str | None = None
    password_last_set: datetime | None = None
    attributes: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)

    @property
    def anchor(self) -> str:
        """The source anchor: base64 of objectGUID's 16 bytes in Active Directory's own (little-endian) order.

        >>> DirectoryAccount("corp.example", UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")).anchor
        'PpeBjuwLsEe4mNGQ+evazA=='
        """
        return base64.b64encode(self.object_guid.bytes_le).decode("ascii")


def _status(value: UserStatus | str) -> UserStatus:
    return member(UserStatus, value)


def _accounts(accounts: Iterable[DirectoryAccount]) -> tuple[DirectoryAccount, ...]:
    return as_tuple(accounts)


@frozen(field_transformer=typed, repr=False)
class Person:
    """A person who may be assigned Office 365, with the source they come from.

    *id* is Okta's user id; *profile* the Okta profile as its API spells it; *source* the credential provider that
    masters the person (``OKTA``, ``ACTIVE_DIRECTORY``, ...); *password_changed* the instant of the last password change
    in Okta.
    """

    id: str
    status: UserStatus = field(converter=_status)
    profile: Mapping[str, Any] = field(converter=frozen_mapping, hash=False)
    source: str = "OKTA"
    password_changed: datetime | None = None
    directory_accounts: tuple[DirectoryAccount, ...] = field(default=(), converter=_accounts)

    @property
    def name(self) -> str:
        """What a reader recognises the person by: display name, else both names, else login, else id."""
        profile = self.profile
        both = " ".join(str(part) for part in (profile.get("firstName"), profile.get("lastName")) if part)
        return str(profile.get("displayName") or both or profile.get("login") or self.id)

    def __repr__(self) -> str:
        """Who it is, and nothing personal besides: the id and the name."""
        return f"Person(id={self.id!r}, name={self.name!r})"
