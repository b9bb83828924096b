"""Who is suspended, or starts later, can't sign in where the settings say so, or a problem says why."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.people import AppUserStatus, UserStatus
from o365prov.provisioning import Suspended
from o365prov.simulation.records import Day

_WHY = ("re_enabled_suspended", "synced_suspended", "enabled_early")


def who_is_suspended_is_blocked(day: Day) -> Iterator[str]:
    """Nobody signs in with an account that is blocked from here for the time being."""
    for assignment in day.assignments:
        user = day.after.memory.get(assignment.person.id)
        account = day.after.accounts.get(user.object_id) if user else None
        if user is None or account is None or not account.is_enabled or day.is_excluded(assignment):
            continue
        if any(day.is_said(code, user.person_id) for code in _WHY):
            continue
        if user.status is AppUserStatus.PAUSED and not day.is_served(assignment):
            yield f"{account.username} is blocked as far as is remembered, and is enabled"
        is_suspended = assignment.person.status is UserStatus.SUSPENDED and not day.is_over(assignment)
        if is_suspended and day.app.lifecycle.suspended is Suspended.BLOCK:
            yield f"{account.username} is enabled, although its person is suspended"
