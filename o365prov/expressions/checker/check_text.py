"""Checking a string that may not be an expression at all: its syntax errors become diagnostics, too."""

from __future__ import annotations

from o365prov.errors import UsageError
from o365prov.expressions.diagnostics import Diagnostic, Schema
from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.semantics import Dialect, EvaluationOptions, Semantics


def check_text(
    text: str,
    schema: Schema | None = None,
    *,
    context: str | None = None,
    dialect: Dialect = Dialect.CLASSIC,
    semantics: Semantics = Semantics(),  # noqa: B008 - frozen
    limits: Limits = LIMITS,
) -> tuple[Diagnostic, ...]:
    """Everything that is wrong or doubtful about a string, syntax included; nothing is raised for a bad expression.

    Args:
        text: the string, as typed or pasted.
        schema: as for :meth:`Expression.check`.
        context: as for :meth:`Expression.check`.
        dialect: the language it should be in.
        semantics: the answers to open questions.
        limits: how large it may be.

    Returns:
        Diagnostics in the order of the text. Where it is not an expression, its syntax errors; where a fix is known,
        ``diagnostic.fixed()`` is the text with the fix.

    Raises:
        UsageError: an argument is of a wrong type, or there is no such context.

    Example:
        >>> for diagnostic in check_text("user.city = “Bonn”"):
        ...     print(diagnostic, repr(diagnostic.fix))
        error: = assigns, which Okta refuses (line 1, column 11); write == to compare '=='
        error: U+201C is a curly quote, which the language does not know (line 1, column 13); write " '"'
        error: U+201D is a curly quote, which the language does not know (line 1, column 18); write " '"'

    """
    from o365prov.expressions.checker.checker import check  # noqa: PLC0415 - importing stays cheap
    from o365prov.expressions.syntax.parser import try_parse  # noqa: PLC0415 - importing stays cheap

    for name, value, kind in (
        ("text", text, str),
        ("dialect", dialect, Dialect),
        ("semantics", semantics, Semantics),
        ("limits", limits, Limits),
    ):
        if not isinstance(value, kind):
            raise UsageError(f"check_text takes a {kind.__name__} as {name}, not {type(value).__name__}")
    result = try_parse(text, limits)
    if isinstance(result, tuple):
        diagnostics = (Diagnostic(each.issue, text, each.start, each.end, each.fix) for each in result)
        return tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.start))
    return check(result, text, dialect, EvaluationOptions(semantics, limits), schema, context)
