"""The quarantines in a database: a row each, which stays when somebody has allowed the app to go on."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from o365prov.state.database import Row, Transaction, instant
from o365prov.state.records import Quarantine
from o365prov.state.rows.sealing import Seal

_COLUMNS = "tenant_id, app_name, since, plan_id, reason, allowed_at, allowed_by, digest"


@frozen
class QuarantineRows:
    """The quarantines of a state, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    where: str

    def begin(self, tenant_id: str, app_name: str, plan_id: str, reason: str) -> None:
        """Quarantine an app because too much of a plan failed."""
        self._write((tenant_id, app_name, self.transaction.now(), plan_id, reason, None, ""))

    def of_tenant(self, tenant_id: str) -> tuple[Quarantine, ...]:
        """All of a tenant, the newest first."""
        return tuple(map(self._quarantine, self._rows("WHERE tenant_id = ? ORDER BY since DESC", tenant_id)))

    def check(self, tenant_id: str, app_name: str) -> None:
        """Refuse an app that is quarantined.

        Raises:
            QuarantinedError: it is, and nobody has allowed it since.

        """
        if rows := self._present(tenant_id, app_name):
            raise self._quarantine(rows[0]).refusal()

    def allow(self, tenant_id: str, app_name: str, allowed_by: str) -> Quarantine | None:
        """Let an app go on; returns the quarantine that this ends."""
        ended = [(*row[:5], self.transaction.now(), allowed_by) for row in self._present(tenant_id, app_name)]
        for row in ended:
            self._write(row)
        return self._quarantine(ended[0]) if ended else None

    def prune(self, before: datetime) -> None:
        """Drop those that began before an instant and have ended."""
        self.transaction.execute(
            "DELETE FROM quarantine WHERE since < ? AND allowed_at IS NOT NULL", before.timestamp()
        )

    def _present(self, tenant_id: str, app_name: str) -> list[Row]:
        return [
            row
            for row in self._rows("WHERE tenant_id = ? AND app_name = ? ORDER BY since DESC", tenant_id, app_name)
            if row[5] is None
        ]

    def _rows(self, where: str, *parameters: object) -> list[Row]:
        rows = self.transaction.rows(f"SELECT {_COLUMNS} FROM quarantine {where}", *parameters)  # noqa: S608 - constants
        for row in rows:
            self.seal.check(row, self.where)
        return rows

    def _quarantine(self, row: Row) -> Quarantine:
        tenant_id, app_name, since, plan_id, reason, allowed_at, allowed_by = row[:7]
        allowed = None if allowed_at is None else instant(allowed_at)
        return Quarantine(tenant_id, app_name, plan_id, instant(since), reason, allowed, allowed_by)

    def _write(self, values: Row) -> None:
        self.transaction.execute(
            f"INSERT INTO quarantine ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (tenant_id, app_name, since) DO UPDATE SET allowed_at = excluded.allowed_at, "
            "allowed_by = excluded.allowed_by, digest = excluded.digest",
            *values,
            self.seal.of(values),
        )
