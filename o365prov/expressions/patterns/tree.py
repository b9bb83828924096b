"""The tree of a regular expression, with every convenience resolved into sets of characters."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import Factory, field, frozen

from o365prov.expressions.patterns.sets import EVERYTHING, Ranges


def _ascii_bits(characters: Characters) -> int:
    return sum((1 << min(high, 127) + 1) - (1 << low) for low, high in characters.ranges if low < 128)


@frozen
class Characters:
    """One character of a set; *ascii_* has the bit of each of its ASCII characters."""

    ranges: Ranges
    ascii_: int = field(init=False, eq=False, repr=False, default=Factory(_ascii_bits, takes_self=True))


@frozen
class Sequence:
    """One pattern after the other; empty matches nothing at all, everywhere."""

    parts: tuple[Pattern, ...]


@frozen
class Choice:
    """One of the patterns."""

    options: tuple[Pattern, ...]


@frozen
class Repeat:
    """A pattern *low* to *high* times; without *high*, any number of times."""

    part: Pattern
    low: int
    high: int | None


@frozen
class Assertion:
    """A condition on a place: beginning, end, end or before the last line break, at or not at the edge of a word.

    "line begin" and "any line end" are those of every line, and "no line feed" follows a carriage return that is a line
    break of its own.
    """

    kind: Literal["begin", "end", "line end", "edge", "no edge", "line begin", "any line end", "no line feed"]


def states_of(pattern: Pattern) -> int:
    """How many states an automaton of a pattern has, and at least one for each part; computed without building it."""
    match pattern:
        case Sequence(parts=parts):
            return sum(map(states_of, parts)) or 1
        case Choice(options=options):
            return 1 + sum(map(states_of, options))
        case Repeat(part=part, low=low, high=high):
            states = states_of(part)
            return (1 + (low + 1) * states) if high is None else (low * states + (high - low) * (states + 1)) or 1
    return 1


def ranges_of(pattern: Pattern) -> int:
    """How many ranges its sets have, those of repetitions counted again."""
    match pattern:
        case Characters(ranges=ranges):
            return len(ranges)
        case Sequence(parts=parts) | Choice(options=parts):
            return sum(map(ranges_of, parts))
        case Repeat(part=part, low=low, high=high):
            return ranges_of(part) * max(low + 1 if high is None else high, 1)
    return 0


Pattern: TypeAlias = Characters | Sequence | Choice | Repeat | Assertion

ANYTHING = Characters(EVERYTHING)
