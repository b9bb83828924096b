"""A state on a PostgreSQL server: the connection, its secrets, and a server that dies."""

import os
import uuid
from contextlib import ExitStack

import pytest
from postgres_server import postgres_server, programs

from o365prov import AppUsers, ConfigurationError, PostgresState, StateError
from o365prov.people import AppUser

TENANT, APP = "contoso", "Office 365"
ANN = AppUser("00u1", "id-1", "ann@corp.example")
SECRET = "hunter2hunter2"


@pytest.fixture
def schema():
    """A schema of this test."""
    return f"o365prov_{uuid.uuid4().hex[:8]}"


@pytest.fixture
def opens():
    """Opens states, and closes them in the end."""
    with ExitStack() as opened:
        yield lambda *args, **settings: opened.enter_context(PostgresState(*args, **settings))


def test_a_password_is_shown_nowhere():
    """Neither by the state, nor by what it raises."""
    state = PostgresState(f"postgresql://iam:{SECRET}@127.0.0.1:9/iam")
    with pytest.raises(StateError) as raised:
        state.app_users(TENANT, APP)
    assert raised.value.__cause__ is None
    assert SECRET not in f"{state!r} {state} {raised.value!r} {vars(state)}"


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://iam:{SECRET}@[bad",
        f"password={SECRET} nonsense",
        f"postgresql://iam:with@{SECRET}@db.corp.example/iam",
        f"postgresql://iam:with/{SECRET}@db.corp.example/iam",
        f"postgres://iam:with?and@{SECRET}@db.corp.example/iam",
        f"postgresql://iam:{SECRET}",
        f"postgresql://iam@db.corp.example\0{SECRET}",
    ],
)
def test_a_wrong_dsn_is_refused(dsn):
    """Without repeating it: a password with an @ would be taken for the name of a server, and be shown."""
    with pytest.raises(ConfigurationError, match=r"PostgresState\.dsn") as raised:
        PostgresState(dsn)
    assert SECRET not in repr(raised.value)


@pytest.mark.parametrize("dsn", ["postgresql://", "", f"postgresql://iam:a%40b%2F{SECRET}@db:5433/iam", "host=@here"])
def test_a_dsn_that_is_right_is_taken(dsn):
    """With nothing in it too, and with an @ in a password and before the name of a socket."""
    assert SECRET not in repr(PostgresState(dsn))


def test_a_server_is_named_with_its_port():
    """Two on one computer are two."""
    assert (
        repr(PostgresState("postgresql://db:5433/iam")) == "PostgresState('postgresql://db:5433/iam (schema o365prov)')"
    )


@pytest.mark.parametrize("host", ["db.corp.example", "10.0.0.7", "127.0.0.1,db.corp.example"])
def test_a_server_elsewhere_needs_encryption(host):
    """It is asked for by itself, and can't be switched off."""
    assert PostgresState(f"host={host} dbname=iam")._database._parameters["sslmode"] == "require"
    with pytest.raises(ConfigurationError, match="sslmode=prefer"):
        PostgresState(f"host={host} sslmode=prefer")
    assert PostgresState(f"host={host} sslmode=verify-full")._database._parameters["sslmode"] == "verify-full"


@pytest.mark.parametrize("host", ["localhost.corp.example", "127.corp.example", "::1.corp.example"])
def test_a_name_that_only_looks_like_this_computer(host):
    """Is another one."""
    assert PostgresState(f"host={host}")._database._parameters["sslmode"] == "require"


@pytest.mark.parametrize("dsn", ["host=127.0.0.1 hostaddr=10.0.0.7", "host=localhost,10.0.0.7", "host=/tmp,10.0.0.7"])
def test_the_address_that_is_used_counts(dsn):
    """Any of several; and hostaddr, where it is given."""
    assert PostgresState(dsn)._database._parameters["sslmode"] == "require"


