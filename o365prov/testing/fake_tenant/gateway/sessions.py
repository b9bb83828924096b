"""Sessions: requests that were recorded, as lines to compare, as a file, and played again into another tenant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any, overload
from urllib.parse import unquote, urlsplit

from attrs import frozen

from o365prov._annotations import check_call
from o365prov._fields import typed
from o365prov.errors import ConfigurationError, Issue, SourceError
from o365prov.structuring import load_text, write_text
from o365prov.testing.fake_tenant.gateway.recorder import RecordedRequest

_BASE = "https://graph.microsoft.com/v1.0"
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![0-9a-f])[0-9a-f]{32}", re.IGNORECASE)
_MADE = re.compile(rf"(?<=token=)[\w-]+|{_ID.pattern}", re.IGNORECASE)
"""What a tenant makes, and another one makes otherwise: tokens of pages, and ids, with dashes or without."""
_HOST = re.compile(r"https?://[^/\s]+")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?")
_KEPT_HEADERS = frozenset({"content-type", "consistencylevel", "prefer", "accept"})
_KEPT_BATCH_HEADERS = frozenset({"content-type", "location", "retry-after"})
_STAND_INS = (("Bearer (not kept)", "Bearer stand-in"), ("(not kept)", "Correct-Horse-7"))
"""What is sent for tokens and passwords, which were not kept."""

Send = Callable[[str, str, Mapping[str, str], bytes], tuple[int, dict[str, str], bytes]]
"""Answers one request: method, address, headers and body to status, headers and body."""


@frozen(repr=False)
class RecordedRequests:
    """Requests in the order in which they came; get it as ``fake.requests``.

    Example:
        >>> from o365prov.testing import FakeTenant
        >>> fake = FakeTenant(seed=1)
        >>> headers = {"Authorization": "Bearer stand-in"}
        >>> _ = fake.handle("GET", "https://graph.microsoft.com/v1.0/users?$top=5", headers, b"")
        >>> fake.requests.lines
        ['GET /users?$top=5 -> 200']

    """

    _kept: tuple[RecordedRequest, ...]

    def __repr__(self) -> str:
        """One line: how many there are."""
        return f"<RecordedRequests: {len(self._kept)}>"

    def __len__(self) -> int:
        """How many there are."""
        return len(self._kept)

    def __iter__(self) -> Iterator[RecordedRequest]:
        """The requests, oldest first."""
        return iter(self._kept)

    @overload
    def __getitem__(self, at: int) -> RecordedRequest: ...
    @overload
    def __getitem__(self, at: slice) -> RecordedRequests: ...
    def __getitem__(self, at: int | slice) -> RecordedRequest | RecordedRequests:
        """One of them, or some."""
        return RecordedRequests(self._kept[at]) if isinstance(at, slice) else self._kept[at]

    @property
    def lines(self) -> list[str]:
        """One line each, without what differs between runs: a list that compares readably in any test framework."""
        return [_line(each) for each in self._kept]

    def save(self, path: str | Path) -> None:
        """Write them to a file, one JSON object a line, for ``load``; SourceError when it can't be written."""
        check_call(RecordedRequests.save, locals())
        write_text(path, "".join(f"{json.dumps(_Exchange.of(each).written(), ensure_ascii=False)}\n" for each in self))


