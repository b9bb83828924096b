"""The expressions of an app file: the username format and the rows of the mapping, checked where they stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from attrs import evolve, field, frozen

from o365prov.configuration.class_shapes import table_of
from o365prov.configuration.shapes import (
    UNREAD,
    ChoiceShape,
    JsonSchema,
    Key,
    ListShape,
    PlainShape,
    TableShape,
    described,
    key_path,
    note_unknown,
    toml_kind,
)
from o365prov.errors import ConfigurationError, Issue
from o365prov.expressions import Dialect, Expression, Limits, Semantics, check_text
from o365prov.profiles import ATTRIBUTES, ApplyOn, AttributeMapping, PersonCondition, ProfileMapping, UsernameFormat
from o365prov.provisioning import ProvisioningType
from o365prov.rendering import printable
from o365prov.structuring import IssueList

TEXT = PlainShape(str)
USUAL = Semantics(null_text="refuse")
"""How expressions of settings treat what Okta's pages leave open, unless a file says otherwise."""
NO_LIMITS = Limits()


def make_expression(
    text: str,
    context: str,
    dialect: Dialect = Dialect.CLASSIC,
    semantics: Semantics = USUAL,
    limits: Limits = NO_LIMITS,
) -> Expression:
    """The expression that *text* is; a ConfigurationError has everything that is wrong with it, each with its place."""
    options: dict[str, Any] = {"dialect": dialect, "semantics": semantics, "limits": limits}
    issues = tuple(
        Issue(
            each.code,
            printable(f"{each.message} (line {each.line}, column {each.column})"),
            printable(each.remedy),
            "expression",
        )
        for each in check_text(text, context=context, **options)
        if each.severity == "error"
    )
    if issues:
        raise ConfigurationError("; ".join(map(str, issues)), issues=issues)
    return Expression(text, **options)


@cache
def _options() -> tuple[Key, ...]:
    """The keys of an expression besides its text."""
    semantics = table_of(Semantics, make=lambda **given: evolve(USUAL, **given))
    limits = table_of(Limits)
    return (
        Key("dialect", ChoiceShape(tuple(each.value for each in Dialect), Dialect), "The language that it is in."),
        Key("semantics", semantics, "What Okta's pages leave open."),
        Key("limits", limits, "How large the expression and its results may be."),
    )


def _written_options(expression: Expression) -> dict[str, Any]:
    """The options that differ from the usual ones."""
    usual = {"dialect": Dialect.CLASSIC, "semantics": USUAL, "limits": NO_LIMITS}
    written: dict[str, Any] = {}
    for key in _options():
        value = getattr(expression, key.name)
        if value != usual[key.name]:
            written[key.name] = value.value if isinstance(value, Dialect) else key.shape.write(value)
    return written


@frozen
class UsernameShape:
    """The username format: an entry of Okta's list, or an expression."""

    @property
    def table(self) -> TableShape:
        """The keys."""
        keys = (
            Key("format", TEXT, "An entry of Okta's list of formats, such as Email."),
            Key("suffix", TEXT, "What is appended to the entry, such as @yourfederated.domain."),
            Key("expression", TEXT, "An expression in place of an entry."),
            Key("label", TEXT, "What the expression is called, where it is not Custom."),
            Key(
                "alternatives",
                ListShape(AlternativeShape()),
                "Expressions in its place for whoever finds the username taken.",
            ),
            *_options(),
        )
        return TableShape(keys, _username_format, "How usernames are made: format or expression.")

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The format."""
        return self.table.read(value, place, issues)

    def write(self, value: UsernameFormat) -> Any:
        """An entry by its name where it is one, else the expression."""
        alternatives = [AlternativeShape().write(each) for each in value.alternatives]
        others = {"alternatives": alternatives} if alternatives else {}
        try:
            if UsernameFormat.built_in(value.label).expression == value.expression:
                return {"format": value.label, **others}
        except ConfigurationError:
            pass  # it has another label
        label = {} if value.label == _CUSTOM else {"label": value.label}
        return {**label, "expression": value.expression.text, **_written_options(value.expression), **others}

    def schema(self) -> JsonSchema:
        """The keys, of which format or expression is there."""
        return {**self.table.schema(), "oneOf": [{"required": ["format"]}, {"required": ["expression"]}]}


@frozen
class AlternativeShape:
    """Another expression for the username: a string, or a table where it has options."""

    @property
    def table(self) -> TableShape:
        """The keys of a table."""
        keys = (Key("expression", TEXT, "What gives the username.", required=True), *_options())
        return TableShape(keys, _username_expression, "An expression with its options.")

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The expression."""
        match value:
            case str():
                return _noting(issues, place, lambda: _username_expression(value))
            case Mapping():
                return self.table.read(value, place, issues)
            case _:
                expected = "an expression, or a table with one"
                issues.note(place, f"should be {expected}, not {toml_kind(value)}", code="wrong_type")
                return UNREAD

    def write(self, value: Expression) -> Any:
        """A string, or a table where it has options."""
        options = _written_options(value)
        return {"expression": value.text, **options} if options else value.text

    def schema(self) -> JsonSchema:
        """The two forms."""
        return {"oneOf": [TEXT.schema(), self.table.schema()]}


