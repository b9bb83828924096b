"""Made-up organisations of fifty people, ten days each: every law holds, whatever goes wrong."""

from pathlib import Path

import pytest
from amount import some
from attrs import evolve

from o365prov import Lifecycle
from o365prov.simulation import Schedule
from o365prov.simulation.__main__ import drawn
from o365prov.simulation.organizations import draw_setting
from o365prov.simulation.simulate import run_schedule
from o365prov.structuring import from_json_text

EARLY = Lifecycle(create_staged=True)
FOUND = {
    44: (50, Lifecycle()),
    161: (6, Lifecycle()),
    301: (24, Lifecycle()),
    4715: (50, Lifecycle()),
    5011: (4, EARLY),
    20068: (5, Lifecycle()),
}
"""The people and the lifecycle by the seed that broke a law once, and stays. What happened is in a file, for by and by
a seed draws other things.

- 44: a manager of whom nobody knew whether they were set had no name in the memory.
- 161: without its memory, a type that writes no profiles knows accounts by their usernames alone; it says so.
- 301: who was to get the last seat waited behind somebody else after an applier was killed, which is no fault.
- 4715: who was restored when too few seats were free never got the licence again, as if somebody had taken it.
- 5011: an account that was created for who is staged, and not noted, was never linked.
- 20068: who could not be linked to an account that others had blocked, and waited for a seat, was never enabled.
"""


@pytest.mark.parametrize("seed", some(range(1, 51), 6))
def test_no_law_is_broken(seed):
    """Accounts, licences, roles, sign-in and memory end each day as they do where nothing goes wrong."""
    simulation = drawn(seed, 50, 10)
    assert simulation.ok, simulation.to_text()


@pytest.mark.parametrize("seed", FOUND)
def test_what_broke_a_law_once_does_not_break_it_again(seed):
    """In the organisation of its seed, under the settings that there were then."""
    schedule = from_json_text((Path(__file__).parent / "found" / f"{seed}.json").read_text(), Schedule)
    people, lifecycle = FOUND[seed]
    setting = draw_setting(seed, people=people, plain=True)
    setting = evolve(setting, app=evolve(setting.app, lifecycle=lifecycle))
    simulation = run_schedule(setting, schedule, seed)
    assert simulation.ok, simulation.to_text()
