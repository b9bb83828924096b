"""The audit in a database: a row a planned change, and one a plan with who made, confirmed and applied it.

A plan's rows are written when its run begins, and say how far each change has come as soon as what was noted is moved
to where it is kept. What was never begun is not in the audit. Each half of a row has a digest of its own, so that the
half that is planned never has to be read again while a plan is applied; the row of the plan has the total of the
others, so that one that is lost is missed by whoever asks for the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import frozen

from o365prov import planning
from o365prov.errors import O365ProvError
from o365prov.state.audit import AuditRecord
from o365prov.state.database import Row, Transaction, instant
from o365prov.state.records import RunEntry, RunStep
from o365prov.state.rows.sealing import NOTHING, Seal, damaged, total_of
from o365prov.state.rows.settings_rows import SettingsRows
from o365prov.structuring import from_json_text, to_json_text

_PLANNED = "plan_id, change_key, tenant_id, app_name, person_id, planned, planned_digest"
_SETTINGS, _OTHERS = "change_settings", "the settings are others than at the last run"
_PLAN = "plan_id, planned_at, planned_by, confirmed_by, applied_by, total, digest"


@frozen
class _Planned:
    """What a plan says of a change."""

    name: str
    username: str
    reason: str
    values: tuple[planning.PropertyChange, ...]

    @classmethod
    def of(cls, change: planning.Change) -> _Planned:
        """What is kept; not the words that name another person, who may ask to be forgotten."""
        names_another = isinstance(change, planning.SetManager) or getattr(change, "takes_over", None) is not None
        reason = "" if names_another else change.reason
        return cls(change.subject.name, change.subject.username, reason, planning.property_changes(change))


@frozen
class AuditRows:
    """The audit of a state, within a transaction.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: Seal
    where: str

    def begin(self, plan: planning.Plan, *, confirmed_by: str, applied_by: str) -> None:
        """Write what a plan says, before anything of it is done, and which settings are others than at the last run."""
        rows = [self._planned(plan, change) for change in plan]
        changed = SettingsRows(self.transaction, self.seal, self.where).changed(plan)
        if changed:
            rows.append(self._sealed(plan, _SETTINGS, "", _Planned(plan.app_users.app_name, "", _OTHERS, changed)))
        self.transaction.execute_many(
            f"INSERT INTO audit ({_PLANNED}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
            rows,
        )
        total = total_of(NOTHING, (str(row[-1]) for row in rows))
        self._write_plan((plan.id, plan.made_at.isoformat(), plan.made_by, confirmed_by, applied_by, total))
        if changed:
            self.note(plan.id, [RunEntry(_SETTINGS, RunStep.DONE, "")], {_SETTINGS: self.transaction.now()})

    def note(self, plan_id: str, entries: Iterable[RunEntry], times: Mapping[str, float]) -> None:
        """Write how far changes have come, and when that was noted, by key; nothing of a plan that is not audited."""
        if not self.transaction.rows("SELECT plan_id FROM audit_plan WHERE plan_id = ?", plan_id):
            return
        ended = []
        for each in entries:
            at, content = times[each.key], to_json_text(each, RunEntry)
            ended.append((at, content, self.seal.of((plan_id, each.key, at), content), plan_id, each.key))
        self.transaction.execute_many(
            "UPDATE audit SET ended_at = ?, ended = ?, ended_digest = ? WHERE plan_id = ? AND change_key = ?", ended
        )

    def find(
        self,
        tenant_id: str,
        *,
        person_id: str | None,
        plan_id: str | None,
        since: datetime | None,
        until: datetime | None,
        values: bool,
    ) -> tuple[AuditRecord, ...]:
        """What was begun, the oldest first; :meth:`~o365prov.state.State.audit` has the arguments."""
        asked = {
            "person_id = ?": person_id,
            "plan_id = ?": plan_id,
            "ended_at >= ?": None if since is None else since.timestamp(),
            "ended_at < ?": None if until is None else until.timestamp(),
        }
        given = {text: value for text, value in asked.items() if value is not None}
        where = " AND ".join(("tenant_id = ?", *given))
        rows = self.transaction.rows(
            f"SELECT {_PLANNED}, ended_at, ended, ended_digest FROM audit WHERE {where} "  # noqa: S608 - constants
            "ORDER BY ended_at, plan_id, change_key",
            tenant_id,
            *given.values(),
        )
        plans = {each: self._plan(each) for each in dict.fromkeys(str(row[0]) for row in rows)}
        if given.keys() == {"plan_id = ?"} and plan_id in plans:
            self._check_total(rows, plans[plan_id][5])
        return tuple(self._record(row, plans[row[0]], values) for row in rows if row[7] is not None)

    def delete(self, plan_id: str) -> None:
        """Delete what there is of a plan."""
        for table in ("audit", "audit_plan"):
            self.transaction.execute(f"DELETE FROM {table} WHERE plan_id = ?", plan_id)  # noqa: S608 - two constants

    def forget(self, person_id: str) -> None:
        """Delete what there is of a person, in all tenants."""
        found = self.transaction.rows("SELECT plan_id, planned_digest FROM audit WHERE person_id = ?", person_id)
        self.transaction.execute("DELETE FROM audit WHERE person_id = ?", person_id)
        for plan_id in {plan_id for plan_id, _ in found}:
            row = self._plan(plan_id)
            self._write_plan((*row[:5], total_of(row[5], (digest for each, digest in found if each == plan_id))))

    def _planned(self, plan: planning.Plan, change: planning.Change) -> Row:
        return self._sealed(plan, planning.change_key(change), change.subject.person_id, _Planned.of(change))

    def _sealed(self, plan: planning.Plan, key: str, person_id: str, planned: _Planned) -> Row:
        values = (plan.id, key, plan.tenant_id, plan.app_users.app_name, person_id)
        content = to_json_text(planned, _Planned)
        return (*values, content, self.seal.of(values, content))

    def _record(self, row: Row, plan: Row, values: bool) -> AuditRecord:
        plan_id, key, tenant_id, app_name, person_id, content, digest, at, ended, ended_digest = row
        if digest != self.seal.of(row[:5], content) or ended_digest != self.seal.of((plan_id, key, at), ended):
            raise damaged(self.where)
        try:
            planned, entry = from_json_text(content, _Planned), from_json_text(ended, RunEntry)
            planned_at = datetime.fromisoformat(plan[1])
        except (O365ProvError, ValueError, TypeError) as error:  # sealed, and written by something else
            raise damaged(self.where) from error
        return AuditRecord(
            at=instant(at),
            tenant_id=tenant_id,
            app_name=app_name,
            plan_id=plan_id,
            key=key,
            person_id=person_id,
            name=planned.name,
            username=planned.username,
            object_id=entry.object_id,
            reason=planned.reason,
            step=entry.step,
            planned_at=planned_at,
            planned_by=plan[2],
            confirmed_by=plan[3],
            applied_by=plan[4],
            message=entry.message,
            request_id=entry.request_id,
            properties=tuple(each.name for each in planned.values),
            values=planned.values if values else (),
            written=entry.written,
        )

    def _check_total(self, rows: Iterable[Row], total: str) -> None:
        if total_of(NOTHING, (str(row[6]) for row in rows)) != total:
            raise damaged(self.where)

    def _plan(self, plan_id: str) -> Row:
        rows = self.transaction.rows(f"SELECT {_PLAN} FROM audit_plan WHERE plan_id = ?", plan_id)  # noqa: S608
        if not rows:
            raise damaged(self.where)
        self.seal.check(rows[0], self.where)
        return rows[0]

    def _write_plan(self, values: Row) -> None:
        self.transaction.execute(
            f"INSERT INTO audit_plan ({_PLAN}) VALUES (?, ?, ?, ?, ?, ?, ?) "  # noqa: S608 - a constant
            "ON CONFLICT (plan_id) DO UPDATE SET total = excluded.total, digest = excluded.digest",
            *values,
            self.seal.of(tuple(values)),
        )
