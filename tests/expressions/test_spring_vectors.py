"""The core of the language, against what Spring's own interpreter does."""

import json
import math
from pathlib import Path

import pytest

from o365prov.expressions import EvaluationError, Expression, ExpressionSyntaxError

ROWS = [json.loads(line) for line in (Path(__file__).parent / "vectors" / "spel-core.jsonl").read_text().splitlines()]

# Spring reads these and dies of a NullPointerException; here, writing nothing is a syntax error.
NOTHING = {"", "   ", "()"}


def outcome(row):
    """What this package makes of a row: the phase that failed, or the value."""
    try:
        expression = Expression(row["expr"])
    except ExpressionSyntaxError:
        return "parse", None
    try:
        return "value", expression.evaluate(row["vars"])
    except EvaluationError:
        return "eval", None


def alike(ours, theirs):
    """Equality of JSON values that keeps Booleans and numbers apart; the vectors write infinity as a string."""
    if isinstance(theirs, str) and theirs in ("Infinity", "-Infinity", "NaN") and isinstance(ours, float):
        return str(ours) == str(float(theirs)) or math.isnan(ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(alike(value, theirs[key]) for key, value in ours.items())
    return isinstance(ours, bool) == isinstance(theirs, bool) and ours == theirs


@pytest.mark.parametrize("row", [row for row in ROWS if row["scope"] == "same"], ids=lambda row: row["id"])
def test_same_as_spring(row):
    """The value is Spring's, or the failure is of the same phase."""
    phase, value = outcome(row)
    if "expect" in row:
        assert phase == "value"
        assert alike(value, row["expect"])
    else:
        assert phase == ("parse" if row["expr"] in NOTHING else row["phase"])


@pytest.mark.parametrize("row", [row for row in ROWS if row["scope"] == "refused"], ids=lambda row: row["id"])
def test_what_okta_forbids_is_a_syntax_error(row):
    """Legal in Spring, forbidden by Okta: refused when the text is read."""
    assert outcome(row)[0] == "parse"
