"""Schedules: drawn from a seed, told line by line, and made shorter as long as they fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov import ConfigurationError
from o365prov.simulation import (
    Cut,
    CutPlace,
    DayPlan,
    Event,
    Happening,
    Interruption,
    NetworkFault,
    Round,
    Schedule,
    Source,
    Trouble,
    Wrong,
)
from o365prov.simulation.schedule.drawing import draw_schedule
from o365prov.simulation.schedule.events import ON_DISK
from o365prov.simulation.schedule.shrinking import shrunk


def drawn(seed, **trouble):
    """Ten days of a hundred people."""
    return draw_schedule(seed, people=100, days=10, trouble=Trouble(**trouble))


def happenings(schedule):
    """Everything that happens before anybody reads."""
    return [each for day in schedule.days for each in day.happenings]


@given(st.integers(0, 2**32))
def test_a_seed_draws_one_schedule(seed):
    """The same seed the same one, and the next seed another."""
    assert drawn(seed) == drawn(seed)
    assert drawn(seed) != drawn(seed + 1)


def test_without_trouble_only_people_change():
    """No faults, no interruptions, nothing by hand and no settings, where none are asked for."""
    schedule = drawn(1, rounds=0, by_hand=0.0, settings=0.0)
    assert {each.rounds for each in schedule.days} == {()}
    assert not any("administrator" in each.event or "memory" in each.event for each in happenings(schedule))


def test_power_is_lost_only_where_there_is_a_disk():
    """A state in memory has no power to lose."""
    cuts = {
        one.interruption.cut
        for seed in range(50)
        for day in drawn(seed, rounds=9).days
        for one in day.rounds
        if one.interruption
    }
    assert cuts == set(Cut) - ON_DISK


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_probability_is_a_fraction(value):
    """Trouble says which of its fields is wrong."""
    with pytest.raises(ConfigurationError, match=r"Trouble\.by_hand"):
        Trouble(by_hand=value)


def test_a_round_tells_what_goes_wrong():
    """One line: which plan, what goes wrong on the way, and how it ends."""
    faults = NetworkFault(Wrong.WRITE_MISSING, 3), NetworkFault(Wrong.THROTTLED, 1)
    one = Round(Source.AGAIN, faults, Interruption(Cut.KILL, CutPlace.AFTER_NOTE, 2), is_together=True)
    assert str(one) == (
        "an applier applies the last plan again, and the next one begins beside it: the answer to write 3 is missing "
        "in that of its batch; request 1 is answered 429; it is killed after transaction 2 of the state"
    )


def long_schedule():
    """Three days, of which one has everything."""
    leaves, joins = Happening(Event.LEAVE, 1), Happening(Event.JOIN, 2)
    faults = NetworkFault(Wrong.THROTTLED, 1), NetworkFault(Wrong.WRITE_MISSING, 2)
    full = Round(Source.NEW, faults, Interruption(Cut.KILL, CutPlace.AFTER_NOTE, 1), (joins,), is_together=True)
    busy = DayPlan((joins, leaves, joins), (Round(), full), 7)
    return Schedule((DayPlan((joins,)), busy, DayPlan((joins, joins))))


def leaves_amid_throttling(schedule):
    """Somebody leaves on a day on which an applier is throttled."""
    return any(
        any(each.event is Event.LEAVE for each in day.happenings)
        and any(fault.wrong is Wrong.THROTTLED for one in day.rounds for fault in one.faults)
        for day in schedule.days
    )


def test_what_is_not_needed_is_left_out():
    """What is left is the one event and the one fault that fail together."""
    needed = Round(faults=(NetworkFault(Wrong.THROTTLED, 1),))
    found = shrunk(long_schedule(), leaves_amid_throttling)
    assert found == Schedule((DayPlan((Happening(Event.LEAVE, 1),), (needed,), 7),))


@given(st.integers(0, 1000))
def test_nothing_more_can_be_left_out(seed):
    """Of a drawn schedule that has two who leave, nothing but these is left."""

    def two_leave(schedule):
        return sum(each.event is Event.LEAVE for each in happenings(schedule)) >= 2

    schedule = drawn(seed)
    found = shrunk(schedule, two_leave)
    if two_leave(schedule):
        assert [each.event for each in happenings(found)] == [Event.LEAVE] * 2
        assert not any(day.rounds for day in found.days)
    else:
        assert found is schedule or found == Schedule(())


def test_it_gives_up_after_so_many_tries():
    """A schedule takes seconds: the shortest found so far is better than none."""
    tried = []
    shrunk(long_schedule(), lambda schedule: tried.append(schedule) is not None, most_tries=5)
    assert len(tried) == 5
