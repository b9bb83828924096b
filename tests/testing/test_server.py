"""The tenant on loopback: keep-alive, several clients, chunked bodies, a clean stop; and the command."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
from urllib.parse import urlencode, urlsplit

import pytest

from o365prov.testing import FakeTenant
from o365prov.testing.server import Server

TOKEN = {"Authorization": "Bearer x"}


@pytest.fixture
def server(fake):
    with Server(fake) as running:
        yield running


def _connection(server):
    parts = urlsplit(server.url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)


def test_one_connection_carries_many_requests(server, fake):
    """HTTP/1.1 keep-alive: the socket stays the same."""
    fake.add_user("a@managed.example")
    connection = _connection(server)
    sockets = set()
    for _ in range(3):
        connection.request("GET", "/v1.0/users/a@managed.example", headers=TOKEN)
        answer = connection.getresponse()
        assert json.loads(answer.read())["displayName"] == "a"
        sockets.add(connection.sock)
    assert len(sockets) == 1
    connection.close()


def test_links_lead_back_to_the_server(server, fake):
    """A nextLink starts with the loopback address."""
    fake.add_user()
    fake.add_user()
    connection = _connection(server)
    connection.request("GET", "/v1.0/users?$top=1", headers=TOKEN)
    assert json.loads(connection.getresponse().read())["@odata.nextLink"].startswith(f"{server.url}/users?")
    connection.close()


def test_chunked_bodies_are_read(server, fake):
    """Clients that stream their bodies are understood, and a 204 has none."""
    user = fake.add_user("a@managed.example")
    connection = _connection(server)
    body = iter([b'{"jobTitle":', b'"Singer"}'])
    headers = {**TOKEN, "Content-Type": "application/json"}
    connection.request("PATCH", f"/v1.0/users/{user['id']}", body, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.getheader("Content-Length")) == (204, b"", None)
    assert fake.user(user["id"])["jobTitle"] == "Singer"
    connection.close()


def _raw(server, sent):
    """What the server answers to these bytes, up to its hanging up or the end of the first body."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
        raw.sendall(sent)
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        return answer.status, json.loads(answer.read())


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"POST /v1.0/users HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400, "BadRequest"),
        (b"POST /v1.0/users HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413, "RequestEntityTooLarge"),
        (b"POST /v1.0/users HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "BadRequest"),
        (b"GET /v1.0/users?$filter=a b HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n", 400, "BadRequest"),
        (b"GET /v1.0/users HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "BadRequest"),
        (b"TRACE /v1.0/users HTTP/1.1\r\n\r\n", 501, "NotSupportedByFakeTenant"),
    ],
)
def test_what_is_no_sensible_http_is_refused_in_the_shape_of_graphs_errors(server, sent, status, code):
    """The connection ends, the server does not."""
    answered, body = _raw(server, sent)
    assert (answered, body["error"]["code"]) == (status, code)
    connection = _connection(server)
    connection.request("GET", "/v1.0/users", headers=TOKEN)
    assert connection.getresponse().status == 200
    connection.close()


def test_a_client_that_asks_whether_to_send_its_body_is_told_at_once(server):
    """Expect: 100-continue; .NET and curl wait for it."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
        raw.sendall(
            b"POST /v1.0/users HTTP/1.1\r\nAuthorization: Bearer x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
        )
        assert raw.recv(1000).startswith(b"HTTP/1.1 100")
        raw.sendall(b"{}")
        assert raw.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_body_that_breaks_off_has_no_effect(server, fake):
    """A client that goes away in the middle has asked for nothing, even where the part would do."""
    user = fake.add_user("a@managed.example", signInSessionsValidFromDateTime="2020-01-01T00:00:00Z")
    path = f"/v1.0/users/{user['id']}/revokeSignInSessions"
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as raw:
        raw.sendall(f"POST {path} HTTP/1.1\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\n\r\n{{}}".encode())
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(1000) == b""
    assert fake.user(user["id"]) == user


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/v1.0/users?$filter=city%20eq%20'K%C3%B6ln'",
        "/v1.0/users?$filter=city%20eq%20'Köln'",
        "/v1.0/http://127.0.0.1:8080/v1.0/users?$filter=city+eq+'Köln'",
    ],
)
def test_targets_that_clients_and_proxies_write_are_understood(server, fake, target):
    """The absolute form, bytes beyond ASCII, and a nextLink as Microsoft's client for JavaScript follows it."""
    fake.add_user("a@managed.example", city="Köln")
    status, body = _raw(server, f"GET {target} HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n".encode())
    assert (status, len(body["value"])) == (200, 1)


def test_many_clients_at_once_lose_nothing(server, fake):
    """Eight clients create ten users each."""
    failures = []

    def create(client):
        connection = _connection(server)
        for number in range(10):
            name = f"u{client}-{number}"
            body = {
                "accountEnabled": True,
                "displayName": name,
                "mailNickname": name,
                "userPrincipalName": f"{name}@managed.example",
                "passwordProfile": {"password": "Correct-Horse-7"},
            }
            connection.request("POST", "/v1.0/users", json.dumps(body), {**TOKEN, "Content-Type": "application/json"})
            answer = connection.getresponse()
            if answer.status != 201:
                failures.append(answer.read())
            answer.read()
        connection.close()

    threads = [threading.Thread(target=create, args=(client,)) for client in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(fake.users) == 80


def test_closing_ends_open_connections(fake):
    """A client that waits with an idle connection does not hold the server up."""
    server = Server(fake)
    connection = _connection(server)
    connection.request("GET", "/v1.0/users", headers=TOKEN)
    connection.getresponse().read()
    server.close()
    with pytest.raises((http.client.HTTPException, OSError)):
        _read(connection)
    connection.close()


def _read(connection):
    connection.request("GET", "/v1.0/users", headers=TOKEN)
    return connection.getresponse().read()


def _run(*arguments):
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "o365prov.testing", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_serves_until_it_is_told_to_stop(tmp_path, number):
    """One line when it is ready, state kept on stop, exit code 0."""
    state = tmp_path / "state.json"
    with _run("--port", "0", "--state", str(state), "--sku", "SPE_E3=3", "--domain", "x.example=federated") as process:
        url = process.stdout.readline().split()[-1]
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
        connection.request("GET", "/v1.0/domains/x.example", headers=TOKEN)
        assert json.loads(connection.getresponse().read())["authenticationType"] == "Federated"
        connection.close()
        process.send_signal(number)
        assert process.wait(timeout=10) == 0
        assert process.stderr.read() == ""
    assert FakeTenant.load(state).seats("SPE_E3") == (0, 3)


def test_the_command_speaks_tls_and_gives_tokens(tmp_path):
    """With the certificate that it wrote, a client gets a token for the application that it was given."""
    certificate = tmp_path / "certificate.pem"
    client = "11111111-2222-4333-8444-555555555555"
    with _run("--port", "0", "--tls", str(certificate), "--application", f"{client}=right") as process:
        url = process.stdout.readline().split()[-1]
        parts = urlsplit(url)
        assert parts.scheme == "https"
        trusting = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=10, context=trusting)
        scope = "https://graph.microsoft.com/.default"
        form = {"grant_type": "client_credentials", "client_id": client, "client_secret": "right", "scope": scope}
        connection.request("POST", "/contoso.onmicrosoft.com/oauth2/v2.0/token", urlencode(form))
        token = json.loads(connection.getresponse().read())["access_token"]
        connection.request("GET", "/v1.0/organization", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["value"][0]["displayName"]) == (200, "Contoso")
        connection.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_client_that_does_not_trust_the_certificate_harms_nobody(fake, capfd):
    """Its handshake ends, without a word from the server, which goes on."""
    with Server(fake, tls=True) as server:
        parts = urlsplit(server.url)
        with pytest.raises(ssl.SSLError):
            http.client.HTTPSConnection(
                parts.hostname, parts.port, timeout=10, context=ssl.create_default_context()
            ).request("GET", "/v1.0/users")
        trusting = ssl.create_default_context(cafile=server.certificate)
        connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=10, context=trusting)
        connection.request("GET", "/v1.0/users", headers=TOKEN)
        assert connection.getresponse().status == 200
        connection.close()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--application", "nobody"], 2),
        (["--sku", "SPE_E3"], 2),
        (["--domain", "x=Weird"], 1),
        (["--port", "x"], 2),
        (["--state", "."], 1),
        (["--state", "no/folder/x"], 1),
    ],
)
def test_the_command_says_what_is_wrong_with_its_arguments(arguments, code):
    """One line and an exit code that is not 0."""
    with _run("--port", "0", *arguments) as process:
        _, complaint = process.communicate(timeout=10)
    assert process.returncode == code
    assert complaint.strip().splitlines()[-1]
    assert "Traceback" not in complaint


def test_a_taken_port_is_one_line(server):
    """The command says so and gives up."""
    with _run("--port", str(urlsplit(server.url).port)) as process:
        _, complaint = process.communicate(timeout=10)
    assert process.returncode == 1
    assert "in use" in complaint
