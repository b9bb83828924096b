"""Time that jumps: an event loop on which nothing waits in real time, and a Graph that takes its time to answer.

Where everything on the loop waits for some later time, the loop's time becomes that time. What runs on a thread is
waited for really, so that it takes no virtual time.
"""

import asyncio
import selectors
from datetime import UTC, datetime, timedelta

from o365prov.testing import FakeClock

START = datetime(2026, 3, 1, tzinfo=UTC)


class _JumpingSelector(selectors.DefaultSelector):
    """Where the loop would wait for a time, lets its time be that time."""

    loop = None

    def select(self, timeout=None):
        if self.loop.on_threads:
            return super().select(None if timeout is None or timeout > 0 else 0)
        events = super().select(0)
        if not events and timeout is None:
            raise RuntimeError("everything waits, and nothing will ever happen")
        if not events:
            self.loop.virtual_time += max(timeout, 0.0)
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps."""

    def __init__(self):
        self.virtual_time = 0.0
        self.on_threads = 0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self):
        return self.virtual_time

    def run_in_executor(self, executor, func, *args):
        self.on_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._back)
        return future

    def _back(self, _):
        self.on_threads -= 1


def run(work):
    """Run a coroutine in virtual time; returns its result and the seconds that it took."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
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
