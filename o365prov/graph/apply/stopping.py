"""SIGTERM while a plan is applied: what is under way is finished and noted, and apply returns its report.

Whoever stops a service sends SIGTERM, and SIGKILL some seconds later. Both lose nothing; after the first, the next
process has nothing to look at again. Windows has no SIGTERM that another process could send.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_TERMINATED = "the process was asked to end (SIGTERM); apply the plan again to go on, or read and plan again"


@contextmanager
def stopping_on_sigterm(stop: Callable[[str], None]) -> Iterator[None]:
    """Call *stop* with the reason when SIGTERM comes, and then the handler that was there before.

    Applies of one process may overlap and end in any order. Only the main thread can do this; on others, and where
    there is no SIGTERM, nothing happens.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGTERM) is None:  # None: set by something that is not Python
        yield
        return
    _SIGTERM.add(stop)
    try:
        yield
    finally:
        _SIGTERM.remove(stop)


class _Sigterm:
    """One handler for all applies of the process, which is there while one of them is under way."""

    def __init__(self) -> None:
        self._stops: list[Callable[[str], None]] = []
        self._before: Any = signal.SIG_DFL

    def add(self, stop: Callable[[str], None]) -> None:
        if not self._stops:
            self._before = signal.signal(signal.SIGTERM, self._handle)
        self._stops.append(stop)

    def remove(self, stop: Callable[[str], None]) -> None:
        self._stops.remove(stop)
        if not self._stops and signal.getsignal(signal.SIGTERM) == self._handle:
            signal.signal(signal.SIGTERM, self._before)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        for stop in self._stops:
            stop(_TERMINATED)
        if callable(self._before):
            self._before(number, frame)


_SIGTERM = _Sigterm()
