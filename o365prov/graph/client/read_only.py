"""Which requests only read: what a tenant that was made to read alone may send, and nothing else.

Sources: Microsoft Graph, "directoryObject: getByIds", "directoryObject: checkMemberGroups" and their neighbours, which
are sent by POST and change nothing; "Combine multiple requests in one HTTP call using JSON batching".
"""

from __future__ import annotations

import json
import re

from o365prov.errors import ReadOnlyError

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_READING_POST = re.compile(
    r"/(?:microsoft\.graph\.)?"
    r"(?:getByIds|getMemberGroups|getMemberObjects|checkMemberGroups|checkMemberObjects|validateProperties)"
)


def check_only_reads(method: str, path: str, body: bytes) -> None:
    """Refuse a request that may write.

    Args:
        method: ``GET``, ``POST`` ...
        path: its path, without the query.
        body: its body: of a batch, every request in it must only read.

    Raises:
        ReadOnlyError: it may write; nothing is sent of it.

    >>> check_only_reads("POST", "/v1.0/directoryObjects/getByIds", b"{}")
    >>> check_only_reads("DELETE", "/v1.0/users/1", b"")
    Traceback (most recent call last):
    ...
    o365prov.errors.ReadOnlyError: DELETE /users/1: not sent, this Tenant only reads: make one without read_only=True

    """
    if method == "POST" and path.endswith("/$batch"):
        for each in _requests(body):
            _check(*each)
    else:
        _check(method, path)


def _check(method: str, path: str) -> None:
    if method not in _READS and not (method == "POST" and _READING_POST.fullmatch(path, max(path.rfind("/"), 0))):
        raise read_only(f"{method} {path.split('/v1.0', 1)[-1]}")


def read_only(what: str) -> ReadOnlyError:
    """The error for *what* would write."""
    return ReadOnlyError(f"{what}: not sent, this Tenant only reads: make one without read_only=True")


def _requests(body: bytes) -> list[tuple[str, str]]:
    """Method and path of each request of a batch."""
    try:
        requests = json.loads(body)["requests"]
        return [(str(each["method"]).upper(), str(each["url"]).split("?", 1)[0]) for each in requests]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise read_only("a batch that can't be read") from None
