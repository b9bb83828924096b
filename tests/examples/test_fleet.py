"""The example of a fleet, as its reader runs it: PostgreSQL, a server of fake tenants, and two workers."""

import subprocess
import sys
from pathlib import Path

import pytest
from amount import CI
from postgres_server import programs

RUN = Path(__file__).parents[2] / "examples" / "fleet" / "run.py"


@pytest.mark.skipif(not CI, reason="takes half a minute: CI")
def test_a_night_of_twenty_customers():
    """One command: it plans, asks somebody, applies, verifies and reports."""
    assert programs(), "CI keeps a fleet on PostgreSQL, and there is none: apt-get install postgresql"
    ran = subprocess.run([sys.executable, str(RUN)], capture_output=True, text=True, timeout=400, check=False)  # noqa: S603 - ours
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("? customer-0007: 1 person gets a privileged role (Ada Abel)") == 1
    assert "it@customer-0007.example has looked at it" in ran.stdout
    assert "20 tenants (20 verified), 201 writes" in ran.stdout
