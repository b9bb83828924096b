"""One row of a preview: the value of an attribute, and how its expression gave it."""

from __future__ import annotations

from attrs import field, frozen

from o365prov.errors import EvaluationError, Issue
from o365prov.expressions import Bindings, Explanation, Expression
from o365prov.profiles import ApplyOn, Unset


@frozen
class AttributePreview:
    """The value of one attribute, or of the username, for one person.

    Args:
        name: Okta's name of the attribute, ``userName`` for the username.
        label: the attribute's label.
        value: the value; None or [] clears the attribute, UNSET leaves it alone.
        expression: the expression that it is mapped with.
        apply_on: whether it is written for new accounts only.
        issue: what is wrong with it, or None.

    """

    name: str
    label: str
    value: object | Unset
    expression: Expression
    apply_on: ApplyOn
    issue: Issue | None
    _bindings: Bindings = field(repr=False, eq=False, alias="bindings")

    @property
    def explanation(self) -> Explanation:
        """What every part of the expression gave."""
        return self.expression.explain(self._bindings)

    @property
    def given(self) -> object:
        """The expression's value before it was normalized for Graph; None if it failed."""
        return self.explanation.value

    @property
    def error(self) -> EvaluationError | None:
        """Why the expression failed for this person, or None."""
        return self.explanation.error
