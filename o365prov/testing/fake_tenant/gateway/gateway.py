"""Between the wire and the directory: request ids, quotas, faults, lag, conflicts, and the record of it all.

A request goes through in two steps, so that a wait can lie between them: ``Gateway.begin`` looks at it and decides how
long it takes, ``Gateway.finish`` carries it out. What overlaps in between can conflict.
"""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from o365prov.testing.fake_tenant.endpoints.deleted_items import purge_expired
from o365prov.testing.fake_tenant.endpoints.routes import Route
from o365prov.testing.fake_tenant.gateway.batch import answer_batch
from o365prov.testing.fake_tenant.gateway.metadata import asked_metadata, with_metadata
from o365prov.testing.fake_tenant.gateway.recorder import RequestRecorder, record_request
from o365prov.testing.fake_tenant.gateway.replication import Lag, Replica, check_arrived
from o365prov.testing.fake_tenant.gateway.route_table import ROUTER
from o365prov.testing.fake_tenant.identity.access import check_permitted, permissions_of_caller
from o365prov.testing.fake_tenant.identity.token_endpoint import TokenEndpoint
from o365prov.testing.fake_tenant.protocol.errors import GraphErrorResponse
from o365prov.testing.fake_tenant.protocol.requests import GraphReply, GraphRequest, read_request, unpacked
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.faults import Attempt, Dropped, Fault, FaultPlan, GatewayTimeout, Slow, Throttled, Unavailable
from o365prov.testing.quotas import Meter, Quotas

GatewayAnswer = tuple[int, dict[str, str], bytes]
_ReadyAnswer = tuple[int, dict[str, str], Any]
"""Status, headers, and a JSON value that is still to be written out; None for no body."""

