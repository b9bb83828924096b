"""No account is doubled, and nobody shares one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from o365prov.simulation.records import Day


def nobody_has_two(day: Day) -> Iterator[str]:
    """Each username, each source anchor and each linked account is one person's."""
    live = day.after.live()
    yield from _twice("the username", (each.username.lower() for each in live))
    yield from _twice("the source anchor", (each.anchor for each in live if each.anchor))
    yield from _twice("the link to the account", (each.object_id for each in day.after.memory if each.object_id))


def _twice(what: str, values: Iterable[str]) -> Iterator[str]:
    yield from (f"{what} {value} is there {count} times" for value, count in Counter(values).items() if count > 1)