@frozen(field_transformer=typed)
class _Exchange:
    """What of a recorded request is played again, and what its answer was."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str
    status: int
    answer: str

    @classmethod
    def of(cls, seen: RecordedRequest) -> _Exchange:
        headers = {name: value for name, value in seen.headers.items() if name in _KEPT_HEADERS}
        body, answer = (text.decode("utf-8", "replace") for text in (seen.content, seen.answer))
        return cls(seen.method, _path(seen.url), headers, body, seen.status, answer)

    def written(self) -> dict[str, Any]:
        names = ("method", "path", "headers", "body", "status", "answer")
        return {name: getattr(self, name) for name in names}


def read_session(path: str | Path) -> list[_Exchange]:
    """What ``RecordedRequests.save`` wrote; SourceError with the line that is something else."""
    found = []
    text = load_text(path, "name the file that requests.save() wrote")
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        try:
            found.append(_Exchange(**json.loads(line)))
        except (TypeError, ValueError, RecursionError, ConfigurationError) as error:
            what = f"line {number} of the session is not a recorded request ({error})"
            raise SourceError(Issue("damaged", what, "record it again")) from None
    return found


def replay(session: Iterable[_Exchange], send: Send) -> Iterator[str]:
    """Play a session into a tenant; what it answers otherwise comes back, one readable difference a request.

    Ids and tokens that the tenant makes are taken for those that were recorded, from the answer on in which they first
    come; points in time, hosts and request ids are not compared, nor the order inside a batch. Requests for tokens are
    passed over, since the secrets in them were not kept.
    """
    renamed: dict[str, str] = {}
    for each in session:
        if "/oauth2/" in each.path:
            continue
        path, body = (_as_now(text, renamed) for text in (each.path, each.body))
        for kept, stand_in in _STAND_INS:
            body = body.replace(kept, stand_in)
        sent = {"Authorization": "Bearer stand-in", **each.headers}
        status, _, answer = send(each.method, f"{_BASE}{path}", sent, body.encode())
        before, now = _value(each.answer), _value(answer.decode())
        _pair(before, now, renamed)
        first, second = ([f"{each.status}", *_comparable(before, renamed)], [f"{status}", *_comparable(now, {})])
        if first != second:
            changes = "\n".join(unified_diff(first, second, "recorded", "now", lineterm="", n=1))
            yield f"{each.method} {each.path}\n{changes}"


def _line(seen: RecordedRequest) -> str:
    body = f" {seen.content.decode('utf-8', 'replace')}" if seen.content.strip() else ""
    return f"{seen.method} {unquote(_path(seen.url))}{body} -> {seen.status or 'dropped'}"


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = parts.path.removeprefix("/v1.0")
    return f"{path}?{parts.query}" if parts.query else path


def _value(text: str) -> Any:
    try:
        return _in_order(json.loads(text)) if text else None
    except ValueError:
        return text


def _in_order(value: Any) -> Any:
    """A body without what differs from request to request, the answers inside a batch by their ids."""
    match value:
        case {"responses": list(answers)}:
            return {"responses": [_in_order(each) for each in sorted(answers, key=lambda each: str(each["id"]))]}
        case {"error": dict(error)}:
            return {"error": {name: each for name, each in error.items() if name != "innerError"}}
        case {"id": _, "status": _, "headers": dict(headers), "body": body}:
            kept = {name: each for name, each in headers.items() if name.lower() in _KEPT_BATCH_HEADERS}
            return {**value, "headers": kept, "body": _in_order(body)}
        case _:
            return value


def _as_now(text: str, renamed: Mapping[str, str]) -> str:
    """The text with what was recorded in place of it."""
    return _MADE.sub(lambda found: renamed.get(found[0].lower(), found[0]), text)


def _pair(before: Any, now: Any, renamed: dict[str, str]) -> None:
    """Take ids and tokens that stand at the same place for the same."""
    match before, now:
        case dict(), dict():
            for name in before.keys() & now.keys():
                _pair(before[name], now[name], renamed)
        case list(), list():
            for one, other in zip(before, now, strict=False):
                _pair(one, other, renamed)
        case str(), str() if _around(before) == _around(now):
            for one, other in zip(_MADE.findall(before), _MADE.findall(now), strict=True):
                if _ID.fullmatch(one):
                    renamed.setdefault(one.lower(), other)
                    renamed.setdefault(one.lower().replace("-", ""), other.replace("-", ""))
                else:
                    renamed[one.lower()] = other  # a token holds the time: one that came twice may be two now
        case _:
            return


def _around(text: str) -> str:
    """What of a string stands around ids and tokens, and behind the host of an address."""
    return _MADE.sub("(made)", _HOST.sub("", text))


def _comparable(value: Any, renamed: Mapping[str, str]) -> list[str]:
    """The lines of a body in which everything is the same that may differ."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    return _as_now(_HOST.sub("(host)", _INSTANT.sub("(instant)", text)), renamed).splitlines()
