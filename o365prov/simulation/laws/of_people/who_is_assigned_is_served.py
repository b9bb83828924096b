"""Who is assigned has an account, can sign in and holds the licences, or a problem says why not."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day, HeldAccount


def who_is_assigned_is_served(day: Day) -> Iterator[str]:
    """Nobody who is assigned is passed over in silence."""
    for person_id, assignment in day.wanted.items():
        if person_id in day.said:
            continue
        user = day.after.memory.get(person_id)
        account = day.after.accounts.get(user.object_id) if user else None
        wanted = day.ids_of(each.sku for each in assignment.grants.licenses)
        yield from (f"{person_id} {what}, and nothing is said" for what in _missing(account, wanted))


def _missing(account: HeldAccount | None, wanted: frozenset[str]) -> Iterator[str]:
    if account is None or account.is_deleted:
        yield "is assigned and has no account"
        return
    if not account.is_enabled:
        yield "is assigned and can't sign in"
    if wanted - account.licenses:
        yield "does not hold every licence that is assigned"
