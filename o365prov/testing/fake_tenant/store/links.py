"""References between objects: managers of users, members and owners of groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Links:
    """References from one object to others, readable from both ends, in order of arrival.

    Every arrival has a number of its own, which paging tokens hold, so that a page under way loses nothing when
    references before it go.
    """

    __slots__ = ("_from", "_last", "_to")

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._from: dict[str, dict[str, int]] = {}
        self._to: dict[str, dict[str, int]] = {}
        self._last = 0
        for source, target in pairs:
            self.add(source, target)

    def add(self, source: str, target: str) -> None:
        """Let *source* point at *target*."""
        self._last += 1
        self._from.setdefault(source, {})[target] = self._last
        self._to.setdefault(target, {})[source] = self._last

    def remove(self, source: str, target: str) -> None:
        """Let *source* no longer point at *target*."""
        _discard(self._from, source, target)
        _discard(self._to, target, source)

    def has(self, source: str, target: str) -> bool:
        """Whether *source* points at *target*."""
        return target in self._from.get(source, ())

    def targets(self, source: str) -> tuple[str, ...]:
        """What *source* points at."""
        return tuple(self._from.get(source, ()))

    def sources(self, target: str) -> tuple[str, ...]:
        """What points at *target*."""
        return tuple(self._to.get(target, ()))

    def numbered_targets(self, source: str) -> tuple[tuple[int, str], ...]:
        """What *source* points at, each with the number of its arrival, in that order."""
        return tuple((number, target) for target, number in self._from.get(source, {}).items())

    def numbered_sources(self, target: str) -> tuple[tuple[int, str], ...]:
        """What points at *target*, each with the number of its arrival, in that order."""
        return tuple((number, source) for source, number in self._to.get(target, {}).items())

    def forget(self, key: str) -> None:
        """Drop every reference from and to *key*."""
        for target in self.targets(key):
            self.remove(key, target)
        for source in self.sources(key):
            self.remove(source, key)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every reference, as source and target."""
        return ((source, target) for source, targets in self._from.items() for target in targets)

    def copy(self) -> Links:
        """Links of their own, equal to these."""
        copied = Links()
        copied._from = {key: others.copy() for key, others in self._from.items()}
        copied._to = {key: others.copy() for key, others in self._to.items()}
        copied._last = self._last
        return copied


def _discard(ends: dict[str, dict[str, int]], key: str, other: str) -> None:
    others = ends.get(key, {})
    others.pop(other, None)
    if not others:
        ends.pop(key, None)
