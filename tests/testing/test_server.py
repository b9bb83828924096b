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

from o365prov.errors import ConfigurationError
from o365prov.testing import Dropped, FakeTenant, ScheduledFaults, Server, Slow
from o365prov.testing.__main__ import main

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


def _socket(server):
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def _raw(server, sent):
    """What the server answers to these bytes, up to its hanging up or the end of the first body."""
    with _socket(server) as raw:
        raw.sendall(sent)
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        return answer.status, answer.read()


LOCAL = b"Host: localhost\r\n"
ASKS = LOCAL + b"Authorization: Bearer x\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"GET /v1.0/users HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n", id="no host"),
        pytest.param(b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Transfer-Encoding: xchunked\r\n\r\n", id="xchunked"),
        pytest.param(b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Content-Length: x\r\n\r\n", id="length"),
        pytest.param(b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", id="chunk"),
        pytest.param(b"GET /v1.0/users?$filter=a b HTTP/1.1\r\n" + ASKS + b"\r\n", id="blank in target"),
        pytest.param("GET /v1.0/users?$filter=city eq 'Köln' HTTP/1.1\r\n".encode() + ASKS + b"\r\n", id="not ascii"),
    ],
)
def test_what_is_not_http_is_refused_at_once(server, sent):
    """With 400 and the end of this connection, not of the server, and without a word to its owner."""
    assert _raw(server, sent)[0] == 400
    connection = _connection(server)
    connection.request("GET", "/v1.0/users", headers=TOKEN)
    assert connection.getresponse().status == 200
    connection.close()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        pytest.param(
            b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Content-Length: 99999999999\r\n\r\n",
            413,
            "RequestEntityTooLarge",
            id="too much",
        ),
        pytest.param(b"TRACE /v1.0/users HTTP/1.1\r\n" + ASKS + b"\r\n", 501, "NotSupportedByFakeTenant", id="method"),
        pytest.param(
            b"GET /v1.0/users HTTP/1.1\r\nHost: rebound.example\r\nAuthorization: Bearer x\r\n\r\n",
            421,
            "MisdirectedRequest",
            id="rebound name",
        ),
        pytest.param(b"GET /v1.0/users HTTP/1.1\r\nHost: [::1\r\n\r\n", 421, "MisdirectedRequest", id="no name"),
        pytest.param(b"GET /v1.0/users HTTP/1.1\r\nHost: localhost:x\r\n\r\n", 421, "MisdirectedRequest", id="no port"),
        pytest.param(
            b"GET http://rebound.example/v1.0/users HTTP/1.1\r\n" + ASKS + b"\r\n",
            421,
            "MisdirectedRequest",
            id="rebound name in the target",
        ),
        pytest.param(b"GET /v1.0/users HTTP/1.0\r\n\r\n", 421, "MisdirectedRequest", id="HTTP/1.0 without host"),
        pytest.param(
            b"POST /v1.0/users/x/revokeSignInSessions HTTP/1.1\r\n"
            + ASKS
            + b"Origin: https://evil.example\r\nContent-Length: 0\r\n\r\n",
            403,
            "Forbidden",
            id="form of another site",
        ),
        pytest.param(
            b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Origin: null\r\nContent-Length: 0\r\n\r\n",
            403,
            "Forbidden",
            id="form of nowhere",
        ),
        pytest.param(
            b"GET /v1.0/users HTTP/1.1\r\n" + ASKS + b"Sec-Fetch-Site: cross-site\r\n\r\n",
            403,
            "Forbidden",
            id="image of another site",
        ),
    ],
)
def test_what_is_not_for_the_tenant_is_refused_in_the_shape_of_graphs_errors(server, fake, sent, status, code):
    """The tenant does not even see what is too large, asked by a wrong name, or by a page of another site."""
    answered, body = _raw(server, sent)
    assert (answered, json.loads(body)["error"]["code"]) == (status, code)
    assert len(fake.requests) == (status == 501)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:80", "LOCALHOST:1"])
def test_every_name_of_loopback_will_do(server, host):
    """As programs on this machine, and pages that it serves itself, write it."""
    sent = (
        f"GET /v1.0/users HTTP/1.1\r\nHost: {host}\r\nOrigin: http://localhost:5173\r\nAuthorization: Bearer x\r\n\r\n"
    )
    assert _raw(server, sent.encode())[0] == 200


def test_a_server_that_is_exposed_answers_by_any_name(fake):
    """Other machines have a name of their own for it."""
    with Server(fake, host="0.0.0.0", exposed=True) as server, _socket(server) as raw:  # noqa: S104
        raw.sendall(b"GET /v1.0/users HTTP/1.1\r\nHost: build-7.example\r\nAuthorization: Bearer x\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GET /v1.0/us", id="part of a line"),
        pytest.param(b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Content-Length: 9\r\n\r\n{", id="part of a body"),
    ],
)
def test_a_client_that_falls_silent_is_hung_up_on(fake, sent):
    """Also in the middle of a request, which then has no effect."""
    with Server(fake, idle_timeout=0.02) as server, _socket(server) as raw:
        raw.sendall(sent)
        assert _rest(raw) == b""
        assert len(fake.requests) == 0


def test_a_connection_that_is_kept_ends_when_no_request_follows(fake):
    """Keep-alive is for clients that go on."""
    with Server(fake, idle_timeout=0.02) as server, _socket(server) as raw:
        raw.sendall(b"GET /v1.0/users HTTP/1.1\r\n" + ASKS + b"\r\n")
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        assert (answer.status, bool(answer.read())) == (200, True)
        assert _rest(raw) == b""


