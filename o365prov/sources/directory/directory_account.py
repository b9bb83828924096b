"""From an Active Directory entry to a directory account.

Expressions name directory attributes as Okta's Active Directory app spells them (``managerDn``, ``samAccountName``), so
the directory's own names are replaced here.

Source: Okta, "Active Directory agent base attributes"; Microsoft, Active Directory schema.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from uuid import UUID

from attrs import frozen

from o365prov._fields import FrozenMapping, frozen_mapping, unchecked
from o365prov.people import DirectoryAccount, comparable_name, domain_of
from o365prov.sources.directory.directory_entry import DirectoryEntry
from o365prov.sources.directory.filetime import read_filetime
from o365prov.structuring import IssueList

_log = logging.getLogger(__name__)

_made_account = unchecked(DirectoryAccount)  # one is made for everybody, of values that are checked here
_WRITTEN_SID = re.compile(rb"S-1-[0-9]{1,15}(?:-[0-9]{1,10}){0,15}")
_CONSISTENCY_GUID = "mS-DS-ConsistencyGuid"


@frozen
class _Attribute:
    """How one directory attribute appears in an account."""

    name: str
    is_list: bool = False  # also where it has one value
    octets: bool = False  # bytes, which become base64: the form that a source anchor needs

    @property
    def is_text(self) -> bool:
        """Whether it is one string."""
        return not self.is_list and not self.octets


_STRINGS = (
    "c cn co company countryCode department description displayName employeeID employeeNumber employeeType "
    "facsimileTelephoneNumber initials l mailNickname middleName mobile msExchUsageLocation "
    "physicalDeliveryOfficeName postalCode preferredLanguage primaryGroupID pwdLastSet st streetAddress targetAddress "
    "telephoneNumber title userAccountControl"
)
_STRING_LISTS = (
    "authOrig dLMemRejectPerms dLMemSubmitPerms memberOf msExchDelegateListLink msExchExtensionCustomAttribute1 "
    "msExchExtensionCustomAttribute2 msExchExtensionCustomAttribute3 msExchExtensionCustomAttribute4 "
    "msExchExtensionCustomAttribute5 msExchModeratedByLink msExchResourceMetaData msExchResourceSearchProperties "
    "msExchSenderHintTranslations msExchTeamMailboxOwners msExchUserHoldPolicies objectClass "
    "otherFacsimileTelephoneNumber otherHomePhone otherIpPhone otherMobile otherPager otherTelephone postOfficeBox "
    "proxyAddresses publicDelegates showInAddressBook unauthOrig"
)
_OCTETS = (
    "jpegPhoto logonHours mS-DS-ConsistencyGuid msExchArchiveGUID msExchBlockedSendersHash msExchMailboxGuid "
    "msExchMailboxSecurityDescriptor msExchSafeRecipientsHash msExchSafeSendersHash nTSecurityDescriptor thumbnailPhoto"
)
_OCTET_LISTS = "sIDHistory userCertificate userSMIMECertificate"
_OKTA_NAMES = {
    "givenName": "firstName",
    "mail": "email",
    "manager": "managerDn",
    "sAMAccountName": "samAccountName",
    "sn": "lastName",
    "userPrincipalName": "userName",
}
_SCHEMA: Mapping[str, _Attribute] = {
    **{name.lower(): _Attribute(name) for name in _STRINGS.split()},
    **{name.lower(): _Attribute(okta_name) for name, okta_name in _OKTA_NAMES.items()},
    **{name.lower(): _Attribute(name, is_list=True) for name in _STRING_LISTS.split()},
    **{name.lower(): _Attribute(name, octets=True) for name in _OCTETS.split()},
    **{name.lower(): _Attribute(name, is_list=True, octets=True) for name in _OCTET_LISTS.split()},
}
"""The attributes whose schema is known, by name in lower case; others keep their name, and their values decide."""

KNOWN_ATTRIBUTES = tuple(" ".join((_STRINGS, _STRING_LISTS, _OCTETS, _OCTET_LISTS, *_OKTA_NAMES)).split())
"""The directory's names of the attributes that Okta's profile of an account has."""

_MAY_BE_INCOMPLETE = frozenset({*_OCTETS.lower().split(), *_OCTET_LISTS.lower().split(), "memberof"})
"""Pictures, keys, certificates and the groups of a user, which may be many: an account can be read without them."""

_HANDLED_APART = frozenset({"countrycode", "distinguishedname", "objectguid", "objectsid"})
"""The directory's ``countryCode`` is a number (ISO 3166-1), and what Okta calls so is its ``c``, the two letters."""

