"""What the tests of this package share: a clock that never waits, and transports that answer as a test says."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from o365prov.graph import Tenant
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.rate_limiter import RateLimiter, RateLimits
from o365prov.graph.client.retry import RetryPolicy
from o365prov.graph.client.sender import Sender
from o365prov.people import AppUsers, Departure, LicenseGrant
from o365prov.planning import Quota
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange, Subject
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    LinkUser,
    RemoveManager,
    RevokeSessions,
    SetManager,
    UpdateUser,
)
from o365prov.planning.model.options import Needs
from o365prov.planning.model.plan import Plan
from o365prov.planning.tenant.snapshot import TenantSnapshot
from o365prov.state import MemoryState
from o365prov.testing import FakeTenant

ROOT = "https://graph.microsoft.com/v1.0"


class InstantClock:
    """Time that passes only by waiting, and a record of the waits."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.waits: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.passed)

    def seconds(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds
        await asyncio.sleep(0)


class ScriptedTransport:
    """A transport that gives the next of its answers to each request, and remembers the requests.

    An answer is (status, headers, body), where the body may be a JSON value, a string or bytes; an exception is raised.
    """

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any, bytes]:
        self.requests.append((method, url, headers, body))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, answer_headers, content = answer
        if not isinstance(content, (bytes, str)):
            content, answer_headers = json.dumps(content), {"content-type": "application/json", **answer_headers}
        return status, answer_headers, content.encode() if isinstance(content, str) else content

    def bodies(self) -> list[Any]:
        return [json.loads(body) if body else None for _, _, _, body in self.requests]


class FaultyTransport:
    """A transport to a fake tenant that makes some requests fail on the way, inside batches too.

    A rule says which requests (method, and a part of the address), what is answered instead (an exception is raised),
    whether the request has its *effect* all the same, and how many *times*.
    """

    def __init__(self, fake: FakeTenant) -> None:
        self.fake = fake
        self.rules: list[dict[str, Any]] = []
        self.seen: list[str] = []
        self.batches: list[list[str]] = []

    def inject(self, method: str, part: str, answer: Any, *, effect: bool = False, times: int = 1) -> None:
        self.rules.append({"method": method, "part": part, "answer": answer, "effect": effect, "times": times})

    def _rule(self, method: str, url: str) -> dict[str, Any] | None:
        for rule in self.rules:
            if rule["times"] and rule["method"] == method and rule["part"] in url:
                rule["times"] -= 1
                return rule
        return None

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Any, bytes]:
        await asyncio.sleep(0)
        rule = self._rule(method, url)
        if rule is not None:
            self.seen.append(f"{method} {url.removeprefix(ROOT)}")
            if rule["effect"]:
                self.fake.handle(method, url, headers, body)
            if isinstance(rule["answer"], BaseException):
                raise rule["answer"]
            status, answer_headers, content = rule["answer"]
            return status, answer_headers, content if isinstance(content, bytes) else json.dumps(content).encode()
        if not url.endswith("/$batch"):
            self.seen.append(f"{method} {url.removeprefix(ROOT)}")
            return self.fake.handle(method, url, headers, body)
        return self._batch(url, headers, json.loads(body)["requests"])

    def _batch(self, url: str, headers: Mapping[str, str], inner: list[Any]) -> tuple[int, Any, bytes]:
        self.batches.append([f"{request['method']} {request['url']}" for request in inner])
        self.seen += self.batches[-1]
        injected = [(request, self._rule(request["method"], request["url"])) for request in inner]
        passed = [request for request, rule in injected if rule is None or rule["effect"]]
        status, answer_headers, content = 200, {}, b'{"responses": []}'
        if passed:
            requests = json.dumps({"requests": passed}).encode()
            status, answer_headers, content = self.fake.handle("POST", url, headers, requests)
        answers = {each["id"]: each for each in json.loads(content)["responses"]}
        for request, rule in injected:
            if rule is not None and rule["answer"] is None:
                answers.pop(request["id"], None)
            elif rule is not None:
                number, inner_headers, body = rule["answer"]
                answers[request["id"]] = {"id": request["id"], "status": number, "headers": inner_headers, "body": body}
        return status, answer_headers, json.dumps({"responses": list(answers.values())}).encode()


