"""A state in a file: what the file is, and what becomes of it when processes die, disks lie and people edit."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from amount import some
from attrs import evolve

from o365prov import AppUsers, ConfigurationError, MemoryState, O365ProvError, SQLiteState, StateError, UsageError
from o365prov.people import AppUser
from o365prov.planning import LinkUser, Plan, Subject
from o365prov.state import RunEntry, RunStep
from o365prov.state.sqlite_database import network_share

TENANT, APP = "contoso", "Office 365"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
USERS = [AppUser(f"00u{each}", f"id-{each}", f"user{each}@corp.example") for each in range(40)]
WRITER = """
import sys
from o365prov import AppUsers, SQLiteState
from o365prov.people import AppUser
state = SQLiteState(sys.argv[1])
for number in range(1000):
    users = [AppUser(f"00u{each}", f"id-{number}", "ann@corp.example") for each in range(40)]
    state.import_app_users(AppUsers("contoso", "Office 365", users), replace=True)
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path):
    """Where the state is."""
    return tmp_path / "state.db"


def saved(path, **settings):
    """A file with a memory; the connection is closed, so all of it is in one file."""
    with SQLiteState(path, **settings) as state:
        state.import_app_users(AppUsers(TENANT, APP, USERS, "plan-1", 1))
    return path


def test_the_files_are_the_owners_alone(path):
    """Those that appear beside it too."""
    state = SQLiteState(path)
    state.app_users(TENANT, APP)
    state.import_app_users(AppUsers(TENANT, APP, USERS))
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("moment", some(range(8), 4))
def test_a_process_may_die_at_any_moment(path, moment):
    """Whoever opens the file next finds all of one memory: also where the first transaction was not over."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:  # noqa: S603 - this Python
        if moment < 4:
            while not path.exists():
                time.sleep(0.001)
            time.sleep(moment * 0.004)
        else:
            for _ in range(moment):
                writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
    known = SQLiteState(path).app_users(TENANT, APP)
    assert len({user.object_id for user in known}) <= 1
    assert len(known) in (0, 40)
    SQLiteState(path).import_app_users(AppUsers(TENANT, APP, USERS), replace=True)
    assert set(SQLiteState(path).app_users(TENANT, APP)) == set(USERS)


def test_processes_wait_for_each_other(path):
    """Nothing that either of them noted is lost or mixed."""
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]  # noqa: S603 - this Python
    for writer in writers:
        assert writer.stdout.readline()
    for writer in writers:
        writer.kill()
        writer.communicate()
    assert len(SQLiteState(path).app_users(TENANT, APP)) == 40


def test_damage_is_seen(path, tmp_path):
    """A file in which some bytes differ gives one clear error, or exactly what was written."""
    original, chance = saved(path).read_bytes(), Random(1)  # noqa: S311 - an order of damages
    for number in range(300):
        content = bytearray(original)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        damaged = tmp_path / f"damaged-{number}.db"
        damaged.write_bytes(content[: chance.choice([len(content), len(content), chance.randrange(len(content))])])
        state = SQLiteState(damaged)
        try:
            known = state.app_users(TENANT, APP)
        except StateError as error:
            assert str(damaged) in str(error)  # noqa: PT017 - damage that is not seen is judged as well
            assert "correct it at the source" not in str(error)  # noqa: PT017 - what was kept is not
        else:
            assert set(known) in (set(USERS), set())
            assert known.lineage == ("plan-1" if known else "")
        finally:
            state.close()


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE app_user SET object_id = 'id-other' WHERE person_id = '00u3'",
        "UPDATE app_user SET person_id = '00u99' WHERE person_id = '00u3'",
        "UPDATE app_user SET username = 5 WHERE person_id = '00u3'",
        "UPDATE app_user SET given = x'00' WHERE person_id = '00u3'",
        "DELETE FROM app_user WHERE person_id = '00u3'",
        "UPDATE memory SET lineage = 'another'",
        "UPDATE tenant SET oldest = oldest + 1",
        "UPDATE tenant SET unknown = 0",
        "UPDATE tenant SET noted = noted - 1",
    ],
)
def test_what_was_edited_is_refused(path, edit):
    """Each row has a digest, and the memory one over all of them."""
    with sqlite3.connect(saved(path)) as connection:
        connection.execute(edit)
    with pytest.raises(StateError, match="does not fit its digest"):
        SQLiteState(path).app_users(TENANT, APP)


@pytest.mark.parametrize(
    "change", ["DELETE FROM tenant", "DELETE FROM run", "DELETE FROM note", "UPDATE run SET noted = noted - 1"]
)
def test_rows_that_are_lost_are_missed(path, change):
    """Numbers of runs have no gaps, each run and memory knows how much belongs to it, and no run can be hidden."""
    state = SQLiteState(path)
    subject = Subject("00u1", "Ann", "ann@corp.example")
    old = Plan(TENANT, NOW, [LinkUser(subject, "same name", "id-1", "print")], app_users=state.app_users(TENANT, APP))
    lease = state.acquire(TENANT)
    run = state.begin_run(lease, old)
    state.note(lease, run, [RunEntry("link_user:00u1", RunStep.DONE, "00u1", "id-1")], USERS)
    state.close()
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    with pytest.raises(StateError, match="does not fit its digest"):
        SQLiteState(path).check_plan(evolve(old, made_at=NOW + timedelta(1)))


def test_with_a_key_nobody_else_writes(path):
    """Whoever knows how digests are made and not the key writes rows that are refused."""
    saved(path, key=b"0123456789abcdef")
    with pytest.raises(StateError, match="another key"):
        SQLiteState(path).app_users(TENANT, APP)
    assert len(SQLiteState(path, key=b"0123456789abcdef").app_users(TENANT, APP)) == 40


def test_a_key_is_shown_nowhere(path):
    """Neither by the state nor by what it raises."""
    state = SQLiteState(saved(path), key=b"0123456789abcdef")
    with pytest.raises(StateError) as raised:
        state.app_users(TENANT, APP)
    assert "0123456789abcdef" not in f"{state!r} {vars(state)} {raised.value!r}"


def test_a_newer_state_is_refused(path):
    """Its tables may mean something else."""
    with sqlite3.connect(saved(path)) as connection:
        connection.execute("UPDATE state_version SET version = 99")
    with pytest.raises(StateError, match="version 99"):
        SQLiteState(path).app_users(TENANT, APP)


def test_another_programs_database_is_refused(path):
    """Nothing is written into it."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (id)")
    with pytest.raises(StateError, match="another program's"):
        SQLiteState(path).app_users(TENANT, APP)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0", b"people,of,this,house\n" * 100])
