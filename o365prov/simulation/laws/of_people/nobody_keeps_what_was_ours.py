"""Nobody keeps a licence or a role that was given from here and is not assigned any more, unless a problem says so."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def nobody_keeps_what_was_ours(day: Day) -> Iterator[str]:
    """Who is assigned holds nothing else that was ever given from here."""
    names = day.after.names()
    for user in day.after.memory:
        account, assignment = day.after.accounts.get(user.object_id), day.wanted.get(user.person_id)
        if account is None or account.is_deleted or assignment is None or user.person_id in day.said:
            continue
        if names[account.id] in day.edited:
            continue
        grants = day.granted(assignment)
        wanted = day.ids_of((*(each.sku for each in grants.licenses), *grants.roles))
        left = (account.licenses | account.roles) & day.sent.get(account.id, frozenset()) - wanted
        if left:
            yield f"{account.username} still has what was assigned once: {', '.join(sorted(left))}"
