"""What an Exchange administrator has to make, because Graph can't: lists, contacts and resource mailboxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_sorted, as_tuple, made_of, member, typed
from o365prov.people import AppUsers, DirectoryContact, DirectoryGroup, Person, ResourceKind, ResourceMailbox
from o365prov.rendering import count_text
from o365prov.structuring import Saved, SavedFormat


class RecipientKind(StrEnum):
    """The kinds of recipients that Graph only reads, as Exchange calls them."""

    DISTRIBUTION_LIST = "distribution list"
    MAIL_SECURITY_GROUP = "mail-enabled security group"
    CONTACT = "mail contact"
    ROOM = "room mailbox"
    EQUIPMENT = "equipment mailbox"


def _kind(value: RecipientKind | str) -> RecipientKind:
    return member(RecipientKind, value)


@frozen(field_transformer=typed)
class ExchangeRecipient:
    """A recipient as Exchange Online should have it.

    Args:
        kind: what it is.
        key: the objectGUID in Active Directory, which a rename leaves.
        name: its display name.
        address: its address; empty where the directory has none, and then it can't be made.
        members: the addresses of a list's members.
        capacity: how many people a room has places for; None if that is not known.

    """

    kind: RecipientKind = field(converter=_kind)
    key: str
    name: str
    address: str
    members: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    capacity: int | None = None


def _recipients(values: Iterable[ExchangeRecipient]) -> tuple[ExchangeRecipient, ...]:
    return made_of(values, lambda each: tuple(sorted(each, key=lambda one: (one.kind, one.key))))


@frozen(repr=False, field_transformer=typed)
class ExchangeExport(Saved):
    """What one script was made for: the next script has only what differs from it.

    Args:
        recipients: the recipients; they are sorted.

    >>> ExchangeExport()
    ExchangeExport(0 recipients)

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.exchange-export",
        version=1,
        name="an export for Exchange",
        origin="begin with ExchangeExport(), or name the file that ExchangeExport.save() wrote",
        remedy="restore it from a backup",
    )

    recipients: tuple[ExchangeRecipient, ...] = field(default=(), converter=_recipients)

    def by_key(self) -> Mapping[str, ExchangeRecipient]:
        """The recipients by their keys."""
        return {each.key: each for each in self.recipients}

    def __repr__(self) -> str:
        return f"ExchangeExport({count_text(len(self.recipients), 'recipient')})"


def exchange_export(
    groups: Iterable[DirectoryGroup],
    contacts: Iterable[DirectoryContact],
    resources: Iterable[ResourceMailbox],
    people: Iterable[Person],
    app_users: AppUsers,
    *,
    instances: Iterable[str],
) -> ExchangeExport:
    """What goes to Exchange from the chosen instances of Active Directory.

    Args:
        groups: the groups of the directories; security groups without mail are left out, because Graph writes them.
        contacts: their contacts.
        resources: their rooms and equipment.
        people: the people, whose accounts are members of lists.
        app_users: whose accounts the app provisions: members go by their usernames.
        instances: the names of the instances, such as ``UniversalSync(...).ad_instances``.

    """
    groups, contacts, resources = as_tuple(groups), as_tuple(contacts), as_tuple(resources)
    people, instances = as_tuple(people), as_tuple(instances)
    check_call(exchange_export, locals())
    address_of = {each.object_guid: each.mail or "" for each in groups}
    address_of |= {each.object_guid: each.mail or "" for each in contacts}
    address_of |= {each.account.object_guid: each.mail or "" for each in resources}
    for person in people:
        user = app_users.get(person.id)
        if user is not None and user.is_in_use:
            address_of |= {account.object_guid: user.username for account in person.directory_accounts}
    found = []
    for group in groups:
        if group.instance in instances and (group.is_mail_enabled or not group.is_security):
            kind = RecipientKind.MAIL_SECURITY_GROUP if group.is_security else RecipientKind.DISTRIBUTION_LIST
            members = [address for each in group.members if (address := address_of.get(each))]
            found.append(ExchangeRecipient(kind, str(group.object_guid), group.name, group.mail or "", members))
    for contact in contacts:
        if contact.instance in instances:
            key = str(contact.object_guid)
            found.append(ExchangeRecipient(RecipientKind.CONTACT, key, contact.name, contact.mail or ""))
    for each in resources:
        if each.account.instance in instances:
            kind = RecipientKind.ROOM if each.kind is ResourceKind.ROOM else RecipientKind.EQUIPMENT
            key, mail = str(each.account.object_guid), each.mail or ""
            found.append(ExchangeRecipient(kind, key, each.name, mail, capacity=each.capacity))
    return ExchangeExport(found)
