"""Answers that Graph would never give, from whatever stands in between: a valid result, or an error of the package.

One or more answers of a fake tenant are changed on the way: bytes of the body, values inside its JSON, headers, the
status. How many times: ``ANSWERS``, otherwise two hundred for each hundred of ``CHAOS``, two thousand in CI and four
hundred elsewhere.
"""

import asyncio
import gzip
import json
import os
import random
from contextlib import suppress

import pytest
from amount import times
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import AppUsers, ConnectionTest, O365ProvError, Plan, Report, RetryPolicy, Tenant, TenantSnapshot
from o365prov.testing import FakeClock, FakeTenant

CHAOS = times(1)
TIMES = int(os.environ.get("ANSWERS", str(200 * CHAOS)))
APP = user_sync_app()
ASSIGNMENTS = [assigned(somebody(name), "SPE_E3") for name in ("Ann Lee", "Bo Fox", "Cy Ray")]
JUNK = [
    *('"\\ud800"', '"\\u0000"', '"https://graph.microsoft.com/v1.0/users?x=\\u0000"', '"https://evil.example/v1.0"'),
    *("1e999", "-1e999", "NaN", "Infinity", "1" * 5_000, "9" * 400, "-1", "0.5", "null", "true", '""', '"x"'),
    *("[]", "{}", '[{"id": []}]', '{"id": {}}', '["x"]', "[" * 2_000 + "]" * 2_000, '"' + "x" * 70_000 + '"'),
    *('"https://graph.microsoft.com/v1.0/users?$top=999"', '"https://graph.microsoft.com/v1.0/\\ud83d"', '"/users"'),
    *('"https://graph.microsoft.com/v1.0:99999999/"', '"2026-13-45T99:00:00Z"', '"0001-01-01T00:00:00+23:59"'),
    *('"https://graph.microsoft.com/v1.0/[::"', '"https://graph.microsoft.com/v1.0/\\u00e9"', '"429"', "429", "1e3"),
]
HEADERS = {
    "Retry-After": [
        "1e999",
        "nan",
        "-1",
        "x",
        "Thu, 99 Jan 99999 00:00:00 GMT",
        "0",
        "999999999999",
        "\u0661",
        "\u00e9",
        "",
    ],
    "Content-Type": ["text/html", "", "application/json; charset=utf-16", "\x00"],
    "Content-Encoding": ["gzip", "br", "deflate", "x", "gzip, gzip"],
    "Content-Length": ["0", "-1", "99999999"],
    "Location": ["https://evil.example/", "\x00", "/"],
    "Www-Authenticate": [
        'Bearer error="insufficient_claims", claims="%%%"',
        "Bearer claims=",
        'Bearer error="insufficient_claims", claims="////"',
        "x" * 9_000,
        '"',
    ],
    "x-ms-throttle-limit-percentage": ["nan", "1e999"],
    "x-ms-throttle-information": ["ResourceUnitLimitExceeded", "\x00"],
    "request-id": ["\x1b[31m", "x" * 9_000],
    "Transfer-Encoding": ["chunked"],
}
STATUSES = [0, 100, 101, 199, 200, 201, 202, 204, 206, 299, 301, 302, 304, 307, 400, 401, 403, 404, 408, 409, 410, 412]
STATUSES += [413, 423, 424, 429, 451, 500, 501, 502, 503, 504, 507, 511, 599, 600, 999]


class JumpingClock:
    """Time that passes by waiting."""

    def __init__(self):
        self.passed = 0.0

    def now(self):
        return NOW

    def seconds(self):
        return self.passed

    async def sleep(self, seconds):
        self.passed += seconds
        await asyncio.sleep(0)


