"""Made-up organisations of fifty people, ten days each: every law holds, whatever goes wrong."""

import os

import pytest

from o365prov.simulation.__main__ import drawn

MANY = 25 if "CI" in os.environ else 6


@pytest.mark.parametrize("seed", range(1, MANY + 1))
def test_no_law_is_broken(seed):
    """Accounts, licences, roles, sign-in and memory end each day as they do where nothing goes wrong."""
    simulation = drawn(seed, 50, 10)
    assert simulation.ok, simulation.to_text()
