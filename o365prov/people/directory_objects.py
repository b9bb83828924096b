"""What Active Directory has besides the accounts of people: groups, contacts and resource mailboxes.

Source: Microsoft, Active Directory schema, classes ``group`` and ``contact``; Exchange, ``msExchRecipientTypeDetails``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_sorted, as_tuple, frozen_mapping, made_of, member, typed
from o365prov.people.person import DirectoryAccount


class GroupScope(StrEnum):
    """Where a group of Active Directory can be used, and whom it can have as members.

    Source: Microsoft, "Active Directory security groups", group scope.
    """

    DOMAIN_LOCAL = "domain local"
    GLOBAL = "global"
    UNIVERSAL = "universal"


class ResourceKind(StrEnum):
    """What a resource mailbox is of."""

    ROOM = "room"
    EQUIPMENT = "equipment"


def _guids(guids: Iterable[UUID]) -> frozenset[UUID]:
    return made_of(guids, frozenset)


def _scope(value: GroupScope | str) -> GroupScope:
    return member(GroupScope, value)


def _kind(value: ResourceKind | str) -> ResourceKind:
    return member(ResourceKind, value)


@frozen(field_transformer=typed)
class DirectoryGroup:
    """A security group or a distribution list of one Active Directory instance.

    Args:
        instance: the directory, by the name of the AD app instance in Okta.
        object_guid: the group's objectGUID.
        distinguished_name: where the group is in the directory.
        is_security: whether it gives rights; a distribution list does not.
        scope: where it can be used.
        members: the objectGUIDs of its direct members: people, contacts, resources, and the groups nested in it. Those
            who have it as their primary group alone, as everybody has *Domain Users*, are not among them.
        unread_members: the distinguished names of members that were not read, such as those of other domains.
        managed_by: the objectGUID of who manages it; None for nobody, or somebody who was not read.
        attributes: its attributes, with the names that accounts have for them (``samAccountName``, ``email``,
            ``proxyAddresses``, ``managedBy``, ...), without ``member``.

    Source: Microsoft, Active Directory schema, ``groupType`` and ``member``.

    """

    instance: str
    object_guid: UUID
    distinguished_name: str
    is_security: bool = True
    scope: GroupScope = field(default=GroupScope.GLOBAL, converter=_scope)
    members: frozenset[UUID] = field(default=frozenset(), converter=_guids, repr=False)
    unread_members: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    managed_by: UUID | None = None
    attributes: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)

    @property
    def name(self) -> str:
        """What people call it: its display name, else its common name, else its account name."""
        return _name(self.attributes, "displayName", "cn", "samAccountName") or self.distinguished_name

    @property
    def mail(self) -> str | None:
        """Its address; None if it has none."""
        return _name(self.attributes, "email")

    @property
    def is_mail_enabled(self) -> bool:
        """Whether Exchange delivers to it: it has an address and an alias, or proxy addresses."""
        has_alias = bool(self.attributes.get("mailNickname") and self.mail)
        return has_alias or bool(self.attributes.get("proxyAddresses"))


@frozen(field_transformer=typed)
class DirectoryContact:
    """A contact of one Active Directory instance: an address of somebody who has no account.

    Args:
        instance: the directory, by the name of the AD app instance in Okta.
        object_guid: the contact's objectGUID, which is its only key: contacts have no account name.
        distinguished_name: where it is in the directory.
        attributes: its attributes, with the names that accounts have for them (``email``, ``targetAddress``, ...).

    """

    instance: str
    object_guid: UUID
    distinguished_name: str
    attributes: Mapping[str, Any] = field(factory=dict, converter=frozen_mapping, hash=False, repr=False)

    @property
    def name(self) -> str:
        """What people call it: its display name, else its common name."""
        return _name(self.attributes, "displayName", "cn") or self.distinguished_name

    @property
    def mail(self) -> str | None:
        """Its address outside of the organisation; None if it has none."""
        target = _name(self.attributes, "targetAddress") or ""
        outside = target.partition(":")[2] if target[:5].upper() == "SMTP:" else ""
        return outside or _name(self.attributes, "email")


@frozen(field_transformer=typed)
class ResourceMailbox:
    """A conference room, or equipment, with the account that its mailbox has in Active Directory.

    Args:
        account: the account, in which nobody signs in.
        kind: what it is.
        capacity: how many people the room has places for; None if that is not known.

    Source: Exchange, ``msExchRecipientTypeDetails``, ``msExchResourceMetaData`` and ``msExchResourceCapacity``.

    """

    account: DirectoryAccount
    kind: ResourceKind = field(default=ResourceKind.ROOM, converter=_kind)
    capacity: int | None = None

    @property
    def name(self) -> str:
        """What people call it: its display name, else its common name, else its account name."""
        attributes = self.account.attributes
        return _name(attributes, "displayName", "cn", "samAccountName") or str(self.account.object_guid)

    @property
    def mail(self) -> str | None:
        """Its address; None if it has none."""
        return _name(self.account.attributes, "email")


def everybody_in(group: DirectoryGroup, groups: Iterable[DirectoryGroup]) -> frozenset[UUID]:
    """Who is in a group, directly or through the groups nested in it; groups that contain each other are harmless.

    Args:
        group: the group.
        groups: the groups that may be nested in it.

    Returns:
        The objectGUIDs of people, contacts and resources, without those of groups.

    >>> team = DirectoryGroup("corp.example", UUID(int=1), "CN=Team", members=[UUID(int=2), UUID(int=8)])
    >>> all_ = DirectoryGroup("corp.example", UUID(int=2), "CN=All", members=[UUID(int=1), UUID(int=9)])
    >>> sorted(each.int for each in everybody_in(team, [team, all_]))
    [8, 9]

    """
    groups = as_tuple(groups)
    check_call(everybody_in, locals())
    by_guid = {each.object_guid: each for each in (*groups, group)}
    seen, waiting = {group.object_guid}, [group]
    found: set[UUID] = set()
    while waiting:
        new = waiting.pop().members - seen
        seen |= new
        nested = [by_guid[each] for each in new if each in by_guid]
        waiting += nested
        found |= new - {each.object_guid for each in nested}
    return frozenset(found)


def _name(attributes: Mapping[str, Any], *names: str) -> str | None:
    """The first of these attributes that has a text."""
    return next((value for name in names if isinstance(value := attributes.get(name), str) and value), None)
