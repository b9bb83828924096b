"""The page in the docs has every law, as the code says it."""

import importlib
from pathlib import Path

from o365prov.simulation.laws.of_runs.faults_leave_no_mark import faults_leave_no_mark
from o365prov.simulation.violations import LAWS

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"


def test_the_page_has_every_law():
    """In the order in which days are held to them; that of faults, which compares two runs, is the last."""
    modules = [importlib.import_module(law.__module__) for law in (*LAWS, faults_leave_no_mark)]
    _, _, section = PAGE.read_text().partition("## The laws\n")
    listed = [line[2:] for line in section.partition("\n## ")[0].splitlines() if line.startswith("- ")]
    assert listed == [module.__doc__ for module in modules]
