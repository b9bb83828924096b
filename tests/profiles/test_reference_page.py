"""The page about mapping shows what the data says."""

from pathlib import Path

from o365prov.profiles.reference_page import tables

PAGE = Path(__file__).parents[2] / "docs" / "mapping.md"


def test_the_tables_of_the_page_are_made_from_the_data():
    """docs/mapping.md holds what ``python -m o365prov.profiles.reference_page`` writes."""
    text = PAGE.read_text("utf-8")
    assert [table.splitlines()[0] for table in tables() if table not in text] == []
