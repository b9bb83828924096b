"""No plan changes the account of somebody who is excluded, or an account that is."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def who_is_excluded_is_left_alone(day: Day) -> Iterator[str]:
    """Also not to give something, or to take a run back; that somebody is there may be noted."""
    lifecycle = day.app.lifecycle
    excluded = {each.person.id for each in day.assignments if day.is_excluded(each)}
    for change in (change for plan in day.plans for change in plan):
        is_excluded = change.object_id is not None and lifecycle.excludes_account(change.object_id)
        if change.writes and (is_excluded or change.subject.person_id in excluded):
            yield f"{change.kind} of {change.subject.username}, who is excluded"
