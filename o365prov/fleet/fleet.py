"""A fleet: the steps of its tenants, whichever engine has them done.

Each step takes up what is recorded, does one thing in one tenant, and records how far that came. It may be done twice
or by two workers at once: an apply needs the tenant's lease, and what a worker that was overtaken would record is
dropped. Trouble of a tenant is recorded as its own, so that no other one notices.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from attrs import evolve

from o365prov import graph, planning
from o365prov._annotations import check_call
from o365prov._fields import as_tuple, keyed_by
from o365prov.errors import ConfigurationError, LeaseLostError, O365ProvError, PlanRefusedError, StateError
from o365prov.fleet import outcomes
from o365prov.fleet.directory import FleetRegistry, FleetTenant
from o365prov.fleet.records import FleetRecords
from o365prov.fleet.report import FleetReport
from o365prov.fleet.rounds import FleetStep, Hold, NextStep, Stage, TenantRound, next_step
from o365prov.rendering import quoted, shortened
from o365prov.state import State

_LOGGER = logging.getLogger("o365prov.fleet")

TURN = timedelta(minutes=5)
"""So long one apply lasts at most unless the caller says otherwise; then it goes on behind those that wait."""

_WATCH_SECONDS = 5.0


class Fleet:
    """Many tenants, each with its rounds of plan, apply and verify; for the workers of any engine.

    Args:
        tenants: the tenants, each with a name of its own.
        registry: the apps, credentials and people that they name.
        state: where it is kept what is known between runs, one for all tenants.
        records: where it is kept how far each tenant has come.
        turn: how long one apply lasts at most, above 0; what is left goes on behind those that wait.
        now: gives the time, aware; by default the computer's.

    Raises:
        ConfigurationError: an argument is of the wrong type or out of range, or two tenants have one name.

    >>> from o365prov.state import MemoryState
    >>> tenants = [FleetTenant("contoso", app="standard", credential="contoso-secret", schedule="0 2 * * *")]
    >>> registry = FleetRegistry(apps={}, credentials={}, people={})
    >>> fleet = Fleet(tenants, registry, state=MemoryState(), records=FleetRecords())
    >>> [(each.tenant, each.step.value) for each in fleet.due()]
    [('contoso', 'plan')]
    """

    def __init__(
        self,
        tenants: Iterable[FleetTenant],
        registry: FleetRegistry,
        *,
        state: State,
        records: FleetRecords,
        turn: timedelta = TURN,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        tenants = as_tuple(tenants)
        check_call(Fleet.__init__, locals())
        if turn <= timedelta():
            raise ConfigurationError(f"Fleet.turn should be above 0, not {turn}")
        self.tenants: Mapping[str, FleetTenant] = keyed_by("name", tenants, FleetTenant, "Fleet.tenants", "tenant")
        self.registry = registry
        self.state = state
        self.records = records
        self._turn = turn
        self._now = now or (lambda: datetime.now(UTC))
        self._running: set[graph.Tenant] = set()

    # what comes next

    def next_step(self, name: str) -> NextStep | None:
        """What comes next for a tenant, and when; None as long as it is held, or waits for somebody or to be asked.

        Args:
            name: its name in the fleet.

        Raises:
            ConfigurationError: there is no such tenant.
            StateError: the records can't be read.

        """
        check_call(Fleet.next_step, locals())
        return self._next(self.records.round(self._tenant(name).name))

    def due(self) -> tuple[NextStep, ...]:
        """What may be done now, of all tenants, in the order in which it should be.

        Raises:
            StateError: the records can't be read.

        """
        now, holds = self._now(), self.records.holds()
        confirmed = {(each.tenant, each.fingerprint) for each in self.records.confirmations() if not each.is_open}
        found = (
            next_step(
                each,
                due_at=self.tenants[each.tenant].due_at(each.began_at),
                confirmed=(each.tenant, each.fingerprint) in confirmed,
                hold=_held(holds, each.tenant),
                now=now,
                priority=self.tenants[each.tenant].priority,
            )
            for each in self.records.rounds(self.tenants).values()
        )
        return tuple(sorted((each for each in found if each and each.is_due(now)), key=lambda each: -each.priority))

    def report(self) -> FleetReport:
        """How all tenants are.

        Raises:
            StateError: the records can't be read.

        """
        rounds = tuple(self.records.rounds(self.tenants).values())
        waiting = (each for each in self.records.confirmations(only_open=True) if each.tenant in self.tenants)
        return FleetReport(self._now(), rounds, tuple(waiting), {name or "": kind for name, kind in self._held_now()})

    # the steps

    async def go_on(self, name: str) -> NextStep | None:
        """Take the step of a tenant that is due, if one is: all that an engine has to call.

        Args:
            name: its name in the fleet.

        Returns:
            What comes next, and when; None as long as it is held, or waits for somebody or to be asked.

        Raises:
            ConfigurationError: there is no such tenant.
            StateError: the records can't be used.

        """
        check_call(Fleet.go_on, locals())
        coming = await asyncio.to_thread(self.next_step, name)
        return await self.take(coming) if coming is not None and coming.is_due(self._now()) else coming

    async def take(self, step: NextStep) -> NextStep | None:
        """Take a step, if it is still what comes next; see :meth:`plan`, :meth:`apply` and :meth:`verify`.

        Args:
            step: the step, such as :meth:`next_step` and these methods give.

        """
        check_call(Fleet.take, locals())
        match step.step:
            case FleetStep.PLAN:
                return await self.plan(step.tenant, number=step.number)
            case FleetStep.APPLY:
                return await self.apply(step.tenant)
            case FleetStep.VERIFY:
                return await self.verify(step.tenant)

    async def plan(self, name: str, *, number: int | None = None) -> NextStep | None:
        """Begin a round of a tenant: read it, plan, and record the plan.

        Args:
            name: the tenant's name in the fleet.
            number: which round is begun, as for :attr:`TenantRound.number`, so that one that was begun is not begun
                again; None for the next one, whichever it is.

        Returns:
            What comes next, and when; None if somebody has to confirm the plan, or nothing is to be done. Also when
            the step failed: why is in ``fleet.records.round(name).error``.

        Raises:
            ConfigurationError: there is no such tenant.
            StateError: the records can't be used.

        """
        check_call(Fleet.plan, locals())
        tenant, before = await self._begin(name)
        hold = await asyncio.to_thread(self._hold_of, name)
        if hold is Hold.PAUSED or (hold is Hold.DRAINING and before.stage is not Stage.STALE):
            return None
        begun = outcomes.begun(before, self._now())
        if number not in (None, begun.number):
            return await self._further(before)
        try:
            async with self._connected(tenant) as connected:
                plan = await self._made_plan(tenant, connected)
        except Exception as error:  # noqa: BLE001 - also of a registry: it must not keep others from going on
            return await self._failed(before, begun, error)
        after = outcomes.planned(begun, plan)
        await asyncio.to_thread(self.records.note, before, after, plan, reviewers=tenant.reviewers)
        return await self._further(after)

    async def apply(self, name: str) -> NextStep | None:
        """Apply the plan of a tenant's round, or go on with that; does nothing if that is not what comes next.

        Args:
            name: the tenant's name in the fleet.

        Returns:
            What comes next, and when; None if nothing does. It may be the same step: the turn was over, somebody else
            has the tenant's lease, or the step failed and is tried again.

        Raises:
            ConfigurationError: there is no such tenant.
            StateError: the records can't be used.

        """
        check_call(Fleet.apply, locals())
        tenant, before = await self._begin(name)
        coming = await self._further(before)
        if coming is None or coming.step is not FleetStep.APPLY:
            return coming
        plan = await asyncio.to_thread(self.records.plan, name)
        if plan is None or plan.id != before.plan_id:
            return await self._note(before, evolve(before, stage=Stage.STALE))
        confirmation = await asyncio.to_thread(self.records.confirmation, name, before.fingerprint)
        by = confirmation.confirmed_by if confirmation else ""
        try:
            async with self._connected(tenant) as connected, self._turn_of(tenant, connected) as is_over:
                report = await connected.apply(
                    plan,
                    confirm=plan.fingerprint if by else None,
                    confirmed_by=by,
                    passwords=self._passwords(tenant),
                )
        except LeaseLostError:
            return evolve(coming, not_before=self._now() + timedelta(seconds=self.state.lease_seconds / 2))
        except PlanRefusedError as error:
            return await self._note(before, outcomes.refused(before, error, self._now()))
        except Exception as error:  # noqa: BLE001 - see above
            return await self._failed(before, before, error)
        return await self._note(before, outcomes.applied(before, report, gave_way=is_over.is_set(), now=self._now()))

    async def verify(self, name: str) -> NextStep | None:
        """Look at what of a tenant's plan is there; does nothing if that is not what comes next.

        What may still come by itself is looked at again later, and keeps no worker meanwhile.

        Args:
            name: the tenant's name in the fleet.

        Returns:
            What comes next, and when; None if nothing does.

        Raises:
            ConfigurationError: there is no such tenant.
            StateError: the records can't be used.

        """
        check_call(Fleet.verify, locals())
        tenant, before = await self._begin(name)
        coming = await self._further(before)
        plan = await asyncio.to_thread(self.records.plan, name)
        if coming is None or coming.step is not FleetStep.VERIFY or plan is None:
            return coming
        try:
            async with self._connected(tenant) as connected:
                checked = await connected.verify(plan, timeout=timedelta())
        except Exception as error:  # noqa: BLE001 - see above
            return await self._failed(before, before, error)
        return await self._note(before, outcomes.verified(before, checked, self._now()))

    def stop(self, why: str) -> None:
        """Have every apply of this process begin nothing more; each is recorded and goes on later.

        It may be called on any thread, and from a signal handler.

        Args:
            why: the reason.

        """
        check_call(Fleet.stop, locals())
        for each in tuple(self._running):
            each.stop(why)

    # how a step goes

    async def _begin(self, name: str) -> tuple[FleetTenant, TenantRound]:
        tenant = self._tenant(name)
        return tenant, await asyncio.to_thread(self.records.round, name)

    @asynccontextmanager
    async def _connected(self, tenant: FleetTenant) -> AsyncIterator[graph.Tenant]:
        async with await asyncio.to_thread(self.registry.tenant, tenant, self.state) as connected:
            self._running.add(connected)
            try:
                yield connected
            finally:
                self._running.discard(connected)

    async def _made_plan(self, tenant: FleetTenant, connected: graph.Tenant) -> planning.Plan:
        """The plan of a tenant; what takes long to compute is done on a thread, so that leases are renewed."""
        file = await asyncio.to_thread(self.registry.app_file, tenant.app)
        app, assignments = file.app, await self.registry.assignments(tenant)
        snapshot = await connected.read(app.needs(assignments))
        for meant in filter(None, (tenant.tenant_id, file.tenant.id)):
            if meant != snapshot.tenant_id:
                which = f"{quoted(tenant.credential)} is for the tenant {snapshot.tenant_id}, and {meant} is meant"
                raise ConfigurationError(f"the credential {which}: correct the credential or the tenant's id")
        known = await asyncio.to_thread(self.state.app_users, snapshot.tenant_id, app.name)
        return await asyncio.to_thread(app.plan, assignments, snapshot, known, now=self._now(), made_by="fleet")

    async def _failed(self, before: TenantRound, begun: TenantRound, error: Exception) -> NextStep | None:
        """Record an error; one that is not of this package is one of the registry, and its place is logged."""
        if not isinstance(error, O365ProvError):
            _LOGGER.error("tenant %s: %s", before.tenant, type(error).__name__, exc_info=error)
        return await self._note(before, outcomes.failed(begun, error, self._now()))

    async def _note(self, before: TenantRound, after: TenantRound) -> NextStep | None:
        await asyncio.to_thread(self.records.note, before, after)
        return await self._further(after)

    async def _further(self, found: TenantRound) -> NextStep | None:
        return await asyncio.to_thread(self._next, found)

    def _next(self, found: TenantRound) -> NextStep | None:
        tenant = self.tenants[found.tenant]
        asked = self.records.confirmation(tenant.name, found.fingerprint) if found.hazards else None
        return next_step(
            found,
            due_at=tenant.due_at(found.began_at),
            confirmed=asked is not None and not asked.is_open,
            hold=self._hold_of(tenant.name),
            now=self._now(),
            priority=tenant.priority,
        )

    @asynccontextmanager
    async def _turn_of(self, tenant: FleetTenant, connected: graph.Tenant) -> AsyncIterator[asyncio.Event]:
        """Stop the apply when its turn is over, or the tenant is paused; the event says that this was so."""
        is_over = asyncio.Event()
        watching = asyncio.create_task(self._watch(tenant, connected, is_over))
        try:
            yield is_over
        finally:
            watching.cancel()

    async def _watch(self, tenant: FleetTenant, connected: graph.Tenant, is_over: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + self._turn.total_seconds()
        while True:
            await asyncio.sleep(max(min(end - clock(), _WATCH_SECONDS), 0.1))
            hold = None
            with suppress(StateError):  # the apply itself will notice, if it has to
                hold = await asyncio.to_thread(self._hold_of, tenant.name)
            if hold is Hold.PAUSED or clock() >= end:
                is_over.set()
                connected.stop("the tenant is paused" if hold is Hold.PAUSED else "its turn is over: others wait")

    def _passwords(self, tenant: FleetTenant) -> Callable[[planning.CreateUser], str] | None:
        give = self.registry.passwords
        return None if give is None else lambda change: give(tenant, change)

    def _held_now(self) -> list[tuple[str | None, Hold]]:
        return [(name, kind) for name, kind in self.records.holds().items() if name is None or name in self.tenants]

    def _hold_of(self, name: str) -> Hold | None:
        return _held(self.records.holds(), name)

    def _tenant(self, name: str) -> FleetTenant:
        if name not in self.tenants:
            raise ConfigurationError(f"the fleet does not have the tenant {quoted(shortened(name))}")
        return self.tenants[name]

    def __repr__(self) -> str:
        return f"Fleet({len(self.tenants)} tenants)"


def _held(holds: Mapping[str | None, Hold], name: str) -> Hold | None:
    """What holds a tenant: the stricter of what holds it and what holds the fleet."""
    found = {holds.get(name), holds.get(None)}
    return Hold.PAUSED if Hold.PAUSED in found else Hold.DRAINING if Hold.DRAINING in found else None
