r"""``matches`` and patterns of group names: Java's regular expressions, run so that no pattern can run away.

A pattern is read into a tree with Java's meaning. Where the ``re2`` extra is installed, the tree is written as an RE2
pattern, which runs in linear time. Without it, and for what RE2 words differently (``$`` inside a pattern, ``\b``), a
small automaton runs the tree in bounded steps. What neither can bound is refused: look-around, back references,
possessive and atomic groups.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.patterns.automaton import Automaton
from o365prov.expressions.patterns.parser import PatternError, parse_pattern
from o365prov.expressions.patterns.re2_engine import compile_with_re2
from o365prov.expressions.patterns.tree import ANYTHING, Repeat, Sequence
from o365prov.expressions.values.conversion import string_argument
from o365prov.expressions.values.failures import EvaluationFailure, describe

__all__ = ["PatternError", "compile_pattern", "matcher"]

_ANYWHERE = Repeat(ANYTHING, 0, None)


def matcher(limits: Limits, constant: object = None) -> Callable[[object, object], bool]:
    """The function behind ``matches``: whether the whole string matches the pattern.

    *constant* is the pattern where the expression writes it out; it is compiled at the first use.
    """

    def matches(value: object, pattern: object) -> bool:
        if value is None:
            raise EvaluationFailure(
                "{operand} is null, which matches cannot take",
                remedy="test it first: x != null AND x matches ...",
                blame=0,
            )
        if not isinstance(pattern, str):
            raise EvaluationFailure(
                f"{{operand}} is {describe(pattern)}, but a pattern is a string", remedy="put it in quotes", blame=1
            )
        try:
            return compile_pattern(pattern, limits)(string_argument(value) or "")
        except PatternError as error:
            raise EvaluationFailure(f"the pattern {error}", remedy=error.remedy, blame=1) from None

    if isinstance(constant, str):
        known: list[Callable[[str], bool]] = []

        def matches_constant(value: object, pattern: object) -> bool:
            if type(value) is str and known:
                return known[0](value)
            result = matches(value, pattern)
            known[:] = [compile_pattern(constant, limits)]
            return result

        return matches_constant
    return matches


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, limits: Limits = LIMITS, *, anywhere: bool = False) -> Callable[[str], bool]:
    """A test of strings for one pattern: of the whole string, or *anywhere* in it.

    Raises:
        PatternError: the pattern is not one of Java's, larger than the limits, or can't be bounded.

    """
    if len(pattern) > limits.pattern_length:
        raise PatternError(f"has more than {limits.pattern_length} characters", remedy="shorten it")
    tree = parse_pattern(pattern)
    if anywhere:
        tree = Sequence((_ANYWHERE, tree, _ANYWHERE))
    automaton = Automaton(tree, limits.pattern_size)  # also where RE2 runs: one limit, and a second way for odd strings
    fast = compile_with_re2(tree)
    if fast is None:
        return automaton.matches

    def matches(value: str) -> bool:
        try:
            return fast(value) is not None
        except UnicodeEncodeError:  # half of a character, which UTF-8 cannot hold
            return automaton.matches(value)

    return matches
