"""A request to Graph and its reply, as values. Their reprs show where, never what: bodies hold people and passwords."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@frozen(repr=False)
class Request:
    """One request: *url* relative to the root of Graph's version (``/users/...``), or a link that Graph gave.

    *body* is a JSON value, None for no body; *units* and *writes* are what it costs of Graph's quotas.
    """

    method: str
    url: str
    body: Any = field(default=None, hash=False)
    units: int = 1
    writes: int = 0

    @property
    def where(self) -> str:
        """Method and path, without the query: what messages and logs may name."""
        path = self.url.split("?", 1)[0]
        return f"{self.method} {path.split('/v1.0', 1)[-1] or '/'}"

    def __repr__(self) -> str:
        return f"Request({self.where})"


@frozen(repr=False)
class Response:
    """What Graph answered: header names are in lower case, *content* is the body's bytes."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, converter=_lower, hash=False)
    content: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether Graph did what it was asked."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as a JSON value; None for no body. Raises ValueError if it is anything else."""
        try:
            return json.loads(self.content) if self.content.strip() else None
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.content)} bytes)"


@frozen
class NoResponse:
    """No answer came: *why*, and whether the request may have had its effect all the same.

    *connected* says that there was an answer, though not to this request or not a readable one.
    """

    why: str
    maybe_done: bool = True
    connected: bool = False
