"""An account that has a source anchor is never handed on to somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def accounts_stay_with_their_people(day: Day) -> Iterator[str]:
    """Whoever was linked to an account first has it for ever."""
    for user in day.after.memory:
        account = day.before.accounts.get(user.object_id)
        owner = day.owners.get(user.object_id)
        if account is not None and account.anchor and owner not in (None, day.identities[user.person_id]):
            yield f"the account {account.username} of person {owner} went to {user.person_id}"
