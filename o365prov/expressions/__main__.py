"""``python -m o365prov.expressions``: try an expression from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from o365prov.expressions import Bindings, Dialect, EvaluationError, Expression, ExpressionSyntaxError
from o365prov.expressions.checker.contexts import CONTEXTS

_SYNTAX = 2
_EVALUATION = 3
_INPUT = 1

# Keys of the file that are not roots, and where they go; everything else is a root name.
_LOOKUPS = {
    "groups": "groups",
    "directoryUsers": "directory_users",
    "workdayUsers": "workday_users",
    "managers": "managers",
    "assistants": "assistants",
    "linked": "linked",
    "now": "now",
}


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Evaluate, explain or check one expression.

    Returns:
        0; 1 for a person's file that can't be read, a function that does not exist, or errors found by ``--check``; 2
        for a syntax error; 3 when evaluation failed.

    """
    out, err = out or sys.stdout, err or sys.stderr
    options = _parser().parse_args(arguments)
    dialect = Dialect(options.dialect)
    try:
        expression = Expression(options.expression, dialect=dialect)
    except ExpressionSyntaxError as error:
        print(error.caret(), file=err)
        return _SYNTAX
    if options.check is not None:
        diagnostics = expression.check(context=options.check)
        for diagnostic in diagnostics:
            print(diagnostic, file=out)
        failed = any(diagnostic.severity == "error" for diagnostic in diagnostics)
        if options.user is None or failed:
            return _INPUT if failed else 0
    unknown = [each for each in expression.check() if each.code in ("unknown-function", "app-instance")]
    if unknown:
        for diagnostic in unknown:
            print(diagnostic, file=err)
        return _INPUT
    try:
        bindings = _bindings(options.user)
    except (OSError, ValueError) as error:
        print(f"{options.user}: {error}; give a JSON object with the roots, or a user's profile", file=err)
        return _INPUT
    if options.explain:
        explanation = expression.explain(bindings)
        print(explanation, file=out)
        return 0 if explanation.error is None else _EVALUATION
    try:
        value = expression.evaluate(bindings)
    except EvaluationError as error:
        print(error.caret(), file=err)
        return _EVALUATION
    print(json.dumps(value, ensure_ascii=False, default=_shown), file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m o365prov.expressions", description="Evaluate an Okta expression and print its value as JSON."
    )
    parser.add_argument("expression", help="the expression")
    parser.add_argument("--user", metavar="FILE", help="JSON: the roots (user, source, ...), or a user of Okta's API")
    parser.add_argument("--dialect", choices=[dialect.value for dialect in Dialect], default=Dialect.CLASSIC.value)
    parser.add_argument("--explain", action="store_true", help="show what every part gave")
    parser.add_argument("--check", metavar="CONTEXT", choices=list(CONTEXTS), help=f"one of {', '.join(CONTEXTS)}")
    return parser


def _bindings(path: str | None) -> Bindings:
    """What the file holds, as bindings; a user as Okta's API gives it becomes the root ``user``."""
    document: Any = {} if path is None else json.loads(Path(path).read_text("utf-8-sig"))
    if not isinstance(document, Mapping):
        raise ValueError("this is not a JSON object")  # noqa: TRY004 - the file is wrong, not the program
    if isinstance(document.get("profile"), Mapping) and "user" not in document:
        profile = document["profile"]
        document = {"user": {**profile, **document}, "source": profile}
    lookups = {field: document[key] for key, field in _LOOKUPS.items() if key in document}
    lookups.setdefault("now", datetime.now(UTC))
    return Bindings({key: value for key, value in document.items() if key not in _LOOKUPS}, **lookups)


def _shown(value: object) -> str:
    from o365prov.expressions.values.instants import zoned_string  # noqa: PLC0415 - only times come here

    return zoned_string(value, millis=True) if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    raise SystemExit(main())
