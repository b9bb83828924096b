"""Computers that lose power, and disks that fail: what was noted stays noted, and simulations of it keep every law.

How often: ten times ``CHAOS``, otherwise a hundred times in CI and twenty times elsewhere; of simulations a fifth.
"""

import itertools
import random
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import contextmanager

import pytest
from amount import times
from attrs import evolve, field, frozen
from disk import SECTOR, Disk, StoredFile, Truncate, Write
from disk_storage import NAME, DiskStorage, reopened
from hypothesis import given
from hypothesis import strategies as st

from o365prov import Plan, SQLiteState, StateError
from o365prov.people import AppUser
from o365prov.planning import LinkUser, Subject
from o365prov.simulation.machinery.virtual_time import START as NOW
from o365prov.simulation.organizations import draw_setting
from o365prov.simulation.schedule.drawing import Trouble, draw_schedule
from o365prov.simulation.simulate import run_schedule
from o365prov.state import RunEntry, RunStep

TIMES = times(1)
SEEDS = pytest.mark.parametrize("seed", range(10 * TIMES))
TENANT, APP = "contoso", "Office 365"
NEVER = 1_000_000

CHANGES = st.one_of(
    st.builds(Write, st.integers(0, 3 * SECTOR), st.binary(min_size=1, max_size=2 * SECTOR)),
    st.builds(Truncate, st.integers(0, 3 * SECTOR)),
)


def chance_of(seed):
    """The chance of a seed."""
    return random.Random(seed)  # noqa: S311 - guards nothing


def julian():
    """The instant by the clock of a computer: it stands still."""
    return 2_461_000.0


def stored(*changes):
    """A file to which this happened since it was synced."""
    return StoredFile(bytearray(), list(changes))


# the disk


@given(st.lists(CHANGES), st.lists(CHANGES), st.integers())
def test_what_was_synced_stays(before, after, seed):
    """What survives is, byte by byte, what was synced or what was written there since; beyond it anything may be."""
    file = stored(*before)
    file.sync()
    synced = bytes(file.synced)
    file.unsynced.extend(after)
    file.keep_some(chance_of(seed))
    certain = min([len(synced), *(each.size for each in after if isinstance(each, Truncate))])
    assert len(file.synced) >= certain
    for offset, byte in enumerate(file.synced[:certain]):
        written = {
            each.data[offset - each.offset]
            for each in after
            if isinstance(each, Write) and each.offset <= offset < each.offset + len(each.data)
        }
        assert byte in {synced[offset], *written}


def test_any_part_of_what_was_not_synced_survives():
    """All of it, nothing, or some sectors; and once in a while a part of one."""
    content, kept = b"\1" * (4 * SECTOR), set()
    for seed in range(200):
        file = StoredFile(bytearray(4 * SECTOR), [Write(0, content)])
        file.keep_some(chance_of(seed))
        kept.add(bytes(file.synced))
    sectors = {tuple(each[start] for start in range(0, 4 * SECTOR, SECTOR)) for each in kept}
    assert {bytes(4 * SECTOR), content} < kept
    assert len(sectors) == 16
    assert any(0 < each[:SECTOR].count(1) < SECTOR for each in kept)


def test_names_are_synced_as_well(tmp_path):
    """A new file may vanish, and a deleted one come back, until which files there are is synced."""
    found = set()
    for seed in range(30):
        disk = Disk(tmp_path, chance_of(seed))
        disk.opened("old")
        disk.sync_names()
        disk.deleted("old")
        disk.opened("new")
        if seed % 3 == 0:
            disk.sync_names()
        disk.lose_power()
        disk.start()
        found.add((seed % 3 == 0, *sorted(each.name for each in tmp_path.iterdir())))
        disk.close()
    assert found == {(True, "new"), (False,), (False, "old"), (False, "new"), (False, "new", "old")}


# a state on it


