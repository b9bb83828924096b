"""The runs in a database: a row a run, and one with how far all of its changes have come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from o365prov import planning
from o365prov.errors import O365ProvError
from o365prov.state.database import Row, Transaction, instant
from o365prov.state.records import Run, RunEntry
from o365prov.state.rows.sealing import Seal, damaged
from o365prov.structuring import from_json_text, to_json_text

_RUN = "plan_id, tenant_id, app_name, fingerprint, number, noted, begun_at, ended_at, stopped, entries, digest"

_QUARANTINED = "quarantined: "
"""What stands in a row before why the run stopped, where the app was quarantined for it."""


@frozen
class _Entries:
    entries: tuple[RunEntry, ...]


@frozen
class RunRows:
    """The runs of a state, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    where: str

    def find(self, plan_id: str) -> Run | None:
        """The run of a plan."""
        rows = self._select("WHERE plan_id = ?", plan_id)
        return self._run(rows[0]) if rows else None

    def of_tenant(self, tenant_id: str) -> tuple[Run, ...]:
        """The runs of a tenant, the newest first."""
        return tuple(map(self._run, self._select("WHERE tenant_id = ? ORDER BY number DESC", tenant_id)))

    def begin(self, plan: planning.Plan, number: int, noted: int) -> Run:
        """The new run of a plan."""
        app_name, now = plan.app_users.app_name, self.transaction.now()
        self._write((plan.id, plan.tenant_id, app_name, plan.fingerprint, number, noted, now, None, ""), "")
        return Run(plan.id, plan.tenant_id, app_name, plan.fingerprint, number, instant(now), noted=noted)

    def go_on(self, run: Run) -> Run:
        """The run, which goes on after it was stopped."""
        self._update(run, ended=False, stopped="")
        return evolve(run, stopped="", quarantined=False)

    def end(self, run: Run, stopped: str, *, quarantined: bool = False) -> None:
        """The run has ended, or was *stopped*, and its app perhaps *quarantined*."""
        self._update(run, ended=not stopped, stopped=f"{_QUARANTINED}{stopped}" if quarantined else stopped)

    def delete(self, plan_id: str) -> Run:
        """Forget the run of a plan; returns what it was."""
        run = self._run(self._row(plan_id))
        self.transaction.execute("DELETE FROM run_entries WHERE plan_id = ?", plan_id)
        self.transaction.execute("DELETE FROM run WHERE plan_id = ?", plan_id)
        return run

    def entries(self, plan_id: str) -> tuple[RunEntry, ...]:
        """The entries of a run that began, in the order in which the changes were begun.

        Raises:
            StateError: the run or one of its entries is damaged or lost.

        """
        written = self._row(plan_id)[9]
        rows = self.transaction.rows("SELECT plan_id, content, digest FROM run_entries WHERE plan_id = ?", plan_id)
        if [digest for *_, digest in rows] != [written] * bool(written):
            raise damaged(self.where)
        if not rows:
            return ()
        _, content, digest = rows[0]
        if digest != self.seal.of((plan_id,), content):
            raise damaged(self.where)
        try:
            return from_json_text(content, _Entries).entries
        except (O365ProvError, ValueError, TypeError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error

    def note(self, plan_id: str, entries: Iterable[RunEntry], noted: int) -> Run:
        """Write entries, the last of which was note *noted*; those of changes that were noted before take their places.

        Returns the run.
        """
        known = {each.key: each for each in self.entries(plan_id)}
        row = self._row(plan_id)
        self._write((*row[:5], noted, *row[6:9]), row[9])
        self._write_entries(plan_id, {**known, **{each.key: each for each in entries}}.values())
        return self._run(self._row(plan_id))

    def about(self, person_id: str) -> list[Run]:
        """The runs that have entries of a person."""
        found = self.transaction.rows("SELECT plan_id FROM run_entries ORDER BY plan_id")
        return [
            self._run(self._row(plan_id))
            for (plan_id,) in found
            if any(each.person_id == person_id for each in self.entries(plan_id))
        ]

    def accounts(self, runs: Iterable[Run], person_id: str) -> Iterator[str]:
        """The object ids of a person's accounts in these runs."""
        entries = (each for run in runs for each in self.entries(run.plan_id) if each.person_id == person_id)
        return (each.object_id for each in entries if each.object_id)

    def forget(self, run: Run, person_id: str) -> int:
        """Delete the entries of a person; returns how many."""
        entries = self.entries(run.plan_id)
        kept = [each for each in entries if each.person_id != person_id]
        self._write_entries(run.plan_id, kept)
        return len(entries) - len(kept)

    def _write_entries(self, plan_id: str, entries: Iterable[RunEntry]) -> None:
        content = to_json_text(_Entries(tuple(entries)), _Entries)
        digest = self.seal.of((plan_id,), content)
        self.transaction.execute(
            "INSERT INTO run_entries (plan_id, content, digest) VALUES (?, ?, ?) "
            "ON CONFLICT (plan_id) DO UPDATE SET content = excluded.content, digest = excluded.digest",
            plan_id,
            content,
            digest,
        )
        self._write(self._row(plan_id)[:9], digest)

    def _select(self, where: str, *parameters: object) -> list[Row]:
        return self.transaction.rows(f"SELECT {_RUN} FROM run {where}", *parameters)  # noqa: S608 - constants

    def _row(self, plan_id: str) -> Row:
        """The row of a run that began."""
        rows = self._select("WHERE plan_id = ?", plan_id)
        if not rows:
            raise damaged(self.where)
        self.seal.check(rows[0], self.where)
        return rows[0]

    def _run(self, row: Row) -> Run:
        self.seal.check(row, self.where)
        plan_id, tenant_id, app_name, fingerprint, number, noted, begun_at, ended_at, stopped = row[:9]
        ended = None if ended_at is None else instant(ended_at)
        quarantined, why = stopped.startswith(_QUARANTINED), stopped.removeprefix(_QUARANTINED)
        begun = instant(begun_at)
        return Run(plan_id, tenant_id, app_name, fingerprint, number, begun, ended, why, noted, quarantined)

    def _update(self, run: Run, *, ended: bool, stopped: str) -> None:
        row = self._row(run.plan_id)
        self._write((*row[:7], self.transaction.now() if ended else None, stopped), row[9])

    def _write(self, values: Iterable[object], entries: str) -> None:
        sealed = (*values, entries)
        self.transaction.execute(
            f"INSERT INTO run ({_RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (plan_id) DO UPDATE SET noted = excluded.noted, ended_at = excluded.ended_at, "
            "stopped = excluded.stopped, entries = excluded.entries, digest = excluded.digest",
            *sealed,
            self.seal.of(sealed),
        )
