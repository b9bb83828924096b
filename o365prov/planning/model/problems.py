"""What a plan can't do: problems of people, and what Graph does not support."""

from __future__ import annotations

from attrs import frozen

from o365prov._fields import typed
from o365prov.errors import Issue
from o365prov.planning.model.change_parts import Subject
from o365prov.rendering import printable


@frozen(field_transformer=typed)
class Problem:
    """Why a person, or an attribute of a person, can't be provisioned.

    Args:
        subject: the person.
        issue: what is wrong. If it is an error, nothing is changed for this person; if it is a warning, at most the
            attribute at its place is left alone.

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
        """The attribute that it is about; None if the problem is not about an attribute."""
        return self.issue.place or None

    @property
    def stops(self) -> bool:
        """Whether nothing is changed for this person."""
        return self.issue.stops

    def __str__(self) -> str:
        """One line: who, what, what to do."""
        return printable(f"{self.subject.name}: {self.message}. {self.remedy}.")


@frozen(field_transformer=typed)
class Unsupported:
    """What Graph does not support. It is not a change: a plan without changes is empty in spite of it.

    Args:
        attribute: the attribute, or what else is not supported.
        reason: why.
        instead: what can be done instead.
        people: how many people have it; 0 if it is not about people.

    """

    attribute: str
    reason: str
    instead: str
    people: int
