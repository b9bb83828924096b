"""How near applying a plan comes to what Graph's quota allows, in virtual time: nothing is waited for.

10,000 people are created and licensed, which is 20,000 writes: 3,000 at once, and 20 a second after them. Each line is
the time of the whole apply, with its notes in a state, against the least time that the quota allows and the latencies
of two batches; the budget is 1 / 0.98 for the quota as documented, and 1 / 0.9 where Graph refills it otherwise or
another process takes a part. Counted are also Graph's refusals: none of the documented quota is allowed, otherwise one
a quota window. ``WRITES=2000`` makes it quicker.
"""

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from virtual_time import DistantTenant, LoopClock, run, standing_clock

from o365prov import AssignLicenses, CreateUser, MemoryState, Plan, Report, Tenant
from o365prov.planning import WRITES, LicenseAddition, Needs, Subject
from o365prov.testing import FakeTenant, Quotas

COUNT = int(os.environ.get("WRITES", "20000"))
LATENCIES = (0.3, 3.0, 6.0)
DOCUMENTED = Quotas.for_tenant_of(10_000)
OTHERWISE = {
    "refilled every 10 s": Quotas(units=8_000, refill_seconds=10),
    "refilled every 150 s": Quotas(units=8_000, refill_seconds=150),
    "a third taken, headers 20 s late": Quotas(units=8_000, taken_by_others=1 / 3, header_delay=20),
    "a third taken, no headers": Quotas(units=8_000, taken_by_others=1 / 3, header_delay=None),
}


def hires(number: int, sku_id: str) -> tuple[CreateUser, AssignLicenses]:
    """A new account and its licence."""
    subject = Subject(f"00u{number}", f"P {number}", f"p{number}@fed.example")
    body = {
        "accountEnabled": True,
        "displayName": subject.name,
        "mailNickname": f"p{number}",
        "userPrincipalName": subject.username,
        "usageLocation": "NO",
        "onPremisesImmutableId": f"anchor{number}",
    }
    licenses = (LicenseAddition(sku_id, "SPE_E3"),)
    return (
        CreateUser(subject, "new", body, "print", body["onPremisesImmutableId"]),
        AssignLicenses(subject, "group", None, licenses, (), ()),
    )


async def applied(transport: DistantTenant, refused: list[float]) -> tuple[Report, float]:
    """The report of the apply, and the seconds that it took."""
    async with Tenant.over(transport, clock=LoopClock(), state=MemoryState()) as tenant:
        snapshot = await tenant.read(Needs(("displayName",)))
        changes = [each for number in range(COUNT // 2) for each in hires(number, snapshot.sku_named["SPE_E3"].id)]
        plan = Plan(snapshot.tenant_id, LoopClock().now(), changes, watermark=snapshot.watermark)
        refused.clear()
        began = asyncio.get_running_loop().time()
        report = await tenant.apply(plan)
        return report, asyncio.get_running_loop().time() - began


class Watching(DistantTenant):
    """Notes when Graph refused something; what was under way at that time belongs to it."""

    def __init__(self, *arguments) -> None:
        super().__init__(*arguments)
        self.refused: list[float] = []

    async def send(self, method, url, headers, body):
        """The answer."""
        answer = await super().send(method, url, headers, body)
        now = asyncio.get_running_loop().time()
        if b'"status":429' in answer[2] and not (self.refused and now <= self.refused[-1] + self.latency + 1e-6):
            self.refused.append(now)
        return answer


def measure(name: str, quotas: Quotas, latency: float, share: float) -> None:
    """Print two lines: how long it takes, and how often Graph refuses."""
    clock = standing_clock()
    fake = FakeTenant(["fed.example"], {"SPE_E3": COUNT // 2}, clock, quotas=quotas, seed=1, keep_requests=0)
    transport = Watching(fake, clock, latency)
    (report, seconds), _ = run(applied(transport, transport.refused))
    assert report.ok, report
    rate = WRITES.amount / WRITES.seconds * (1 - quotas.taken_by_others)
    least = max(0.0, COUNT - WRITES.amount) / rate + 2 * latency
    budget = 1 + (1 / share - 1) * (least - 2 * latency) / least
    allowed = 0 if share == 0.98 else max(1, -(-int(seconds) // int(WRITES.seconds)))
    print(f"{name}, {latency} s a batch: seconds / least  {seconds / least:.3f}  {budget:.3f}")
    print(f"{name}, {latency} s a batch: refusals  {len(transport.refused)}  {allowed}")


def main() -> None:
    """Print a line for each ratio: name, measured, budget."""
    for latency in LATENCIES:
        measure("documented", DOCUMENTED, latency, 0.98)
    for name, quotas in OTHERWISE.items():
        measure(name, quotas, LATENCIES[-1], 0.9)


if __name__ == "__main__":
    main()
