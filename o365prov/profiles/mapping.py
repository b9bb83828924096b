"""Which expression gives which attribute.

A mapping belongs to the provisioning settings that it was made for: *bound_to* is their fingerprint. Okta demands that
attributes are mapped again after any change of the settings; an app refuses to plan with a mapping that is bound to
other settings than its own.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any, TypeAlias

from attrs import define, evolve, field, frozen

from o365prov._fields import frozen_mapping
from o365prov.errors import ConfigurationError, EvaluationError, ExpressionSyntaxError, Issue
from o365prov.expressions import Bindings, Diagnostic, Expression
from o365prov.profiles.attributes import Attribute, AttributeKind, attribute_spelled
from o365prov.profiles.normalization import TextRule, normalize, text_rule
from o365prov.profiles.unset import UNSET, Unset
from o365prov.profiles.username import REFUSE_NULL


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
    issues: tuple[Issue, ...] = ()

    def get(self, attribute: str) -> object | Unset:
        """The value of one attribute; UNSET if it is not mapped."""
        position = self.mapping.positions.get(attribute)
        return UNSET if position is None else self.values[position]

    def rows(self) -> Iterator[tuple[AttributeMapping, object | Unset]]:
        """Each row of the mapping with its value."""
        return zip(self.mapping, self.values, strict=True)


def _by_attribute(rows: Iterable[AttributeMapping] | Mapping[str, AttributeMapping]) -> Mapping[str, AttributeMapping]:
    return frozen_mapping(rows if isinstance(rows, Mapping) else {row.attribute.name: row for row in rows})


_NOT_IN_A_BODY = {AttributeKind.ANCHOR, AttributeKind.MANAGER, AttributeKind.REFERENCES}

_Step: TypeAlias = tuple[str, int, TextRule | None, Attribute]
"""One attribute's name, longest text, the rule for such texts, and the attribute itself."""


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

    @classmethod
    def from_okta(cls, document: Mapping[str, Any]) -> ProfileMapping:
        """A mapping as Okta's Mappings API gives it, from the Okta user to the Office 365 app.

        ``PUSH`` is create and update, ``DONT_PUSH`` create only, and a property that is null or absent is not mapped.
        Attribute names are compared without case; ``user`` and ``source`` both name the Okta profile. The mapping is
        not bound to any settings yet.

        Raises :class:`~o365prov.errors.ConfigurationError` with everything that is wrong, each with its JSON path: the
        opposite direction, another app, unknown attributes, texts that are no expressions.

        Source: Okta developer pages, "Mappings API: profile mapping object".

        >>> ProfileMapping.from_okta(
        ...     {
        ...         "source": {"name": "user", "type": "user"},
        ...         "target": {"name": "office365", "type": "appuser"},
        ...         "properties": {"firstName": {"expression": "user.firstName", "pushStatus": "PUSH"}},
        ...     }
        ... )
        ProfileMapping(firstName)
        """
        from o365prov.profiles.okta_format import mapping  # noqa: PLC0415 - which makes these

        return mapping(document)

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> ProfileMapping:
        """What :meth:`to_dict` gave; raises :class:`~o365prov.errors.ConfigurationError` for anything else."""
        from o365prov.profiles.saved_format import mapping  # noqa: PLC0415 - which makes these

        return mapping(saved)

    def to_dict(self) -> dict[str, Any]:
        """The mapping as JSON values, for a saved configuration; it keeps the settings that it is bound to.

        >>> ProfileMapping.of({"city": "source.city"}).to_dict()["attributes"]
        {'city': {'expression': 'source.city', 'apply_on': 'create and update'}}
        """
        attributes = {
            name: {"expression": row.expression.text, "apply_on": row.apply_on.value}
            for name, row in self._rows.items()
        }
        return {"attributes": attributes, "bound_to": self.bound_to}

    def with_expression(
        self, attribute: str, text: str, *, apply_on: ApplyOn = ApplyOn.CREATE_AND_UPDATE
    ) -> ProfileMapping:
        """The same mapping with this attribute mapped by *text*; raises as :meth:`of` does."""
        return evolve(self, rows={**self._rows, attribute: _row(attribute, text, apply_on)})

    def applied_on(self, moment: ApplyOn | str, *attributes: str) -> ProfileMapping:
        """The same mapping with these attributes sent on *moment*: ``"create"`` or ``"create and update"``.

        Raises :class:`~o365prov.errors.ConfigurationError` for a moment that there is not, and for attributes that are
        not mapped.

        >>> mapping = ProfileMapping.of({"title": "source.title"}).applied_on("create", "title")
        >>> [str(row.apply_on) for row in mapping]
        ['create']
        """
        try:
            apply_on = ApplyOn(moment)
        except ValueError:
            moments = " or ".join(repr(each.value) for each in ApplyOn)
            raise ConfigurationError(f"a mapping is applied on {moments}, not on {moment!r}") from None
        unmapped = [name for name in attributes if name not in self._rows]
        if unmapped:
            raise ConfigurationError(f"not mapped: {', '.join(unmapped)}: map them with with_expression(...) first")
        return evolve(
            self, rows={**self._rows, **{name: evolve(self._rows[name], apply_on=apply_on) for name in attributes}}
        )

    def without(self, *attributes: str) -> ProfileMapping:
        """The same mapping with these attributes not mapped ("do not map").

        Raises :class:`~o365prov.errors.ConfigurationError` for an attribute that the Office 365 app does not have.
        """
        names = {attribute_spelled(name).name for name in attributes}
        return evolve(self, rows={name: row for name, row in self._rows.items() if name not in names})

    def check(self, schema: Mapping[str, Collection[str]] | None = None) -> Mapping[str, tuple[Diagnostic, ...]]:
        """What is wrong or doubtful about the expressions, by attribute, before the first person is looked at.

        *schema* names the attributes that exist by root (``{"user": ["login", "email"]}``); without it the attributes
        that expressions read are not checked. Attributes about which there is nothing to say are left out.

        >>> for name, found in ProfileMapping.of({"city": "source.cty", "state": "source.state"}).check(
        ...     {"source": ["city", "state"]}
        ... ).items():
        ...     print(name, found[0])
        city error: source has no attribute cty (line 1, column 1); write source.city
        """
        checked = {name: row.expression.check(schema, context="profile_mapping") for name, row in self._rows.items()}
        return {name: found for name, found in checked.items() if found}

    def evaluate(self, bindings: Bindings, *, withheld: Collection[str] = ()) -> MappedProfile:
        """What every mapped attribute gives for one person, in the form in which Graph takes it.

        Attributes named by *withheld* are left alone; what is wrong comes back as issues.
        """
        values: list[object | Unset] = []
        issues: list[Issue] = []
        for value, (name, longest, rule, attribute) in zip(self._evaluated(bindings), self._steps, strict=True):
            if name in withheld:
                values.append(UNSET)
                continue
            if type(value) is str and 0 < len(value) <= longest:  # by far the most frequent case
                if rule is None:
                    values.append(value)
                    continue
                conformed, wrong = rule(attribute, value)
            elif isinstance(value, EvaluationError):
                conformed, wrong = UNSET, _failed(attribute, value)
            else:
                conformed, wrong = normalize(attribute, value)
            values.append(conformed)
            if wrong is not None:
                issues.append(wrong)
        return MappedProfile(self, tuple(values), tuple(issues))

    def _evaluated(self, bindings: Bindings) -> Sequence[object]:
        """What each row's expression gives, or the error that it fails with."""
        if self._as_one is not None:
            try:
                values: list[object] = self._as_one.evaluate(bindings)
            except EvaluationError:
                pass  # one of them fails: which one, and what the others give, shows below
            else:
                return values
        return [_value_or_error(row.expression, bindings) for row in self]

    @cached_property
    def _as_one(self) -> Expression | None:
        """All expressions as the elements of one list, which is compiled into one function.

        Evaluating it takes half the time of evaluating them one by one. None if they differ in dialect, semantics or
        limits, or are larger together than an expression may be.
        """
        kinds = {(row.expression.dialect, row.expression.semantics, row.expression.limits) for row in self}
        if len(kinds) != 1:
            return None
        [(dialect, semantics, limits)] = kinds
        text = ", ".join(str(row.expression) for row in self)
        try:
            return Expression(f"{{{text}}}", dialect=dialect, semantics=semantics, limits=limits)
        except ExpressionSyntaxError:
            return None

    @cached_property
    def _steps(self) -> tuple[_Step, ...]:
        return tuple(
            (
                row.attribute.name,
                sys.maxsize if row.attribute.limit is None else row.attribute.limit,
                text_rule(row.attribute),
                row.attribute,
            )
            for row in self
        )

    def is_create_only(self, attribute: str) -> bool:
        """Whether this attribute's value is sent to new accounts only."""
        row = self._rows.get(attribute)
        return row is not None and row.apply_on is ApplyOn.CREATE

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
        """Position and attribute of every row that is not sent: Graph has no property, or we write no such link."""
        return tuple(
            (position, row.attribute)
            for position, row in enumerate(self)
            if row.attribute.graph is None or row.attribute.kind is AttributeKind.REFERENCES
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
    return AttributeMapping(attribute_spelled(name), Expression(text, semantics=REFUSE_NULL), apply_on)


def _value_or_error(expression: Expression, bindings: Bindings) -> object:
    try:
        return expression.evaluate(bindings)
    except EvaluationError as error:
        return error


def _failed(attribute: Attribute, error: EvaluationError) -> Issue:
    return Issue(
        "mapping_failed",
        f"{attribute.label} could not be computed: {error.message}",
        "Fill in what its expression reads, or change the expression",
        place=attribute.name,
        severity="error" if attribute.required else "warning",
    )
