"""The network between one process and the tenant, and everything that goes wrong there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import define, field

from o365prov.simulation.machinery.observed_state import LeaseBook
from o365prov.simulation.machinery.process import Process
from o365prov.simulation.schedule.events import CutPlace, NetworkFault, Wrong
from o365prov.testing import FakeTenant

_Answer = tuple[int, Mapping[str, str], bytes]

_LATENCY = 0.1
_SLOW = 30.0
_BEFORE: Mapping[Wrong, tuple[int, Mapping[str, str]]] = {
    Wrong.UNAVAILABLE: (503, {}),
    Wrong.THROTTLED: (429, {"Retry-After": "5"}),
}
_INNER_BEFORE: Mapping[Wrong, tuple[int, str]] = {
    Wrong.WRITE_TIMEOUT_BEFORE: (504, "UnknownError"),
    Wrong.WRITE_UNAVAILABLE: (503, "serviceNotAvailable"),
    Wrong.WRITE_THROTTLED: (429, "TooManyRequests"),
    Wrong.WRITE_FORBIDDEN: (403, "Authorization_RequestDenied"),
    Wrong.WRITE_REFUSED: (400, "Request_BadRequest"),
    Wrong.WRITE_CONFLICT: (409, "Request_Conflict"),
    Wrong.WRITE_TITLES: (400, "Request_BadRequest"),
    Wrong.WRITE_NO_CONSENT: (403, "Authorization_RequestDenied"),
}
_INNER_AFTER: Mapping[Wrong, tuple[int, str]] = {
    Wrong.WRITE_TIMEOUT_AFTER: (504, "UnknownError"),
    Wrong.WRITE_FAILED_AFTER: (500, "InternalServerError"),
}


_FROM_THEN_ON = frozenset({Wrong.WRITE_TITLES, Wrong.WRITE_NO_CONSENT})
"""What goes wrong with every write from one on."""


@define(eq=False)
class Wire:
    """A :class:`~o365prov.Transport` from one process to a fake tenant.

    Args:
        fake: the tenant.
        process: whose requests it carries.
        book: who may write.
        faults: what goes wrong with which of them.
        met: the faults that happened, each with the request.
        changed: the accounts that somebody changed after the plan was made.

    """

    fake: FakeTenant
    process: Process
    book: LeaseBook
    faults: Sequence[NetworkFault] = ()
    met: list[tuple[Wrong, str]] = field(factory=list)
    changed: set[str] = field(factory=set)
    _requests: int = 0
    _writes: int = 0

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> _Answer:
        """Carry a request, in its own time."""
        await self.process.goes_on()
        self._requests += 1
        wrong = self._due(self._requests, is_inside=False, what=f"{method} {_route(url)}")
        await asyncio.sleep(_SLOW if wrong is Wrong.SLOW else _LATENCY)
        await self.process.goes_on()
        answer = await self._carried(method, url, headers, body, wrong)
        await self.process.goes_on()
        return answer

    async def _carried(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, wrong: Wrong | None
    ) -> _Answer:
        if wrong is Wrong.BROKEN_BEFORE:
            raise ConnectionResetError("the simulated connection broke")
        if wrong is not None and wrong in _BEFORE:
            status, more = _BEFORE[wrong]
            return status, more, b"{}"
        if wrong is Wrong.DOUBLED:
            await self._answered(method, url, headers, body)
        status, answered, content = await self._answered(method, url, headers, body)
        match wrong:
            case Wrong.BROKEN_AFTER:
                raise ConnectionResetError("the simulated connection broke")
            case Wrong.GATEWAY_TIMEOUT:
                return 504, {}, b"{}"
            case Wrong.GARBLED:
                return status, answered, content[: len(content) // 2]
            case _:
                return status, answered, content

    async def _answered(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> _Answer:
        """What the tenant answers; a batch with writes is a place where the process can end."""
        items = json.loads(body)["requests"] if url.endswith("/$batch") else []
        writes = [item for item in items if item["method"] != "GET"]
        if not writes:
            return self.fake.handle(method, url, headers, body)
        for item in writes:
            self.book.write(self.process, f"{item['method']} {_route(item['url'])}", _named(item))
            if _named(item) in self.changed:
                self.book.faults.append(f"{self.process.name} wrote to an account that was changed after it was read")
            if given := _given(item):
                self.book.given.setdefault(_named(item), set()).update(given)
        await self._passes(CutPlace.BEFORE_WRITES)
        half = len(items) // 2
        answer = self._batch(url, headers, items[:half]) if half else []
        await self._passes(CutPlace.AMID_WRITES)
        answer += self._batch(url, headers, items[half:])
        await self._passes(CutPlace.AFTER_WRITES)
        return 200, {"Content-Type": "application/json"}, json.dumps({"responses": answer}).encode()

    async def _passes(self, place: CutPlace) -> None:
        self.process.passes(place)
        await self.process.goes_on()

    def _batch(self, url: str, headers: Mapping[str, str], items: Sequence[dict[str, Any]]) -> list[Any]:
        """The answers to some requests of a batch."""
        wrongs = {item["id"]: self._next_write(item) for item in items if item["method"] != "GET"}
        sent = [item for item in items if wrongs.get(item["id"]) not in (*_INNER_BEFORE, Wrong.WRITE_LOST)]
        answers: list[Any] = [
            _refused(item["id"], wrong, *_INNER_BEFORE[wrong])
            for item in items
            if (wrong := wrongs.get(item["id"])) is not None and wrong in _INNER_BEFORE
        ]
        if sent:
            _, _, content = self.fake.handle("POST", url, headers, json.dumps({"requests": sent}).encode())
            for answer in json.loads(content)["responses"]:
                if answer["status"] == 201 and "userPrincipalName" in answer["body"]:
                    self.book.create(self.process, answer["body"]["id"], answer["body"]["userPrincipalName"])
                answers += _spoilt(answer, wrongs.get(answer["id"]))
        return answers

    def _next_write(self, item: Mapping[str, Any]) -> Wrong | None:
        self._writes += 1
        what = f"{item['method']} {_route(item['url'])}"
        begun = {each.wrong for each in self.faults if each.wrong in _FROM_THEN_ON and each.at <= self._writes}
        if Wrong.WRITE_NO_CONSENT in begun:
            self.met.append((Wrong.WRITE_NO_CONSENT, what))
            return Wrong.WRITE_NO_CONSENT
        if Wrong.WRITE_TITLES in begun and item["method"] == "PATCH" and "jobTitle" in item["body"]:
            self.met.append((Wrong.WRITE_TITLES, what))
            return Wrong.WRITE_TITLES
        return self._due(self._writes, is_inside=True, what=what)

    def _due(self, number: int, *, is_inside: bool, what: str) -> Wrong | None:
        for fault in self.faults:
            if fault.at == number and fault.wrong.is_inside is is_inside and fault.wrong not in _FROM_THEN_ON:
                self.met.append((fault.wrong, what))
                return fault.wrong
        return None


def _spoilt(answer: dict[str, Any], wrong: Wrong | None) -> list[Any]:
    """What arrives in place of the tenant's answer to one write."""
    match wrong:
        case Wrong.WRITE_MISSING:
            return []
        case Wrong.WRITE_DOUBLED:
            return [answer, answer]
        case Wrong.WRITE_GARBLED:
            return [{**answer, "body": "<html>"}]
        case Wrong.WRITE_TIMEOUT_AFTER | Wrong.WRITE_FAILED_AFTER:
            return [_refused(answer["id"], wrong, *_INNER_AFTER[wrong])]
        case _:
            return [answer]


