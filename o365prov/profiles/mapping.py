"""Which expression gives which attribute.

A mapping belongs to the provisioning settings that it was made for: *bound_to* is their fingerprint. Okta demands that
attributes are mapped again after any change of the settings; an app refuses to plan with a mapping that is bound to
other settings than its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from attrs import define, evolve, field, frozen

from o365prov.errors import ConfigurationError, EvaluationError
from o365prov.expressions import Bindings, Expression
from o365prov.people.read_only import read_only
from o365prov.profiles.attributes import ATTRIBUTES, Attribute, Kind
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
class MappedProfile:
    """What a mapping gave for one person: *values* in the order of the mapping's rows, and what is wrong with them.

    A value sets the attribute, None or [] clears it, UNSET leaves it alone.
    """

    mapping: ProfileMapping = field(repr=False)
    values: tuple[object | Unset, ...]
    findings: tuple[Finding, ...] = ()

    def get(self, attribute: str) -> object | Unset:
        """The value of one attribute; UNSET if it is not mapped."""
        position = self.mapping.positions.get(attribute)
        return UNSET if position is None else self.values[position]

    def rows(self) -> Iterator[tuple[AttributeMapping, object | Unset]]:
        """Each row of the mapping with its value."""
        return zip(self.mapping, self.values, strict=True)


def _by_attribute(rows: Iterable[AttributeMapping] | Mapping[str, AttributeMapping]) -> Mapping[str, AttributeMapping]:
    return read_only(rows if isinstance(rows, Mapping) else {row.attribute.name: row for row in rows})


_NOT_IN_A_BODY = {Kind.ANCHOR, Kind.MANAGER, Kind.REFERENCES}


@define(frozen=True, slots=False, repr=False)
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

    def evaluate(self, bindings: Bindings, *, withheld: Collection[str] = ()) -> MappedProfile:
        """What every mapped attribute gives for one person, in the form in which Graph takes it.

        Attributes named by *withheld* are left alone; what is wrong comes back as findings.
        """
        values: list[object | Unset] = []
        findings: list[Finding] = []
        for name, row in self._rows.items():
            if name in withheld:
                values.append(UNSET)
                continue
            try:
                value = row.expression.evaluate(bindings)
            except EvaluationError as error:
                values.append(UNSET)
                findings.append(_failed(row.attribute, error))
                continue
            conformed, wrong = conform(row.attribute, value)
            values.append(conformed)
            if wrong is not None:
                findings.append(wrong)
        return MappedProfile(self, tuple(values), tuple(findings))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each mapped attribute's value stands."""
        return {name: position for position, name in enumerate(self._rows)}

    @cached_property
    def outgoing(self) -> tuple[tuple[int, str, ApplyOn], ...]:
        """Position, Graph's property and moment of every row whose value goes into the body of a request."""
        return tuple(
            (position, row.attribute.graph, row.apply_on)
            for position, row in enumerate(self)
            if row.attribute.graph and row.attribute.kind not in _NOT_IN_A_BODY
        )

    @cached_property
    def beyond_graph(self) -> tuple[tuple[int, Attribute], ...]:
        """Position and attribute of every row whose value Graph has no property for."""
        return tuple((position, row.attribute) for position, row in enumerate(self) if row.attribute.graph is None)

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


def _failed(attribute: Attribute, error: EvaluationError) -> Finding:
    return Finding(
        "mapping_failed",
        f"{attribute.label} could not be computed: {error.message}",
        "Fill in what its expression reads, or change the expression",
        attribute=attribute.name,
        stops=attribute.required,
    )
