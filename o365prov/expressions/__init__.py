"""The Okta Expression Language: text becomes a tree, is checked, compiled, and run."""

from __future__ import annotations

from o365prov.errors import EvaluationError, ExpressionError, ExpressionSyntaxError
from o365prov.expressions.bindings import Bindings
from o365prov.expressions.checker.check_text import check_text
from o365prov.expressions.diagnostics import Diagnostic
from o365prov.expressions.expression import Expression
from o365prov.expressions.limits import Limits
from o365prov.expressions.semantics import Dialect, Semantics

__all__ = [
    "Bindings",
    "Diagnostic",
    "Dialect",
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "ExpressionSyntaxError",
    "Limits",
    "Semantics",
    "check_text",
]