@frozen
class ConditionShape:
    """A condition on a person: an expression of rules of groups, as a string."""

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The condition."""
        text = TEXT.read(value, place, issues)
        if text is UNREAD:
            return UNREAD
        return _noting(issues, place, lambda: PersonCondition(make_expression(text, "group_rule")))

    def write(self, value: PersonCondition) -> Any:
        """The expression as it is written."""
        return value.text

    def schema(self) -> JsonSchema:
        """A string."""
        return TEXT.schema()


_CUSTOM = "Custom"


def _noting(issues: IssueList, place: str, make: Callable[[], Any]) -> Any:
    """What *make* makes; UNREAD, and a note of everything that is wrong, if it refuses."""
    try:
        return make()
    except ConfigurationError as error:
        for each in error.issues:
            issues.note(place, each.message, each.remedy, code=each.code)
        return UNREAD


def _username_expression(expression: str, **options: Any) -> Expression:
    return make_expression(expression, "username", **options)


def _username_format(
    *,
    format: str | None = None,  # noqa: A002 - the key is called so
    suffix: str = "",
    expression: str | None = None,
    label: str = _CUSTOM,
    alternatives: tuple[Expression, ...] = (),
    **options: Any,
) -> UsernameFormat:
    if format is None and expression is None:
        issue = Issue("missing", "needs format or expression", "add one of them, such as format = 'Email'")
        raise ConfigurationError(str(issue), issues=(issue,))
    if format is not None and expression is not None:
        raise ConfigurationError("has format and expression: keep one of them")
    if expression is not None:
        if suffix:
            raise ConfigurationError("suffix is for an entry of Okta's list: append it in the expression with +")
        return UsernameFormat(label, _username_expression(expression, **options), alternatives)
    if options or label != _CUSTOM:
        raise ConfigurationError("label, dialect, semantics and limits are for expressions: leave them out")
    return evolve(UsernameFormat.built_in(format or "", suffix), alternatives=alternatives)


@frozen
class MappingSettings:
    """What a file says about the mapping; which attributes it begins with depends on the type.

    Args:
        starts_from: ``defaults`` for Okta's mapping of the type, ``nothing`` for an empty one.
        attributes: rows by attribute; False for an attribute that is not mapped.
        made_for: the settings that the mapping is bound to; None for those of the app.

    """

    starts_from: str = "defaults"
    attributes: Mapping[str, AttributeMapping | bool] = field(factory=dict)
    made_for: str | None = None

    def mapping(self, provisioning: ProvisioningType) -> ProfileMapping:
        """The mapping for these settings."""
        begins = provisioning.default_mapping() if self.starts_from == "defaults" else ProfileMapping()
        rows = {row.attribute.name: row for row in begins}
        for name, row in self.attributes.items():
            if isinstance(row, AttributeMapping):
                rows[name] = row
            else:
                rows.pop(name, None)
        return ProfileMapping(rows.values(), self.made_for)


@frozen
class RowsShape:
    """The rows of the mapping by attribute: an expression, a table with an expression, or false."""

    def read(self, value: object, place: str, issues: IssueList) -> Any:
        """The rows."""
        if not isinstance(value, Mapping):
            issues.note(place, f"should be a table, not {toml_kind(value)}", code="wrong_type")
            return UNREAD
        rows: dict[str, Any] = {}
        for name, each in value.items():
            if name in ATTRIBUTES:
                rows[name] = _read_row(name, each, key_path(place, name), issues)
            else:
                note_unknown(place, name, ATTRIBUTES, issues)
                rows[name] = UNREAD
        return UNREAD if any(each is UNREAD for each in rows.values()) else rows

    def write(self, value: Mapping[str, AttributeMapping]) -> Any:
        """The rows; one that has nothing but an expression as a string."""
        return {name: _written_row(row) for name, row in value.items()}

    def schema(self) -> JsonSchema:
        """The attributes that there are."""
        row = {"$ref": "#/$defs/row"}
        return {
            "type": "object",
            "properties": {name: described(row, each.label) for name, each in ATTRIBUTES.items()},
            "additionalProperties": False,
        }


def row_schema() -> JsonSchema:
    """The forms of a row, once for all attributes."""
    return {"oneOf": [TEXT.schema(), {"const": False}, row_table(dict).schema()]}


def row_table(make: Callable[..., Any]) -> TableShape:
    """The keys of a row."""
    keys = (
        Key("expression", TEXT, "What gives the value.", required=True),
        Key("apply_on", ChoiceShape(tuple(ApplyOn), ApplyOn), "When the value is sent."),
        *_options(),
    )
    return TableShape(keys, make, "An attribute's expression, and when its value is sent.")


def _read_row(name: str, value: object, place: str, issues: IssueList) -> Any:
    def make(expression: str, apply_on: ApplyOn = ApplyOn.CREATE_AND_UPDATE, **options: Any) -> AttributeMapping:
        return AttributeMapping(ATTRIBUTES[name], make_expression(expression, "profile_mapping", **options), apply_on)

    match value:
        case False:
            return False
        case str():
            return _noting(issues, place, lambda: make(value))
        case Mapping():
            return row_table(make).read(value, place, issues)
        case _:
            expected = "an expression, a table with one, or false"
            issues.note(place, f"should be {expected}, not {toml_kind(value)}", code="wrong_type")
            return UNREAD


def _written_row(row: AttributeMapping) -> Any:
    options = _written_options(row.expression)
    if row.apply_on is not ApplyOn.CREATE_AND_UPDATE:
        options = {"apply_on": row.apply_on.value, **options}
    return {"expression": row.expression.text, **options} if options else row.expression.text
