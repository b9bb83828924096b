"""What went over the wire, as lines to compare and as a session that is played again; and examples in other runners."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from o365prov.errors import SourceError
from o365prov.testing import FakeTenant
from o365prov.testing.examples import group_body, user_body

ROOT = Path(__file__).parents[2]
DAMAGED = 100 * int(os.environ.get("CHAOS", "10" if os.environ.get("CI") else "2"))


def _session(graph):
    """A user and a group are made, and the user goes into the group, is changed and sought in vain."""
    user = graph("POST", "/users", user_body("ann@managed.example")).body["id"]
    group = graph("POST", "/groups", group_body("Sales")).body["id"]
    graph("POST", f"/groups/{group}/members/$ref", {"@odata.id": f"https://graph.microsoft.com/v1.0/users/{user}"})
    graph("PATCH", f"/users/{user}", {"jobTitle": "Singer"})
    graph.get("/users/nobody@managed.example")
    graph.get(f"/groups/{group}/members?$select=id,jobTitle")


def test_requests_are_lines_that_compare(graph, fake):
    """Method, address as it was meant, body and status: nothing that differs from run to run."""
    fake.add_user("ann@managed.example")
    graph("PATCH", "/users/ann%40managed.example", {"jobTitle": "Singer"})
    graph.get("/users?$filter=displayName%20eq%20'Ann'")
    assert fake.requests.lines == [
        'PATCH /users/ann@managed.example {"jobTitle": "Singer"} -> 204',
        "GET /users?$filter=displayName eq 'Ann' -> 200",
    ]


def test_a_session_is_played_again_into_another_tenant(graph, fake, tmp_path):
    """With ids of its own, and without passwords, it answers the same."""
    _session(graph)
    fake.requests.save(tmp_path / "session.jsonl")
    assert "Correct-Horse" not in (tmp_path / "session.jsonl").read_text()
    other = FakeTenant(["managed.example"], seed=99)
    assert other.replay(tmp_path / "session.jsonl") == ()
    assert other.user("ann@managed.example")["jobTitle"] == "Singer"


def test_what_is_answered_otherwise_is_a_readable_difference(graph, fake, tmp_path):
    """The request, and the lines that changed."""
    _session(graph)
    fake.requests.save(tmp_path / "session.jsonl")
    other = FakeTenant(["managed.example"])
    other.add_user("nobody@managed.example", displayName="Somebody")
    (difference,) = other.replay(tmp_path / "session.jsonl")
    assert difference.startswith("GET /users/nobody@managed.example\n--- recorded\n+++ now")
    assert {"-404", "+200", '+ "displayName": "Somebody",'} <= set(difference.splitlines())


def test_a_file_that_is_no_session_is_one_error(tmp_path):
    """With its line."""
    path = tmp_path / "session.jsonl"
    path.write_text('{"method": "GET"}\n')
    with pytest.raises(SourceError, match="line 1"):
        FakeTenant().replay(path)


def _damaged(text, chance):
    """The text with something lost, doubled or other in one place."""
    at, length = chance.randrange(len(text)), chance.choice([0, 1, 1, 5, 200])
    put = chance.choice(["", "0", "x", '"', "null", "[", "}", "{}", "true", text[at : at + 3], "é"])
    return text[:at] + put + text[at + length :]


def test_damaged_files_are_one_error_or_what_was_saved(graph, fake, tmp_path):
    """Whatever byte is lost, doubled or another: the tenant is the one that was saved, or there is none."""
    _session(graph)
    path, chance = tmp_path / "tenant.json", random.Random(5)  # noqa: S311 - chance needs no secrecy
    fake.save(path)
    text, kept = path.read_text("utf-8"), fake.to_json()
    for _ in range(DAMAGED):
        path.write_text(_damaged(text, chance), "utf-8")
        with contextlib.suppress(SourceError):
            assert FakeTenant.load(path).to_json() == kept


def test_text_that_was_changed_by_hand_is_a_tenant_or_one_error(graph, fake):
    """Without a digest whatever can be read is taken, and what it became can be read over Graph."""
    _session(graph)
    text, chance = fake.to_json(), random.Random(6)  # noqa: S311
    headers = {"Authorization": "Bearer stand-in"}
    for _ in range(DAMAGED):
        with contextlib.suppress(SourceError):
            changed = FakeTenant.from_json(_damaged(text, chance))
            for path in ("/users", "/groups", "/domains", "/subscribedSkus", "/organization", "/users/delta"):
                status, _, _ = changed.handle("GET", f"https://graph.microsoft.com/v1.0{path}", headers, b"")
                assert status < 500


def test_the_example_for_unittest_runs():
    """As it stands."""
    command = [sys.executable, "-m", "unittest", "examples/fake_tenant_in_unittest.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed")
def test_the_example_for_javascript_runs():
    """As it stands, with Node's own fetch and test runner."""
    command = [shutil.which("node"), "--test", "examples/fake_tenant_in_javascript.mjs"]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
