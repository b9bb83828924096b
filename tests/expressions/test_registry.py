"""The catalogue: one row a function drives everything; its examples are true, and the page shows it."""

from pathlib import Path

import pytest

from o365prov.expressions import Bindings, Dialect, Expression
from o365prov.expressions.functions.registry import all_functions, find, method
from o365prov.expressions.reference_page import function_page

ROWS = list(all_functions())
EXAMPLES = [(row, *example) for row in ROWS for example in row.examples]


@pytest.mark.parametrize(("row", "text", "value"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES])
def test_examples_are_true(row, text, value):
    """Every example of the catalogue evaluates to what it shows."""
    dialect = Dialect.CLASSIC if Dialect.CLASSIC in row.dialects else Dialect.IDENTITY_ENGINE
    result = Expression(text, dialect=dialect).evaluate(Bindings({}))
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name}-{len(row.receivers)}")
def test_rows_are_complete_and_found_by_name(row):
    """A row has a line of documentation, and its name leads to it in each of its dialects."""
    assert row.doc.endswith(".")
    for dialect in row.dialects:
        assert (method(row.name, dialect) if row.receivers else find(row.name, dialect)) is row


def test_names_are_case_sensitive():
    """Okta's names are."""
    assert find("string.len", Dialect.CLASSIC) is find("String.LEN", Dialect.CLASSIC) is None


@pytest.mark.parametrize(
    "name", ["String.endsWith", "String.contains", "String.trim", "Time.delta", "isMemberOfAllGroups"]
)
def test_what_others_invented_does_not_exist(name):
    """Names that only third-party tools know are unknown here."""
    assert find(name, Dialect.CLASSIC) is None


def test_dialects_are_apart():
    """Namespaces belong to the classic dialect, methods of values to Identity Engine."""
    assert find("String.len", Dialect.IDENTITY_ENGINE) is None
    assert method("length", Dialect.CLASSIC) is None
    assert find("user.getGroups", Dialect.IDENTITY_ENGINE) is find("user.getGroups", Dialect.CLASSIC)


def test_the_page_of_functions_is_made_from_the_catalogue():
    """docs/functions.md is what ``python -m o365prov.expressions.reference_page`` writes."""
    page = Path(__file__).parents[2] / "docs" / "functions.md"
    assert page.read_text("utf-8") == function_page()
