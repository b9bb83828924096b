"""One row of a preview: the value of one attribute, and how it came about."""

from __future__ import annotations

from attrs import field, frozen

from o365prov.errors import EvaluationError, Issue
from o365prov.expressions import Bindings, Explanation, Expression
from o365prov.profiles import ApplyOn, Unset


@frozen
class AttributePreview:
    """What one attribute, or the username, gives for one person.

    *name* is Okta's name of the attribute, ``userName`` for the username. *value* sets it, None or [] clears it, UNSET
    leaves it alone; *given* is what the expression itself gave. *issue* is what is wrong with it, or None.
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
        """What every part of the expression gave; computed when asked for."""
        return self.expression.explain(self._bindings)

    @property
    def given(self) -> object:
        """The expression's own value, before it was fitted to what Graph takes; None where it failed."""
        return self.explanation.value

    @property
    def error(self) -> EvaluationError | None:
        """Why the expression failed for this person, or None."""
        return self.explanation.error
