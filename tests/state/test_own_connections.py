"""A state over a connection that the caller opens: to give the database another clock, or another disk."""

import sqlite3

import pytest

from o365prov.errors import LeaseLostError
from o365prov.state import MemoryState, SQLiteState


@pytest.fixture
def clock():
    """Days since the epoch of julian dates, as the database's clock shows them."""
    return [2_461_000.5]


@pytest.fixture(params=["memory", "file"])
def two(request, clock, tmp_path):
    """One state twice, as two appliers have it, over connections on whose clock the test decides."""

    def connect(target):
        connection = sqlite3.connect(target, isolation_level=None, check_same_thread=False)
        connection.create_function("julianday", 1, lambda _: clock[0])
        return connection

    if request.param == "memory":
        state = MemoryState(lease_seconds=60, connect=connect)
        return state, state
    path = tmp_path / "corp.db"
    return SQLiteState(path, lease_seconds=60, connect=connect), SQLiteState(path, lease_seconds=60, connect=connect)


def test_a_lease_ends_by_the_clock_of_the_connection(two, clock):
    """However long the test takes, the lease is held until that clock has passed its end."""
    first, second = two
    first.acquire("contoso")
    clock[0] += 59 / 86_400
    with pytest.raises(LeaseLostError):
        second.acquire("contoso")
    clock[0] += 2 / 86_400
    assert second.acquire("contoso").fence == 2
