"""Run the suite against o365prov: `python conformance/run.py`. For another implementation, replace `outcome`."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from o365prov.expressions import Bindings, EvaluationError, Expression, ExpressionSyntaxError, Semantics


def outcome(row):
    given, settings = dict(row["given"]), Semantics(**row.get("settings", {}))
    try:
        expression = Expression(row["expression"], dialect=row["dialect"], semantics=settings)
        return {"gives": tagged(expression.evaluate(Bindings(given.pop("roots", {}), **given)))}
    except (ExpressionSyntaxError, EvaluationError) as error:
        return {"fails": "syntax" if isinstance(error, ExpressionSyntaxError) else "evaluation"}


def tagged(value):
    if isinstance(value, float):
        return {"double": str(value).replace("inf", "Infinity").replace("nan", "NaN")}
    if isinstance(value, datetime):
        return {"time": value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")}
    if isinstance(value, dict):
        return {"map": [[tagged(key), tagged(each)] for key, each in value.items()]}
    return [tagged(each) for each in value] if isinstance(value, list) else value


def holds(row):  # compared as JSON, in which true is not 1
    return json.dumps(outcome(row)) == json.dumps({key: row[key] for key in ("gives", "fails") if key in row})


if __name__ == "__main__":
    files = sorted(Path(__file__).parent.glob("*.jsonl"))
    sys.exit("\n".join(line for file in files for line in file.open(encoding="utf-8") if not holds(json.loads(line))))
