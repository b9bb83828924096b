"""What passes, such as a 429, fails no change."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.planning import Result
from o365prov.simulation.records import Day
from o365prov.simulation.schedule.events import Wrong

_PASSING = (
    Wrong.WRITE_TIMEOUT_BEFORE,
    Wrong.WRITE_TIMEOUT_AFTER,
    Wrong.WRITE_FAILED_AFTER,
    Wrong.WRITE_UNAVAILABLE,
    Wrong.WRITE_THROTTLED,
)


def what_passes_fails_nothing(day: Day) -> Iterator[str]:
    """Who is told once to try again later, or gets no answer once, does not give up.

    Who slept until the lease was another's does: the time for trying again is over, and the report says why it stopped.
    """
    whole = (each.report for each in day.applied if each.report is not None and not each.report.stopped)
    for each in (outcome for report in whole for outcome in report.outcomes if outcome.result is Result.FAILED):
        for wrong in _PASSING:
            if wrong.name in each.message:
                yield f"{each.change.kind} of {each.change.subject.username} failed by {wrong.name}"
