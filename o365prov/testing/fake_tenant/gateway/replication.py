"""Replica lag: what was written can't be seen at once, as in a directory of many replicas.

Reads, delta queries too, are answered from a state that is behind. A write to an object that the replica does not know
yet is 404, a reference to it 400, and a licence for a user whose location has not arrived is refused (Microsoft
Identity, "Designing for eventual consistency"; Graph "Add members").
"""

from __future__ import annotations

import json
from collections import deque
from datetime import datetime, timedelta

from attrs import field, frozen

from o365prov._fields import finite, typed, whole_number
from o365prov.errors import ConfigurationError
from o365prov.rendering import quoted
from o365prov.testing.fake_tenant.endpoints.relations.references import reference_key
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphRequest
from o365prov.testing.fake_tenant.store.directory import Directory


@frozen(field_transformer=typed)
class Lag:
    """How long a write stays unseen: some seconds of the tenant's clock, or some requests that follow it.

    Attributes:
        seconds: by the tenant's clock.
        requests: how many later requests, of any kind, still meet the state before.

    """

    seconds: float = field(default=0, validator=finite)
    requests: int = field(default=0, validator=whole_number())

    def __attrs_post_init__(self) -> None:
        if (self.seconds > 0) == (self.requests > 0) or self.seconds < 0 or self.requests < 0:
            raise ConfigurationError(f"{quoted(self)}: give either seconds or requests, above 0")


@frozen
class _Pending:
    state: Directory
    at: datetime
    number: int


class Replica:
    """The state that readers see, behind the one that writers change."""

    def __init__(self, lag: Lag, directory: Directory) -> None:
        self._lag = lag
        self._seen = directory.copy()
        self._pending: deque[_Pending] = deque()
        self._number = 0

    def view(self, now: datetime) -> Directory:
        """The state that this request sees."""
        self._number += 1
        while self._pending and self._has_arrived(self._pending[0], now):
            self._seen = self._pending.popleft().state
        return self._seen

    def note_write(self, directory: Directory, now: datetime) -> None:
        """Remember the state after a write, for readers to come."""
        self._pending.append(_Pending(directory.copy(), now, self._number))

    def _has_arrived(self, pending: _Pending, now: datetime) -> bool:
        if self._lag.requests:
            return self._number - pending.number > self._lag.requests
        return now - pending.at >= timedelta(seconds=self._lag.seconds)


def check_arrived(directory: Directory, seen: Directory, request: GraphRequest) -> None:
    """Refuse a write whose objects have not arrived at the replica that carries it out."""
    for name in ("user", "group"):
        key = request.named.get(name)
        if key is not None and _is_missing(directory, seen, key):
            raise GraphErrorResponse.not_found(key)
    for key in _referenced(request):
        if _is_missing(directory, seen, key):
            raise GraphErrorResponse.missing_reference()
    if request.path[-1].lower() == "assignlicense" and "user" in request.named:
        record = seen.find_user(request.named["user"])
        if record is not None and not record.get("usageLocation"):
            raise GraphErrorResponse.bad_request(
                "License assignment cannot be done for user with invalid usage location."
            )


def _is_missing(directory: Directory, seen: Directory, key: str) -> bool:
    exists = directory.find_user(key) or directory.object(key)
    return exists is not None and not (seen.find_user(key) or seen.object(key))


def _referenced(request: GraphRequest) -> list[str]:
    """The keys that a body points at, as far as it can be read; what can't is refused elsewhere."""
    try:
        body = json.loads(request.content or b"{}")
        addresses = [body["@odata.id"]] if "@odata.id" in body else []
        addresses += body.get("members@odata.bind", []) + body.get("owners@odata.bind", [])
        return [reference_key(address) for address in addresses]
    except (ValueError, TypeError, AttributeError, GraphErrorResponse):
        return []
