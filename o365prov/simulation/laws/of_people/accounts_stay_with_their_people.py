"""An account that has a source anchor is never handed on to somebody else, unless a problem says that it differs."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def accounts_stay_with_their_people(day: Day) -> Iterator[str]:
    """Whoever is linked to an account on this day had it first.

    A type that writes no profiles knows accounts by their usernames alone, and says where the source anchor differs.
    """
    for user in day.after.memory:
        account, before = day.before.accounts.get(user.object_id), day.before.memory.get(user.person_id)
        owner = day.owners.get(user.object_id)
        if account is None or not account.anchor or owner in (None, day.identities[user.person_id]):
            continue
        is_new = before is None or before.object_id != user.object_id
        if is_new and not day.is_said("anchor_differs", user.person_id):
            yield f"the account {account.username} of person {owner} went to {user.person_id}"
