"""Previews of many people: their usernames, what would happen to their accounts, and what is wrong, with counts.

A preview keeps one row a person: username, issues and account. Values, expressions and explanations are computed again
for one person's :class:`~o365prov.Preview`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from attrs import define, field, frozen

from o365prov._annotations import check_call
from o365prov.errors import Issue
from o365prov.people import AppUser, Assignment, Person
from o365prov.previews.account import AccountOutcome, AccountPreview
from o365prov.previews.comparison import PreviewComparison, compared_people
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
    check_limit,
    count_text,
    more_row,
    names_text,
    printable,
)


@frozen
class PersonPreview:
    """One person's row in a preview of many people.

    Args:
        assignment: the person's assignment.
        username: the username; None if it can't be computed.
        issues: what is wrong.
        account: what would happen to the account; None without a snapshot.
        why_username: which candidate of the username format the username is and why; empty for the first one.

    """

    assignment: Assignment = field(repr=False)
    username: str | None
    issues: tuple[Issue, ...] = ()
    account: AccountPreview | None = None
    why_username: str = ""

    @property
    def person(self) -> Person:
        """The person."""
        return self.assignment.person

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
    """People who have something in common, such as an issue, a change or a username.

    Args:
        name: what they have in common, for programs.
        words: the same in words.
        people: the people.
        remedy: what to do about it.

    """

    name: str
    words: str
    people: tuple[PersonPreview, ...] = field(repr=False)
    remedy: str = ""

    def __len__(self) -> int:
        return len(self.people)

    @property
    def names(self) -> str:
        """The names of the first five, and how many more there are."""
        return names_text([row.person.name for row in self.people])

    def __str__(self) -> str:
        """What they have in common, how many they are, the names of the first five, and what to do."""
        text = printable(f"{self.words} for {count_text(len(self), 'person', 'people')} ({self.names})")
        return f"{text}. {self.remedy}." if self.remedy else text


@define(frozen=True, slots=False, repr=False, eq=False)
class PopulationPreview(Renderable):
    """The preview of many people.

    Iterating gives each person's :class:`PersonPreview`; ``population["00u1"]`` is the :class:`~o365prov.Preview` of
    one person.

    Args:
        people: the rows, in the order of the people.
        collisions: the usernames and source anchors that more than one person would get, with these people.
        tenant: the name of the tenant; empty without a snapshot.
        warnings: what is wrong with the app as a whole.
        leavers: what is remembered of people whom the preview was asked about and who are not among those given: a plan
            takes it that they have left.
        unknown: the ids of people whom the preview was asked about and who are neither given nor remembered.

    """

    people: tuple[PersonPreview, ...]
    collisions: tuple[PeopleGroup, ...] = ()
    tenant: str = ""
    warnings: tuple[str, ...] = ()
    leavers: tuple[AppUser, ...] = ()
    unknown: tuple[str, ...] = ()
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
        """The people whose username can't be computed, or is not valid in Entra."""
        return tuple(row for row in self.people if row.username is None)

    @cached_property
    def issues(self) -> tuple[PeopleGroup, ...]:
        """The issues, by code and attribute, with the people who have them; the most frequent first."""
        groups: dict[tuple[str, str | None], list[tuple[PersonPreview, Issue]]] = {}
        for row in self.people:
            for issue in row.issues:
                groups.setdefault((issue.code, issue.place), []).append((row, issue))
        return _most_frequent_first(_with_issue(rows) for rows in groups.values())

    @cached_property
    def outcomes(self) -> tuple[PeopleGroup, ...]:
        """What would happen to the accounts (created, matched, linked, stopped, ...), with the people."""
        groups: dict[AccountOutcome, list[PersonPreview]] = {}
        for row in self.people:
            if row.account:
                groups.setdefault(row.account.outcome, []).append(row)
        return tuple(
            PeopleGroup(each.value, each.words, tuple(groups[each])) for each in AccountOutcome if each in groups
        )

    @cached_property
    def changes(self) -> tuple[PeopleGroup, ...]:
        """The changes, by attribute (``userName`` is a new username), with the people; the most frequent first."""
        groups: dict[str, list[PersonPreview]] = {}
        for row in self.people:
            for change in row.account.changes if row.account else ():
                groups.setdefault(change.attribute, []).append(row)
        return _most_frequent_first(PeopleGroup(name, f"{name} changes", tuple(rows)) for name, rows in groups.items())

    @cached_property
    def renamed(self) -> tuple[PersonPreview, ...]:
        """The people whose account would get another username."""
        return tuple(row for row in self.people if row.account and row.account.renamed)

    @cached_property
    def changed(self) -> tuple[PersonPreview, ...]:
        """The people whose account exists and would be changed."""
        return tuple(row for row in self.people if row.account and row.account.changes)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict of plain values for each person, for a data frame or JSON."""
        return [row.to_dict() for row in self.people]

    def compare(self, other: PopulationPreview) -> PreviewComparison:
        """Who would get something else in another preview, as after a change of the mapping or the settings.

        Args:
            other: the later preview, usually of the same people.

        Returns:
            The people who are in both and differ, with their usernames, values and issues before and after.

        Raises:
            ConfigurationError: *other* is not a preview of many people.

        """
        check_call(PopulationPreview.compare, locals())
        both = [row.person.id for row in other if row.person.id in self]
        return PreviewComparison(
            compared_people((self[person_id], other[person_id]) for person_id in both),
            len(both),
            tuple(row.person for row in self if row.person.id not in other),
            tuple(row.person for row in other if row.person.id not in self),
        )

    def __repr__(self) -> str:
        return f"<PopulationPreview of {count_text(len(self), 'person', 'people')}>"

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: how many have a username, what would happen in the tenant, collisions, and what is wrong."""
        check_limit(limit)
        blocks: list[Block] = [Note((self._summary(),), Tone.TITLE)]
        if self.tenant:
            outcomes = ", ".join(f"{len(group):,} {group.words}" for group in self.outcomes) or "no people"
            blocks.append(Note((f"in {self.tenant}: {outcomes}",), indent="  "))
            blocks.append(Note((f"{len(self.changed):,} changed, {len(self.renamed):,} renamed",), indent="  "))
        blocks += _groups("Accounts", self.outcomes, "", limit)
        blocks += _groups("Changes", self.changes, "  {0}", limit)
        blocks += _groups("Collisions", self.collisions, "! {0}", limit)
        blocks += _groups("What is wrong", self.issues, "? {0}", limit)
        warnings = [f"{user.person_id} ({user.username}) is not assigned, so has left" for user in self.leavers]
        warnings += [f"{each} is neither assigned nor in app_users: check only=" for each in self.unknown]
        blocks += [Note((f"! {warning}",), Tone.ALARM) for warning in (*warnings, *self.warnings)]
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
    if line:
        rows += more_row(len(groups), limit, line.strip()[0] if line.strip()[0] != "{" else "", "of them")
    return [Table(title, ("", "People", "For example", "What to do"), rows, line, title.lower().replace(" ", "-"))]


def _with_issue(rows: Sequence[tuple[PersonPreview, Issue]]) -> PeopleGroup:
    """People with the same kind of issue; where messages differ, the first is given as an example."""
    people = tuple({row.person.id: row for row, _ in rows}.values())
    first = rows[0][1]
    same = all(issue.message == first.message for _, issue in rows)
    words = first.message if same else f"{first.code} (for example: {first.message})"
    return PeopleGroup(first.code, words, people, first.remedy)


def _most_frequent_first(groups: Iterable[PeopleGroup]) -> tuple[PeopleGroup, ...]:
    return tuple(sorted(groups, key=lambda each: (-len(each), each.name)))
