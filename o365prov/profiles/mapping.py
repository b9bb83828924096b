"""Which expression gives which attribute.

A mapping belongs to the provisioning settings that it was made for: *bound_to* is their fingerprint. Okta demands that
attributes are mapped again after any change of the settings; an app refuses to plan with a mapping that is bound to
other settings than its own.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from attrs import evolve, field, fields, frozen

from o365prov._annotations import check_after_failure, check_call
from o365prov._fields import frozen_mapping, optional, string, wrong
from o365prov.errors import ConfigurationError, EvaluationError, Issue
from o365prov.expressions import Bindings, Diagnostic, ExpressionList
from o365prov.profiles.attribute_mapping import ApplyOn, AttributeMapping
from o365prov.profiles.attributes import UNSET, Attribute, AttributeKind, Unset, exact_attribute
from o365prov.profiles.normalization import Normalized, StringRule, normalize, string_rule
from o365prov.profiles.okta_format import read_okta_mapping
from o365prov.profiles.saved_format import read_saved_mapping
from o365prov.profiles.setting_expressions import PROFILE_MAPPING, parse_expression, refusal
from o365prov.rendering import names_text, shortened


def _by_attribute(rows: Iterable[AttributeMapping] | Mapping[str, AttributeMapping]) -> Mapping[str, AttributeMapping]:
    """Rows by their attributes' names; a mapping is what the field holds when evolve hands it on."""
    listed: Iterable[object] = rows.values() if isinstance(rows, Mapping) else rows
    by_attribute: dict[str, AttributeMapping] = {}
    if isinstance(listed, str | bytes) or not isinstance(listed, Iterable):
        raise _wrong_rows(rows)
    for row in listed:
        if not isinstance(row, AttributeMapping):
            raise _wrong_rows(row)
        if row.attribute.name in by_attribute:
            raise ConfigurationError(f"ProfileMapping.rows maps {row.attribute.name} twice: keep one of the rows")
        by_attribute[row.attribute.name] = row
    return frozen_mapping(by_attribute)


def _wrong_rows(value: object) -> ConfigurationError:
    return ConfigurationError(
        f"ProfileMapping.rows should hold AttributeMapping values, not a value of type {type(value).__name__}: "
        "ProfileMapping.of takes names and expressions"
    )


_NOT_IN_BODY = {AttributeKind.ANCHOR, AttributeKind.MANAGER, AttributeKind.REFERENCES}

_Target: TypeAlias = tuple[StringRule | None, int, Attribute, Normalized]
"""The rule for an attribute's strings, the longest that it takes, the attribute itself, and what null becomes."""


