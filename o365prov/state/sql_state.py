"""A state in a SQL database: each method is one transaction over the rows of tenants, memory and runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import NoReturn, Self

from attrs import evolve

from o365prov import planning
from o365prov._annotations import check_call
from o365prov._fields import as_tuple
from o365prov.errors import ConfigurationError, StateError, UsageError
from o365prov.group_push import AppGroup, AppGroups
from o365prov.people import AppUser, AppUsers
from o365prov.state import rows
from o365prov.state.audit import AuditRecord
from o365prov.state.contents import Contents
from o365prov.state.database import Database
from o365prov.state.records import KeptRead, Lease, LeaseHolder, Quarantine, Run, RunEntry
from o365prov.state.state import State

LEASE_SECONDS = 60.0
_SHOWN_LATE = timedelta(hours=3)
"""So long before a read an account may have been written, and yet be read as it was; clocks that differ are in it."""


class SqlState:
    """A :class:`~o365prov.state.State` in a SQL database; its subclasses say in which one.

    Args:
        database: the database.
        key: a secret of at least 16 bytes with which every row is sealed; without one, digests show damage and not
            what somebody edited.
        lease_seconds: for how long a lease is given (1 to 3,600); a process that dies keeps others out for so long.
        audit: whether it keeps what was done to whom, and why.

    """

    def __init__(self, database: Database, key: bytes | None, lease_seconds: float, *, audit: bool = False) -> None:
        if key is not None and len(key) < 16:
            raise ConfigurationError(f"{type(self).__name__}.key should be at least 16 bytes")
        if not 1 <= lease_seconds <= 3600:
            raise ConfigurationError(f"{type(self).__name__}.lease_seconds should be from 1 to 3,600 seconds")
        self._database = database
        self._seal = rows.Seal(key)
        self._lease_seconds = float(lease_seconds)
        self._keeps_audit = audit

    @property
    def lease_seconds(self) -> float:
        """For how many seconds a lease is given."""
        return self._lease_seconds

    # the memory

    def app_users(self, tenant_id: str, app_name: str) -> AppUsers:
        """What is remembered of an app's people; see :meth:`State.app_users`."""
        check_call(State.app_users, locals())
        with self._read(tenant_id) as contents:
            noted, _ = contents.tenants.noted(tenant_id)
            return contents.memory(tenant_id, app_name).load(noted)

    def import_app_users(self, app_users: AppUsers, *, replace: bool = False) -> None:
        """Take over a memory; see :meth:`State.import_app_users`."""
        check_call(State.import_app_users, locals())
        tenant_id, app_name = app_users.tenant_id, app_users.app_name
        with self._open() as contents:
            tenants, memory = contents.tenants, contents.memory(tenant_id, app_name)
            tenants.check_free(tenant_id)
            contents.move_notes(tenant_id)
            if not replace and not memory.is_followed_by(app_users):
                raise StateError(
                    f"{self._database.name}: remembers the app {app_name} in tenant {tenant_id}, and more than what "
                    "this memory came from: import it with replace=True if that may be lost"
                )
            memory.clear()
            serial = tenants.import_over(tenant_id, at_least=app_users.serial + 1)
            memory.remember_at(app_users.lineage or f"imported {app_name}", serial)
            memory.write(app_users)

    def forget(self, person_id: str) -> int:
        """Delete everything about a person; see :meth:`State.forget`."""
        check_call(State.forget, locals())
        with self._open() as contents:
            return contents.forget(person_id)

    def app_groups(self, tenant_id: str, app_name: str) -> AppGroups:
        """What is remembered of an app's groups; see :meth:`State.app_groups`."""
        check_call(State.app_groups, locals())
        with self._open(writes=False) as contents:
            return contents.groups(tenant_id, app_name).load()

    # what was read of tenants

    def find_read(self, tenant_id: str, asked: str) -> KeptRead | None:
        """The last read of everybody; see :meth:`State.find_read`."""
        check_call(State.find_read, locals())
        with self._read(tenant_id) as contents:
            read = contents.reads.find(tenant_id, asked)
            if read is None:
                return None
            runs = contents.runs
            recent = (
                each.plan_id
                for each in contents.runs_of(tenant_id)
                if each.ended_at is None or each.ended_at > read.begun_at - _SHOWN_LATE
            )
            entries = (each for plan_id in recent for each in runs.entries(plan_id))
            return evolve(read, written={each.object_id for each in entries if each.object_id})

    def keep_read(self, tenant_id: str, read: KeptRead) -> None:
        """Keep a read of everybody; see :meth:`State.keep_read`."""
        check_call(State.keep_read, locals())
        with self._open() as contents:
            contents.reads.keep(tenant_id, read)

    # runs

    def runs(self, tenant_id: str, app_name: str | None = None) -> tuple[Run, ...]:
        """The runs of a tenant, the newest first; see :meth:`State.runs`."""
        check_call(State.runs, locals())
        with self._open(writes=False) as contents:
            found = contents.runs_of(tenant_id)
        return tuple(run for run in found if app_name in (None, run.app_name))

    def find_run(self, plan_id: str) -> Run | None:
        """The run of a plan; see :meth:`State.find_run`."""
        check_call(State.find_run, locals())
        with self._open(writes=False) as contents:
            return contents.runs.find(plan_id)

    def entries(self, plan_id: str) -> tuple[RunEntry, ...]:
        """How far each change of a plan has come; see :meth:`State.entries`."""
        check_call(State.entries, locals())
        run = self.find_run(plan_id)
        if run is None:
            return ()
        with self._read(run.tenant_id) as contents:
            runs = contents.runs
            return runs.entries(plan_id) if runs.find(plan_id) is not None else ()

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
        """What was done to whom, when, why and by whom; see :meth:`State.audit`."""
        check_call(State.audit, locals())
        if not self._keeps_audit:
            raise UsageError(f"{self._database.name} keeps no audit: make the state with audit=True")
        with self._read(tenant_id) as contents:
            return contents.audit.find(
                tenant_id, person_id=person_id, plan_id=plan_id, since=since, until=until, values=values
            )

    def prune(self, before: datetime) -> int:
        """Delete runs and reads that were begun before an instant; see :meth:`State.prune`."""
        check_call(State.prune, locals())
        with self._open() as contents:
            tenants, runs = contents.tenants, contents.runs
            found = contents.transaction.rows(
                "SELECT plan_id, tenant_id FROM run WHERE begun_at < ?", before.timestamp()
            )
            for tenant_id in {tenant_id for _, tenant_id in found}:
                tenants.check_free(tenant_id)
                contents.move_notes(tenant_id)
            for plan_id, _ in found:
                tenants.forget_run(runs.delete(plan_id))
                contents.audit.delete(plan_id)
            contents.reads.prune(before)
            contents.quarantines.prune(before)
            return len(found)

    # what applying a plan does

    def check_plan(self, plan: planning.Plan) -> None:
        """Refuse a plan that does not fit any more; see :meth:`State.check_plan`."""
        check_call(State.check_plan, locals())
        with self._read(plan.tenant_id) as contents:
            contents.check(plan, contents.runs.find(plan.id))

    def begin_run(self, lease: Lease, plan: planning.Plan, confirmed_by: str = "") -> Run:
        """Begin the run of a plan, or go on with it; see :meth:`State.begin_run`."""
        check_call(State.begin_run, locals())
        with self._open() as contents:
            tenants, runs = contents.tenants, contents.runs
            tenants.renew(lease, plan.tenant_id)
            contents.move_notes(plan.tenant_id)
            run = runs.find(plan.id)
            contents.check(plan, run)
            if run is not None:
                return runs.go_on(run)
            noted, _ = tenants.noted(plan.tenant_id)
            contents.memory(plan.tenant_id, plan.app_users.app_name).remember_at(plan.id, noted)
            if self._keeps_audit:
                contents.audit.begin(plan, confirmed_by=confirmed_by, applied_by=rows.this_process())
            return runs.begin(plan, tenants.next_run(plan.tenant_id), noted)

    def note(
        self,
        lease: Lease,
        run: Run,
        entries: Iterable[RunEntry],
        app_users: Iterable[AppUser] = (),
        forgotten: Iterable[str] = (),
    ) -> None:
        """Note how far changes have come, and what is remembered from now on; see :meth:`State.note`."""
        entries, app_users, forgotten = as_tuple(entries), as_tuple(app_users), as_tuple(forgotten)
        check_call(State.note, locals())
        with self._open() as contents:
            contents.tenants.note(lease, run, rows.ApplyNote(entries, app_users, forgotten))

    def note_groups(
        self, lease: Lease, app_name: str, groups: Iterable[AppGroup], forgotten: Iterable[str] = ()
    ) -> None:
        """Note what is remembered of groups from now on; see :meth:`State.note_groups`."""
        groups, forgotten = as_tuple(groups), as_tuple(forgotten)
        check_call(State.note_groups, locals())
        with self._open() as contents:
            contents.tenants.renew(lease, lease.tenant_id)
            contents.groups(lease.tenant_id, app_name).write(groups, forgotten)

    def end_run(self, lease: Lease, run: Run, stopped: str = "", quarantine: str = "") -> None:
        """Note that a run ended, or why it *stopped*; see :meth:`State.end_run`."""
        check_call(State.end_run, locals())
        with self._open() as contents:
            contents.tenants.renew(lease, run.tenant_id)
            contents.runs.end(run, stopped, quarantined=bool(quarantine))
            if quarantine:
                contents.quarantines.begin(run.tenant_id, run.app_name, run.plan_id, quarantine)

    # the quarantine

    def quarantines(self, tenant_id: str) -> tuple[Quarantine, ...]:
        """Which apps may not write to a tenant, and which might not once; see :meth:`State.quarantines`."""
        check_call(State.quarantines, locals())
        with self._open(writes=False) as contents:
            contents.check_quarantines(tenant_id)
            return contents.quarantines.of_tenant(tenant_id)

    def quarantine(self, lease: Lease, app_name: str, plan_id: str, reason: str) -> None:
        """Quarantine an app whose plan has no run; see :meth:`State.quarantine`."""
        check_call(State.quarantine, locals())
        with self._open() as contents:
            contents.tenants.renew(lease, lease.tenant_id)
            contents.quarantines.begin(lease.tenant_id, app_name, plan_id, reason)

    def allow(self, tenant_id: str, app_name: str, *, allowed_by: str = "") -> Quarantine | None:
        """Let a quarantined app go on; see :meth:`State.allow`."""
        check_call(State.allow, locals())
        with self._open() as contents:
            contents.check_quarantines(tenant_id)
            return contents.quarantines.allow(tenant_id, app_name, allowed_by)

    # the lease

    def acquire(self, tenant_id: str) -> Lease:
        """Take the lease of a tenant; see :meth:`State.acquire`."""
        check_call(State.acquire, locals())
        with self._open() as contents:
            return contents.tenants.acquire(tenant_id)

    def renew(self, lease: Lease) -> None:
        """Have a lease begin again; see :meth:`State.renew`."""
        check_call(State.renew, locals())
        with self._open() as contents:
            contents.tenants.renew(lease, lease.tenant_id)

    def release(self, lease: Lease) -> None:
        """Give a lease back; see :meth:`State.release`."""
        check_call(State.release, locals())
        with self._open() as contents:
            contents.tenants.end(lease.tenant_id, lease.fence)

    def lease_holder(self, tenant_id: str) -> LeaseHolder | None:
        """Who has the lease of a tenant now; see :meth:`State.lease_holder`."""
        check_call(State.lease_holder, locals())
        with self._open(writes=False) as contents:
            return contents.tenants.holder(tenant_id)

    def unlock(self, tenant_id: str) -> LeaseHolder | None:
        """Take the lease away from whoever has it; see :meth:`State.unlock`."""
        check_call(State.unlock, locals())
        with self._open() as contents:
            tenants = contents.tenants
            held = tenants.holder(tenant_id)
            if held is not None:
                tenants.end(tenant_id, held.fence)
            return held

    def close(self) -> None:
        """Close what is open; see :meth:`State.close`."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _open(self, *, writes: bool = True) -> Iterator[Contents]:
        """What the state holds, in one transaction."""
        with self._database.transaction(writes=writes) as transaction:
            yield Contents(transaction, self._seal, self._lease_seconds, self._database.name)

    @contextmanager
    def _read(self, tenant_id: str) -> Iterator[Contents]:
        """The same, where everything that was noted is where it is kept; it writes if it has to move that."""
        with self._open(writes=False) as contents:
            waiting = contents.tenants.has_notes(tenant_id)
            if not waiting:
                yield contents
        if waiting:
            with self._open() as contents:
                contents.move_notes(tenant_id)
                yield contents

    def __reduce__(self) -> NoReturn:
        raise UsageError(
            f"a {type(self).__name__} holds a connection and can't be copied or pickled: make one in each process"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._database.name!r})"