def test_a_file_that_is_not_a_state(path, content):
    """An empty one becomes a state; anything else is left alone."""
    path.write_bytes(content)
    if content:
        with pytest.raises(StateError, match=str(path)):
            SQLiteState(path).app_users(TENANT, APP)
        assert path.read_bytes() == content
    else:
        assert len(SQLiteState(path).app_users(TENANT, APP)) == 0


@pytest.mark.parametrize("place", ["missing/state.db", "."])
def test_a_place_that_can_not_be_written(tmp_path, place):
    """A folder that is missing, and a folder."""
    with pytest.raises(StateError, match="can't be opened"):
        SQLiteState(tmp_path / place).app_users(TENANT, APP)


def test_a_full_disk_loses_nothing(path):
    """What can't be noted is refused, and what was noted stays."""
    state = SQLiteState(saved(path))
    state.app_users(TENANT, APP)
    state._database._own._connection.execute("PRAGMA max_page_count = 30")
    many = [AppUser(f"00u{each}", "id" * 100, "ann@corp.example") for each in range(3000)]
    with pytest.raises(StateError, match="the disk is full"):
        state.import_app_users(AppUsers(TENANT, APP, many), replace=True)
    assert set(SQLiteState(path).app_users(TENANT, APP)) == set(USERS)


def test_a_locked_file_is_said(path, monkeypatch):
    """After a while; the other process is not disturbed."""
    monkeypatch.setattr("o365prov.state.sqlite_database.BUSY_SECONDS", 0.05)
    saved(path)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError, match="another process has locked it"):
            SQLiteState(path).acquire(TENANT)


def test_a_value_that_can_not_be_kept_is_said(path):
    """Half a character; nothing of the transaction stays."""
    broken = AppUser("00u1", "id", "ann\ud800@corp.example")
    with pytest.raises(StateError, match="can't keep a value"):
        SQLiteState(path).import_app_users(AppUsers(TENANT, APP, [USERS[2], broken]))
    assert len(SQLiteState(path).app_users(TENANT, APP)) == 0


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("server:/x {folder} nfs4 rw 0 0\n", "nfs4"),
        ("/dev/sda1 / ext4 rw 0 0\n//server/x {folder} cifs rw 0 0\n", "cifs"),
        ("server:/x / nfs4 rw 0 0\n/dev/sda1 {folder} ext4 rw 0 0\n", ""),
        ("server:/x {folder}x nfs4 rw 0 0\n", ""),
        ("nonsense\n", ""),
    ],
)
def test_a_network_share_is_seen(tmp_path, mounts, kind):
    """The longest mount point that leads to the file says."""
    table = tmp_path / "mounts"
    folder = tmp_path / "data"
    folder.mkdir()
    table.write_text(mounts.format(folder=os.path.realpath(folder)))
    assert network_share(folder / "state.db", table) == kind


