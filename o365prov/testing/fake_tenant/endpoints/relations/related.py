"""Which objects an object is related to, by the name of the relationship."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from o365prov.testing.fake_tenant.store.change_log import ChangeKind
from o365prov.testing.fake_tenant.store.directory import Directory
from o365prov.testing.fake_tenant.store.table import Record

Found = tuple[int, ChangeKind, Record]
"""The number that orders a page, and what was found."""


def closure(start: str, step: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Whatever is reached from an object by steps, each once, without itself."""
    seen: dict[str, None] = {}
    ahead = deque(step(start))
    while ahead:
        key = ahead.popleft()
        if key not in seen and key != start:
            seen[key] = None
            ahead += step(key)
    yield from seen


_RELATED: Mapping[str, Callable[[Directory, str], Iterable[tuple[int, str]]]] = {
    "members": lambda directory, key: directory.members.numbered_targets(key),
    "owners": lambda directory, key: directory.owners.numbered_targets(key),
    "sponsors": lambda directory, key: directory.sponsors.numbered_targets(key),
    "memberOf": lambda directory, key: directory.members.numbered_sources(key),
    "ownedObjects": lambda directory, key: directory.owners.numbered_sources(key),
    "directReports": lambda directory, key: directory.managers.numbered_sources(key),
    "transitiveMembers": lambda directory, key: enumerate(closure(key, directory.members.targets), start=1),
    "transitiveMemberOf": lambda directory, key: enumerate(closure(key, directory.members.sources), start=1),
}
"""The relationships to many objects that the tenant holds: ids, each with its number."""


def related_objects(directory: Directory, key: str, name: str) -> Iterator[Found]:
    """The users, groups and contacts that the object with this id is related to, in order."""
    for number, other in _RELATED[name](directory, key):
        found = directory.object(other)
        if found is not None:
            yield number, *found
