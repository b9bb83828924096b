"""Work in virtual time, and a Graph that takes its time to answer."""

import asyncio
from datetime import UTC, datetime, timedelta

from o365prov.simulation.machinery.virtual_time import VirtualLoop
from o365prov.testing import FakeClock

START = datetime(2026, 3, 1, tzinfo=UTC)


async def _at_once(function):
    return function()


def run(work):
    """Run a coroutine in virtual time; returns its result and the seconds that it took."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(_at_once)) as runner:
        result = runner.run(work)
        return result, runner.get_loop().time()


class LoopClock:
    """The running loop's time, for a Tenant."""

    def now(self):
        return START + timedelta(seconds=self.seconds())

    def seconds(self):
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)


class DistantTenant:
    """A transport to a fake tenant of the loop's time, whose answers come *latency* seconds after the requests."""

    def __init__(self, fake, clock, latency):
        self.fake, self.clock, self.latency = fake, clock, latency
        self.under_way = self.most_under_way = 0

    async def send(self, method, url, headers, body):
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(self.latency / 2)
        behind = asyncio.get_running_loop().time() - (self.clock.now() - START).total_seconds()
        if behind > 0:
            self.clock.advance(seconds=behind)
        answer = self.fake.handle(method, url, headers, body)
        await asyncio.sleep(self.latency / 2)
        self.under_way -= 1
        return answer


def standing_clock():
    """A clock for the fake tenant that stands at the loop's beginning."""
    return FakeClock(at=START)
