"""The tenants in a database: who has the lease, and how many runs there were.

The number of a lease, its fence, only grows. Whoever writes under a lease renews it in the same transaction, and can't
where it has ended or went to somebody else; so a process that was paused notes nothing, and begins nothing more.
"""

from __future__ import annotations

import os
import socket

from attrs import frozen

from o365prov.errors import LeaseLostError, StateError
from o365prov.state.database import Transaction, instant
from o365prov.state.records import Lease, LeaseHolder

_LOST = "apply the plan again: what was begun is looked for, and what was done is not repeated"


@frozen
class TenantRows:
    """The tenants of a state, within a transaction.

    Args:
        transaction: the transaction.
        lease_seconds: for how long a lease is given.
        where: what messages call the state.

    """

    transaction: Transaction
    lease_seconds: float
    where: str

    def acquire(self, tenant_id: str) -> Lease:
        """Take the lease.

        Raises:
            LeaseLostError: somebody else has it.

        """
        self._make(tenant_id)
        if held := self.holder(tenant_id):
            raise LeaseLostError(
                f"{self.where}: tenant {tenant_id} is being written to by {held}: wait for its end; "
                "if that process is gone, state.unlock(tenant_id) takes the lease away from it"
            )
        now = self.transaction.now()
        self.transaction.execute(
            "UPDATE tenant SET fence = fence + 1, holder = ?, since = ?, expires = ? WHERE tenant_id = ?",
            this_process(),
            now,
            now + self.lease_seconds,
            tenant_id,
        )
        [[fence]] = self.transaction.rows("SELECT fence FROM tenant WHERE tenant_id = ?", tenant_id)
        return Lease(tenant_id, fence)

    def renew(self, lease: Lease) -> None:
        """Have a lease begin again.

        Raises:
            LeaseLostError: it has ended, or went to somebody else.

        """
        now = self.transaction.now()
        renewed = self.transaction.execute(
            "UPDATE tenant SET expires = ? WHERE tenant_id = ? AND fence = ? AND expires > ?",
            now + self.lease_seconds,
            lease.tenant_id,
            lease.fence,
            now,
        )
        if not renewed:
            held = self.holder(lease.tenant_id)
            why = f"is now held by {held}" if held and held.fence != lease.fence else "has ended"
            raise LeaseLostError(f"{self.where}: the lease of tenant {lease.tenant_id} {why}: {_LOST}")

    def end(self, tenant_id: str, fence: int) -> None:
        """End a lease, if it still is the one with this number."""
        self.transaction.execute(
            "UPDATE tenant SET expires = 0, fence = fence + 1 WHERE tenant_id = ? AND fence = ?", tenant_id, fence
        )

    def holder(self, tenant_id: str) -> LeaseHolder | None:
        """Who has the lease now."""
        rows = self.transaction.rows(
            "SELECT fence, holder, since, expires FROM tenant WHERE tenant_id = ? AND expires > ?",
            tenant_id,
            self.transaction.now(),
        )
        if not rows:
            return None
        [(fence, holder, since, expires)] = rows
        return LeaseHolder(tenant_id, fence, holder, instant(since), instant(expires))

    def check_free(self) -> None:
        """Refuse what must not happen during an apply.

        Raises:
            StateError: somebody has the lease of a tenant.

        """
        held = self.transaction.rows("SELECT holder FROM tenant WHERE expires > ?", self.transaction.now())
        if held:
            raise StateError(f"{self.where}: {held[0][0]} applies a plan now: wait for its end")

    def runs(self, tenant_id: str) -> tuple[int, int]:
        """The number of the newest run, and up to which number runs are not known any more."""
        rows = self.transaction.rows("SELECT runs, oldest FROM tenant WHERE tenant_id = ?", tenant_id)
        return (rows[0][0], rows[0][1]) if rows else (0, 0)

    def next_run(self, tenant_id: str) -> int:
        """The number of a new run."""
        self._make(tenant_id)
        self.transaction.execute("UPDATE tenant SET runs = runs + 1 WHERE tenant_id = ?", tenant_id)
        return self.runs(tenant_id)[0]

    def forget_runs(self, tenant_id: str, number: int) -> None:
        """Note that what was done up to the run of this number is not known any more."""
        self._make(tenant_id)
        self.transaction.execute(
            "UPDATE tenant SET oldest = ? WHERE tenant_id = ? AND oldest < ?", number, tenant_id, number
        )

    def count_at_least(self, tenant_id: str, number: int) -> None:
        """Give the next run a higher number than this one."""
        self._make(tenant_id)
        self.transaction.execute(
            "UPDATE tenant SET runs = ? WHERE tenant_id = ? AND runs < ?", number, tenant_id, number
        )

    def _make(self, tenant_id: str) -> None:
        self.transaction.execute(
            "INSERT INTO tenant (tenant_id, fence, holder, since, expires, runs, oldest) "
            "VALUES (?, 0, '', 0, 0, 0, 0) ON CONFLICT (tenant_id) DO NOTHING",
            tenant_id,
        )


def this_process() -> str:
    """The computer and the process, for people."""
    return f"process {os.getpid()} on {socket.gethostname()}"
