"""A simulated organisation with its tenant, its state and the processes that apply plans, day after day."""

from __future__ import annotations

import random
from datetime import datetime

from attrs import evolve

from o365prov.people import Assignment
from o365prov.simulation.administrator import Administrator
from o365prov.simulation.appliers import UNTIL_SEEN, Appliers
from o365prov.simulation.coverage import ALLOWED
from o365prov.simulation.edits import Edits
from o365prov.simulation.machinery.virtual_time import SimulatedTime, day_of
from o365prov.simulation.records import Books, Day
from o365prov.simulation.scene import Scene, Setting
from o365prov.simulation.schedule.events import BY_HAND, DayPlan, Event, Happening, Schedule, Source
from o365prov.simulation.settings import after_event

MOST_ATTEMPTS = 8
_GRACE = 366


class World:
    """What becomes of a setting.

    Args:
        setting: what it begins with.
        time: the time.
        seed: where chance begins, as far as the library needs it.

    """

    def __init__(self, setting: Setting, time: SimulatedTime, seed: int) -> None:
        self.scene = Scene.of(setting, time)
        self._edits = Edits(self.scene, Administrator(self.scene.fake, setting.skus))
        self._appliers = Appliers(self.scene, self._edits, random.Random(seed))  # noqa: S311 - chance needs no secrecy
        self._given: tuple[Assignment, ...] = ()
        self._owners: dict[str, str] = {}
        self._absent_since: dict[str, datetime] = {}
        self._enabled: dict[str, datetime] = {}
        self._waited: set[tuple[int, str, str]] = set()

    async def run(self, schedule: Schedule, *, disturbed: bool) -> list[Day]:
        """Live through a schedule; without disturbance nothing goes wrong.

        The first day is before the schedule, and on the last two everybody has left. What is without disturbance is
        only compared with, and not verified.
        """
        scene, quiet = self.scene, DayPlan()
        days = [await self._day(quiet, disturbed=disturbed)]
        for planned in schedule.days:
            await scene.time.next_day()
            days.append(await self._day(planned, disturbed=disturbed))
            await scene.time.next_day(planned.passes - 1)
        scene.staff.everybody_leaves()
        scene.app = after_event(scene.app, Event.SWITCH_DEACTIVATION, 1)
        for later in (1, _GRACE):
            await scene.time.next_day(later)
            scene.tell("nobody is assigned any more")
            days.append(await self._day(quiet, disturbed=disturbed))
        return days

    async def _day(self, planned: DayPlan, *, disturbed: bool) -> Day:
        scene, appliers = self.scene, self._appliers
        scene.staff.next_day()
        for happening in planned.happenings:
            self._happen(happening)
        self._count_absent()
        day = Day(
            scene.time.true,
            scene.app,
            tuple(scene.staff.assignments),
            self._given,
            {person_id: who for each in scene.staff.all for person_id, who in each.identities().items()},
            self._edits.administrator.ids,
            dict(self._owners),
            self._look(),
            dict(self._absent_since),
            scene.staff.is_complete,
        )
        scene.book.faults.clear()
        await scene.time.sleep(UNTIL_SEEN)
        for happening in planned.happenings:
            await self._follow(happening, day)
        for each in planned.rounds:
            if disturbed:
                await appliers.round(each, day)
            else:
                self._edits.happen_amid(each.edits)
        await appliers.everybody_goes_on()
        await self._come_to_rest(day, verifies=disturbed)
        day.faults = list(scene.book.faults)
        day.created = frozenset(scene.book.created)
        day.sent = {object_id: frozenset(ids) for object_id, ids in scene.book.given.items()}
        day.now, day.end = scene.time.true, self._look()
        day.enabled = dict(self._enabled)
        self._given = day.assignments
        for user in day.after.memory:
            self._owners.setdefault(user.object_id, day.identities[user.person_id])
        day.edited = frozenset(self._edits.edited)
        self._waited.update((day_of(day.now), *each) for each in day.after.waiting())
        day.waited = frozenset(self._waited)
        return day

    async def _follow(self, happening: Happening, day: Day) -> None:
        """Do what takes a plan of its own, undisturbed."""
        appliers = self._appliers
        match happening.event:
            case Event.UNDO:
                await appliers.undo(day)
            case Event.REVERT:
                await appliers.undisturbed(day, Source.REVERT)
            case Event.LINK_ELSEWHERE:
                await appliers.link_elsewhere(self.scene.staff[happening.one])
            case _:
                return
        await self.scene.time.sleep(UNTIL_SEEN)

    def _happen(self, happening: Happening) -> None:
        scene, event = self.scene, happening.event
        self._edits.tell(happening)
        if event in BY_HAND:
            self._edits.happen(happening)
            if event is Event.BLOCK:  # whoever blocks by hand ends the sessions, or leaves them
                self._enabled.pop(self._edits.account(scene.staff[happening.one]) or "", None)
        elif event is Event.LOSE_MEMORY:
            scene.storage.lose()
            scene.book.lose()
            self._appliers.forget()
        elif event is Event.EXCLUDE_ACCOUNT:
            object_id = self._edits.account(scene.staff[happening.one])
            lifecycle = evolve(scene.app.lifecycle, excluded_accounts={object_id} if object_id else ())
            scene.app = evolve(scene.app, lifecycle=lifecycle)
        elif event is Event.HAND_OVER_MAILBOX:
            scene.handed_over.update(filter(None, [self._edits.account(scene.staff[happening.one])]))
        elif event is Event.CLOCK_FORWARD or event is Event.CLOCK_BACK:
            scene.time.jump(happening.number if event is Event.CLOCK_FORWARD else -happening.number)
        else:
            scene.app = after_event(scene.app, event, happening.number)
            scene.staff.happen(happening, scene.time.true)

    def _look(self) -> Books:
        """The tenant and the memory as they are; it is noted who is enabled."""
        books = self.scene.look()
        self._enabled.update((each.id, self.scene.time.true) for each in books.live() if each.is_enabled)
        return books

    def _count_absent(self) -> None:
        """Note since when people are missing from what the source says as a whole."""
        there = {each.person.id for each in self.scene.staff.assignments}
        for person_id in (each for member in self.scene.staff.all for each in member.person_ids):
            if person_id in there:
                self._absent_since.pop(person_id, None)
            elif self.scene.staff.is_complete:
                self._absent_since.setdefault(person_id, self.scene.time.true)

    async def _come_to_rest(self, day: Day, *, verifies: bool) -> None:
        """Plan and apply, undisturbed, until nothing is left to do."""
        scene = self.scene
        for number in range(1, MOST_ATTEMPTS + 1):
            await scene.time.sleep(UNTIL_SEEN)
            if ended := scene.state().allow(scene.tenant_id, scene.app.name):
                scene.met[ALLOWED] += 1
                scene.tell(f"an administrator lets {scene.app.name} go on, though {ended.reason}")
            applied = await self._appliers.undisturbed(day)
            day.attempts, day.plan = number, applied.plan
            if applied.error is not None:
                return
            if applied.plan is not None and not applied.plan.changes:
                if verifies:
                    await self._appliers.verify(day)
                return
