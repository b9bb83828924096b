"""The tenants in a database: who has the lease, how many runs there were, and what was noted since somebody read.

The number of a lease, its fence, only grows. Whoever writes under a lease renews it in the same transaction, and can't
where it has ended or went to somebody else; so a process that was paused notes nothing, and begins nothing more.
"""

from __future__ import annotations

import os
import socket

from attrs import astuple, evolve, frozen

from o365prov.errors import LeaseLostError, StateError
from o365prov.state.database import Transaction, instant
from o365prov.state.records import Lease, LeaseHolder, Run
from o365prov.state.rows.note_rows import ApplyNote, NoteRows, TakenNotes
from o365prov.state.rows.sealing import Seal

_LOST = "apply the plan again: what was begun is looked for, and what was done is not repeated"
_COLUMNS = "tenant_id, fence, holder, since, expires, runs, oldest, noted, unknown, notes, last_note, digest"


@frozen
class _TenantRow:
    """What is known of a tenant.

    Args:
        tenant_id: the tenant.
        fence: the number of its lease.
        holder: who has it, or had it.
        since: since when.
        expires: until when.
        runs: the number of the newest run.
        oldest: the number of the newest run that was deleted.
        noted: how often something was noted or imported, ever.
        unknown: the same when what is not known any more, because it was deleted or imported over, was noted last.
        notes: how many notes nobody has moved yet.
        last_note: the digest of the last of them.

    """

    tenant_id: str
    fence: int = 0
    holder: str = ""
    since: float = 0.0
    expires: float = 0.0
    runs: int = 0
    oldest: int = 0
    noted: int = 0
    unknown: int = 0
    notes: int = 0
    last_note: str = ""


