"""Real processes that die, sleep through their lease, or lose their database: the next one goes on.

In the end the tenant and the memory are those of days on which nothing happened. How often: ``CHAOS=100``, and ten
times in CI. Elsewhere it takes too long for every day.
"""

import itertools
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from amount import times
from applier import APP, LEASE_SECONDS, NAMES, opened
from attrs import evolve
from organisation import DOMAIN
from postgres_server import postgres_server, programs

from o365prov import Plan
from o365prov.testing import FakeTenant, Server

TIMES = times(0)
pytestmark = pytest.mark.skipif(not TIMES, reason="takes a minute: CHAOS=1, nox -s chaos, or CI")
APPLIER = Path(__file__).with_name("applier.py")
SUPPORT = Path(__file__).parents[1] / "support"
DAYS = ("joins", "leaves")
DAY = datetime(2026, 1, 1, tzinfo=UTC)
SLOWLY = 0.03


class SlowTenant(FakeTenant):
    """A tenant that takes some time, so that there is a middle in which to die."""

    def handle(self, *request):
        """Answer after a while."""
        time.sleep(SLOWLY)
        return super().handle(*request)


class Scene:
    """A tenant, a state and a folder for the plans; processes come and go."""

    def __init__(self, fake, url, where, folder):
        self.fake = fake
        self.url = url
        self.where = where
        self.folder = folder
        self.processes = []

    def start(self, day):
        """Start the day, and wait until writing begins or the process ends."""
        environment = {**os.environ, "PYTHONPATH": str(SUPPORT)}
        arguments = [sys.executable, str(APPLIER), self.url, self.where, str(self.folder), day]
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - ours
        self.processes.append(process)
        process.said = process.stdout.readline()
        return process

    def close(self):
        """End what still runs, where a test failed."""
        for process in self.processes:
            process.kill()
            process.wait()
            process.stdout.close()

    def finish(self, day):
        """Let the day end; its exit code and last words."""
        process = self.start(day)
        words = process.said + process.communicate(timeout=60)[0]
        return process.returncode, words

    def result(self):
        """The tenant and the memory, without ids and instants."""
        names = {user["id"]: user["userPrincipalName"] for user in self.fake.users}
        tenant = {
            names[user["id"]]: plain({name: value for name, value in user.items() if name != "id"}, names)
            for user in self.fake.users
        }
        tenant_id = Plan.load(self.folder / "joins.json").tenant_id
        with opened(self.where) as state:
            memory = {user.person_id: without_ids(user, names) for user in state.app_users(tenant_id, APP.name)}
            assert state.lease_holder(tenant_id) is None
        return tenant, memory


def plain(value, names):
    """A value with names in place of ids, and without instants."""
    if isinstance(value, dict):
        return {key: plain(each, names) for key, each in value.items() if not key.endswith("DateTime")}
    if isinstance(value, list):
        return [plain(each, names) for each in value]
    return names.get(value, value) if isinstance(value, str) else value


def without_ids(user, names):
    """What is remembered, with names in place of ids, and without instants."""
    departure = user.departure and evolve(user.departure, at=DAY)
    known = {"object_id": names[user.object_id], "manager_id": names.get(user.manager_id)}
    return evolve(user, departure=departure, password_instant=None, **known)


@contextmanager
def scene(where, folder):
    """A tenant on loopback, and a place for the state."""
    folder.mkdir()
    fake = SlowTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": len(NAMES)}, seed=1)
    with Server(fake) as server:
        world = Scene(fake, server.url, where, folder)
        try:
            yield world
        finally:
            world.close()


@pytest.fixture(scope="module")
def server():
    """A real PostgreSQL server."""
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed")
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="module")
def places(tmp_path_factory, request):
    """New places for states, of one kind."""
    numbers = itertools.count()
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("states")
        return lambda: str(folder / f"corp{next(numbers)}.db")
    address = request.getfixturevalue("server")
    return lambda: f"{address}#{uuid.uuid4().hex}"


KINDS = pytest.mark.parametrize("places", ["sqlite", "postgres"], indirect=True, scope="module")


@pytest.fixture(scope="module")
def peaceful(places, tmp_path_factory):
    """Both days without any fault: what tenant and memory are after each, and how many seconds writing took."""
    ends, seconds = {}, {}
    with scene(places(), tmp_path_factory.mktemp("days") / "peaceful") as quiet:
        for day in DAYS:
            process = quiet.start(day)
            began = time.monotonic()
            words = process.said + process.communicate(timeout=60)[0]
            assert process.returncode == 0, words
            seconds[day] = time.monotonic() - began
            ends[day] = quiet.result()
    assert len(ends["joins"][0]) == len(ends["joins"][1]) == len(NAMES)
    return ends, seconds


@KINDS
def test_whoever_is_killed_has_a_successor(places, peaceful, tmp_path):
    """At any moment of any day, again and again: in the end it is as if nothing had happened."""
    ends, seconds = peaceful
    chance, kills, rounds = random.Random(1), 0, 0  # noqa: S311 - guards nothing
    while kills < TIMES:
        rounds += 1
        with scene(places(), tmp_path / f"round {rounds}") as world:
            for day in DAYS:
                process = world.start(day)
                while process.poll() is None and kills < TIMES:
                    time.sleep(chance.uniform(0, seconds[day]))
                    if process.poll() is None:
                        process.kill()
                        process.communicate()
                        kills += 1
                        process = world.start(day)
                words = process.said + process.communicate(timeout=60)[0]
                assert process.returncode == 0, words
                assert world.result() == ends[day], f"round {rounds}, {day}"


@KINDS
def test_whoever_sleeps_through_the_lease_begins_nothing_more(places, peaceful, tmp_path):
    """Another process has ended the day when the sleeper wakes up."""
    ends, seconds = peaceful
    chance = random.Random(2)  # noqa: S311 - guards nothing
    for number in range((TIMES + 1) // 2):
        with scene(places(), tmp_path / f"zombie {number}") as world:
            for day in DAYS:
                sleeper = world.start(day)
                time.sleep(chance.uniform(0, seconds[day]))
                sleeper.send_signal(signal.SIGSTOP)
                try:
                    time.sleep(LEASE_SECONDS + 0.2)
                    code, words = world.finish(day)
                finally:
                    sleeper.send_signal(signal.SIGCONT)
                if "locked" in words:  # the sleeper fell asleep in the middle of a transaction
                    code, words = world.finish(day)
                assert code == 0, words
                words = sleeper.said + sleeper.communicate(timeout=60)[0]
                assert sleeper.returncode in {0, 3}, words
                assert world.result() == ends[day], f"sleeper {number}, {day}: {words}"


@pytest.mark.parametrize("places", ["postgres"], indirect=True, scope="module")
def test_a_server_that_dies_stops_the_apply_and_not_the_day(places, peaceful, tmp_path, server):
    """The report says that the state can't be written; once the server is back the day goes on."""
    ends, seconds = peaceful
    chance = random.Random(3)  # noqa: S311 - guards nothing
    with scene(places(), tmp_path / "server") as world:
        for day in DAYS:
            process = world.start(day)
            time.sleep(chance.uniform(0, seconds[day] / 2))
            server.crash()
            words = process.said + process.communicate(timeout=60)[0]
            assert process.returncode in {0, 3, 4}, words
            server.start()
            code, words = world.finish(day)
            assert code == 0, words
            assert world.result() == ends[day]
