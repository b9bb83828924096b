"""The command as processes of an operating system: killed, interrupted, cut off, and going on with the next one."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request

import pytest
from amount import CI
from command_folder import APP

from o365prov import Plan

pytestmark = pytest.mark.skipif(not CI, reason="a process takes seconds: CI starts them")


def ended(process):
    """Exit code, output and errors of a process that ends by itself."""
    output, errors = process.communicate(timeout=60)
    assert "Traceback" not in errors
    if process.returncode:
        print(errors)  # noqa: T201
    return process.returncode, output, errors


def wait_for(condition):
    """Wait until something is so."""
    limit = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


def created(fake):
    """How many accounts were asked for."""
    return sum("POST /$batch" in line or "POST /users" in line for line in fake.requests.lines)


@pytest.fixture
def planned(start, fake, folder):
    """A plan that was saved by a process, and a tenant that takes its time from now on."""
    assert ended(start("plan", "--out", "plan.json"))[0] == 0
    fake.latency = 0.3
    return Plan.load(folder / "plan.json")


def test_killed_in_the_middle_and_gone_on_with(start, fake, planned):
    """Nobody is made twice, and nothing is lost; the lease of the dead process is taken from it."""
    before = created(fake)
    process = start("apply", "plan.json")
    wait_for(lambda: created(fake) > before)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    code, _, errors = ended(start("apply", "plan.json"))
    assert code == 1
    assert "o365prov: " in errors
    assert "the lease was taken from" in ended(start("state", "unlock"))[2]
    assert "not ended: apply its plan again to go on" in ended(start("state", "show"))[1]
    assert ended(start("apply", "plan.json"))[0] == 0
    assert sorted(user["userPrincipalName"] for user in fake.users) == sorted(
        change.subject.username for change in planned if change.kind == "create_user"
    )
    assert fake.seats("SPE_E3") == (6, 25)
    assert "replayed" in ended(start("apply", "plan.json", "--json"))[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_and_gone_on_with(start, fake, planned, number):
    """Ctrl-C, or a service that is stopped: what was sent is noted, and the command says how to go on."""
    before = created(fake)
    process = start("apply", "plan.json")
    wait_for(lambda: created(fake) > before)
    process.send_signal(number)
    code, _, errors = ended(process)
    if number is signal.SIGINT:
        assert code == 1
        assert "to go on: o365prov apply plan.json" in errors
    assert ended(start("apply", "plan.json"))[0] == 0
    assert (len(fake.users), fake.seats("SPE_E3")) == (6, (6, 25))


def test_a_pipe_that_is_closed_is_silent(start, planned):
    """As with ``| head``."""
    process = start("plan")
    process.stdout.close()
    process.wait(60)
    assert "Traceback" not in process.stderr.read()


def test_without_a_credential_it_says_what_is_missing(start, environment):
    """One line, and which variables."""
    empty = dict.fromkeys((name for name in environment if name.startswith("AZURE")), "")
    code, output, errors = ended(start("doctor", env={**empty, "AZURE_CLIENT_ID": "x", "AZURE_CLIENT_SECRET": "y"}))
    assert len(errors.splitlines()) == 1  # that it is a fake tenant
    assert code == 1
    assert "!! tenant" in output
    assert "no token" in output


def test_an_output_that_is_closed_is_said(environment, folder):
    """Before anything is done, and without a traceback."""
    command = f"exec {sys.executable} -m o365prov check >&-"
    done = subprocess.run(  # noqa: S602 - our own
        command, shell=True, env={**os.environ, **environment}, cwd=folder, capture_output=True, text=True, check=False
    )
    said = "o365prov: the standard output is closed: send it to a file, or to /dev/null\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_a_fake_tenant_of_the_command_itself(start, folder):
    """Served by one process, provisioned by others, without any credential."""
    server = start("fake-tenant", "--port", "0", "--domain", "corp.example=Federated", "--sku", "SPE_E3=25")
    ready = server.stdout.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+/v1\.0", ready)[0]
    trial = {"O365PROV_FAKE_TENANT": url}
    for name in ("AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_AUTHORITY_HOST"):
        trial[name] = ""
    assert ended(start("plan", "--out", "plan.json", env=trial))[0] == 0
    assert ended(start("apply", "plan.json", env=trial))[0] == 0
    request = urllib.request.Request(f"{url}/users/ann.lee@corp.example", headers={"Authorization": "Bearer stand-in"})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback
        assert answer.status == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0


def test_the_fake_tenants_options_are_those_of_the_command(start):
    """What is wrong with them is said in its name, and with its exit code: 2 means that there are changes."""
    code, output, errors = ended(start("fake-tenant", "--junk"))
    assert (code, output) == (1, "")
    assert "o365prov fake-tenant: error: unrecognized arguments: --junk" in errors


def test_first_passwords_are_for_the_owner_of_their_file(start, fake, folder):
    """An account in a managed domain gets one, which stands in the file before it is sent."""
    managed = APP.replace("corp.example", "contoso.onmicrosoft.com").replace(
        'username = { format = "Email" }', 'username = { format = "Email prefix", suffix = "@contoso.onmicrosoft.com" }'
    )
    (folder / "corp.toml").write_text(f"gives_passwords = true\n{managed}")
    assert ended(start("plan", "--out", "plan.json"))[0] == 0
    assert ended(start("apply", "plan.json", "--passwords", "passwords.csv"))[0] == 0
    lines = (folder / "passwords.csv").read_text().splitlines()
    assert (len(lines), len(fake.users)) == (6, 6)
    assert (folder / "passwords.csv").stat().st_mode & 0o077 == 0


def test_help_is_quick():
    """It does not load the SDK."""
    command = [sys.executable, "-X", "importtime", "-m", "o365prov", "--help"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stderr  # noqa: S603 - our own
    assert "msgraph" not in loaded
    assert "httpx" not in loaded
