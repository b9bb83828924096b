"""A state that fails while a plan is applied: a report that says so, nothing lost, and the next process goes on."""

import sqlite3
import threading
import time
import uuid
from contextlib import ExitStack, contextmanager
from itertools import product

import pytest
from amount import some
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import BlockingTenant, PostgresState, SQLiteState, StateError
from o365prov.testing import FakeClock, FakeTenant

APP = user_sync_app()
NAMES = [f"{first} {last}" for first in ("Ann", "Bo", "Cy", "Di", "Ed") for last in ("Lee", "Fox", "Ray", "Day", "Orr")]
BATCHES = range(1, 5)
"""There are two batches that create accounts and two that assign licences."""
MOMENTS = pytest.mark.parametrize("moment", BATCHES)


class Corp:
    """A tenant that twenty-five people join, and the plan for that."""

    def __init__(self, open_state):
        self.open_state = open_state
        self.fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": len(NAMES)}, FakeClock(at=NOW), seed=1)
        self.trouble = lambda: None
        self.moment = 0
        people = [assigned(somebody(name), "SPE_E3") for name in NAMES]
        with open_state() as state, BlockingTenant.over(self.fake, state=state) as tenant:
            snapshot = tenant.read(APP.needs(people))
            known = state.app_users(snapshot.tenant_id, APP.name)
            self.plan = APP.plan(people, snapshot, known, now=NOW)

    async def send(self, method, url, headers, body):
        """The tenant's answer; the trouble begins with one of the batches."""
        if url.endswith("$batch"):
            self.moment -= 1
            if self.moment == 0:
                self.trouble()
        return await self.fake.send(method, url, headers, body)

    def apply(self, state, moment=0, trouble=None):
        """Apply the plan; the trouble begins when a batch is on its way."""
        self.moment, self.trouble = moment, trouble
        with BlockingTenant.over(self, state=state) as tenant:
            return tenant.apply(self.plan, confirm=self.plan.fingerprint)

    def check_goes_on(self):
        """Another process ends what was begun: everybody has one account, one licence and is remembered."""
        with self.open_state() as state:
            state.unlock(self.plan.tenant_id)
            assert self.apply(state).ok
            known = state.app_users(self.plan.tenant_id, APP.name)
        assert {user["displayName"] for user in self.fake.users} == set(NAMES)
        assert len(self.fake.users) == len(known) == self.fake.seats("SPE_E3")[0] == len(NAMES)
        assert not any(user.unfinished for user in known)
        assert {user.object_id for user in known} == {user["id"] for user in self.fake.users}


@pytest.fixture
def folder(tmp_path):
    """Where the file is."""
    made = tmp_path / "states"
    made.mkdir()
    return made


@pytest.fixture
def corp(folder):
    """A tenant whose state is in a file."""
    return Corp(lambda: SQLiteState(folder / "corp.db"))


def connection_of(state):
    """The connection of a state that is open."""
    return state._database._own._connection


@contextmanager
def locked(folder, _state):
    """Another process writes, and does not end."""
    with sqlite3.connect(folder / "corp.db", isolation_level=None, check_same_thread=False) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def moved(folder, _state):
    """Somebody tidies up."""
    away = folder.rename(folder.with_name("old"))
    yield
    away.rename(folder)


@contextmanager
def replaced(folder, _state):
    """Somebody puts another file in its place."""
    path = folder / "corp.db"
    away = path.rename(folder / "old.db")
    path.write_bytes(b"")
    yield
    away.rename(path)


@contextmanager
def full(_folder, state):
    """The disk has no room left."""
    [[pages]] = connection_of(state).execute("PRAGMA page_count").fetchall()
    connection_of(state).execute(f"PRAGMA max_page_count = {pages}")
    yield


@contextmanager
def read_only(_folder, state):
    """It can't be written any more."""
    connection_of(state).execute("PRAGMA query_only = ON")
    yield


TROUBLES = {
    locked: "another process has locked it",
    moved: "was moved, deleted or replaced while it was open",
    replaced: "was moved, deleted or replaced while it was open",
    full: "the disk is full",
    read_only: "it can't be written",
}


@pytest.mark.parametrize(("trouble", "moment"), some(product(TROUBLES, BATCHES), 10))
def test_a_file_that_fails_stops_the_apply(corp, folder, monkeypatch, trouble, moment):
    """Whenever it does; no batch begins that could not be noted, and none is done twice."""
    monkeypatch.setattr("o365prov.state.sqlite_database.BUSY_SECONDS", 0.05)
    with ExitStack() as until_it_is_over, corp.open_state() as state:
        report = corp.apply(state, moment, lambda: until_it_is_over.enter_context(trouble(folder, state)))
        assert TROUBLES[trouble] in report.stopped
        assert str(folder / "corp.db") in report.stopped
        assert len(report.outcomes) == len(corp.plan)
    corp.check_goes_on()


@MOMENTS
def test_a_file_that_is_overwritten_is_not_used(corp, folder, moment):
    """The apply stops or ends; whoever opens the file next is told, and nothing is written to the tenant."""

    def overwrite():
        for path in folder.iterdir():
            if not path.name.endswith("-shm"):
                path.write_bytes(b"\xa5" * path.stat().st_size)

    with corp.open_state() as state:
        report = corp.apply(state, moment, overwrite)
        assert len(report.outcomes) == len(corp.plan)
    before = corp.fake.users
    with corp.open_state() as state, pytest.raises(StateError, match=r"not a state|damaged"):
        corp.apply(state)
    assert corp.fake.users == before


@pytest.fixture
def elsewhere(server):
    """A tenant whose state is on a server."""
    schema = f"o365prov_{uuid.uuid4().hex[:8]}"
    return Corp(lambda: PostgresState(server, schema=schema))


def end_connections(server, *, that=""):
    """Cut the connections of others; returns how many."""
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(server, autocommit=True) as administrator:
        return len(
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "  # noqa: S608 - ours
                f"WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' {that}"
            ).fetchall()
        )


@MOMENTS
def test_a_connection_that_is_cut_between_notes_does_not_matter(elsewhere, server, moment):
    """The next note opens another one."""
    with elsewhere.open_state() as state:
        assert elsewhere.apply(state, moment, lambda: end_connections(server)).ok
    elsewhere.check_goes_on()


@pytest.mark.parametrize(("moment", "cut"), some(product(BATCHES, [False, True]), 4))
def test_a_server_that_fails_stops_the_apply(elsewhere, server, monkeypatch, moment, cut):
    """Where somebody locks the state, and where the connection is cut in the middle of a note."""
    import psycopg  # noqa: PLC0415 - an extra

    monkeypatch.setattr("o365prov.state.postgres_database.LOCK_SECONDS", 30 if cut else 0.2)
    schema = elsewhere.open_state()._database._schema
    over = threading.Event()

    def cut_who_waits():
        while not over.is_set():
            end_connections(server, that="AND wait_event_type = 'Lock'")
            time.sleep(0.02)

    with psycopg.connect(server) as other, elsewhere.open_state() as state:
        cutting = threading.Thread(target=cut_who_waits)

        def trouble():
            other.execute("SELECT pg_advisory_xact_lock(4160365, hashtext(%s))", [schema])
            if cut:
                cutting.start()

        try:
            report = elsewhere.apply(state, moment, trouble)
        finally:
            over.set()
            other.rollback()
        assert f"(schema {schema})" in report.stopped
        assert len(report.outcomes) == len(elsewhere.plan)
        if cut:
            cutting.join()
    elsewhere.check_goes_on()
