"""Comparing two previews: who would get something else, as after a change of the mapping."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from attrs import frozen

from o365prov.errors import Issue
from o365prov.people import Person
from o365prov.previews.account import USERNAME, ValueChange
from o365prov.previews.preview import Preview, mapped_value_text
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
)


@frozen
class PersonComparison:
    """What one person would get instead.

    Args:
        person: the person.
        changes: the username and the attributes whose values differ. Here too None or [] clears an attribute, and UNSET
            leaves it alone; an attribute that is not mapped is left alone.
        new_issues: what would be wrong only then.
        former_issues: what would no longer be wrong.

    """

    person: Person
    changes: tuple[ValueChange, ...]
    new_issues: tuple[Issue, ...] = ()
    former_issues: tuple[Issue, ...] = ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict of plain values for each value that differs; UNSET is None here, as what clears is."""
        return [
            {
                "person_id": self.person.id,
                "name": self.person.name,
                "attribute": change.attribute,
                "before": _plain(change.before),
                "after": _plain(change.after),
            }
            for change in self.changes
        ]


@frozen(repr=False)
class PreviewComparison(Renderable):
    """Who would get something else; it is true if anybody would.

    Args:
        people: those who would, in the order of the later preview.
        count: how many people are in both previews.
        missing: those who are in the earlier preview alone.
        added: those who are in the later one alone.

    """

    people: tuple[PersonComparison, ...]
    count: int
    missing: tuple[Person, ...] = ()
    added: tuple[Person, ...] = ()

    rows_shown: ClassVar[int] = 20

    def __len__(self) -> int:
        return len(self.people)

    def __iter__(self) -> Iterator[PersonComparison]:
        return iter(self.people)

    @property
    def attributes(self) -> dict[str, int]:
        """How many people would get another value, by attribute (``userName`` is the username), the most first."""
        counted = Counter(change.attribute for each in self.people for change in each.changes)
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict of plain values for each value that differs, for a data frame or JSON."""
        return [row for each in self.people for row in each.to_dicts()]

    def __repr__(self) -> str:
        return f"<PreviewComparison: {self._summary()}>"

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: how many people and attributes, and then each person with what differs."""
        check_limit(limit)
        blocks: list[Block] = [Note((self._summary(),), Tone.TITLE)]
        if counts := self.attributes:
            text = ", ".join(f"{name} of {number:,}" for name, number in counts.items())
            blocks.append(Note((f"other values: {text}",), indent="  "))
        for people, where in ((self.missing, "earlier"), (self.added, "later")):
            if people:
                text = f"{count_text(len(people), 'person is', 'people are')} in the {where} preview alone"
                blocks.append(Note((text,), indent="  "))
        rows = [_row(each) for each in self.people[:limit]]
        rows += more_row(len(self.people), limit, "~", "people", Tone.CHANGE)
        if rows:
            columns = ("", "Person", "What differs")
            blocks.append(Table("People", columns, rows, "{0} {1}: {2}", "people"))
        return Document("Comparison of previews", blocks)

    def _summary(self) -> str:
        return f"{len(self):,} of {count_text(self.count, 'person', 'people')} would get something else"


def compared_people(pairs: Iterable[tuple[Preview, Preview]]) -> tuple[PersonComparison, ...]:
    """Those who would get something else, from each person's earlier and later preview."""
    compared = (_compared(before, after) for before, after in pairs)
    return tuple(each for each in compared if each is not None)


def _compared(before: Preview, after: Preview) -> PersonComparison | None:
    """What differs for one person; None if nothing does."""
    names = dict.fromkeys((*before.profile.mapping.positions, *after.profile.mapping.positions))
    values = [(name, before.profile.get(name), after.profile.get(name)) for name in names]
    values.insert(0, (USERNAME, before.username, after.username))
    changes = tuple(
        ValueChange(name, old, new) for name, old, new in values if old != new or type(old) is not type(new)
    )
    new, former = _beyond(after, before), _beyond(before, after)
    if not (changes or new or former):
        return None
    return PersonComparison(after.person, changes, new, former)


def _beyond(one: Preview, other: Preview) -> tuple[Issue, ...]:
    """The issues of one preview that the other one does not have."""
    known = {(issue.code, issue.place) for issue in other.issues}
    return tuple(issue for issue in one.issues if (issue.code, issue.place) not in known)


def _row(compared: PersonComparison) -> Row:
    """A person with what differs, a line for each value or issue."""
    lines = [f"{each.attribute}: {_shown(each, each.before)} → {_shown(each, each.after)}" for each in compared.changes]
    lines += [f"then {issue.message}" for issue in compared.new_issues]
    lines += [f"no longer: {issue.message}" for issue in compared.former_issues]
    return Row((Cell.of("~", tone=Tone.CHANGE), Cell.of(compared.person.name), Cell.of(*lines)))


def _shown(change: ValueChange, value: object) -> str:
    """A value in words; nobody is without a username on purpose."""
    return "no username" if change.attribute == USERNAME and value is None else mapped_value_text(value)


def _plain(value: object) -> object:
    return None if value is UNSET else value
