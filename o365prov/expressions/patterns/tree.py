"""The tree of a regular expression, with every convenience resolved into sets of characters."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from o365prov.expressions.patterns.sets import EVERYTHING, Ranges


@frozen
class Characters:
    """One character of a set."""

    ranges: Ranges


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


Pattern: TypeAlias = Characters | Sequence | Choice | Repeat | Assertion

ANYTHING = Characters(EVERYTHING)