class Garbling:
    """A transport that changes some answers of a tenant."""

    def __init__(self, fake, chance):
        self.fake, self.chance = fake, chance
        self.share = chance.choice([0.1, 0.3, 1.0])
        self.kinds = chance.sample([self._bytes, self._value, self._value, self._header, self._status], 3)

    async def send(self, method, url, headers, body):
        status, answered, content = self.fake.handle(method, url, headers, body)
        answer = status, dict(answered), content
        if self.chance.random() < self.share:
            answer = self.chance.choice(self.kinds)(*answer)
        return answer

    def _bytes(self, status, headers, content):
        changed = bytearray(content)
        for _ in range(self.chance.randint(1, 8) if changed else 0):
            changed[self.chance.randrange(len(changed))] = self.chance.randrange(256)
        end = self.chance.choice([len(changed), len(changed), self.chance.randint(0, len(changed))])
        return status, headers, bytes(changed[:end])

    def _value(self, status, headers, content):
        """One value, or a name, anywhere in the JSON is another one."""
        if not content:
            return status, headers, self.chance.choice(JUNK).encode()
        document = [json.loads(content)]
        places = list(self._places(document))
        for _ in range(self.chance.choice([1, 1, 2, 5])):
            parent, key = self.chance.choice(places)
            parent[key] = f"junk-{self.chance.randrange(len(JUNK))}-"
        text = json.dumps(document[0])
        for number, junk in enumerate(JUNK):
            text = text.replace(f'"junk-{number}-"', junk)
        return status, headers, text.encode()

    def _places(self, parent):
        for key, value in list(parent.items() if isinstance(parent, dict) else enumerate(parent)):
            yield parent, key
            if isinstance(value, dict | list):
                yield from self._places(value)

    def _header(self, status, headers, content):
        name = self.chance.choice([*HEADERS])
        headers = {**headers, name: self.chance.choice(HEADERS[name])}
        if name == "Content-Encoding" and self.chance.random() < 0.5:
            content = gzip.compress(content)
        return self.chance.choice([status, 429, 503, 401]) if name != "Content-Encoding" else status, headers, content

    def _status(self, _, headers, content):
        return self.chance.choice(STATUSES), headers, self.chance.choice([content, b"", b"<html>"])


@pytest.fixture(scope="module")
def corp():
    """A tenant in which somebody already is, and a plan for it."""
    fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 3}, FakeClock(at=NOW), seed=1, keep_requests=10)
    fake.add_user(f"ann.lee@{DOMAIN}", displayName="Ann", roles=["Global Reader"], licenses=["SPE_E3"])
    fake.add_group("Staff", mailEnabled=True, mailNickname="staff", groupTypes=["Unified"])
    fake.add_contact("Zed", mail="zed@out.example")

    async def planned():
        async with Tenant.over(fake) as tenant:
            snapshot = await tenant.read(APP.needs(ASSIGNMENTS))
            return APP.plan(ASSIGNMENTS, snapshot, tenant.state.app_users(snapshot.tenant_id, APP.name), now=NOW)

    plan = asyncio.run(planned())
    assert plan.writes > 3
    return fake, fake.snapshot(), plan


async def outcomes(corp, number):
    """Whatever may be asked of a tenant, and how it ends: values and errors."""
    fake, before, plan = corp
    fake.restore(before)
    chance = random.Random(number)  # noqa: S311 - guards nothing
    policy = RetryPolicy(attempts=3, timeout=30)
    tenant = Tenant.over(Garbling(fake, chance), clock=JumpingClock(), retry_policy=policy, random=chance.random)
    ended = []
    async with tenant:
        for work in (
            tenant.test_connection,
            lambda: tenant.read(APP.needs(ASSIGNMENTS)),
            lambda: tenant.apply(plan, confirm=plan.fingerprint),
        ):
            try:
                ended.append(await work())
            except O365ProvError as error:
                ended.append(error)
    return ended


def test_whatever_graph_answers_ends_in_a_result_or_an_error_of_the_package(corp):
    """Snapshots are planned with, reports shown and saved, errors are one line; nothing of what is below escapes."""

    async def whole():
        for number in range(TIMES // 3):
            for each in await outcomes(corp, number):
                with suppress(O365ProvError):
                    check(each)

    asyncio.run(whole())


def check(ended):
    match ended:
        case TenantSnapshot():
            known = AppUsers.empty(ended.tenant_id, APP.name)
            planned = APP.plan(ASSIGNMENTS, ended, known, now=NOW)
            assert Plan.from_json(planned.to_json()) == planned
        case Report():
            assert "unexpected" not in ended.stopped
            assert Report.from_json(ended.to_json()) == ended
            assert ended.to_text()
        case ConnectionTest():
            assert str(ended)
        case O365ProvError():
            assert str(ended).isprintable()
            assert len(str(ended)) < 2_000
