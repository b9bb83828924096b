"""What a fleet knows between steps: the same in memory and on PostgreSQL."""

import pytest
from attrs import evolve
from organisation import NOW

from o365prov import Plan, PlanRefusedError, StateError, UsageError
from o365prov.fleet import FleetRecords, Hold, Stage, TenantRound

NEW = TenantRound("contoso")
FIRST = TenantRound("contoso", 1, Stage.PLANNED, NOW, "plan-1", "print-1", ["many leave"], problems={"no_seat": 2})
PLAN = Plan("11111111-1111-4111-8111-111111111111", NOW)


def test_a_round_reads_back_as_it_was_noted(records):
    """With the instant of the database at which it was."""
    assert records.round("contoso") == NEW
    assert records.note(NEW, FIRST, PLAN)
    found = records.round("contoso")
    assert evolve(found, changed_at=None) == FIRST
    assert found.changed_at is not None
    assert records.rounds(["contoso", "fabrikam"]) == {"contoso": found, "fabrikam": TenantRound("fabrikam")}
    assert records.plan("contoso") == PLAN


@pytest.mark.parametrize("before", [NEW, evolve(FIRST, plan_id="plan-0"), evolve(FIRST, stage=Stage.STALE)])
def test_whoever_was_overtaken_changes_nothing(records, before):
    """A worker that slept, and another one has gone on with the tenant."""
    records.note(NEW, FIRST, PLAN)
    now = records.round("contoso")
    late = evolve(FIRST, stage=Stage.FAILED, error="the lease was lost")
    assert not records.note(before, late)
    assert records.round("contoso") == now
    assert records.plan("contoso") == PLAN


@pytest.mark.parametrize("ended", [Stage.VERIFIED, Stage.FAILED])
def test_the_plan_of_a_round_that_ended_is_deleted(records, ended):
    """It is full of names; what was done is in the state."""
    records.note(NEW, FIRST, PLAN)
    records.note(FIRST, evolve(FIRST, stage=ended))
    assert records.plan("contoso") is None


def test_who_must_look_is_data_and_so_is_who_did(records):
    """Asked when the plan is noted, answered once."""
    records.note(NEW, FIRST, PLAN, reviewers=["ann@corp.example"])
    [asked] = records.confirmations(only_open=True)
    assert (asked.tenant, asked.fingerprint, asked.reviewers) == ("contoso", "print-1", ("ann@corp.example",))
    assert (asked.hazards, asked.is_open, asked.asked_at is None) == (("many leave",), True, False)
    assert str(asked) == "contoso: many leave: waits for ann@corp.example"
    given = records.confirm("contoso", "print-1", by="ann@corp.example")
    assert records.confirm("contoso", "print-1", by="bob@corp.example") == given
    assert records.confirmations() == (given,)
    assert (records.confirmations(only_open=True), given.confirmed_by) == ((), "ann@corp.example")


def test_the_same_plan_on_the_next_day_is_confirmed_already(records):
    """What is confirmed is its content."""
    records.note(NEW, FIRST, PLAN)
    records.confirm("contoso", "print-1", by="ann@corp.example")
    records.note(FIRST, evolve(FIRST, number=2, plan_id="plan-2"), PLAN)
    assert records.confirmations(only_open=True) == ()


@pytest.mark.parametrize("hazards", [[], ["many are renamed"]])
def test_what_was_asked_about_an_older_plan_is_withdrawn(records, hazards):
    """It can't be confirmed any more."""
    records.note(NEW, FIRST, PLAN)
    records.note(FIRST, evolve(FIRST, number=2, fingerprint="print-2", hazards=hazards), PLAN)
    assert [each.fingerprint for each in records.confirmations()] == ["print-2"] * len(hazards)
    with pytest.raises(PlanRefusedError, match="'contoso': print-1 does not wait"):
        records.confirm("contoso", "print-1", by="ann@corp.example")


def test_nobody_confirms_nothing(records):
    """A confirmation without a name would be worth nothing."""
    records.note(NEW, FIRST, PLAN)
    with pytest.raises(UsageError, match="who confirms"):
        records.confirm("contoso", "print-1", by="")


def test_holds_are_of_tenants_and_of_the_whole_fleet(records):
    """Each is resumed by itself; holding again replaces the kind."""
    records.hold(Hold.PAUSED, "contoso")
    records.hold(Hold.PAUSED)
    records.hold(Hold.DRAINING)
    assert records.holds() == {"contoso": Hold.PAUSED, None: Hold.DRAINING}
    records.resume()
    assert records.holds() == {"contoso": Hold.PAUSED}
    records.resume("contoso")
    assert records.holds() == {}


def test_what_was_damaged_is_refused(records):
    """And not taken for a tenant of which nothing is known."""
    records.note(NEW, FIRST, PLAN)
    with records._database.transaction() as transaction:
        transaction.execute("UPDATE tenant_round SET content = '{}'")
        transaction.execute("UPDATE round_plan SET plan = '{}'")
    for read in (records.round, records.plan):
        with pytest.raises(StateError):
            read("contoso")


def test_records_are_there_for_the_next_process(server):
    """They are opened again, by whoever comes."""
    with FleetRecords(server, schema="fleet_next") as first:
        first.note(NEW, FIRST, PLAN)
    with FleetRecords(server, schema="fleet_next") as second:
        assert second.round("contoso").plan_id == "plan-1"
