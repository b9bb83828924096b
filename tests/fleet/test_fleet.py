"""Rounds of fake tenants: plan, confirm, apply, verify; and nobody holds up anybody else."""

import asyncio
import time
from datetime import timedelta

import pytest
from fleets import FakeFleet, member, staff
from organisation import DOMAIN

from o365prov import ConfigurationError, SourceError
from o365prov.errors import ConnectionFailedError, Issue
from o365prov.fleet import FleetStep, Hold, NextStep, Stage


def test_everybody_is_provisioned_and_verified():
    """Plan, apply and verify, each tenant with its own people."""
    fleet = FakeFleet.of(member("contoso"), member("fabrikam"), people={"fabrikam": staff(1)})
    assert asyncio.run(fleet.go_on()) == 6
    assert fleet.accounts("contoso") == {f"{name}@{DOMAIN}" for name in ("ann.lee", "bo.fox", "cy.ray")}
    assert fleet.accounts("fabrikam") == {f"ann.lee@{DOMAIN}"}
    assert fleet.fleet.report().stages == {"verified": 2}
    assert fleet.fleet.due() == ()


def test_a_round_in_which_nothing_changes_is_one_step():
    """The next night there is nothing to apply, and nothing to look at."""
    fleet = FakeFleet.of(member())
    asyncio.run(fleet.go_on())
    fleet.clock.advance(days=1)
    assert asyncio.run(fleet.go_on()) == 1
    assert fleet.fleet.records.round("contoso").number == 2


def test_a_tenant_without_a_schedule_is_provisioned_when_it_is_asked_for():
    """As for a push of now."""
    fleet = FakeFleet.of(member(schedule=""))
    assert fleet.fleet.due() == ()
    coming = asyncio.run(fleet.fleet.plan("contoso"))
    assert (coming.step, coming.tenant) == (FleetStep.APPLY, "contoso")
    assert asyncio.run(fleet.go_on()) == 2


def test_an_engine_needs_to_call_one_thing():
    """Again and again: it does what is due, and says when to come again."""
    fleet = FakeFleet.of(member())
    steps = [asyncio.run(fleet.fleet.go_on("contoso")) for _ in range(4)]
    assert [each.step.value for each in steps] == ["apply", "verify", "plan", "plan"]
    assert steps[3].not_before > fleet.clock.now()
    assert fleet.fleet.report().stages == {"verified": 1}


def leaving():
    """A fleet of one whose people have all left since yesterday."""
    fleet = FakeFleet.of(member(reviewers=["ann@corp.example"]))
    asyncio.run(fleet.go_on())
    fleet.people["contoso"] = []
    fleet.clock.advance(days=1)
    asyncio.run(fleet.go_on())
    return fleet


def test_a_hazard_waits_for_somebody_and_then_goes_on():
    """What is dangerous is shown with the plan, and the state remembers who confirmed it."""
    fleet = leaving()
    [asked] = fleet.fleet.report().waiting
    assert asked.reviewers == ("ann@corp.example",)
    assert all(user["accountEnabled"] for user in fleet.fakes["contoso"].users)
    assert fleet.fleet.records.plan("contoso").fingerprint == asked.fingerprint
    fleet.fleet.records.confirm("contoso", asked.fingerprint, by="ann@corp.example")
    asyncio.run(fleet.go_on())
    assert fleet.fleet.report().stages == {"verified": 1}
    assert not any(user["accountEnabled"] for user in fleet.fakes["contoso"].users)


def test_apply_does_nothing_with_a_plan_that_waits():
    """Whatever an engine does by mistake."""
    fleet = leaving()
    writes = len(fleet.fakes["contoso"].requests)
    assert asyncio.run(fleet.fleet.apply("contoso")) is None
    assert len(fleet.fakes["contoso"].requests) == writes


