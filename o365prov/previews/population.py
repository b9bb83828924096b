"""Previews over many people: who would get what, and how many people have what in common.

A row a person is kept: username, issues, and what the tenant says. Values, expressions and explanations are computed
again when somebody asks for one person's :class:`~o365prov.previews.preview.Preview`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from attrs import define, field, frozen

from o365prov.errors import Issue
from o365prov.people import Assignment, Person
from o365prov.previews.account import AccountOutcome, AccountPreview
from o365prov.previews.preview import Preview
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Note,
    Renderable,
    Row,
    Table,
    Tone,
    count_text,
    more_row,
    names_text,
    printable,
)


@frozen
class PersonPreview:
    """One person's row: *username* is None where it can't be computed, *account* where no snapshot was given."""

    assignment: Assignment = field(repr=False)
    username: str | None
    issues: tuple[Issue, ...] = ()
    account: AccountPreview | None = None

    @property
    def person(self) -> Person:
        """The person."""
        return self.assignment.person

    @property
    def changed(self) -> bool:
        """Whether anything would be written to the account, were it only created."""
        account = self.account
        return account is not None and (account.outcome is AccountOutcome.CREATED or bool(account.changes))

    def to_dict(self) -> dict[str, Any]:
        """The row as plain values, for a table of them."""
        account = self.account
        return {
            "person_id": self.person.id,
            "name": self.person.name,
            "username": self.username,
            "outcome": account and account.outcome.value,
            "message": account and account.message,
            "changes": [change.attribute for change in account.changes] if account else [],
            "issues": [issue.code for issue in self.issues],
        }


@frozen
class PeopleGroup:
    """People who have something in common: *name* is for programs, *words* for people, *remedy* what to do about it."""

    name: str
    words: str
    people: tuple[PersonPreview, ...] = field(repr=False)
    remedy: str = ""

    def __len__(self) -> int:
        return len(self.people)

    @property
    def names(self) -> str:
        """The first five by name."""
        return names_text([row.person.name for row in self.people])

    def __str__(self) -> str:
        """What, for how many, and the first five by name."""
        text = printable(f"{self.words} for {count_text(len(self), 'person', 'people')} ({self.names})")
        return f"{text}. {self.remedy}." if self.remedy else text


@define(frozen=True, slots=False, repr=False, eq=False)
class PopulationPreview(Renderable):
    """What username format and mapping give for many people, in the order in which they came.

    Iterating gives a :class:`PersonPreview` each; ``population["00u1"]`` is the whole
    :class:`~o365prov.previews.preview.Preview` of one person. *collisions* are the usernames and source anchors that
    several of them would get, each with those people. *tenant* names the tenant of the snapshot, and is empty without
    one.
    """

    people: tuple[PersonPreview, ...]
    collisions: tuple[PeopleGroup, ...] = ()
    tenant: str = ""
    warnings: tuple[str, ...] = ()
    _whole: Callable[[PersonPreview], Preview] = field(kw_only=True, alias="whole")

    rows_shown: ClassVar[int] = 20

    @cached_property
    def _by_id(self) -> Mapping[str, PersonPreview]:
        return {row.person.id: row for row in self.people}

    def __getitem__(self, person_id: str) -> Preview:
        row = self._by_id.get(person_id)
        if row is None:
            raise KeyError(person_id)
        return self._whole(row)

    def __iter__(self) -> Iterator[PersonPreview]:
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)

    def __contains__(self, person_id: object) -> bool:
        return person_id in self._by_id

    @cached_property
    def without_username(self) -> tuple[PersonPreview, ...]:
        """Everybody whose username can't be computed, or is none that Entra takes."""
        return tuple(row for row in self.people if row.username is None)

    @cached_property
    def issues(self) -> tuple[PeopleGroup, ...]:
        """What is wrong, by kind and attribute, with everybody who has it; the most frequent first."""
        alike: dict[tuple[str, str | None], list[tuple[PersonPreview, Issue]]] = {}
        for row in self.people:
            for issue in row.issues:
                alike.setdefault((issue.code, issue.place), []).append((row, issue))
        return _most_first(_with_issue(found) for found in alike.values())

    @cached_property
    def outcomes(self) -> tuple[PeopleGroup, ...]:
        """What would become of the accounts, by kind: created, matched, linked, stopped, ..."""
        alike: dict[AccountOutcome, list[PersonPreview]] = {}
        for row in self.people:
            if row.account:
                alike.setdefault(row.account.outcome, []).append(row)
        return tuple(
            PeopleGroup(each.value, each.words, tuple(alike[each])) for each in AccountOutcome if each in alike
        )

    @cached_property
    def changes(self) -> tuple[PeopleGroup, ...]:
        """Whose accounts would change, by attribute (``userName`` is a new username), the most frequent first."""
        alike: dict[str, list[PersonPreview]] = {}
        for row in self.people:
            for change in row.account.changes if row.account else ():
                alike.setdefault(change.attribute, []).append(row)
        return _most_first(PeopleGroup(name, f"{name} changes", tuple(rows)) for name, rows in alike.items())

    @cached_property
    def renamed(self) -> tuple[PersonPreview, ...]:
        """Everybody whose account would get another username."""
        return tuple(row for row in self.people if row.account and row.account.renamed)

    @cached_property
    def changed(self) -> tuple[PersonPreview, ...]:
        """Everybody whose account exists and would be changed."""
        return tuple(row for row in self.people if row.account and row.account.changes)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A row of plain values a person, for a data frame or JSON."""
        return [row.to_dict() for row in self.people]

    def __repr__(self) -> str:
        return f"<PopulationPreview of {count_text(len(self), 'person', 'people')}>"

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: how many have a username, what would happen in the tenant, collisions, and what is wrong."""
        blocks: list[Block] = [Note((self._summary(),), Tone.TITLE)]
        if self.tenant:
            outcomes = ", ".join(f"{len(group):,} {group.words}" for group in self.outcomes) or "no one"
            blocks.append(Note((f"in {self.tenant}: {outcomes}",), indent="  "))
            blocks.append(Note((f"{len(self.changed):,} changed, {len(self.renamed):,} renamed",), indent="  "))
        blocks += _groups("Accounts", self.outcomes, "", limit)
        blocks += _groups("Changes", self.changes, "  {0}", limit)
        blocks += _groups("Collisions", self.collisions, "! {0}", limit)
        blocks += _groups("What is wrong", self.issues, "? {0}", limit)
        blocks += [Note((f"! {warning}",), Tone.ALARM) for warning in self.warnings]
        return Document("Preview", blocks)

    def _summary(self) -> str:
        people, without = count_text(len(self), "person", "people"), len(self.without_username)
        return f"Preview of {people}: {len(self) - without:,} with a username, {without:,} without"


def _groups(title: str, groups: Sequence[PeopleGroup], line: str, limit: int | None) -> list[Block]:
    """A table of groups of people; none where there are none."""
    if not groups:
        return []
    rows = [
        Row(
            (
                Cell(((group.words,),), text=str(group)),
                Cell.of(f"{len(group):,}"),
                Cell.of(group.names),
                Cell.of(group.remedy),
            )
        )
        for group in groups[:limit]
    ]
    rows += more_row(len(groups), limit, line[:1], "")
    return [Table(title, ("", "People", "For example", "What to do"), rows, line, title.lower().replace(" ", "-"))]


def _with_issue(found: Sequence[tuple[PersonPreview, Issue]]) -> PeopleGroup:
    """People with the same kind of issue; its message may tell of the first of them only."""
    people = tuple({row.person.id: row for row, _ in found}.values())
    first = found[0][1]
    same = all(issue.message == first.message for _, issue in found)
    words = first.message if same else f"{first.code} (such as: {first.message})"
    return PeopleGroup(first.code, words, people, first.remedy)


def _most_first(alike: Iterable[PeopleGroup]) -> tuple[PeopleGroup, ...]:
    return tuple(sorted(alike, key=lambda each: (-len(each), each.name)))
