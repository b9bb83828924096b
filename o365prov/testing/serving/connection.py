"""One connection of a client: uvicorn's HTTP/1.1, and what a server on somebody's machine needs beside it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from o365prov.testing.fake_tenant.gateway.asgi import AsgiApplication

_LOGGER = logging.getLogger("o365prov.testing.serving")
_LOGGER.setLevel(logging.ERROR)  # what a client got wrong is in its answer, and no news for the server's owner


def configured(application: AsgiApplication) -> Config:
    """What uvicorn needs to know: HTTP by h11, which is strict, and nothing beside it."""
    config = Config(
        application,
        http="h11",
        ws="none",
        loop="asyncio",
        interface="asgi3",
        lifespan="off",
        proxy_headers=False,
        log_config=None,
        access_log=False,
    )
    config.load()
    return config


class _HeadWithBody(h11.Connection):
    """Sends the head of an answer together with its body: one system call instead of two, and one packet."""

    _head = b""

    def send(self, event: Any) -> Any:
        """The bytes to write now."""
        output = super().send(event) or b""
        if isinstance(event, h11.Response):
            self._head, output = output, b""
        elif self._head:
            self._head, output = b"", self._head + output
        return output


class ServedConnection(H11Protocol):
    """A connection that ends when the client owes something for too long, or when the tenant hangs up.

    Args:
        config: of ``configured``.
        state: the server's open connections and tasks.
        idle: seconds that a client may take between two pieces of what it sends.

    """

    def __init__(self, config: Config, state: ServerState, idle: float) -> None:
        super().__init__(config, state, {})
        self.conn = _HeadWithBody(h11.SERVER)
        self.logger = _LOGGER
        self.timeout_keep_alive = idle  # type: ignore[assignment]  # uvicorn hands it to call_later
        self._application, self.app = self.app, self._answer

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, and wait for the first request."""
        super().connection_made(transport)
        self._wait_for_client()

    def data_received(self, data: bytes) -> None:
        """Take what came, and wait for the rest of it."""
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # nonsense in a body whose answer is under way
            self.transport.abort()
        self._wait_for_client()

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio takes the answer, uvicorn has none
        """Say whether to stay: a client that ended its side has asked for what is under way, and nothing unfinished."""
        return self.scheme == "http" and not self._owes

    @property
    def _owes(self) -> bool:
        """Whether the client has to send something before anything can happen."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete or cycle.more_body

    def _wait_for_client(self) -> None:
        self._unset_keepalive_if_required()
        if self._owes and not self.transport.is_closing():
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.transport.abort)

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._application(scope, receive, send)
        except (ConnectionResetError, asyncio.CancelledError):
            self.transport.abort()
            await asyncio.sleep(0)  # until uvicorn knows that nobody is there to answer to
