"""Requests to Graph within the rate limits, and reads that are repeated where that helps.

What repeats a *read* is here; what repeats a *write* is in :mod:`o365prov.graph.apply.delivery`, because only there it
is known which writes can be repeated.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from attrs import field, frozen

from o365prov._tracing import span
from o365prov.errors import ConnectionFailedError, TenantError
from o365prov.graph.client.batch import chunks, decode, encode
from o365prov.graph.client.errors import ErrorCategory, classify
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.rate_limiter import RateLimiter
from o365prov.graph.client.retry import Attempts, RetryPolicy

_log = logging.getLogger(__name__)

BATCHES_AT_ONCE = 100
"""How many go at once follows from the rate limiter: its rate times what a batch takes. This is the most: HTTP/2 has
100 requests on a connection, and what is under way when a process dies has to be looked at by the next one."""
REPEATABLE = frozenset({ErrorCategory.TRANSIENT, ErrorCategory.UNKNOWN})
_TOO_LATE = NoResponse("not sent, its turn would have come after the time limit", maybe_done=False, connected=True)


class RequestConnection(Protocol):
    """What requests are sent over, such as :class:`~o365prov.graph.client.sdk_transport.Connection`."""

    async def send(self, request: Request) -> Response | NoResponse:
        """The answer to this request, or why there is none."""
        ...


def random_number() -> float:
    """A number from 0 to 1."""
    return random.random()  # noqa: S311 - spreads waits, guards nothing


@frozen
class Sender:
    """Sends requests over a connection.

    Args:
        connection: sends one request once.
        rate_limiter: says when the next request may be sent.
        retry_policy: how often and how long a request is tried.
        random: gives numbers from 0 to 1, for the random part of waits.

    """

    connection: RequestConnection
    rate_limiter: RateLimiter
    retry_policy: RetryPolicy = field(factory=RetryPolicy)
    random: Callable[[], float] = random_number

    def attempts(self) -> Attempts:
        """The attempts at one request, or at one batch."""
        return Attempts(self.retry_policy, self.rate_limiter, self.random)

    async def ready(self, requests: Sequence[Request]) -> None:
        """Wait until these requests could be sent at once."""
        await self.rate_limiter.ready(_units(requests), _writes(requests))

    def reserved(self, requests: Sequence[Request]) -> AbstractContextManager[None]:
        """Keep free what these requests cost, until they are about to be sent."""
        return self.rate_limiter.reserved(_units(requests), _writes(requests))

    async def send(self, request: Request, attempts: Attempts) -> Response | NoResponse:
        """Send *request* once, when its turn has come."""
        response, sent_at = await self._send(request, attempts)
        if isinstance(response, Response) and response.status == 429:
            self.rate_limiter.refused(request.units, request.writes, response.headers, sent_at)
        return response

    async def send_batch(self, requests: Sequence[Request], attempts: Attempts) -> list[Response | NoResponse]:
        """Send at most 20 requests as one batch, once; returns the responses in the order of the requests."""
        with span("batch", requests=len(requests)) as note:
            outer, sent_at = await self._send(encode(requests), attempts)
            responses = decode(outer, len(requests))
            note("failed", sum(isinstance(each, NoResponse) or not each.ok for each in responses))
        refused: list[Request] = []
        headers: dict[str, str] = {}
        for request, response in zip(requests, responses, strict=True):
            _log.debug("batched %s: %s", request.where, _status(response))
            if isinstance(response, Response) and response.status == 429:
                refused.append(request)
                headers |= response.headers
        if refused:
            self.rate_limiter.refused(_units(refused), _writes(refused), headers, sent_at)
        return responses

    async def _send(self, request: Request, attempts: Attempts) -> tuple[Response | NoResponse, float]:
        """The response, and when the request was sent by the rate limiter's clock."""
        if not await attempts.turn(request):
            return _TOO_LATE, 0.0
        sent_at = self.rate_limiter.clock.seconds()
        try:
            response = await self.connection.send(request)
        finally:
            self.rate_limiter.answered(request.units, request.writes)
        _log.debug("%s: %s", request.where, _status(response))
        return response, sent_at

    async def read(self, request: Request) -> Any:
        """The JSON value that a GET gives; repeated where that helps.

        Raises:
            GraphError: Graph answered with an error.
            ConnectionFailedError: no answer came.
            CredentialError: there is no token.
            TenantError: the answer is not JSON.

        """
        attempts = self.attempts()
        renewed = False
        async for _ in attempts:
            response = await self.send(request, attempts)
            if isinstance(response, NoResponse):
                error: TenantError = no_answer(request, response)
            elif response.ok:
                try:
                    return response.json()
                except ValueError:
                    error = not_json(request, response)
            else:
                classified = classify(response)
                error = classified.error(request.where)
                first_401 = classified.category is ErrorCategory.UNAUTHORIZED and not renewed
                renewed = renewed or first_401
                if classified.category not in REPEATABLE and not first_401:
                    raise error
            if not attempts.repeat(response):
                raise error
        return None

    async def read_all(self, requests: Sequence[Request]) -> list[Response]:
        """The final responses, errors included, to many GETs, 20 in a batch; repeated where that helps.

        The batches go together, as the rate limiter lets them.

        Raises:
            ConnectionFailedError: no answer came.
            CredentialError: there is no token.

        """
        gate = asyncio.Semaphore(BATCHES_AT_ONCE)

        async def one(chunk: Sequence[Request]) -> list[Response]:
            async with gate:
                return await self._read_batch(chunk)

        return [each for responses in await together(*map(one, chunks(requests))) for each in responses]

    async def _read_batch(self, requests: Sequence[Request]) -> list[Response]:
        final: dict[int, Response] = {}
        attempts = self.attempts()
        async for _ in attempts:
            pending = [number for number in range(len(requests)) if number not in final]
            responses = await self.send_batch([requests[number] for number in pending], attempts)
            for number, response in zip(pending, responses, strict=True):
                repeatable = not isinstance(response, Response) or (
                    not response.ok and classify(response).category in REPEATABLE
                )
                if repeatable and attempts.repeat(response):
                    continue
                if isinstance(response, NoResponse):
                    raise no_answer(requests[number], response)
                final[number] = response
        return [final[number] for number in range(len(requests))]


