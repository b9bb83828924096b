"""Whether two expressions give everybody the same: who would get something else, and what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._fields import typed
from o365prov.errors import EvaluationError
from o365prov.expressions.bindings import Bindings
from o365prov.expressions.explanation import shown_value
from o365prov.rendering import Cell, Document, Note, Renderable, Row, Table, Tone, check_limit, more_row


@frozen(field_transformer=typed)
class Difference:
    """One person for whom two expressions differ.

    Args:
        number: which of the people it is, from 0.
        values: what the expressions were evaluated with.
        before: the value of the first expression, or the error with which it failed.
        after: the same of the other one.

    """

    number: int
    values: Mapping[str, Any] | Bindings = field(repr=False, eq=False)
    before: Any
    after: Any

    def to_dict(self) -> dict[str, Any]:
        """The difference as plain values; what failed has its message."""
        return {"number": self.number, "before": _plain(self.before), "after": _plain(self.after)}


@frozen(repr=False, field_transformer=typed)
class Equivalence(Renderable):
    """For whom two expressions differ; it is true if for nobody.

    Args:
        differences: those who would get something else, in the order of the people.
        count: how many people were compared.

    """

    differences: tuple[Difference, ...]
    count: int

    rows_shown: ClassVar[int] = 20

    def __bool__(self) -> bool:
        return not self.differences

    def __len__(self) -> int:
        return len(self.differences)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.differences)

    def to_dicts(self) -> list[dict[str, Any]]:
        """A dict of plain values for each difference, for a data frame or JSON."""
        return [each.to_dict() for each in self.differences]

    def __repr__(self) -> str:
        return f"<Equivalence: {self._summary()}>"

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: how many differ, and each with the value before and after."""
        check_limit(limit)
        rows = [
            Row((Cell.of(str(each.number), tone=Tone.CHANGE), *map(Cell.of, map(_shown, (each.before, each.after)))))
            for each in self.differences[:limit]
        ]
        rows += more_row(len(self), limit, "~", "people")
        columns = ("Number", "Before", "After")
        table = Table("Differences", columns, rows, "{0}: {1} → {2}", "differences")
        title = Note((self._summary(),), Tone.TITLE)
        return Document("Equivalence", [title, table] if rows else [title])

    def _summary(self) -> str:
        return f"{len(self):,} of {self.count:,} people would get something else"


def compare(compared: Iterable[tuple[Mapping[str, Any] | Bindings, Any, Any]]) -> Equivalence:
    """Keep those who differ of people with the values of both expressions, one after the other."""
    differences: list[Difference] = []
    count = 0
    for values, before, after in compared:
        if not _is_same(before, after):
            differences.append(Difference(count, values, before, after))
        count += 1
    return Equivalence(tuple(differences), count)


def _is_same(one: Any, other: Any) -> bool:
    """Whether two values are of one kind and equal; one failure is as good as another."""
    if isinstance(one, EvaluationError) or isinstance(other, EvaluationError):
        return isinstance(one, EvaluationError) and isinstance(other, EvaluationError)
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_is_same(value, other[key]) for key, value in one.items())
    return bool(one == other) or (one != one and other != other)  # noqa: PLR0124 - not a number equals none


def _shown(value: Any) -> str:
    return f"fails: {value}" if isinstance(value, EvaluationError) else shown_value(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, EvaluationError) else value
