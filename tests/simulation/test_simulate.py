"""A month of one's own organisation: the same on every machine, held to laws, and told as a story."""

import os
import subprocess
import sys

import pytest
from organisation import DOMAIN, somebody, user_sync_app

from o365prov import Assignment, ConfigurationError, Grants, LicenseGrant
from o365prov.simulation import Event, SimulationCoverage, Trouble, Violation, simulate
from o365prov.simulation.__main__ import drawn, main
from o365prov.testing import FakeTenant

QUIET = Trouble(rounds=0, by_hand=0.0, settings=0.0)
PEOPLE = [Assignment(somebody(name), Grants([LicenseGrant("SPE_E3")])) for name in ("Ann Lee", "Bo Ross", "Cy Fox")]


def test_a_quiet_month_breaks_no_law():
    """Everybody gets an account, and in the end nobody has one that is enabled."""
    month = simulate(user_sync_app(), PEOPLE, days=3, seed=1, trouble=QUIET)
    assert month.ok
    assert dict(month.done)["create_user"] >= 3
    assert month.story[0].startswith("2026-06-01 ")
    assert "nobody is assigned any more" in month.story[-2]
    assert repr(month) == f"Simulation(1, {len(month.story)} lines, 0 violations)"


def test_a_seed_is_one_month_whatever_hashes_are():
    """The same story, byte for byte, in another process, in which sets and dictionaries of strings differ."""
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    command = [sys.executable, "-m", "o365prov.simulation", "3", "--people", "5", "--days", "2"]
    told = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout  # noqa: S603
    assert told.startswith(drawn(3, 5, 2).to_text() + "\n")


def test_the_tenant_is_not_changed():
    """Whoever simulates on what a tenant holds still has that afterwards."""
    fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 5})
    fake.add_user(f"somebody@{DOMAIN}", onPremisesImmutableId="x")
    before = fake.to_json()
    simulate(user_sync_app(), PEOPLE, days=1, seed=1, tenant=fake)
    assert fake.to_json() == before


@pytest.mark.parametrize("days", [0, 367, -1])
def test_days_are_a_year_at_most(days):
    """More would take hours, and fewer are none."""
    with pytest.raises(ConfigurationError, match=r"simulate\.days"):
        simulate(user_sync_app(), PEOPLE, days=days)


def test_nobody_is_not_an_organisation():
    """There must be somebody."""
    with pytest.raises(ConfigurationError, match="at least one"):
        simulate(user_sync_app(), [])


def test_a_tenant_that_no_plan_can_be_made_for_is_refused():
    """What is wrong is said as planning says it, not as a law that was broken."""
    with pytest.raises(ConfigurationError, match=DOMAIN):
        simulate(user_sync_app(), PEOPLE, days=1, tenant=FakeTenant({"other.example": "Managed"}))


def test_a_product_that_the_tenant_has_not_is_given_by_nobody():
    """An administrator gives by hand what there is to give, and what is missing is a problem of the people."""
    fake = FakeTenant({DOMAIN: "Federated"}, {})
    busy = Trouble(rounds=0, by_hand=1.0, settings=0.0)
    month = simulate(user_sync_app(), PEOPLE, days=4, seed=1, trouble=busy, tenant=fake)
    assert month.ok
    assert "assign_licenses" not in dict(month.done)
    assert "unknown_license" in {code for code, _ in month.problems}


def test_what_two_met_is_added():
    """Counts add up, and rows are met or not."""
    one, other = SimulationCoverage(1, {"a"}, [("KILL", 1)]), SimulationCoverage(2, {"b"}, [("KILL", 2), ("NEW", 1)])
    assert one + other == SimulationCoverage(3, {"a", "b"}, [("KILL", 3), ("NEW", 1)])
    assert other + one == one + other


def test_the_page_says_first_what_was_never_met():
    """A test that never came by proves nothing."""
    text = drawn(1, 3, 1).coverage.to_text()
    assert text.index("Never met") < text.index("\nMet")
    assert "rows of the transition table: left, blocked, and Deactivate Users is off since" in text


def test_what_happens_and_which_plans_are_made_is_counted():
    """Not only what goes wrong."""
    met = dict(drawn(1, 3, 4).coverage.events)
    assert {name for name in met if name in {each.name for each in Event}}
    assert met["NEW"] >= 1


def test_a_violation_reads_as_a_sentence():
    """The day, the law, and what broke it."""
    assert str(Violation(3, "nobody_has_two", "a@corp.example is there twice")) == (
        "day 3: nobody has two: a@corp.example is there twice"
    )


def test_the_command_tells_the_story_and_writes_the_page(tmp_path, capsys):
    """One seed tells everything; its page is HTML."""
    page = tmp_path / "met.html"
    assert main(["1", "--people", "3", "--days", "1", "--coverage", str(page)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("  ") or "What happened" in said
    assert "1 simulations, 0 broke a law; the longest stretch without: 1" in said
    assert "Never met" in page.read_text()