@frozen
class TenantRows:
    """The tenants of a state, within a transaction.

    Args:
        transaction: the transaction; no other one writes meanwhile.
        seal: makes the digests.
        lease_seconds: for how long a lease is given.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    lease_seconds: float
    where: str

    def acquire(self, tenant_id: str) -> Lease:
        """Take the lease.

        Raises:
            LeaseLostError: somebody else has it.

        """
        if held := self.holder(tenant_id):
            raise LeaseLostError(
                f"{self.where}: tenant {tenant_id} is being written to by {held}: wait for its end; "
                "if that process is gone, state.unlock(tenant_id) takes the lease away from it"
            )
        row, now = self._row(tenant_id), self.transaction.now()
        expires = now + self.lease_seconds
        self._write(evolve(row, fence=row.fence + 1, holder=this_process(), since=now, expires=expires))
        return Lease(tenant_id, row.fence + 1)

    def renew(self, lease: Lease, tenant_id: str) -> None:
        """Have a lease begin again, by which a tenant is written to.

        Raises:
            LeaseLostError: it has ended, went to somebody else, or is that of another tenant.

        """
        self._write(self._renewed(lease, tenant_id))

    def note(self, lease: Lease, run: Run, note: ApplyNote) -> None:
        """Write a note under a lease, which begins again.

        Raises:
            LeaseLostError: as for :meth:`renew`.

        """
        row = self._renewed(lease, run.tenant_id)
        number = row.notes + 1
        last = self._notes(row).append(number, row.last_note, run.plan_id, note)
        self._write(evolve(row, noted=row.noted + 1, notes=number, last_note=last))

    def ids(self) -> list[str]:
        """All tenants."""
        return [str(tenant_id) for (tenant_id,) in self.transaction.rows("SELECT tenant_id FROM tenant")]

    def has_notes(self, tenant_id: str) -> bool:
        """Whether there are notes."""
        return self._row(tenant_id).notes > 0

    def take_notes(self, tenant_id: str) -> dict[str, TakenNotes]:
        """Take all notes away, and return what they say in the end, by plan."""
        row = self._row(tenant_id)
        if row.notes == 0:
            return {}
        found = self._notes(row).take(row.notes, row.last_note)
        self._write(evolve(row, notes=0, last_note=""))
        return found

    def _renewed(self, lease: Lease, tenant_id: str) -> _TenantRow:
        if lease.tenant_id != tenant_id:
            raise LeaseLostError(f"{self.where}: the lease is that of tenant {lease.tenant_id}, not of {tenant_id}")
        row, now = self._row(tenant_id), self.transaction.now()
        if row.fence != lease.fence or row.expires <= now:
            held = self.holder(tenant_id)
            why = f"is now held by {held}" if held and held.fence != lease.fence else "has ended"
            raise LeaseLostError(f"{self.where}: the lease of tenant {tenant_id} {why}: {_LOST}")
        return evolve(row, expires=now + self.lease_seconds)

    def end(self, tenant_id: str, fence: int) -> None:
        """End a lease, if it still is the one with this number."""
        row = self._row(tenant_id)
        if row.fence == fence:
            self._write(evolve(row, fence=fence + 1, expires=0.0))

    def holder(self, tenant_id: str) -> LeaseHolder | None:
        """Who has the lease now."""
        row = self._row(tenant_id)
        if row.expires <= self.transaction.now():
            return None
        return LeaseHolder(tenant_id, row.fence, row.holder, instant(row.since), instant(row.expires))

    def check_free(self, tenant_id: str) -> None:
        """Refuse what must not happen during an apply.

        Raises:
            StateError: somebody has the lease.

        """
        if held := self.holder(tenant_id):
            raise StateError(f"{self.where}: {held.holder} applies a plan to tenant {tenant_id} now: wait for its end")

    def runs(self, tenant_id: str) -> tuple[int, int]:
        """The number of the newest run, and up to which number runs are not known any more."""
        row = self._row(tenant_id)
        return row.runs, row.oldest

    def noted(self, tenant_id: str) -> tuple[int, int]:
        """How often something was noted, and how often it was when what is not known any more was noted last."""
        row = self._row(tenant_id)
        return row.noted, row.unknown

    def next_run(self, tenant_id: str) -> int:
        """The number of a new run."""
        row = self._row(tenant_id)
        self._write(evolve(row, runs=row.runs + 1))
        return row.runs + 1

    def import_over(self, tenant_id: str, *, at_least: int) -> int:
        """Note that a memory was imported, which is not followed by anything that was noted before; returns the serial.

        Args:
            tenant_id: the tenant.
            at_least: the least serial.

        """
        row = self._row(tenant_id)
        noted = max(row.noted + 1, at_least)
        self._write(evolve(row, oldest=row.runs, noted=noted, unknown=noted))
        return noted

    def forget_run(self, run: Run) -> None:
        """Note that it is not known any more what a run did, and those before it."""
        row = self._row(run.tenant_id)
        self._write(evolve(row, oldest=max(row.oldest, run.number), unknown=max(row.unknown, run.noted)))

    def _notes(self, row: _TenantRow) -> NoteRows:
        return NoteRows(self.transaction, self.seal, row.tenant_id, self.where)

    def _row(self, tenant_id: str) -> _TenantRow:
        rows = self.transaction.rows(f"SELECT {_COLUMNS} FROM tenant WHERE tenant_id = ?", tenant_id)  # noqa: S608
        if not rows:
            return _TenantRow(tenant_id)
        self.seal.check(rows[0], self.where)
        return _TenantRow(*rows[0][:-1])

    def _write(self, row: _TenantRow) -> None:
        values = astuple(row, recurse=False)
        self.transaction.execute(
            f"INSERT INTO tenant ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (tenant_id) DO UPDATE SET fence = excluded.fence, holder = excluded.holder, "
            "since = excluded.since, expires = excluded.expires, runs = excluded.runs, oldest = excluded.oldest, "
            "noted = excluded.noted, unknown = excluded.unknown, "
            "notes = excluded.notes, last_note = excluded.last_note, digest = excluded.digest",
            *values,
            self.seal.of(values),
        )


def this_process() -> str:
    """The computer and the process, for people."""
    return f"process {os.getpid()} on {socket.gethostname()}"
