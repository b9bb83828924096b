"""Requests on their way: paced, counted, and, where that does no harm, sent again.

There is one retry policy for everything, :class:`RetryPolicy`. What repeats a *read* stands here; what repeats a
*write* stands in :mod:`o365prov.graph.apply.delivery`, because only there it is known what may be repeated.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from attrs import field, frozen

from o365prov.errors import ConnectionFailedError, TenantError
from o365prov.graph.client.batch import chunks, decode, encode
from o365prov.graph.client.errors import ErrorCategory, classify
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.rate_limiter import RateLimiter, retry_after

_log = logging.getLogger(__name__)

REPEATABLE = frozenset({ErrorCategory.TRANSIENT, ErrorCategory.UNKNOWN})


@frozen
class RetryPolicy:
    """How often and how long to try: *attempts* of one request in all, *throttled* if the answer is that Graph is busy.

    All times are in seconds.

    Waits double from *first* to *longest*, half of each at random; Graph's own "retry after" is kept to if it is at
    most *patience*. An object that was written less than *lag* ago may still be unknown in other places of Microsoft's.
    """

    attempts: int = 8
    throttled: int = 40
    first: float = 1.0
    longest: float = 60.0
    patience: float = 300.0
    lag: float = 120.0

    def wait(self, attempt: int, chance: float) -> float:
        """Seconds to wait after the *attempt*-th failure; *chance* is between 0 and 1."""
        return min(self.longest, self.first * 2.0 ** (attempt - 1)) * (0.5 + chance / 2)


class Connected(Protocol):
    """What requests are sent over; :class:`o365prov.graph.client.sdk_transport.Connection` is it."""

    async def send(self, request: Request) -> Response | NoResponse: ...


def _dice() -> float:
    return random.random()  # noqa: S311 - spreads waits, guards nothing


@frozen
class Sender:
    """Sends requests at the pacer's pace."""

    connection: Connected
    pacer: RateLimiter
    retries: RetryPolicy = field(factory=RetryPolicy)
    chance: Callable[[], float] = _dice

    async def once(self, request: Request) -> Response | NoResponse:
        """Send *request* when it is its turn, once."""
        await self.pacer.turn(request.units, request.writes)
        reply = await self.connection.send(request)
        if isinstance(reply, Response):
            self.pacer.learn(reply.headers)
            if reply.status == 429:
                self.pacer.refused()
            _log.debug("%s: %d", request.where, reply.status)
        else:
            _log.debug("%s: no answer", request.where)
        return reply

    async def batch_once(self, requests: Sequence[Request]) -> list[Response | NoResponse]:
        """Send at most 20 requests as one batch, once; returns the answers in the order of the requests."""
        replies = decode(await self.once(encode(requests)), len(requests))
        for request, reply in zip(requests, replies, strict=True):
            if isinstance(reply, Response):
                self.pacer.learn(reply.headers)
                if reply.status == 429:
                    self.pacer.refused()
                _log.debug("batched %s: %d", request.where, reply.status)
        return replies

    async def pause(self, attempt: int, replies: Sequence[Response | NoResponse]) -> None:
        """Wait before sending again what got *replies*: as long as the longest "retry after", else a growing while."""
        now = self.pacer.clock.now()
        asked = [
            seconds
            for reply in replies
            if isinstance(reply, Response) and (seconds := retry_after(reply.headers, now)) is not None
        ]
        if max(asked, default=0.0) > 0:
            self.pacer.hold(max(asked), "Graph asked to wait")
        else:
            seconds = self.retries.wait(attempt, self.chance())
            self.pacer.on_wait(seconds, "trying again")
            await self.pacer.clock.sleep(seconds)

    def may_repeat(self, attempt: int, reply: Response | NoResponse) -> bool:
        """Whether another attempt is allowed after the *attempt*-th, and Graph does not ask for more than patience."""
        if isinstance(reply, NoResponse):
            return attempt < self.retries.attempts
        asked = retry_after(reply.headers, self.pacer.clock.now()) or 0.0
        limit = self.retries.throttled if reply.status == 429 else self.retries.attempts
        return attempt < limit and asked <= self.retries.patience

    async def read(self, request: Request) -> Any:
        """The JSON value that a GET gives; repeated as long as that helps.

        Raises GraphError for an error of Graph, ConnectionFailedError if there is no answer, TenantError for an answer
        that is no JSON, CredentialError if there is no token.
        """
        attempt = 1
        renewed = False
        while True:
            reply = await self.once(request)
            if isinstance(reply, Response) and reply.ok:
                try:
                    return reply.json()
                except ValueError:
                    problem: TenantError = not_json(request, reply)
            elif isinstance(reply, Response):
                failure = classify(reply)
                problem = failure.error(request.where)
                if failure.meaning is ErrorCategory.UNAUTHORIZED and not renewed:
                    renewed = True
                elif failure.meaning not in REPEATABLE:
                    raise problem
            else:
                problem = unanswered(request, reply)
            if not self.may_repeat(attempt, reply):
                raise problem
            await self.pause(attempt, [reply])
            attempt += 1

    async def read_all(self, requests: Sequence[Request]) -> list[Response]:
        """The final answers, errors included, to many GETs, 20 in a batch; repeated as long as that helps."""
        replies: list[Response] = []
        for chunk in chunks(requests):
            replies += await self._read_batch(chunk)
        return replies

    async def _read_batch(self, requests: Sequence[Request]) -> list[Response]:
        settled: dict[int, Response] = {}
        attempt = 1
        while waiting := [number for number in range(len(requests)) if number not in settled]:
            replies = await self.batch_once([requests[number] for number in waiting])
            again = []
            for number, reply in zip(waiting, replies, strict=True):
                if isinstance(reply, Response) and (reply.ok or classify(reply).meaning not in REPEATABLE):
                    settled[number] = reply
                elif self.may_repeat(attempt, reply):
                    again.append(reply)
                elif isinstance(reply, Response):
                    settled[number] = reply
                else:
                    raise unanswered(requests[number], reply)
            if again:
                await self.pause(attempt, again)
            attempt += 1
        return [settled[number] for number in range(len(requests))]


def unanswered(request: Request, reply: NoResponse) -> ConnectionFailedError:
    """The error of a request that got no answer."""
    return ConnectionFailedError(f"{request.where}: no answer ({reply.why}); check the network and try again")


def not_json(request: Request, reply: Response) -> TenantError:
    """The error of an answer that should be JSON."""
    kind = reply.headers.get("content-type", "").split(";")[0] or "no content type"
    return TenantError(
        f"{request.where}: the answer is no JSON ({reply.status}, {kind}, {len(reply.content)} bytes); "
        "try again, and look for a proxy that answers instead of Graph"
    )
