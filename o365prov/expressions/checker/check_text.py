"""Checking text that may be no expression at all: mistakes in the text become diagnostics, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o365prov.expressions.diagnostics import Diagnostic
from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.semantics import Dialect, Semantics

if TYPE_CHECKING:
    from o365prov.expressions.checker.state import Schema


def check_text(
    text: str,
    schema: Schema | None = None,
    *,
    context: str | None = None,
    dialect: Dialect = Dialect.CLASSIC,
    semantics: Semantics = Semantics(),  # noqa: B008  # frozen
    limits: Limits = LIMITS,
) -> tuple[Diagnostic, ...]:
    """Everything that is wrong or doubtful about a text, syntax included; nothing is raised for a bad expression.

    Args:
        text: what someone typed or pasted.
        schema: as for :meth:`Expression.check`.
        context: as for :meth:`Expression.check`.
        dialect: the language it should be in.
        semantics: the answers to open questions.
        limits: how large it may be.

    Returns:
        Diagnostics in the order of the text. Where it is no expression, the mistakes of its syntax; where a fix is
        known, ``diagnostic.fixed()`` is the text with the fix.

    Raises:
        ValueError: there is no such context.

    Example:
        >>> for diagnostic in check_text("user.city = “Bonn”"):
        ...     print(diagnostic, repr(diagnostic.fix))
        error: = assigns, which Okta refuses (line 1, column 11); write == to compare '=='
        error: U+201C is a curly quote, which the language does not know (line 1, column 13); write " '"'
        error: U+201D is a curly quote, which the language does not know (line 1, column 18); write " '"'

    """
    from o365prov.expressions.checker.checker import check  # noqa: PLC0415 - importing stays cheap
    from o365prov.expressions.syntax.parser import attempt  # noqa: PLC0415  # importing stays cheap

    result = attempt(text, limits)
    if isinstance(result, tuple):
        found = (
            Diagnostic(wrong.code, "error", wrong.message, text, wrong.start, wrong.end, wrong.hint, wrong.fix)
            for wrong in result
        )
        return tuple(sorted(found, key=lambda diagnostic: diagnostic.start))
    return check(result, text, dialect, semantics, schema, context)
