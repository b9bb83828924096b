"""Small fleets of fake tenants, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import field, frozen
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import Assignment, Tenant
from o365prov.fleet import Fleet, FleetRecords, FleetRegistry, FleetTenant
from o365prov.state import MemoryState, State
from o365prov.testing import FakeClock, FakeTenant

NAMES = ("Ann Lee", "Bo Fox", "Cy Ray", "Di Day", "Ed Low", "Flo May", "Gus Roe", "Hal Sun")
NIGHTLY = "0 2 * * *"


def staff(count: int = 3) -> list[Assignment]:
    """So many people with a licence."""
    return [assigned(somebody(name), "SPE_E3") for name in NAMES[:count]]


@frozen
class FakeFleet:
    """A fleet whose tenants are fakes in this process, and whose clock stands still until it is advanced."""

    people: dict[str, Any]
    fakes: Mapping[str, FakeTenant]
    clock: FakeClock
    fleet: Fleet
    connected: list[str] = field(factory=list)

    @classmethod
    def of(
        cls,
        *tenants: FleetTenant,
        people: Mapping[str, Iterable[Assignment]] | None = None,
        records: FleetRecords | None = None,
        state: State | None = None,
        **settings: Any,
    ) -> FakeFleet:
        """A fleet of these tenants, each with three people unless it is said."""
        clock = FakeClock(at=NOW)
        fakes = {
            each.name: FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 50}, clock, seed=number)
            for number, each in enumerate(tenants)
        }
        everybody = {each.name: staff() for each in tenants} | dict(people or {})
        connected: list[str] = []

        def connect(tenant: FleetTenant, credential: object, state: State) -> Tenant:
            connected.append(tenant.name)
            return Tenant.over(fakes[tenant.name], state=state)

        registry = FleetRegistry(
            apps={"standard": user_sync_app(deactivate_users=True)},
            credentials=lambda name: name,  # type: ignore[arg-type,return-value]  # nobody asks it for a token
            people=everybody.__getitem__,
            connect=connect,
        )
        fleet = Fleet(
            tenants,
            registry,
            state=state or MemoryState(),
            records=records or FleetRecords(),
            now=clock.now,
            **settings,
        )
        return cls(everybody, fakes, clock, fleet, connected)

    def accounts(self, name: str) -> set[str]:
        """The usernames that a tenant holds, but for its administrator's."""
        return {user["userPrincipalName"] for user in self.fakes[name].users}

    async def go_on(self) -> int:
        """Take what is due until nothing is; how many steps that were."""
        count = 0
        while due := self.fleet.due():
            for step in due:
                await self.fleet.take(step)
                count += 1
        return count


def member(name: str = "contoso", **settings: Any) -> FleetTenant:
    """A tenant of a fleet, each night."""
    return FleetTenant(name, **{"app": "standard", "credential": f"{name}-secret", "schedule": NIGHTLY, **settings})
