"""What went over the wire: every request with its answer, without secrets."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from o365prov._fields import typed

_PASSWORD = re.compile(rb'("password"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE)
_BEARER = re.compile(rb'("authorization"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE)
"""Of a request inside a batch."""
_FORM = re.compile(rb"((?:^|&)(?:client_secret|client_assertion)=)[^&]*")
_TOKEN = re.compile(rb'("access_token"\s*:\s*)"[^"]*"')
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})


@frozen(field_transformer=typed)
class RecordedRequest:
    """One request and its answer.

    Attributes:
        at: when, by the tenant's clock.
        method: the HTTP method.
        url: the address as the client spelled it.
        headers: what the client sent, by lower-case name; of Authorization only that it was there.
        content: the request's body, with passwords taken out.
        status: the answer's status; 0 when the connection was dropped.
        answer_headers: the answer's headers.
        answer: the answer's body.

    """

    at: datetime
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    status: int
    answer_headers: Mapping[str, str] = field(repr=False)
    answer: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """The bytes of both bodies."""
        return len(self.content) + len(self.answer)

    @property
    def body(self) -> Any:
        """The request's body as a JSON value, or None."""
        return json.loads(self.content) if self.content.strip() else None

    @property
    def answer_body(self) -> Any:
        """The answer's body as a JSON value, or None."""
        return json.loads(self.answer) if self.answer.strip() else None


class RequestRecorder:
    """The latest requests: so many, and so many bytes of bodies, that large pages can't fill the memory.

    Args:
        keep: how many requests.
        most_bytes: of all bodies together.

    """

    def __init__(self, keep: int, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._keep = keep
        self._most_bytes = most_bytes
        self._kept: deque[RecordedRequest] = deque()
        self._bytes = 0

    def __iter__(self) -> Iterator[RecordedRequest]:
        """The requests, oldest first."""
        return iter(self._kept)

    def append(self, recorded: RecordedRequest) -> None:
        """Add one, and forget the oldest as far as there is need."""
        self._kept.append(recorded)
        self._bytes += recorded.size
        while self._kept and (len(self._kept) > self._keep or self._bytes > self._most_bytes):
            self._bytes -= self._kept.popleft().size

    def clear(self) -> None:
        """Forget them all."""
        self._kept.clear()
        self._bytes = 0


def record_request(
    at: datetime,
    request: tuple[str, str, Mapping[str, str], bytes],
    answer: tuple[int, Mapping[str, str], bytes],
) -> RecordedRequest:
    """A request fit to be kept: secrets are gone before anything can print them."""
    method, url, headers, content = request
    kept = {name.lower(): "(not kept)" if name.lower() in _SECRET_HEADERS else value for name, value in headers.items()}
    status, answered, body = answer
    if "/oauth2/" in url:
        content, body = _FORM.sub(rb"\1(not kept)", content), _TOKEN.sub(rb'\1"(not kept)"', body)
    content = _BEARER.sub(rb'\1"Bearer (not kept)"', _PASSWORD.sub(rb'\1"(not kept)"', content))
    return RecordedRequest(at, method.upper(), url, kept, content, status, answered, body)
