"""The connection of a tenant: made at first use, for one event loop in one process."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define, field

from o365prov.errors import UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.network import Network
from o365prov.graph.client.rate_limiter import Clock, RateLimiter, RateLimits, SystemClock
from o365prov.graph.client.read_only import read_only
from o365prov.graph.client.retry import RetryPolicy
from o365prov.graph.client.sender import Sender, random_number
from o365prov.graph.client.transport import Credential, Transport

if TYPE_CHECKING:
    from o365prov.graph.client.sdk_transport import Connection

_Result = TypeVar("_Result")


@define(eq=False)
class LoopConnection:
    """What requests to one tenant are sent over.

    Args:
        credential: gives tokens.
        cloud: Microsoft's cloud in which the tenant is.
        network: how the network is reached.
        rate_limits: how fast to send.
        retry_policy: how often and how long one request is tried.
        read_only: whether nothing may be sent that writes.
        transport: carries the requests in place of the network.
        clock: gives the time and waits.
        random: gives numbers from 0 to 1, for the random part of waits.

    """

    credential: Credential
    cloud: Cloud
    network: Network
    rate_limits: RateLimits
    retry_policy: RetryPolicy
    read_only: bool = False
    transport: Transport | None = None
    clock: Clock = field(factory=SystemClock)
    random: Callable[[], float] = random_number
    closed: bool = field(init=False, default=False)
    _process: int = field(init=False, factory=os.getpid)
    _loop: asyncio.AbstractEventLoop | None = field(init=False, default=None)
    _connection: Connection | None = field(init=False, default=None)
    _sender: Sender | None = field(init=False, default=None)

    def open(self) -> Sender:
        """The sender, for the event loop that runs now.

        Raises:
            UsageError: there is no loop, or it is another one; the connection is closed, or from before a fork.

        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise UsageError("a Tenant is used in async code: elsewhere use BlockingTenant") from None
        if self.closed:
            raise UsageError("this Tenant is closed: make another one")
        if self._process != os.getpid():
            raise UsageError("this Tenant was made before a fork: make one in each process")
        if self._loop is None:
            from o365prov.graph.client.sdk_transport import Connection  # noqa: PLC0415 - loads httpx and the SDK

            self._loop = loop
            self._connection = Connection(
                self.credential, self.cloud, self.transport, self.network, read_only=self.read_only
            )
            rate_limiter = RateLimiter(self.clock, self.rate_limits)
            self._sender = Sender(self._connection, rate_limiter, self.retry_policy, self.random)
        if self._loop is not loop:
            raise UsageError(
                "this Tenant is used on another event loop already: make one Tenant for each loop, or a BlockingTenant"
            )
        assert self._sender is not None  # noqa: S101 - made above
        return self._sender

    def open_to_write(self) -> Sender:
        """The same, for what writes.

        Raises:
            ReadOnlyError: the connection only reads.

        """
        if self.read_only:
            raise read_only("apply")
        return self.open()

    @property
    def sdk(self) -> Any:
        """msgraph-sdk's ``GraphServiceClient`` over the same connection."""
        self.open()
        assert self._connection is not None  # noqa: S101 - open() made it
        return self._connection.sdk

    async def token(self) -> str:
        """The token that is sent now."""
        self.open()
        assert self._connection is not None  # noqa: S101 - open() made it
        return await self._connection.token()

    async def unless_closed(self, work: Awaitable[_Result]) -> _Result:
        """What the work gives; one clear error if the connection is closed meanwhile."""
        try:
            return await work
        except Exception:
            if self.closed:
                raise UsageError("the Tenant was closed while it was used: close it when its work is done") from None
            raise

    async def close(self) -> None:
        """Close it for good."""
        self.closed = True
        if self._connection is not None:
            await self._connection.close()
