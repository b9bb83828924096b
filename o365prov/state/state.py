"""What is known between runs: one Protocol for the places where it can be kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from o365prov import planning
from o365prov.group_push import AppGroup, AppGroups
from o365prov.people import AppUser, AppUsers
from o365prov.state.audit import AuditRecord
from o365prov.state.records import KeptRead, Lease, LeaseHolder, Quarantine, Run, RunEntry


class State(Protocol):
    """The memory of every app, the runs of every plan, and the lease of every tenant, in transactions.

    Every method is one short transaction: all of it happens or nothing. A state may be used from several threads and,
    unless it is in memory, from several processes.

    Raises:
        StateError: every method, if the state can't be read or written, or is damaged.

    """

    @property
    def lease_seconds(self) -> float:
        """For how many seconds a lease is given; its holder renews it long before."""
        ...

    # the memory

    def app_users(self, tenant_id: str, app_name: str) -> AppUsers:
        """What is remembered of an app's people; an empty table if that is nothing.

        Args:
            tenant_id: the tenant, such as ``snapshot.tenant_id``.
            app_name: the app, such as ``app.name``.

        """
        ...

    def import_app_users(self, app_users: AppUsers, *, replace: bool = False) -> None:
        """Take over a memory, such as one that was saved as JSON. Plans that were made before are stale afterwards.

        Args:
            app_users: the memory.
            replace: whether what is remembered of the app since may be lost.

        Raises:
            StateError: more is remembered of the app than what this memory came from and *replace* is False, or an
                apply is running.

        """
        ...

    def forget(self, person_id: str) -> int:
        """Delete everything about a person, in all tenants and apps; returns the number of records.

        An account that the person has becomes one that is not provisioned from here: it is never touched again. What
        the tenant still holds of it is read and kept with the next read of everybody.

        Raises:
            StateError: an apply is running.

        """
        ...

    def app_groups(self, tenant_id: str, app_name: str) -> AppGroups:
        """What is remembered of the groups that an app pushed; an empty table if that is nothing.

        Args:
            tenant_id: the tenant, such as ``snapshot.tenant_id``.
            app_name: the app, such as ``group_push.app_name``.

        """
        ...

    # what was read of tenants

    def find_read(self, tenant_id: str, asked: str) -> KeptRead | None:
        """The last read of everybody for which that was *asked*, and which accounts were written since.

        Args:
            tenant_id: the tenant.
            asked: what was asked, as :attr:`KeptRead.asked` has it.

        """
        ...

    def keep_read(self, tenant_id: str, read: KeptRead) -> None:
        """Keep a read of everybody in place of the last one; it stays until :meth:`prune`, seven days at most.

        Args:
            tenant_id: the tenant.
            read: what was read.

        """
        ...

    # runs

    def runs(self, tenant_id: str, app_name: str | None = None) -> tuple[Run, ...]:
        """The runs of a tenant, of one app or of all, the newest first."""
        ...

    def find_run(self, plan_id: str) -> Run | None:
        """The run of a plan; None if it never began."""
        ...

    def entries(self, plan_id: str) -> tuple[RunEntry, ...]:
        """How far each change of a plan has come, in the order in which they were begun."""
        ...

    def audit(
        self,
        tenant_id: str,
        *,
        person_id: str | None = None,
        plan_id: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        values: bool = False,
    ) -> tuple[AuditRecord, ...]:
        """What was done in a tenant: to whom, when, why, by which run, and who planned and confirmed it.

        It has what was begun or skipped, the oldest first; of a process that died, the change that nobody looked at
        since is ``started``. It goes back to the oldest run that was not deleted by :meth:`prune`.

        Args:
            tenant_id: the tenant.
            person_id: only what was done to this person; empty for changes of the settings, which are about nobody.
            plan_id: only what the run of this plan did.
            since: only what was noted at this instant or later, aware, by the clock of the database.
            until: only what was noted before this instant, aware.
            values: whether the records have the values before and after, which are personal.

        Raises:
            UsageError: the state keeps no audit: it was made without ``audit=True``.

        """
        ...

    def prune(self, before: datetime) -> int:
        """Delete runs and reads that were begun before an instant, with what they and the audit hold of people.

        Runs that were interrupted are deleted too, and can't go on then. The memory stays. Plans that are older than a
        run that was deleted are stale.

        Returns:
            How many runs were deleted.

        Args:
            before: the instant, aware, by the clock of the database.

        Raises:
            StateError: an apply is running.

        """
        ...

    # what applying a plan does

    def check_plan(self, plan: planning.Plan) -> None:
        """Refuse a plan that was made with another memory, or before another plan that touched the same.

        Raises:
            PlanRefusedError: the plan was made with another memory, or was applied already.
            QuarantinedError: the app is quarantined in the tenant.
            StalePlanError: another plan that was applied since touched a person, account or address of this one.

        """
        ...

    def begin_run(self, lease: Lease, plan: planning.Plan, confirmed_by: str = "") -> Run:
        """Begin the run of a plan, or go on with it; checks it as :meth:`check_plan` does.

        Args:
            lease: the lease of the tenant.
            plan: the plan.
            confirmed_by: who confirmed it, for the audit; of one that goes on, whoever did first.

        Raises:
            LeaseLostError: the lease has ended or is another tenant's, here and in the methods that follow.

        """
        ...

    def note(
        self,
        lease: Lease,
        run: Run,
        entries: Iterable[RunEntry],
        app_users: Iterable[AppUser] = (),
        forgotten: Iterable[str] = (),
    ) -> None:
        """Note how far changes have come, and what is remembered of these people from now on.

        Args:
            lease: the lease of the tenant, which is renewed.
            run: the run.
            entries: how far the changes have come.
            app_users: what is remembered.
            forgotten: the ids of people of whom nothing is remembered any more.

        """
        ...

    def note_groups(
        self, lease: Lease, app_name: str, groups: Iterable[AppGroup], forgotten: Iterable[str] = ()
    ) -> None:
        """Note what is remembered of groups from now on.

        Args:
            lease: the lease of the tenant, which is renewed.
            app_name: the app.
            groups: what is remembered.
            forgotten: the ids of the pushed groups of which nothing is remembered any more.

        """
        ...

    def end_run(self, lease: Lease, run: Run, stopped: str = "", quarantine: str = "") -> None:
        """Note that every change was tried, or why the run *stopped* before.

        Args:
            lease: the lease of the tenant, which is renewed.
            run: the run.
            stopped: why it stopped; empty if it did not.
            quarantine: why the app is quarantined in the tenant from now on; empty if it is not.

        """
        ...

    # the quarantine

    def quarantines(self, tenant_id: str) -> tuple[Quarantine, ...]:
        """Which apps may not write to a tenant until somebody allows it, and those that were allowed since.

        Returns:
            The newest first. :meth:`prune` deletes those that were allowed.

        """
        ...

    def quarantine(self, lease: Lease, app_name: str, plan_id: str, reason: str) -> None:
        """Quarantine an app from now on, where too much failed of a plan that has no run, such as one of groups.

        Args:
            lease: the lease of the tenant, which is renewed.
            app_name: the app, such as ``group_push.app_name``.
            plan_id: the plan, such as the fingerprint of a plan of groups.
            reason: what failed, how often, and what Graph said.

        """
        ...

    def allow(self, tenant_id: str, app_name: str, *, allowed_by: str = "") -> Quarantine | None:
        """Let an app that is quarantined go on: its plans can be applied again.

        Args:
            tenant_id: the tenant.
            app_name: the app, such as ``app.name``.
            allowed_by: who allows it, such as an administrator's address: the state keeps it.

        Returns:
            The quarantine that this ends; None if there is none.

        """
        ...

    # the lease

    def acquire(self, tenant_id: str) -> Lease:
        """Take the lease of a tenant.

        Raises:
            LeaseLostError: somebody else has it.

        """
        ...

    def renew(self, lease: Lease) -> None:
        """Have the lease begin again.

        Raises:
            LeaseLostError: it has ended, or went to somebody else.

        """
        ...

    def release(self, lease: Lease) -> None:
        """Give the lease back; does nothing if it went to somebody else."""
        ...

    def lease_holder(self, tenant_id: str) -> LeaseHolder | None:
        """Who has the lease of a tenant now; None for nobody."""
        ...

    def unlock(self, tenant_id: str) -> LeaseHolder | None:
        """Take the lease of a tenant away from whoever has it, and say who that was.

        Whoever had it begins no more writes; those that are on their way may still arrive.
        """
        ...

    def close(self) -> None:
        """Close what is open; the state opens again when it is used."""
        ...
