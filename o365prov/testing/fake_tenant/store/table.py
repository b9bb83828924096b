"""Records of one kind, in order of arrival, small in memory and cheap to copy.

A record is a dict that is replaced and never changed in place, so a snapshot, a stale replica and a page under way can
share it. Every arrival gets the next position, and positions are what paging tokens hold: a page costs its own length,
however many records stand before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]


class RecordTable:
    """Records by id, in order of arrival."""

    __slots__ = ("_order", "_positions", "_rows")

    def __init__(self) -> None:
        self._rows: dict[str, Record] = {}
        self._positions: dict[str, int] = {}
        self._order: list[str | None] = []

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Record]:
        """The records, oldest arrival first."""
        return iter(self._rows.values())

    def __contains__(self, key: object) -> bool:
        """Whether there is a record with this id."""
        return key in self._rows

    def get(self, key: str) -> Record | None:
        """The record with this id, or None."""
        return self._rows.get(key)

    def put(self, record: Record) -> None:
        """Add a record, or replace the one with its id in its place."""
        key = record["id"]
        if key not in self._rows:
            self._positions[key] = len(self._order)
            self._order.append(key)
        self._rows[key] = record

    def remove(self, key: str) -> Record:
        """Take a record out; its position stays empty."""
        self._order[self._positions.pop(key)] = None
        return self._rows.pop(key)

    def after(self, position: int) -> Iterator[tuple[int, Record]]:
        """Each record from *position* on, with the position that follows it."""
        order, rows = self._order, self._rows
        for index in range(position, len(order)):
            key = order[index]
            if key is not None:
                yield index + 1, rows[key]

    def copy(self) -> RecordTable:
        """A table of its own with the same records, at the same positions."""
        table = RecordTable()
        table._rows = self._rows.copy()
        table._positions = self._positions.copy()
        table._order = self._order.copy()
        return table


def unshared(value: Any) -> Any:
    """A JSON value that shares nothing with *value*; copy.deepcopy takes five times as long."""
    if isinstance(value, dict):
        return {name: unshared(each) for name, each in value.items()}
    return [unshared(each) for each in value] if isinstance(value, list) else value
