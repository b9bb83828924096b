"""Active Directory over LDAP: people, groups, contacts and rooms, all of them or what changed since the last time.

An account that may only read is enough.

>>> ActiveDirectory("ldaps://dc1.corp.example", "reader@corp.example", "secret")
ActiveDirectory('ldaps://dc1.corp.example')
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn
from uuid import UUID

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_unique, typed
from o365prov.errors import ConfigurationError, UsageError
from o365prov.people import domain_of
from o365prov.profiles import ATTRIBUTES
from o365prov.sources.directory.directory_account import KNOWN_ATTRIBUTES
from o365prov.sources.directory.directory_entry import DirectoryEntry
from o365prov.sources.ldap.directory_changes import WANTED, Changes, Cursor
from o365prov.sources.ldap.directory_read import DirectoryRead, by_guid, updated
from o365prov.sources.ldap.ldap_connection import LdapConnection, LdapServer

_EXTENSIONS = tuple(f"extensionAttribute{number}" for number in range(1, 16))
_OF_EVERY_ENTRY = (
    "objectGUID",
    "objectSid",
    "objectClass",
    "isDeleted",
    "member",
    "groupType",
    "cn",
    "departmentNumber",
    "division",
    "generationQualifier",
    "isCriticalSystemObject",
    "managedBy",
    "msExchHideFromAddressLists",
    "msExchRecipientTypeDetails",
    "msExchResourceCapacity",
    "msExchResourceDisplay",
    "personalTitle",
)
_NEVER_MAPPED = frozenset({"nTSecurityDescriptor", "jpegPhoto", "thumbnailPhoto"})
"""Who may do what with an entry, and pictures: much to read that no mapping sends."""

_MAPPED = tuple(each.directory for each in ATTRIBUTES.values() if each.directory)
_ATTRIBUTES = tuple(
    {
        name.lower(): name
        for name in (*_OF_EVERY_ENTRY, *KNOWN_ATTRIBUTES, *_MAPPED, *_EXTENSIONS)
        if name not in _NEVER_MAPPED
    }.values()
)
"""What is read of every entry, all that Universal Sync sends among it: what is not read looks as if it were empty."""


def _digest(base: str, attributes: Iterable[str]) -> str:
    """What was asked for, in short."""
    return hashlib.sha256("\0".join((base, *attributes)).encode()).hexdigest()[:16]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return as_unique(names)


@frozen(repr=False, field_transformer=typed)
class ActiveDirectory:
    """One Active Directory: a domain of a forest.

    Args:
        url: the domain controller: ``ldaps://dc1.corp.example``, or ``ldap://``, which is encrypted by StartTLS.
        user: who reads it, such as ``reader@corp.example``.
        password: the password; it is never shown.
        base: where reading begins; None for the whole domain.
        instance: the name of the directory; None for its domain, which is Okta's name of it.
        ca_file: a file with the certificates of those who may have signed the server's; None for those that the system
            trusts.
        attributes: attributes to read besides those that Okta's profile of an account has, those that Universal Sync
            sends, and Exchange's ``extensionAttribute1`` to ``15``.
        page_size: how many entries are asked for at a time (1 to 1,000, which is Active Directory's limit).
        timeout: how many seconds an answer may take (1 to 3,600).

    Raises:
        ConfigurationError: the address is not one of LDAP's, the user or the password is empty, which a directory takes
            for somebody unknown, or a number is out of range.

    """

    url: str
    user: str
    password: str
    base: str | None = None
    instance: str | None = None
    ca_file: str | None = None
    attributes: tuple[str, ...] = field(default=(), converter=_names)
    page_size: int = 500
    timeout: int = 30

    def __attrs_post_init__(self) -> None:
        if not re.fullmatch(r"ldaps?://[A-Za-z0-9.:\[\]-]+", self.url):
            raise ConfigurationError("ActiveDirectory.url should be such as ldaps://dc1.corp.example")
        if not self.user or not self.password:
            raise ConfigurationError("ActiveDirectory needs a user and a password: without one nobody would sign in")
        if not 1 <= self.page_size <= 1_000:
            raise ConfigurationError("ActiveDirectory.page_size should be a whole number from 1 to 1000")
        if not 1 <= self.timeout <= 3_600:
            raise ConfigurationError("ActiveDirectory.timeout should be a whole number of seconds from 1 to 3600")

    def entries(self) -> Iterator[DirectoryEntry]:
        """Everything that is read, one entry after the other, so that the size of the directory does not matter.

        Raises:
            SourceError: the server can't be reached, its certificate is not trusted, it refuses the user, or it refuses
                a search; ldap3 is not installed.

        """
        with self._connection() as connection:
            yield from connection.search(self._base(connection), WANTED, (*_ATTRIBUTES, *self.attributes))

    def read(self, since: DirectoryRead | None = None) -> DirectoryRead:
        """The directory as it is now.

        Args:
            since: an earlier read: only what changed is read. If it came from another domain controller, or from one
                that was restored from a backup, or with other settings, everything is read again.

        Raises:
            SourceError: as for :meth:`entries`.

        """
        check_call(ActiveDirectory.read, locals())
        with self._connection() as connection:
            base, attributes = self._base(connection), (*_ATTRIBUTES, *self.attributes)
            cursor = self._cursor(connection, _digest(base, attributes))
            earlier = since or DirectoryRead(self.instance or domain_of(base), ())
            changes = Changes(connection, base, self._domain(connection), attributes)
            # Asked for before anything is read: what changes meanwhile is read again the next time.
            cursor, now = changes.since(earlier, cursor)
            if now is None or not now.present <= by_guid((*earlier.entries, *now.found)).keys():
                # Everything is new, or something moved into sight, which is not a change of it.
                now = changes.everything()
            return updated(earlier, now.found, now.present, str(cursor))

    def _cursor(self, connection: LdapConnection, asked: str) -> Cursor:
        """Which domain controller answers, the number of its last change, and its date."""
        root = self._root(connection)
        service = connection.read(root.text("dsServiceName") or "", ["invocationId"])
        octets = service.values("invocationId") if service is not None else ()
        controller = UUID(bytes_le=octets[0]) if octets and len(octets[0]) == 16 else root.text("dsServiceName") or ""
        lineage = f"{str(controller).replace(':', ' ')}:{asked}"
        return Cursor(lineage, root.number("highestCommittedUSN") or 0, (root.text("currentTime") or "")[:8])

    def _base(self, connection: LdapConnection) -> str:
        return self.base or self._domain(connection)

    def _domain(self, connection: LdapConnection) -> str:
        return self._root(connection).text("defaultNamingContext") or ""

    def _root(self, connection: LdapConnection) -> DirectoryEntry:
        root = connection.read("", ["defaultNamingContext", "dsServiceName", "highestCommittedUSN", "currentTime"])
        if root is None or not root.text("defaultNamingContext"):
            raise self._server.error("wrong_value", "is not an Active Directory", "name one of its domain controllers")
        return root

    @property
    def _server(self) -> LdapServer:
        return LdapServer(self.url, self.user, self.password, self.ca_file, self.page_size, self.timeout)

    @contextmanager
    def _connection(self) -> Iterator[LdapConnection]:
        with self._server.connect() as connection:
            yield connection

    def __repr__(self) -> str:
        return f"ActiveDirectory({self.url!r})"

    def __reduce__(self) -> NoReturn:
        raise UsageError("an ActiveDirectory holds a password and can't be copied or pickled: make it where it is used")
