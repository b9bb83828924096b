"""Why a plan says what it says about one person: how their account was found, and what their mapping gave."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from o365prov.planning.model.changes import Change, Subject
from o365prov.planning.model.labels import describe
from o365prov.planning.model.problems import Problem
from o365prov.profiles import UNSET, MappedProfile
from o365prov.rendering import printable, value_text


@frozen
class PersonExplanation:
    """How one person's account was found, and what the mapping gave for them.

    *matched* says in a few words which account it is and why. *mapped* are pairs of an attribute's label and its value
    as people read it, "" where there is nothing; attributes that the mapping leaves alone are not among them.
    """

    subject: Subject
    matched: str
    mapped: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, subject: Subject, matched: str, profile: MappedProfile) -> PersonExplanation:
        """The explanation for *subject* whose mapping gave *profile*."""
        return cls(
            subject,
            matched,
            tuple((row.attribute.label, value_text(value)) for row, value in profile.rows() if value is not UNSET),
        )


@frozen(repr=False)
class ExplainedPerson:
    """Everything that a plan knows about one person: print it.

    *explanation* is None where the plan holds none: for people for whom nothing changes and nothing is wrong, and for
    those who left.
    """

    person_id: str
    explanation: PersonExplanation | None = None
    changes: tuple[Change, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())

    def __str__(self) -> str:
        """Several lines: who, which account, what changes and why, what is wrong, what was mapped."""
        return "\n".join(map(printable, self._lines()))

    def __repr__(self) -> str:
        return f"ExplainedPerson({self.person_id}, {len(self.changes)} changes, {len(self.problems)} problems)"

    def _lines(self) -> Iterator[str]:
        subject = self._subject()
        if subject is None:
            yield f"{self.person_id}: this plan changes nothing for them and finds nothing wrong."
            yield "They are as they should be, or they are not assigned, or nobody has this id."
            return
        username = f" <{subject.username}>" if subject.username else ""
        yield f"{subject.name}{username}, person {self.person_id}"
        if self.explanation:
            yield f"Account: {self.explanation.matched}"
        if self.changes:
            yield "What changes, and why:"
            yield from (f"  {each.symbol} {describe(each)}  ({each.reason})" for each in self.changes)
        if self.problems:
            yield "What is wrong, and what to do:"
            yield from (f"  ? {_problem(each)}" for each in self.problems)
        if self.explanation and self.explanation.mapped:
            yield "What the mapping gave:"
            yield from _mapped(self.explanation)

    def _subject(self) -> Subject | None:
        holders = (self.explanation, *self.changes, *self.problems)
        return next((holder.subject for holder in holders if holder), None)


def _problem(problem: Problem) -> str:
    if problem.stops:
        effect = "nothing is changed for this person"
    else:
        effect = f"{problem.attribute} is left alone" if problem.attribute else "the rest goes on"
    return f"{problem.message}: {effect}. {problem.remedy}."


def _mapped(explanation: PersonExplanation) -> Iterator[str]:
    filled = [(label, value) for label, value in explanation.mapped if value]
    width = max((len(label) for label, _ in filled), default=0)
    yield from (f"  {label:{width}}  {value}" for label, value in filled)
    if empty := [label for label, value in explanation.mapped if not value]:
        yield f"  empty: {', '.join(empty)}"
