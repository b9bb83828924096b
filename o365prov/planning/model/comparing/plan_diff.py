"""How two plans differ: who would get something else, as under other settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from attrs import frozen

from o365prov._fields import typed
from o365prov.planning.model.change_parts import PropertyChange, Subject
from o365prov.planning.model.changes import Change, change_key
from o365prov.planning.model.comparing.values_of_changes import property_changes
from o365prov.planning.model.labels import describe, full_name
from o365prov.planning.model.problems import Problem
from o365prov.profiles import UNSET
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
    value_text,
)


@frozen(field_transformer=typed)
class ChangeDiff:
    """One change that only one of two plans has, or both have with other values.

    Args:
        before: the change of the first plan; None if it has none.
        after: that of the second plan; None if it has none.

    """

    before: Change | None
    after: Change | None

    @property
    def values(self) -> tuple[PropertyChange, ...]:
        """The properties that the two plans would set to other values; UNSET is one that a plan leaves alone."""
        first, second = _set_by(self.before), _set_by(self.after)
        found = ((name, first.get(name, UNSET), second.get(name, UNSET)) for name in dict.fromkeys((*first, *second)))
        return tuple(PropertyChange(*each) for each in found if each[1] != each[2])

    @property
    def symbol(self) -> str:
        """``-`` for what only the first plan has, ``+`` for what only the second has, ``~`` for what differs."""
        return "+" if self.before is None else "-" if self.after is None else "~"

    def __str__(self) -> str:
        """What differs, in words."""
        if self.before is None or self.after is None:
            return "; ".join(describe(each) for each in (self.before, self.after) if each is not None)
        differing = [f"{each.name}: {_text(each.before)} | {_text(each.after)}" for each in self.values]
        return "; ".join(differing) or f"{describe(self.before)} | {describe(self.after)}"


@frozen(field_transformer=typed)
class PersonDiff:
    """How two plans differ for one person.

    Args:
        subject: the person.
        changes: what only one of them has, and what differs.
        former_problems: what only the first plan says is wrong.
        new_problems: what only the second one says.

    """

    subject: Subject
    changes: tuple[ChangeDiff, ...] = ()
    former_problems: tuple[Problem, ...] = ()
    new_problems: tuple[Problem, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """A flat dict for each change and problem that differs."""
        who = {"person_id": self.subject.person_id, "name": self.subject.name, "username": self.subject.username}
        rows = [(each.symbol, _kind(each), _described(each.before), _described(each.after)) for each in self.changes]
        rows += [("-", each.code, each.message, None) for each in self.former_problems]
        rows += [("+", each.code, None, each.message) for each in self.new_problems]
        return [{**who, "symbol": symbol, "kind": kind, "before": old, "after": new} for symbol, kind, old, new in rows]


@frozen(repr=False, field_transformer=typed)
class PlanDiff(Renderable):
    """How two plans of one tenant differ, person by person; it is true if they do.

    It is shown in the same forms as a plan.

    Args:
        people: those for whom they differ, in the order of their names.
        count: for how many people the plans have changes or problems.
        former_hazards: what only the first plan calls dangerous.
        new_hazards: what only the second one does.

    """

    people: tuple[PersonDiff, ...]
    count: int
    former_hazards: tuple[str, ...] = ()
    new_hazards: tuple[str, ...] = ()

    rows_shown: ClassVar[int] = 50

    def __len__(self) -> int:
        return len(self.people)

    def __bool__(self) -> bool:
        return bool(self.people or self.former_hazards or self.new_hazards)

    @property
    def kinds(self) -> Mapping[str, int]:
        """For how many people there is a difference of each kind, such as ``- block_sign_in``, the most first."""
        of_people = ({f"{one.symbol} {_kind(one)}" for one in each.changes} for each in self.people)
        counted = Counter(kind for kinds in of_people for kind in kinds)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def to_dicts(self) -> list[dict[str, Any]]:
        """What differs as flat dicts, for pandas, polars or csv.

        Returns:
            For each change or problem that differs a dict with the keys ``person_id``, ``name``, ``username``,
            ``symbol`` (``-``, ``+`` or ``~``), ``kind`` (of a change, or the code of a problem), ``before`` and
            ``after`` (in words; None where a plan does not have it).

        """
        return [row for each in self.people for row in each.to_dicts()]

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: how many people and kinds, the hazards, and then each person with what differs."""
        check_limit(limit)
        blocks: list[Block] = [Note((self._summary(),), Tone.TITLE)]
        if kinds := self.kinds:
            text = ", ".join(f"{kind.replace('_', ' ')} of {number:,}" for kind, number in kinds.items())
            blocks.append(Note((text,), indent="  "))
        blocks += [Note((f"! only in the first plan: {hazard}",), Tone.PLAIN) for hazard in self.former_hazards]
        blocks += [Note((f"! only in the second plan: {hazard}",), Tone.ALARM) for hazard in self.new_hazards]
        rows = [row for each in self.people[:limit] for row in _rows(each)]
        rows += more_row(len(self.people), limit, "~", "people", Tone.CHANGE)
        if rows:
            columns = ("", "Who", "What only one plan has, or what the first and the second would set")
            blocks.append(Table("People", columns, rows, "{0} {1}: {2}", "people"))
        return Document("Difference of two plans", blocks)

    def __repr__(self) -> str:
        return f"PlanDiff({self._summary()})"

    def _summary(self) -> str:
        return f"{len(self.people):,} of {count_text(self.count, 'person', 'people')} would get something else"


