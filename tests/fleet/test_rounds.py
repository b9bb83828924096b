"""What comes next for a tenant follows from what is recorded, and from nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from organisation import NOW

from o365prov.fleet import FleetStep, Hold, NextStep, Stage, TenantRound, next_step

LATER = NOW + timedelta(hours=1)
ROUND = TenantRound("contoso", 3, began_at=NOW)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones
ROUNDS = st.builds(
    TenantRound,
    st.just("contoso"),
    st.integers(0, 5),
    st.sampled_from(Stage),
    st.none() | INSTANTS,
    hazards=st.lists(st.just("many leave"), max_size=1),
    writes=st.integers(0, 3_000),
    not_before=st.none() | INSTANTS,
)


def coming(found, **settings):
    """What comes next, of a tenant that is due at once unless it is said."""
    return next_step(found, **{"due_at": NOW, "confirmed": False, "hold": None, "now": NOW, **settings})


@pytest.mark.parametrize(
    ("stage", "step", "number"),
    [
        (Stage.NEW, FleetStep.PLAN, 4),
        (Stage.STALE, FleetStep.PLAN, 3),
        (Stage.PLANNED, FleetStep.APPLY, 3),
        (Stage.APPLIED, FleetStep.VERIFY, 3),
        (Stage.VERIFIED, FleetStep.PLAN, 4),
        (Stage.FAILED, FleetStep.PLAN, 4),
    ],
)
def test_each_stage_has_its_next_step(stage, step, number):
    """A stale plan is made again in the same round; a round that ended or failed is followed by the next one."""
    found = coming(evolve(ROUND, stage=stage))
    assert (found.step, found.number) == (step, number)


@pytest.mark.parametrize("stage", [Stage.NEW, Stage.VERIFIED, Stage.FAILED])
def test_a_round_begins_by_its_schedule_or_when_it_is_asked_for(stage):
    """And is not due before."""
    found = coming(evolve(ROUND, stage=stage), due_at=LATER)
    assert (found.not_before, found.is_due(NOW), found.is_due(LATER)) == (LATER, False, True)
    assert coming(evolve(ROUND, stage=stage), due_at=None) is None


def test_a_plan_with_hazards_waits_for_somebody_until_its_schedule_makes_another():
    """The next night may know better; until then nothing happens without a confirmation."""
    waiting = evolve(ROUND, stage=Stage.PLANNED, hazards=["many leave"])
    assert coming(waiting, due_at=LATER) is None
    assert coming(waiting, due_at=LATER, confirmed=True).step is FleetStep.APPLY
    assert coming(waiting, due_at=NOW).step is FleetStep.PLAN


@given(ROUNDS, st.none() | INSTANTS, st.sampled_from([None, *Hold]), INSTANTS)
def test_nothing_dangerous_is_applied_without_a_confirmation(found, due_at, hold, now):
    """Whatever else is recorded."""
    after = next_step(found, due_at=due_at, confirmed=False, hold=hold, now=now)
    assert not (found.hazards and after and after.step is FleetStep.APPLY)


@given(ROUNDS, st.none() | INSTANTS, st.booleans(), INSTANTS)
def test_a_paused_tenant_goes_nowhere_and_a_draining_one_only_to_its_end(found, due_at, confirmed, now):
    """Pausing stops everything; draining begins no round, and changes nothing about those that have begun."""
    settings = {"due_at": due_at, "confirmed": confirmed, "now": now}
    assert next_step(found, hold=Hold.PAUSED, **settings) is None
    free, draining = (next_step(found, hold=hold, **settings) for hold in (None, Hold.DRAINING))
    assert draining == (None if free and free.number > found.number else free)


def test_of_one_priority_small_tenants_come_first_and_who_has_begun():
    """A large one gives way, and priority is above both."""
    small, large = (evolve(ROUND, writes=writes) for writes in (10, 100_000))
    planned, applied = (Stage.PLANNED, Stage.APPLIED)
    order = [
        coming(evolve(large, stage=planned), priority=1),
        coming(evolve(small, stage=applied)),
        coming(evolve(small, stage=planned)),
        coming(small),
        coming(evolve(large, stage=applied)),
        coming(evolve(large, stage=planned)),
        coming(large),
        coming(evolve(small, stage=applied), priority=-1),
    ]
    assert order == sorted(order, key=lambda each: -each.priority)
    assert len({each.priority for each in order}) == len(order)


def test_a_step_knows_whether_it_is_due():
    """From its instant on."""
    assert NextStep("contoso", FleetStep.APPLY, 1).is_due(NOW)
    assert not NextStep("contoso", FleetStep.APPLY, 1, LATER).is_due(NOW)
