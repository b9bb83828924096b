"""The report of a plan of which nothing is tried now: as far as the state has it from before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from o365prov.planning import Change, Outcome, Plan, Report, Result, change_key
from o365prov.state import RunEntry, RunStep


def replayed(plan: Plan, entries: Iterable[RunEntry]) -> Report:
    """The report of a plan that was applied before, as the state has it.

    Args:
        plan: the plan.
        entries: how far its changes came.

    """
    noted = {entry.key: entry for entry in entries}
    unknown = "the state does not have any more how it ended"
    outcomes = tuple(_noted(change, noted, unknown) for change in plan)
    return Report(plan.id, outcomes, plan.fingerprint, replayed=True)


def not_begun(plan: Plan, entries: Iterable[RunEntry], why: str) -> Report:
    """The report of a plan of which nothing was tried now.

    Args:
        plan: the plan.
        entries: how far its changes came in an earlier apply that was interrupted.
        why: why nothing was tried.

    """
    noted = {entry.key: entry for entry in entries}
    skipped = {
        key: Outcome(change, Result.SKIPPED, change.object_id, f"not tried: {why}")
        for change in plan
        if (key := change_key(change)) not in noted
    }
    unknown = "it may have been done by an apply that was interrupted"
    outcomes = tuple(skipped.get(change_key(change)) or _noted(change, noted, unknown) for change in plan)
    return Report(plan.id, outcomes, plan.fingerprint, why)


def _noted(change: Change, entries: Mapping[str, RunEntry], unknown: str) -> Outcome:
    entry = entries.get(change_key(change))
    if entry is None or entry.step is RunStep.STARTED:
        return Outcome(change, Result.UNKNOWN, change.object_id, unknown)
    return entry.outcome(change)
