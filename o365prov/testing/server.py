"""FakeTenant on loopback, for clients in any language: HTTP/1.1 with keep-alive, and TLS where it is wanted."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import sys
import tempfile
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self, cast

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted, shortened
from o365prov.testing.fake_tenant import FakeTenant
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import LARGEST_BODY
from o365prov.testing.tls import make_certificate, server_context


class Server:
    """Serves a fake tenant on loopback, from threads of its own, until it is closed.

    Args:
        fake: the tenant that answers.
        host: a loopback address.
        port: 0 picks a free one.
        tls: whether to speak TLS, with a certificate for loopback addresses that the server makes for itself.

    Raises:
        ConfigurationError: it can't listen there, because the port is taken or there is no such host.

    Example:
        >>> with Server(FakeTenant(seed=1)) as server:
        ...     server.url.startswith("http://127.0.0.1:")
        True

    """

    def __init__(self, fake: FakeTenant, *, host: str = "127.0.0.1", port: int = 0, tls: bool = False) -> None:
        check_call(Server.__init__, locals())
        self._folder = tempfile.TemporaryDirectory(prefix="o365prov-") if tls else None
        self._certificate: Path | None = None
        context = None
        if self._folder is not None:
            self._certificate, key = make_certificate(Path(self._folder.name))
            context = server_context(self._certificate, key)
        try:
            self._http = _HTTPServer((host, port), fake, context)
        except (OSError, OverflowError) as error:
            raise ConfigurationError(
                f"Server can't listen on {shortened(host)}:{quoted(port)} ({error}): give another one"
            ) from error
        self._thread = threading.Thread(
            target=self._http.serve_forever, name="fake tenant", kwargs={"poll_interval": 0.05}
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """The base address for clients, such as ``http://127.0.0.1:8080/v1.0``."""
        return f"{self.authority}/v1.0"

    @property
    def authority(self) -> str:
        """Where credentials sign in, such as ``https://127.0.0.1:8443``; those of azure-identity want TLS."""
        host, port = self._http.server_address[:2]
        return f"{self._http.scheme}://{host!s}:{port}"

    @property
    def certificate(self) -> str | None:
        """The file of the certificate that clients have to trust, until the server is closed; None without TLS."""
        return None if self._certificate is None else str(self._certificate)

    def close(self) -> None:
        """Stop listening, end the open connections, and wait for it."""
        self._http.shutdown()
        self._http.close_connections()
        self._http.server_close()
        self._thread.join()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        """The server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()


class _HTTPServer(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], fake: FakeTenant, tls: ssl.SSLContext | None) -> None:
        self.fake = fake
        self.scheme = "https" if tls else "http"
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer a client, in TLS if that is spoken; the handshake is on the client's own thread."""
        if self._tls is None:
            super().finish_request(request, client_address)
            return
        secure = self._tls.wrap_socket(request, server_side=True)
        with self._guard:
            self._open.add(secure)
        try:
            super().finish_request(secure, client_address)
        finally:
            self.shutdown_request(secure)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or does not trust us, is not worth a word; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "o365prov-fake-tenant"
    wbufsize = -1  # headers and body leave in one packet: two would wait for each other's acknowledgement
    disable_nagle_algorithm = True

    @property
    def _fake_server(self) -> _HTTPServer:
        return cast("_HTTPServer", self.server)

    def _answer(self) -> None:
        try:
            content = self._content()
        except (ValueError, OverflowError) as error:
            self.send_error(413 if isinstance(error, OverflowError) else 400, str(error))
            self._take_the_rest()
            return
        host = self.headers.get("Host") or "{}:{}".format(*self._fake_server.server_address[:2])
        target = self.path.encode("latin-1").decode(errors="replace")  # http.server reads bytes as Latin-1
        url = f"{self._fake_server.scheme}://{host}{target}" if target.startswith("/") else target
        try:
            status, headers, body = self._fake_server.fake.handle(
                self.command, url, dict(self.headers.items()), content
            )
        except ConnectionResetError:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = _answer  # noqa: N815 - http.server's names

    def _content(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._chunks())
        text = self.headers.get("Content-Length", "0")
        if not text.isdecimal():
            raise ValueError(f"Content-Length {text!r} must be a number of bytes")
        if int(text) > LARGEST_BODY:
            raise OverflowError(f"Content-Length {text} is too much: a body holds at most {LARGEST_BODY} bytes")
        return self._exactly(int(text))

    def _exactly(self, size: int) -> bytes:
        """So many bytes of a body; a client that goes away before it sent them has asked for nothing."""
        content = self.rfile.read(size)
        if len(content) < size:
            raise ConnectionAbortedError("the client went away in the middle of a body")
        return content

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while size := int(self.rfile.readline(1024).split(b";")[0], 16):
            total += size
            if size < 0:
                raise ValueError(f"a chunk can't have {size} bytes")
            if total > LARGEST_BODY:
                raise OverflowError(f"a body holds at most {LARGEST_BODY} bytes")
            yield self._exactly(size)
            self.rfile.readline(8)
        while self.rfile.readline(8192).strip():
            pass

    def handle_expect_100(self) -> bool:
        """Say at once that the body may come: a client that asked waits for it."""
        proceeds = super().handle_expect_100()
        self.wfile.flush()
        return proceeds

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is not HTTP, or too much of it, in the shape of Graph's errors too."""
        phrase = HTTPStatus(code).phrase
        refusal = (
            GraphErrorResponse.unsupported(f"the fake tenant does not support the method {self.command}")
            if code == HTTPStatus.NOT_IMPLEMENTED
            else GraphErrorResponse(code, phrase.replace(" ", "").replace("-", ""), message or explain or phrase)
        )
        request_id = str(uuid.uuid4())
        body = json.dumps(refusal.body(request_id, request_id, datetime.now(UTC))).encode()
        self.close_connection = True
        self.send_response_only(code)
        for name, value in (("Content-Type", "application/json"), ("Connection", "close"), ("request-id", request_id)):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _take_the_rest(self) -> None:
        """Read on for a while before hanging up, or the answer would be lost on a client that is still sending."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(2)
            left = 4 * LARGEST_BODY
            while left > 0 and (chunk := self.rfile.read1(1 << 16)):
                left -= len(chunk)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: what went over the wire is in ``FakeTenant.requests``."""
