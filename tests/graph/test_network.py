"""The network and what comes from it: proxies, certificates, time limits, and answers of any size."""

import asyncio
import gzip
import logging
import ssl
import subprocess
import sys
import tracemalloc
import zlib

import certifi
import httpx
import pytest
import virtual_time

from o365prov.errors import ConfigurationError, GraphError
from o365prov.graph import Cloud, Network, Tenant
from o365prov.graph.client.decompression import LARGEST, decoded
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.network import proxy_for, trusting
from o365prov.graph.client.sdk_transport import Connection, NetworkTransport
from o365prov.graph.client.transport import AnonymousCredential
from o365prov.planning import Needs
from o365prov.testing import FakeTenant

HOST = Cloud.GLOBAL.graph_host
VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def environment(monkeypatch):
    """An environment without proxies, to which a test adds."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy.example:8080"}, "http://proxy.example:8080"),
        ({"ALL_PROXY": "proxy.example:8080"}, "http://proxy.example:8080"),
        ({"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": ".microsoft.com"}, None),
        ({"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": "corp.example"}, "http://proxy.example:8080"),
    ],
)
def test_the_proxy_is_the_environments_unless_one_is_given(environment, variables, proxy):
    """As every other program on the machine takes it."""
    for name, value in variables.items():
        environment.setenv(name, value)
    assert proxy_for(Network(), HOST) == proxy
    assert proxy_for(Network(proxy="http://own.example"), HOST) == "http://own.example"


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "proxy",
    ["socks5h://ann:secret@proxy.example:1080", "ftp://proxy.example", "http://ann:secret", "http://[::1", "a b:80"],
)
def test_a_proxy_of_the_environment_that_is_not_one_is_named(environment, name, proxy):
    """By the variable and without its value, which may hold a password; whatever says it is one error of the tree."""
    environment.setenv(name, proxy)
    with pytest.raises(ConfigurationError, match=r"HTTPS_PROXY or ALL_PROXY .*NO_PROXY") as caught:
        Connection(AnonymousCredential(), Cloud.GLOBAL)
    assert "secret" not in str(caught.value)
    environment.setenv("NO_PROXY", HOST)
    assert proxy_for(Network(), HOST) is None


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_of_the_environment_that_can_not_be_read_are_named(environment, tmp_path, content):
    """A file of the settings stands in for them."""
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_text(content)
    environment.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ConfigurationError, match=r"^SSL_CERT_FILE: .* can't be used"):
        Connection(AnonymousCredential(), Cloud.GLOBAL)
    assert trusting(Network(ca_file=certifi.where()), httpx.create_ssl_context).get_ca_certs()


def test_the_password_of_a_proxy_is_not_shown():
    """Neither in reprs nor in what refuses it."""
    assert "secret" not in repr(Network(proxy="http://ann:secret@proxy.example:8080"))
    with pytest.raises(ConfigurationError) as caught:
        Network(proxy="ftp://ann:secret@proxy.example")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"proxy": 5},
        {"proxy": "http://"},
        {"proxy": "http://proxy:x"},
        {"ca_file": 5},
        {"ca_file": ""},
        {"client_certificate": b"x"},
        {"connect_timeout": 0},
        {"read_timeout": float("inf")},
        {"total_timeout": "9"},
    ],
)
def test_wrong_settings_are_refused_by_their_names(fields):
    """Before anything is connected."""
    with pytest.raises(ConfigurationError, match=rf"Network\.{next(iter(fields))} should be"):
        Network(**fields)


@pytest.mark.parametrize("name", ["ca_file", "client_certificate"])
def test_a_file_that_is_no_certificate_is_named(tmp_path, name):
    """With what to give instead; a missing one too."""
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    for path in (wrong, tmp_path / "missing.pem"):
        with pytest.raises(ConfigurationError, match=rf"Network\.{name}: .*give a PEM file"):
            trusting(Network(**{name: str(path)}), ssl.create_default_context)


def test_the_network_is_reached_through_the_proxy(run):
    """The proxy is asked for a way to Graph; here it has none."""
    asked = []

    async def refuse(reader, writer):
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def whole():
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            network = Network(proxy=f"http://127.0.0.1:{port}")
            connection = Connection(AnonymousCredential(), Cloud.GLOBAL, network=network)
            try:
                return await connection.send(Request("GET", "/users"))
            finally:
                await connection.close()

    answer = run(whole())
    assert isinstance(answer, NoResponse)
    assert "403" in answer.why
    assert not answer.maybe_done  # the way was refused, so that nothing was sent on it
    assert asked == [b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\n"]


class Bytes(httpx.AsyncByteStream):
    """A body that counts how much of it was taken."""

    def __init__(self, chunks, seconds=0.0):
        self.chunks, self.seconds, self.taken, self.closed = chunks, seconds, 0, False

    async def __aiter__(self):
        for chunk in self.chunks:
            await asyncio.sleep(self.seconds)
            self.taken += len(chunk)
            yield chunk

    async def aclose(self):
        self.closed = True


def whole_body(chunks, encoding="", largest=1_000):
    return asyncio.run(decoded(Bytes(chunks), encoding, largest))


@pytest.mark.parametrize(
    ("encoding", "compress"), [("", bytes), ("identity", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)]
)
def test_bodies_are_decompressed(encoding, compress):
    """However they are cut into pieces."""
    content = compress(b"hello" * 20)
    assert whole_body([content[:7], content[7:8], content[8:]], encoding) == b"hello" * 20
    assert whole_body([], encoding) == b""


@pytest.mark.parametrize(
    ("chunks", "encoding", "message"),
    [
        ([b"x" * 1_001], "", "larger"),
        ([gzip.compress(b"x" * 1_001)], "gzip", "larger"),
        ([gzip.compress(b"x") + b"y" * 1_000], "gzip", "larger"),
        ([b"no gzip at all"], "gzip", "decompressed"),
        ([gzip.compress(b"x")[:-3]], "gzip", "cut off"),
        ([b"x"], "br", "not asked for"),
    ],
)
def test_bodies_that_are_not_graphs_are_refused(chunks, encoding, message):
    """Too large, cut off, or compressed otherwise than they say."""
    with pytest.raises(ValueError, match=message):
        whole_body(chunks, encoding)


def test_a_body_is_refused_while_it_is_decompressed():
    """A small body that would become 200 MB takes no more memory than the largest answer."""
    bomb = zlib.compressobj(wbits=31)
    block = b"\0" * 2**20
    content = b"".join(bomb.compress(block) for _ in range(200)) + bomb.flush()
    stream = Bytes([content[begin : begin + 4_096] for begin in range(0, len(content), 4_096)])
    tracemalloc.start()
    with pytest.raises(ValueError, match="larger than 64 MB"):
        asyncio.run(decoded(stream, "gzip"))
    assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST
    tracemalloc.stop()
    assert stream.taken < len(content) / 2


def answering(stream, headers=()):
    """A connection over a network that answers with this body."""

    class Answering(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request):
            return httpx.Response(200, headers=dict(headers), stream=stream)

    return NetworkTransport(Answering(), 300)


def test_an_answer_that_does_not_end_is_given_up():
    """A byte a minute would never be a time-out of reading."""
    stream = Bytes([b"x"] * 1_000, seconds=60)

    async def whole():
        request = httpx.Request("GET", "https://graph.microsoft.com/v1.0/users")
        with pytest.raises(httpx.ReadTimeout, match="not complete after 300 seconds"):
            await answering(stream).handle_async_request(request)

    _, seconds = virtual_time.run(whole())
    assert seconds == 300
    assert stream.closed


def test_what_graph_can_not_have_answered_is_not_json():
    """Numbers beyond all limits, halves of surrogate pairs, other encodings, nesting without end."""
    for content in (b"1e999", b"[NaN]", b"-Infinity", b'"\\ud800"', b'{"\\uDfff": 1}', b'"\xff"', b"[" * 100_000):
        with pytest.raises(ValueError):  # noqa: PT011 - whichever; it is the caller who says where
            Response(200, {}, content).json()
    assert Response(200, {}, b'["\\ud83d\\ude00", 1.5]').json() == ["\U0001f600", 1.5]


def test_requests_name_the_program_and_the_app(transport, run):
    """So that security teams can tell them from any other Python."""
    scripted = transport((200, {}, {}))

    class AppCredential:
        async def get_token(self, *scopes, **options):
            from azure.core.credentials import AccessToken  # noqa: PLC0415

            claims = "eyJhcHBpZCI6IjExMTExMTExLTIyMjItMzMzMyJ9"  # {"appid": "11111111-2222-3333"}
            return AccessToken(f"e30.{claims}.x", 1 << 33)

    async def whole():
        connection = Connection(AppCredential(), Cloud.GLOBAL, scripted)
        await connection.send(Request("GET", "/users"))
        await connection.close()

    run(whole())
    [(_, _, headers, _)] = scripted.requests
    assert headers["user-agent"].startswith("o365prov/")
    assert headers["user-agent"].endswith(" (11111111-2222-3333)")


def test_every_error_has_the_id_of_the_request(transport, run):
    """Microsoft support finds a request by it, also one that was not answered, or not by Graph."""
    scripted = transport((403, {}, b"<html>"), (200, {}, b"<html>"))

    async def whole():
        async with Tenant.over(scripted) as tenant:
            connection = tenant._connection
            with pytest.raises(GraphError) as caught:
                await connection.unless_closed(connection.open().read(Request("GET", "/users")))
            return caught.value

    error = run(whole())
    sent = scripted.requests[0][2]["client-request-id"]
    assert error.client_request_id == sent
    assert sent in str(error)


def test_addresses_are_logged_for_debugging_alone(run, caplog):
    """They hold usernames, and every log has INFO."""

    async def whole():
        async with Tenant.over(FakeTenant()) as tenant:
            await tenant.read(Needs(()))

    caplog.set_level(logging.INFO)
    run(whole())
    assert not [record for record in caplog.records if record.name == "httpx"]
    caplog.set_level(logging.DEBUG)
    run(whole())
    assert {record.levelname for record in caplog.records if record.name == "httpx"} == {"DEBUG"}


def test_the_httpx_of_others_logs_as_before(caplog):
    """Only our own requests are meant."""
    Connection(AnonymousCredential(), Cloud.GLOBAL, FakeTenant())
    caplog.set_level(logging.INFO)
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    with httpx.Client(transport=transport) as client:
        client.get("https://other.example/")
    assert [record.levelname for record in caplog.records if record.name == "httpx"] == ["INFO"]


def test_programs_that_turn_warnings_into_errors_can_use_a_tenant():
    """The SDK warns of its own modules, which nobody can change who only uses it."""
    script = (
        "from o365prov import BlockingTenant\n"
        "from o365prov.planning import Needs\n"
        "from o365prov.testing import FakeTenant\n"
        "with BlockingTenant.over(FakeTenant()) as tenant:\n"
        "    needs = Needs(('jobTitle',), managers=True, roles=True, deleted_users=True, addresses=True)\n"
        "    print(len(tenant.read(needs).users))\n"
    )
    ran = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.stdout == "0\n", ran.stderr[-500:]
