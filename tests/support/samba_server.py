"""A real Active Directory: Samba's domain controller from Debian's packages, on an address of its own on loopback.

It needs root, because its files belong to users of its own, and takes five seconds. Where it can't be had, the tests
run on what it answered when they were recorded, and those that need connections are skipped with the reason; in CI the
domain controller is always there.
"""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
from amount import CI
from attrs import frozen
from exchange_schema import schema_changes
from recorded_directory import RECORDS, RecordedSamba, RecordingSamba, Tape

from o365prov.sources.ldap.ldap_connection import LdapConnection, LdapServer

REALM = "corp.example"
BASE = "DC=corp,DC=example"
ADMINISTRATOR = f"Administrator@{REALM}"
PASSWORD = "Passw0rd!Adm"
TAPE = Tape() if RECORDS else Tape.load()
NEEDED = ("samba", "samba-tool", "ldbmodify", "ldbsearch", "openssl")


@frozen
class Samba:
    """A domain controller that runs.

    Args:
        address: its address on loopback.
        folder: where its files are.

    """

    address: str
    folder: Path

    @property
    def url(self):
        """The address for LDAP over TLS."""
        return f"ldaps://{self.address}"

    @property
    def ca_file(self):
        """Who signed its certificate."""
        return self.folder / "private" / "tls" / "ca.pem"

    def modify(self, ldif, *, tree=False):
        """Change the directory as LDIF says, over LDAP; what is deleted, with everything below if *tree*."""
        controls = ["--controls=tree_delete:0"] if tree else []
        self._run(["ldbmodify", *self._as_administrator, *controls], ldif)

    def export(self):
        """The people, groups and contacts that it holds as LDIF, as a program of its own writes it."""
        place = ["-H", f"{self.folder}/private/sam.ldb", "-b", BASE]
        wanted = "(|(&(objectClass=user)(!(objectClass=computer)))(objectClass=group)(objectClass=contact))"
        return self._run(["ldbsearch", f"--configfile={self.folder}/etc/smb.conf", *place, wanted], "")

    def add_exchange(self):
        """Add Exchange's attributes to the schema, as its set-up does; before anybody is served."""
        place = [f"--configfile={self.folder}/etc/smb.conf", "-H", f"{self.folder}/private/sam.ldb"]
        base = ["-b", f"CN=Schema,CN=Configuration,{BASE}", "(objectClass=attributeSchema)", "lDAPDisplayName"]
        names = re.findall("lDAPDisplayName: (.*)", self._run(["ldbsearch", *place, *base], "").decode())
        for change in schema_changes(BASE, {name.lower() for name in names}):
            self._run(["ldbmodify", *place, "--option=dsdb:schema update allowed=true"], change)

    def tool(self, *words):
        """Have the tool for administrators do something."""
        self._run(["samba-tool", *words, *self._as_administrator], "")

    @property
    def _as_administrator(self):
        who = f"-U{ADMINISTRATOR}%{PASSWORD}"
        return ["-H", f"ldap://{self.address}", who, f"--configfile={self.folder}/etc/smb.conf"]

    @staticmethod
    def _run(command, ldif):
        done = subprocess.run(command, input=ldif.encode(), capture_output=True, check=False)  # noqa: S603 - Samba's own
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
        return done.stdout


def missing():
    """Why there can be no domain controller here; empty if there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "Samba's domain controller needs root"
    names = [name for name in NEEDED if shutil.which(name) is None]
    return f"Samba is not installed: {', '.join(names)} is missing" if names else ""


def free_address():
    """An address on loopback on which nobody serves LDAP: its ports can't be chosen."""
    for number in range(1, 250):
        address = f"127.77.{os.getpid() % 250}.{number}"
        with socket.socket() as probe:
            try:
                probe.bind((address, 636))
            except OSError:
                continue
        return address
    raise RuntimeError("no address is free")


def certify(folder, address):
    """A certificate of a server at this address, signed by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        "-subj",
        f"/CN={address}",
        "-addext",
        f"subjectAltName=IP:{address}",
        "-addext",
        "basicConstraints=CA:TRUE",
    ]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names, *files]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - openssl
    (folder / "key.pem").chmod(0o600)
    shutil.copy(folder / "cert.pem", folder / "ca.pem")


def start(folder):
    """Make a domain and serve it; yields the server."""
    address = free_address()
    options = [f"--option=interfaces={address}/8", "--option=bind interfaces only=yes"]
    command = [
        "samba-tool", "domain", "provision", "--configfile=/dev/null", f"--targetdir={folder}", "--quiet",
        f"--realm={REALM.upper()}", "--domain=CORP", "--server-role=dc", "--dns-backend=NONE",
        f"--adminpass={PASSWORD}", "--host-name=dc1", f"--host-ip={address}", *options,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - Samba's own
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    for name in ("cache", "run"):
        (folder / name).mkdir(exist_ok=True)
    config = folder / "etc" / "smb.conf"
    places = ("pid directory", "ncalrpc dir", "winbindd socket directory")
    ours = "server services = ldap\n" + "".join(f"{name} = {folder}/run/{name.split()[0]}\n" for name in places)
    config.write_text(config.read_text().replace("[global]\n", f"[global]\n{ours}", 1))
    certify(folder / "private" / "tls", address)
    Samba(address, folder).add_exchange()
    with (folder / "log").open("wb") as log:
        command = ["samba", "-s", str(config), "-M", "single", "--interactive", "--no-process-group", "--debug-stdout"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)  # noqa: S603 - Samba's own
        try:
            _wait_until_it_answers(address, process, folder / "log")
            yield Samba(address, folder)
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(address, process, log):
    for _ in range(600):
        try:
            socket.create_connection((address, 636), timeout=1).close()
        except OSError:
            assert process.poll() is None, log.read_text()[-2_000:]
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text()[-2_000:])


@pytest.fixture(scope="session")
def domain_controller(tmp_path_factory):
    """A domain controller for all tests of a session; None where its recorded answers serve."""
    if not CI and "SAMBA" not in os.environ:
        yield None
        return
    if reason := missing():
        if CI:
            pytest.fail(reason)
        yield None
        return
    yield from start(tmp_path_factory.mktemp("samba") / "dc")
    if RECORDS:
        TAPE.save()


@pytest.fixture
def samba(domain_controller, request, monkeypatch):
    """The domain controller, or what it answered when the test was recorded."""
    test = f"{request.module.__name__}.{request.node.name}"
    if domain_controller is None:
        if test not in TAPE.answers:
            pytest.skip("this needs a domain controller: SAMBA=1, or CI; its answers are not recorded")
        recorded = RecordedSamba(TAPE, test)
        monkeypatch.setattr(LdapServer, "connect", lambda server: LdapConnection(server, recorded.replay()))
        return recorded
    if not RECORDS or "served" in request.fixturenames:
        return domain_controller
    recording, connect = RecordingSamba(domain_controller, TAPE, test), LdapServer.connect
    monkeypatch.setattr(LdapServer, "connect", lambda server: recording.connected(connect(server)))
    return recording


@pytest.fixture
def served(samba):
    """The domain controller, for what a record does not show: connections."""
    return samba
