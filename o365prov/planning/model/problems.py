"""What a plan can't do: problems of people, and what Graph has no way to write."""

from __future__ import annotations

from attrs import frozen

from o365prov._fields import typed
from o365prov.errors import Issue
from o365prov.planning.model.changes import Subject
from o365prov.rendering import printable


@frozen(field_transformer=typed)
class Problem:
    """Something that keeps one person, or one attribute of theirs, from being provisioned.

    If *issue* is an error nothing of this person is changed; otherwise only the attribute at its place is left alone.
    """

    subject: Subject
    issue: Issue

    @property
    def code(self) -> str:
        """The stable word for programs."""
        return self.issue.code

    @property
    def message(self) -> str:
        """What is wrong, for people."""
        return self.issue.message

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self.issue.remedy

    @property
    def attribute(self) -> str | None:
        """The attribute that is left alone, if it is about one."""
        return self.issue.place or None

    @property
    def stops(self) -> bool:
        """Whether nothing of this person is changed."""
        return self.issue.stops

    def __str__(self) -> str:
        """One line: who, what, what to do."""
        return printable(f"{self.subject.name}: {self.message}. {self.remedy}.")


@frozen(field_transformer=typed)
class Unsupported:
    """What Graph cannot write: the attribute, why, the nearest thing that Graph does, and how many people it concerns
    (0 where it is about other objects than people).

    It is not a change: nothing waits for it, and a plan that holds only unsupported is empty.
    """

    attribute: str
    reason: str
    instead: str
    people: int
