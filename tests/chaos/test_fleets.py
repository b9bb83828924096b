"""A fleet whose workers are killed and put to sleep, and whose database dies: everybody is provisioned, once.

In the end each tenant has its people, the state remembers each of them, and nothing failed. How much: ``CHAOS=100`` is
2,000 tenants of 50 people with 200 kills and 200 sleepers. CI has 40 tenants with 20 of each, so that all of CI stays
under 20 minutes. Elsewhere it takes too long for every day; ``python fleet_night.py TENANTS PEOPLE [LARGEST]``
measures a night without trouble.
"""

import os
import random
import signal
import time
from contextlib import suppress

import pytest
from amount import times
from fleet_night import LEASE_SECONDS, night
from postgres_server import postgres_server, programs

TIMES = times(0)
pytestmark = [
    pytest.mark.skipif(not TIMES, reason="takes minutes: CHAOS=1, nox -s chaos, or CI"),
    pytest.mark.skipif(programs() is None, reason="PostgreSQL's server is not installed"),
]
TENANTS = 20 * TIMES if "CHAOS" in os.environ else 40
PEOPLE = 50
LONGEST = 60 + 10 * TENANTS
"""So many seconds a night with trouble may take: machines are busy, and whoever starts again takes some seconds."""


@pytest.fixture
def database():
    """A PostgreSQL server of its own, which can crash."""
    with postgres_server() as address:
        yield address


class Trouble:
    """Kills a worker or puts one to sleep, in turn, as long as there is trouble left."""

    def __init__(self, made, kills, sleeps):
        self.made = made
        self.left = {"kill": kills, "sleep": sleeps}
        self.chance = random.Random(7)  # noqa: S311 - guards nothing
        self.sleeping = {}

    def __call__(self):
        """Something happens to a worker that has had time to begin."""
        now = time.monotonic()
        for worker, until in list(self.sleeping.items()):
            if now > until:
                worker.send_signal(signal.SIGCONT)
                del self.sleeping[worker]
        awake = [each for each in self.made.workers if each not in self.sleeping]
        kinds = [kind for kind, left in self.left.items() if left > 0]
        if not kinds or not awake or self.chance.random() > 0.2:
            return
        kind, worker = self.chance.choice(kinds), self.chance.choice(awake)
        self.left[kind] -= 1
        if kind == "kill":
            worker.kill()
        else:
            worker.send_signal(signal.SIGSTOP)
            self.sleeping[worker] = now + LEASE_SECONDS + self.chance.uniform(1, 4)

    def end(self):
        """Nobody sleeps any more."""
        for worker in self.sleeping:
            with suppress(ProcessLookupError):
                worker.send_signal(signal.SIGCONT)


def test_whoever_is_killed_or_sleeps_has_successors_and_nothing_is_doubled(database):
    """Leases decide who writes; what a worker had begun is looked at, and what it had done is not done again."""
    with night(database, TENANTS, PEOPLE) as made:
        trouble = Trouble(made, 2 * TIMES, 2 * TIMES)
        report = made.go_on(LONGEST, trouble)
        trouble.end()
        assert report.stages == {"verified": TENANTS}, report.to_text()
        assert {each.tenant: each.failed for each in report.rounds if each.failed} == {}
        expected = made.expected()
        assert made.accounts() == expected  # a tenant refuses a second account of one name: that would have failed
        assert made.remembered() == expected


def test_a_database_that_dies_in_the_middle_holds_everything_up_and_loses_nothing(database):
    """Workers end, are started again, and go on where they were."""
    count = max(TENANTS // 10, 4)
    with night(database, count, PEOPLE) as made:
        crashed = False

        def crash():
            nonlocal crashed
            if not crashed and made.report().stages.get("verified", 0) >= count // 4:
                crashed = True
                database.crash()
                database.start()

        report = made.go_on(LONGEST, crash)
        assert crashed
        assert report.stages == {"verified": count}, report.to_text()
        assert made.accounts() == made.remembered() == made.expected()
