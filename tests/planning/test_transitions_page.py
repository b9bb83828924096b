"""The page about transitions shows what the table says."""

from pathlib import Path

from o365prov.planning.transitions.reference_page import tables
from o365prov.planning.transitions.table import ROWS

PAGE = Path(__file__).parents[2] / "docs" / "transitions.md"


def test_the_page_holds_every_row_of_the_table():
    """docs/transitions.md holds what ``python -m o365prov.planning.transitions.reference_page`` writes."""
    text = PAGE.read_text("utf-8")
    assert [table.splitlines()[0] for table in tables() if table not in text] == []
    assert sum(table.count("\n| ") - 2 for table in tables()) == len(ROWS)
