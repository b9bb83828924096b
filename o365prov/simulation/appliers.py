"""The processes that apply plans: one after the other or together, interrupted, paused, and returning."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import cast

from attrs import define, field

from o365prov.app import Office365App
from o365prov.errors import LeaseLostError, O365ProvError, PlanRefusedError
from o365prov.graph import Tenant
from o365prov.people import Assignment
from o365prov.planning import Plan, Report, Scope
from o365prov.provisioning import LicenseOnly
from o365prov.simulation.edits import Edits
from o365prov.simulation.machinery.observed_state import ObservedState
from o365prov.simulation.machinery.process import ENDING, PROCESS, Killed, Process
from o365prov.simulation.machinery.wire import Wire
from o365prov.simulation.people import Employee
from o365prov.simulation.records import Applied, Day, Undone
from o365prov.simulation.scene import Scene
from o365prov.simulation.schedule.events import Cut, Interruption, Round, Source
from o365prov.state import State

UNTIL_SEEN = 600.0
"""The seconds after which everybody sees what was written before."""

_LEASE_WAIT = 5.0
_LEASE_WAITS = 40
_PUSHED = 3
_AWAY = 90.0


@define(eq=False)
class Appliers:
    """Everybody who applies plans.

    Args:
        scene: where they do.
        edits: what is done by hand meanwhile.
        chance: gives the library its random numbers.

    """

    scene: Scene
    edits: Edits
    chance: random.Random
    _plans: list[Plan] = field(factory=list)
    _report: Report | None = None
    _living: dict[Process, asyncio.Task[Applied]] = field(factory=dict)
    _tenants: dict[Process, Tenant] = field(factory=dict)
    _started: int = 0
    _moves: int = 0

    async def round(self, planned: Round, day: Day) -> None:
        """Let an applier do its work: until it has ended, is paused, or goes on beside the next one."""
        process = self._process(planned.interruption)
        self.scene.met[planned.source.name] += 1
        self.scene.tell(str(planned))
        task = self._start(process, planned, day)
        if not planned.is_together:
            await self._ended_or_paused(process, task)

    async def undisturbed(self, day: Day, source: Source = Source.NEW) -> Applied:
        """Plan and apply, undisturbed."""
        process = self._process()
        applied = await self._start(process, Round(source), day)
        del self._living[process]
        return applied

    async def undo(self, day: Day) -> None:
        """Plan, apply, and take it back, undisturbed."""
        before = self.scene.look()
        run = await self.undisturbed(day)
        if run.report is None:
            return
        self._report = run.report
        await self.scene.time.sleep(UNTIL_SEEN)
        taken_back = await self.undisturbed(day, Source.UNDO)
        self.scene.met[Source.UNDO.name] += 1
        day.undone = Undone(before, run.report, taken_back, self.scene.look())

    async def link_elsewhere(self, member: Employee) -> None:
        """Let another app, which gives nothing, link the account of somebody."""
        scene, person_id = self.scene, member.assignment.person.id
        app = Office365App(
            domains=scene.app.domains,
            provisioning=LicenseOnly(),
            username=scene.app.username,
            name="Another app",
        )
        assignment = Assignment(member.assignment.person)
        async with self._tenant() as tenant:
            snapshot = await tenant.read(app.needs([assignment], only={person_id}))
            known = scene.state().app_users(snapshot.tenant_id, app.name)
            plan = app.plan([assignment], snapshot, known, now=scene.time.now(), only={person_id})
            if plan.changes:
                await tenant.apply(plan, confirm=plan.fingerprint)

    async def everybody_goes_on(self) -> None:
        """Let those who were paused return, after their leases moved on, and wait for all to end."""
        for process, task in list(self._living.items()):
            if process.is_paused:
                await self.scene.time.sleep(_AWAY)
                self._return(process)
            await self._ended_or_paused(process, task)

    async def verify(self, day: Day) -> None:
        """Look what became of the last plan that changed something, undisturbed."""
        plans = [each.plan for each in day.applied[-day.attempts :] if each.plan is not None]
        changed = [each for each in plans if each.changes]
        if changed:
            async with self._tenant() as tenant:
                day.verification = await tenant.verify(changed[-1], timeout=timedelta())

    def forget(self) -> None:
        """Keep no plan: the memory is lost, and none fits any more."""
        self._plans.clear()

    def _tenant(self) -> Tenant:
        return Tenant.over(self.scene.fake, state=self.scene.state(), clock=self.scene.time)

    # processes

    def _process(self, interruption: Interruption | None = None) -> Process:
        self._started += 1
        return Process(f"applier {self._started}", interruption, self._interrupted)

    def _start(self, process: Process, planned: Round, day: Day) -> asyncio.Task[Applied]:
        async def lives() -> Applied:
            PROCESS.set(process)
            self._moves += 1
            try:
                return await self._applies(process, planned, day)
            finally:
                self._moves += 1

        task = asyncio.create_task(lives())
        self._living[process] = task
        return task

    async def _ended_or_paused(self, process: Process, task: asyncio.Task[Applied]) -> None:
        while not task.done() and not process.is_paused:
            await asyncio.wait({task}, timeout=1.0)
        if task.done():
            del self._living[process]

    def _return(self, process: Process) -> None:
        self.scene.tell(f"{process.name} returns")
        process.resume()
        self._moves += 1

    def _interrupted(self, process: Process, interruption: Interruption) -> None:
        scene = self.scene
        scene.met[f"{interruption.cut.name} {interruption.place.name}"] += 1
        match interruption.cut:
            case Cut.PAUSE:
                process.pause()
            case Cut.STOP:
                self._tenants[process].stop("the simulation asked it to stop; apply the plan again to go on")
            case Cut.CANCEL:
                self._living[process].cancel()
            case Cut.RETURN:
                for each in self._living:
                    if each.is_paused:
                        self._return(each)
            case Cut.UNLOCK:
                scene.state().unlock(scene.tenant_id)
                scene.book.unlock()
            case Cut.LOSE_POWER:
                for each in self._living:
                    each.kill()
                scene.storage.lose_power()
            case Cut.FILL_DISK | Cut.FAIL_SYNC:
                scene.storage.fail(process, interruption.cut)
            case _:
                process.kill()
        if interruption.cut in ENDING:
            scene.tell(f"{process.name} {interruption.cut.value}")

    # what one of them does

    async def _applies(self, process: Process, planned: Round, day: Day) -> Applied:
        scene, applied = self.scene, Applied(process.name, planned.source.value)
        day.applied.append(applied)
        state = cast("State", ObservedState(scene.state(), process, scene.book))
        wire = Wire(scene.fake, process, scene.book, planned.faults)
        try:
            async with Tenant.over(wire, state=state, clock=scene.time, random=self.chance.random) as tenant:
                self._tenants[process] = tenant
                applied.plan = await self._plan(tenant, state, planned, day)
                changed = self.edits.happen_amid(planned.edits)
                if changed and planned.source is Source.NEW:
                    await scene.time.sleep(UNTIL_SEEN)
                    wire.changed = changed
                await self._apply(tenant, applied, again=planned.source in (Source.AGAIN, Source.OLDER))
        except (Killed, asyncio.CancelledError):
            applied.what = f"{applied.what}, and ends early"
        except BaseExceptionGroup as group:
            if group.split(Killed)[1] is not None:
                raise
            applied.what = f"{applied.what}, and ends early"
        except O365ProvError as error:
            applied.error = error
        finally:
            self._tenants.pop(process, None)
            for wrong, request in wire.met:
                scene.met[f"{wrong.name}: {request}"] += 1
        scene.tell(f"{process.name} {applied}")
        return applied

    async def _plan(self, tenant: Tenant, state: State, planned: Round, day: Day) -> Plan:
        """The plan that an applier applies: an earlier one, or a new one."""
        if planned.source is Source.AGAIN and self._plans:
            return self._plans[-1]
        if planned.source is Source.OLDER and len(self._plans) > 1:
            return self._plans[-2]
        plan = await self._new_plan(tenant, state, planned)
        day.plans.append(plan)
        if plan.changes:
            self._plans.append(plan)
            self.scene.book.plan(plan.id)
        return plan

    async def _new_plan(self, tenant: Tenant, state: State, planned: Round) -> Plan:
        scene, only = self.scene, None
        app, assignments = scene.app, scene.staff.assignments
        if planned.source is Source.PUSH:
            pushed = [scene.staff[planned.who + number] for number in range(_PUSHED)]
            only = {person_id for each in pushed for person_id in each.person_ids}
        snapshot = await tenant.read(app.needs(assignments, only=only))
        scene.tenant_id = snapshot.tenant_id
        known, now = state.app_users(snapshot.tenant_id, app.name), scene.time.now()
        if planned.source is Source.UNDO and self._report is not None:
            return self._report.inverse(snapshot, known, now=now, lifecycle=app.lifecycle)
        plan = app.plan(
            assignments,
            snapshot,
            known,
            now=now,
            scope=_everything(app) if planned.source is Source.REVERT else Scope.CHANGED,
            only=only,
            complete=scene.staff.is_complete,
            mailboxes_done=sorted(scene.handed_over),
        )
        return plan.limited_to(most=_PUSHED) if planned.source is Source.PART else plan

    async def _apply(self, tenant: Tenant, applied: Applied, *, again: bool) -> None:
        """Apply a plan, perhaps *again*; wait for the lease of one who died with it."""
        plan = applied.plan
        if plan is None or not plan.changes:
            return
        for _ in range(_LEASE_WAITS):
            moves = self._moves
            before = self.scene.look() if again else None
            try:
                applied.report = await tenant.apply(
                    plan, confirm=plan.fingerprint, passwords=lambda _: "Initial-Pass-1"
                )
            except LeaseLostError as error:
                applied.error = error
                await self.scene.time.sleep(_LEASE_WAIT)
            except PlanRefusedError:
                wrote = before is not None and moves == self._moves and self.scene.look() != before
                applied.left_traces = wrote or self.scene.book.holder == applied.process
                raise
            else:
                applied.error = None
                return


def _everything(app: Office365App) -> Scope:
    """What compares the most; some types allow edits of profiles in Office 365."""
    return Scope.DRIFT if app.provisioning.owns_profile else Scope.ALL
