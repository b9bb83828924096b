"""The conformance checks: the fake passes them, a tenant that errs does not, and nothing is left behind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from o365prov.testing import FakeTenant, Server
from o365prov.testing.conformance import CHECKS, Grade, Probe, check_tenant, run_check

BASE = "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_the_fake_passes(check):
    """Every question that a real tenant can be asked, the fake answers right, and is empty afterwards."""
    fake = FakeTenant(licenses={"SPE_E3": 5})
    outcome = run_check(check, Probe(fake.handle, base=BASE))
    assert outcome.grade is Grade.PASSED, outcome
    assert (len(fake.users), len(fake.groups), len(fake.deleted_items)) == (0, 0, 0)


def test_names_and_sources_are_there():
    """Each check has a name of its own, tags and a source."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.tags and check.source for check in CHECKS)


def _changed(change):
    """A tenant whose answers are changed on the way."""
    fake = FakeTenant()

    def send(method, url, headers, body):
        status, answered, content = fake.handle(method, url, headers, body)
        return change(method, status, answered, content)

    return fake, send


@pytest.mark.parametrize(
    ("change", "least"),
    [
        (lambda method, status, headers, body: (200, headers, b"{}"), 30),
        (lambda method, status, headers, body: (status, headers, b"<html>"), 25),
        (lambda method, status, headers, body: (status, headers, body.replace(b"already exists", b"is there")), 2),
        (lambda method, status, headers, body: (200 if status == 204 else status, headers, body), 4),
    ],
)
def test_a_tenant_that_errs_is_found_out(change, least):
    """Wrong statuses, wrong words and wrong shapes are graded, and no check breaks the run."""
    _, send = _changed(change)
    outcomes = check_tenant(send)
    assert len(outcomes) == len(CHECKS)
    wrong = [outcome for outcome in outcomes if outcome.grade in {Grade.FAILED, Grade.DIFFERS}]
    assert len(wrong) >= least
    assert all(outcome.note for outcome in wrong)


def test_what_only_experience_says_is_graded_mildly():
    """Another wording than the one seen in public threads differs, and does not fail."""
    _, worded = _changed(
        lambda m, status, headers, body: (status, headers, body.replace(b"already exists", b"is there"))
    )
    assert {outcome.grade for outcome in check_tenant(worded, tags=["unique"])} == {Grade.DIFFERS}


def test_a_tenant_without_products_skips():
    """A check that lacks what it needs says so."""
    outcomes = check_tenant(FakeTenant().handle, tags=["licenses"])
    assert Grade.SKIPPED in {outcome.grade for outcome in outcomes}
    assert Grade.FAILED not in {outcome.grade for outcome in outcomes}


def test_a_token_is_sent(fake):
    """A real tenant gets the Authorization header."""
    seen = []

    def send(method, url, headers, body):
        seen.append(headers.get("Authorization"))
        return fake.handle(method, url, headers, body)

    check_tenant(send, token="abc", tags=["domains"])
    assert set(seen) == {"Bearer abc"}


def _command(*arguments):
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "o365prov.testing.conformance", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_checks_a_server(fake):
    """Exit code 0, a line for each check, and a sum."""
    with Server(fake) as server:
        result = _command(server.url, "--tag", "batch")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.splitlines()[-1] == "4 passed"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["https://graph.microsoft.com/v1.0"], "--write-to-this-tenant"),
        (["https://graph.microsoft.com/v1.0", "--write-to-this-tenant"], "--token-variable"),
        (["http://127.0.0.1:9/v1.0"], "no answer from"),
    ],
)
def test_the_command_refuses_with_one_line(arguments, words):
    """A real tenant takes a flag and a token; an address where nobody is says so."""
    result = _command(*arguments)
    assert result.returncode == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_the_command_lists_its_checks():
    """Without asking any tenant."""
    assert len(_command("--list").stdout.splitlines()) == len(CHECKS)
