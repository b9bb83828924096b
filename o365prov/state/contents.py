"""Everything that a state holds, within one transaction: the rows of each table, and what concerns several of them."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from o365prov import planning
from o365prov.errors import PlanRefusedError
from o365prov.state import rows
from o365prov.state.database import Transaction
from o365prov.state.fitting import check_lineage, check_serial, check_touched
from o365prov.state.records import Run


@frozen
class Contents:
    """What a state holds.

    Args:
        transaction: the transaction.
        seal: makes the digests.
        lease_seconds: for how long a lease is given.
        where: what messages call the state.

    """

    transaction: Transaction
    seal: rows.Seal
    lease_seconds: float
    where: str

    @property
    def tenants(self) -> rows.TenantRows:
        """The tenants."""
        return rows.TenantRows(self.transaction, self.seal, self.lease_seconds, self.where)

    @property
    def runs(self) -> rows.RunRows:
        """The runs."""
        return rows.RunRows(self.transaction, self.seal, self.where)

    @property
    def reads(self) -> rows.ReadRows:
        """What was read of tenants."""
        return rows.ReadRows(self.transaction, self.seal, self.where)

    @property
    def audit(self) -> rows.AuditRows:
        """The audit."""
        return rows.AuditRows(self.transaction, self.seal, self.where)

    @property
    def quarantines(self) -> rows.QuarantineRows:
        """Which apps may not write to a tenant."""
        return rows.QuarantineRows(self.transaction, self.seal, self.where)

    def memory(self, tenant_id: str, app_name: str) -> rows.MemoryRows:
        """The memory of an app."""
        return rows.MemoryRows(self.transaction, self.seal, tenant_id, app_name, self.where)

    def groups(self, tenant_id: str, app_name: str) -> rows.GroupRows:
        """The memory of the groups that an app pushed."""
        return rows.GroupRows(self.transaction, self.seal, tenant_id, app_name, self.where)

    def move_notes(self, tenant_id: str) -> None:
        """Move what was noted to where it is kept."""
        noted, _ = self.tenants.noted(tenant_id)
        for plan_id, taken in self.tenants.take_notes(tenant_id).items():  # of one plan: to begin another moves them
            note = taken.note
            self.audit.note(plan_id, note.entries, taken.times)
            run = self.runs.note(plan_id, note.entries, noted)
            memory = self.memory(tenant_id, run.app_name)
            memory.remember_at(plan_id, noted)
            memory.write(note.app_users, note.forgotten)

    def check(self, plan: planning.Plan, run: Run | None) -> None:
        """Refuse a plan that does not fit any more: what others noted since counts, whenever their runs had begun."""
        self.check_quarantines(plan.tenant_id)
        self.quarantines.check(plan.tenant_id, plan.app_users.app_name)
        if run is not None and run.ended_at is not None:
            raise PlanRefusedError(f"plan {plan.id} was applied already: read the tenant and plan again")
        since = plan.app_users.serial if run is None else run.noted
        for each in self.runs_of(plan.tenant_id):
            if each.noted > since and each.plan_id != plan.id:
                check_touched(plan, each, self.runs.entries(each.plan_id))
        if run is None:
            check_lineage(plan, self.memory(plan.tenant_id, plan.app_users.app_name).lineage())
        noted, unknown = self.tenants.noted(plan.tenant_id)
        check_serial(plan, since=since, unknown=unknown, noted=noted)

    def check_quarantines(self, tenant_id: str) -> None:
        """Refuse a state that has lost a quarantine, so that deleting one lets nobody go on: its run tells of it.

        Raises:
            StateError: one is lost.

        """
        known = {each.plan_id for each in self.quarantines.of_tenant(tenant_id)}
        if any(run.quarantined and run.plan_id not in known for run in self.runs_of(tenant_id)):
            raise rows.damaged(self.where)

    def runs_of(self, tenant_id: str) -> tuple[Run, ...]:
        """The runs of a tenant, the newest first: all of them, so that one that was edited can't hide.

        Raises:
            StateError: a run is lost, which was neither pruned nor is older than an import.

        """
        newest, oldest = self.tenants.runs(tenant_id)
        found = self.runs.of_tenant(tenant_id)
        if sum(each.number > oldest for each in found) != newest - oldest:
            raise rows.damaged(self.where)
        return found

    def forget(self, person_id: str) -> int:
        """Delete everything about a person; returns the number of records."""
        for tenant_id in self.tenants.ids():
            self.move_notes(tenant_id)
        apps = self.transaction.rows("SELECT tenant_id, app_name FROM app_user WHERE person_id = ?", person_id)
        touched = self.runs.about(person_id)
        for tenant_id in {*(tenant_id for tenant_id, _ in apps), *(run.tenant_id for run in touched)}:
            self.tenants.check_free(tenant_id)
        object_ids = {*self._accounts(person_id), *self.runs.accounts(touched, person_id)}
        for tenant_id, app_name in apps:
            self.memory(tenant_id, app_name).write((), [person_id])
        self.audit.forget(person_id)
        kept = self.reads.forget(object_ids)
        pushed = self.transaction.rows("SELECT tenant_id, app_name FROM group_memory")
        kept += sum(self.groups(*of_app).forget(object_ids) for of_app in pushed)
        return len(apps) + kept + sum(self.runs.forget(run, person_id) for run in touched)

    def _accounts(self, person_id: str) -> Iterator[str]:
        """The object ids of a person's accounts."""
        found = self.transaction.rows("SELECT object_id FROM app_user WHERE person_id = ?", person_id)
        return (str(object_id) for (object_id,) in found)