@pytest.mark.parametrize("dsn", ["host=127.0.0.1", "host=::1", "host=localhost", "host=/tmp", "dbname=iam"])
def test_on_this_computer_nothing_is_asked_for(dsn, monkeypatch):
    """What stays here need not be encrypted."""
    monkeypatch.delenv("PGHOST", raising=False)
    assert "sslmode" not in PostgresState(dsn)._database._parameters


@pytest.mark.parametrize(("mode", "asked"), [("prefer", "require"), ("verify-full", None), (None, "require")])
def test_the_environment_is_looked_at(mode, asked, monkeypatch):
    """Where libpq takes the server and the encryption from; what is stricter stays."""
    monkeypatch.setenv("PGHOST", "db.corp.example")
    monkeypatch.delenv("PGSSLMODE", raising=False)
    if mode:
        monkeypatch.setenv("PGSSLMODE", mode)
    assert PostgresState("dbname=iam")._database._parameters.get("sslmode") == asked


def test_a_service_is_refused():
    """It would say elsewhere where the server is."""
    with pytest.raises(ConfigurationError, match="service"):
        PostgresState("service=iam")


@pytest.mark.parametrize("schema", ["", "x" * 64])
def test_a_schema_has_a_name(schema):
    """Of the length that PostgreSQL takes."""
    with pytest.raises(ConfigurationError, match=r"PostgresState\.schema"):
        PostgresState("dbname=iam", schema=schema)


def test_a_strange_schema_is_only_a_name(opens, server):
    """Whatever it holds, nothing else is run."""
    state = opens(server, schema='x"; DROP SCHEMA public; --')
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    assert set(opens(server, schema='x"; DROP SCHEMA public; --').app_users(TENANT, APP)) == {ANN}


def test_schemas_are_states_of_their_own(opens, server, schema):
    """One database may hold several."""
    opens(server, schema=schema).import_app_users(AppUsers(TENANT, APP, [ANN]))
    assert len(opens(server, schema=f"{schema}_2").app_users(TENANT, APP)) == 0


def test_a_forked_process_opens_its_own_connection(opens, server, schema):
    """The parent's is not closed by the child."""
    state = opens(server, schema=schema)
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    child = os.fork()
    if child == 0:
        os._exit(0 if set(state.app_users(TENANT, APP)) == {ANN} else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert set(state.app_users(TENANT, APP)) == {ANN}


@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
def test_a_server_that_is_gone_is_said(opens):
    """With what to do about it."""
    with postgres_server() as address:
        state = opens(address)
        state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    with pytest.raises(StateError, match="check the server"):
        state.app_users(TENANT, APP)


def test_a_server_that_falls_silent_is_gone(opens, server, schema, monkeypatch):
    """One that is frozen or unplugged never answers, and says so neither; the next transaction tries it again."""
    state = opens(server, schema=schema)
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))

    def wait():
        with state._database.transaction(writes=False) as transaction:
            transaction.rows("SELECT pg_sleep(5)")

    with monkeypatch.context() as patched:
        patched.setattr("o365prov.state.postgres_database.SILENT_SECONDS", 0.2)
        with pytest.raises(StateError, match=r"no answer for 0\.2 seconds: check the server"):
            wait()
    assert set(state.app_users(TENANT, APP)) == {ANN}


def test_a_server_that_takes_long_is_not(opens, server, schema, monkeypatch):
    """What comes from it meanwhile shows that it is there."""
    state = opens(server, schema=schema)
    monkeypatch.setattr("o365prov.state.postgres_database.SILENT_SECONDS", 0.7)
    with state._database.transaction() as transaction:
        rows = transaction.rows("SELECT pg_sleep(0.2), repeat('x', 100000) FROM generate_series(1, 5)")
    assert len(rows) == 5


def test_a_connection_that_was_lost_is_opened_again(opens, server, schema):
    """By the next transaction."""
    state, other = (opens(server, schema=schema) for _ in range(2))
    state.import_app_users(AppUsers(TENANT, APP, [ANN]))
    ids = other._database
    with ids.transaction() as transaction:
        transaction.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    assert set(state.app_users(TENANT, APP)) == {ANN}