@pytest.mark.parametrize(
    "people",
    [
        SourceError(Issue("no_file", "no such file", "name another", "people.csv")),
        RuntimeError("a secret"),
        ConfigurationError("no people"),
    ],
)
def test_a_tenant_that_fails_never_holds_up_another(people):
    """Its error is its own, and says nothing personal of a registry that broke."""
    fleet = FakeFleet.of(member("contoso"), member("fabrikam"))
    healthy = fleet.fleet.registry._people

    def broken(name):
        if name == "contoso":
            raise people
        return healthy(name)

    fleet.fleet.registry._people = broken
    asyncio.run(fleet.go_on())
    report = fleet.fleet.report()
    assert report.stages == {"failed": 1, "verified": 1}
    assert [*report.needing_somebody] == ["contoso"]
    assert "secret" not in report.to_text()


def test_nothing_is_planned_in_another_tenant_than_the_one_that_is_meant():
    """A credential that was filed under the wrong name would provision one customer's people in another's tenant."""
    right, wrong = FakeFleet.of(member()), FakeFleet.of(member(tenant_id="11111111-1111-4111-8111-111111111111"))
    for fleet in (right, wrong):
        asyncio.run(fleet.go_on())
    assert (len(right.accounts("contoso")), wrong.accounts("contoso")) == (3, set())
    assert "8111-111111111111 is meant" in wrong.fleet.report().needing_somebody["contoso"]


def test_what_may_pass_is_tried_again_and_fails_in_the_end():
    """With waits that double, up to an hour; the next night begins again."""
    fleet = FakeFleet.of(member())
    fleet.fleet.registry._connect = unreachable
    waits = []
    while (found := fleet.fleet.records.round("contoso")).stage is not Stage.FAILED:
        coming = asyncio.run(fleet.fleet.take(fleet.fleet.next_step("contoso")))
        if coming and coming.not_before > fleet.clock.now() and coming.number == 1:
            waits.append((coming.not_before - fleet.clock.now()).total_seconds())
            fleet.clock.advance(seconds=waits[-1])
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    assert (found.number, "no answer" in found.error) == (1, True)
    assert fleet.fleet.next_step("contoso").step is FleetStep.PLAN


def unreachable(tenant, credential, state):
    """What a registry does whose network is down."""
    raise ConnectionFailedError("no answer")


def test_a_stale_plan_is_made_again():
    """Somebody applied another plan meanwhile; the round plans once more and does what is left."""
    fleet = FakeFleet.of(member())
    asyncio.run(fleet.fleet.plan("contoso"))
    other = FakeFleet.of(member(), state=fleet.fleet.state)
    other.fakes["contoso"] = fleet.fakes["contoso"]
    other.people["contoso"] = staff(1)
    asyncio.run(other.go_on())
    coming = asyncio.run(fleet.fleet.apply("contoso"))
    assert (coming.step, coming.number) == (FleetStep.PLAN, 1)
    fleet.clock.advance(minutes=1)
    asyncio.run(fleet.go_on())
    assert fleet.fleet.report().stages == {"verified": 1}
    assert len(fleet.accounts("contoso")) == 3


def test_the_lease_decides_who_writes():
    """A job that comes twice waits for the other one, and is not a failure of the tenant."""
    fleet = FakeFleet.of(member())
    asyncio.run(fleet.fleet.plan("contoso"))
    plan = fleet.fleet.records.plan("contoso")
    lease = fleet.fleet.state.acquire(plan.tenant_id)
    before = fleet.fleet.records.round("contoso")
    coming = asyncio.run(fleet.fleet.apply("contoso"))
    assert coming.step is FleetStep.APPLY
    assert coming.not_before > fleet.clock.now()
    assert fleet.fleet.records.round("contoso") == before
    fleet.fleet.state.release(lease)
    asyncio.run(fleet.go_on())
    assert fleet.fleet.report().stages == {"verified": 1}