def _rest(raw):
    """What comes until the connection ends, in whichever way."""
    try:
        return raw.recv(1000)
    except ConnectionResetError:
        return b""


def test_a_client_that_asks_whether_to_send_its_body_is_told_at_once(server):
    """Expect: 100-continue; .NET and curl wait for it."""
    with _socket(server) as raw:
        raw.sendall(b"POST /v1.0/users HTTP/1.1\r\n" + ASKS + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.1 100")
        raw.sendall(b"{}")
        assert raw.recv(1000).startswith(b"HTTP/1.1 400")


def test_a_body_that_breaks_off_has_no_effect(server, fake):
    """A client that goes away in the middle has asked for nothing, even where the part would do."""
    user = fake.add_user("a@managed.example", signInSessionsValidFromDateTime="2020-01-01T00:00:00Z")
    path = f"/v1.0/users/{user['id']}/revokeSignInSessions"
    with _socket(server) as raw:
        raw.sendall(f"POST {path} HTTP/1.1\r\n".encode() + ASKS + b"Content-Length: 9\r\n\r\n{}")
        raw.shutdown(socket.SHUT_WR)
        assert _rest(raw) == b""
    assert fake.user(user["id"]) == user


def test_a_client_that_has_said_all_gets_its_answer(server):
    """It may end its own side of the connection before, as netcat does."""
    with _socket(server) as raw:
        raw.sendall(b"GET /v1.0/users HTTP/1.1\r\n" + ASKS + b"\r\n")
        raw.shutdown(socket.SHUT_WR)
        assert raw.recv(1000).startswith(b"HTTP/1.1 200")


def test_a_dropped_connection_is_dropped(server, fake):
    """Without an answer, as the plan of faults says, and with its effect if it says so."""
    fake.faults = ScheduledFaults(by_number={1: Dropped()})
    with _socket(server) as raw:
        raw.sendall(b"GET /v1.0/users HTTP/1.1\r\n" + ASKS + b"\r\n")
        assert _rest(raw) == b""
    assert [seen.status for seen in fake.requests] == [0]


def test_closing_waits_for_nobody():
    """A request that the tenant takes a minute for ends without an answer."""
    fake, begun = FakeTenant(), threading.Event()

    def one_minute(_):
        begun.set()
        return Slow(60)

    fake.faults = one_minute
    with Server(fake) as server, _socket(server) as raw:
        raw.sendall(b"GET /v1.0/users HTTP/1.1\r\n" + ASKS + b"\r\n")
        assert begun.wait(10)
        server.close()
        assert _rest(raw) == b""


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/v1.0/users?$filter=city%20eq%20'K%C3%B6ln'",
        "/v1.0/http://127.0.0.1:8080/v1.0/users?$filter=city+eq+'K%C3%B6ln'",
    ],
)
def test_targets_that_clients_and_proxies_write_are_understood(server, fake, target):
    """The absolute form, and a nextLink as Microsoft's client for JavaScript follows it."""
    fake.add_user("a@managed.example", city="Köln")
    status, body = _raw(server, f"GET {target} HTTP/1.1\r\n".encode() + ASKS + b"\r\n")
    assert (status, len(json.loads(body)["value"])) == (200, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"host": "192.0.2.1"}, "not a loopback address"),
        ({"host": "fake.example"}, "not a loopback address"),
        ({"port": 65_536}, "from 0 to 65535"),
        ({"port": -1}, "from 0 to 65535"),
        ({"idle_timeout": 0.0}, "above 0"),
    ],
)
def test_a_server_says_what_is_wrong_with_its_options(fake, options, message):
    """Before it listens anywhere."""
    with pytest.raises(ConfigurationError, match=message):
        Server(fake, **options)


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
        (["--application", "nobody=secret"], 2),
        (["--sku", "spe-e3=5"], 2),
        (["--sku", "SPE_E3=\u0665"], 2),
        (["--domain", "x.example=Weird"], 2),
        (["--domain", "two words"], 2),
        (["--domain", ""], 2),
        (["--port", "\u0663"], 2),
        (["--port", "x"], 2),
        (["--port", "65536"], 2),
        (["--port", "-1"], 2),
        (["--host", "192.0.2.1"], 2),
        (["--licences", "SPE_E3=25"], 2),
        (["--state", "."], 1),
        (["--state", "no/folder/x"], 1),
    ],
)
def test_the_command_says_what_is_wrong_with_its_arguments(arguments, code, capsys):
    """One line and an exit code that is not 0; what nobody could mean is a usage error."""
    with pytest.raises(SystemExit) as ended:
        main(["--port", "0", *arguments])
    assert ended.value.code == code
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith(("python -m o365prov.testing: error:", "fake"))


def test_a_state_that_can_not_be_saved_on_stop_is_one_line(tmp_path):
    """Its folder went away meanwhile."""
    folder = tmp_path / "gone"
    folder.mkdir()
    with _run("--port", "0", "--state", str(folder / "state.json")) as process:
        process.stdout.readline()
        folder.rmdir()
        process.terminate()
        _, error = process.communicate(timeout=30)
    assert (process.returncode, error.count("\n")) == (1, 1)
    assert error.startswith("fake tenant: ")


def test_a_taken_port_is_one_line(server, capsys):
    """The command says so and gives up."""
    with pytest.raises(SystemExit) as ended:
        main(["--port", str(urlsplit(server.url).port)])
    assert ended.value.code == 1
    assert "in use" in capsys.readouterr().err