_JSON = {
    level: f"application/json;odata.metadata={level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
    for level in ("none", "minimal", "full")
}
MOST_UNSUPPORTED = 1_000
"""So many requests that are not supported are remembered, however many others come after them."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
"""Bodies are made here and hold no circle, so looking for one would be a third of the work."""
_UNITS = "x-ms-resource-unit"
_AGS = '{"ServerInfo":{"DataCenter":"o365prov","Slice":"E","Ring":"1","ScaleUnit":"000"}}'


@frozen
class PendingRequest:
    """A request on its way through the door.

    Attributes:
        raw: method, address, headers and body as they came.
        request: what was read of them, or the refusal.
        fault: what shall go wrong.
        delay: seconds to wait before it is carried out.
        written: the object that it writes, when others must not write it meanwhile.
        conflicts: whether another request was writing that object when it came.

    """

    raw: tuple[str, str, Mapping[str, str], bytes]
    request: GraphRequest | GraphErrorResponse
    fault: Fault | None = None
    delay: float = 0.0
    written: str | None = None
    conflicts: bool = False


class Gateway:
    """Lets requests through to a directory, in the way that Graph would."""

    def __init__(
        self,
        directory: Directory,
        *,
        ids: random.Random,
        keep_requests: int,
        faults: FaultPlan | None,
        quotas: Quotas | None,
        lag: Lag | None,
        latency: float,
    ) -> None:
        self.lock = threading.RLock()
        self.requests = RequestRecorder(keep_requests)
        self.unsupported: dict[str, None] = {}
        self.faults = faults
        self.latency = latency
        self.token_endpoint = TokenEndpoint(ids)
        self._ids = ids
        self._lag = lag
        self._meter = Meter(quotas, directory.tenant_id) if quotas else None
        self._number = 0
        self._in_flight: Counter[str] = Counter()
        self.enter(directory)

    def enter(self, directory: Directory) -> None:
        """Let requests through to this directory from now on."""
        self.directory = directory
        self._replica = Replica(self._lag, directory) if self._lag else None

    def show_writes(self) -> None:
        """Let readers see everything at once, as after objects were put in from outside."""
        if self._lag is not None:
            self._replica = Replica(self._lag, self.directory)

    def begin(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> PendingRequest:
        """Look at a request and decide what happens to it, and how long it takes."""
        with self.lock:
            try:
                plain = unpacked(headers, content)
            except GraphErrorResponse as refusal:
                return PendingRequest((method, url, headers, b""), refusal)
            pending = self._look_at((method, url, headers, plain), is_inner=False)
            if pending.written is not None:
                self._in_flight[pending.written] += 1
            return pending

    def finish(self, pending: PendingRequest) -> GatewayAnswer:
        """Carry a request out and return the answer; ConnectionResetError when the connection shall break."""
        with self.lock:
            if pending.written is not None:
                self._in_flight[pending.written] -= 1
            now = self.directory.clock.now()
            try:
                answer = _written_out(*self._answer(pending))
            except ConnectionResetError:
                self.requests.append(record_request(now, pending.raw, (0, {}, b"")))
                raise
            self.requests.append(record_request(now, pending.raw, answer))
            return answer

    def _look_at(self, raw: tuple[str, str, Mapping[str, str], bytes], *, is_inner: bool) -> PendingRequest:
        self._number += 1
        try:
            request = read_request(*raw)
        except GraphErrorResponse as refusal:
            return PendingRequest(raw, refusal)
        attempt = Attempt(self._number, request.method, "/" + "/".join(request.path), is_inner)
        fault = self.faults(attempt) if self.faults else None
        delay = self.latency + (fault.seconds if isinstance(fault, Slow) else 0.0)
        written = self._written(request) if delay and not is_inner else None
        return PendingRequest(raw, request, fault, delay, written, bool(written and self._in_flight[written]))

    def _written(self, request: GraphRequest) -> str | None:
        """The object below a path, by its id, when the request writes one that exists."""
        if request.method == "GET" or len(request.path) < 2:
            return None
        found = self.directory.find_user(request.path[1]) or self.directory.groups.get(request.path[1].lower())
        return str(found["id"]) if found else None

    # -- answering -----------------------------------------------------------------------------------------------

    def _answer(self, pending: PendingRequest, *, is_inner: bool = False) -> _ReadyAnswer:
        fault = (
            GatewayTimeout(pending.fault.after_effect)
            if is_inner and isinstance(pending.fault, Dropped)
            else pending.fault
        )
        metered: dict[str, str] = {}
        try:
            if isinstance(pending.request, GraphErrorResponse):
                raise pending.request
            _fail(fault, has_effect=False)
            if pending.conflicts:
                raise GraphErrorResponse.concurrent_writes()
            reply = self._reply(pending.request, metered)
            _fail(fault, has_effect=True)
        except GraphErrorResponse as refusal:
            if refusal.status == 501 and len(self.unsupported) < MOST_UNSUPPORTED:
                self.unsupported[f"{pending.raw[0]} {pending.raw[1]}: {refusal.message}"] = None
            return self._ready(pending, GraphReply(refusal.status, refusal, {**metered, **refusal.headers}))
        return self._ready(pending, evolve(reply, headers={**metered, **reply.headers}))

    def _reply(self, request: GraphRequest, metered: dict[str, str]) -> GraphReply:
        directory = self.directory
        reply = self.token_endpoint.answer(directory, request)
        if reply is not None:
            return reply
        permissions = permissions_of_caller(directory, request, self.token_endpoint.key)
        purge_expired(directory)
        if request.path == ("$batch",) and request.method == "POST":
            answers = answer_batch(request, self._answer_inner, self._ids, parallel=self.latency > 0)
            return GraphReply(200, answers, {"OData-Version": "4.0"})
        route, request = _route(directory, request)
        check_permitted(permissions, route, request)
        metered |= self._charge(route, request)
        if self._replica is None:
            return route.answer(directory, request)
        now = directory.clock.now()
        seen = self._replica.view(now)
        if not route.writes:
            return route.answer(seen, request)
        check_arrived(directory, seen, request)
        reply = route.answer(directory, request)
        self._replica.note_write(directory, now)
        return reply

    def _answer_inner(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes, refusal: GraphErrorResponse | None
    ) -> _ReadyAnswer:
        raw = (method, url, headers, content)
        pending = self._look_at(raw, is_inner=True) if refusal is None else PendingRequest(raw, refusal)
        return self._answer(pending, is_inner=True)

    def _charge(self, route: Route, request: GraphRequest) -> dict[str, str]:
        units = route.units(request)
        headers = {_UNITS: str(units)}
        if self._meter is None:
            return headers
        verdict = self._meter.charge(units, writes=route.writes, now=self.directory.clock.now())
        if not verdict.passes:
            raise GraphErrorResponse.throttled({**headers, **verdict.headers})
        return headers | verdict.headers

    def _ready(self, pending: PendingRequest, reply: GraphReply) -> _ReadyAnswer:
        """The answer with its headers."""
        now = self.directory.clock.now()
        request_id = str(uuid.UUID(int=self._ids.getrandbits(128), version=4))
        sent = {name.lower(): value for name, value in pending.raw[2].items()}
        client_id = sent.get("client-request-id") or request_id
        headers = {
            "Date": now.strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "request-id": request_id,
            "client-request-id": client_id,
            "x-ms-ags-diagnostic": _AGS,
            "Cache-Control": "no-cache",
            **reply.headers,
        }
        body = reply.body.body(request_id, client_id, now) if isinstance(reply.body, GraphErrorResponse) else reply.body
        if body is None:
            return reply.status, headers, None
        if reply.status < 400 and _UNITS in headers:
            headers["OData-Version"] = "4.0"
        level = asked_metadata(sent.get("accept", ""))
        if level != "minimal":
            body = with_metadata(body, level, self.directory.tenant_id)
        headers.setdefault("Content-Type", _JSON[level])
        return reply.status, headers, body


def _written_out(status: int, headers: dict[str, str], body: Any) -> GatewayAnswer:
    """The answer as it is sent."""
    return status, headers, b"" if body is None else _ENCODER.encode(body).encode()


def _route(directory: Directory, request: GraphRequest) -> tuple[Route, GraphRequest]:
    """The route of a request; ``/me`` is short for the user who is signed in, whom an application is not."""
    if not request.path or request.path[0].lower() != "me":
        return ROUTER.find(request)
    who = "me" if directory.signed_in is None else directory.user(directory.signed_in)["id"]
    found = ROUTER.find(evolve(request, path=("users", who, *request.path[1:])))
    if directory.signed_in is None:
        raise GraphErrorResponse.malformed("/me request is only valid with delegated authentication flow.")
    return found


def _fail(fault: Fault | None, *, has_effect: bool) -> None:
    """Let a fault happen whose time this is: before or after the effect."""
    match fault:
        case Throttled(retry_after) if not has_effect:
            raise GraphErrorResponse.throttled({} if retry_after is None else {"Retry-After": str(retry_after)})
        case Unavailable(retry_after) if not has_effect:
            raise GraphErrorResponse(
                503,
                "serviceNotAvailable",
                "The service is temporarily unavailable. Please retry your request later.",
                headers={} if retry_after is None else {"Retry-After": str(retry_after)},
            )
        case GatewayTimeout(after_effect) if after_effect is has_effect:
            raise GraphErrorResponse(504, "UnknownError", "The gateway did not receive a response in time.")
        case Dropped(after_effect) if after_effect is has_effect:
            raise ConnectionResetError("the fake tenant dropped the connection, as its plan of faults says")
        case _:
            return
