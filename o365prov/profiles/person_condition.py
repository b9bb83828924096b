"""A condition on a person, in the Expression Language, as the rules of Okta's groups have them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import instance_of
from o365prov.errors import EvaluationError
from o365prov.expressions import Expression
from o365prov.people import Assignment
from o365prov.profiles.evaluation_context import make_bindings
from o365prov.profiles.setting_expressions import GROUP_RULE, parse_expression, refuse_errors


def _allowed(owner: PersonCondition, field: attrs.Attribute[Any], value: Any) -> None:
    instance_of(Expression, "Expression('user.userType == \"Service\"')")(owner, field, value)
    refuse_errors("PersonCondition.expression", value, GROUP_RULE)


@frozen
class PersonCondition:
    """What is true of some people and not of others, such as ``user.userType == "Service"``.

    Args:
        expression: what a rule of an Okta group takes; it gives true or false.

    Raises:
        ConfigurationError: the expression can't work in a group rule, or does not give true or false.

    Source: Okta, "About group rules"; Okta developer pages, "Expression Language: group rules".

    """

    expression: Expression = field(validator=_allowed)

    @classmethod
    def of(cls, expression: str) -> PersonCondition:
        """The condition that an expression is.

        Raises:
            ConfigurationError: it is not an expression, or one that can't work in a group rule; the message has every
                error with its place and what to do.

        >>> PersonCondition.of('user.userType == "Service"').text
        'user.userType == "Service"'

        """
        return cls(parse_expression("PersonCondition.expression", expression))

    @property
    def text(self) -> str:
        """The expression as it is written."""
        return self.expression.text

    def holds(self, assignment: Assignment, now: datetime) -> bool:
        """Whether the condition holds for an assigned person at *now* (aware); null is false.

        Args:
            assignment: the person's assignment.
            now: the time for expressions that ask for it, aware.

        Raises:
            ~o365prov.errors.EvaluationError: the expression fails for this person, or gives neither true nor false.

        >>> from datetime import UTC
        >>> from o365prov.people import Person
        >>> ann = Assignment(Person("00u1", "ACTIVE", {"userType": "Service"}))
        >>> PersonCondition.of('user.userType == "Service"').holds(ann, datetime(2026, 6, 1, tzinfo=UTC))
        True

        """
        check_call(PersonCondition.holds, locals())
        value = self.expression.evaluate(make_bindings(assignment, now=now))
        if not isinstance(value, bool | None):
            raise EvaluationError(f"the condition {self.text} gives {value!r}, and not true or false")
        return value is True
