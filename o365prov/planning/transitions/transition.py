"""What a row of the transition table says, and when it holds."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from o365prov.planning.transitions.situations import ProblemCode, Situation, Step

_CONFIRMED = (Step.ENABLE, Step.BLOCK, Step.DELETE)
"""The steps that can undo what somebody did, and then say so in the plan."""

_REACHING = (Step.BLOCK, Step.DEPART, Step.DELETE)
"""The steps that can follow a setting which was changed after the person left, and then say so in the plan."""


@frozen
class Transition:
    """A row of the table.

    Args:
        words: when it holds, and what is done and why.
        step: what is done.
        when: for fields of :class:`Situation` the values for which the row holds; it holds for any value of the others.
        problem: the problem that is said.
        overrides: whether it undoes what somebody did in Office 365, so that the plan must be confirmed.
        reaches_back: whether it follows a setting that was changed after the person left, so that the plan must be
            confirmed.

    """

    words: str
    step: Step
    when: Mapping[str, tuple[object, ...]]
    problem: ProblemCode = ProblemCode.NONE
    overrides: bool = False
    reaches_back: bool = False

    def __attrs_post_init__(self) -> None:
        if self.overrides and self.step not in _CONFIRMED:
            raise ValueError(f"the step {self.step.value!r} undoes nothing that somebody did: {self.words}")
        if self.reaches_back and self.step not in _REACHING:
            raise ValueError(f"the step {self.step.value!r} takes nothing of who left before: {self.words}")

    @classmethod
    def of(
        cls,
        words: str,
        step: Step,
        *,
        problem: ProblemCode = ProblemCode.NONE,
        overrides: bool = False,
        reaches_back: bool = False,
        **when: object,
    ) -> Transition:
        """A row; of *when* each field has a value or a tuple of values."""
        values = {name: each if isinstance(each, tuple) else (each,) for name, each in when.items()}
        return cls(words, step, values, problem, overrides, reaches_back)

    def fits(self, situation: Situation) -> bool:
        """Whether the row holds in *situation*."""
        return all(getattr(situation, name) in values for name, values in self.when.items())
