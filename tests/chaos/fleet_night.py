"""A night of the fleet of ``examples/fleet``, whose processes may be killed and paused: for tests, and to measure.

    python fleet_night.py TENANTS PEOPLE [LARGEST]

It prints how long the night took, of which processor time, the memory of all processes, and after how long the tenants
were verified, on average. With LARGEST one tenant in the middle has so many people, and does not count in the average.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import procrastinate
import psycopg

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "fleet"
sys.path[:0] = [str(EXAMPLE), str(ROOT / "tests" / "support")]

from customers import app, directory, people  # noqa: E402 - the example's
from postgres_server import PostgresServer, postgres_server  # noqa: E402

from o365prov.errors import StateError  # noqa: E402
from o365prov.fleet import FleetRecords, FleetReport  # noqa: E402
from o365prov.state import PostgresState  # noqa: E402

WORKERS = 2
LEASE_SECONDS = 4
COMMAND = ("-m", "procrastinate", "--app=jobs.app", "worker", "--concurrency=4", "--delete-jobs=successful")
SECONDS = 1 / os.sysconf("SC_CLK_TCK")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class Night:
    """A database, the server of the tenants, and two workers; another one takes the place of each that ends."""

    def __init__(self, database: PostgresServer, count: int, size: int, largest: int = 0) -> None:
        self.database = database
        self.tenants = directory(count)
        self.size = size
        self.sizes = {self.tenants[count // 2].name: largest} if largest else {}
        self.began = datetime.now(UTC)
        self.records = FleetRecords(str(database))
        command = [sys.executable, "server.py", str(count), str(max(size, largest))]
        self.server = subprocess.Popen(command, cwd=EXAMPLE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
        self.address = self.server.stdout.readline().strip()
        where = {"database": str(database), "tenants": self.address}
        tick = "*/5 * * * * *"
        settings = {**where, "count": count, "people": size, "lease_seconds": LEASE_SECONDS, "tick": tick}
        settings["sizes"] = self.sizes
        self.environment = {**os.environ, "FLEET": json.dumps(settings)}
        self.workers: list[subprocess.Popen] = []
        with procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=str(database))).open() as queue:
            queue.schema_manager.apply_schema()

    def tend(self) -> None:
        """Have two workers work, as systemd would."""
        self.workers = [each for each in self.workers if each.poll() is None]
        while len(self.workers) < WORKERS:
            worker = subprocess.Popen([sys.executable, *COMMAND], cwd=EXAMPLE, env=self.environment, **QUIET)  # noqa: S603 - ours
            self.workers.append(worker)

    def report(self) -> FleetReport:
        """How the tenants are now."""
        rounds = self.records.rounds([each.name for each in self.tenants])
        return FleetReport(datetime.now(UTC), tuple(rounds.values()), self.records.confirmations(only_open=True))

    def go_on(self, seconds: float, meanwhile: Callable[[], object] = lambda: None) -> FleetReport:
        """Work until all tenants are verified, at most so long; *meanwhile* is called again and again."""
        end = time.monotonic() + seconds
        while True:
            self.tend()
            try:
                report = self.report()
                for asked in report.waiting:
                    self.records.confirm(asked.tenant, asked.fingerprint, by="it@corp.example")
                if report.stages == {"verified": len(self.tenants)} or time.monotonic() > end:
                    return report
            except StateError:  # the database is away
                pass
            meanwhile()
            time.sleep(0.5)

    def expected(self) -> dict[str, list[str]]:
        """The usernames of everybody, by tenant."""
        return {
            name: sorted(each.person.profile["email"] for each in people(name, self.sizes.get(name, self.size)))
            for name in (tenant.name for tenant in self.tenants)
        }

    def turnaround(self, report: FleetReport) -> float:
        """After how many seconds the tenants of one size were verified, on average."""
        ends = [each.changed_at for each in report.rounds if each.tenant not in self.sizes and each.changed_at]
        return sum((end - self.began).total_seconds() for end in ends) / len(ends)

    def accounts(self) -> dict[str, list[str]]:
        """The usernames in each tenant, as the tenants themselves say."""
        with urllib.request.urlopen(f"{self.address}/accounts", timeout=60) as answer:  # noqa: S310 - on loopback
            return {name: sorted(found) for name, found in json.load(answer).items()}

    def remembered(self) -> dict[str, list[str]]:
        """The usernames that the state remembers, by tenant."""
        found = defaultdict(list)
        with PostgresState(str(self.database)) as state:
            with state._database.transaction(writes=False) as transaction:
                ids = [tenant_id for (tenant_id,) in transaction.rows("SELECT tenant_id FROM tenant")]
            for user in (user for each in ids for user in state.app_users(each, app("x").name)):
                found[user.username.partition("@")[2].removesuffix(".example")].append(user.username)
        return {name: sorted(usernames) for name, usernames in sorted(found.items())}

    def memory(self) -> float:
        """How many MiB the server, the workers and PostgreSQL take; what several share is counted once."""
        return sum(map(_megabytes, (self.server.pid, *(each.pid for each in self.workers), *self._postgres())))

    def bytes_per_person(self) -> float:
        """How much of the database a person takes, with their share of everything else."""
        with psycopg.connect(str(self.database)) as connection:
            [size] = connection.execute("SELECT pg_database_size(current_database())").fetchone() or [0]
        return float(size) / ((len(self.tenants) - len(self.sizes)) * self.size + sum(self.sizes.values()))

    def postgres_seconds(self) -> float:
        """The processor time that PostgreSQL took so far, with all that it began."""
        main, *others = self._postgres()
        return sum(_times(main)) + sum(sum(_times(each)[:2]) for each in others)

    def _postgres(self) -> list[int]:
        main = int((self.database._data / "postmaster.pid").read_text().split()[0])
        return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]

    def close(self) -> None:
        """End all of it."""
        for process in (*self.workers, self.server):
            process.kill()
            process.wait()
        self.server.stdout.close()
        self.records.close()


def _megabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _times(process: int) -> list[float]:
    """The processor time of a process, and of those of its children that have ended, in user and system mode."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return [0.0] * 4
    return [int(each) * SECONDS for each in fields[11:15]]


@contextmanager
def night(database: PostgresServer, count: int, size: int, largest: int = 0) -> Iterator[Night]:
    """A night, and its end."""
    made = Night(database, count, size, largest)
    try:
        yield made
    finally:
        made.close()


def main(count: int, size: int, largest: int = 0) -> None:
    """Measure one night."""
    began, most = time.monotonic(), 0.0
    with postgres_server() as database:
        with night(database, count, size, largest) as made:

            def look() -> None:
                nonlocal most
                most = max(most, made.memory())

            report = made.go_on(3 * 3600, look)
            right = made.accounts() == made.expected() == made.remembered()
            turnaround = made.turnaround(report)
            queries, size_of_one = made.postgres_seconds(), made.bytes_per_person()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = used.ru_utime + used.ru_stime
    print(report.to_text(limit=3).splitlines()[0], "right" if right else "WRONG")  # noqa: T201 - what it is for
    print(  # noqa: T201
        f"{count} x {size}: {time.monotonic() - began:.0f} s; processor time {seconds:.0f} s and PostgreSQL's "
        f"{queries:.0f} s; memory {most:.0f} MiB; database {size_of_one:,.0f} bytes a person; "
        f"verified after {turnaround:.1f} s on average"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
