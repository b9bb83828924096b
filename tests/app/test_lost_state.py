"""A state that is lost is rebuilt from the tenant, and then serves as the old one did."""

import asyncio

import pytest
from organisation import DOMAIN, NOW, assigned, somebody, user_sync_app

from o365prov import Deprovisioning, MemoryState, PlanRefusedError, Tenant
from o365prov.testing import FakeClock, FakeTenant

ANN, BO = somebody("Ann Lee"), somebody("Bo Fox")
APP = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
EVERYBODY = [assigned(ANN, "SPE_E3"), assigned(BO)]


@pytest.fixture
def fake():
    """A tenant with a seat."""
    return FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 1}, FakeClock(at=NOW), seed=1)


@pytest.fixture
def day(fake):
    """Read, plan and apply over a state; returns the plan and what is remembered then."""

    def one_day(assignments, state):
        async def whole():
            async with Tenant.over(fake, state=state) as tenant:
                snapshot = await tenant.read(APP.needs(assignments))
                known = state.app_users(snapshot.tenant_id, APP.name)
                plan = APP.plan(assignments, snapshot, known, now=fake.clock.now())
                assert (await tenant.apply(plan, confirm=plan.fingerprint)).ok
                return plan, state.app_users(plan.tenant_id, APP.name)

        fake.clock.advance(days=1)
        return asyncio.run(whole())

    return one_day


def test_matching_rebuilds_what_was_remembered(day):
    """Nothing is written; accounts, licences and profiles are remembered as before."""
    _, before = day(EVERYBODY, MemoryState())
    plan, after = day(EVERYBODY, MemoryState())
    assert plan.is_empty
    assert {*after} == {*before}
    assert after.lineage == plan.id != before.lineage


def test_who_leaves_after_that_loses_what_they_had(day, fake):
    """As with the state that was lost."""
    day(EVERYBODY, MemoryState())
    new = MemoryState()
    day(EVERYBODY, new)
    day([EVERYBODY[1]], new)
    assert (fake.user(f"ann.lee@{DOMAIN}")["accountEnabled"], fake.seats("SPE_E3")[0]) == (False, 0)
    assert fake.user(f"bo.fox@{DOMAIN}")["accountEnabled"]


def test_a_leaver_of_whom_nothing_is_known_is_left_alone(day, fake):
    """The account may be anybody's."""
    day(EVERYBODY, MemoryState())
    plan, after = day([EVERYBODY[1]], MemoryState())
    assert plan.is_empty
    assert [user.person_id for user in after] == [BO.id]
    assert fake.user(f"ann.lee@{DOMAIN}")["accountEnabled"]


def test_a_plan_of_the_lost_state_is_refused_by_the_new_one(day):
    """It was made with what only the old state knows."""
    old, new = MemoryState(), MemoryState()
    day(EVERYBODY, old)
    plan, _ = day(EVERYBODY, old)
    day(EVERYBODY, new)
    with pytest.raises(PlanRefusedError, match="another memory"):
        new.check_plan(plan)