def _refused(key: str, wrong: Wrong, status: int, code: str) -> dict[str, Any]:
    headers = {"Retry-After": "5"} if status == 429 else {}
    named = " for property 'jobTitle'" if wrong is Wrong.WRITE_TITLES else ""
    error = {"code": code, "message": f"simulated {wrong.name}{named}"}
    return {"id": key, "status": status, "headers": headers, "body": {"error": error}}


def _route(url: str) -> str:
    """The path of a request, without what tells one object from the other."""
    path = url.partition("?")[0].partition("/v1.0")[2] or url.partition("?")[0]
    parts = ("{id}" if len(part) > 24 and "-" in part else part for part in path.split("/"))
    return "/".join(part.partition("(")[0] for part in parts)


def _given(item: Mapping[str, Any]) -> set[str]:
    """The ids of the licences and roles that a write gives."""
    body = item.get("body") or {}
    return {each["skuId"] for each in body.get("addLicenses", ())} | {*filter(None, [body.get("roleDefinitionId")])}


def _named(item: Mapping[str, Any]) -> str:
    """What a write is about, as it stands in the state: an account, the username of a new one, or a kind of change."""
    path = item["url"].strip("/").split("/")
    body = item.get("body") or {}
    match path:
        case ["users"]:
            return str(body.get("userPrincipalName", "")).lower()
        case ["users", object_id, *_] | ["directory", "deletedItems", object_id, *_]:
            return str(object_id)
        case ["roleManagement", "directory", "roleAssignments"]:
            return str(body.get("principalId", ""))
        case _:
            return "remove_role"
