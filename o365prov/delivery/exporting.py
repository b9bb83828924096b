"""From directories and the memory to what Exchange Online should have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_tuple, frozen_mapping, typed
from o365prov.delivery.recipients import ExchangeExport, ExchangeRecipient, RecipientKind
from o365prov.people import (
    AppUser,
    AppUsers,
    AppUserStatus,
    DirectoryContact,
    DirectoryGroup,
    LeaverStep,
    Person,
    ResourceKind,
    ResourceMailbox,
)
from o365prov.planning import CreateUser, NextMemory, Plan


@frozen(field_transformer=typed)
class MailboxOffboarding:
    """What becomes of the mailbox of somebody whose account we deactivated.

    A mailbox becomes a shared one before its licence is gone: with ``LeaverSteps(mailbox=...)`` the licence waits for
    the script; otherwise deprovision with a grace period, and run the script within it.

    Args:
        shared: whether it becomes a shared mailbox, which needs no licence up to 50 GB.
        to_manager: whether its mail also goes to the manager, as long as that is somebody with an account from here.
        forward_to: the addresses to which the mail of some people also goes instead, by the ids of the people.

    Source: Microsoft, "Convert a user mailbox to a shared mailbox"; Exchange PowerShell, Set-Mailbox.

    """

    shared: bool = True
    to_manager: bool = False
    forward_to: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)


def users_after(plan: Plan) -> AppUsers:
    """The memory as it is once everything in a plan was done: what it renames and deactivates can be reviewed with it.

    Args:
        plan: the plan. Accounts that it creates are left out, because they have neither object ids nor mailboxes yet.

    """
    check_call(users_after, locals())
    memory = NextMemory(plan.app_users, plan)
    for change in plan:
        if not isinstance(change, CreateUser) and change.object_id is not None:
            memory.note(change, change.object_id)
    return memory.after(plan.id)


def exchange_export(
    groups: Iterable[DirectoryGroup],
    contacts: Iterable[DirectoryContact],
    resources: Iterable[ResourceMailbox],
    people: Iterable[Person],
    app_users: AppUsers,
    *,
    instances: Iterable[str],
    since: ExchangeExport | None = None,
    offboarding: MailboxOffboarding | None = None,
    now: datetime | None = None,
) -> ExchangeExport:
    """What goes to Exchange from the chosen instances of Active Directory, and of the mailboxes of people.

    Args:
        groups: the groups of the directories; security groups without mail are left out, because Graph writes them.
        contacts: their contacts.
        resources: their rooms and equipment.
        people: the people, whose accounts are members of lists, and whose proxy addresses are aliases.
        app_users: whose accounts the app provisions: members go by their usernames. With :func:`users_after` it is
            what a plan would make of it, so that the script is reviewed before the plan is applied.
        instances: the names of the instances, such as ``UniversalSync(...).ad_instances``.
        since: the last export. Addresses that something had then, and has not any more, stay with it as aliases,
            unless something else has them now.
        offboarding: what becomes of the mailboxes of people who left; None to leave them alone.
        now: the time, aware: members who left stay in lists, and their mailboxes as they are, until the days come that
            the option has for groups and mailboxes; None for at once.

    """
    groups, contacts, resources = as_tuple(groups), as_tuple(contacts), as_tuple(resources)
    people, instances = as_tuple(people), as_tuple(instances)
    check_call(exchange_export, locals())
    chosen = frozenset(instances)
    mailboxes = [*_mailboxes(people, app_users, chosen, offboarding, now)]
    addresses = _addresses(groups, contacts, resources, people, app_users, now)
    found = [*_lists(groups, addresses, chosen), *_contacts(contacts, chosen), *_resources(resources, chosen)]
    return ExchangeExport(_with_former([*found, *mailboxes], since))


def _addresses(
    groups: Iterable[DirectoryGroup],
    contacts: Iterable[DirectoryContact],
    resources: Iterable[ResourceMailbox],
    people: Iterable[Person],
    app_users: AppUsers,
    now: datetime | None,
) -> Mapping[Any, str]:
    """The address of whatever can be a member, by objectGUID; people have one until they are to leave the groups."""
    address_of = {each.object_guid: each.mail or "" for each in groups}
    address_of |= {each.object_guid: each.mail or "" for each in contacts}
    address_of |= {each.account.object_guid: each.mail or "" for each in resources}
    for person in people:
        user = app_users.get(person.id)
        if user is not None and (user.is_in_use or (now is not None and user.stays_in_groups(now))):
            address_of |= {account.object_guid: user.username for account in person.directory_accounts}
    return address_of


def _lists(
    groups: Iterable[DirectoryGroup], addresses: Mapping[Any, str], instances: frozenset[str]
) -> Iterator[ExchangeRecipient]:
    for group in groups:
        if group.instance in instances and (group.is_mail_enabled or not group.is_security):
            yield ExchangeRecipient(
                RecipientKind.MAIL_SECURITY_GROUP if group.is_security else RecipientKind.DISTRIBUTION_LIST,
                str(group.object_guid),
                group.name,
                group.mail or "",
                [address for each in group.members if (address := addresses.get(each))],
                aliases=_aliases(group.attributes),
            )


def _contacts(contacts: Iterable[DirectoryContact], instances: frozenset[str]) -> Iterator[ExchangeRecipient]:
    for each in contacts:
        if each.instance in instances:
            key, mail = str(each.object_guid), each.mail or ""
            aliases = _aliases(each.attributes)
            yield ExchangeRecipient(RecipientKind.CONTACT, key, each.name, mail, aliases=aliases)


def _resources(resources: Iterable[ResourceMailbox], instances: frozenset[str]) -> Iterator[ExchangeRecipient]:
    for each in resources:
        if each.account.instance in instances:
            kind = RecipientKind.ROOM if each.kind is ResourceKind.ROOM else RecipientKind.EQUIPMENT
            key, mail = str(each.account.object_guid), each.mail or ""
            aliases = _aliases(each.account.attributes)
            yield ExchangeRecipient(kind, key, each.name, mail, capacity=each.capacity, aliases=aliases)


def _mailboxes(
    people: Iterable[Person],
    app_users: AppUsers,
    instances: frozenset[str],
    offboarding: MailboxOffboarding | None,
    now: datetime | None,
) -> Iterator[ExchangeRecipient]:
    """The mailboxes of the accounts that we remember, unless we deleted them."""
    by_id = {each.id: each for each in people}
    by_account = {each.object_id: each for each in app_users if each.object_id}
    for user in by_account.values():
        if user.status is AppUserStatus.DELETED:
            continue
        person = by_id.get(user.person_id)
        accounts = () if person is None else person.directory_accounts
        handing_over = offboarding if _is_due(user, now) else None
        yield ExchangeRecipient(
            RecipientKind.SHARED_MAILBOX
            if handing_over is not None and handing_over.shared
            else RecipientKind.USER_MAILBOX,
            user.object_id,
            user.username if person is None else person.name,
            user.username,
            aliases={each for one in accounts if one.instance in instances for each in _aliases(one.attributes)},
            forward_to="" if handing_over is None else _forwarding(user, handing_over, by_account),
        )


def _is_due(user: AppUser, now: datetime | None) -> bool:
    """Whether somebody left, and the day has come that the option has for the mailbox."""
    if user.status is not AppUserStatus.DEACTIVATED or user.departure is None:
        return False
    day = user.departure.day(LeaverStep.MAILBOX)
    return now is None or day is None or day <= now


def _forwarding(user: AppUser, offboarding: MailboxOffboarding, by_account: Mapping[str, AppUser]) -> str:
    """Where the mail of somebody who left goes."""
    if user.person_id in offboarding.forward_to:
        return offboarding.forward_to[user.person_id]
    manager = by_account.get(user.manager_id or "")
    return manager.username if offboarding.to_manager and manager is not None and manager.is_in_use else ""


def _aliases(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses among the proxy addresses that are not the primary one (``SMTP:`` in upper case)."""
    found = attributes.get("proxyAddresses")
    values = (found,) if isinstance(found, str) else found if isinstance(found, list | tuple) else ()
    return tuple(each[5:] for each in values if isinstance(each, str) and each.startswith("smtp:") and each[5:])


def _with_former(recipients: Iterable[ExchangeRecipient], since: ExchangeExport | None) -> list[ExchangeRecipient]:
    """The recipients with the addresses that they had before, unless something has one of these now."""
    recipients = [*recipients]
    before = {} if since is None else since.by_key()
    taken = {each.address.lower() for each in recipients}
    taken |= {alias.lower() for each in recipients for alias in each.aliases}

    def had(each: ExchangeRecipient) -> set[str]:
        known = before.get(each.key)
        return set() if known is None else {*known.former, known.address} - {""}

    return [evolve(each, former=[one for one in had(each) if one.lower() not in taken]) for each in recipients]
