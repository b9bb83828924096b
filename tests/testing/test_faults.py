"""Trouble: faults by schedule and by chance, quotas, replica lag, and writes that overlap."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest

from o365prov.errors import ConfigurationError
from o365prov.testing import (
    Attempt,
    Dropped,
    FakeClock,
    FakeTenant,
    GatewayTimeout,
    HttpxTransport,
    Lag,
    Quotas,
    RandomFaults,
    ScheduledFaults,
    Slow,
    Throttled,
    Unavailable,
)
from o365prov.testing.fake_tenant.schema.skus import PRODUCTS

BASE = "https://graph.microsoft.com/v1.0"
PATCH = "PATCH /users/*"


@pytest.fixture
def user(fake):
    return fake.add_user("isaac@managed.example", usageLocation="US")


def _plan(*faults, route=PATCH):
    return ScheduledFaults(by_route={route: faults})


@pytest.mark.parametrize(
    ("fault", "status", "retry_after", "has_effect"),
    [
        (Throttled(retry_after=7), 429, "7", False),
        (Throttled(retry_after=None), 429, None, False),
        (Unavailable(), 503, None, False),
        (Unavailable(retry_after=3), 503, "3", False),
        (GatewayTimeout(), 504, None, False),
        (GatewayTimeout(after_effect=True), 504, None, True),
    ],
)
def test_a_fault_answers_what_it_says_and_once(graph, fake, user, fault, status, retry_after, has_effect):
    """Each fault has its status, its Retry-After or none, and its effect or none; the next request goes through."""
    fake.faults = _plan(fault)
    answer = graph("PATCH", f"/users/{user['id']}", {"jobTitle": "Singer"})
    assert (answer.status, answer.headers.get("retry-after")) == (status, retry_after)
    assert ("jobTitle" in fake.user(user["id"])) is has_effect
    assert graph("PATCH", f"/users/{user['id']}", {"jobTitle": "Guitarist"}).status == 204


@pytest.mark.parametrize("has_effect", [False, True])
def test_a_dropped_connection_leaves_a_client_in_doubt(graph, fake, user, has_effect):
    """ConnectionResetError, with or without the effect; the exchange is kept with status 0."""
    fake.faults = _plan(Dropped(after_effect=has_effect))
    with pytest.raises(ConnectionResetError):
        graph("PATCH", f"/users/{user['id']}", {"jobTitle": "Singer"})
    assert ("jobTitle" in fake.user(user["id"])) is has_effect
    assert fake.requests[-1].status == 0


def test_httpx_clients_see_a_dropped_connection_as_their_own_error(fake, user):
    """The transport translates it for both kinds of client."""
    fake.faults = ScheduledFaults(by_number={1: Dropped(), 2: Dropped()})
    with httpx.Client(transport=HttpxTransport(fake)) as client, pytest.raises(httpx.ReadError):
        client.get(f"{BASE}/users")

    async def run():
        async with httpx.AsyncClient(transport=HttpxTransport(fake)) as client:
            await client.get(f"{BASE}/users")

    with pytest.raises(httpx.ReadError):
        asyncio.run(run())


def test_faults_reach_into_a_batch(graph, fake, user):
    """An inner request is throttled by itself; a dropped one is a 504 there."""
    fake.faults = _plan(Throttled(retry_after=5), Dropped())
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    patches = [
        {"id": key, "method": "PATCH", "url": f"/users/{user['id']}", "headers": headers, "body": {"city": key}}
        for key in "abc"
    ]
    answer = graph("POST", "/$batch", {"requests": patches})
    inner = {item["id"]: item for item in answer.body["responses"]}
    assert (answer.status, [inner[key]["status"] for key in "abc"]) == (200, [429, 504, 204])
    assert inner["a"]["headers"]["Retry-After"] == "5"


def test_a_slow_answer_takes_the_tenants_time(graph, fake, clock, user):
    """On a standing clock waiting moves the clock."""
    fake.faults = _plan(Slow(90), route="GET *")
    before = clock.now()
    assert graph.get("/users").status == 200
    assert (clock.now() - before).total_seconds() == 90


def test_chance_is_the_same_for_the_same_seed():
    """A run with trouble can be run again."""
    attempts = [Attempt(number, "GET", "/users") for number in range(200)]

    def run(seed):
        plan = RandomFaults(0.3, seed=seed)
        return [plan(attempt) for attempt in attempts]

    assert run(1) == run(1) != run(2)
    assert 30 < sum(fault is not None for fault in run(1)) < 90
    assert not any(map(RandomFaults(0, seed=1), attempts))
    with pytest.raises(ValueError, match="between 0 and 1"):
        RandomFaults(2, seed=1)


def _limited(quotas):
    clock = FakeClock(at=datetime(2026, 3, 1, tzinfo=UTC))
    return FakeTenant(domains=["managed.example"], clock=clock, quotas=quotas, seed=1)


def _ask(fake, method="GET", path="/users", body=b""):
    return fake.handle(method, f"{BASE}{path}", {"Authorization": "Bearer x", "Content-Type": "application/json"}, body)


def test_resource_units_run_out_and_come_back():
    """Ten units are five lists of two; then 429 says for how long, and after that it works."""
    fake = _limited(Quotas(units=10, unit_seconds=10))
    assert [_ask(fake)[0] for _ in range(6)] == [200] * 5 + [429]
    _, headers, body = _ask(fake)
    assert json.loads(body)["error"]["code"] == "TooManyRequests"
    assert headers["x-ms-throttle-information"] == "ResourceUnitLimitExceeded"
    fake.clock.advance(seconds=int(headers["Retry-After"]))
    assert _ask(fake)[0] == 200


def test_select_and_small_pages_cost_less():
    """$select saves a unit, $top below 20 too, $expand costs one, and one is the least."""
    fake = _limited(Quotas())
    paths = ["/users", "/users?$select=id", "/users?$select=id&$top=5", "/users?$expand=manager", "/subscribedSkus"]
    assert [_ask(fake, path=path)[1]["x-ms-resource-unit"] for path in paths] == ["2", "1", "1", "3", "3"]


def test_writes_have_a_limit_of_their_own():
    """Three writes a period; reads go on meanwhile, and the headers warn before it is too late."""
    fake = _limited(Quotas(writes=3, write_seconds=30))
    user = fake.add_user("a@managed.example")
    answers = [_ask(fake, "PATCH", f"/users/{user['id']}", b'{"city":"x"}') for _ in range(4)]
    assert [status for status, _, _ in answers] == [204, 204, 204, 429]
    assert float(answers[2][1]["x-ms-throttle-limit-percentage"]) >= 0.8
    assert answers[3][1]["x-ms-throttle-information"] == "WriteLimitExceeded"
    assert answers[3][1]["x-ms-throttle-scope"].startswith("Tenant_Application/Write/")
    assert _ask(fake)[0] == 200


def test_requests_in_a_batch_are_metered_each():
    """Four lists in one batch cost eight units, and the fifth is throttled inside."""
    fake = _limited(Quotas(units=9, unit_seconds=1000))
    requests = [{"id": str(number), "method": "GET", "url": "/users"} for number in range(5)]
    _, _, body = _ask(fake, "POST", "/$batch", json.dumps({"requests": requests}).encode())
    assert sorted(item["status"] for item in json.loads(body)["responses"]) == [200, 200, 200, 200, 429]


def _lagging(lag):
    clock = FakeClock(at=datetime(2026, 3, 1, tzinfo=UTC))
    return FakeTenant(domains=["managed.example"], licenses={"SPE_E3": 5}, clock=clock, lag=lag, seed=1)


def _create(fake, name="a@managed.example"):
    body = {
        "accountEnabled": True,
        "displayName": "a",
        "mailNickname": "a",
        "userPrincipalName": name,
        "usageLocation": "US",
        "passwordProfile": {"password": "Correct-Horse-7"},
    }
    return json.loads(_ask(fake, "POST", "/users", json.dumps(body).encode())[2])["id"]


def test_a_new_user_is_not_there_for_some_seconds():
    """404 at first, in lists not yet, then there; uniqueness holds at once."""
    fake = _lagging(Lag(seconds=5))
    key = _create(fake)
    assert _ask(fake, path=f"/users/{key}")[0] == 404
    assert json.loads(_ask(fake)[2])["value"] == []
    assert _ask(fake, "PATCH", f"/users/{key}", b'{"city":"x"}')[0] == 404
    fake.clock.advance(seconds=5)
    assert _ask(fake, path=f"/users/{key}")[0] == 200
    assert _ask(fake, "PATCH", f"/users/{key}", b'{"city":"x"}')[0] == 204


def test_a_change_is_stale_for_some_requests():
    """Lag can be counted in requests, which suits clients that wait by their own clock."""
    fake = _lagging(Lag(requests=2))
    key = fake.add_user("a@managed.example", jobTitle="old")["id"]
    _ask(fake, "PATCH", f"/users/{key}", b'{"jobTitle":"new"}')
    shown = [json.loads(_ask(fake, path=f"/users/{key}")[2])["jobTitle"] for _ in range(3)]
    assert shown == ["old", "old", "new"]


def test_references_to_new_users_fail_at_first():
    """A manager who has not arrived is the 400 that clients must retry."""
    fake = _lagging(Lag(seconds=5))
    user = fake.add_user("b@managed.example")["id"]
    body = json.dumps({"@odata.id": f"{BASE}/users/{_create(fake)}"}).encode()
    status, _, content = _ask(fake, "PUT", f"/users/{user}/manager/$ref", body)
    assert status == 400
    assert "objects being referenced do not exist" in json.loads(content)["error"]["message"]
    fake.clock.advance(seconds=5)
    assert _ask(fake, "PUT", f"/users/{user}/manager/$ref", body)[0] == 204


def test_a_location_that_has_not_arrived_stops_a_licence():
    """Setting usageLocation and licensing right after it fails until the replica knows."""
    fake = _lagging(Lag(seconds=5))
    key = fake.add_user("b@managed.example")["id"]
    _ask(fake, "PATCH", f"/users/{key}", b'{"usageLocation":"US"}')
    body = json.dumps({"addLicenses": [{"skuId": PRODUCTS["SPE_E3"].id}], "removeLicenses": []}).encode()
    path = f"/users/{key}/assignLicense"
    assert "invalid usage location" in json.loads(_ask(fake, "POST", path, body)[2])["error"]["message"]
    fake.clock.advance(seconds=5)
    assert _ask(fake, "POST", path, body)[0] == 200


def test_delta_lags_too_and_loses_nothing():
    """A deltaLink taken while a change was on its way brings the change later."""
    fake = _lagging(Lag(seconds=5))
    key = _create(fake)
    answer = json.loads(_ask(fake, path="/users/delta?$select=displayName")[2])
    assert answer["value"] == []
    fake.clock.advance(seconds=5)
    status, _, content = fake.handle("GET", answer["@odata.deltaLink"], {"Authorization": "Bearer x"}, b"")
    assert (status, [user["id"] for user in json.loads(content)["value"]]) == (200, [key])


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, "either seconds or requests"),
        ({"seconds": 1, "requests": 1}, "either seconds or requests"),
        ({"seconds": -1}, "Lag.seconds should be a number from 0 on, not -1"),
    ],
)
def test_lag_is_seconds_or_requests(wrong, named):
    """One of the two, above zero."""
    with pytest.raises(ConfigurationError, match=named):
        Lag(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"seed": "1"}, {"latency": "0"}, {"clock": 5}, {"quotas": 5}, {"name": None}, {"keep_requests": "all"}]
)
def test_arguments_of_a_wrong_type_are_refused_by_name(wrong):
    """Before anything is made of them."""
    with pytest.raises(ConfigurationError, match=rf"FakeTenant\({next(iter(wrong))}=...\) should be"):
        FakeTenant(**wrong)


def test_overlapping_writes_to_one_object_conflict():
    """With latency, the second of two writes under way is 409; writes to two objects are both fine."""
    fake = FakeTenant(domains=["managed.example"], latency=0.02, seed=1)
    ann, bob = (fake.add_user(f"{name}@managed.example")["id"] for name in ("ann", "bob"))

    async def patch(key):
        content = b'{"city":"x"}'
        headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
        return (await fake.send("PATCH", f"{BASE}/users/{key}", headers, content))[::2]

    async def run():
        return await asyncio.gather(patch(ann), patch("ann@managed.example"), patch(bob))

    first, second, third = asyncio.run(run())
    assert (first[0], second[0], third[0]) == (204, 409, 204)
    assert json.loads(second[1])["error"]["code"] == "Directory_ConcurrencyViolation"


def test_writes_beside_each_other_in_a_batch_conflict():
    """Unless one waits for the other."""
    clock = FakeClock(at=datetime(2026, 3, 1, tzinfo=UTC))
    fake = FakeTenant(domains=["managed.example"], latency=0.5, clock=clock, seed=1)
    user = fake.add_user("ann@managed.example")["id"]
    first = {"id": "a", "method": "POST", "url": f"/users/{user}/revokeSignInSessions"}

    def statuses(second):
        _, _, body = _ask(fake, "POST", "/$batch", json.dumps({"requests": [first, second]}).encode())
        return sorted(item["status"] for item in json.loads(body)["responses"])

    assert statuses({**first, "id": "b"}) == [200, 409]
    assert statuses({**first, "id": "b", "dependsOn": ["a"]}) == [200, 200]