_APART = _Attribute("")


@lru_cache(maxsize=1_000)
def _schema_of(name: str) -> _Attribute | None:
    """How an attribute of this name appears in an account; None if nothing is known of it, _APART for what is apart."""
    return _APART if name.lower() in _HANDLED_APART else _SCHEMA.get(name.lower())


def directory_account(
    entry: DirectoryEntry, issues: IssueList, *, instance: str | None = None
) -> DirectoryAccount | None:
    """The account that a user's entry describes, with the attribute names of Okta's AD app profile.

    Attributes become strings, lists of strings where the schema allows more than one value, and base64 where they hold
    bytes. ``objectSid`` becomes ``S-1-...``; ``externalId`` and ``externalID`` are the objectGUID in base64 and with
    dashes.

    Args:
        entry: the entry.
        issues: where everything that is wrong is noted.
        instance: the name of the directory; the domain in the entry's name unless it is given.

    Returns:
        The account; None if the entry is incomplete or its values are damaged.

    Source: Okta, "Active Directory agent base attributes".

    """
    before = issues.count
    guid = object_guid(entry, issues)
    _check_complete(entry, issues)
    password_last_set = None
    if entry.values("pwdLastSet"):
        try:
            password_last_set = read_filetime(entry.text("pwdLastSet") or "")
        except ValueError:
            issues.note(
                entry.place,
                "pwdLastSet is not a FILETIME (units of 100 ns since 1601)",
                "export it again",
                code="not_an_instant",
            )
    attributes = okta_attributes(entry, issues)
    if guid is None or issues.count > before:
        return None
    octets = entry.values("objectGUID")[0]
    attributes["externalId"] = base64.b64encode(octets if len(octets) == 16 else guid.bytes_le).decode()
    attributes["externalID"] = str(guid)
    name = instance or instance_of(entry.dn)
    return _made_account(name, guid, entry.dn, password_last_set, frozen_mapping(attributes))


def _check_complete(entry: DirectoryEntry, issues: IssueList) -> None:
    """Note an attribute that is not known as a whole: an account without it would have it cleared in Office 365."""
    for name in sorted(entry.incomplete) if entry.incomplete else ():
        what = f"{name} is not in the file as a whole"
        if name.lower() in _MAY_BE_INCOMPLETE:
            _log.warning("%s: %s: %s; the account is read without it", issues.source, entry.place, what)
        else:
            issues.note(entry.place, what, "export the whole attribute, with all its ranges", code="incomplete")


def object_guid(entry: DirectoryEntry, issues: IssueList) -> UUID | None:
    """The objectGUID of an entry; None if it has none, or another than one of 16 bytes, which is noted."""
    guid = entry.guid
    if not entry.values("objectGUID"):
        other = ", and mS-DS-ConsistencyGuid does not take its place" if entry.values(_CONSISTENCY_GUID) else ""
        what, remedy = f"has no objectGUID{other}", "export the entry again, with objectGUID"
        issues.note(entry.place, what, remedy, code="missing")
    elif guid is None:
        issues.note(entry.place, "objectGUID is not one value of 16 bytes", "export it again", code="wrong_value")
    return guid


