"""The one module that uses ldap3: searches of a directory, of which bytes come back.

Connections are encrypted, certificates are checked, and referrals to other servers are not followed: they would get the
password. Answers come in pages, and attributes of many values in ranges, as Active Directory gives both.

Sources: RFC 4511; RFC 2696, "Simple Paged Results"; Microsoft, "Searching Using Range Retrieval"; "Polling for Changes
Using the DirSync Control".
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from types import TracebackType
from typing import Any, Self

from attrs import field, frozen

from o365prov.errors import Issue, SourceError
from o365prov.sources.directory.directory_entry import DirectoryEntry

_PAGES = "1.2.840.113556.1.4.319"
_DIR_SYNC = "1.2.840.113556.1.4.841"
_MOST_PAGES = 100_000
_NO_SUCH_OBJECT = 32
_RANGE = re.compile(r"(?P<name>[^;]+);range=(?P<begin>\d{1,9})-(?P<end>\d{1,9}|\*)", re.IGNORECASE)
_BIND_ERRORS: Mapping[str, str] = {
    "525": "there is no such user: check the name",
    "52e": "the name or the password is wrong",
    "530": "the account may not sign in at this time",
    "531": "the account may not sign in from this computer",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password has to be changed first",
    "775": "the account is locked out",
}
"""What Active Directory says of a bind that failed, by the number behind ``data`` in its message.