async def together(*works: Coroutine[Any, Any, Any]) -> list[Any]:
    """The results of what goes on at the same time, in their order; the first error ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
    except BaseExceptionGroup as errors:
        first = errors.exceptions[0]
        raise first from first.__cause__
    return [task.result() for task in tasks]


def no_answer(request: Request, response: NoResponse) -> ConnectionFailedError:
    """The error of a request that got no answer."""
    remedy = "try again later" if response.connected else "check the network and try again"
    asked = f", client-request-id {response.client_request_id}" if response.client_request_id else ""
    return ConnectionFailedError(f"{request.where}: no answer ({response.why}{asked}); {remedy}")


def not_json(request: Request, response: Response) -> TenantError:
    """The error of an answer that should be JSON."""
    kind = response.headers.get("content-type", "").split(";")[0] or "no content type"
    client_request_id = response.headers.get("client-request-id")
    asked = f", client-request-id {client_request_id}" if client_request_id else ""
    return TenantError(
        f"{request.where}: the answer is not JSON ({response.status}, {kind}, {len(response.content)} bytes{asked}); "
        "try again, and look for a proxy that answers instead of Graph"
    )


def _units(requests: Iterable[Request]) -> int:
    return sum(each.units for each in requests)


def _writes(requests: Iterable[Request]) -> int:
    return sum(each.writes for each in requests)


def _status(response: Response | NoResponse) -> str:
    return str(response.status) if isinstance(response, Response) else "no answer"
