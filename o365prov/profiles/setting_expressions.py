"""The expressions that settings hold: parsed and checked when the setting is made.

What Okta would refuse, or what must fail for every person, is refused here, all of it at once. Warnings are for people
who ask (``check``), and an attribute that an expression reads can only be checked where the schema is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from o365prov.errors import ConfigurationError, ExpressionSyntaxError, Issue
from o365prov.expressions import Diagnostic, Expression, Semantics, check_text
from o365prov.rendering import printable

REFUSE_NULL = Semantics(null_text="refuse")
"""How expressions of settings treat null in a string: as a failure, so that no person is called "null"."""

USERNAME = "username"
PROFILE_MAPPING = "profile_mapping"
GROUP_RULE = "group_rule"


def parse_expression(setting: str, string: object) -> Expression:
    """The expression that *string* is.

    Args:
        setting: what messages call the place of the expression, such as ``UsernameFormat.expression``.
        string: the expression as it is written in the setting.

    Raises:
        ConfigurationError: it is not an expression; it has every error with its place and what to do.

    >>> parse_expression("username", "user.email +")
    Traceback (most recent call last):
    ...
    o365prov.errors.ConfigurationError: username: a value is missing after + (line 1, column 12): add it, or remove +

    """
    if not isinstance(string, str):
        raise ConfigurationError(f"{setting} should be a string, not a value of type {type(string).__name__}")
    try:
        return _parsed(string)
    except ExpressionSyntaxError:
        raise refusal(_issues(setting, check_text(string))) from None


@lru_cache(maxsize=512)
def _parsed(string: str) -> Expression:
    """The expression, which is the same one for the same string: every mapping begins with the default one's."""
    return Expression(string, semantics=REFUSE_NULL)


def refuse_errors(setting: str, expression: Expression, context: str) -> None:
    """Refuse an expression that can't work where it is used.

    Args:
        setting: what messages call the place of the expression.
        expression: the expression.
        context: where it is used: USERNAME, PROFILE_MAPPING or GROUP_RULE.

    Raises:
        ConfigurationError: a function does not exist, takes other arguments, is not allowed there, and so on; it has
            every error with its place and what to do.

    >>> refuse_errors("username", Expression("string.len(user.email)"), USERNAME)
    Traceback (most recent call last):
    ...
    o365prov.errors.ConfigurationError: username: there is no function string.len (line 1, column 1): write String.len

    """
    if issues := _issues(setting, expression.check(context=context)):
        raise refusal(issues)


def refusal(issues: Iterable[Issue]) -> ConfigurationError:
    """The error for settings with these issues."""
    listed = tuple(issues)
    return ConfigurationError("; ".join(map(str, listed)), issues=listed)


def _issues(setting: str, diagnostics: Iterable[Diagnostic]) -> list[Issue]:
    return [
        Issue(
            each.code,
            printable(f"{each.message} (line {each.line}, column {each.column})"),
            printable(each.remedy),
            setting,
        )
        for each in diagnostics
        if each.severity == "error"
    ]
