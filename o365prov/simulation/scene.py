"""What everybody in a simulation shares: the people, the app, the tenant, the state, the time, and the story."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from attrs import define, field, frozen

from o365prov._fields import as_tuple
from o365prov.app import Office365App
from o365prov.people import AppUsers, Assignment
from o365prov.simulation.machinery.observed_state import LeaseBook
from o365prov.simulation.machinery.storage import Storage
from o365prov.simulation.machinery.virtual_time import SimulatedTime
from o365prov.simulation.people import Staff
from o365prov.simulation.records import Books
from o365prov.state import State
from o365prov.testing import FakeClock, FakeTenant


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


@define(eq=False)
class Scene:
    """Where a simulation takes place.

    Args:
        time: the time.
        app: the app, with the settings of now.
        staff: the people.
        fake: the tenant.
        storage: where the state is.
        book: who may write.
        tenant_id: the tenant's id, once somebody read it.
        handed_over: the ids of the accounts whose mailboxes were handed over.
        story: what happened, a line each.
        met: how often what happened happened, by its names.

    """

    time: SimulatedTime
    app: Office365App
    staff: Staff
    fake: FakeTenant
    storage: Storage
    book: LeaseBook
    tenant_id: str = ""
    handed_over: set[str] = field(factory=set)
    story: list[str] = field(factory=list)
    met: Counter[str] = field(factory=Counter)

    @classmethod
    def of(cls, setting: Setting, time: SimulatedTime) -> Scene:
        """The scene of a setting, before anything happened."""
        fake, book = setting.tenant(time.tenant), LeaseBook(lambda: time.now().timestamp())
        return cls(time, setting.app, Staff(setting.assignments), fake, setting.storage(), book)

    def state(self) -> State:
        """The state, as a process opens it."""
        return self.storage.open(self.time)

    def memory(self) -> AppUsers:
        """What is remembered."""
        return self.state().app_users(self.tenant_id, self.app.name)

    def look(self) -> Books:
        """The tenant and the memory, as they are."""
        return Books.of(self.fake, self.memory())

    def tell(self, line: str) -> None:
        """Add a line to the story."""
        self.story.append(f"{self.time.true:%Y-%m-%d %H:%M:%S}  {line}")
