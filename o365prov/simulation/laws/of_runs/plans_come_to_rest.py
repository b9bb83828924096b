"""Once nothing goes wrong any more, everything is done in a few plans."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day

MOST_PLANS = 6


def plans_come_to_rest(day: Day) -> Iterator[str]:
    """The last plan of a day has nothing to do, and could be made."""
    last = day.applied[-1]
    if last.error is not None:
        yield f"the last applier could not do its work: {last.error}"
    elif day.attempts > MOST_PLANS or (day.plan is not None and day.plan.changes):
        yield f"after {day.attempts} plans something is still to be done"
