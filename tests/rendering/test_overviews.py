"""What notebooks show of values that are no plans or reports; and rows for data frames and spreadsheets."""

import csv
import io

import pytest
from forms import OVERVIEWS, PLAN, POPULATION, REPORT, SNAPSHOT
from public_values import examples

from o365prov import ConfigurationError, Person, TenantSnapshot
from o365prov.planning import TenantUser
from o365prov.rendering import to_csv
from o365prov.state import AuditRecord


@pytest.mark.parametrize("name", OVERVIEWS)
def test_a_notebook_shows_it_without_scripts_or_colours(name):
    """A fragment that is readable on light and dark pages alike."""
    value, word = OVERVIEWS[name]
    html = value._repr_html_()
    assert word in html
    assert html.startswith('<div class="o365prov">')
    assert "<script" not in html
    assert "color" not in html


def test_what_is_shown_is_escaped_and_capped():
    """A person may be called anything, and a tenant may have many accounts."""
    person = Person("00u1", "ACTIVE", {"displayName": "<script>alert(1)</script>", "note": "x" * 10_000})
    html = person._repr_html_()
    assert "<script" not in html
    assert len(html) < 2_000
    assert SNAPSHOT._repr_html_().count("<tr>") == 52
    assert "... and 10 more" in SNAPSHOT._repr_html_()
    assert "displayName" not in repr(person)


def test_rows_feed_pandas_and_polars():
    """Plans, previews, snapshots, reports and audits: flat values under the names that their docstrings have."""
    import pandas as pd  # noqa: PLC0415 - takes time to load
    import polars as pl  # noqa: PLC0415 - likewise

    audit = [examples()[AuditRecord].to_row()]
    for rows in (PLAN.to_dicts(), POPULATION.to_dicts(), SNAPSHOT.to_dicts(), REPORT.to_dicts(), audit):
        assert len(pd.DataFrame(rows)) == len(pl.DataFrame(rows, infer_schema_length=None)) == len(rows) > 0
    frame = pd.DataFrame(PLAN.to_dicts())
    assert frame["writes"].sum() == PLAN.writes


def test_a_snapshot_is_a_row_a_user():
    """With licences and roles by their names."""
    [row] = TenantSnapshot("contoso", [TenantUser("id", {"userPrincipalName": "a@b.example"})]).to_dicts()
    assert (row["username"], row["licenses"], row["roles"], row["enabled"]) == ("a@b.example", "", "", None)


@pytest.mark.parametrize("formula", ["=HYPERLINK(0)", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "|calc", "%0A"])
def test_no_spreadsheet_executes_a_cell(formula):
    """It is text, whatever it begins with; control characters are escapes, and numbers stay numbers."""
    [head, row] = csv.reader(io.StringIO(to_csv([{"name": formula, "=writes": -2}])))
    assert head == ["name", "'=writes"]
    assert row[0].startswith("'")
    assert row[0].isprintable()
    assert row[1] == "-2"


def test_rows_of_several_shapes_share_their_columns():
    """What a row does not have is empty."""
    assert to_csv([{"a": 1}, {"b": ["x", "y"]}]) == 'a,b\r\n1,\r\n,"x, y"\r\n'
    with pytest.raises(ConfigurationError, match="to_csv"):
        to_csv(["a"])
