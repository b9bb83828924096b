"""Where the tests of fleets keep what a fleet knows: in memory, and on a real PostgreSQL server."""

import os
import uuid

import pytest
from postgres_server import postgres_server, programs

from o365prov.fleet import FleetRecords


@pytest.fixture(scope="session")
def server():
    """The address of a PostgreSQL server."""
    if programs() is None:
        if os.environ.get("CI"):
            pytest.fail("CI keeps a fleet on PostgreSQL, and there is none: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed")
    with postgres_server() as address:
        yield address


@pytest.fixture(params=["memory", "postgres"])
def records(request):
    """Records that are new."""
    if request.param == "memory":
        yield FleetRecords()
        return
    made = FleetRecords(request.getfixturevalue("server"), schema=f"fleet_{uuid.uuid4().hex[:8]}")
    yield made
    made.close()
