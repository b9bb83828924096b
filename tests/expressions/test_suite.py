"""The suite as data, `conformance/`: each of its rows holds here, and another implementation can run it."""

import importlib.util
import json
from pathlib import Path

import jsonschema
import pytest
from amount import CI, some

from o365prov.expressions import Expression
from o365prov.expressions.functions.registry import all_functions
from o365prov.expressions.semantics import Semantics

SUITE = Path(__file__).parents[2] / "conformance"
FILES = {file.stem: file.read_text("utf-8").splitlines() for file in sorted(SUITE.glob("*.jsonl"))}
ROWS = {name: [json.loads(line) for line in lines] for name, lines in FILES.items()}
EVERY = [row for rows in ROWS.values() for row in rows]


def load_runner():
    """The module `conformance/run.py`."""
    spec = importlib.util.spec_from_file_location("suite_runner", SUITE / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


RUNNER = load_runner()


@pytest.mark.parametrize(
    "row",
    [row for rows in ROWS.values() for row in some(rows, 100)],
    ids=lambda row: row["id"],
)
def test_each_row_holds(row):
    """The value is the row's, in its kind, or the failure is of the row's phase."""
    assert RUNNER.outcome(row) == {key: row[key] for key in ("gives", "fails") if key in row}
    assert RUNNER.holds(row)


def test_rows_are_as_the_schema_says():
    """A second implementation can read them: no value has a kind that only Python knows."""
    schema = json.loads((SUITE / "schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    rows = EVERY if CI else some(EVERY, 100)
    assert [(row["id"], error.message) for row in rows for error in validator.iter_errors(row)] == []


def test_ids_are_unique_and_name_their_file():
    """A failure is found by its id."""
    assert len({row["id"] for row in EVERY}) == len(EVERY)
    assert {name for name, rows in ROWS.items() for row in rows if row["id"].split("-")[0] != name} == set()


@pytest.mark.parametrize(
    "row",
    [
        {"gives": "1"},
        {"gives": True},
        {"gives": {"double": "1.0"}},
        {"gives": [1]},
        {"fails": "evaluation"},
        {"fails": "syntax"},
    ],
    ids=str,
)
def test_the_runner_notices_what_does_not_hold(row):
    """Another value, the same value of another kind, a failure that does not come."""
    assert not RUNNER.holds({"expression": "2 - 1", "dialect": "classic", "given": {}, **row})


def test_the_runner_has_thirty_lines():
    """Whoever runs the suite elsewhere writes no more than that."""
    assert len([line for line in (SUITE / "run.py").read_text("utf-8").splitlines() if line]) <= 30


@pytest.mark.parametrize("function", list(all_functions()), ids=lambda row: f"{row.name}-{len(row.receivers)}")
def test_each_function_has_rows(function):
    """It is called in some row of its dialects, and the examples that its documentation shows are rows."""
    name = f".{function.name}(" if function.receivers else f"{function.name}("
    dialects = {dialect.value for dialect in function.dialects}
    assert any(name in row["expression"] and row["dialect"] in dialects for row in EVERY)
    rows = {(row["expression"], row["dialect"]): row["gives"] for row in ROWS["functions"]}
    dialect = "classic" if "classic" in dialects else "ie"
    for text, value in function.examples:
        assert rows[text, dialect] == RUNNER.tagged(value)


def test_each_open_question_has_rows():
    """Each field of Semantics is set in some row, and the same expression without it gives something else."""
    asked = {name for row in EVERY for name in row.get("settings", {})}
    assert asked == set(Semantics.__slots__) - {"__weakref__"}
    plain = {(row["expression"], row["dialect"]): row for row in EVERY if "settings" not in row}
    for row in EVERY:
        if "settings" in row:
            default = plain[row["expression"], row["dialect"]]
            assert (row.get("gives"), row.get("fails")) != (default.get("gives"), default.get("fails"))


def test_the_readme_names_every_file():
    """So that nothing has to be guessed."""
    text = (SUITE / "README.md").read_text("utf-8")
    assert [name for name in FILES if f"`{name}.jsonl`" not in text] == []
    assert f"{len(EVERY):,} expressions" in (SUITE.parent / "docs" / "expressions.md").read_text("utf-8")
    assert (SUITE / "LICENSE").read_text() == (SUITE.parent / "LICENSE").read_text()


@pytest.mark.parametrize("row", [row for row in ROWS["okta"] if row["dialect"] == "classic"], ids=lambda row: row["id"])
def test_references_cover_what_the_documented_expressions_read(row):
    """Evaluation with nothing but the referenced attributes gives the same value."""

    class Recorder(dict):
        def get(self, key, default=None):
            asked.add(key)
            return super().get(key, default)

    asked = set()
    given = {**row["given"], "roots": Recorder(row["given"].get("roots", {}))}
    if RUNNER.outcome({**row, "given": given}) != {"fails": "syntax"}:
        assert asked <= {path[0] for path in Expression(row["expression"]).references}
