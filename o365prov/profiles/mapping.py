"""Which expression gives which attribute.

A mapping belongs to the provisioning settings that it was made for: *bound_to* is their fingerprint. Okta demands that
attributes are mapped again after any change of the settings; an app refuses to plan with a mapping that is bound to
other settings than its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import evolve, field, frozen

from o365prov.errors import ConfigurationError, EvaluationError
from o365prov.expressions import Bindings, Expression
from o365prov.people.read_only import read_only
from o365prov.profiles.attributes import ATTRIBUTES, Attribute
from o365prov.profiles.conform import conform
from o365prov.profiles.username import REFUSE_NULL
from o365prov.profiles.values import UNSET, Finding, Unset


class ApplyOn(StrEnum):
    """When a mapped value is sent."""

    CREATE = "create"
    CREATE_AND_UPDATE = "create and update"


@frozen
class AttributeMapping:
    """One attribute's expression, and when its value is sent."""

    attribute: Attribute
    expression: Expression
    apply_on: ApplyOn = ApplyOn.CREATE_AND_UPDATE


@frozen
class MappedValue:
    """What one attribute's expression gave for one person: a value, None to clear, or UNSET and perhaps a finding."""

    mapping: AttributeMapping
    value: object | Unset
    finding: Finding | None = None


def _by_attribute(rows: Iterable[AttributeMapping] | Mapping[str, AttributeMapping]) -> Mapping[str, AttributeMapping]:
    return read_only(rows if isinstance(rows, Mapping) else {row.attribute.name: row for row in rows})


def _everything(_: Attribute) -> bool:
    return True


@frozen(repr=False)
class ProfileMapping:
    """Expressions by attribute. An attribute without one is not mapped: it is left alone.

    >>> mapping = ProfileMapping.of({"title": "String.toUpperCase(source.title)"})
    >>> mapping.with_expression("city", "source.city")
    ProfileMapping(title, city)
    """

    _rows: Mapping[str, AttributeMapping] = field(factory=dict, converter=_by_attribute, alias="rows", hash=False)
    bound_to: str | None = None

    @classmethod
    def of(cls, expressions: Mapping[str, str]) -> ProfileMapping:
        """A mapping from attribute names to the text of their expressions.

        Raises :class:`~o365prov.errors.ConfigurationError` for an unknown attribute, and
        :class:`~o365prov.errors.ExpressionSyntaxError` for a text that is no expression.
        """
        return cls(_row(name, text, ApplyOn.CREATE_AND_UPDATE) for name, text in expressions.items())

    def with_expression(
        self, attribute: str, text: str, *, apply_on: ApplyOn = ApplyOn.CREATE_AND_UPDATE
    ) -> ProfileMapping:
        """The same mapping with this attribute mapped by *text*; raises as :meth:`of` does."""
        return evolve(self, rows={**self._rows, attribute: _row(attribute, text, apply_on)})

    def without(self, attribute: str) -> ProfileMapping:
        """The same mapping with this attribute not mapped ("do not map")."""
        return evolve(self, rows={name: row for name, row in self._rows.items() if name != attribute})

    def values(
        self, bindings: Bindings, *, takes: Callable[[Attribute], bool] = _everything
    ) -> tuple[MappedValue, ...]:
        """What every mapped attribute gives for one person, in the form in which Graph takes it.

        Attributes that *takes* refuses for this person are left alone.
        """
        return tuple(
            _evaluate(row, bindings) if takes(row.attribute) else MappedValue(row, UNSET) for row in self._rows.values()
        )

    def __iter__(self) -> Iterator[AttributeMapping]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, attribute: object) -> bool:
        return attribute in self._rows

    def __repr__(self) -> str:
        return f"ProfileMapping({', '.join(self._rows)})"


def _row(name: str, text: str, apply_on: ApplyOn) -> AttributeMapping:
    attribute = ATTRIBUTES.get(name)
    if attribute is None:
        if name == "userName":
            raise ConfigurationError("userName is no mapped attribute: set the app's username format instead")
        known = ", ".join(sorted(ATTRIBUTES))
        raise ConfigurationError(f"the Office 365 app has no attribute {name!r}: map one of {known}")
    return AttributeMapping(attribute, Expression(text, semantics=REFUSE_NULL), apply_on)


def _evaluate(row: AttributeMapping, bindings: Bindings) -> MappedValue:
    attribute = row.attribute
    try:
        value = row.expression.evaluate(bindings)
    except EvaluationError as error:
        finding = Finding(
            "mapping_failed",
            f"{attribute.label} could not be computed: {error.message}",
            "Fill in what its expression reads, or change the expression",
            attribute=attribute.name,
            stops=attribute.required,
        )
        return MappedValue(row, UNSET, finding)
    conformed, wrong = conform(attribute, value)
    return MappedValue(row, conformed, wrong)
