"""Made-up organisations of fifty people, ten days each: every law holds, whatever goes wrong."""

import pytest
from amount import some

from o365prov.simulation.__main__ import drawn


@pytest.mark.parametrize("seed", some(range(1, 51), 10))
def test_no_law_is_broken(seed):
    """Accounts, licences, roles, sign-in and memory end each day as they do where nothing goes wrong."""
    simulation = drawn(seed, 50, 10)
    assert simulation.ok, simulation.to_text()
