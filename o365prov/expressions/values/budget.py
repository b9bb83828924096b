"""The one counter of an evaluation: whatever it builds, goes over or matches is taken from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from o365prov.expressions.limits import Limits
from o365prov.expressions.values.failures import EvaluationFailure

_SMALL = frozenset({bool, int, float, UUID})
"""What takes no more than its place; most values are of these or strings, and asking further takes longer."""

_LISTS = (list, tuple)
_SIZED = (str, list, tuple, Mapping)
_A_CONTAINER = 8
"""Copying a list or map takes as long as so many elements."""


class Budget:
    """What one evaluation may still do, in characters, elements and steps of patterns."""

    __slots__ = ("_left", "_limit")

    def __init__(self, limits: Limits) -> None:
        self._left = self._limit = limits.result_size

    def spend(self, amount: int) -> None:
        """Take an amount.

        Raises:
            EvaluationFailure: there is not as much left.

        """
        self._left -= amount
        if self._left < 0:
            message = f"the evaluation takes more than {self._limit} steps: characters, elements and steps of patterns"
            remedy = "use shorter strings and lists and simpler patterns, or raise Limits.result_size"
            raise EvaluationFailure(message, remedy=remedy)

    def spend_on(self, *values: object) -> None:
        """Take what going over these values once takes: their characters, or their elements."""
        amount = 1
        for value in values:
            if isinstance(value, _SIZED):
                amount += len(value)
        self._left -= amount
        if self._left < 0:
            self.spend(0)

    def spend_on_container(self, size: int) -> None:
        """Take what copying a list or map of so many elements takes."""
        self._left -= _A_CONTAINER + size
        if self._left < 0:
            self.spend(0)

    def spend_on_all_in(self, *values: object) -> None:
        """Take what copying these values takes, with all that is inside them."""
        waiting: list[Iterable[object]] = [values]
        while waiting:
            inside = waiting.pop()
            amount = _A_CONTAINER
            for value in inside:
                amount += 1
                if type(value) is str:
                    amount += len(value)
                elif value is None or type(value) in _SMALL:
                    continue
                elif isinstance(value, _LISTS):
                    waiting.append(value)
                elif isinstance(value, Mapping):
                    waiting.append(value.values())
            self.spend(amount)
