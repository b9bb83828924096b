"""Whom others blocked nobody enables unless somebody confirms that."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.people import AppUser, AppUserStatus
from o365prov.planning import EnableSignIn
from o365prov.simulation.records import Day


def blocks_of_others_are_asked_about(day: Day) -> Iterator[str]:
    """A plan that enables an account of which its memory has no block of ours says so, and asks."""
    for plan in (each.plan for each in day.applied if each.plan is not None):
        ours = {user.object_id for user in plan.app_users if _is_blocked_from_here(user)}
        for change in plan:
            if isinstance(change, EnableSignIn) and not change.overrides and change.object_id not in ours:
                yield f"{change.subject.username} was blocked by others, and is enabled without a word"


def _is_blocked_from_here(user: AppUser) -> bool:
    return user.status is AppUserStatus.PAUSED or (user.departure is not None and user.departure.blocked)
