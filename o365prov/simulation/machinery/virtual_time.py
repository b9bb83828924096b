"""A time that passes only when everybody waits, so that a month takes no longer than its work.

:class:`VirtualLoop` is an event loop without threads, sockets or real time: whatever runs on it runs in the same order
each time.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any, TypeVar

from o365prov.errors import UsageError
from o365prov.testing import FakeClock

_T = TypeVar("_T")

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(hours=27)
"""From one morning to the next: no number of them ends, within some hours, with a grace period of whole days."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JULIAN_EPOCH = 2_440_587.5
_MOST_WAITS = 1_000_000


class _Patience(selectors.SelectSelector):
    """Waits for nothing: it lets the time of its loop jump to when the next thing is due.

    Nothing comes from outside, neither from a socket nor from a thread, and so the system is not even asked.
    """

    def __init__(self, wait: Callable[[float], None]) -> None:
        super().__init__()
        self._wait = wait

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise UsageError("the simulation waits for something that nobody does: report it with its seed")
        if timeout > 0:
            self._wait(timeout)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next thing that is due, and whose executor is the loop's own thread.

    Args:
        execute: calls a function that is meant for a thread; returns an awaitable of its result.

    """

    def __init__(self, execute: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        super().__init__(_Patience(self._jump))
        self._clock_resolution = 1e-6  # the real clock's is less than what a float can tell apart after some years
        self._execute = execute
        self._passed = 0.0
        self._waits = 0

    def time(self) -> float:
        """The seconds that passed."""
        return self._passed

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call the function on this thread."""
        return asyncio.ensure_future(self._execute(lambda: func(*args)), loop=self)

    def _jump(self, seconds: float) -> None:
        self._waits += 1
        if self._waits > _MOST_WAITS:
            raise UsageError("the simulation does not come to its end: report it with its seed")
        self._passed += seconds


class SimulatedTime:
    """The instants that everybody in a simulation sees.

    Args:
        loop: whose time passes.

    """

    def __init__(self, loop: VirtualLoop) -> None:
        self._loop = loop
        self._morning = START
        self._skew = timedelta()
        self.tenant = _TenantClock(self)

    @property
    def true(self) -> datetime:
        """The instant by the tenant's clock."""
        return START + timedelta(seconds=self._loop.time())

    def now(self) -> datetime:
        """The instant by the clock of the appliers' computer."""
        return self.true + self._skew

    def seconds(self) -> float:
        """Seconds that only ever grow."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        await asyncio.sleep(seconds)

    def julian(self) -> float:
        """The instant by the same clock, as SQLite counts it."""
        return (self.now() - _EPOCH) / timedelta(days=1) + _JULIAN_EPOCH

    def jump(self, minutes: int) -> None:
        """Put the clock of the appliers' computer forward, or back; by an hour at most it differs from the true one."""
        hour = timedelta(hours=1)
        self._skew = max(-hour, min(self._skew + timedelta(minutes=minutes), hour))

    async def next_day(self, days: int = 1) -> None:
        """Let time pass until the next morning, or until a later one."""
        self._morning += days * DAY
        await asyncio.sleep(max((self._morning - self.true).total_seconds(), 0))


class _TenantClock(FakeClock):
    """The clock of the fake tenant."""

    __slots__ = ("_time",)

    def __init__(self, time: SimulatedTime) -> None:
        super().__init__(START)
        self._time = time

    def now(self) -> datetime:
        return self._time.true

    async def wait_async(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def day_of(instant: datetime) -> int:
    """On which simulated day an instant is, by a clock that is wrong by an hour at most; the first one is 0."""
    return (instant - START + timedelta(hours=2)) // DAY


def run_virtually(work: Callable[[VirtualLoop], Awaitable[_T]], loop: VirtualLoop) -> _T:
    """Run *work* on the loop, on a thread of its own: another loop may run on this one, as in a notebook."""
    results: list[_T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(loop.run_until_complete(work(loop)))
        except BaseException as error:  # noqa: BLE001 - it is raised on the caller's thread
            errors.append(error)
        finally:
            loop.close()

    thread = Thread(target=run, name="o365prov-simulation")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
