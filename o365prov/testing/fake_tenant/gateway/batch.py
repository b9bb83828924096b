"""$batch: up to 20 requests in one, each answered for itself, in an order of the tenant's choosing.

Source: Graph, "Combine multiple HTTP requests using JSON batching". The whole is refused only when it is malformed;
a request whose parent failed is answered 424.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeGuard
from urllib.parse import unquote

from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphRequest, read_request

MOST_REQUESTS = 20
_FAILED_DEPENDENCY = GraphErrorResponse(
    424, "FailedDependency", "A request that this one depends on failed, so this one was not carried out."
)
_METHODS = frozenset({"GET", "POST", "PATCH", "PUT", "DELETE"})
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

SendPart = Callable[[str, str, Mapping[str, str], bytes, GraphErrorResponse | None], tuple[int, Mapping[str, str], Any]]
"""Answers one inner request: method, address, headers, body, and why it is refused without a look at it, to status,
headers and a JSON value, None for none."""


def answer_batch(
    request: GraphRequest, send: SendPart, order: random.Random, *, parallel: bool = False
) -> dict[str, Any]:
    """The body that answers a batch; 400 when the batch itself is malformed.

    Answers come in any order on purpose, as Graph's do, so that a client matches them by id. Requests that wait for
    nobody run beside each other; where that takes time (*parallel*), two of them that write one object conflict.
    """
    items = _checked(request.json_object())
    answers: dict[str, dict[str, Any]] = {}
    for stage in _stages(items):
        written: set[tuple[str, ...]] = set()
        for item in stage:
            target = _written(request, item) if parallel else None
            if any(answers[parent]["status"] >= 400 for parent in item.get("dependsOn") or ()):
                answers[item["id"]] = _answer(request, item, send, _FAILED_DEPENDENCY)
            elif target in written:
                answers[item["id"]] = _answer(request, item, send, GraphErrorResponse.concurrent_writes())
            else:
                answers[item["id"]] = _answer(request, item, send)
            if target is not None:
                written.add(target)
    responses = list(answers.values())
    order.shuffle(responses)
    return {"responses": responses}


def _checked(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    items = body.get("requests")
    if not isinstance(items, list) or not items:
        raise GraphErrorResponse.malformed(
            "Invalid batch payload format: 'requests' must be a list of at least one request."
        )
    if len(items) > MOST_REQUESTS:
        raise GraphErrorResponse.malformed(
            f"Number of batch request steps exceeds the maximum value of {MOST_REQUESTS}."
        )
    seen: set[str] = set()
    for item in items:
        if not isinstance(item, dict):
            raise GraphErrorResponse.malformed("Invalid batch payload format: each request must be an object.")
        key = item.get("id")
        if not _is_text(key) or key.lower() in seen:
            raise GraphErrorResponse.malformed(f"Request Id {key!r} has to be a non-empty text, unique in the batch.")
        seen.add(key.lower())
        if not _is_text(item.get("method")) or item["method"] not in _METHODS or not _is_text(item.get("url")):
            raise GraphErrorResponse.malformed(
                f"Request {key}: 'method' must be one of {', '.join(sorted(_METHODS))} and 'url' a relative address."
            )
        if "://" in item["url"].split("?")[0]:
            raise GraphErrorResponse.malformed(
                f"Request {key}: 'url' must be relative, such as /users, not {item['url']!r}."
            )
        if unquote(item["url"]).lower().lstrip("/").startswith("$batch"):
            raise GraphErrorResponse.malformed(f"Request {key}: a batch can't hold a batch.")
        unknown = set(item) - {"id", "method", "url", "headers", "body", "dependsOn"}
        if unknown:
            raise GraphErrorResponse.malformed(
                f"Request {key}: '{min(unknown)}' is not part of a batch request; dependsOn, headers and body are."
            )
        headers = item.get("headers") or {}
        if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
            raise GraphErrorResponse.malformed(f"Request {key}: 'headers' must be an object of strings.")
        if item.get("body") is not None and not _content_type(item):
            raise GraphErrorResponse.malformed(
                f"Write request id : {key} does not contain Content-Type header or body."
            )
        if _is_base64(item) and not _BASE64.fullmatch(item["body"]):
            raise GraphErrorResponse.malformed(f"Request {key}: a 'body' that is not JSON must be text in base64.")
    ids = {item["id"] for item in items}
    for item in items:
        parents = item.get("dependsOn") or []
        if not isinstance(parents, list) or not all(isinstance(parent, str) and parent in ids for parent in parents):
            raise GraphErrorResponse.malformed(f"Request {item['id']}: 'dependsOn' must list ids of this batch.")
    return items


def _stages(items: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What can run at once, parents before children; 400 when they wait for each other."""
    stages: list[list[dict[str, Any]]] = []
    done: set[str] = set()
    waiting = list(items)
    while waiting:
        ready = [item for item in waiting if done.issuperset(item.get("dependsOn") or ())]
        if not ready:
            raise GraphErrorResponse.malformed(
                f"The requests {', '.join(item['id'] for item in waiting)} depend on each other in a circle."
            )
        stages.append(ready)
        done.update(item["id"] for item in ready)
        waiting = [item for item in waiting if item["id"] not in done]
    return stages


def _written(request: GraphRequest, item: dict[str, Any]) -> tuple[str, ...] | None:
    """The object that a request writes, as its path names it; None when its address can't be read."""
    if item["method"] == "GET":
        return None
    try:
        path = read_request("GET", _address(request, item), {}, b"").path
    except GraphErrorResponse:
        return None
    return tuple(part.lower() for part in path[:2]) if len(path) > 1 else None


def _address(request: GraphRequest, item: dict[str, Any]) -> str:
    """Where a request goes; Microsoft's client for JavaScript leaves the version before the path."""
    return f"{request.base}/{item['url'].lstrip('/').removeprefix('v1.0/')}"


def _answer(
    request: GraphRequest, item: dict[str, Any], send: SendPart, refusal: GraphErrorResponse | None = None
) -> dict[str, Any]:
    body = item.get("body")
    url = _address(request, item)
    shared = {name: request.header(name) for name in ("client-request-id", "authorization")}
    headers = {**shared, **(item.get("headers") or {})}
    status, answered, value = send(item["method"], url, headers, b"" if body is None else _content(item, body), refusal)
    shown = {name: value for name, value in answered.items() if name.lower() not in {"date", "content-length"}}
    return {"id": item["id"], "status": status, "headers": shown, "body": value}


def _is_text(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _is_base64(item: dict[str, Any]) -> bool:
    return isinstance(item.get("body"), str) and "json" not in _content_type(item)


def _content_type(item: dict[str, Any]) -> str:
    headers = item.get("headers") or {}
    return next((str(value) for name, value in headers.items() if name.lower() == "content-type"), "")


def _content(item: dict[str, Any], body: Any) -> bytes:
    if _is_base64(item):
        return base64.b64decode(body)
    return json.dumps(body).encode()
