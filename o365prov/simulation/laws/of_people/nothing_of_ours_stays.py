"""On the day everybody leaves nothing of ours stays unsaid."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.people import LeaverStep
from o365prov.simulation.records import Day


def nothing_of_ours_stays(day: Day) -> Iterator[str]:
    """Where nobody is assigned, what we gave is gone, or a problem says what stays."""
    if day.assignments or not day.app.provisioning.deactivate_users:
        return
    known = {user.object_id for user in day.after.memory}
    for each in day.after.live():
        if each.is_enabled and each.id in day.sent and each.id not in known:
            yield f"{each.username}, which was created or given something from here, is not remembered"
    for user in day.after.memory:
        account = day.after.accounts.get(user.object_id)
        if account is None or account.is_deleted or user.person_id in day.said:
            continue
        departure = user.departure
        if account.is_enabled:
            yield f"{account.username} is still enabled"
        if account.roles & day.ids_of(user.roles):
            yield f"{account.username} still has a role"
        due = departure is not None and departure.has_come(LeaverStep.LICENSES, day.now)
        if due and account.licenses & day.ids_of(each.sku for each in user.licenses):
            yield f"{account.username} still has a licence"
