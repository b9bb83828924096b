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
from o365prov.profiles import UNSET, ApplyOn, MappedProfile, Unset, UsernameCandidate, UsernameFormat
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
    names_text,
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
        candidates: what each expression of the format gives, where it has alternatives.
        why_username: which of these the username is and why; empty for the first one.

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
    candidates: tuple[UsernameCandidate, ...] = ()
    why_username: str = ""
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
            return self._explained(name, "Username", username, self._made_by, ApplyOn.CREATE_AND_UPDATE)
        if name not in self.profile.mapping.positions:
            raise ConfigurationError(f"{shortened(name)} is not a mapped attribute: ask for one of the mapping's")
        row, value = list(self.profile.rows())[self.profile.mapping.positions[name]]
        return self._explained(name, row.attribute.label, value, row.expression, row.apply_on)

    @property
    def _made_by(self) -> Expression:
        """The expression that gave the username."""
        if self.override is not None:
            return Expression(quote(self.override))
        given = (self.format.expressions[n] for n, each in enumerate(self.candidates) if each.username == self.username)
        return next(given, self.format.expression)

    def usernames(self) -> Iterator[AttributePreview]:
        """Each candidate for the username, in the order in which they are tried; of other formats the username alone.

        Without a snapshot nobody knows which of them are taken in the tenant.
        """
        if not self.candidates:
            yield self.attribute(USERNAME)
        for number, (each, expression) in enumerate(zip(self.candidates, self.format.expressions, strict=False), 1):
            value = UNSET if each.username is None else each.username
            label, when = f"Username, candidate {number}", ApplyOn.CREATE_AND_UPDATE
            yield AttributePreview(USERNAME, label, value, expression, when, each.issue, self._bindings)

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
        blocks += [Note((line,), indent="  ") for line in self._about_candidates()]
        blocks += [Note((f"= {self.account}",), indent="  ")] if self.account else []
        blocks += [Note((f"? {issue.message}. {issue.remedy}.",), Tone.TAKE, "  ") for issue in self.issues]
        blocks += [Note((f"! {warning}",), Tone.CHANGE, "  ") for warning in self.warnings]
        return Document(title, blocks)

    def _about_candidates(self) -> Iterator[str]:
        """Why it is this candidate, and which would be used instead."""
        if self.why_username:
            yield f"the username is {self.why_username}"
        others = list(dict.fromkeys(each.username for each in self.candidates if each.username))
        if self.account is None and self.username in others[:-1]:
            following = names_text(others[others.index(self.username) + 1 :])
            yield f"where somebody else has {self.username} in the tenant, what follows is {following}"

    def _rows(self) -> Iterator[Row]:
        overridden = self.override is not None
        made_by = Cell.of("set in the assignment") if overridden else _code(self._made_by)
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
