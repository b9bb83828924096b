"""An entry of an Active Directory, read over LDAP or from an LDIF file.

Values are bytes, as the directory keeps them. The entry's classes and its mailbox tell what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_frozenset, frozen_mapping, made_of, typed

_RESOURCE_MAILBOXES = frozenset({2**4, 2**5, 2**33, 2**34})
"""``msExchRecipientTypeDetails`` of resource mailboxes, on premises and in Exchange Online."""

_WRITTEN_GUID = re.compile(rb"\{?[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}?")
_TOMBSTONE = re.compile(r"(?:\\0A|\n)DEL:[0-9a-f-]{36}", re.IGNORECASE)
"""What the directory adds to the name of what was deleted: a line feed, and its objectGUID."""

_RESOURCE_METADATA = frozenset({b"resourcetype:room", b"resourcetype:equipment"})


class EntryKind(StrEnum):
    """What an entry of a directory is."""

    USER = "user"
    GROUP = "group"
    CONTACT = "contact"
    RESOURCE = "resource"  # a conference room or equipment, which is a user of the directory and never signs in
    DELETED = "deleted"  # a tombstone: what the directory keeps for a while of an object that was deleted
    OTHER = "other"


def _encoded(values: Iterable[bytes | str]) -> tuple[bytes, ...]:
    values = tuple(values)
    if _BYTES.issuperset(map(type, values)):
        return values  # type: ignore[return-value]  # as they come from a directory
    return tuple(value.encode() if isinstance(value, str) else value for value in values)


_BYTES = frozenset({bytes})


def _as_bytes(attributes: Mapping[str, Iterable[bytes | str]]) -> Mapping[str, tuple[bytes, ...]]:
    if not isinstance(attributes, Mapping):
        return attributes  # the validator refuses it
    encoded = {name: made_of(values, _encoded) for name, values in attributes.items()}
    return frozen_mapping(encoded)


@frozen(field_transformer=typed)
class DirectoryEntry:
    """A distinguished name with the values of its attributes.

    Args:
        dn: the distinguished name.
        attributes: the values of each attribute, under the directory's name for it; strings become UTF-8 bytes. LDAP
            names have no case, so ask with :meth:`values`, :meth:`text` or :meth:`number`.
        incomplete: the attributes of which not all values are known; they have none here.
        place: where the entry was read, for messages.

    >>> entry = DirectoryEntry("CN=Ann,DC=corp,DC=example", {"objectClass": ["user"], "MAIL": [b"a@corp.example"]})
    >>> entry.text("mail"), entry.kind.value
    ('a@corp.example', 'user')

    """

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]] = field(converter=_as_bytes, hash=False, repr=False)
    incomplete: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    place: str = field(default="", eq=False, kw_only=True)

    @cached_property
    def _by_lower_name(self) -> Mapping[str, tuple[bytes, ...]]:
        return {name.lower(): values for name, values in self.attributes.items()}

    @check_after_failure
    def values(self, name: str) -> tuple[bytes, ...]:
        """All values of an attribute; an empty tuple if the entry does not have it."""
        return self._by_lower_name.get(name.lower(), ())

    @check_after_failure
    def text(self, name: str) -> str | None:
        """The first value of an attribute as a string; None if it is missing or not UTF-8."""
        try:
            return next((value.decode() for value in self.values(name)), None)
        except UnicodeDecodeError:
            return None

    @check_after_failure
    def number(self, name: str) -> int | None:
        """The first value of an attribute as a whole number; None if it is missing or not a whole number."""
        text = self.text(name) or ""
        return int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None

    @property
    def guid(self) -> UUID | None:
        """The objectGUID, of its bytes or as a program wrote it out; None if it is missing or is not one value.

        Source: Microsoft, "objectGUID": the first three fields are little-endian.
        """
        found = self._by_lower_name.get("objectguid", ())
        octets = found[0] if len(found) == 1 else b""
        if len(octets) == 16:  # as UUID(bytes_le=octets), which takes longer
            return UUID(int=int.from_bytes(octets[3::-1] + octets[5:3:-1] + octets[7:5:-1] + octets[8:], "big"))
        return UUID(octets.decode()) if _WRITTEN_GUID.fullmatch(octets) else None

    @property
    def kind(self) -> EntryKind:
        """What the entry is; computers and their service accounts are OTHER, though the directory calls them users.

        Sources: Microsoft, Active Directory schema, and "Retrieving Deleted Objects"; Exchange,
        ``msExchRecipientTypeDetails``.
        """
        held = self._by_lower_name
        may_be_deleted = "isdeleted" in held or "\\0" in self.dn or "\n" in self.dn
        if may_be_deleted and ((self.text("isDeleted") or "").upper() == "TRUE" or _TOMBSTONE.search(self.dn)):
            return EntryKind.DELETED
        classes = {value.lower() for value in held.get("objectclass", ())}
        if b"group" in classes:
            return EntryKind.GROUP
        if b"contact" in classes:
            return EntryKind.CONTACT
        if b"user" not in classes or b"computer" in classes:
            return EntryKind.OTHER
        if "msexchrecipienttypedetails" not in held and "msexchresourcemetadata" not in held:
            return EntryKind.USER
        metadata = {value.lower() for value in self.values("msExchResourceMetaData")}
        if self.number("msExchRecipientTypeDetails") in _RESOURCE_MAILBOXES or metadata & _RESOURCE_METADATA:
            return EntryKind.RESOURCE
        return EntryKind.USER
