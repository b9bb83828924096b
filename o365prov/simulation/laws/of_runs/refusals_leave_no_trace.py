"""A plan that was refused left no trace."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def refusals_leave_no_trace(day: Day) -> Iterator[str]:
    """Tenant and memory are the same before and after an apply that was refused."""
    yield from (f"{each.process} was refused, and changed something" for each in day.applied if each.left_traces)