class ScriptedConnection:
    """What a Sender sends over, giving the next of its answers to each request."""

    def __init__(self, *answers: Response | NoResponse) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    async def send(self, request: Request) -> Response | NoResponse:
        self.requests.append(request)
        return self.answers.pop(0)


@pytest.fixture
def clock() -> InstantClock:
    return InstantClock()


@pytest.fixture
def transport() -> type[ScriptedTransport]:
    return ScriptedTransport


@pytest.fixture
def run() -> Callable[[Awaitable[Any]], Any]:
    """Run something async on a loop of its own."""

    async def whole(work: Awaitable[Any]) -> Any:
        return await work

    return lambda work: asyncio.run(whole(work))


@pytest.fixture
def sender(clock: InstantClock) -> Callable[..., Sender]:
    """A Sender over scripted answers, whose random waits are as long as they may be."""

    def make(*answers: Response | NoResponse, retry_policy: RetryPolicy | None = None) -> Sender:
        wide = RateLimits(Quota(1e9, 1), Quota(1e9, 1))
        return Sender(
            ScriptedConnection(*answers), RateLimiter(clock, wide), retry_policy or RetryPolicy(), lambda: 1.0
        )

    return make


@pytest.fixture
def response() -> Callable[..., Response]:
    """A response with a JSON body."""

    def make(status: int, body: Any = None, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Response(status, named, b"" if body is None else json.dumps(body).encode())

    return make


NEEDS = Needs(("displayName", "jobTitle", "department", "employeeOrgData.division", "businessPhones"), managers=True)


@pytest.fixture
def fake() -> FakeTenant:
    """A tenant with a federated and a managed domain and three seats."""
    domains = {"fed.example": "Federated", "managed.example": "Managed"}
    return FakeTenant(domains=domains, licenses={"SPE_E3": 3, "FLOW_FREE": 10}, seed=1)


@pytest.fixture
def faulty(fake: FakeTenant) -> FaultyTransport:
    return FaultyTransport(fake)


@pytest.fixture
def state() -> MemoryState:
    """What is known between the applies of a test."""
    return MemoryState()


@pytest.fixture
def tenant(faulty: FaultyTransport, clock: InstantClock, state: MemoryState) -> Callable[..., Tenant]:
    """The tenant over the fake; waiting takes no time."""
    return lambda **options: Tenant.over(faulty, clock=clock, **{"state": state, **options})


@pytest.fixture
def tenant_id(fake: FakeTenant) -> str:
    """The id of the fake tenant, asked for without a client."""
    _, _, body = fake.handle("GET", f"{ROOT}/organization", {"Authorization": "Bearer x"}, b"")
    return str(json.loads(body)["value"][0]["id"])


@pytest.fixture
def known(tenant_id: str, state: MemoryState) -> Callable[[], AppUsers]:
    """What is remembered now."""
    return lambda: state.app_users(tenant_id, "")


@pytest.fixture
def remember(tenant_id: str, state: MemoryState) -> Callable[..., None]:
    """Remember these people from before the test."""
    return lambda *users: state.import_app_users(AppUsers(tenant_id, "", users))


@pytest.fixture
def needs() -> Needs:
    return NEEDS


@pytest.fixture
def read(tenant: Callable[..., Tenant]) -> Callable[[], Any]:
    """A snapshot of the fake as it is now."""

    async def whole() -> Any:
        async with tenant() as connected:
            return await connected.read(NEEDS)

    return lambda: asyncio.run(whole())


@pytest.fixture
def apply(tenant: Callable[..., Tenant]) -> Callable[..., Any]:
    """Apply a plan by a tenant of its own."""

    async def whole(plan: Any, options: Any, tenant_options: Any) -> Any:
        async with tenant(**tenant_options) as connected:
            return await connected.apply(plan, **options)

    return lambda plan, tenant_options=None, **options: asyncio.run(whole(plan, options, tenant_options or {}))


class Changes:
    """Changes for a fake tenant, written down by hand: what a plan would hold."""

    def __init__(self, fake: FakeTenant) -> None:
        self.fake = fake

    @staticmethod
    def subject(name: str, domain: str = "fed.example") -> Subject:
        return Subject(f"00u-{name}", name.title(), f"{name}@{domain}")

    def create(self, name: str, domain: str = "fed.example", **properties: Any) -> CreateUser:
        anchor = base64.b64encode(name.encode()).decode()
        body = {
            "accountEnabled": True,
            "displayName": name.title(),
            "mailNickname": name,
            "userPrincipalName": f"{name}@{domain}",
            "usageLocation": "NO",
            "onPremisesImmutableId": anchor,
            **properties,
        }
        body = {key: value for key, value in body.items() if value is not None}
        return CreateUser(self.subject(name, domain), "new", body, f"print-{name}", body.get("onPremisesImmutableId"))

    def id_of(self, name: str) -> str:
        return str(self.fake.user(f"{name}@fed.example")["id"])

    def sku(self, name: str = "SPE_E3") -> str:
        status, _, body = self.fake.handle("GET", f"{ROOT}/subscribedSkus", {"Authorization": "Bearer x"}, b"")
        assert status == 200
        return next(each["skuId"] for each in json.loads(body)["value"] if each["skuPartNumber"] == name)

    def update(self, name: str, **properties: tuple[Any, Any]) -> UpdateUser:
        each = tuple(PropertyChange(key, before, after) for key, (before, after) in properties.items())
        return UpdateUser(self.subject(name), "changed", self.id_of(name), each, f"print-{name}-2")

    def link(self, name: str) -> LinkUser:
        return LinkUser(self.subject(name), "same name", self.id_of(name), f"print-{name}")

    def give(self, name: str, *skus: str, new: bool = False, take: tuple[str, ...] = ()) -> AssignLicenses:
        add = tuple(LicenseAddition(self.sku(each), each) for each in skus)
        remove = tuple(LicenseRemoval(self.sku(each), each) for each in take)
        grants = tuple(LicenseGrant(each) for each in skus)
        return AssignLicenses(self.subject(name), "group", None if new else self.id_of(name), add, remove, grants)

    def manager(self, name: str, manager: str, *, new: bool = False, known: bool = False) -> SetManager:
        manager_id = self.id_of(manager) if known else None
        object_id = None if new else self.id_of(name)
        return SetManager(self.subject(name), "manager", object_id, self.subject(manager), manager_id)

    def no_manager(self, name: str) -> RemoveManager:
        return RemoveManager(self.subject(name), "no manager", self.id_of(name))

    def revoke(self, name: str) -> RevokeSessions:
        return RevokeSessions(self.subject(name), "password", self.id_of(name), datetime(2026, 2, 1, tzinfo=UTC))

    def block(self, name: str) -> BlockSignIn:
        return BlockSignIn(self.subject(name), "left", self.id_of(name), Departure(datetime(2026, 3, 1, tzinfo=UTC)))

    def staff(self, *names: str, **properties: Any) -> None:
        """Put people into the tenant before the test begins."""
        for name in names:
            anchor = base64.b64encode(name.encode()).decode()
            known = {"displayName": name.title(), "usageLocation": "NO", "onPremisesImmutableId": anchor, **properties}
            self.fake.add_user(f"{name}@fed.example", **known)


@pytest.fixture
def changes(fake: FakeTenant) -> Changes:
    return Changes(fake)


@pytest.fixture
def plan(read: Callable[[], TenantSnapshot], state: MemoryState) -> Callable[..., Plan]:
    """A plan with these changes, made from the tenant and the memory as they are now."""

    def make(*changes: Change, **fields: Any) -> Plan:
        snapshot = read()
        known = {
            "tenant_id": snapshot.tenant_id,
            "watermark": snapshot.watermark,
            "changes": changes,
            "app_users": state.app_users(snapshot.tenant_id, ""),
        }
        return Plan(made_at=datetime(2026, 3, 1, tzinfo=UTC), **{**known, **fields})

    return make
