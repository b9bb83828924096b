"""The memory in a database: a row a person, with the plain fields in columns and what was given as JSON.

Loading 100,000 people takes about as long as reading their JSON, because most people were given the same few things:
each different text of these is decoded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from attrs import frozen

from o365prov.errors import O365ProvError
from o365prov.people import AppUser, AppUsers, AppUserStatus, Departure, LicenseGrant, WaitingForSeat
from o365prov.state.database import Row, Transaction
from o365prov.state.sealing import NOTHING, Seal, damaged, total_of
from o365prov.structuring import from_json_text, to_json_text

_COLUMNS = (
    "tenant_id, app_name, person_id, object_id, username, anchor, fingerprint, manager_id, manager_reference, status, "
    "password_instant, provisioning_type, given, digest"
)
_SELECT = f"SELECT {_COLUMNS} FROM app_user WHERE tenant_id = ? AND app_name = ?"  # noqa: S608 - a constant
_UPSERT = (
    f"INSERT INTO app_user ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
    "ON CONFLICT (tenant_id, app_name, person_id) DO UPDATE SET object_id = excluded.object_id, "
    "username = excluded.username, anchor = excluded.anchor, fingerprint = excluded.fingerprint, "
    "manager_id = excluded.manager_id, manager_reference = excluded.manager_reference, status = excluded.status, "
    "password_instant = excluded.password_instant, provisioning_type = excluded.provisioning_type, "
    "given = excluded.given, digest = excluded.digest"
)

_STATUS = {each.value: each for each in AppUserStatus}


@frozen
class _Given:
    """What a person was given, and when they left: the fields that are more than a text."""

    licenses: tuple[LicenseGrant, ...] = ()
    roles: tuple[str, ...] = ()
    departure: Departure | None = None
    waiting: tuple[WaitingForSeat, ...] = ()


@frozen
class MemoryRows:
    """The memory of one app in one tenant, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        tenant_id: the tenant.
        app_name: the app.
        where: what messages call it.

    """

    transaction: Transaction
    seal: Seal
    tenant_id: str
    app_name: str
    where: str

    def lineage(self) -> str | None:
        """The lineage of the memory; None if nothing is remembered of the app."""
        head = self._head()
        return None if head is None else head[0]

    def load(self, serial: int, linked_elsewhere: Mapping[str, str]) -> AppUsers:
        """The memory.

        Args:
            serial: the number of the newest run of the tenant.
            linked_elsewhere: the accounts of other apps.

        Raises:
            StateError: it is damaged.

        """
        lineage, total = self._head() or ("", NOTHING)
        rows = self.transaction.rows(_SELECT, self.tenant_id, self.app_name)
        for row in rows:
            self.seal.check(row, self.where)
        if total_of(NOTHING, (row[-1] for row in rows)) != total:
            raise damaged(self.where)
        try:
            users = [_user(row) for row in rows]
        except (O365ProvError, ValueError, TypeError, KeyError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error
        return AppUsers(self.tenant_id, self.app_name, users, lineage, serial, linked_elsewhere)

    def begin(self, lineage: str) -> None:
        """Give the memory a lineage, if it has none yet."""
        head = self._head()
        if head is None or not head[0]:
            self._write_head(lineage, NOTHING if head is None else head[1])

    def write(self, users: Iterable[AppUser], forgotten: Iterable[str] = ()) -> None:
        """Remember these users, and nothing of the people who are *forgotten*."""
        rows = [self._row(user) for user in users]
        gone = tuple(forgotten)
        if not rows and not gone:
            return
        lineage, total = self._head() or ("", NOTHING)
        total = total_of(total, self._digests([*(row[2] for row in rows), *gone]))
        for person_id in gone:
            self.transaction.execute(
                "DELETE FROM app_user WHERE tenant_id = ? AND app_name = ? AND person_id = ?",
                self.tenant_id,
                self.app_name,
                person_id,
            )
        self.transaction.execute_many(_UPSERT, rows)
        self._write_head(lineage, total_of(total, (str(row[-1]) for row in rows)))

    def clear(self) -> None:
        """Remember nothing of the app."""
        for table in ("app_user", "memory"):
            self.transaction.execute(
                f"DELETE FROM {table} WHERE tenant_id = ? AND app_name = ?",  # noqa: S608 - one of two constants
                self.tenant_id,
                self.app_name,
            )

    def _head(self) -> tuple[str, str] | None:
        """Lineage and total; None if nothing is remembered of the app."""
        rows = self.transaction.rows(
            "SELECT tenant_id, app_name, lineage, total, digest FROM memory WHERE tenant_id = ? AND app_name = ?",
            self.tenant_id,
            self.app_name,
        )
        if not rows:
            return None
        self.seal.check(rows[0], self.where)
        return rows[0][2], rows[0][3]

    def _write_head(self, lineage: str, total: str) -> None:
        values = (self.tenant_id, self.app_name, lineage, total)
        self.transaction.execute(
            "INSERT INTO memory (tenant_id, app_name, lineage, total, digest) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (tenant_id, app_name) DO UPDATE SET lineage = excluded.lineage, total = excluded.total, "
            "digest = excluded.digest",
            *values,
            self.seal.of(values),
        )

    def _digests(self, people: Sequence[str]) -> list[str]:
        """The digests of the rows that these people have."""
        found: list[str] = []
        for person_id in dict.fromkeys(people):
            found += (
                row[0]
                for row in self.transaction.rows(
                    "SELECT digest FROM app_user WHERE tenant_id = ? AND app_name = ? AND person_id = ?",
                    self.tenant_id,
                    self.app_name,
                    person_id,
                )
            )
        return found

    def _row(self, user: AppUser) -> Row:
        values = (
            self.tenant_id,
            self.app_name,
            user.person_id,
            user.object_id,
            user.username,
            user.anchor,
            user.fingerprint,
            user.manager_id,
            user.manager_reference,
            user.status.value,
            user.password_instant.isoformat() if user.password_instant else None,
            user.provisioning_type,
            _given_text(user.licenses, user.roles, user.departure, user.waiting),
        )
        return (*values, self.seal.of(values))


def _user(row: Row) -> AppUser:
    given = _given(row[12])
    return AppUser(
        person_id=row[2],
        object_id=row[3],
        username=row[4],
        anchor=row[5],
        fingerprint=row[6],
        licenses=given.licenses,
        roles=given.roles,
        manager_id=row[7],
        manager_reference=row[8],
        status=_STATUS[row[9]],
        departure=given.departure,
        password_instant=datetime.fromisoformat(row[10]) if row[10] else None,
        provisioning_type=row[11],
        waiting=given.waiting,
    )


@lru_cache(maxsize=4096)
def _given_text(
    licenses: tuple[LicenseGrant, ...],
    roles: tuple[str, ...],
    departure: Departure | None,
    waiting: tuple[WaitingForSeat, ...],
) -> str:
    return to_json_text(_Given(licenses, roles, departure, waiting), _Given)


@lru_cache(maxsize=4096)
def _given(text: str) -> _Given:
    return from_json_text(text, _Given)