Source: Microsoft, "Common Active Directory Bind Errors".
"""


@frozen
class LdapServer:
    """Where a directory is, and who asks.

    Args:
        url: ``ldaps://`` or ``ldap://``, which is encrypted by StartTLS, the host, and perhaps the port.
        user: who signs in.
        password: the password.
        ca_file: the certificates of those who may have signed the server's; None for those that the system trusts.
        page_size: how many entries are asked for at a time.
        timeout: how many seconds an answer may take.

    """

    url: str
    user: str
    password: str = field(repr=False)
    ca_file: str | None
    page_size: int
    timeout: int

    def connect(self) -> LdapConnection:
        """An open connection.

        Raises:
            SourceError: ldap3 is not installed, the server can't be reached, its certificate is not trusted, or it does
                not let this user in.

        """
        ldap3 = self.ldap3()
        try:
            required = import_module("ssl").CERT_REQUIRED
            tls = ldap3.Tls(validate=required, ca_certs_file=self.ca_file)
            server = ldap3.Server(self.url, tls=tls, get_info=ldap3.NONE, connect_timeout=self.timeout)
            connection = ldap3.Connection(
                server,
                self.user,
                self.password,
                auto_bind=ldap3.AUTO_BIND_NONE,
                auto_range=False,
                auto_referrals=False,
                check_names=False,
                raise_exceptions=False,
                receive_timeout=self.timeout,
                return_empty_attributes=False,
            )
        except (ldap3.core.exceptions.LDAPException, OSError) as error:
            raise self._unreachable(error) from None
        try:
            connection.open()
            if not server.ssl and not connection.start_tls():
                raise self._refused(connection.result, "can't be encrypted")
            if not connection.bind():
                raise self._refused(connection.result, "did not let the user in")
        except (ldap3.core.exceptions.LDAPException, OSError, SourceError) as error:
            _close(connection)
            raise error if isinstance(error, SourceError) else self._unreachable(error) from None
        return LdapConnection(self, connection)

    def ldap3(self) -> Any:
        """The package ldap3, which is an extra."""
        try:
            # ldap3 uses what is deprecated elsewhere, which ends a program that runs with -W error.
            warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"ldap3\b")
            return import_module("ldap3")
        except ImportError:
            remedy = "install it: pip install 'o365prov[ad]'"
            raise self.error("missing", "reading a directory needs ldap3", remedy) from None

    def error(self, code: str, message: str, remedy: str) -> SourceError:
        """An error about this server; its place is the address, and neither user nor password are in it."""
        return SourceError(Issue(code, message, remedy, self.url))

    def _unreachable(self, error: Exception) -> SourceError:
        said = f"{type(error).__name__}: {error}"
        if "certificate" in said.lower():
            remedy = "pass the file of who signed it: ca_file=..., and name the server as its certificate does"
            return self.error("certificate", "the certificate of the server is not trusted", remedy)
        what = f"can't be reached ({type(error).__name__})"
        return self.error("unreachable", what, "check the address and the network")

    def _refused(self, result: Mapping[str, Any], what: str) -> SourceError:
        number = re.search(r"\bdata ([0-9a-f]{3,4})\b", str(result.get("message")))
        remedy = _BIND_ERRORS.get(number[1] if number else "", "check the user, the password and the server")
        return self.error("refused", f"{what} ({result.get('description')}, {result.get('result')})", remedy)


class LdapConnection:
    """An open connection, which closes at the end of a ``with`` block.

    Args:
        server: where it leads to.
        connection: ldap3's.

    """

    def __init__(self, server: LdapServer, connection: Any) -> None:
        self._server = server
        self._connection = connection

    def search(self, base: str, wanted: str, attributes: Sequence[str]) -> Iterator[DirectoryEntry]:
        """The entries below a base, page after page, each with all values of its attributes.

        Args:
            base: where to begin.
            wanted: LDAP's filter.
            attributes: the names of the attributes to read.

        Raises:
            SourceError: the server refused it, or did not answer.

        """
        cookie: bytes | None = None
        for _ in range(_MOST_PAGES):
            result = self._ask(base, wanted, attributes, "SUBTREE", cookie)
            for found in self._connection.response:
                if found["type"] == "searchResEntry":
                    yield self._entry(found)
            control = result.get("controls", {}).get(_PAGES)
            cookie = control["value"]["cookie"] if control else None
            if not cookie:
                return
        raise self._server.error("too_long", f"gave more than {_MOST_PAGES:,} pages", "ask for a smaller base")

    def changes(
        self, base: str, wanted: str, attributes: Sequence[str], cookie: bytes
    ) -> tuple[tuple[DirectoryEntry, ...], bytes] | None:
        """What changed in a domain, tombstones among it, and the cookie for the next time.

        Each entry has what changed of it, and the attributes by which it is found.

        Args:
            base: the domain; DirSync takes nothing below it.
            wanted: LDAP's filter.
            attributes: the names of the attributes whose changes are wanted.
            cookie: that of the time before; an empty one for everything.

        Returns:
            None if this user has no right to ask, or the server has no DirSync or does not take the cookie.

        Raises:
            SourceError: the server did not answer.

        """
        controls = self._server.ldap3().protocol.microsoft
        deleted = controls.show_deleted_control(criticality=True)
        found: list[DirectoryEntry] = []
        for _ in range(_MOST_PAGES):
            # Flags of 0: only who may replicate the domain is answered, and sees all of it.
            sync = controls.dir_sync_control(True, False, False, False, False, 0, cookie)
            result = self._search(base, wanted, attributes, "SUBTREE", controls=[sync, deleted])
            control = result.get("controls", {}).get(_DIR_SYNC)
            if result["result"] != 0 or control is None:
                return None
            found += (self._part(each) for each in self._connection.response if each["type"] == "searchResEntry")
            cookie = control["value"]["cookie"]
            if not control["value"]["more_results"]:
                return tuple(found), cookie
        raise self._server.error("too_long", f"gave more than {_MOST_PAGES:,} pages", "ask for a smaller base")

    def _part(self, found: Mapping[str, Any]) -> DirectoryEntry:
        """An entry as DirSync gives it, with what changed; ranges say which values were added."""
        attributes = {name: tuple(values or ()) for name, values in found["raw_attributes"].items()}
        return DirectoryEntry(found["dn"], attributes, place=self._server.url)

    def read(self, dn: str, attributes: Sequence[str]) -> DirectoryEntry | None:
        """One entry; None if there is none, or this user may not see it."""
        result = self._ask(dn, "(objectClass=*)", attributes, "BASE")
        found = [each for each in self._connection.response or () if each["type"] == "searchResEntry"]
        return self._entry(found[0]) if found and result["result"] == 0 else None

    def _ask(
        self, base: str, wanted: str, attributes: Sequence[str], scope: str, cookie: bytes | None = None
    ) -> Mapping[str, Any]:
        paged = {"paged_size": self._server.page_size, "paged_cookie": cookie} if scope == "SUBTREE" else {}
        result = self._search(base, wanted, attributes, scope, **paged)
        if result["result"] != 0 and not (scope == "BASE" and result["result"] == _NO_SUCH_OBJECT):
            what = f"refused a search ({result.get('description')}, {result['result']})"
            raise self._server.error("refused", what, "check the base, and what the user may read")
        return result

    def _search(
        self, base: str, wanted: str, attributes: Sequence[str], scope: str, **settings: Any
    ) -> Mapping[str, Any]:
        try:
            self._connection.search(base, wanted, scope, attributes=list(attributes), **settings)
        except Exception as error:  # noqa: BLE001 - ldap3's errors can't be named without loading it
            what = f"did not answer a search ({type(error).__name__})"
            raise self._server.error("unreachable", what, "try again later") from None
        result: Mapping[str, Any] = self._connection.result
        return result

    def _entry(self, found: Mapping[str, Any]) -> DirectoryEntry:
        attributes: dict[str, Sequence[bytes]] = {}
        for name, values in found["raw_attributes"].items():
            part = _RANGE.fullmatch(name)
            if part is None:
                attributes.setdefault(name, tuple(values))
            else:
                attributes[part["name"]] = self._whole(found["dn"], part["name"], part["end"], list(values))
        return DirectoryEntry(found["dn"], attributes, place=self._server.url)

    def _whole(self, dn: str, name: str, end: str, values: list[bytes]) -> tuple[bytes, ...]:
        """All values of an attribute of which the first range was read."""
        for _ in range(_MOST_PAGES):
            if end == "*":
                return tuple(values)
            self._ask(dn, "(objectClass=*)", [f"{name};range={len(values)}-*"], "BASE")
            found = {
                part["end"]: more
                for each in self._connection.response or ()
                for key, more in each.get("raw_attributes", {}).items()
                if (part := _RANGE.fullmatch(key)) and part["name"].lower() == name.lower()
            }
            if len(found) != 1:
                break
            ((end, more),) = found.items()
            values += more
        raise self._server.error("incomplete", f"did not give all values of {name}", "try again")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _close(self._connection)


def _close(connection: Any) -> None:
    """Say goodbye as far as that is possible, and close the socket, which ldap3 may leave open."""
    socket = connection.socket
    with suppress(Exception):
        connection.unbind()
    if socket is not None:
        socket.close()
