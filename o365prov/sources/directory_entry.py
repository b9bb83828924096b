"""One entry of an Active Directory, wherever it was read: over LDAP or from an LDIF file.

Values are bytes, as the directory keeps them. What an entry stands for is told by its classes and its mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Final

from attrs import field, frozen

from o365prov._fields import frozen_mapping

_RESOURCE_MAILBOXES: Final = frozenset({2**4, 2**5, 2**33, 2**34})
"""``msExchRecipientTypeDetails`` of rooms and equipment: mailboxes here, and remote ones in Exchange Online."""

_RESOURCE_METADATA: Final = frozenset({b"resourcetype:room", b"resourcetype:equipment"})


class EntryKind(StrEnum):
    """What an entry stands for, as far as provisioning cares."""

    USER = "user"
    GROUP = "group"
    CONTACT = "contact"
    RESOURCE = "resource"  # a room or a piece of equipment: to the directory a user, who never signs in
    OTHER = "other"


def _as_bytes(attributes: Mapping[str, Iterable[bytes | str]]) -> Mapping[str, tuple[bytes, ...]]:
    return frozen_mapping(
        {
            name: tuple(value.encode() if isinstance(value, str) else value for value in values)
            for name, values in attributes.items()
        }
    )


@frozen
class DirectoryEntry:
    """A name and the values of each attribute.

    *dn* is the distinguished name; *attributes* stand under the names that the directory gave them (LDAP names have no
    case, so ask with :meth:`values`, :meth:`text` or :meth:`number`), and a string is kept as its UTF-8 bytes; *place*
    says where the entry was read, for messages.

    >>> entry = DirectoryEntry("CN=Ann,DC=corp,DC=example", {"objectClass": ["user"], "MAIL": [b"a@corp.example"]})
    >>> entry.text("mail"), entry.kind.value
    ('a@corp.example', 'user')
    """

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]] = field(converter=_as_bytes, hash=False, repr=False)
    place: str = field(default="", eq=False, kw_only=True)

    @cached_property
    def _by_lower_name(self) -> Mapping[str, tuple[bytes, ...]]:
        return {name.lower(): values for name, values in self.attributes.items()}

    def values(self, name: str) -> tuple[bytes, ...]:
        """All values of an attribute; none if the entry has no such attribute."""
        return self._by_lower_name.get(name.lower(), ())

    def text(self, name: str) -> str | None:
        """The first value of an attribute as a string; None if there is none, or if it is not UTF-8."""
        try:
            return next((value.decode() for value in self.values(name)), None)
        except UnicodeDecodeError:
            return None

    def number(self, name: str) -> int | None:
        """The first value of an attribute as a whole number; None if there is none, or if it is not one."""
        text = self.text(name) or ""
        return int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None

    @property
    def kind(self) -> EntryKind:
        """What the entry stands for; computers and their service accounts are OTHER, though users to the directory.

        Source: Microsoft, Active Directory schema; Exchange, ``msExchRecipientTypeDetails``.
        """
        classes = {value.lower() for value in self.values("objectClass")}
        if b"group" in classes:
            return EntryKind.GROUP
        if b"contact" in classes:
            return EntryKind.CONTACT
        if b"user" not in classes or b"computer" in classes:
            return EntryKind.OTHER
        metadata = {value.lower() for value in self.values("msExchResourceMetaData")}
        if self.number("msExchRecipientTypeDetails") in _RESOURCE_MAILBOXES or metadata & _RESOURCE_METADATA:
            return EntryKind.RESOURCE
        return EntryKind.USER