@frozen
class ProfileMapping:
    """Expressions by attribute. An attribute without one is not mapped: it is left alone.

    Args:
        rows: the rows, one an attribute, in the order in which their values are shown.
        bound_to: the fingerprint of the provisioning settings that the mapping was made for; None for a new mapping.

    Raises:
        ConfigurationError: a field holds something else than it should, or two rows map one attribute.

    >>> mapping = ProfileMapping.of({"title": "String.toUpperCase(source.title)"})
    >>> mapping.with_expression("city", "source.city")
    ProfileMapping(title, city)

    """

    _rows: Mapping[str, AttributeMapping] = field(factory=dict, converter=_by_attribute, alias="rows", hash=False)
    bound_to: str | None = field(default=None, validator=optional(string))

    @classmethod
    def of(cls, expressions: Mapping[str, str]) -> ProfileMapping:
        """A mapping from attribute names to expressions.

        Raises:
            ConfigurationError: an attribute is not known, or an expression can't work in a mapping; the message has
                every error, each with its place and what to do.

        >>> ProfileMapping.of({"title": "upper(user.title)", "city": "user.city +"})  # doctest: +NORMALIZE_WHITESPACE
        Traceback (most recent call last):
        ...
        o365prov.errors.ConfigurationError: AttributeMapping.expression of title: there is no function upper (line 1,
        column 1): write String.toUpperCase(x); AttributeMapping.expression of city: a value is missing after + (line 1,
        column 11): add it, or remove +

        """
        if not isinstance(expressions, Mapping):
            raise ConfigurationError(
                "ProfileMapping.of takes attribute names with their expressions, such as {'title': 'source.title'}, "
                f"not a value of type {type(expressions).__name__}"
            )
        rows: list[AttributeMapping] = []
        issues: list[Issue] = []
        for name, expression in expressions.items():
            try:
                rows.append(_row(name, expression))
            except ConfigurationError as error:
                issues.extend(error.issues or [Issue("wrong_value", str(error))])
        if issues:
            raise refusal(issues)
        return cls(rows)

    @classmethod
    def from_okta(cls, document: Mapping[str, Any]) -> ProfileMapping:
        """A mapping as Okta's Mappings API gives it, from the Okta user to the Office 365 app.

        ``PUSH`` is create and update, ``DONT_PUSH`` create only, and a property that is null or absent is not mapped.
        Attribute names are compared without case; ``user`` and ``source`` both name the Okta profile. The mapping is
        not bound to any settings yet.

        Raises:
            ConfigurationError: the document maps the opposite direction or another app, names unknown attributes, or
                has expressions that can't work; the message has everything that is wrong, each with its JSON path.

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
        return cls(read_okta_mapping(document))

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> ProfileMapping:
        """The mapping that :meth:`to_dict` was called on.

        Raises:
            ConfigurationError: it is something else; the message has everything that is wrong, each with its JSON path.

        """
        return cls(*read_saved_mapping(saved))

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
        self, attribute: str, expression: str, *, apply_on: ApplyOn | str = ApplyOn.CREATE_AND_UPDATE
    ) -> ProfileMapping:
        """The same mapping with this attribute mapped by *expression*; raises as :meth:`of` does."""
        return evolve(self, rows={**self._rows, attribute: _row(attribute, expression, apply_on)})

    def applied_on(self, moment: ApplyOn | str, *attributes: str) -> ProfileMapping:
        """The same mapping with these attributes sent on *moment*: ``"create"`` or ``"create and update"``.

        Raises:
            ConfigurationError: there is no such moment, or an attribute is not mapped.

        >>> mapping = ProfileMapping.of({"title": "source.title"}).applied_on("create", "title")
        >>> [str(row.apply_on) for row in mapping]
        ['create']

        """
        check_call(ProfileMapping.applied_on, locals())
        apply_on = ApplyOn(moment)
        unmapped = [shortened(str(name)) for name in attributes if name not in self._rows]
        if unmapped:
            raise ConfigurationError(f"not mapped: {names_text(unmapped)}: map them with with_expression(...) first")
        return evolve(
            self, rows={**self._rows, **{name: evolve(self._rows[name], apply_on=apply_on) for name in attributes}}
        )

    def without(self, *attributes: str) -> ProfileMapping:
        """The same mapping with these attributes not mapped ("do not map").

        Raises:
            ConfigurationError: the Office 365 app does not have one of the attributes.

        """
        check_call(ProfileMapping.without, locals())
        names = {exact_attribute(name).name for name in attributes}
        return evolve(self, rows={name: row for name, row in self._rows.items() if name not in names})

    def check(self, schema: Mapping[str, Collection[str]] | None = None) -> Mapping[str, tuple[Diagnostic, ...]]:
        """What is wrong or doubtful about the expressions, by attribute; attributes without such are left out.

        Args:
            schema: the attributes that exist, by root (``{"user": ["login", "email"]}``); without it the attributes
                that expressions read are not checked.

        >>> for name, diagnostics in ProfileMapping.of({"city": "source.cty", "state": "source.state"}).check(
        ...     {"source": ["city", "state"]}
        ... ).items():
        ...     print(name, diagnostics[0])
        city error: source has no attribute cty (line 1, column 1); write source.city

        """
        checked = {name: row.expression.check(schema, context=PROFILE_MAPPING) for name, row in self._rows.items()}
        return {name: diagnostics for name, diagnostics in checked.items() if diagnostics}

    @check_after_failure
    def evaluate(self, bindings: Bindings, *, withheld: Collection[str] = ()) -> MappedProfile:
        """What every mapped attribute gives for one person, in the form in which Graph takes it.

        Args:
            bindings: the person's values, as :func:`make_bindings` gives them.
            withheld: names of attributes to leave alone.

        Returns:
            Values and issues; nothing about a person's values is raised.

        """
        values, unusual = self._together.evaluate(bindings)
        left_alone = self._withhold(values, withheld) if withheld else ()
        issues: list[Issue] = []
        targets = self._targets
        for position in unusual:
            value: object = values[position]
            rule, longest, attribute, cleared = targets[position]
            if type(value) is str and 0 < len(value) <= longest:
                if rule is None:
                    continue
                normalized, issue = rule(attribute, value)
            elif value is None:
                normalized, issue = cleared
            elif value is UNSET:
                continue
            elif isinstance(value, EvaluationError):
                normalized, issue = UNSET, _failure(attribute, value)
            else:
                normalized, issue = normalize(attribute, value)
            values[position] = normalized
            if issue is not None:
                issues.append(issue)
        return MappedProfile(self, tuple(values), tuple(issues), left_alone)

    def _withhold(self, values: list[object | Unset], withheld: Collection[str]) -> tuple[str, ...]:
        """Leave these attributes alone; the names of those that have a value."""
        left_alone: list[str] = []
        for name, position in self.positions.items():
            if name in withheld:
                value, values[position] = values[position], UNSET
                if value and not isinstance(value, EvaluationError):
                    left_alone.append(name)
        return tuple(left_alone)

    @cached_property
    def _together(self) -> ExpressionList:
        """All expressions; null and a string that is not too long are sent as they are where no rule asks for them."""
        usual = (0 if rule or cleared != (None, None) else longest for rule, longest, _, cleared in self._targets)
        return ExpressionList(tuple(row.expression for row in self), tuple(usual))

    @cached_property
    def _targets(self) -> tuple[_Target, ...]:
        return tuple(
            (string_rule(attribute), attribute.limit or sys.maxsize, attribute, normalize(attribute, None))
            for attribute in (row.attribute for row in self)
        )

    @check_after_failure
    def is_create_only(self, attribute: str) -> bool:
        """Whether this attribute's value is sent to new accounts only."""
        return attribute in self._create_only

    @cached_property
    def _create_only(self) -> frozenset[str]:
        return frozenset(name for name, row in self._rows.items() if row.apply_on is ApplyOn.CREATE)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each mapped attribute's value stands."""
        return {name: position for position, name in enumerate(self._rows)}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label of each mapped attribute, as people read it."""
        return tuple(row.attribute.label for row in self)

    @cached_property
    def outgoing(self) -> tuple[tuple[int, str, ApplyOn], ...]:
        """Position, Graph's property and moment of every row whose value goes into the body of a request."""
        return tuple(
            (position, row.attribute.graph, row.apply_on)
            for position, row in enumerate(self)
            if row.attribute.graph and row.attribute.kind not in _NOT_IN_BODY
        )

    @cached_property
    def updating(self) -> tuple[tuple[int, str], ...]:
        """Position and Graph's property of those rows of which existing accounts get the value, by the property."""
        rows = ((position, graph) for position, graph, apply_on in self.outgoing if apply_on is not ApplyOn.CREATE)
        return tuple(sorted(rows, key=lambda row: row[1]))

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


