"""The one thread on which a state's transactions run, so that they hold up neither the event loop nor each other.

On it a lease is renewed, as long as something is written to the tenant.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

from attrs import define, field

from o365prov.errors import StateError
from o365prov.state import Lease, State

_T = TypeVar("_T")


@define(eq=False)
class Worker:
    """One thread; what is called on it is called one after the other, in the order in which it was asked for."""

    _thread: ThreadPoolExecutor = field(
        init=False, factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="o365prov-state")
    )

    async def call(self, function: Callable[[], _T]) -> _T:
        """The function's result. It runs to its end, even if who waits for it is cancelled."""
        return await asyncio.shield(self.start(function))

    def start(self, function: Callable[[], _T]) -> asyncio.Future[_T]:
        """Call the function; what is returned has its result once it has run."""
        ended = asyncio.get_running_loop().run_in_executor(self._thread, function)
        ended.add_done_callback(lambda each: each.cancelled() or each.exception())  # heard, though nobody may wait
        return ended

    def close(self) -> None:
        """Wait for what was asked for, and end the thread."""
        self._thread.shutdown()

    async def keep_lease(self, state: State, lease: Lease, lost: Callable[[str], None]) -> None:
        """Renew a lease until this is cancelled; call *lost* with the reason once that fails.

        It waits in real time, whatever clock the tenant has, because the lease ends by the database's.
        """
        while True:
            await asyncio.sleep(state.lease_seconds / 3)
            try:
                await self.call(partial(state.renew, lease))
            except StateError as error:
                lost(str(error))
                return

    async def release(self, state: State, lease: Lease) -> None:
        """Give a lease back; where that fails it ends by itself."""
        with suppress(StateError):
            await self.call(partial(state.release, lease))
