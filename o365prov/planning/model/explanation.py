"""Everything that a plan says about one person: how the account was found, what changes, and the mapped values."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import unchecked
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import Change
from o365prov.planning.model.labels import lines_of
from o365prov.planning.model.problems import Problem
from o365prov.profiles import UNSET, MappedProfile
from o365prov.rendering import Block, Cell, Document, Note, Renderable, Row, Table, Tone, count_text, value_text


@frozen
class PersonExplanation:
    """How one person's account was found, and the values that the mapping gave.

    Args:
        matched: which account it is and why, in words.
        values: the value of each of the plan's attributes in words, "" for an empty one; None for one that is left
            alone. Of somebody who was not evaluated there are none.
        licenses: the licences that the account holds once the plan is applied, directly and through groups, in words;
            None where no account is known.
        username: which candidate of the username format the username is and why, in words; empty for the first one.

    """

    matched: str
    values: tuple[str | None, ...] = ()
    licenses: tuple[str, ...] | None = None
    username: str = ""

    @classmethod
    @check_after_failure
    def of(cls, matched: str, profile: MappedProfile, licenses: tuple[str, ...] | None = None) -> PersonExplanation:
        """The explanation for somebody whose mapping gave *profile*."""
        values = [
            value if type(value) is str else "" if value is None else _in_words(value) for value in profile.values
        ]
        return _explained(matched, tuple(values), licenses)


_explained = unchecked(PersonExplanation)


def _in_words(value: object) -> str | None:
    return None if value is UNSET else value_text(value)


@frozen(repr=False)
class ExplainedPerson(Renderable):
    """Everything that a plan says about one person; print it.

    Args:
        person_id: the person's id.
        explanation: how the account was found, what it then holds, and the mapped values; None for people for whom
            nothing changes and nothing is wrong.
        changes: the person's changes.
        problems: the person's problems.
        attributes: the labels of the attributes that have the explanation's values.

    """

    person_id: str
    explanation: PersonExplanation | None = None
    changes: tuple[Change, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())
    attributes: tuple[str, ...] = ()

    @property
    def mapped(self) -> tuple[tuple[str, str], ...]:
        """Pairs of an attribute's label and its value in words, without the attributes that are left alone."""
        pairs = zip(self.attributes, self.explanation.values if self.explanation else (), strict=False)
        return tuple((label, value) for label, value in pairs if value is not None)

    def document(self, *, limit: int | None = None) -> Document:  # noqa: ARG002 - one person is short
        """What is shown: who, which account, what changes and why, what is wrong, what was mapped."""
        return Document(f"Person {self.person_id}", self._blocks())

    def __repr__(self) -> str:
        changes, problems = count_text(len(self.changes), "change"), count_text(len(self.problems), "problem")
        return f"ExplainedPerson({self.person_id}, {changes}, {problems})"

    def _blocks(self) -> Iterator[Block]:
        subject = self._subject()
        if subject is None:
            yield Note((f"{self.person_id}: this plan has no changes and no problems for this person.",))
            yield Note(("The account is up to date, or the person is not assigned, or the id is unknown.",))
            return
        username = f" <{subject.username}>" if subject.username else ""
        yield Note((f"{subject.name}{username}, person {self.person_id}",), Tone.TITLE)
        if self.explanation:
            yield Note((f"Account: {self.explanation.matched}",))
        if self.explanation and self.explanation.username:
            yield Note((f"Username: {self.explanation.username}",))
        if self.changes:
            rows = (Row((Cell.of(each.symbol), _what(each), Cell.of(each.reason))) for each in self.changes)
            yield Table("What changes, and why", ("", "What", "Why"), rows, "  {0} {1}  ({2})", "changes", titled=True)
        if self.explanation and self.explanation.licenses is not None:
            yield Note((f"Licences after this plan: {', '.join(self.explanation.licenses) or 'none'}",))
        if self.problems:
            rows = (Row(tuple(map(Cell.of, _problem(each)))) for each in self.problems)
            yield Table(
                _WRONG, ("What is wrong", "Effect", "What to do"), rows, "  ? {0}: {1}. {2}.", "problems", titled=True
            )
        if self.mapped:
            yield _mapped(self.mapped)

    def _subject(self) -> Subject | None:
        """The person under the username that they have in the end."""
        return next((each.subject for each in (*reversed(self.changes), *self.problems)), None)


_WRONG = "What is wrong, and what to do"


def _what(change: Change) -> Cell:
    return Cell(lines_of(change, in_full=True))


def _problem(problem: Problem) -> tuple[str, str, str]:
    if problem.stops:
        effect = "nothing is changed for this person"
    else:
        effect = f"{problem.attribute} is left alone" if problem.attribute else "everything else is changed"
    return problem.message, effect, problem.remedy


def _mapped(mapped: tuple[tuple[str, str], ...]) -> Table:
    width = max((len(label) for label, value in mapped if value), default=0)
    rows = [Row((_label(label, width), Cell.of(value))) for label, value in mapped if value]
    if empty := [label for label, value in mapped if not value]:
        rows.append(Row((Cell.of("empty"), Cell.of(", ".join(empty))), "  {0}: {1}"))
    return Table("Mapped values", ("Attribute", "Value"), rows, "  {0}  {1}", "mapped", titled=True)


def _label(label: str, width: int) -> Cell:
    return Cell(((label,),), text=f"{label:{width}}")
