"""Keeping what is known: what noting adds to an apply, and how long a memory takes to load.

- *noting*: applying a plan over a state in a file, against the same over a state that keeps nothing and over one in
  memory: processor time of the whole process, and wall time a batch on the disk of the working folder.
- *loading*: what a file remembers of a hundred thousand people, against ``json.loads`` of the same people.

The sides take turns, and the smallest time of each counts. ``PEOPLE=10000`` makes it quicker. The wall time depends on
the disk: ``PLACE=/a/folder`` measures another one.
"""

import asyncio
import gc
import json
import os
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from attrs import frozen
from bench_planning import DOMAIN, GRANTS, NOW, app, assignment

from o365prov import (
    AppUser,
    AppUsers,
    MemoryState,
    Plan,
    SQLiteState,
    State,
    Tenant,
)
from o365prov.state import Lease, Run
from o365prov.testing import FakeTenant

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
APPLIED = max(PEOPLE // 200, 20)
BATCH = 20
ROUNDS = 5


@frozen
class Nothing:
    """A state that keeps nothing."""

    lease_seconds: float = 3600.0

    def app_users(self, tenant_id: str, app_name: str) -> AppUsers:
        """An empty memory."""
        return AppUsers.empty(tenant_id, app_name)

    def find_run(self, _plan_id: str) -> None:
        """No plan was ever applied."""

    def entries(self, _plan_id: str) -> tuple[()]:
        """And no change was ever begun."""
        return ()

    def check_plan(self, _plan: Plan) -> None:
        """Every plan fits."""

    def acquire(self, tenant_id: str) -> Lease:
        """The lease, which anybody gets."""
        return Lease(tenant_id, 1)

    def begin_run(self, lease: Lease, plan: Plan) -> Run:
        """The run, which is not kept."""
        return Run(plan.id, lease.tenant_id, "", plan.fingerprint, 1, NOW)

    def note(self, *_anything: object) -> None:
        """Nothing is noted."""

    end_run = renew = release = note


class NoWaiting:
    """A clock on which waiting takes no time."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        """Always the same day."""
        return NOW

    def seconds(self) -> float:
        """What was waited until now."""
        return self.passed

    async def sleep(self, seconds: float) -> None:
        """Go on at once."""
        self.passed += seconds
        await asyncio.sleep(0)


class Joining:
    """A tenant into which people come, again and again as for the first time."""

    def __init__(self) -> None:
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": APPLIED}, seed=1, keep_requests=0)
        self.empty = self.fake.snapshot()
        self.app = app()
        people = [assignment(number) for number in range(APPLIED)]

        async def planned() -> Plan:
            async with Tenant.over(self.fake, clock=NoWaiting()) as tenant:
                snapshot = await tenant.read(self.app.needs(people))
                known = AppUsers.empty(snapshot.tenant_id, self.app.name)
                return self.app.plan(people, snapshot, known, now=NOW)

        self.plan = asyncio.run(planned())

    def apply(self, state: State) -> tuple[float, float]:
        """Processor seconds and wall seconds of an apply over this state."""
        self.fake.restore(self.empty)

        async def applied() -> tuple[float, float]:
            async with Tenant.over(self.fake, state=state, clock=NoWaiting()) as tenant:
                gc.collect()
                began = process_time(), perf_counter()
                report = await tenant.apply(self.plan, confirm=self.plan.fingerprint)
                took = process_time() - began[0], perf_counter() - began[1]
            if not report.ok:
                raise SystemExit(f"not everything was done: {report!r}")
            return took

        return asyncio.run(applied())


def noting(folder: Path) -> None:
    """What a state adds to an apply."""
    joining = Joining()
    numbers = iter(range(1000))
    sides: dict[str, Callable[[], State]] = {
        "nothing": Nothing,  # type: ignore[dict-item]  # what an apply calls, and no more
        "memory": MemoryState,
        "file": lambda: SQLiteState(folder / f"corp{next(numbers)}.db"),
    }
    joining.apply(MemoryState())  # the SDK loads
    rounds = [{name: joining.apply(make()) for name, make in sides.items()} for _ in range(ROUNDS)]
    cpu = {name: min(each[name][0] for each in rounds) for name in sides}
    wall = {name: min(each[name][1] for each in rounds) for name in sides}
    batches = -(-APPLIED // BATCH) * 3  # accounts, then licences, then managers
    print(f"apply for {APPLIED} people over a file, against keeping nothing, processor  {share(cpu, 'nothing')}  1.05")
    print(f"apply for {APPLIED} people over a file, against one in memory, processor  {share(cpu, 'memory')}  -")
    print(f"milliseconds a batch of that, wall  {(wall['file'] - wall['nothing']) / batches * 1000:.2f}  10.00")


def share(times: dict[str, float], other: str) -> str:
    """The time over a file in relation to another one."""
    return f"{times['file'] / times[other]:.3f}"


def loading(folder: Path) -> None:
    """What a memory takes to load."""
    users = [
        AppUser(
            f"00u{number:017}",
            str(UUID(int=number)),
            f"first{number}.last{number}@{DOMAIN}",
            str(number),
            f"{number:064x}",
            GRANTS.licenses,
            manager_id=str(UUID(int=number // 100 * 100)),
            provisioning_type="user_sync",
        )
        for number in range(PEOPLE)
    ]
    memory = AppUsers("tenant", "Office 365", users, "plan", 1)
    text = memory.to_json()
    state = SQLiteState(folder / "many.db")
    state.import_app_users(memory)

    def loaded() -> None:
        if len(state.app_users("tenant", "Office 365")) != PEOPLE:
            raise SystemExit("not everybody is remembered")

    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(loaded))
        theirs.append(seconds(lambda: json.loads(text)))
    print(f"loading {PEOPLE} people from a file, against json.loads  {min(ours) / min(theirs):.2f}  2.00")
    state.close()


def seconds(job: Callable[[], object]) -> float:
    """How long it takes, with nothing else's garbage to collect."""
    gc.collect()
    begin = perf_counter()
    job()
    return perf_counter() - begin


def main() -> None:
    """Print a line for each measure: name, measured, budget."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("PLACE", ".")) as folder:
        noting(Path(folder))
        loading(Path(folder))


if __name__ == "__main__":
    main()