def test_a_network_share_is_refused(path, monkeypatch):
    """SQLite's locks don't hold there."""
    monkeypatch.setattr("o365prov.state.sqlite_database.network_share", lambda _: "nfs4")
    with pytest.raises(StateError, match=r"network share \(nfs4\).*PostgresState"):
        SQLiteState(path).app_users(TENANT, APP)


@pytest.mark.parametrize("settings", [{"key": b"short"}, {"lease_seconds": 0}, {"lease_seconds": 3601}, {"key": 5}])
def test_wrong_settings_are_refused(path, settings):
    """When the state is made."""
    with pytest.raises(O365ProvError, match="SQLiteState"):
        SQLiteState(path, **settings)


def test_a_file_is_not_memory():
    """SQLite's own name for that would lose everything when the state is closed."""
    with pytest.raises(ConfigurationError, match=r"in memory is MemoryState\(\)"):
        SQLiteState(":memory:")


def test_a_relative_path_stays_the_same_file(path, tmp_path, monkeypatch):
    """Wherever the process goes, as services do that become daemons; before it is opened and afterwards."""
    monkeypatch.chdir(path.parent)
    state = SQLiteState(saved(path).name)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert set(state.app_users(TENANT, APP)) == set(USERS)
    monkeypatch.chdir(path.parent)
    assert set(state.app_users(TENANT, APP)) == set(USERS)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_relative_path_needs_a_folder(tmp_path, monkeypatch):
    """One that is gone has no files."""
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(StateError, match="name the file with all of its folders"):
        SQLiteState("state.db")


def test_a_copy_of_the_file_is_a_backup(path, tmp_path):
    """Once it is closed, one file is all of it."""
    shutil.copy(saved(path), tmp_path / "backup.db")
    assert set(SQLiteState(tmp_path / "backup.db").app_users(TENANT, APP)) == set(USERS)


def in_child(work):
    """The exit code of a forked process that does *work*."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the parent judges
            os._exit(3 if isinstance(error, UsageError) else 1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_opens_its_own_connection(path):
    """The parent's goes on."""
    state = SQLiteState(saved(path))
    state.app_users(TENANT, APP)
    inherited = state._database._own._connection

    def child():
        assert set(state.app_users(TENANT, APP)) == set(USERS)
        assert state._database._own._connection is not inherited
        state.acquire(TENANT)

    assert in_child(child) == 0
    assert state.lease_holder(TENANT) is not None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_what_a_forked_process_noted_stays_when_its_parent_closes(path):
    """The child has locks of its own, so the parent does not take the log from under it; then it is killed."""
    state = SQLiteState(saved(path))
    state.acquire("the parent's")
    (begun, begins), (closed, closes) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        state.acquire("the child's first")
        os.write(begins, b".")
        os.read(closed, 1)
        state.acquire("the child's second")
        os.kill(os.getpid(), signal.SIGKILL)
    os.read(begun, 1)
    state.close()
    os.write(closes, b".")
    os.waitpid(child, 0)
    for each in (begun, begins, closed, closes):
        os.close(each)
    with SQLiteState(path) as state:
        assert all(state.lease_holder(f"the {whose}") for whose in ("parent's", "child's first", "child's second"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Python 3.12: forking with threads
def test_a_process_may_fork_while_its_threads_use_the_state(path):
    """A child does not wait for a thread that it does not have; the threads go on."""
    state, over = SQLiteState(saved(path)), threading.Event()

    def use():
        count = 0
        while not over.is_set():
            assert len(state.app_users(TENANT, APP)) == len(USERS)
            count += 1
        return count

    def child():
        signal.alarm(5)
        state.release(state.acquire(TENANT))

    with ThreadPoolExecutor(3) as threads:
        used = [threads.submit(use) for _ in range(3)]
        try:
            assert [in_child(child) for _ in range(12)] == [0] * 12
        finally:
            over.set()
        assert all(each.result() for each in used)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_file_that_was_replaced_is_not_opened_after_a_fork(path):
    """Neither by the child nor by its parent, though both open it again."""
    state = SQLiteState(saved(path))
    state.app_users(TENANT, APP)
    path.rename(path.with_suffix(".old"))
    assert in_child(lambda: state.app_users(TENANT, APP)) == 1
    with pytest.raises(StateError, match="was moved"):
        state.app_users(TENANT, APP)
    assert not path.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_state_in_memory_is_not_shared_by_forking():
    """Two that go different ways would be worse than none."""
    state = MemoryState()
    state.app_users(TENANT, APP)
    assert in_child(lambda: state.app_users(TENANT, APP)) == 3


def test_instants_are_those_of_the_clock(path):
    """A lease shows since when it is held."""
    state = SQLiteState(path)
    state.acquire(TENANT)
    assert abs((state.lease_holder(TENANT).since - datetime.now(UTC)).total_seconds()) < 60
