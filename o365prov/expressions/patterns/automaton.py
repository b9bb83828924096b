"""A pattern as an automaton that is in many states at once: its work is bounded by states times characters."""

from __future__ import annotations

from bisect import bisect_right

from o365prov.expressions.patterns.tree import Assertion, Characters, Choice, Pattern, Repeat, Sequence
from o365prov.expressions.values.budget import Budget

_FINAL = -1
_LINE_BREAKS = frozenset("\n\r\u0085\u2028\u2029")


class Automaton:
    """Runs a pattern over a string without ever going back; it has as many states as ``states_of`` says, or fewer."""

    def __init__(self, pattern: Pattern) -> None:
        self._sets: list[Characters | None] = []
        self._conditions: list[str] = []
        self._next: list[tuple[int, ...]] = []
        self._start = self._build(pattern, _FINAL)

    def matches(self, text: str, budget: Budget) -> bool:
        """Whether the whole string matches; each state at each character is a step.

        Raises:
            EvaluationFailure: there are more steps than the budget has.

        """
        states = self._reach({self._start}, text, 0)
        for place, character in enumerate(text):
            budget.spend(len(states))
            code = ord(character)
            after = {self._next[state][0] for state in states if state != _FINAL and self._accepts(state, code)}
            if not after:
                return False
            states = self._reach(after, text, place + 1)
        return _FINAL in states

    def _accepts(self, state: int, code: int) -> bool:
        known = self._sets[state]
        if known is None:
            return False
        if code < 128:
            return bool(known.ascii_ >> code & 1)
        ranges = known.ranges
        position = bisect_right(ranges, (code, 0x110000)) - 1
        return position >= 0 and ranges[position][0] <= code <= ranges[position][1]

    def _reach(self, states: set[int], text: str, place: int) -> set[int]:
        """The states, and all that follow without a character."""
        reached = set(states)
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state == _FINAL or self._sets[state] is not None:
                continue
            condition = self._conditions[state]
            if condition and not _is_satisfied(condition, text, place):
                continue
            for following in self._next[state]:
                if following not in reached:
                    reached.add(following)
                    waiting.append(following)
        return reached

    def _state(self, following: tuple[int, ...], *, characters: Characters | None = None, condition: str = "") -> int:
        self._sets.append(characters)
        self._conditions.append(condition)
        self._next.append(following)
        return len(self._next) - 1

    def _build(self, pattern: Pattern, following: int) -> int:
        """The state that begins this pattern and goes on at *following*; the reader bounds how deep patterns nest."""
        match pattern:
            case Characters():
                return self._state((following,), characters=pattern)
            case Assertion(kind=kind):
                return self._state((following,), condition=kind)
            case Sequence(parts=parts):
                for part in reversed(parts):
                    following = self._build(part, following)
                return following
            case Choice(options=options):
                return self._state(tuple(self._build(option, following) for option in options))
            case Repeat(part=part, low=low, high=high):
                if high is None:
                    loop = self._state(())
                    self._next[loop] = (self._build(part, loop), following)
                    following = loop
                else:
                    after = following
                    for _ in range(high - low):
                        following = self._state((self._build(part, following), after))
                for _ in range(low):
                    following = self._build(part, following)
                return following


def _is_satisfied(condition: str, text: str, place: int) -> bool:
    match condition:
        case "begin":
            return place == 0
        case "end":
            return place == len(text)
        case "line end":
            rest = text[place : place + 3]
            return rest in ("", "\r\n") or (rest in _LINE_BREAKS and not _inside_break(text, place))
        case "line begin":
            return place < len(text) and (
                place == 0 or (text[place - 1] in _LINE_BREAKS and not _inside_break(text, place))
            )
        case "any line end":
            return place == len(text) or (text[place] in _LINE_BREAKS and not _inside_break(text, place))
        case "no line feed":
            return text[place : place + 1] != "\n"
    before = place > 0 and _is_word(text[place - 1])
    after = place < len(text) and _is_word(text[place])
    return (before != after) == (condition == "edge")


def _inside_break(text: str, place: int) -> bool:
    return text[place] == "\n" and text[place - 1 : place] == "\r"


def _is_word(character: str) -> bool:
    return character == "_" or character.isalpha() or character.isdecimal()
