"""What Exchange Online should have, as one value: lists, contacts and resource mailboxes, and people's mailboxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen

from o365prov._fields import as_sorted, made_of, member, typed
from o365prov.rendering import count_text
from o365prov.structuring import Saved, SavedFormat


class RecipientKind(StrEnum):
    """The kinds of recipients of which Graph can't write everything, as Exchange calls them."""

    DISTRIBUTION_LIST = "distribution list"
    MAIL_SECURITY_GROUP = "mail-enabled security group"
    CONTACT = "mail contact"
    ROOM = "room mailbox"
    EQUIPMENT = "equipment mailbox"
    USER_MAILBOX = "user mailbox"
    SHARED_MAILBOX = "shared mailbox"

    @property
    def comes_with_account(self) -> bool:
        """Whether it is the mailbox of an account, which a licence makes and which goes with the account."""
        return self in {RecipientKind.USER_MAILBOX, RecipientKind.SHARED_MAILBOX}


def _kind(value: RecipientKind | str) -> RecipientKind:
    return member(RecipientKind, value)


@frozen(field_transformer=typed)
class ExchangeRecipient:
    """A recipient as Exchange Online should have it.

    Args:
        kind: what it is.
        key: what a rename leaves: the objectGUID in Active Directory, and the account's object id of a user mailbox.
        name: its display name.
        address: its address; empty where the directory has none, and then it can't be made.
        members: the addresses of a list's members.
        capacity: how many people a room has places for; None if that is not known.
        aliases: the further addresses that the directory has for it.
        former: the addresses that it had before it was renamed, at which it still gets mail.
        forward_to: the address to which its mail also goes; empty for none.

    """

    kind: RecipientKind = field(converter=_kind)
    key: str
    name: str
    address: str
    members: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    capacity: int | None = None
    aliases: tuple[str, ...] = field(default=(), converter=as_sorted)
    former: tuple[str, ...] = field(default=(), converter=as_sorted)
    forward_to: str = ""

    @property
    def further_addresses(self) -> frozenset[str]:
        """All addresses besides its own, in lower case."""
        return frozenset(each.lower() for each in (*self.aliases, *self.former)) - {self.address.lower()}


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

    @property
    def handed_over(self) -> frozenset[str]:
        """The object ids of the accounts whose mailboxes it hands over: they are shared, or their mail is forwarded.

        Once the script was run, ``app.plan(..., mailboxes_done=export.handed_over)`` lets their licences go.
        """
        return frozenset(
            each.key
            for each in self.recipients
            if each.kind is RecipientKind.SHARED_MAILBOX or (each.kind.comes_with_account and each.forward_to)
        )

    def by_key(self) -> Mapping[str, ExchangeRecipient]:
        """The recipients by their keys."""
        return {each.key: each for each in self.recipients}

    def __repr__(self) -> str:
        return f"ExchangeExport({count_text(len(self.recipients), 'recipient')})"
