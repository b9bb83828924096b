"""Real processes that are killed while they push groups: the next one leaves what a day without kills leaves.

How often: ``CHAOS=100``, and ten times in CI. Elsewhere it takes too long for every day.
"""

import json
import os
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from amount import times
from applier import opened
from group_applier import PEOPLE, PUSH

from o365prov.testing import FakeTenant, Server

TIMES = times(0)
pytestmark = pytest.mark.skipif(not TIMES, reason="takes a minute: CHAOS=1, nox -s chaos, or CI")
APPLIER = Path(__file__).with_name("group_applier.py")
SUPPORT = Path(__file__).parents[1] / "support"
DAYS = ("joins", "leaves")


class _Slowly(FakeTenant):
    """A tenant that takes some time, so that there is a middle in which to die."""

    def handle(self, *request):
        """Answer after a while."""
        time.sleep(0.03)
        return super().handle(*request)


class Pushing:
    """A tenant with its people, and a state; processes come and go."""

    def __init__(self, fake, url, where):
        self.fake = fake
        self.url = url
        self.where = where
        self.processes = []

    def start(self, day):
        """Start the day, and wait until writing begins or the process ends."""
        command = [sys.executable, str(APPLIER), self.url, self.where, day]
        environment = {**os.environ, "PYTHONPATH": str(SUPPORT)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)  # noqa: S603 - ours
        self.processes.append(process)
        process.said = process.stdout.readline()
        return process

    def finish(self, process):
        """Let the day end well."""
        words = process.said + process.communicate(timeout=60)[0]
        assert process.returncode == 0, words

    def result(self):
        """The groups and what is remembered of them, by names."""
        names = {user["id"]: user["userPrincipalName"].partition("@")[0] for user in self.fake.users}
        groups = {each["displayName"]: sorted(names[key] for key in each["members"]) for each in self.fake.groups}
        ids = {each["id"]: each["displayName"] for each in self.fake.groups}
        with opened(self.where) as state:
            memory = {
                each.group_id: (
                    ids[each.object_id],
                    each.name,
                    each.created,
                    sorted(names[key] for key in each.members),
                )
                for each in state.app_groups(self.tenant_id, PUSH.app_name)
            }
        return groups, memory

    @property
    def tenant_id(self):
        """The tenant's id, as it says itself."""
        address = "https://graph.microsoft.com/v1.0/organization"
        answer = self.fake.handle("GET", address, {"Authorization": "Bearer stand-in"}, b"")[2]
        return json.loads(answer)["value"][0]["id"]


@contextmanager
def pushing(folder):
    """A tenant on loopback with everybody's accounts, and a file for the state."""
    folder.mkdir()
    fake = _Slowly(domains={"corp.example": "Federated"}, seed=1)
    for name in PEOPLE:
        fake.add_user(f"{name}@corp.example")
    with Server(fake) as server:
        world = Pushing(fake, server.url, str(folder / "corp.db"))
        try:
            yield world
        finally:
            for process in world.processes:
                process.kill()
                process.wait()
                process.stdout.close()


def test_whoever_is_killed_while_pushing_has_a_successor(tmp_path):
    """At any moment of any day, again and again: nobody is added twice, left out or forgotten."""
    ends, seconds = {}, {}
    with pushing(tmp_path / "peaceful") as quiet:
        for day in DAYS:
            process = quiet.start(day)
            began = time.monotonic()
            quiet.finish(process)
            seconds[day] = time.monotonic() - began
            ends[day] = quiet.result()
    assert sorted(ends["joins"][0]) == ["Everybody", "Project", "Sales", "Team"]
    assert sorted(ends["leaves"][0]) == ["All", "Sales", "Team"]
    assert [len(memory) for _, memory in ends.values()] == [4, 3]

    chance, kills, rounds = random.Random(1), 0, 0  # noqa: S311 - guards nothing
    while kills < TIMES:
        rounds += 1
        with pushing(tmp_path / f"round {rounds}") as world:
            for day in DAYS:
                process = world.start(day)
                while process.poll() is None and kills < TIMES:
                    time.sleep(chance.uniform(0, seconds[day]))
                    if process.poll() is None:
                        process.kill()
                        process.communicate()
                        kills += 1
                        process = world.start(day)
                world.finish(process)
                assert world.result() == ends[day], f"round {rounds}, {day}"
