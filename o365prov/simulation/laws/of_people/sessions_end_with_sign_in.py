"""Whoever is blocked when they leave is also signed out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from o365prov.people import AppUserStatus
from o365prov.simulation.records import Day


def sessions_end_with_sign_in(day: Day) -> Iterator[str]:
    """The sessions of a leaver whom we blocked ended after the account was last seen enabled."""
    for user in day.after.memory:
        account, departure = day.after.accounts.get(user.object_id), user.departure
        if user.status is not AppUserStatus.DEACTIVATED or departure is None or account is None:
            continue
        valid_from, enabled = account.properties.get("signInSessionsValidFromDateTime"), day.enabled.get(account.id)
        ended = enabled is None or (valid_from and datetime.fromisoformat(valid_from) >= enabled)
        if departure.blocked and not account.is_enabled and not account.is_deleted and not ended:
            yield f"{user.username} was blocked, and is not signed out"
