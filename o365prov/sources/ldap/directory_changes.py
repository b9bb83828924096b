"""The ways to find what changed in a directory: by DirSync, and by the numbers of its domain controller's changes.

DirSync is for those who may replicate the domain. It says what was deleted, by the tombstones. Everybody else asks by
number, and finds what was deleted, or moved out of sight, because it is not there any more.

Decision where Microsoft's pages are silent: a cookie of more than 30 days is not used, because a directory forgets its
tombstones after 60 days or more, and what was deleted would never be known.

Sources: Microsoft, "Polling for Changes Using the DirSync Control" and "Polling for Changes Using USNChanged";
"Tombstone-Lifetime attribute".
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from uuid import UUID

from attrs import evolve, field, frozen

from o365prov.sources.directory.directory_entry import DirectoryEntry, EntryKind
from o365prov.sources.ldap.directory_read import DirectoryRead, by_guid
from o365prov.sources.ldap.ldap_connection import LdapConnection

WANTED = (
    "(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group)(objectClass=contact)"
    "(objectClass=organizationalUnit))"
)
"""LDAP's filter for what is read; organizational units, because what stands under a renamed one has another name."""

_NOTHING = "(&(objectClass=user)(!(objectClass=user)))"
"""A filter for a cookie alone."""

_AT_ONCE = 100
"""How many entries are asked for in one filter."""


_MOST_DAYS = 30


@frozen
class Cursor:
    r"""How far the changes of a directory were read.

    Args:
        lineage: the domain controller, and a hash of what was asked for.
        number: that of the last change; None for nothing.
        day: the domain controller's date, such as ``20260601``.
        cookie: where DirSync goes on; empty without it.

    >>> str(Cursor("dc1:3f", 7)), Cursor.parsed("dc1:3f:7:20260601:AQI=").cookie
    ('dc1:3f:7', b'\x01\x02')

    """

    lineage: str
    number: int | None
    day: str = ""
    cookie: bytes = field(default=b"", repr=False)

    @classmethod
    def parsed(cls, text: str) -> Cursor:
        """What ``str`` of a cursor gave; one without a number for anything else."""
        controller, asked, number, day, cookie = [*text.split(":"), "", "", "", "", ""][:5]
        lineage = f"{controller}:{asked}"
        if not (number.isascii() and number.isdigit()):
            return cls(lineage, None)
        try:
            return cls(lineage, int(number[:19]), day, base64.b64decode(cookie, validate=True))
        except binascii.Error:
            return cls(lineage, int(number[:19]))

    def is_fresh(self, today: str) -> bool:
        """Whether there is a cookie that is not older than what the directory remembers of deletions."""
        try:
            age = date.fromisoformat(today) - date.fromisoformat(self.day)
        except ValueError:
            return False
        return bool(self.cookie) and 0 <= age.days <= _MOST_DAYS

    def __str__(self) -> str:
        """The text that :meth:`parsed` takes."""
        end = f":{self.day}:{base64.b64encode(self.cookie).decode()}" if self.cookie else ""
        return f"{self.lineage}:{self.number}{end}"


@frozen
class Now:
    """Entries as they are now.

    Args:
        found: those that changed.
        present: all that are there, by objectGUID.

    """

    found: tuple[DirectoryEntry, ...]
    present: AbstractSet[UUID]


@frozen
class Changes:
    """The ways to find what changed.

    Args:
        connection: the open connection.
        base: where reading begins.
        domain: the domain that it is in.
        attributes: what is read.

    """

    connection: LdapConnection
    base: str
    domain: str
    attributes: tuple[str, ...]

    def everything(self) -> Now:
        """A whole read."""
        found = tuple(self.connection.search(self.base, WANTED, self.attributes))
        return Now(found, by_guid(found).keys())

    def since(self, earlier: DirectoryRead, now: Cursor) -> tuple[Cursor, Now | None]:
        """What changed since an earlier read, and from where the next one goes on.

        Args:
            earlier: as it was; None comes back if it was read in another way, or nothing was read.
            now: how far the directory is.

        """
        then = Cursor.parsed(earlier.cursor)
        if then.lineage != now.lineage:
            then = Cursor(now.lineage, None)
        asked = self._asked(then.cookie if then.is_fresh(now.day) else b"")
        if asked is not None:
            now = evolve(now, cookie=asked[1])
        if asked is not None and then.is_fresh(now.day):
            return now, self._by_dir_sync(earlier, asked[0])
        return now, None if then.number is None else self._by_number(then.number)

    def _by_number(self, number: int) -> Now:
        """By the number of the domain controller's last change; what is there is counted, for tombstones are hidden."""
        wanted = f"(&{WANTED}(uSNChanged>={number + 1}))"
        return Now(tuple(self.connection.search(self.base, wanted, self.attributes)), self._present())

    def _present(self) -> AbstractSet[UUID]:
        return by_guid(self.connection.search(self.base, WANTED, ["objectGUID"])).keys()

    def _asked(self, cookie: bytes) -> tuple[tuple[DirectoryEntry, ...], bytes] | None:
        """What DirSync says has changed, nothing without a cookie, and the next cookie; None for who may not ask."""
        wanted = WANTED if cookie else _NOTHING
        return self.connection.changes(self.domain, wanted, ("name", "isDeleted", *self.attributes), cookie)

    def _by_dir_sync(self, earlier: DirectoryRead, parts: tuple[DirectoryEntry, ...]) -> Now:
        """By parts of the entries that changed, and the tombstones, which say what was deleted."""
        changed, before = by_guid(parts), by_guid(earlier.entries)
        found = tuple(self._whole(guid for guid, each in changed.items() if each.kind is not EntryKind.DELETED))
        touched = (*found, *(before[guid] for guid in changed if guid in before))
        if any(b"organizationalUnit" in each.values("objectClass") for each in touched):
            return Now(found, self._present())  # what stands below it may have come into sight, or left it
        return Now(found, (before.keys() - changed.keys()) | by_guid(found).keys())

    def _whole(self, guids: Iterable[UUID]) -> Iterator[DirectoryEntry]:
        """The entries with these objectGUIDs that are below the base."""
        octets = ["".join(f"\\{octet:02x}" for octet in each.bytes_le) for each in guids]
        for begin in range(0, len(octets), _AT_ONCE):
            these = "".join(f"(objectGUID={each})" for each in octets[begin : begin + _AT_ONCE])
            yield from self.connection.search(self.base, f"(&{WANTED}(|{these}))", self.attributes)
