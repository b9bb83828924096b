"""A night of a provider with 20 customers: ``python examples/fleet/run.py``.

It starts PostgreSQL in a temporary folder, 20 fake tenants in one process, and two workers; waits until everybody is
provisioned and looked at, confirms the one plan that somebody has to look at, and prints the report. It needs the extra
``fleet``, and Debian's package ``postgresql``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from postgres import postgres

HERE = Path(__file__).parent
WORKERS = 2
WORKER = ("-m", "procrastinate", "--app=jobs.app", "worker", "--concurrency=4", "--delete-jobs=successful")
LONGEST = 300.0


def start(*arguments: str, **settings: object) -> subprocess.Popen[str]:
    """A process of Python, which finds what is beside this file."""
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, cwd=HERE, text=True, **settings)  # type: ignore[call-overload,no-any-return]  # noqa: S603 - ours


def night(count: int, people: int) -> int:
    """From nothing to everybody: 0 if that is so in time."""
    with postgres() as database:
        server = start("server.py", str(count), str(people), stdout=subprocess.PIPE)
        assert server.stdout is not None
        tenants = server.stdout.readline().strip()
        os.environ["FLEET"] = json.dumps({"database": database, "tenants": tenants, "count": count, "people": people})
        workers: list[subprocess.Popen[str]] = []
        try:
            return provision(workers)
        finally:
            for process in (*workers, server):
                process.terminate()
            for process in (*workers, server):
                process.wait(20)
            server.stdout.close()


def provision(workers: list[subprocess.Popen[str]]) -> int:
    """Have the workers do their work, and do what is left to a person."""
    from jobs import app, fleet  # noqa: PLC0415 - it reads FLEET

    with app.open():
        app.schema_manager.apply_schema()
    began = time.monotonic()
    print(f"{len(fleet.tenants)} tenants are due, {WORKERS} workers begin")
    with closing(fleet.records), closing(fleet.state):
        while time.monotonic() - began < LONGEST:
            workers[:] = [each for each in workers if each.poll() is None]  # systemd would start them again
            workers += [start(*WORKER, stderr=subprocess.DEVNULL) for _ in range(WORKERS - len(workers))]
            report = fleet.report()
            if report.stages == {"verified": len(fleet.tenants)}:
                print(report.to_text())
                return 0
            for asked in report.waiting:
                print(f"? {asked}")
                print(fleet.records.plan(asked.tenant))
                fleet.records.confirm(asked.tenant, asked.fingerprint, by=asked.reviewers[0])
                print(f"  {asked.reviewers[0]} has looked at it, and confirms {asked.fingerprint[:12]}")
            time.sleep(0.5)
    print(fleet.report().to_text())
    print(f"not done within {LONGEST:g} seconds", file=sys.stderr)
    return 1


def main() -> int:
    """Read the options, and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=20, help="how many (default: %(default)s)")
    parser.add_argument("--people", type=int, default=5, help="how many in each (default: %(default)s)")
    options = parser.parse_args()
    return night(options.tenants, options.people)


if __name__ == "__main__":
    sys.exit(main())
