"""What a mapping gives for one person, before anything is sent."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from o365prov.people import Person
from o365prov.profiles import markup
from o365prov.profiles.mapping import MappedProfile
from o365prov.profiles.username import UsernameFormat
from o365prov.profiles.values import UNSET, Finding


@frozen
class Preview:
    """The username and every mapped value of one person, with what is wrong.

    *warnings* concern the whole app, such as a mapping that was made for other settings.

    Source: Okta, "Provision users to Office 365": Preview.
    """

    person: Person
    format: UsernameFormat
    username: str | None
    profile: MappedProfile
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...] = ()

    def value(self, attribute: str) -> object:
        """What one attribute gives: a value, None where it is cleared, UNSET where it is left alone or not mapped."""
        return self.profile.get(attribute)

    def __str__(self) -> str:
        lines = [f"{self.person.name} ({self.person.source}): {self.username or 'no username'}"]
        lines += [f"  {label}: {value}" for label, value, _ in self._rows()]
        lines += [f"  ? {finding.message}. {finding.remedy}." for finding in self.findings]
        lines += [f"  ! {warning}" for warning in self.warnings]
        return "\n".join(lines)

    def _rows(self) -> list[tuple[str, str, str]]:
        return [(row.attribute.label, shown(value), str(row.expression)) for row, value in self.profile.rows()]

    def __rich__(self) -> Any:
        from rich.table import Table  # noqa: PLC0415 - rich is an extra
        from rich.text import Text  # noqa: PLC0415

        title = f"{self.person.name} ({self.person.source})"
        table = Table("Attribute", "Value", "Expression", title=title, title_justify="left", expand=True)
        table.add_row("Username", Text(self.username or "-", "bold"), Text(str(self.format.expression), "dim"))
        for label, value, expression in self._rows():
            table.add_row(Text(label), Text(value), Text(expression, "dim"))
        for finding in self.findings:
            table.add_row(Text("? " + finding.code, "red"), Text(finding.message, "red"), Text(finding.remedy))
        for warning in self.warnings:
            table.add_row(Text("!", "yellow"), Text(warning, "yellow"), "")
        return table

    def _repr_html_(self) -> str:
        rows = [("Username", self.username or "-", str(self.format.expression)), *self._rows()]
        told = [f"? {finding.message}. {finding.remedy}." for finding in self.findings]
        told += [f"! {warning}" for warning in self.warnings]
        title = f"{self.person.name} ({self.person.source})"
        values = markup.table(title, ("Attribute", "Value", "Expression"), rows)
        return markup.element("div", values, *(markup.element("p", text) for text in told))


def shown(value: object) -> str:
    """A mapped value as people read it, with words for what is cleared or left alone."""
    if value is UNSET:
        return "(left alone)"
    if value is None or value == []:
        return "(cleared)"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
