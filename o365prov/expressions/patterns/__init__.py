r"""``matches`` and patterns of group names: Java's regular expressions, run so that no pattern can run away.

A pattern is read into a tree with Java's meaning. Where the ``re2`` extra is installed, the tree is written as an RE2
pattern, which runs in linear time. Without it, and for what RE2 words differently (``$`` inside a pattern, ``\b``), a
small automaton runs the tree. Both take their steps from the budget of the evaluation. What neither can bound is
refused: look-around, back references, possessive and atomic groups.
"""

from __future__ import annotations

from collections.abc import Callable

from o365prov.expressions.limits import Limits
from o365prov.expressions.patterns.compiled import CompiledPattern, WrittenPatterns, compile_pattern
from o365prov.expressions.patterns.parser import PatternError
from o365prov.expressions.values.budget import Budget
from o365prov.expressions.values.conversion import string_argument
from o365prov.expressions.values.failures import EvaluationFailure, describe

__all__ = [
    "CompiledPattern",
    "PatternError",
    "WrittenPatterns",
    "compile_pattern",
    "compile_while_evaluating",
    "make_matcher",
    "matches_written",
]

_STATES_A_STEP = 10
"""Compiling takes ten times as long for a state as a step."""


def compile_while_evaluating(
    pattern: str, limits: Limits, budget: Budget, *, anywhere: bool = False
) -> CompiledPattern:
    """A pattern that is known only now.

    Raises:
        EvaluationFailure: the pattern is not one, or the budget does not have what compiling it takes.

    """
    try:
        compiled = compile_pattern(pattern, limits, anywhere=anywhere)
    except PatternError as error:
        raise EvaluationFailure(f"the pattern {error}", remedy=error.remedy) from None
    budget.spend(len(pattern) + _STATES_A_STEP * compiled.cost)
    return compiled


def matches_written(pattern: CompiledPattern | PatternError) -> Callable[[object, Budget], bool]:
    """The function behind ``matches`` with a pattern that the expression writes out.

    It takes the string and the budget; a pattern that is wrong fails there, because evaluation may never reach it.
    """

    def matches(value: object, budget: Budget) -> bool:
        text = _text(value)
        if isinstance(pattern, PatternError):
            raise EvaluationFailure(f"the pattern {pattern}", remedy=pattern.remedy, blame=1)
        return pattern.matches(text, budget)

    return matches


def make_matcher(limits: Limits) -> Callable[[object, object, Budget], bool]:
    """The function behind ``matches`` with a pattern that is computed: it takes string, pattern and budget."""

    def matches(value: object, pattern: object, budget: Budget) -> bool:
        text = _text(value)
        if not isinstance(pattern, str):
            raise EvaluationFailure(
                f"{{operand}} is {describe(pattern)}, but a pattern is a string", remedy="put it in quotes", blame=1
            )
        try:
            return compile_while_evaluating(pattern, limits, budget).matches(text, budget)
        except EvaluationFailure as failure:
            failure.blame = 1
            raise

    return matches


def _text(value: object) -> str:
    """What a pattern is compared with."""
    if value is None:
        remedy = "test it first: x != null AND x matches ..."
        raise EvaluationFailure("{operand} is null, which matches cannot take", remedy=remedy, blame=0)
    return string_argument(value) or ""
