"""What a mapping gives for one person, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import field, frozen

from o365prov.errors import Issue
from o365prov.expressions import Bindings, Expression
from o365prov.people import Person
from o365prov.previews.account import USERNAME, AccountPreview
from o365prov.previews.attribute import AttributePreview
from o365prov.profiles import UNSET, ApplyOn, MappedProfile, Unset, UsernameFormat
from o365prov.rendering import element, fragment, printable, table, value_text


@frozen
class Preview:
    """The username and every mapped value of one person, with what is wrong.

    *warnings* concern the whole app, such as a mapping that was made for other settings. *account* says what a tenant
    holds of the person, None where no snapshot was given.

    Source: Okta, "Provision users to Office 365": Preview.
    """

    person: Person
    format: UsernameFormat
    username: str | None
    profile: MappedProfile
    issues: tuple[Issue, ...]
    warnings: tuple[str, ...] = ()
    account: AccountPreview | None = None
    _bindings: Bindings = field(kw_only=True, repr=False, eq=False)

    def attribute(self, name: str) -> AttributePreview:
        """One mapped attribute, or ``userName``, with its value, expression, explanation and error.

        Raises :class:`KeyError` for an attribute that is not mapped.
        """
        if name == USERNAME:
            username = UNSET if self.username is None else self.username
            return self._explained(name, "Username", username, self.format.expression, ApplyOn.CREATE_AND_UPDATE)
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
        """What one attribute gives: a value, None where it is cleared, UNSET where it is left alone or not mapped."""
        return self.profile.get(attribute)

    def __str__(self) -> str:
        lines = [f"{self.person.name} ({self.person.source}): {self.username or 'no username'}"]
        alike: dict[str, list[str]] = {}  # labels of what has no value: Universal Sync maps a hundred such
        for row, value in self.profile.rows():
            if value is UNSET or value is None or value == []:
                alike.setdefault(shown(value), []).append(row.attribute.label)
            else:
                lines.append(f"  {row.attribute.label}: {shown(value)}")
        lines += [f"  {words}: {', '.join(labels)}" for words, labels in sorted(alike.items())]
        lines += [f"  = {self.account}"] if self.account else []
        lines += [f"  ? {issue.message}. {issue.remedy}." for issue in self.issues]
        lines += [f"  ! {warning}" for warning in self.warnings]
        return "\n".join(map(printable, lines))

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(row.attribute.label, shown(value), str(row.expression)) for row, value in self.profile.rows()]

    def __rich__(self) -> Any:
        from rich.table import Table  # noqa: PLC0415 - rich is an extra
        from rich.text import Text  # noqa: PLC0415

        def text(content: str, style: str = "") -> Text:
            return Text(printable(content), style)

        title = text(f"{self.person.name} ({self.person.source})")
        table = Table("Attribute", "Value", "Expression", title=title, title_justify="left", expand=True)
        table.add_row("Username", text(self.username or "-", "bold"), text(str(self.format.expression), "dim"))
        for label, value, expression in self._rows():
            table.add_row(text(label), text(value), text(expression, "dim"))
        if self.account:
            table.add_row(text("Account", "bold"), text(str(self.account)), "")
        for issue in self.issues:
            table.add_row(text("? " + issue.code, "red"), text(issue.message, "red"), text(issue.remedy))
        for warning in self.warnings:
            table.add_row(text("!", "yellow"), text(warning, "yellow"), "")
        return table

    def _repr_html_(self) -> str:
        rows = [("Username", self.username or "-", str(self.format.expression)), *self._rows()]
        told = [str(self.account)] if self.account else []
        told += [f"? {issue.message}. {issue.remedy}." for issue in self.issues]
        told += [f"! {warning}" for warning in self.warnings]
        title = f"{self.person.name} ({self.person.source})"
        values = table(title, ("Attribute", "Value", "Expression"), rows)
        return fragment(values, *(element("p", text) for text in told))


def shown(value: object) -> str:
    """A mapped value as people read it, with words for what is left alone, and for what is empty.

    Emptiness is left out of a new account and clears an existing one.
    """
    return "(left alone)" if value is UNSET else value_text(value) or "(empty)"
