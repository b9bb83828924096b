"""A tenant as unreliable as Graph may be: replication, quotas, faults at random. Every plan still ends as it should."""

import asyncio
from datetime import UTC, datetime

import pytest
from amount import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from o365prov.graph import RateLimits, RetryPolicy, Tenant
from o365prov.planning import Quota
from o365prov.planning.model.change_parts import LicenseAddition, Subject
from o365prov.planning.model.changes import AssignLicenses, CreateUser, SetManager
from o365prov.planning.model.options import Needs
from o365prov.planning.model.plan import Plan
from o365prov.testing import FakeClock, FakeTenant, RandomFaults
from o365prov.testing.fake_tenant.gateway.replication import Lag
from o365prov.testing.quotas import Quotas

PEOPLE = [f"p{number}" for number in range(30)]
PATIENT = RetryPolicy(attempts=1_000, timeout=1_000_000)
"""Of faults by chance some request has eight in a row sooner or later, and with the usual policy that is the end."""


class SharedClock:
    """The fake tenant's own clock for the client, so that both wait together."""

    def __init__(self, clock):
        self.clock = clock

    def now(self):
        return self.clock.now()

    def seconds(self):
        return self.clock.now().timestamp()

    async def sleep(self, seconds):
        await self.clock.wait_async(seconds)


def hire(name, snapshot):
    subject = Subject(f"00u-{name}", name, f"{name}@fed.example")
    sku = snapshot.sku_named["SPE_E3"].id
    body = {
        "accountEnabled": True,
        "displayName": name,
        "mailNickname": name,
        "userPrincipalName": subject.username,
        "usageLocation": "NO",
        "onPremisesImmutableId": f"anchor{name}==",
    }
    yield CreateUser(subject, "new", body, "print", body["onPremisesImmutableId"])
    yield AssignLicenses(subject, "group", None, (LicenseAddition(sku, "SPE_E3"),), (), ())
    if name != PEOPLE[0]:
        yield SetManager(subject, "manager", None, Subject(f"00u-{PEOPLE[0]}", "", ""), None)


def hire_all(rate_limits=None, retry_policy=None, **options):
    """Hire thirty people into such a tenant; returns the fake and the report."""
    clock = FakeClock(datetime(2026, 3, 1, tzinfo=UTC))
    fake = FakeTenant(domains={"fed.example": "Federated"}, licenses={"SPE_E3": 30}, clock=clock, seed=1, **options)

    async def whole():
        connection = Tenant.over(fake, clock=SharedClock(clock), rate_limits=rate_limits, retry_policy=retry_policy)
        async with connection as tenant:
            snapshot = await tenant.read(Needs(("displayName",), managers=True))
            changes = [change for name in PEOPLE for change in hire(name, snapshot)]
            plan = Plan(snapshot.tenant_id, clock.now(), changes, watermark=snapshot.watermark)
            return await tenant.apply(plan)

    return fake, asyncio.run(whole())


def assert_all_are_there(fake, report):
    assert report.ok, [outcome.message for outcome in report.failed + report.skipped]
    held = {user["displayName"]: user for user in fake.users}
    assert sorted(held) == sorted(PEOPLE)
    assert all(user["assignedLicenses"] for user in held.values())
    assert all(held[name]["manager"] == held[PEOPLE[0]]["id"] for name in PEOPLE[1:])


@pytest.mark.parametrize("lag", [Lag(seconds=5), Lag(seconds=40), Lag(requests=30)])
def test_what_was_just_written_is_not_seen_at_once(lag):
    """Licences and managers of new accounts are refused until the replicas know them."""
    assert_all_are_there(*hire_all(lag=lag))


def test_a_tight_quota_is_kept_to():
    """Our bucket is Graph's: with the same numbers nothing is ever refused."""
    quotas = Quotas(writes=40, write_seconds=20)
    fake, report = hire_all(RateLimits(writes=Quota(40, 20), share=0.9), quotas=quotas)
    assert_all_are_there(fake, report)
    assert not [exchange for exchange in fake.requests if exchange.status == 429]


def test_a_quota_that_others_use_too_is_survived():
    """Where Graph grants less than we think, its headers and its 429 slow us down."""
    assert_all_are_there(*hire_all(quotas=Quotas(writes=20, write_seconds=20)))


@settings(max_examples=examples(15))
@given(seed=st.integers(0, 2**16), share=st.sampled_from([0.05, 0.15]))
@example(seed=1581, share=0.15)  # has eight in a row
def test_faults_at_random_cost_time_and_nothing_else(seed, share):
    """Throttling, timeouts and broken connections, with the effect and without, on one request in seven."""
    assert_all_are_there(*hire_all(retry_policy=PATIENT, faults=RandomFaults(share, seed=seed)))


def test_everything_at_once():
    """Lag, a tight quota and faults together."""
    options = {
        "lag": Lag(seconds=3),
        "quotas": Quotas(writes=50, write_seconds=20),
        "faults": RandomFaults(0.1, seed=7),
    }
    assert_all_are_there(*hire_all(retry_policy=PATIENT, **options))
