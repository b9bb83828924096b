"""From the entries of an Active Directory to its groups, contacts and resource mailboxes.

A directory names members and managers by distinguished name; here they are found among the entries that were read, and
named by objectGUID, which stays when somebody is renamed or moved.

Source: Microsoft, Active Directory schema, ``groupType``, ``member`` and ``managedBy``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from o365prov.people import (
    DirectoryContact,
    DirectoryGroup,
    GroupScope,
    ResourceKind,
    ResourceMailbox,
    comparable_name,
)
from o365prov.sources.directory.directory_account import directory_account, object_guid, okta_attributes
from o365prov.sources.directory.directory_entry import DirectoryEntry, EntryKind
from o365prov.structuring import IssueList

_SECURITY, _DOMAIN_LOCAL, _GLOBAL, _UNIVERSAL = 2**31, 4, 2, 8
"""Bits of ``groupType``, which is a signed number of 32 bits. Source: Microsoft, "Group-Type attribute"."""

_EQUIPMENT = frozenset({2**5, 2**34})
"""``msExchRecipientTypeDetails`` of equipment, on premises and in Exchange Online; the other resources are rooms."""


def directory_groups(
    entries: Iterable[DirectoryEntry], issues: IssueList, *, instance: str
) -> Iterator[DirectoryGroup]:
    """The groups among the entries.

    Args:
        entries: everything that was read of the directory.
        issues: where everything that is wrong is noted: a group that has no objectGUID, or of which not all members are
            known, because whoever is missing would look as if they had left it.
        instance: the name of the directory.

    """
    entries = tuple(entries)
    by_name = {comparable_name(each.dn): guid for each in entries if (guid := each.guid) is not None}
    for entry in entries:
        if entry.kind is EntryKind.GROUP and (group := _group(entry, by_name, issues, instance)) is not None:
            yield group


def _group(
    entry: DirectoryEntry, by_name: Mapping[str, UUID], issues: IssueList, instance: str
) -> DirectoryGroup | None:
    before = issues.count
    guid = object_guid(entry, issues)
    if any(name.lower() == "member" for name in entry.incomplete):
        what, remedy = "member is not known as a whole", "export the whole attribute, with all its ranges"
        issues.note(entry.place, what, remedy, code="incomplete")
    attributes = okta_attributes(entry, issues)
    attributes.pop("member", None)
    if guid is None or issues.count > before:
        return None
    members = {name: by_name.get(comparable_name(name)) for name in _names(entry, "member")}
    managers = [by_name.get(comparable_name(name)) for name in _names(entry, "managedBy")]
    kind = entry.number("groupType")
    return DirectoryGroup(
        instance,
        guid,
        entry.dn,
        is_security=kind is None or bool(kind & _SECURITY),
        scope=_scope(kind or 0),
        members={each for each in members.values() if each is not None},
        unread_members=[name for name, found in members.items() if found is None],
        managed_by=managers[0] if managers else None,
        attributes=attributes,
    )


def _scope(kind: int) -> GroupScope:
    if kind & _UNIVERSAL:
        return GroupScope.UNIVERSAL
    return GroupScope.DOMAIN_LOCAL if kind & _DOMAIN_LOCAL else GroupScope.GLOBAL


def _names(entry: DirectoryEntry, attribute: str) -> list[str]:
    return [value.decode("utf-8", "backslashreplace") for value in entry.values(attribute)]


def directory_contact(entry: DirectoryEntry, issues: IssueList, *, instance: str) -> DirectoryContact | None:
    """The contact that an entry describes; None if its values are damaged, which is noted."""
    before = issues.count
    guid, attributes = object_guid(entry, issues), okta_attributes(entry, issues)
    if guid is None or issues.count > before:
        return None
    return DirectoryContact(instance, guid, entry.dn, attributes)


def resource_mailbox(entry: DirectoryEntry, issues: IssueList, *, instance: str) -> ResourceMailbox | None:
    """The resource that an entry describes; None if its values are damaged, which is noted."""
    account = directory_account(entry, issues, instance=instance)
    if account is None:
        return None
    metadata = {value.lower() for value in entry.values("msExchResourceMetaData")}
    is_equipment = entry.number("msExchRecipientTypeDetails") in _EQUIPMENT or b"resourcetype:equipment" in metadata
    kind = ResourceKind.EQUIPMENT if is_equipment else ResourceKind.ROOM
    return ResourceMailbox(account, kind, entry.number("msExchResourceCapacity"))
