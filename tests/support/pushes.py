"""A tenant into which groups are pushed, day after day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from organisation import DOMAIN, NOW

from o365prov import AppUser, AppUsers, BlockingTenant, MemoryState, RetryPolicy
from o365prov.group_push import AppGroups, GroupPlan, GroupPush, GroupReport, PushedGroup
from o365prov.people import AppUserStatus, Departure
from o365prov.planning import GroupKind, TenantSnapshot
from o365prov.testing import FakeClock, FakeTenant

NAMES = ("ann", "bob", "cy", "dee", "eve", "fay")
LEFT = Departure(NOW - timedelta(days=1))


class _Clock:
    """The fake tenant's clock, for a Tenant: whoever waits moves it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def seconds(self) -> float:
        return self._clock.now().timestamp()

    async def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds=seconds)


class Pushes:
    """A tenant with people, what the app remembers of them, and the groups of the source."""

    def __init__(self, people: tuple[str, ...] = NAMES, **settings: Any) -> None:
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 50}, FakeClock(at=NOW), seed=1)
        self.ids = {name: self.fake.add_user(f"{name}@{DOMAIN}")["id"] for name in people}
        self.state = MemoryState()
        self.push = GroupPush(**settings)
        self.left: set[str] = set()
        self.departure = LEFT
        self.credential: Any = None
        self.tenant_id = self.read().tenant_id

    def connected(self) -> BlockingTenant:
        """Another process that opens the tenant, with the same state."""
        policy = RetryPolicy(attempts=3, wait_jitter=0.0)
        clock, credential = _Clock(self.fake.clock), self.credential
        return BlockingTenant.over(self.fake, credential=credential, state=self.state, retry_policy=policy, clock=clock)

    def read(self) -> TenantSnapshot:
        """What the tenant holds now."""
        with self.connected() as tenant:
            return tenant.read(self.push.needs())

    def apply(self, plan: GroupPlan, confirm: str | None = None) -> GroupReport:
        """How the changes of a plan ended."""
        with self.connected() as tenant:
            return tenant.apply_groups(plan, confirm=confirm)

    def app_users(self) -> AppUsers:
        """What is remembered of the people: those who *left* are blocked."""
        users = [
            AppUser(f"id of {name}", object_id, f"{name}@{DOMAIN}")
            if name not in self.left
            else AppUser(
                f"id of {name}",
                object_id,
                f"{name}@{DOMAIN}",
                status=AppUserStatus.DEACTIVATED,
                departure=self.departure,
            )
            for name, object_id in self.ids.items()
        ]
        return AppUsers(self.tenant_id, self.push.app_name, users)

    def remembered(self) -> AppGroups:
        """What is remembered of groups."""
        return self.state.app_groups(self.tenant_id, self.push.app_name)

    def plan(self, *groups: PushedGroup, now: datetime = NOW, **options: Any) -> GroupPlan:
        """The plan of groups now."""
        return self.push.plan(groups, self.read(), self.app_users(), self.remembered(), now=now, **options)

    def pushed(self, *groups: PushedGroup, **options: Any) -> GroupReport:
        """The report of a plan that somebody looked at and confirmed."""
        plan = self.plan(*groups, **options)
        return self.apply(plan, plan.fingerprint)

    def members(self, name: str) -> set[str]:
        """The names of those who are in the group with this name, in the tenant."""
        [group] = [each for each in self.fake.groups if each["displayName"] == name]
        names = {object_id: name for name, object_id in self.ids.items()}
        return {names[each] for each in group["members"]}

    def edit(self, method: str, name: str, path: str = "", body: bytes = b"") -> int:
        """What an administrator does to the group with this name, by Graph; the status."""
        [group] = [each for each in self.fake.groups if each["displayName"] == name]
        headers = {"Authorization": "Bearer stand-in", "Content-Type": "application/json"}
        address = f"https://graph.microsoft.com/v1.0/groups/{group['id']}{path}"
        return self.fake.handle(method, address, headers, body)[0]

    def add_by_hand(self, name: str, person: str) -> int:
        """An administrator adds somebody."""
        where = f'{{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/{self.ids[person]}"}}'
        return self.edit("POST", name, "/members/$ref", where.encode())

    def take_by_hand(self, name: str, person: str) -> int:
        """An administrator takes somebody out."""
        return self.edit("DELETE", name, f"/members/{self.ids[person]}/$ref")


def group(name: str = "Sales", *people: str, kind: GroupKind = GroupKind.SECURITY, **fields: Any) -> PushedGroup:
    """A group of the source with these people, called *name*."""
    group_id = fields.pop("id", f"00g{name}")
    return PushedGroup(group_id, name, [f"id of {each}" for each in people], kind, **fields)


def codes(plan: GroupPlan) -> list[str]:
    """What is wrong, by its codes."""
    return [each.code for each in plan.problems]


def kinds(plan: GroupPlan) -> list[str]:
    """The kinds of the changes."""
    return [each.kind for each in plan]
