"""Everything that a plan says about one person: how the account was found, what changes, and the mapped values."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov.errors import ConfigurationError
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
        subject: the person.
        matched: which account it is and why, in words.
        attributes: the labels of the attributes that the mapping has; everybody of a plan shares them.
        values: the value of each attribute in words, "" for an empty one; None for one that is left alone.
        licenses: the licences that the account holds once the plan is applied, directly and through groups, in words;
            None where no account is known.

    Raises:
        ConfigurationError: there are more or fewer values than attributes.

    """

    subject: Subject
    matched: str
    attributes: tuple[str, ...] = ()
    values: tuple[str | None, ...] = ()
    licenses: tuple[str, ...] | None = None

    def __attrs_post_init__(self) -> None:
        if len(self.values) != len(self.attributes):
            have = f"{len(self.attributes)} attributes have {count_text(len(self.values), 'value')}"
            raise ConfigurationError(f"PersonExplanation.values should have one for each attribute: {have}")

    @classmethod
    @check_after_failure
    def of(
        cls, subject: Subject, matched: str, profile: MappedProfile, licenses: tuple[str, ...] | None = None
    ) -> PersonExplanation:
        """The explanation for *subject* whose mapping gave *profile*."""
        values = [value if type(value) is str else _in_words(value) for value in profile.values]
        return cls(subject, matched, profile.mapping.labels, tuple(values), licenses)

    @property
    def mapped(self) -> tuple[tuple[str, str], ...]:
        """Pairs of an attribute's label and its value in words, without the attributes that are left alone."""
        pairs = zip(self.attributes, self.values, strict=True)
        return tuple((label, value) for label, value in pairs if value is not None)


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

    """

    person_id: str
    explanation: PersonExplanation | None = None
    changes: tuple[Change, ...] = field(default=())
    problems: tuple[Problem, ...] = field(default=())

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
        if self.explanation and self.explanation.mapped:
            yield _mapped(self.explanation)

    def _subject(self) -> Subject | None:
        holders = (self.explanation, *self.changes, *self.problems)
        return next((holder.subject for holder in holders if holder), None)


_WRONG = "What is wrong, and what to do"


def _what(change: Change) -> Cell:
    return Cell(lines_of(change, in_full=True))


def _problem(problem: Problem) -> tuple[str, str, str]:
    if problem.stops:
        effect = "nothing is changed for this person"
    else:
        effect = f"{problem.attribute} is left alone" if problem.attribute else "everything else is changed"
    return problem.message, effect, problem.remedy


def _mapped(explanation: PersonExplanation) -> Table:
    width = max((len(label) for label, value in explanation.mapped if value), default=0)
    rows = [Row((_label(label, width), Cell.of(value))) for label, value in explanation.mapped if value]
    if empty := [label for label, value in explanation.mapped if not value]:
        rows.append(Row((Cell.of("empty"), Cell.of(", ".join(empty))), "  {0}: {1}"))
    return Table("Mapped values", ("Attribute", "Value"), rows, "  {0}  {1}", "mapped", titled=True)


def _label(label: str, width: int) -> Cell:
    return Cell(((label,),), text=f"{label:{width}}")
