"""A simulated organisation with its tenant, its state and the processes that apply plans, day after day."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import cast

from attrs import field, frozen

from o365prov._fields import as_tuple
from o365prov.app import Office365App
from o365prov.errors import LeaseLostError, O365ProvError, PlanRefusedError
from o365prov.graph import Tenant
from o365prov.people import Assignment
from o365prov.planning import Plan
from o365prov.simulation.administrator import Administrator
from o365prov.simulation.machinery.observed_state import LeaseBook, ObservedState
from o365prov.simulation.machinery.process import ENDING, PROCESS, Killed, Process
from o365prov.simulation.machinery.storage import Storage
from o365prov.simulation.machinery.virtual_time import SimulatedTime
from o365prov.simulation.machinery.wire import Wire
from o365prov.simulation.people import Employee, Staff
from o365prov.simulation.records import Applied, Books, Day, name_of
from o365prov.simulation.schedule.events import (
    BY_HAND,
    LEFT_AS_IT_IS,
    Cut,
    DayPlan,
    Event,
    Happening,
    Interruption,
    Round,
    Schedule,
    Source,
)
from o365prov.simulation.settings import after_event
from o365prov.state import State
from o365prov.testing import FakeClock, FakeTenant

MOST_ATTEMPTS = 8
_LEASE_WAIT = 5.0
_LEASE_WAITS = 40
_PUSHED = 3
_AWAY = 90.0
_UNTIL_SEEN = 600.0
_GRACE = 366


def _assignments(assignments: Iterable[Assignment]) -> tuple[Assignment, ...]:
    return as_tuple(assignments)


@frozen
class Setting:
    """What a simulation begins with.

    Args:
        app: the app on the first day.
        assignments: what the source says of everybody on the first day.
        tenant: makes the tenant, with this clock.
        storage: makes the place where the state is.
        skus: the products that administrators give by hand.

    """

    app: Office365App
    assignments: tuple[Assignment, ...] = field(converter=_assignments)
    tenant: Callable[[FakeClock], FakeTenant]
    storage: Callable[[], Storage]
    skus: tuple[str, ...] = ()


class World:
    """What becomes of a setting.

    Args:
        setting: what it begins with.
        time: the time.
        seed: where chance begins, as far as the library needs it.

    """

    def __init__(self, setting: Setting, time: SimulatedTime, seed: int) -> None:
        self.app = setting.app
        self.staff = Staff(setting.assignments)
        self.time = time
        self.fake = setting.tenant(time.tenant)
        self.storage = setting.storage()
        self.book = LeaseBook(lambda: time.now().timestamp())
        self.story: list[str] = []
        self.met: Counter[str] = Counter()
        self._administrator = Administrator(self.fake, setting.skus)
        self._chance = random.Random(seed)  # noqa: S311 - chance needs no secrecy
        self._plans: list[Plan] = []
        self._living: dict[Process, asyncio.Task[Applied]] = {}
        self._tenants: dict[Process, Tenant] = {}
        self._tenant_id = ""
        self._started = 0
        self._moves = 0
        self._given: tuple[Assignment, ...] = ()
        self._owners: dict[str, str] = {}
        self._edited: set[str] = set()
        self._verifies = True

    async def run(self, schedule: Schedule, *, disturbed: bool) -> list[Day]:
        """Live through a schedule; without disturbance nothing goes wrong.

        The first day is before the schedule, and on the last two everybody has left. What is without disturbance is
        only compared with, and not verified.
        """
        self._verifies = disturbed
        days = [await self._day(DayPlan(), disturbed=False)]
        for planned in schedule.days:
            await self.time.next_day()
            days.append(await self._day(planned, disturbed=disturbed))
            await self.time.next_day(planned.passes - 1)
        self.staff.everybody_leaves()
        self.app = after_event(self.app, Event.SWITCH_DEACTIVATION, 1)
        for later in (1, _GRACE):
            await self.time.next_day(later)
            self._tell("nobody is assigned any more")
            days.append(await self._day(DayPlan(), disturbed=False))
        return days

    async def _day(self, planned: DayPlan, *, disturbed: bool) -> Day:
        for happening in planned.happenings:
            self._happen(happening)
        day = Day(
            self.time.true,
            self.app,
            tuple(self.staff.assignments),
            self._given,
            {person_id: who for each in self.staff.all for person_id, who in each.identities().items()},
            self._administrator.ids(),
            dict(self._owners),
            self._look(),
        )
        self.book.faults.clear()
        await self.time.sleep(_UNTIL_SEEN)
        for each in planned.rounds:
            if disturbed:
                await self._round(each, day)
            else:
                self._edit_all(each.edits)
        await self._everybody_goes_on()
        await self._come_to_rest(day)
        day.faults = list(self.book.faults)
        day.created = frozenset(self.book.created)
        day.sent = {object_id: frozenset(ids) for object_id, ids in self.book.given.items()}
        day.now, day.end = self.time.true, self._look()
        self._given = day.assignments
        for user in day.after.memory:
            self._owners.setdefault(user.object_id, day.identities[user.person_id])
        day.edited = frozenset(self._edited)
        return day

    def _look(self) -> Books:
        """The tenant and the memory, as they are."""
        return Books.of(self.fake, self._state().app_users(self._tenant_id, self.app.name))

    def _state(self) -> State:
        return self.storage.open(self.time)

    # what happens

    def _happen(self, happening: Happening) -> None:
        event = happening.event
        self._tell_of(happening)
        if event in BY_HAND:
            name = self._edit(happening)
            if name and event in LEFT_AS_IT_IS:
                self._edited.add(name)
        elif event is Event.LOSE_MEMORY:
            self.storage.lose()
            self.book.lose()
            self._plans.clear()
        elif event is Event.CLOCK_FORWARD or event is Event.CLOCK_BACK:
            self.time.jump(happening.number if event is Event.CLOCK_FORWARD else -happening.number)
        else:
            self.app = after_event(self.app, event, happening.number)
            self.staff.happen(happening, self.time.true)

    def _edit(self, happening: Happening) -> str | None:
        """Edit an account by hand; returns its name."""
        member = self.staff[happening.one]
        [row] = self.app.preview([member.assignment])
        username = row.username or ""
        object_id = self._account(member, username)
        self._administrator.edit(happening.event, object_id, username=username, number=happening.number)
        if happening.event is Event.GRANT_ROLE and object_id in self.book.given:
            self.book.given[object_id].clear()  # it may be the same role, and is not ours then
        found = [*self.fake.users, *self.fake.deleted_items] if object_id else ()
        return next((name_of(each) for each in found if each["id"] == object_id), None)

    def _edit_all(self, happenings: Iterable[Happening]) -> set[str]:
        """Edit accounts while plans are applied; returns the ids of those whose users are others now."""
        happenings = tuple(happenings)
        if not happenings:
            return set()
        before = {each["id"]: each for each in self.fake.users}
        for each in happenings:
            self._tell_of(each)
            if name := self._edit(each):
                self._edited.add(name)
        return {each["id"] for each in self.fake.users if each != before.get(each["id"])}

    def _account(self, member: Employee, username: str) -> str | None:
        """The account that a person has, or had; else the one that has the name."""
        known = self._state().app_users(self._tenant_id, self.app.name)
        for person_id in reversed(member.person_ids):
            if (user := known.get(person_id)) is not None and user.object_id:
                return user.object_id
        return next((each["id"] for each in self.fake.users if each["userPrincipalName"] == username), None)

    # who applies

    async def _round(self, planned: Round, day: Day) -> None:
        """Let an applier do its work: until it has ended, is paused, or goes on beside the next one."""
        process = self._process(planned.interruption)
        self.met[planned.source.name] += 1
        self._tell(str(planned))
        task = self._start(process, planned, day)
        if not planned.is_together:
            await self._ended_or_paused(process, task)

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

    async def _everybody_goes_on(self) -> None:
        """Let those who were paused return, after their leases moved on, and wait for all to end."""
        for process, task in list(self._living.items()):
            if process.is_paused:
                await self.time.sleep(_AWAY)
                self._return(process)
            await self._ended_or_paused(process, task)

    def _return(self, process: Process) -> None:
        self._tell(f"{process.name} returns")
        process.resume()
        self._moves += 1

    async def _come_to_rest(self, day: Day) -> None:
        """Plan and apply, undisturbed, until nothing is left to do."""
        for number in range(1, MOST_ATTEMPTS + 1):
            await self.time.sleep(_UNTIL_SEEN)
            if ended := self._state().allow(self._tenant_id, self.app.name):
                self._tell(f"an administrator lets {self.app.name} go on, though {ended.reason}")
            process = self._process()
            applied = await self._start(process, Round(), day)
            del self._living[process]
            day.attempts, day.plan = number, applied.plan
            if applied.error is not None:
                return
            if applied.plan is not None and not applied.plan.changes:
                if self._verifies:
                    await self._verify(day)
                return

    async def _verify(self, day: Day) -> None:
        """Look what became of the last plan that changed something, undisturbed."""
        plans = [each.plan for each in day.applied[-day.attempts :] if each.plan is not None]
        changed = [each for each in plans if each.changes]
        if changed:
            async with Tenant.over(self.fake, state=self._state(), clock=self.time) as tenant:
                day.verification = await tenant.verify(changed[-1], timeout=timedelta())

    async def _applies(self, process: Process, planned: Round, day: Day) -> Applied:
        applied = Applied(process.name, planned.source.value)
        day.applied.append(applied)
        state = cast("State", ObservedState(self._state(), process, self.book))
        wire = Wire(self.fake, process, self.book, planned.faults)
        try:
            async with Tenant.over(wire, state=state, clock=self.time, random=self._chance.random) as tenant:
                self._tenants[process] = tenant
                applied.plan = await self._plan(tenant, state, planned)
                changed = self._edit_all(planned.edits)
                if changed and planned.source is Source.NEW:
                    await self.time.sleep(_UNTIL_SEEN)
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
                self.met[f"{wrong.name}: {request}"] += 1
        self._tell(f"{process.name} {applied}")
        return applied

    async def _plan(self, tenant: Tenant, state: State, planned: Round) -> Plan:
        if planned.source is Source.AGAIN and self._plans:
            return self._plans[-1]
        if planned.source is Source.OLDER and len(self._plans) > 1:
            return self._plans[-2]
        assignments = self.staff.assignments
        only = None
        if planned.source is Source.PUSH:
            pushed = [self.staff[planned.who + number] for number in range(_PUSHED)]
            only = {person_id for each in pushed for person_id in each.person_ids}
        snapshot = await tenant.read(self.app.needs(assignments, only=only))
        self._tenant_id = snapshot.tenant_id
        known = state.app_users(snapshot.tenant_id, self.app.name)
        plan = self.app.plan(assignments, snapshot, known, now=self.time.now(), only=only)
        if plan.changes:
            self._plans.append(plan)
            self.book.plan(plan.id)
        return plan

    async def _apply(self, tenant: Tenant, applied: Applied, *, again: bool) -> None:
        """Apply a plan, perhaps *again*; wait for the lease of one who died with it."""
        plan = applied.plan
        if plan is None or not plan.changes:
            return
        for _ in range(_LEASE_WAITS):
            moves = self._moves
            before = self._look() if again else None
            try:
                applied.report = await tenant.apply(
                    plan, confirm=plan.fingerprint, passwords=lambda _: "Initial-Pass-1"
                )
            except LeaseLostError as error:
                applied.error = error
                await self.time.sleep(_LEASE_WAIT)
            except PlanRefusedError:
                wrote = before is not None and moves == self._moves and self._look() != before
                applied.left_traces = wrote or self.book.holder == applied.process
                raise
            else:
                applied.error = None
                return

    def _interrupted(self, process: Process, interruption: Interruption) -> None:
        self.met[f"{interruption.cut.name} {interruption.place.name}"] += 1
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
                self._state().unlock(self._tenant_id)
                self.book.unlock()
            case Cut.LOSE_POWER:
                for each in self._living:
                    each.kill()
                self.storage.lose_power()
            case Cut.FILL_DISK | Cut.FAIL_SYNC:
                self.storage.fail(process, interruption.cut)
            case _:
                process.kill()
        if interruption.cut in ENDING:
            self._tell(f"{process.name} {interruption.cut.value}")

    # the story

    def _tell_of(self, happening: Happening) -> None:
        names = {"one": self.staff[happening.one].name, "other": self.staff[happening.other].name}
        self.met[happening.event.name] += 1
        self._tell(happening.event.value.format(number=happening.number, **names))

    def _tell(self, line: str) -> None:
        self.story.append(f"{self.time.true:%Y-%m-%d %H:%M:%S}  {line}")
