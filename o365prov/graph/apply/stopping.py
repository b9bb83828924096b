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

_TERMINATED = "the process was asked to end (SIGTERM); apply the plan again to go on, or read and plan again"


@contextmanager
def stopping_on_sigterm(stop: Callable[[str], None]) -> Iterator[None]:
    """Call *stop* with the reason when SIGTERM comes, and then the handler that was there before.

    Only the main thread can do this; on others, and where there is no SIGTERM, nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    if before is None:  # set by something that is not Python, which could not be set again
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        stop(_TERMINATED)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
