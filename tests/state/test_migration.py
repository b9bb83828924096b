"""How an older state becomes one of today: all at once, whatever moment a process dies at."""

import os
import signal
import sqlite3
import threading
from datetime import UTC, datetime

import pytest

from o365prov import AppUsers, StateError
from o365prov.people import AppUser
from o365prov.state import KeptRead, SQLiteState, schema
from o365prov.state.postgres_database import _PostgresTransaction
from o365prov.state.sqlite_database import _SQLiteTransaction

TENANT, APP = "contoso", "Office 365"
ANN = AppUser("00u-ann", "id-ann", "ann@corp.example")
NEXT = (
    "ALTER TABLE run ADD COLUMN hint TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE hint (text TEXT NOT NULL)",
    "INSERT INTO hint (text) SELECT username FROM app_user",
)
AFTER = ("DELETE FROM hint",)
TODAY = len(schema.VERSIONS)
READ = KeptRead("properties", "https://graph.example/delta", datetime(2026, 6, 1, tzinfo=UTC), {"id-ann": "{}"})
PLACES = pytest.mark.parametrize("kind", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def newer(monkeypatch):
    """Have the library be one that is two versions newer."""
    return lambda: monkeypatch.setattr(schema, "VERSIONS", (*schema.VERSIONS, NEXT, AFTER))


def remembering(state):
    """The state, closed, with a memory."""
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    state.close()
    return state


def found(state, sql):
    """What the database itself says."""
    with state._database.transaction(writes=False) as transaction:
        return [tuple(row) for row in transaction.rows(sql)]


@PLACES
def test_an_older_state_is_brought_up_to_date(open_state, newer):
    """One version after the other, once, and with everything that it keeps."""
    remembering(open_state())
    newer()
    for _ in range(2):
        state = open_state()
        assert set(state.app_users(TENANT, APP)) == {ANN}
        assert found(state, "SELECT version FROM state_version") == [(len(schema.VERSIONS),)]
        assert found(state, "SELECT text FROM hint") == []
        state.close()


@PLACES
@pytest.mark.parametrize("version", range(1, TODAY))
def test_a_state_of_every_older_version_is_opened(open_state, monkeypatch, version):
    """It keeps what it had, and does what today's version does."""
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSIONS", schema.VERSIONS[:version])
        remembering(open_state())
    state = open_state()
    assert set(state.app_users(TENANT, APP)) == {ANN}
    state.keep_read(TENANT, READ)
    assert state.find_read(TENANT, READ.asked) == READ


@PLACES
def test_a_state_of_a_newer_version_is_refused(open_state, newer, monkeypatch):
    """After that the older version does not touch it any more."""
    with monkeypatch.context():
        newer()
        remembering(open_state())
    monkeypatch.undo()
    with pytest.raises(StateError, match=rf"version {TODAY + 2}, and .* knows {TODAY}"):
        open_state().app_users(TENANT, APP)


@PLACES
@pytest.mark.parametrize("wrong", range(len(NEXT) + 1))
def test_a_version_is_reached_or_nothing_happened(open_state, monkeypatch, wrong):
    """Where one statement fails, none was done, and the version of before goes on."""
    remembering(open_state())
    steps = [*NEXT[:wrong], "INSERT INTO nowhere VALUES (1)", *NEXT[wrong:]]
    with monkeypatch.context() as patch:
        patch.setattr(schema, "VERSIONS", (*schema.VERSIONS, tuple(steps)))
        with pytest.raises(StateError):
            open_state().app_users(TENANT, APP)
    state = open_state()
    assert set(state.app_users(TENANT, APP)) == {ANN}
    assert found(state, "SELECT version FROM state_version") == [(TODAY,)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@PLACES
@pytest.mark.parametrize("old", [False, True], ids=["new", "old"])
def test_a_process_may_die_before_each_statement(open_state, newer, old):
    """Of making the tables of a new state, and of bringing an old one up to date: the next process opens it."""
    if old:
        remembering(open_state())
        newer()
    moment = 0
    while (end := die_opening(open_state, before=moment)) == -signal.SIGKILL:
        moment += 1
    assert end == 0
    assert moment > sum(len(statements) for statements in schema.VERSIONS[TODAY if old else 0 :])
    state = open_state()
    assert set(state.app_users(TENANT, APP)) == ({ANN} if old else set())
    assert found(state, "SELECT version FROM state_version") == [(len(schema.VERSIONS),)]


def die_opening(open_state, *, before):
    """How a process ends that is killed while it opens the state, before it changes something for the n-th time."""
    child = os.fork()
    if child == 0:
        left = [before]

        def die_in_time(execute):
            def run(self, sql, *parameters):
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)
                left[0] -= 1
                return execute(self, sql, *parameters)

            return run

        try:
            for kind in (_SQLiteTransaction, _PostgresTransaction):
                kind.execute = die_in_time(kind.execute)
            open_state().app_users(TENANT, APP)
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_version_that_is_not_a_number_is_refused(tmp_path):
    """Somebody edited it."""
    path = tmp_path / "state.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE state_version (version TEXT)")
        connection.execute("INSERT INTO state_version VALUES ('new')")
    with pytest.raises(StateError, match="of version new"):
        SQLiteState(path).app_users(TENANT, APP)


@pytest.mark.parametrize("kind", ["postgres"], indirect=True)
def test_a_state_is_brought_up_to_date_while_others_write(open_state, newer):
    """Workers of the older version go on with what they have open, and none of them notices."""
    older = remembering(open_state())
    wrong, stop = [], threading.Event()

    def write():
        try:
            while not stop.is_set():
                lease = older.acquire("fabrikam")
                older.renew(lease)
                older.release(lease)
        except StateError as error:
            wrong.append(error)

    writing = threading.Thread(target=write)
    writing.start()
    newer()
    assert set(open_state().app_users(TENANT, APP)) == {ANN}
    stop.set()
    writing.join()
    assert wrong == []
    assert found(older, "SELECT version FROM state_version") == [(len(schema.VERSIONS),)]