@frozen
class Seen:
    """What somebody finds who opens the state: who holds the lease, the memory, and of each run how far it came."""

    is_held: bool = False
    users: frozenset[AppUser] = frozenset()
    runs: Mapping[str, tuple[bool, Mapping[str, RunStep]]] = field(factory=dict)

    @classmethod
    def of(cls, state):
        """What is found in a state."""
        users = frozenset(state.app_users(TENANT, APP))
        runs = {
            run.plan_id: (run.ended_at is not None, {each.key: each.step for each in state.entries(run.plan_id)})
            for run in state.runs(TENANT)
        }
        return cls(state.lease_holder(TENANT) is not None, users, runs)


@frozen
class Failure:
    """How a disk fails, and what the state says then."""

    error: Callable[[], Exception]
    message: str


FAILURES = {
    "sync": Failure(Disk.failing_sync, r"the disk can't be read or written.*\(SQLITE_IOERR_FSYNC\)"),
    "write": Failure(Disk.full, r"the disk is full.*\(SQLITE_FULL\)"),
}


class PowerLost(BaseException):
    """The computer has no power: no program goes on."""


class Computer:
    """A computer with a state on its disk.

    What is sure to be noted is *seen*; while something is noted, *coming* is what will then be seen.
    """

    def __init__(self, folder, chance):
        self.chance = chance
        self.folder = folder / "disk"
        self.folder.mkdir()
        self.disk = Disk(self.folder, chance, self._before)
        self.seen = self.coming = Seen()
        self.left = NEVER
        self.fails = None
        self.days = itertools.count()
        self.connections = []
        self.state = self.opened()

    def opened(self):
        """The state, as a program opens it."""
        return SQLiteState(self.folder / NAME, connect=self._connected)

    def _connected(self, target):
        self.connections.append(self.disk.connect(target, julian))
        return self.connections[-1]

    def _before(self, what, _name):
        self.left -= 1
        if self.fails is None and self.left == 0:
            self.disk.lose_power()
        if self.fails is None and self.left <= 0:
            raise PowerLost
        if self.fails == what and self.left <= 0:
            self.left = self.chance.randrange(1, 40)  # the program is not told where it fails while the log is moved
            raise FAILURES[what].error()

    @contextmanager
    def noting(self, **changes):
        """Something is noted, which changes what is seen."""
        self.coming = evolve(self.seen, **changes)
        yield
        self.seen = self.coming

    def run(self, plan_id, *, ended=False, **steps):
        """The runs, with this one."""
        return {**self.seen.runs, plan_id: (ended, {**self.seen.runs.get(plan_id, (0, {}))[1], **steps})}

    def day(self):
        """Apply a plan that links an account."""
        number, state = next(self.days), self.state
        user = AppUser(f"00u{number}", f"id-{number}", f"user{number}@corp.example")
        change = LinkUser(Subject(user.person_id, "Ann", user.username), "same name", user.object_id, "print")
        key = f"link_user:{user.person_id}"
        message = "x" * self.chance.choice((0, 0, 9000))
        if self.seen.is_held:
            with self.noting(is_held=False):
                state.unlock(TENANT)
        plan = Plan(TENANT, NOW, [change], app_users=state.app_users(TENANT, APP))
        with self.noting(is_held=True):
            lease = state.acquire(TENANT)
        with self.noting(runs=self.run(plan.id)):
            run = state.begin_run(lease, plan)
        with self.noting(runs=self.run(plan.id, **{key: RunStep.STARTED})):
            state.note(lease, run, [RunEntry(key, RunStep.STARTED, user.person_id)])
        with self.noting(runs=self.run(plan.id, **{key: RunStep.DONE}), users=self.seen.users | {user}):
            state.note(lease, run, [RunEntry(key, RunStep.DONE, user.person_id, message=message)], [user])
        with self.noting(runs=self.run(plan.id, ended=True)):
            state.end_run(lease, run)
        with self.noting(is_held=False):
            state.release(lease)

    def work(self):
        """Apply plan after plan; programs end and others begin."""
        while True:
            self.day()
            if self.chance.random() < 0.3:
                self.end_program(kindly=self.chance.random() < 0.5)

    def check(self):
        """What was noted is there, for the standard library and for whoever goes on; what was begun may be."""
        with reopened(self.folder, julian) as state:
            seen = Seen.of(state)
        assert seen in (self.seen, self.coming)
        assert Seen.of(self.state) == seen
        self.seen = self.coming = seen

    def settle(self):
        """See whether what failed to be noted is there; until something else is noted, the power still decides."""
        seen = Seen.of(self.state)
        if seen != self.seen:
            self.seen, self.coming = self.coming, self.seen
        assert seen == self.seen

    def lose_power(self):
        """Lose power, if that did not happen yet, and start again."""
        self.left, self.fails = NEVER, None
        if self.disk.is_on:
            self.disk.lose_power()
        self.disk.start()
        self.state = self.opened()

    def end_program(self, *, kindly):
        """End the program, which closes its state or is killed; another one begins."""
        if kindly:
            self.state.close()
        else:
            self.disk.vanish(self.connections)
        self.connections.clear()
        self.state = self.opened()


