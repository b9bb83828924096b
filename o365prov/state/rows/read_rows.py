"""What was read of everybody in a tenant, in a database: a row a read, and one a user, so that one can be forgotten."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta

from attrs import frozen

from o365prov.state.database import Row, Transaction, instant
from o365prov.state.records import KeptRead
from o365prov.state.rows.sealing import NOTHING, Seal, total_of

_READ = "tenant_id, asked, link, begun_at, deleted, total, digest"
_USER = "tenant_id, asked, object_id, content, digest"
_SERVES = timedelta(days=7)
"""So long Graph remembers what changed. Source: Microsoft Graph, "Use delta query to track changes", token duration."""


@frozen
class ReadRows:
    """The reads that a state keeps, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    where: str

    def find(self, tenant_id: str, asked: str) -> KeptRead | None:
        """The last read for which that was *asked*; None if none is kept.

        Raises:
            StateError: it is damaged.

        """
        reads = self._reads("WHERE tenant_id = ? AND asked = ?", tenant_id, asked)
        if not reads:
            return None
        _, _, link, begun_at, deleted, total, _ = reads[0]
        users = self._users(tenant_id, asked)
        self.seal.check_all(users, total, self.where)
        return KeptRead(asked, link, instant(begun_at), {row[2]: row[3] for row in users}, json.loads(deleted))

    def keep(self, tenant_id: str, read: KeptRead) -> None:
        """Keep a read in place of the last one for which the same was asked, and drop what serves nobody any more."""
        self._delete(self._reads("WHERE tenant_id = ? AND asked = ?", tenant_id, read.asked))
        self._delete(
            self._reads("WHERE tenant_id = ? AND begun_at < ?", tenant_id, (read.begun_at - _SERVES).timestamp())
        )
        rows = [(*row, self.seal.of(row)) for row in ((tenant_id, read.asked, *user) for user in read.users.items())]
        self.transaction.execute_many(
            f"INSERT INTO kept_user ({_USER}) VALUES (?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            rows,
        )
        total = total_of(NOTHING, (row[-1] for row in rows))
        deleted = json.dumps(sorted(read.deleted))
        self._write((tenant_id, read.asked, read.link, read.begun_at.timestamp(), deleted, total))

    def forget(self, object_ids: Collection[str]) -> int:
        """Drop users from all reads, which then are read in full again; returns how many were dropped."""
        dropped = 0
        for read in self._reads(""):
            gone = [row for row in self._users(*read[:2]) if row[2] in object_ids]
            for row in gone:
                self.transaction.execute(
                    "DELETE FROM kept_user WHERE tenant_id = ? AND asked = ? AND object_id = ?", *row[:3]
                )
            if gone:
                self._write((*read[:5], total_of(read[5], (str(row[-1]) for row in gone))))
            dropped += len(gone)
        return dropped

    def prune(self, before: datetime) -> None:
        """Drop the reads that were begun before an instant."""
        self._delete(self._reads("WHERE begun_at < ?", before.timestamp()))

    def _reads(self, where: str, *parameters: object) -> list[Row]:
        reads = self.transaction.rows(f"SELECT {_READ} FROM kept_read {where}", *parameters)  # noqa: S608 - constants
        for read in reads:
            self.seal.check(read, self.where)
        return reads

    def _users(self, tenant_id: str, asked: str) -> list[Row]:
        return self.transaction.rows(
            f"SELECT {_USER} FROM kept_user WHERE tenant_id = ? AND asked = ?",  # noqa: S608 - a constant
            tenant_id,
            asked,
        )

    def _delete(self, reads: Collection[Row]) -> None:
        for read in reads:
            for table in ("kept_user", "kept_read"):
                self.transaction.execute(
                    f"DELETE FROM {table} WHERE tenant_id = ? AND asked = ?",  # noqa: S608 - one of two constants
                    *read[:2],
                )

    def _write(self, values: tuple[object, ...]) -> None:
        self.transaction.execute(
            f"INSERT INTO kept_read ({_READ}) VALUES (?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (tenant_id, asked) DO UPDATE SET total = excluded.total, digest = excluded.digest",
            *values,
            self.seal.of(values),
        )
