"""The one thread on which a state's transactions run, so that they hold up neither the event loop nor each other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from attrs import define, field

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
