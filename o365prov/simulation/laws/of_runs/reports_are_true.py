"""What a report calls failed was not done."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.planning import CreateUser, Report, Result
from o365prov.simulation.records import Day


def reports_are_true(day: Day) -> Iterator[str]:
    """No account that was created for a plan is among what the plan's report calls failed.

    Whoever slept until the lease was another's is refused a username that the other one has given meanwhile: a report
    that stopped tells only of what its own process did.
    """
    for applied in day.applied:
        if applied.plan is None or applied.report is None:
            continue
        same = (each.process for each in day.applied if each.plan is not None and each.plan.id == applied.plan.id)
        processes = {applied.process} if applied.report.stopped else set(same)
        created = {username for process, username in day.created if process in processes}
        for username in _not_created(applied.report) & created:
            yield f"{applied.process} says that it could not create {username}, which was created"


def _not_created(report: Report) -> set[str]:
    failed = (each.change for each in report.outcomes if each.result is Result.FAILED)
    return {change.subject.username.lower() for change in failed if isinstance(change, CreateUser)}
