"""The memory in a database: a row a person, with the plain fields in columns and what was given as JSON.

Loading 100,000 people takes about as long as reading their JSON, because most people were given the same few things:
each different text of these is decoded once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache

from attrs import evolve, frozen

from o365prov._fields import unchecked
from o365prov.errors import O365ProvError, StateError
from o365prov.people import AppUser, AppUsers, AppUserStatus, Departure, LicenseGrant, Missing, WaitingForSeat
from o365prov.state.database import Row, Transaction, rows_about
from o365prov.state.rows.sealing import NOTHING, Seal, damaged, total_of
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
_LEFT = (AppUserStatus.KEPT.value, AppUserStatus.DEACTIVATED.value)


@frozen
class _Given:
    """What a person was given, and when they left: the fields that are more than a text."""

    licenses: tuple[LicenseGrant, ...] = ()
    roles: tuple[str, ...] = ()
    departure: Departure | None = None
    waiting: tuple[WaitingForSeat, ...] = ()
    unfinished: bool = False
    excluded_by: str = ""
    missing: Missing | None = None


@frozen
class _Head:
    """What holds for all people: the lineage, the serial when something was remembered last, and the total."""

    lineage: str = ""
    serial: int = 0
    total: str = NOTHING


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
        return None if head is None else head.lineage

    def is_followed_by(self, app_users: AppUsers) -> bool:
        """Whether *app_users* came from this memory, and nothing was remembered since."""
        head = self._head()
        return head is None or (app_users.lineage == head.lineage and app_users.serial > head.serial)

    def load(self, serial: int) -> AppUsers:
        """The memory.

        Args:
            serial: how often something was noted of the tenant.

        Raises:
            StateError: it is damaged.

        """
        head = self._head() or _Head()
        if head.serial > serial:  # the row of the tenant is lost
            raise damaged(self.where)
        rows = self.transaction.rows(_SELECT, self.tenant_id, self.app_name)
        self.seal.check_all(rows, head.total, self.where)
        try:
            users = {row[2]: _user(row) for row in rows}
            linked, left = self._elsewhere(users.values())
        except (O365ProvError, ValueError, TypeError, KeyError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error
        return AppUsers(self.tenant_id, self.app_name, users, head.lineage, serial, linked, left)

    def _elsewhere(self, users: Iterable[AppUser]) -> tuple[dict[str, str], dict[str, str]]:
        """The accounts about which other apps decide: their names, and the source anchors of people who left them.

        Of two apps that somebody left, the later one decides; one that somebody left does not where they are in use.
        """
        found = self.transaction.rows(
            "SELECT object_id, app_name, anchor, status, given FROM app_user WHERE tenant_id = ? AND app_name <> ? "
            "AND status <> 'deleted' AND object_id <> ''",
            self.tenant_id,
            self.app_name,
        )
        ours = {user.object_id: user for user in users} if found else {}
        linked: dict[str, str] = {}
        left: dict[str, str] = {}
        for object_id, name, anchor, _, given in (row for row in found if row[3] in _LEFT):
            if _is_older(ours.get(object_id), _given(given).departure):
                linked[object_id], left[object_id] = name, anchor or ""
        for object_id, name, *_ in (row for row in found if row[3] not in _LEFT):
            linked[object_id] = name
            left.pop(object_id, None)
        return linked, left

    def remember_at(self, lineage: str, serial: int) -> None:
        """Note that something is remembered at this *serial*; a new memory gets the *lineage*."""
        head = self._head() or _Head()
        self._write_head(evolve(head, lineage=head.lineage or lineage, serial=serial))

    def write(self, users: Iterable[AppUser], forgotten: Iterable[str] = ()) -> None:
        """Remember these users, and nothing of the people who are *forgotten*."""
        users = refuse_nul(users, self.where)
        rows = [self._row(user) for user in users]
        gone = tuple(forgotten)
        if not rows and not gone:
            return
        head = self._head() or _Head()
        total = total_of(head.total, self._digests({*(row[2] for row in rows), *gone}))
        for person_id in gone:
            self.transaction.execute(
                "DELETE FROM app_user WHERE tenant_id = ? AND app_name = ? AND person_id = ?",
                self.tenant_id,
                self.app_name,
                person_id,
            )
        self.transaction.execute_many(_UPSERT, rows)
        self._write_head(evolve(head, total=total_of(total, (str(row[-1]) for row in rows))))

    def clear(self) -> None:
        """Remember nothing of the app."""
        for table in ("app_user", "memory"):
            self.transaction.execute(
                f"DELETE FROM {table} WHERE tenant_id = ? AND app_name = ?",  # noqa: S608 - one of two constants
                self.tenant_id,
                self.app_name,
            )

    def _head(self) -> _Head | None:
        """What holds for all people; None if nothing is remembered of the app."""
        rows = self.transaction.rows(
            "SELECT tenant_id, app_name, lineage, serial, total, digest FROM memory "
            "WHERE tenant_id = ? AND app_name = ?",
            self.tenant_id,
            self.app_name,
        )
        if not rows:
            return None
        self.seal.check(rows[0], self.where)
        return _Head(*rows[0][2:5])

    def _write_head(self, head: _Head) -> None:
        values = (self.tenant_id, self.app_name, head.lineage, head.serial, head.total)
        self.transaction.execute(
            "INSERT INTO memory (tenant_id, app_name, lineage, serial, total, digest) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (tenant_id, app_name) DO UPDATE SET lineage = excluded.lineage, serial = excluded.serial, "
            "total = excluded.total, digest = excluded.digest",
            *values,
            self.seal.of(values),
        )

    def _digests(self, people: Collection[str]) -> Iterator[str]:
        """The digests of the rows that these people have."""
        sql = "SELECT digest FROM app_user WHERE tenant_id = ? AND app_name = ? AND person_id IN (?*)"
        found = rows_about(self.transaction, sql, self.tenant_id, self.app_name, keys=people)
        return (digest for (digest,) in found)

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
            _given_text(
                user.licenses,
                user.roles,
                user.departure,
                user.waiting,
                user.unfinished,
                user.excluded_by,
                user.missing,
            ),
        )
        return (*values, self.seal.of(values))


def refuse_nul(users: Iterable[AppUser], where: str) -> tuple[AppUser, ...]:
    """The same users, none of which has a NUL in a field that is a column: PostgreSQL keeps none.

    A note would keep it, being JSON, and could not be moved to where it is read ever after.

    Raises:
        StateError: one has.

    """
    found = tuple(users)
    for user in found:
        if "\0" in f"{user.person_id}{user.object_id}{user.username}{user.anchor}":
            raise StateError(f"{where}: can't keep a value (it holds a NUL): correct it at the source")
    return found


def _is_older(ours: AppUser | None, theirs: Departure | None) -> bool:
    """Whether somebody left here, if ever, before they left another app."""
    if ours is None or theirs is None:
        return True
    return not ours.is_in_use and (ours.departure is None or ours.departure.at < theirs.at)


_made = unchecked(AppUser)


def _user(row: Row) -> AppUser:
    """The user of a row, which was checked when it was written, and has its digest ever since."""
    given = _given(row[12])
    return _made(
        *row[2:7],  # person_id, object_id, username, anchor, fingerprint
        given.licenses,
        given.roles,
        row[7],  # manager_id
        row[8],  # manager_reference
        _STATUS[row[9]],
        given.departure,
        datetime.fromisoformat(row[10]) if row[10] else None,  # password_instant
        row[11],  # provisioning_type
        given.waiting,
        given.unfinished,
        given.excluded_by,
        given.missing,
    )


@lru_cache(maxsize=4096)
def _given_text(
    licenses: tuple[LicenseGrant, ...],
    roles: tuple[str, ...],
    departure: Departure | None,
    waiting: tuple[WaitingForSeat, ...],
    unfinished: bool,
    excluded_by: str,
    missing: Missing | None,
) -> str:
    return to_json_text(_Given(licenses, roles, departure, waiting, unfinished, excluded_by, missing), _Given)


@lru_cache(maxsize=4096)
def _given(text: str) -> _Given:
    return from_json_text(text, _Given)
