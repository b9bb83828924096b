"""What a mapping gives for one person, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError, Issue
from o365prov.expressions import Bindings, Expression, quote
from o365prov.people import Person
from o365prov.previews.account import USERNAME, AccountPreview
from o365prov.previews.attribute import AttributePreview
from o365prov.profiles import UNSET, ApplyOn, MappedProfile, Unset, UsernameFormat
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Mark,
    Note,
    Renderable,
    Row,
    Span,
    Table,
    Tone,
    shortened,
    value_text,
)


@frozen
class Preview(Renderable):
    """The username and every mapped value of one person, with what is wrong.

    Args:
        person: the person.
        format: the username format.
        username: the username; None if it can't be computed.
        profile: the values of the mapped attributes.
        issues: what is wrong.
        warnings: what is wrong with the app as a whole, such as a mapping that was made for other settings.
        account: what would happen to the account; None without a snapshot.
        override: the assignment's own username, which counts in place of the format's; None if it has none.

    Source: Okta, "Provision users to Office 365": Preview.

    """

    person: Person
    format: UsernameFormat
    username: str | None
    profile: MappedProfile
    issues: tuple[Issue, ...]
    warnings: tuple[str, ...] = ()
    account: AccountPreview | None = None
    override: str | None = None
    _bindings: Bindings = field(kw_only=True, repr=False, eq=False, alias="bindings")

    def attribute(self, name: str) -> AttributePreview:
        """One attribute with its value, expression, explanation and error.

        The expression of an assignment's own username is that string.

        Args:
            name: Okta's name of a mapped attribute, or ``userName``.

        Raises:
            ConfigurationError: the attribute is not mapped.

        """
        check_call(Preview.attribute, locals())
        if name == USERNAME:
            username = UNSET if self.username is None else self.username
            expression = self.format.expression if self.override is None else Expression(quote(self.override))
            return self._explained(name, "Username", username, expression, ApplyOn.CREATE_AND_UPDATE)
        if name not in self.profile.mapping.positions:
            raise ConfigurationError(f"{shortened(name)} is not a mapped attribute: ask for one of the mapping's")
        row, value = list(self.profile.rows())[self.profile.mapping.positions[name]]
        return self._explained(name, row.attribute.label, value, row.expression, row.apply_on)

    def attributes(self) -> Iterator[AttributePreview]:
        """The username and every mapped attribute, in the order of the mapping."""
        return map(self.attribute, (USERNAME, *self.profile.mapping.positions))

    def _explained(
        self, name: str, label: str, value: object | Unset, expression: Expression, apply_on: ApplyOn
    ) -> AttributePreview:
        issue = next((each for each in self.issues if each.place == name), None)
        return AttributePreview(name, label, value, expression, apply_on, issue, self._bindings)

    def value(self, attribute: str) -> object:
        """The value of an attribute; None if it is cleared, UNSET if it is left alone or not mapped."""
        check_call(Preview.value, locals())
        return self.profile.get(attribute)

    def document(self, *, limit: int | None = None) -> Document:  # noqa: ARG002 - one person is short
        """What is shown: username, values with their expressions, what the tenant holds, and what is wrong."""
        title = f"{self.person.name} ({self.person.source})"
        blocks: list[Block] = [
            Note((f"{title}: {self.username or 'no username'}",), Tone.TITLE),
            Table("Values", ("Attribute", "Value", "Expression"), self._rows(), "  {0}: {1}", "values"),
        ]
        blocks += [Note((f"= {self.account}",), indent="  ")] if self.account else []
        blocks += [Note((f"? {issue.message}. {issue.remedy}.",), Tone.TAKE, "  ") for issue in self.issues]
        blocks += [Note((f"! {warning}",), Tone.CHANGE, "  ") for warning in self.warnings]
        return Document(title, blocks)

    def _rows(self) -> Iterator[Row]:
        overridden = self.override is not None
        made_by = Cell.of("set in the assignment") if overridden else _code(self.format.expression)
        line = "  the username is set in the assignment" if overridden else ""
        yield Row((Cell.of("Username"), Cell.of(self.username or "-"), made_by), line)
        empty: dict[str, list[str]] = {}  # labels of attributes without a value, of which Universal Sync has a hundred
        for row, value in self.profile.rows():
            cells = (Cell.of(row.attribute.label), Cell.of(mapped_value_text(value)), _code(row.expression))
            if value is UNSET or value is None or value == []:
                empty.setdefault(mapped_value_text(value), []).append(row.attribute.label)
                yield Row(cells, "")
            else:
                yield Row(cells)
        for words, labels in sorted(empty.items()):
            yield Row((), f"  {words}: {', '.join(labels)}".replace("{", "{{").replace("}", "}}"))


def _code(expression: Expression) -> Cell:
    return Cell(((Span(str(expression), Mark.QUIET),),))


def mapped_value_text(value: object) -> str:
    """A mapped value in words, also for a value that is left alone or empty.

    An empty value is not sent for a new account, and clears the attribute of an existing one.
    """
    return "(left alone)" if value is UNSET else value_text(value) or "(empty)"
