"""Reading a tenant of 10,000 accounts over HTTP on loopback, against plain httpx with the same requests.

The fake tenant is in a process of its own, and its time does not count: this process asks, waits and decodes. The other
side sends the very requests that the read sent, one after the other over one connection, and takes the answers apart
with ``json.loads``, as everybody has to. The sides take turns, and the smallest processor time of each counts.
``--short`` reads a tenth of it.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Mapping
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from time import process_time

import httpx
from attrs import field, frozen
from bench_planning import DOMAIN, app, assignment

from o365prov import MemoryState, Tenant
from o365prov.graph import Cloud
from o365prov.testing import FakeTenant, Server

ACCOUNTS, ROUNDS = (1_000, 3) if "--short" in sys.argv else (10_000, 5)
BUDGET = 6.40
"""A quarter above what was reached: most goes into values for each account, and into the SDK's way of a request."""


@frozen
class Loopback:
    """Sends what is for Graph to another address, and notes what was sent."""

    http: httpx.AsyncHTTPTransport
    url: str
    sent: list[httpx.Request] = field(factory=list)

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """The answer."""
        kept = {name: value for name, value in headers.items() if name != "host"}
        request = httpx.Request(method, url.replace(Cloud.GLOBAL.root, self.url), headers=kept, content=body)
        self.sent.append(request)
        answer = await self.http.handle_async_request(request)
        content = await answer.aread()
        return answer.status_code, answer.headers, content.replace(self.url.encode(), Cloud.GLOBAL.root.encode())


def serve(pipe: Connection) -> None:
    """A tenant with everybody's account, until the end of the process."""
    fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": ACCOUNTS}, seed=1, keep_requests=0)
    for number in range(ACCOUNTS):
        profile = assignment(number).person.profile
        fake.add_user(
            f"{profile['firstName']}.{profile['lastName']}@{DOMAIN}".lower(),
            licenses=["SPE_E3"],
            displayName=profile["displayName"],
            givenName=profile["firstName"],
            surname=profile["lastName"],
            mail=profile["email"],
            jobTitle=profile["title"],
            department=profile["department"],
            city=profile["city"],
            postalCode=profile["zipCode"],
            usageLocation="IE",
            onPremisesImmutableId=f"anchor{number}",
        )
    with Server(fake) as server:
        pipe.send(server.url)
        pipe.recv()


async def read(url: str) -> tuple[float, list[httpx.Request]]:
    """The processor time of a read, and the requests that it sent."""
    async with httpx.AsyncHTTPTransport() as http:
        transport = Loopback(http, url)
        async with Tenant.over(transport, state=MemoryState()) as tenant:
            gc.collect()
            began = process_time()
            snapshot = await tenant.read(app().needs())
            took = process_time() - began
    if len(snapshot.users) != ACCOUNTS:
        raise SystemExit("not everybody was read")
    return took, transport.sent


async def plain(requests: list[httpx.Request]) -> float:
    """The processor time of the same requests by httpx alone."""
    again = [(each.method, each.url, each.headers, each.content) for each in requests]
    async with httpx.AsyncClient() as client:
        gc.collect()
        began = process_time()
        answers = []
        for method, url, headers, content in again:
            answer = await client.request(method, url, headers=headers, content=content)
            answers.append(json.loads(answer.content))
        return process_time() - began


def main() -> None:
    """Print a line: name, measured, budget."""
    pipe, its_end = Pipe()
    get_context("fork").Process(target=serve, args=(its_end,), daemon=True).start()
    url = pipe.recv()
    _, requests = asyncio.run(read(url))  # the SDK loads
    sides = [(asyncio.run(read(url))[0], asyncio.run(plain(requests))) for _ in range(ROUNDS)]
    ours, theirs = (min(times) for times in zip(*sides, strict=True))
    what = f"reading {ACCOUNTS} accounts over HTTP"
    print(f"{what}, against httpx with the same requests  {ours / theirs:.2f}  {BUDGET:.2f}")


if __name__ == "__main__":
    main()
