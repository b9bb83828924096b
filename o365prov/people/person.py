"""A person, with the accounts that they have in Active Directory."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from o365prov._fields import FrozenMapping, as_tuple, frozen_mapping, member, typed
from o365prov.rendering import Document, Overviewed, first_rows, overview


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


class PersonKind(StrEnum):
    """What somebody is to the organisation: one of its own, or a guest from another one."""

    MEMBER = "member"
    GUEST = "guest"


@frozen(field_transformer=typed)
class DirectoryAccount:
    """One person's account in one Active Directory instance.

    Args:
        instance: the directory, by the name of the AD app instance in Okta.
        object_guid: the account's objectGUID.
        distinguished_name: where the account is in the directory; None if it is not known.
        password_last_set: when the password was set, aware; None where the directory gives no instant: 0 ("must change
            at next logon") and "never".
        attributes: the app user's profile as Okta spells it (``managerDn``, ``pwdLastSet``, ``msExchUsageLocation``,
            ...).

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


def _kind(value: PersonKind | str) -> PersonKind:
    return member(PersonKind, value)


def _profile(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The profile, with null for what is not a number (NaN): so data frames have empty cells, and JSON has no other."""
    profile = frozen_mapping(values)
    if isinstance(profile, FrozenMapping) and float in map(type, profile.values()):
        return FrozenMapping(
            (name, None if value != value else value)  # noqa: PLR0124 - NaN
            for name, value in profile.items()
        )
    return profile


def _accounts(accounts: Iterable[DirectoryAccount]) -> tuple[DirectoryAccount, ...]:
    return as_tuple(accounts)


@frozen(field_transformer=typed, repr=False)
class Person(Overviewed):
    """A person who may be assigned Office 365.

    Args:
        id: Okta's user id, or another id that never changes.
        status: the user status in Okta, such as ``ACTIVE``.
        profile: the Okta profile, with the attribute names of Okta's API; NaN, as in data frames, is null.
        source: the credential provider that masters the person: ``OKTA``, ``ACTIVE_DIRECTORY``, ...
        password_changed: when the password last changed in Okta, aware.
        directory_accounts: the person's accounts in Active Directory.
        kind: what the person is: guests are invited by :class:`~o365prov.planning.GuestInvitations`.

    Raises:
        ConfigurationError: a field has a wrong type, or the status is not one of Okta's.

    >>> Person("00u1", "ACTIVE", {"firstName": "Isaac", "lastName": "Brock", "login": "isaac.brock@example.com"})
    Person(id='00u1', name='Isaac Brock')

    """

    id: str
    status: UserStatus = field(converter=_status)
    profile: Mapping[str, Any] = field(converter=_profile, hash=False)
    source: str = "OKTA"
    password_changed: datetime | None = None
    directory_accounts: tuple[DirectoryAccount, ...] = field(default=(), converter=_accounts)
    kind: PersonKind = field(default=PersonKind.MEMBER, converter=_kind)

    @property
    def name(self) -> str:
        """The display name, else first and last name, else login, else id."""
        profile = self.profile
        if name := profile.get("displayName"):
            return str(name)
        both = " ".join(str(part) for part in (profile.get("firstName"), profile.get("lastName")) if part)
        return str(both or profile.get("login") or self.id)

    def _overview(self) -> Document:
        accounts = self.directory_accounts
        rows = ((each.instance, each.distinguished_name, each.anchor) for each in accounts)
        columns = ("Directory", "Distinguished name", "Source anchor")
        facts = {"id": self.id, "status": self.status.value, "source": self.source, **self.profile}
        return overview(self.name, facts, first_rows("Active Directory", columns, rows, len(accounts)))

    def __repr__(self) -> str:
        """The id and the name: nothing else that is personal."""
        return f"Person(id={self.id!r}, name={self.name!r})"
