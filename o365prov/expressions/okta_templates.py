"""Okta's legacy ``${...}`` templates for usernames, translated into expressions.

The ``BUILT_IN`` user name templates of Okta's API (``${source.login}``, ``${fn:substringBefore(source.login, "@")}``)
are another language. What they share with expressions is references, calls of a few functions, and text.
"""

from __future__ import annotations

import re

from o365prov._annotations import check_call
from o365prov.errors import ExpressionSyntaxError
from o365prov.expressions.expression import Expression
from o365prov.expressions.values.conversion import quote

# Patterns are compiled when used: importing stays cheap.
_HOLE = r"\$\{([^{}]*)\}"
_CALL = r"\b(?:fn|f):([A-Za-z]+)(?=\s*\()"
_FUNCTIONS = {
    "substringBefore": "String.substringBefore",
    "substringAfter": "String.substringAfter",
    "substring": "String.substring",
    "toUpperCase": "String.toUpperCase",
    "toLowerCase": "String.toLowerCase",
    "replace": "String.replace",
    "join": "String.join",
    "length": "String.len",
}


def is_template(text: str) -> bool:
    """Whether a string is a template, which Okta tells by ``${``.

    Example:
        >>> is_template("${source.login}"), is_template("source.login")
        (True, False)

    """
    return "${" in text


def expression_of_template(template: str) -> str:
    """The expression that gives what a username template gives.

    Args:
        template: such as ``${source.login}``; text around the braces is kept.

    Returns:
        The text of the expression.

    Raises:
        ExpressionSyntaxError: braces that do not close, a function that no expression has, or no template at all.

    Example:
        >>> expression_of_template('${fn:substringBefore(source.login, "@")}@example.com')
        'String.substringBefore(source.login, "@") + "@example.com"'

    """
    check_call(expression_of_template, locals())
    parts, last = [], 0
    for found in re.finditer(_HOLE, template):
        if found.start() > last:
            parts.append(quote(template[last : found.start()]))
        parts.append(_inside(found, template))
        last = found.end()
    if last < len(template):
        parts.append(quote(template[last:]))
    rest = re.sub(_HOLE, "", template)
    if not is_template(template) or "${" in rest:
        start = max(template.find("${", last), 0)
        remedy = "write ${source.login}"
        raise ExpressionSyntaxError(
            "this is not a username template", text=template, start=start, end=start + 2, remedy=remedy
        )
    return str(Expression(" + ".join(parts)))


def _inside(found: re.Match[str], template: str) -> str:
    def function(call: re.Match[str]) -> str:
        name = _FUNCTIONS.get(call[1])
        if name is None:
            start = found.start(1) + call.start(1)
            remedy = f"write one of {', '.join(_FUNCTIONS)}"
            message = f"the template function {call[1]} is not available in expressions"
            raise ExpressionSyntaxError(message, text=template, start=start, end=start + len(call[1]), remedy=remedy)
        return name

    text = str(Expression(re.sub(_CALL, function, found[1])))
    return text if "?" not in text else f"({text})"
