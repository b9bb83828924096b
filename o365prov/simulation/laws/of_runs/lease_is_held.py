"""No write is begun under a lease that was lost before its note."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def lease_is_held(day: Day) -> Iterator[str]:
    """Nobody notes or sends anything without the lease."""
    yield from day.faults
