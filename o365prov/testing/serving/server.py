"""The server: a thread with an event loop of its own, from the moment it is made until it is closed."""

from __future__ import annotations

import asyncio
import math
import socket
import ssl
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted, shortened
from o365prov.testing.fake_tenant import FakeTenant
from o365prov.testing.serving.callers import LocalCallers, is_loopback
from o365prov.testing.serving.tls import make_certificate, server_context

if TYPE_CHECKING:
    from uvicorn import Config

LAST_PORT = 65_535


class Server:
    """Serves a fake tenant on loopback, from a thread of its own, until it is closed; needs the extra ``server``.

    Args:
        fake: the tenant that answers.
        host: the address to listen on; one of loopback, unless *exposed*.
        port: 0 picks a free one.
        tls: whether to speak TLS, with a certificate for loopback addresses that the server makes for itself.
        exposed: whether other machines may ask, too; then *host* may be any address of this one.
        idle_timeout: seconds after which a client that owes the rest of a request, or the next one, is hung up on.

    Raises:
        ConfigurationError: it can't listen there, because the port is taken, there is no such host, or it is not one
            of loopback; or uvicorn is not installed.

    Example:
        >>> with Server(FakeTenant(seed=1)) as server:
        ...     server.url.startswith("http://127.0.0.1:")
        True

    """

    def __init__(
        self,
        fake: FakeTenant,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        exposed: bool = False,
        idle_timeout: float = 60.0,
    ) -> None:
        check_call(Server.__init__, locals())
        if not 0 < idle_timeout < math.inf:
            raise ConfigurationError(f"Server(idle_timeout={idle_timeout}): it is a number of seconds above 0")
        config = _configured(LocalCallers(fake.asgi, exposed))
        self._socket = _listening(host, port, exposed=exposed)
        self._folder = tempfile.TemporaryDirectory(prefix="o365prov-") if tls else None
        self._certificate: Path | None = None
        self._tls: ssl.SSLContext | None = None
        if self._folder is not None:
            self._certificate, key = make_certificate(Path(self._folder.name))
            self._tls = server_context(self._certificate, key)
        self._address: tuple[str, int] = self._socket.getsockname()[:2]
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        serving = self._serve(config, idle_timeout)
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(serving,), name="fake tenant")
        self._thread.daemon = True
        self._thread.start()

    @property
    def url(self) -> str:
        """The base address for clients, such as ``http://127.0.0.1:8080/v1.0``."""
        return f"{self.authority}/v1.0"

    @property
    def authority(self) -> str:
        """Where credentials sign in, such as ``https://127.0.0.1:8443``; those of azure-identity want TLS."""
        host, port = self._address
        return f"{'http' if self._tls is None else 'https'}://{f'[{host}]' if ':' in host else host}:{port}"

    @property
    def certificate(self) -> str | None:
        """The file of the certificate that clients have to trust, until the server is closed; None without TLS."""
        return None if self._certificate is None else str(self._certificate)

    def close(self) -> None:
        """Stop listening, end the open connections, and wait for it."""
        if self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        """The server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    async def _serve(self, config: Config, idle_timeout: float) -> None:
        from uvicorn.server import ServerState  # noqa: PLC0415 - an extra

        from o365prov.testing.serving.connection import ServedConnection  # noqa: PLC0415

        state = ServerState()
        listener = await self._loop.create_server(
            lambda: ServedConnection(config, state, idle_timeout),
            sock=self._socket,
            ssl=self._tls,
            ssl_handshake_timeout=idle_timeout if self._tls else None,
        )
        await self._stop.wait()
        listener.close()
        for connection in tuple(state.connections):
            connection.transport.abort()
        tasks = tuple(state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)


def _configured(application: LocalCallers) -> Config:
    try:
        from o365prov.testing.serving.connection import configured  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigurationError(f"Server needs uvicorn ({error}): install the extra server") from error
    return configured(application)


def _listening(host: str, port: int, *, exposed: bool) -> socket.socket:
    if not 0 <= port <= LAST_PORT:
        raise ConfigurationError(f"Server(port={quoted(port)}): a port is a number from 0 to {LAST_PORT}")
    if not (exposed or is_loopback(host)):
        raise ConfigurationError(
            f"Server(host={quoted(shortened(host))}): this is not a loopback address, and anybody who reaches it"
            " could read and change the tenant; give exposed=True if that is meant"
        )
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=128)
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"Server can't listen on {shortened(host)}:{port} ({error}): give another host or port"
        ) from error
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what comes in two writes must not wait
    return listening
