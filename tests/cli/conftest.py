"""What the tests of the command share: a fake tenant on loopback, an app file with its people, and the command."""

import os
import subprocess
import sys

import pytest
from command_folder import APP, NAMES, people

from o365prov.cli import main
from o365prov.graph import ALL_OPERATIONS_BUT_ROLES, ROLE_OPERATIONS, least_permissions
from o365prov.testing import FakeTenant, Server


@pytest.fixture
def folder(tmp_path):
    """A folder with an app file and its people, who are all in the group to which the app is assigned."""
    (tmp_path / "corp.toml").write_text(APP)
    (tmp_path / "people.csv").write_text(people())
    members = "".join(f"00g1,Staff,00u{number}\n" for number in range(1, len(NAMES) + 1))
    (tmp_path / "groups.csv").write_text(f"id,name,member\n{members}")
    (tmp_path / "assignments.csv").write_text("group,person,priority,licenses,roles\n00g1,,1,SPE_E3,\n")
    return tmp_path


@pytest.fixture(scope="session")
def serving():
    """One server for all tests, with a certificate of its own, and an application that may do everything."""
    fake = FakeTenant({"corp.example": "Federated"}, {"SPE_E3": 25}, seed=1)
    permissions = [str(each) for each in least_permissions(ALL_OPERATIONS_BUT_ROLES | ROLE_OPERATIONS)]
    client_id = "11111111-2222-4333-8444-555555555555"
    fake.applications.add(client_id=client_id, secret="correct-horse", permissions=permissions)
    empty = fake.snapshot()
    with Server(fake, tls=True) as server:
        yield fake, server, empty


@pytest.fixture
def fake(serving):
    """The tenant, as it was at first."""
    fake, _, empty = serving
    fake.restore(empty)
    fake.latency = 0.0
    return fake


@pytest.fixture
def environment(serving, fake):
    """The environment of a job: azure-identity's variables, and the fake tenant in place of Graph."""
    _, server, _ = serving
    return {
        "O365PROV_FAKE_TENANT": server.url,
        "SSL_CERT_FILE": server.certificate,
        "REQUESTS_CA_BUNDLE": server.certificate,
        "AZURE_AUTHORITY_HOST": server.authority,
        "AZURE_TENANT_ID": "contoso.onmicrosoft.com",
        "AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555",
        "AZURE_CLIENT_SECRET": "correct-horse",
        "O365PROV_APP": "corp.toml",
    }


@pytest.fixture
def run(folder, environment, monkeypatch, capsys):
    """Run the command in this process: exit code, output, errors."""
    monkeypatch.chdir(folder)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def call(*arguments):
        code = main(arguments)
        output = capsys.readouterr()
        return code, output.out, output.err

    return call


@pytest.fixture
def start(folder, environment):
    """Start the command as a process of its own."""
    running = []

    def call(*arguments, **options):
        process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-m", "o365prov", *arguments],
            cwd=folder,
            env={**os.environ, **environment, **options.pop("env", {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )
        running.append(process)
        return process

    yield call
    for process in running:
        process.kill()
        process.communicate()
