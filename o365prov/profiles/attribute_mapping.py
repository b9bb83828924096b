"""One row of a mapping: an attribute, the expression that gives its value, and when the value is sent."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NoReturn

import attrs
from attrs import field, frozen

from o365prov._fields import instance_of
from o365prov.errors import ConfigurationError
from o365prov.expressions import Expression
from o365prov.profiles.attributes import Attribute
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, refuse_errors
from o365prov.rendering import quoted


class ApplyOn(StrEnum):
    """When a mapped value is sent.

    >>> ApplyOn("create")
    <ApplyOn.CREATE: 'create'>
    """

    CREATE = "create"
    CREATE_AND_UPDATE = "create and update"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        moments = " or ".join(repr(each.value) for each in cls)
        raise ConfigurationError(f"AttributeMapping.apply_on should be {moments}, not {quoted(value)}")


def _allowed(owner: AttributeMapping, field: attrs.Attribute[Any], value: Any) -> None:
    instance_of(Expression, "Expression('source.title')")(owner, field, value)
    refuse_errors(f"AttributeMapping.expression of {owner.attribute.name}", value, PROFILE_MAPPING)


@frozen
class AttributeMapping:
    """One attribute's expression, and when its value is sent.

    Args:
        attribute: the attribute.
        expression: what gives its value. One that can't work in a mapping is refused.
        apply_on: the moment, or its name: ``"create"`` or ``"create and update"``.

    Raises:
        ConfigurationError: the expression can't work in a mapping, such as one with an unknown function, or a field
            holds something else than it should.

    """

    attribute: Attribute = field(validator=instance_of(Attribute, "ATTRIBUTES['title']"))
    expression: Expression = field(validator=_allowed)
    apply_on: ApplyOn = field(default=ApplyOn.CREATE_AND_UPDATE, converter=ApplyOn)