def people_that_differ(
    first: tuple[Sequence[Change], Sequence[Problem]], second: tuple[Sequence[Change], Sequence[Problem]]
) -> tuple[PersonDiff, ...]:
    """The people for whom the changes and problems of two plans differ."""
    old, new = _by_person(first[0]), _by_person(second[0])
    wrong, then_wrong = _by_person(first[1]), _by_person(second[1])
    subjects = {each.subject.person_id: each.subject for part in (*second, *first) for each in part}
    found = (
        PersonDiff(
            subject,
            _changes(old.get(person_id, ()), new.get(person_id, ())),
            _beyond(wrong.get(person_id, ()), then_wrong.get(person_id, ())),
            _beyond(then_wrong.get(person_id, ()), wrong.get(person_id, ())),
        )
        for person_id, subject in subjects.items()
    )
    differing = (each for each in found if each.changes or each.former_problems or each.new_problems)
    return tuple(sorted(differing, key=lambda each: (each.subject.name, each.subject.person_id)))


def _by_person(parts: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in parts:
        found.setdefault(each.subject.person_id, []).append(each)
    return found


def _changes(first: Iterable[Change], second: Iterable[Change]) -> tuple[ChangeDiff, ...]:
    old, new = ({change_key(each): each for each in changes} for changes in (first, second))
    pairs = ((old.get(key), new.get(key)) for key in dict.fromkeys((*old, *new)))
    return tuple(ChangeDiff(before, after) for before, after in pairs if not _same(before, after))


def _same(before: Change | None, after: Change | None) -> bool:
    """Whether two changes set the same and read the same: not when and why they were planned, nor their digests."""
    if before is None or after is None:
        return False
    return describe(before) == describe(after) and property_changes(before) == property_changes(after)


def _beyond(one: Iterable[Problem], other: Iterable[Problem]) -> tuple[Problem, ...]:
    known = {(each.code, each.message) for each in other}
    return tuple(each for each in one if (each.code, each.message) not in known)


def _set_by(change: Change | None) -> dict[str, Any]:
    return {} if change is None else {each.name: each.after for each in property_changes(change)}


def _kind(diff: ChangeDiff) -> str:
    return next(each.kind for each in (diff.after, diff.before) if each is not None)


def _described(change: Change | None) -> str | None:
    return None if change is None else describe(change)


def _text(value: Any) -> str:
    return "left alone" if value is UNSET else value_text(value) or "cleared"


_TONES = {"-": Tone.TAKE, "+": Tone.ADD, "~": Tone.CHANGE}


def _rows(person: PersonDiff) -> list[Row]:
    """A row for what only the first plan has, one for what only the second has, and one for what differs."""
    said = [(each.symbol, str(each)) for each in person.changes]
    said += [("-", f"? {each.message}") for each in person.former_problems]
    said += [("+", f"? {each.message}") for each in person.new_problems]
    rows = []
    for symbol, tone in _TONES.items():
        if lines := [text for mark, text in said if mark == symbol]:
            rows.append(Row((Cell.of(symbol, tone=tone), Cell.of(full_name(person.subject)), Cell.of(*lines))))
    return rows
