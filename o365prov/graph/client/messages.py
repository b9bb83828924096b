"""A request to Graph and its response, as values.

Their reprs show the path and never a body: bodies hold personal values and passwords.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is not a number of JSON")
    return number


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)


@frozen(repr=False)
class Request:
    """One request.

    Args:
        method: ``GET``, ``POST`` ...
        url: relative to the root of Graph's version (``/users/...``), or a link of Graph's.
        body: a JSON value; None for no body.
        units: what it costs of Graph's quota of resource units.
        writes: what it costs of Graph's quota of writes.
        headers: what it needs beside the usual ones.

    """

    method: str
    url: str
    body: Any = field(default=None, hash=False)
    units: int = 1
    writes: int = 0
    headers: Mapping[str, str] = field(factory=dict, hash=False)

    @property
    def where(self) -> str:
        """Method and path, without the query: what messages and logs may name."""
        path = self.url.split("?", 1)[0]
        return f"{self.method} {path.split('/v1.0', 1)[-1] or '/'}"

    def __repr__(self) -> str:
        return f"Request({self.where})"


@frozen(repr=False)
class Response:
    """What Graph answered.

    Args:
        status: the HTTP status.
        headers: their names are in lower case.
        content: the body's bytes.

    """

    status: int
    headers: Mapping[str, str] = field(factory=dict, converter=_lower, hash=False)
    content: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as a JSON value; None for no body. Raises ValueError if it is not JSON.

        Python would also take what nobody else does: ``NaN``, numbers beyond all limits, halves of surrogate pairs.
        """
        text = self.content.decode("utf-8-sig")
        try:
            value = _DECODER.decode(text) if text.strip() else None
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode()
        return value

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.content)} bytes)"


@frozen
class NoResponse:
    """No response came, or none that can be read.

    Args:
        why: what happened, for people.
        maybe_done: the request may have had its effect all the same.
        connected: the network works: there was a response, though not to this request or not a readable one, or the
            request was not sent.
        client_request_id: our id of the request, by which Microsoft support finds it.

    """

    why: str
    maybe_done: bool = True
    connected: bool = False
    client_request_id: str = ""