@frozen
class MappedProfile:
    """What a mapping gave for one person.

    Args:
        mapping: the mapping.
        values: one for each row of the mapping: a value sets the attribute, None or [] clears it, UNSET leaves it
            alone.
        issues: what is wrong with them.
        withheld: the names of attributes that have a value and are left alone, because of where the person comes from.

    """

    mapping: ProfileMapping = field(repr=False)
    values: tuple[object | Unset, ...]
    issues: tuple[Issue, ...] = ()
    withheld: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:  # one look instead of three validators: one is made for each person
        mapping: object = self.mapping
        values: object = self.values
        issues: object = self.issues
        if not isinstance(mapping, ProfileMapping):
            raise wrong(self, fields(MappedProfile).mapping, "a ProfileMapping", mapping)
        if not isinstance(values, tuple) or len(values) != len(mapping.positions):
            raise wrong(self, fields(MappedProfile).values, "a tuple with one value for each row of mapping", values)
        if not isinstance(issues, tuple) or (issues and not all(isinstance(issue, Issue) for issue in issues)):
            raise wrong(self, fields(MappedProfile).issues, "a tuple of Issue values", issues)
        withheld: object = self.withheld
        if not isinstance(withheld, tuple) or (withheld and not all(isinstance(name, str) for name in withheld)):
            raise wrong(self, fields(MappedProfile).withheld, "a tuple of strings", withheld)

    def get(self, attribute: str) -> object | Unset:
        """The value of one attribute; UNSET if it is not mapped."""
        try:
            position = self.mapping.positions.get(attribute)
        except TypeError:  # it can't be looked up; asked for many times a person, so nothing is checked before
            check_call(MappedProfile.get, locals())
            raise
        return UNSET if position is None else self.values[position]

    def rows(self) -> Iterator[tuple[AttributeMapping, object | Unset]]:
        """Each row of the mapping with its value."""
        return zip(self.mapping, self.values, strict=True)


def _row(name: str, expression: str, apply_on: ApplyOn | str = ApplyOn.CREATE_AND_UPDATE) -> AttributeMapping:
    attribute = exact_attribute(name)
    parsed = parse_expression(f"AttributeMapping.expression of {name}", expression)
    return AttributeMapping(attribute, parsed, apply_on)


def _failure(attribute: Attribute, error: EvaluationError) -> Issue:
    return Issue(
        "mapping_failed",
        f"{attribute.label} could not be computed: {error.message}",
        "Fill in what its expression reads, or change the expression",
        place=attribute.name,
        severity="error" if attribute.required else "warning",
    )