def okta_attributes(entry: DirectoryEntry, issues: IssueList) -> dict[str, object]:
    """The attributes of an entry with Okta's names, as strings and lists of strings; damaged ones are noted."""
    attributes: dict[str, object] = {"dn": entry.dn}
    for name, values in entry.attributes.items():
        attribute = _schema_of(name)
        if not values or attribute is _APART:
            continue
        if attribute is not None and attribute.is_text and len(values) == 1:  # by far the most frequent case
            try:
                attributes[attribute.name] = values[0].decode()
            except UnicodeDecodeError:
                pass  # said below
            else:
                continue
        strings = None if attribute and attribute.octets else _decode(values)
        if strings is None:
            if attribute and not attribute.octets:
                # Where the schema has a string, other bytes are a damaged export; in an unknown attribute they may be
                # a picture or a key.
                issues.note(entry.place, f"{name} is not UTF-8", "export it again", code="encoding")
            strings = [base64.b64encode(value).decode() for value in values]
        is_list = len(strings) > 1 or (attribute is not None and attribute.is_list)
        attributes[attribute.name if attribute else name] = strings if is_list else strings[0]
    if "c" in attributes:
        attributes["countryCode"] = attributes["c"]
    if sids := entry.values("objectSid"):
        written = sids[0].decode() if _WRITTEN_SID.fullmatch(sids[0]) else sid_text(sids[0])
        attributes["objectSid"] = written or base64.b64encode(sids[0]).decode()
    return attributes


def _decode(values: Iterable[bytes]) -> list[str] | None:
    try:
        return [value.decode() for value in values]
    except UnicodeDecodeError:
        return None


def instance_of(dn: str | None) -> str:
    r"""The domain that a distinguished name ends in, which is Okta's name of the Active Directory instance.

    The instance of a name without a domain is ``active_directory``.

    >>> instance_of(r"CN=Doe\, Jane,OU=Staff,DC=Corp,DC=example")
    'corp.example'
    """
    first, _, parent = (dn or "").partition(",")
    is_plain = first[:3].lower() == "cn=" and not ("\\" in first or '"' in first or "+" in first)
    return _domain_of(parent if is_plain else dn or "") or "active_directory"  # many names have one parent


_domain_of = lru_cache(maxsize=1_000)(domain_of)


def sid_text(octets: bytes) -> str | None:
    """A security identifier as a string; None if the bytes are not a security identifier.

    >>> sid_text(bytes([1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0]))
    'S-1-5-18'
    """
    if len(octets) < 8 or len(octets) != 8 + 4 * octets[1]:
        return None
    authority = int.from_bytes(octets[2:8], "big")
    parts = (int.from_bytes(octets[at : at + 4], "little") for at in range(8, len(octets), 4))
    return "-".join(map(str, ("S", octets[0], authority, *parts)))


def with_manager_upns(accounts: Iterable[DirectoryAccount]) -> tuple[DirectoryAccount, ...]:
    """The same accounts, each with its manager's user principal name if the manager is among them.

    Okta's AD agent gives ``managerUpn`` besides ``managerDn``; the directory itself has only the distinguished name.
    """
    accounts = tuple(accounts)
    upns = {
        comparable_name(account.distinguished_name): upn
        for account in accounts
        if account.distinguished_name and (upn := account.attributes.get("userName"))
    }

    named: dict[object, str | None] = {}  # many people have one manager

    def with_upn(account: DirectoryAccount) -> DirectoryAccount:
        manager = account.attributes.get("managerDn", "")
        if not isinstance(manager, str) or not manager:
            return account
        if manager not in named:
            named[manager] = upns.get(comparable_name(manager))
        if (upn := named[manager]) is None:
            return account
        attributes = FrozenMapping(account.attributes, managerUpn=upn)
        guid, name, password = account.object_guid, account.distinguished_name, account.password_last_set
        return _made_account(account.instance, guid, name, password, attributes)

    return tuple(map(with_upn, accounts))
