"""Graph's ``$batch``: up to 20 requests in one, and their responses.

Responses come in any order and are matched by id; each has its own status, headers and, where there is one, body. An
outer 200 says nothing about them. A batch saves round trips, not quota.

Source: Microsoft, "Combine multiple requests in one HTTP call using JSON batching".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

from o365prov.errors import UsageError
from o365prov.graph.client.messages import NoResponse, Request, Response

LIMIT = 20
_IDS = ("request-id", "client-request-id")

_Item = TypeVar("_Item")


class _Write(Protocol):
    """A write to an object that is there, or to one that it creates."""

    object_id: str | None


_W = TypeVar("_W", bound=_Write)


def encode(requests: Sequence[Request]) -> Request:
    """Put at most 20 requests into one; each has its number, from 1, as its id.

    >>> encode([Request("PATCH", "/users/1", {"jobTitle": None}, writes=1)]).body
    {'requests': [{'id': '1', 'method': 'PATCH', 'url': '/users/1', 'headers': {'Content-Type': 'application/json'}, 'body': {'jobTitle': None}}]}
    """  # noqa: E501
    if not 0 < len(requests) <= LIMIT:
        raise UsageError(f"a batch holds 1 to {LIMIT} requests, not {len(requests)}: divide them with chunks()")
    return Request(
        "POST",
        "/$batch",
        {"requests": [_encoded(str(number), request) for number, request in enumerate(requests, 1)]},
        units=sum(request.units for request in requests),
        writes=sum(request.writes for request in requests),
    )


def _encoded(number: str, request: Request) -> dict[str, Any]:
    encoded: dict[str, Any] = {"id": number, "method": request.method, "url": request.url}
    headers = dict(request.headers)
    if request.body is not None:
        headers["Content-Type"] = "application/json"  # refused without, where there is a body
    if headers:
        encoded["headers"] = headers
    if request.body is not None:
        encoded["body"] = request.body
    return encoded


def decode(outer: Response | NoResponse, count: int) -> list[Response | NoResponse]:
    """The responses to *count* requests, in the order of the requests.

    Where the batch as a whole failed, each request has failed in that way; where its response can't be read, or lacks
    one of the inner responses, what became of the request is unknown.
    """
    if isinstance(outer, NoResponse) or not outer.ok:
        return [outer] * count
    try:
        answers = _by_id(outer.json(), {name: outer.headers.get(name, "") for name in _IDS})
    except (ValueError, TypeError, AttributeError, KeyError):
        return [_no_response(outer, "can't be read")] * count
    missing = _no_response(outer, "lacks this request")
    return [answers.get(str(number), missing) for number in range(1, count + 1)]


def _no_response(outer: Response, why: str) -> NoResponse:
    client_request_id = outer.headers.get("client-request-id", "")
    return NoResponse(f"Graph's answer to the batch {why}", connected=True, client_request_id=client_request_id)


def _by_id(document: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Response]:
    return {
        str(answer["id"]): Response(
            int(answer["status"]),
            {**ids, **_headers(answer.get("headers"))},
            _content(answer.get("body")),
        )
        for answer in document["responses"]
    }


def _headers(headers: object) -> dict[str, str]:
    if not isinstance(headers, dict):
        return {}
    return {str(name).lower(): str(value) for name, value in headers.items()}


def _content(body: object) -> bytes:
    return b"" if body is None else json.dumps(body).encode()


def chunks(items: Iterable[_Item], size: int = LIMIT) -> Iterable[tuple[_Item, ...]]:
    """*items* in tuples of at most *size*.

    >>> list(chunks("abcde", 2))
    [('a', 'b'), ('c', 'd'), ('e',)]
    """
    remaining = iter(items)
    while chunk := tuple(islice(remaining, size)):
        yield chunk


def waves(writes: Iterable[_W]) -> list[list[_W]]:
    """*writes* in groups in which no object is written twice: Graph refuses two writes to one object at once."""
    groups: list[list[_W]] = []
    times: dict[str | None, int] = {}
    for write in writes:
        turn = times.get(write.object_id, 0) if write.object_id is not None else 0
        times[write.object_id] = turn + 1
        if turn == len(groups):
            groups.append([])
        groups[turn].append(write)
    return groups
