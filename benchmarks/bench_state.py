"""Keeping what is known: what noting adds to an apply, and how long a memory takes to load.

- *noting*: applying a plan over a state in a file, against the same over a state that keeps nothing and over one in
  memory: processor time of the whole process, and wall time a batch on the disk of the working folder. Once the fake
  tenant is in a process of its own, and its time does not count; HTTP on loopback is like Graph without encryption.
  Once it is in the same process, and its time counts on both sides. What was noted is moved to where it is kept by the
  next reading of the memory, which has a line of its own.
- *loading*: what a file remembers of a hundred thousand people, against ``json.loads`` of the same people.
- *auditing*: finding one person among a hundred thousand audit records.

The sides take turns, and the smallest time of each counts. ``PEOPLE=10000`` makes it quicker. The wall time depends on
the disk: ``PLACE=/a/folder`` measures another one.
"""

import asyncio
import gc
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

import httpx
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
from o365prov.graph import Cloud, Transport
from o365prov.planning import PropertyChange, Subject, UpdateUser, change_key
from o365prov.state import Lease, Run, RunEntry, RunStep
from o365prov.testing import FakeTenant, Server

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

    def begin_run(self, lease: Lease, plan: Plan, _confirmed_by: str = "") -> Run:
        """The run, which is not kept."""
        return Run(plan.id, lease.tenant_id, "", plan.fingerprint, 1, NOW)

    def note(self, *_anything: object) -> None:
        """Nothing is noted."""

    end_run = renew = release = note


@frozen
class Cost:
    """What an apply took of the processor and of time, and the next reading of the memory of the processor."""

    cpu: float
    wall: float
    reading: float


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

    def begin_again(self) -> None:
        """Nobody is there any more."""
        self.fake.restore(self.empty)

    @asynccontextmanager
    async def transport(self) -> AsyncIterator[Transport]:
        """What carries requests to the tenant."""
        yield self.fake

    def apply(self, state: State) -> Cost:
        """What an apply over this state costs, and what reading the memory costs after it."""
        self.begin_again()

        state.app_users(self.plan.tenant_id, self.app.name)  # opens it, as the reading before a plan does

        async def applied() -> tuple[float, float]:
            async with self.transport() as transport, Tenant.over(transport, state=state, clock=NoWaiting()) as tenant:
                gc.collect()
                began = process_time(), perf_counter()
                report = await tenant.apply(self.plan, confirm=self.plan.fingerprint)
                took = process_time() - began[0], perf_counter() - began[1]
            if not report.ok:
                raise SystemExit(f"not everything was done: {report!r}")
            return took

        cpu, wall = asyncio.run(applied())
        began = process_time()
        state.app_users(self.plan.tenant_id, self.app.name)
        return Cost(cpu, wall, process_time() - began)


class JoiningElsewhere(Joining):
    """The same with the tenant in a process of its own, over HTTP on loopback."""

    def __init__(self) -> None:
        super().__init__()
        self.pipe, its_end = Pipe()
        get_context("fork").Process(target=self._serve, args=(its_end,), daemon=True).start()
        self.url: str = self.pipe.recv()

    def _serve(self, pipe: Connection) -> None:
        with Server(self.fake) as server:
            pipe.send(server.url)
            while pipe.recv():
                self.fake.restore(self.empty)
                pipe.send("")

    def begin_again(self) -> None:
        """Nobody is there any more."""
        self.pipe.send("again")
        self.pipe.recv()

    @asynccontextmanager
    async def transport(self) -> AsyncIterator[Transport]:
        """The network as the SDK uses it, to this computer."""
        async with httpx.AsyncHTTPTransport() as http:
            yield Loopback(http, self.url)


@frozen
class Loopback:
    """Sends what is for Graph to another address."""

    http: httpx.AsyncHTTPTransport
    url: str

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """The answer."""
        sent = {name: value for name, value in headers.items() if name != "host"}
        request = httpx.Request(method, url.replace(Cloud.GLOBAL.root, self.url), headers=sent, content=body)
        answer = await self.http.handle_async_request(request)
        return answer.status_code, answer.headers, await answer.aread()


def noting(folder: Path, joining: Joining, how: str, budget: str) -> None:
    """What a state adds to an apply."""
    numbers = iter(range(1000))
    sides: dict[str, Callable[[], State]] = {
        "nothing": Nothing,  # type: ignore[dict-item]  # what an apply calls, and no more
        "memory": MemoryState,
        "file": lambda: SQLiteState(folder / f"{how}{next(numbers)}.db"),
    }
    joining.apply(MemoryState())  # the SDK loads
    rounds = [{name: joining.apply(make()) for name, make in sides.items()} for _ in range(ROUNDS)]
    cpu = {name: min(each[name].cpu for each in rounds) for name in sides}
    wall = {name: min(each[name].wall for each in rounds) for name in sides}
    reading = min(each["file"].reading for each in rounds)
    batches = -(-APPLIED // BATCH) * 3  # accounts, then licences, then managers
    over = f"apply for {APPLIED} people {how}, over a file"
    print(f"{over}, against keeping nothing, processor  {cpu['file'] / cpu['nothing']:.3f}  {budget}")
    print(f"{over}, against one in memory, processor  {cpu['file'] / cpu['memory']:.3f}  -")
    print(f"the next reading {how}, against that apply, processor  {reading / cpu['file']:.3f}  -")
    print(f"milliseconds a batch {how}, wall  {(wall['file'] - wall['nothing']) / batches * 1000:.2f}  10.00")


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
    print(f"loading {PEOPLE} people from a file, against json.loads  {min(ours) / min(theirs):.2f}  2.40")
    state.close()


def auditing(folder: Path) -> None:
    """What it takes to find one person in an audit of as many records as there are people."""
    state = SQLiteState(folder / "audit.db", lease_seconds=3600, audit=True)
    title = (PropertyChange("jobTitle", "Rep", "Lead"),)
    changes = [
        UpdateUser(Subject(f"00u{each}", "Ann", f"ann@{DOMAIN}"), "the profile changed", f"id{each}", title, "print")
        for each in range(PEOPLE)
    ]
    plan = Plan("tenant", NOW, changes, app_users=state.app_users("tenant", "Office 365"))
    lease = state.acquire("tenant")
    run = state.begin_run(lease, plan)
    ended = [RunEntry(change_key(each), RunStep.DONE, each.subject.person_id, each.object_id) for each in plan]
    state.note(lease, run, ended)
    state.app_users("tenant", "Office 365")  # moves what was noted to where it is kept

    def found() -> None:
        if len(state.audit("tenant", person_id="00u7", values=True)) != 1:
            raise SystemExit("the person is not found")

    took = min(seconds(found) for _ in range(ROUNDS))
    print(f"milliseconds to find a person among {PEOPLE} audit records, wall  {took * 1000:.2f}  10.00")
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
        noting(Path(folder), JoiningElsewhere(), "over HTTP", "1.05")
        noting(Path(folder), Joining(), "in one process", "-")
        loading(Path(folder))
        auditing(Path(folder))


if __name__ == "__main__":
    main()
