"""From an Active Directory entry to the account that mappings ask about.

Expressions name directory attributes as Okta's Active Directory app spells them (``managerDn``, ``samAccountName``),
so this is where the directory's own spelling ends.

Source: Okta, "Active Directory agent base attributes"; Microsoft, Active Directory schema.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from attrs import evolve, frozen

from o365prov.people import DirectoryAccount
from o365prov.sources.directory_entry import DirectoryEntry
from o365prov.sources.filetime import read_filetime
from o365prov.structuring import IssueList


@frozen
class _Attribute:
    """How one directory attribute appears in an account."""

    name: str
    several: bool = False  # always a list, even with one value in it
    octets: bool = False  # bytes, given as base64: the form that a source anchor needs


_TEXTS: Final = (
    "c cn co company countryCode department description displayName employeeID employeeNumber employeeType "
    "facsimileTelephoneNumber initials l mailNickname middleName mobile msExchUsageLocation "
    "physicalDeliveryOfficeName postalCode preferredLanguage primaryGroupID pwdLastSet st streetAddress targetAddress "
    "telephoneNumber title userAccountControl"
)
_SEVERAL_TEXTS: Final = (
    "authOrig dLMemRejectPerms dLMemSubmitPerms memberOf msExchDelegateListLink msExchExtensionCustomAttribute1 "
    "msExchExtensionCustomAttribute2 msExchExtensionCustomAttribute3 msExchExtensionCustomAttribute4 "
    "msExchExtensionCustomAttribute5 msExchModeratedByLink msExchResourceMetaData msExchResourceSearchProperties "
    "msExchSenderHintTranslations msExchTeamMailboxOwners msExchUserHoldPolicies objectClass "
    "otherFacsimileTelephoneNumber otherHomePhone otherIpPhone otherMobile otherPager otherTelephone postOfficeBox "
    "proxyAddresses publicDelegates showInAddressBook unauthOrig"
)
_OCTETS: Final = (
    "jpegPhoto logonHours mS-DS-ConsistencyGuid msExchArchiveGUID msExchBlockedSendersHash msExchMailboxGuid "
    "msExchMailboxSecurityDescriptor msExchSafeRecipientsHash msExchSafeSendersHash nTSecurityDescriptor thumbnailPhoto"
)
_SEVERAL_OCTETS: Final = "sIDHistory userCertificate userSMIMECertificate"
_OKTA_NAMES: Final = {
    "givenName": "firstName",
    "mail": "email",
    "manager": "managerDn",
    "sAMAccountName": "samAccountName",
    "sn": "lastName",
    "userPrincipalName": "userName",
}
_KNOWN: Final[Mapping[str, _Attribute]] = {
    **{name.lower(): _Attribute(name) for name in _TEXTS.split()},
    **{name.lower(): _Attribute(okta_name) for name, okta_name in _OKTA_NAMES.items()},
    **{name.lower(): _Attribute(name, several=True) for name in _SEVERAL_TEXTS.split()},
    **{name.lower(): _Attribute(name, octets=True) for name in _OCTETS.split()},
    **{name.lower(): _Attribute(name, several=True, octets=True) for name in _SEVERAL_OCTETS.split()},
}
"""The attributes whose schema we know, by their name in lower case; any other keeps its name and shows its values."""

_WRITTEN_APART: Final = frozenset({"distinguishedname", "objectguid", "objectsid"})


def directory_account(
    entry: DirectoryEntry, issues: IssueList, *, instance: str | None = None
) -> DirectoryAccount | None:
    """The account that a user's entry describes, with its attributes spelled as Okta's AD app profile spells them.

    *instance* names the directory; without it, the domain in the entry's name does. Attributes become texts, lists of
    texts where the schema allows several values, and base64 where they hold bytes; ``objectSid`` is written out;
    ``externalId`` and ``externalID`` are the objectGUID in base64 and with dashes. Returns None, and notes why in
    *issues*, if the entry is incomplete or its values are broken.

    Source: Okta, "Active Directory agent base attributes".
    """
    before = issues.count
    guid = _object_guid(entry, issues)
    password_last_set = None
    if entry.values("pwdLastSet"):
        try:
            password_last_set = read_filetime(entry.text("pwdLastSet") or "")
        except ValueError:
            issues.note(
                entry.place,
                "pwdLastSet is not a FILETIME (100 ns since 1601)",
                "export it again",
                code="not_an_instant",
            )
    attributes = {"dn": entry.dn, **_spelled_as_in_okta(entry, issues)}
    if guid is None or issues.count > before:
        return None
    return DirectoryAccount(
        instance=instance or instance_of(entry.dn),
        object_guid=guid,
        distinguished_name=entry.dn,
        password_last_set=password_last_set,
        attributes={**attributes, "externalId": base64.b64encode(guid.bytes_le).decode(), "externalID": str(guid)},
    )


def _object_guid(entry: DirectoryEntry, issues: IssueList) -> UUID | None:
    match entry.values("objectGUID"):
        case ():
            issues.note(
                entry.place,
                "a user without objectGUID",
                "the entry was cut, or objectGUID was not exported",
                code="missing",
            )
        case (octets,) if len(octets) == 16:
            return UUID(bytes_le=octets)
        case _:
            issues.note(entry.place, "objectGUID is not one value of 16 bytes", "export it again", code="wrong_value")
    return None


def _spelled_as_in_okta(entry: DirectoryEntry, issues: IssueList) -> dict[str, object]:
    spelled: dict[str, object] = {}
    for name, values in entry.attributes.items():
        if not values or name.lower() in _WRITTEN_APART:
            continue
        known = _KNOWN.get(name.lower())
        texts = None if known and known.octets else _as_texts(values)
        if texts is None:
            if known and not known.octets:
                # Bytes where a name should be are a broken export; in an attribute that we don't know they may be
                # a picture or a key.
                issues.note(entry.place, f"{name} is not UTF-8", "export it again", code="encoding")
            texts = [base64.b64encode(value).decode() for value in values]
        is_list = len(texts) > 1 or (known is not None and known.several)
        spelled[known.name if known else name] = texts if is_list else texts[0]
    if sids := entry.values("objectSid"):
        spelled["objectSid"] = sid_text(sids[0]) or base64.b64encode(sids[0]).decode()
    return spelled


def _as_texts(values: Iterable[bytes]) -> list[str] | None:
    try:
        return [value.decode() for value in values]
    except UnicodeDecodeError:
        return None


def instance_of(dn: str | None) -> str:
    r"""The directory domain that a distinguished name ends in, which is how Okta names an Active Directory instance.

    A name without a domain belongs to ``active_directory``.

    >>> instance_of(r"CN=Doe\, Jane,OU=Staff,DC=Corp,DC=example")
    'corp.example'
    """
    labels = re.findall(r"(?i)(?<!\\)(?:^|,)\s*DC=([^,]+)", dn or "")
    return ".".join(label.strip() for label in labels).lower() or "active_directory"


def sid_text(octets: bytes) -> str | None:
    """A security identifier as people write it; None if the bytes are none.

    >>> sid_text(bytes([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]))
    'S-1-5-18'
    """
    if len(octets) < 8 or len(octets) != 8 + 4 * octets[1]:
        return None
    authority = int.from_bytes(octets[2:8], "big")
    parts = (int.from_bytes(octets[at : at + 4], "little") for at in range(8, len(octets), 4))
    return "-".join(map(str, ("S", octets[0], authority, *parts)))


def with_manager_upns(accounts: Iterable[DirectoryAccount]) -> tuple[DirectoryAccount, ...]:
    """The same accounts, each with its manager's user principal name, where the manager is among them.

    Okta's AD agent gives ``managerUpn`` beside ``managerDn``; the directory itself only knows the name.
    """
    accounts = tuple(accounts)
    upns = {
        account.distinguished_name.casefold(): upn
        for account in accounts
        if account.distinguished_name and (upn := account.attributes.get("userName"))
    }

    def with_upn(account: DirectoryAccount) -> DirectoryAccount:
        upn = upns.get(str(account.attributes.get("managerDn", "")).casefold())
        return account if upn is None else evolve(account, attributes={**account.attributes, "managerUpn": upn})

    return tuple(map(with_upn, accounts))
