"""The Okta Expression Language: a string becomes a tree, is checked, compiled, and run."""

from typing import TYPE_CHECKING

from o365prov.errors import EvaluationError, ExpressionError, ExpressionSyntaxError

if TYPE_CHECKING:
    from o365prov.expressions.bindings import Bindings
    from o365prov.expressions.checker.check_text import check_text
    from o365prov.expressions.diagnostics import Diagnostic
    from o365prov.expressions.embedded.finder import find_expressions
    from o365prov.expressions.embedded.found import FoundExpression
    from o365prov.expressions.equivalence import Difference, Equivalence
    from o365prov.expressions.explanation import Explanation, ExpressionPart
    from o365prov.expressions.expression import Expression
    from o365prov.expressions.expression_list import ExpressionList
    from o365prov.expressions.functions.suggestions import similar_attribute
    from o365prov.expressions.limits import Limits
    from o365prov.expressions.okta_templates import expression_of_template
    from o365prov.expressions.semantics import Dialect, Semantics
    from o365prov.expressions.values.conversion import quote
    from o365prov.expressions.values.country_codes import CountryCode, countries, country
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        (
            "expression",
            "expression_list",
            "equivalence",
            "explanation",
            "values.conversion",
            "values.country_codes",
            "functions.suggestions",
            "checker.check_text",
            "okta_templates",
            "embedded.found",
            "embedded.finder",
        ),
    )

__all__ = [
    "Bindings",
    "CountryCode",
    "Diagnostic",
    "Dialect",
    "Difference",
    "Equivalence",
    "EvaluationError",
    "Explanation",
    "Expression",
    "ExpressionError",
    "ExpressionList",
    "ExpressionPart",
    "ExpressionSyntaxError",
    "FoundExpression",
    "Limits",
    "Semantics",
    "check_text",
    "countries",
    "country",
    "expression_of_template",
    "find_expressions",
    "quote",
    "similar_attribute",
]