def test_a_large_tenant_gives_way_when_its_turn_is_over():
    """It goes on later where it stopped, and nothing is done twice."""
    fleet = FakeFleet.of(member(), people={"contoso": staff(8)}, turn=timedelta(microseconds=1))
    asyncio.run(fleet.fleet.plan("contoso"))
    fake, handle = fleet.fakes["contoso"], fleet.fakes["contoso"].handle

    def slowly(*request):
        time.sleep(0.15 if request[0] != "GET" else 0)
        return handle(*request)

    object.__setattr__(fake, "handle", slowly)
    turns = 0
    while fleet.fleet.records.round("contoso").stage is Stage.PLANNED and turns < 20:
        asyncio.run(fleet.fleet.apply("contoso"))
        turns += 1
    assert fleet.fleet.records.round("contoso").stage is Stage.APPLIED
    assert len(fleet.accounts("contoso")) == 8


def test_paused_nothing_begins_and_resumed_it_goes_on():
    """A tenant alone, or the whole fleet."""
    fleet = FakeFleet.of(member("contoso"), member("fabrikam"))
    fleet.fleet.records.hold(Hold.PAUSED, "contoso")
    asyncio.run(fleet.go_on())
    assert asyncio.run(fleet.fleet.plan("contoso")) is None
    assert fleet.fleet.report().stages == {"new": 1, "verified": 1}
    assert fleet.fleet.report().holds == {"contoso": Hold.PAUSED}
    fleet.fleet.records.resume("contoso")
    asyncio.run(fleet.go_on())
    assert fleet.fleet.report().stages == {"verified": 2}


def test_draining_ends_what_has_begun_and_begins_nothing():
    """Before a worker is replaced, or the night is over."""
    fleet = FakeFleet.of(member("contoso"), member("fabrikam"))
    asyncio.run(fleet.fleet.plan("contoso"))
    fleet.fleet.records.hold(Hold.DRAINING)
    assert asyncio.run(fleet.go_on()) == 2
    assert asyncio.run(fleet.fleet.plan("fabrikam")) is None
    assert fleet.fleet.report().stages == {"new": 1, "verified": 1}


def test_a_step_that_is_not_due_does_nothing():
    """A queue may deliver a job twice, late, or out of order."""
    fleet = FakeFleet.of(member())
    asyncio.run(fleet.go_on())
    connected = len(fleet.connected)
    for step in (
        NextStep("contoso", FleetStep.PLAN, 1),
        *(NextStep("contoso", each, 1) for each in FleetStep if each != "plan"),
    ):
        assert asyncio.run(fleet.fleet.take(step)).number == 2
    assert len(fleet.connected) == connected


def test_changes_that_fail_are_in_the_report():
    """The tenant needs somebody until the next round has done them."""
    fleet = FakeFleet.of(member(), people={"contoso": staff(1)})
    asyncio.run(fleet.fleet.plan("contoso"))
    fleet.fakes["contoso"].add_user(f"ann.lee@{DOMAIN}")  # somebody took the username meanwhile
    asyncio.run(fleet.go_on())
    [found] = fleet.fleet.report().rounds
    assert (found.written, found.failed + found.skipped) == (0, 2)
    assert "failed" in fleet.fleet.report().needing_somebody["contoso"]


def test_a_quarantined_app_is_not_planned_again_and_again():
    """Nothing but somebody's word lets it go on: the round has failed at once and says so, and the next one does it."""
    fleet = FakeFleet.of(member())
    state = fleet.fleet.state
    asyncio.run(fleet.fleet.plan("contoso"))
    plan = fleet.fleet.records.plan("contoso")
    lease = state.acquire(plan.tenant_id)
    run = state.begin_run(lease, plan)
    state.end_run(lease, run, "too much failed", quarantine="26 of the last 38 writes failed")
    state.release(lease)
    asyncio.run(fleet.go_on())
    assert fleet.connected == ["contoso", "contoso"]  # to plan, and to be refused
    assert fleet.fleet.report().stages == {"failed": 1}
    assert "state.allow(" in fleet.fleet.report().needing_somebody["contoso"]
    state.allow(plan.tenant_id, plan.app_users.app_name, allowed_by="ann@corp.example")
    fleet.clock.advance(days=1)
    asyncio.run(fleet.go_on())
    assert fleet.fleet.report().stages == {"verified": 1}
    assert len(fleet.accounts("contoso")) == 3
