"""The three states, each as it is used: in memory, in a file, on a real PostgreSQL server."""

import os
import uuid

import pytest
from postgres_server import postgres_server, programs

from o365prov.state import MemoryState, PostgresState, SQLiteState

KINDS = ("memory", "sqlite", "postgres")


@pytest.fixture(scope="session")
def server():
    """The address of a PostgreSQL server."""
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail("CI keeps a state on PostgreSQL, and there is none: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    with postgres_server() as address:
        yield address


@pytest.fixture(params=KINDS)
def kind(request):
    """Which state."""
    return request.param


@pytest.fixture
def open_state(kind, request, tmp_path):
    """Opens the same state again and again, as processes do; one in memory is opened once."""
    opened = []
    schema = f"o365prov_{uuid.uuid4().hex[:8]}"

    def opens(**settings):
        if kind == "memory":
            made = opened[0] if opened else MemoryState(**settings)
        elif kind == "sqlite":
            made = SQLiteState(tmp_path / "state.db", **settings)
        else:
            made = PostgresState(request.getfixturevalue("server"), schema=schema, **settings)
        opened.append(made)
        return made

    yield opens
    for each in opened:
        each.close()


@pytest.fixture
def state(open_state):
    """A state that is new."""
    return open_state()