@pytest.fixture
def computer(tmp_path, seed):
    """A computer whose chance is the test's seed."""
    made = Computer(tmp_path, chance_of(seed))
    yield made
    made.disk.close()


@SEEDS
def test_what_was_noted_outlives_a_loss_of_power(computer, seed):
    """Wherever it comes: amid the first transaction, a note, a move of the log, or the recovery from the last loss."""
    for _ in range(4):
        computer.left = computer.chance.randrange(1, 200)
        with pytest.raises(PowerLost):
            computer.work()
        computer.lose_power()
        computer.check()


@SEEDS
@pytest.mark.parametrize("what", FAILURES)
def test_a_disk_that_fails_loses_nothing(computer, seed, what):
    """The program is told; whoever goes on finds what was noted, also after a loss of power later on."""
    for _ in range(3):
        computer.fails, computer.left = what, computer.chance.randrange(1, 100)
        with pytest.raises(StateError, match=FAILURES[what].message):
            computer.work()
        computer.fails, computer.left = None, NEVER
        if computer.chance.random() < 0.7:
            computer.end_program(kindly=computer.chance.random() < 0.5)
        computer.settle()
        for _ in range(computer.chance.randrange(3)):
            computer.day()
        computer.lose_power()
        computer.check()


@SEEDS
@pytest.mark.parametrize("notes", [0, 1], ids=["nothing more", "more"])
def test_a_log_that_was_not_synced_is_not_built_on(computer, seed, notes):
    """A sync fails and the program is killed: its successor sees what the disk does not have, and loses nothing."""
    for _ in range(computer.chance.randrange(1, 3)):
        computer.day()
    computer.fails, computer.left = "sync", computer.chance.randrange(1, 120)
    with pytest.raises(StateError, match=FAILURES["sync"].message):
        computer.work()
    computer.fails, computer.left = None, NEVER
    computer.end_program(kindly=False)
    computer.settle()
    for _ in range(notes):
        computer.day()
    computer.lose_power()
    computer.check()


@pytest.mark.parametrize("seed", [1])
def test_without_syncing_notes_are_lost(computer, seed):
    """A disk on which nothing could be lost would prove nothing: notes are missing, or the file can't be read."""
    execute = computer.disk.connect
    computer.state._database._connect = lambda target: Careless(execute(target))
    for _ in range(5):
        computer.day()
    computer.lose_power()
    with pytest.raises((AssertionError, sqlite3.DatabaseError)):
        computer.check()


class Careless:
    """A connection that syncs nothing."""

    def __init__(self, connection):
        self._connection = connection

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def execute(self, sql, parameters=()):
        """Execute a statement."""
        return self._connection.execute(sql.replace("synchronous = FULL", "synchronous = OFF"), parameters)


# simulations


@pytest.mark.parametrize("seed", range(2 * TIMES))
def test_simulations_on_a_disk_keep_every_law(tmp_path, seed):
    """Six people and four days, on a computer that loses power, and whose disk runs full or fails to sync."""
    made = []

    def storage():
        made.append(DiskStorage(tmp_path / str(len(made)), chance_of(seed)))
        return made[-1]

    schedule = draw_schedule(seed, people=6, days=4, trouble=Trouble(), on_disk=True)
    try:
        assert run_schedule(draw_setting(seed, people=6, storage=storage), schedule, seed).violations == ()
    finally:
        for each in made:
            each.close()
