"""What a plan can't do: problems of people, and what Graph has no way to write."""

from __future__ import annotations

from attrs import frozen

from o365prov.planning.model.changes import Subject
from o365prov.profiles import Finding
from o365prov.rendering import printable


@frozen
class Problem:
    """Something that keeps one person, or one attribute of theirs, from being provisioned.

    *code* is for programs, *message* and *remedy* for people. If *stops* is true nothing of this person is changed;
    otherwise only *attribute* is left alone.
    """

    subject: Subject
    code: str
    message: str
    remedy: str
    attribute: str | None = None
    stops: bool = True

    @classmethod
    def of(cls, subject: Subject, finding: Finding) -> Problem:
        """The problem that *finding* is for *subject*."""
        return cls(subject, finding.code, finding.message, finding.remedy, finding.attribute, finding.stops)

    def __str__(self) -> str:
        """One line: who, what, what to do."""
        return printable(f"{self.subject.name}: {self.message}. {self.remedy}.")


@frozen
class Unsupported:
    """What Graph cannot write: the attribute, why, the nearest thing that Graph does, and how many people it concerns
    (0 where it is about other objects than people).

    It is no change: nothing waits for it, and a plan that holds only unsupported is empty.
    """

    attribute: str
    reason: str
    instead: str
    people: int
