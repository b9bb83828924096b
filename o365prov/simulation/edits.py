"""What administrators do to accounts of people, before and while plans are applied."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from o365prov.simulation.administrator import Administrator
from o365prov.simulation.people import Employee
from o365prov.simulation.records import name_of
from o365prov.simulation.scene import Scene
from o365prov.simulation.schedule.events import LEFT_AS_IT_IS, Event, Happening


@define(eq=False)
class Edits:
    """Edits by hand.

    Args:
        scene: where they happen.
        administrator: who makes them.
        edited: the names of the accounts that were edited in ways that plans leave as they are, or while plans were
            applied.

    """

    scene: Scene
    administrator: Administrator
    edited: set[str] = field(factory=set)

    def happen(self, happening: Happening) -> None:
        """Edit an account while nobody applies."""
        name = self._edit(happening)
        if name and happening.event in LEFT_AS_IT_IS:
            self.edited.add(name)

    def happen_amid(self, happenings: Iterable[Happening]) -> set[str]:
        """Edit accounts while plans are applied; returns the ids of those whose users are others now."""
        happenings, fake = tuple(happenings), self.scene.fake
        if not happenings:
            return set()
        before = {each["id"]: each for each in fake.users}
        for each in happenings:
            self.tell(each)
            if name := self._edit(each):
                self.edited.add(name)
        return {each["id"] for each in fake.users if each != before.get(each["id"])}

    def account(self, member: Employee, username: str = "") -> str | None:
        """The account that a person has, or had; else the one that has the name."""
        known = self.scene.memory()
        for person_id in reversed(member.person_ids):
            if (user := known.get(person_id)) is not None and user.object_id:
                return user.object_id
        users = self.scene.fake.users if username else ()
        return next((each["id"] for each in users if each["userPrincipalName"] == username), None)

    def tell(self, happening: Happening) -> None:
        """Tell what happens, and count it."""
        staff = self.scene.staff
        names = {"one": staff[happening.one].name, "other": staff[happening.other].name}
        self.scene.met[happening.event.name] += 1
        self.scene.tell(happening.event.value.format(number=happening.number, **names))

    def _edit(self, happening: Happening) -> str | None:
        """Edit an account; returns its name."""
        scene, member = self.scene, self.scene.staff[happening.one]
        [row] = scene.app.preview([member.assignment])
        username = row.username or ""
        object_id = self.account(member, username)
        self.administrator.edit(happening.event, object_id, username=username, number=happening.number)
        given = scene.book.given
        if happening.event is Event.GRANT_ROLE and object_id in given:
            given[object_id].clear()  # it may be the same role, and is not ours then
        found = [*scene.fake.users, *scene.fake.deleted_items] if object_id else ()
        return next((name_of(each) for each in found if each["id"] == object_id), None)
