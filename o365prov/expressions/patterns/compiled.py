"""One pattern, ready to test strings: how large it is, and the engine that runs it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache

from o365prov.expressions.limits import LIMITS, Limits
from o365prov.expressions.patterns.automaton import Automaton
from o365prov.expressions.patterns.parser import PatternError, parse_pattern
from o365prov.expressions.patterns.re2_engine import compile_with_re2
from o365prov.expressions.patterns.tree import ANYTHING, Pattern, Repeat, Sequence, ranges_of, states_of
from o365prov.expressions.values.budget import Budget

_ANYWHERE = Repeat(ANYTHING, 0, None)
_RANGES_A_STATE = 5
"""RE2 compiles so many ranges in the time of one state."""
_MOST_FOR_RE2 = 10_000
_STATES_A_STEP = 64
"""RE2 is in so many states at once in the time of one step of the automaton."""
_SHORT, _KEPT = 100, 1_000
"""So long are the strings whose answers are kept, and so many are: people are in the same groups."""


class CompiledPattern:
    """A pattern with Java's meaning; the engine is made when it first tests a string.

    Args:
        tree: the pattern.
        states: how many states it has.

    """

    def __init__(self, tree: Pattern, states: int) -> None:
        self._tree = tree
        self.states = states
        self.cost = states + ranges_of(tree) // _RANGES_A_STATE
        """What compiling it takes, in states; the same whether RE2 is installed or not."""
        self._steps = 1 + states // _STATES_A_STEP
        self._answers: dict[str, bool] = {}

    def matches(self, text: str, budget: Budget) -> bool:
        """Whether the whole string matches.

        Raises:
            EvaluationFailure: it takes more steps than the budget has.

        """
        if self._fast is None:
            return self._automaton.matches(text, budget)
        budget.spend(len(text) * self._steps)
        answer = self._answers.get(text)
        if answer is not None:
            return answer
        try:
            answer = self._fast(text) is not None
        except UnicodeEncodeError:  # half of a character, which UTF-8 cannot hold
            return self._automaton.matches(text, budget)
        if len(text) <= _SHORT and len(self._answers) < _KEPT:
            self._answers[text] = answer
        return answer

    @cached_property
    def _fast(self) -> Callable[[str], object] | None:
        return compile_with_re2(self._tree) if self.cost <= _MOST_FOR_RE2 else None

    @cached_property
    def _automaton(self) -> Automaton:
        return Automaton(self._tree)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, limits: Limits = LIMITS, *, anywhere: bool = False) -> CompiledPattern:
    """The pattern that a string writes, to be found in the whole of a string, or *anywhere* in it.

    Raises:
        PatternError: the pattern is not one of Java's, larger than the limits, or can't be bounded.

    """
    if len(pattern) > limits.pattern_length:
        raise PatternError(f"has more than {limits.pattern_length} characters", remedy="shorten it")
    tree = parse_pattern(pattern)
    states = states_of(tree)
    if states > limits.pattern_size:
        raise PatternError(f"needs more than {limits.pattern_size} states", remedy="repeat less")
    return CompiledPattern(Sequence((_ANYWHERE, tree, _ANYWHERE)) if anywhere else tree, states)


class WrittenPatterns:
    """The patterns that one expression writes out, which share what compiling them may take."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = 10 * limits.pattern_size

    def compile(self, pattern: str) -> CompiledPattern:
        """Compile one more.

        Raises:
            PatternError: as :func:`compile_pattern`, or the patterns together are too large.

        """
        compiled = compile_pattern(pattern, self._limits)
        self._left -= compiled.cost
        if self._left < 0:
            message = f"needs, with those before it, more than {10 * self._limits.pattern_size} states"
            raise PatternError(message, remedy="repeat less")
        return compiled
