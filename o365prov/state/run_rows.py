"""The runs in a database: a row a run, and a row for each change that was begun."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import count

from attrs import evolve, frozen

from o365prov.errors import O365ProvError
from o365prov.planning import Plan
from o365prov.state.database import Row, Transaction, instant, rows_about
from o365prov.state.records import Run, RunEntry
from o365prov.state.sealing import NOTHING, Seal, damaged, total_of
from o365prov.structuring import from_json_text, to_json_text

_RUN = "plan_id, tenant_id, app_name, fingerprint, number, begun_at, ended_at, stopped, total, digest"
_ENTRY = "plan_id, change_key, person_id, place, content, digest"
_UPSERT = (
    f"INSERT INTO entry ({_ENTRY}) VALUES (?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
    "ON CONFLICT (plan_id, change_key) DO UPDATE SET content = excluded.content, digest = excluded.digest"
)


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

    def of_tenant(self, tenant_id: str, *, after: int = 0) -> tuple[Run, ...]:
        """The runs of a tenant with higher numbers than *after*, the newest first."""
        rows = self._select("WHERE tenant_id = ? AND number > ? ORDER BY number DESC", tenant_id, after)
        return tuple(map(self._run, rows))

    def begin(self, plan: Plan, number: int) -> Run:
        """The new run of a plan."""
        app_name, now = plan.app_users.app_name, self.transaction.now()
        self._write((plan.id, plan.tenant_id, app_name, plan.fingerprint, number, now, None, ""), NOTHING)
        return Run(plan.id, plan.tenant_id, app_name, plan.fingerprint, number, instant(now))

    def go_on(self, run: Run) -> Run:
        """The run, which goes on after it was stopped."""
        self._update(run, ended=False, stopped="")
        return evolve(run, stopped="")

    def end(self, run: Run, stopped: str) -> None:
        """The run has ended, or was *stopped*."""
        self._update(run, ended=not stopped, stopped=stopped)

    def delete(self, plan_id: str) -> None:
        """Forget the run of a plan."""
        self.transaction.execute("DELETE FROM entry WHERE plan_id = ?", plan_id)
        self.transaction.execute("DELETE FROM run WHERE plan_id = ?", plan_id)

    def entries(self, plan_id: str) -> tuple[RunEntry, ...]:
        """The entries of a run that began, in the order in which the changes were begun.

        Raises:
            StateError: the run or one of its entries is damaged or lost.

        """
        run = self._row(plan_id)
        rows = self.transaction.rows(
            f"SELECT {_ENTRY} FROM entry WHERE plan_id = ? ORDER BY place, change_key",  # noqa: S608 - a constant
            plan_id,
        )
        self.seal.check_all(rows, run[8], self.where)
        try:
            return tuple(from_json_text(row[4], RunEntry) for row in rows)
        except (O365ProvError, ValueError, TypeError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error

    def note(self, run: Run, entries: Sequence[RunEntry]) -> None:
        """Write entries; those of changes that were noted before take their places."""
        row = self._row(run.plan_id)
        latest = {each.key: each for each in entries}
        noted = {key: (place, digest) for key, place, digest in self._noted(run.plan_id, latest)}
        new_places = count(self._next_place(run.plan_id))
        rows = [
            self._entry(run.plan_id, each, noted[key][0] if key in noted else next(new_places))
            for key, each in latest.items()
        ]
        self.transaction.execute_many(_UPSERT, rows)
        total = total_of(row[8], (digest for _, digest in noted.values()))
        total = total_of(total, (str(each[-1]) for each in rows))
        self._write(row[:8], total)

    def forget(self, person_id: str) -> int:
        """Delete the entries of a person; returns how many."""
        rows = self.transaction.rows("SELECT plan_id, digest FROM entry WHERE person_id = ?", person_id)
        for plan_id, digest in rows:
            run = self._row(plan_id)
            self._write(run[:8], total_of(run[8], [digest]))
        self.transaction.execute("DELETE FROM entry WHERE person_id = ?", person_id)
        return len(rows)

    def _noted(self, plan_id: str, keys: Collection[str]) -> Iterator[Row]:
        """Key, place and digest of the entries that are there of these changes."""
        sql = "SELECT change_key, place, digest FROM entry WHERE plan_id = ? AND change_key IN (?*)"
        return rows_about(self.transaction, sql, plan_id, keys=keys)

    def _entry(self, plan_id: str, entry: RunEntry, place: int) -> Row:
        values = (plan_id, entry.key, entry.person_id, place, to_json_text(entry, RunEntry))
        return (*values, self.seal.of(values))

    def _next_place(self, plan_id: str) -> int:
        [[last]] = self.transaction.rows("SELECT max(place) FROM entry WHERE plan_id = ?", plan_id)
        return 0 if last is None else int(last) + 1

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
        plan_id, tenant_id, app_name, fingerprint, number, begun_at, ended_at, stopped = row[:8]
        ended = None if ended_at is None else instant(ended_at)
        return Run(plan_id, tenant_id, app_name, fingerprint, number, instant(begun_at), ended, stopped)

    def _update(self, run: Run, *, ended: bool, stopped: str) -> None:
        row = self._row(run.plan_id)
        self._write((*row[:6], self.transaction.now() if ended else None, stopped), row[8])

    def _write(self, values: Iterable[object], total: str) -> None:
        sealed = (*values, total)
        self.transaction.execute(
            f"INSERT INTO run ({_RUN}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (plan_id) DO UPDATE SET ended_at = excluded.ended_at, stopped = excluded.stopped, "
            "total = excluded.total, digest = excluded.digest",
            *sealed,
            self.seal.of(sealed),
        )
