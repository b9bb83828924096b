"""One day in a process of its own: read, plan or take up the plan of before, and apply it.

    python applier.py URL STATE FOLDER joins|leaves

It prints ``begins`` when writing begins. Its exit code says how the day ended: 0 for done, 3 for a report that says
otherwise, 4 for an error of the package.
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx
from organisation import assigned, from_directory, somebody, user_sync_app

from o365prov import Deprovisioning, O365ProvError, Plan
from o365prov.errors import LeaseLostError
from o365prov.graph import ApplyStarted, Tenant
from o365prov.state import PostgresState, SQLiteState

ROOT = "https://graph.microsoft.com/v1.0"
LEASE_SECONDS = 1
APP = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
NAMES = [f"{first} {last}" for first in ("Ann", "Bo", "Cy", "Di", "Ed", "Flo") for last in ("Lee", "Fox", "Ray", "Day")]


def people():
    """Two dozen people; the first is everybody's manager."""
    boss = from_directory(somebody(NAMES[0]))
    return [boss, *(from_directory(somebody(name), manager=boss) for name in NAMES[1:])]


class Loopback:
    """Carries the requests to a fake tenant in another process."""

    def __init__(self, url):
        self.url = url
        self.client = httpx.AsyncClient(timeout=30)

    async def send(self, method, url, headers, body):
        """The answer of the other process."""
        try:
            sent = {name: value for name, value in headers.items() if name.lower() != "host"}
            answer = await self.client.request(method, url.replace(ROOT, self.url), headers=sent, content=body)
        except httpx.HTTPError as error:
            raise ConnectionResetError(str(error)) from error
        return answer.status_code, dict(answer.headers), answer.content.replace(self.url.encode(), ROOT.encode())


def opened(where):
    """The state at this place."""
    if where.startswith("postgresql:"):
        address, _, schema = where.partition("#")
        return PostgresState(address, schema=schema, lease_seconds=LEASE_SECONDS)
    return SQLiteState(where, lease_seconds=LEASE_SECONDS)


async def day(url, state, path, *, leaving):
    """The report of the day."""
    assignments = [] if leaving else [assigned(person, "SPE_E3") for person in people()]
    transport = Loopback(url)
    async with transport.client, Tenant.over(transport, state=state) as tenant:
        if not path.exists():
            snapshot = await tenant.read(APP.needs(assignments))
            known = state.app_users(snapshot.tenant_id, APP.name)
            APP.plan(assignments, snapshot, known, now=datetime.now(UTC)).save(path)
        plan = Plan.load(path)
        while True:
            try:
                return await tenant.apply(plan, confirm=plan.fingerprint, on_event=say)
            except LeaseLostError:  # of a process that died, until it ends
                time.sleep(0.1)  # noqa: ASYNC251 - nothing else happens


def say(event):
    """Say when writing begins."""
    if isinstance(event, ApplyStarted):
        print("begins", flush=True)  # noqa: T201 - the test listens


def main(url, where, folder, name):
    """Exit with how the day ended."""
    try:
        report = asyncio.run(day(url, opened(where), Path(folder) / f"{name}.json", leaving=name == "leaves"))
    except O365ProvError as error:
        print(f"{type(error).__name__}: {error}", flush=True)  # noqa: T201 - the test listens
        sys.exit(4)
    print(f"{report!r} {report.stopped}", flush=True)  # noqa: T201 - the test listens
    sys.exit(0 if report.ok else 3)


if __name__ == "__main__":
    main(*sys.argv[1:])
