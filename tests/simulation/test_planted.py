"""Faults that were planted on purpose: the simulation finds each, or its laws hold by chance.

The patches in ``planted`` are what somebody could write by mistake in apply, state or planning. That each can still be
planted is tested every time; that each is found, with ``CHAOS`` in the environment, as `nox -s chaos` has it.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATCHES = sorted(Path(__file__).with_name("planted").glob("*.patch"))
SEEDS = 1_000
SMALL = ("--people", "12", "--days", "10", "--first")


def planted(patch, folder):
    """A copy of the package in this folder, with the fault."""
    shutil.copytree(ROOT / "o365prov", folder / "o365prov", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run(["git", "apply", str(patch)], cwd=folder, check=True)  # noqa: S603, S607 - a patch of ours


def broken(folder, first, count):
    """The first of these seeds that breaks a law of the package in this folder, and how; None for none."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "o365prov.simulation", str(first), "--count", str(count), *SMALL]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode == 0:
        return None
    told = re.match(r"seed (\d+): (.*)", ended.stdout)
    assert told, ended.stdout + ended.stderr
    return int(told[1]), told[2]


def test_there_are_twenty():
    """Twenty faults or more, each of which says what it does."""
    assert len(PATCHES) >= 20
    assert all(re.fullmatch(r"\d\d(-[a-z]+)+", patch.stem) for patch in PATCHES)


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_it_can_still_be_planted(patch, tmp_path):
    """A change of the package that moves the place takes the patch along."""
    named = re.search(r"^\+\+\+ b/(\S+)", patch.read_text(), re.MULTILINE)[1]
    (tmp_path / named).parent.mkdir(parents=True)
    shutil.copy(ROOT / named, tmp_path / named)
    subprocess.run(["git", "apply", str(patch)], cwd=tmp_path, check=True)  # noqa: S603, S607 - a patch of ours
    compile((tmp_path / named).read_text(), named, "exec")


@pytest.mark.skipif("CHAOS" not in os.environ, reason="takes minutes: nox -s chaos")
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_the_simulation_finds_it(patch, tmp_path):
    """Within 1,000 seeds one breaks a law that it does not break without the fault."""
    planted(patch, tmp_path)
    first = 1
    while (found := broken(tmp_path, first, SEEDS + 1 - first)) is not None:
        seed, what = found
        if broken(ROOT, seed, 1) is None:
            sys.stdout.write(f"{patch.stem}: seed {seed}: {what}\n")
            return
        first = seed + 1
    pytest.fail(f"not found in {SEEDS} seeds")
