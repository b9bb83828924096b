"""What Active Directory answered when it was recorded still is what is asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from amount import CI

TESTS = Path(__file__).with_name("test_active_directory.py")


@pytest.mark.skipif(not CI, reason="elsewhere these tests run on the record anyway")
def test_the_tests_pass_where_there_is_no_domain_controller():
    """All but those of connections, which are skipped with the reason."""
    alone = {name: value for name, value in os.environ.items() if name not in ("CI", "SAMBA", "RECORD")}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", str(TESTS)]
    done = subprocess.run(command, env=alone, capture_output=True, text=True, check=False)  # noqa: S603 - our tests
    assert done.returncode == 0, done.stdout[-3_000:]
    assert "this needs a domain controller" in done.stdout
