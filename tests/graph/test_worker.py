"""The thread on which a state's transactions run."""

import asyncio
import gc
import threading
import time

import pytest

from o365prov.errors import StateError
from o365prov.graph.apply.worker import Worker


@pytest.fixture
def worker():
    made = Worker()
    yield made
    made.close()


def test_what_is_called_runs_one_after_the_other(worker, run):
    """On one thread, in the order in which it was asked for."""
    seen = []

    def note(number):
        time.sleep(0.01)
        seen.append((number, threading.current_thread().name))

    async def whole():
        await asyncio.gather(*(worker.call(lambda number=number: note(number)) for number in range(5)))

    run(whole())
    assert [number for number, _ in seen] == [0, 1, 2, 3, 4]
    assert len({name for _, name in seen}) == 1


def test_a_note_runs_to_its_end_though_nobody_waits(worker, run):
    """A cancelled apply does not tear a transaction; an error that comes then is no noise."""
    ended, noise = [], []

    def note():
        time.sleep(0.05)
        ended.append("noted")
        raise StateError("corp.db: can't be written: free disk space")

    async def whole():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: noise.append(context))
        waiting = asyncio.create_task(worker.call(note))
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await worker.call(lambda: None)
        gc.collect()

    run(whole())
    assert (ended, noise) == (["noted"], [])
