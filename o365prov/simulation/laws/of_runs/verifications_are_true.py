"""Whom a verification calls ready has everything, and whom it does not lacks something."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.planning import CheckedPerson
from o365prov.simulation.records import Day


def verifications_are_true(day: Day) -> Iterator[str]:
    """Of everybody who is assigned, as far as nothing else is wrong with them."""
    for checked in day.verification.people if day.verification else ():
        person_id = checked.subject.person_id
        if person_id not in day.wanted or person_id in day.said:
            continue
        wanted = day.ids_of(each.sku for each in day.wanted[person_id].grants.licenses)
        if checked.ok and not _has_everything(day, checked, wanted):
            yield f"{person_id} is called ready, and is not"
        if not checked.ok and _has_everything(day, checked, wanted):
            yield f"{person_id} has everything, and is not called ready: {checked.missing[0]}"


def _has_everything(day: Day, checked: CheckedPerson, wanted: frozenset[str]) -> bool:
    account = day.after.accounts.get(checked.object_id or "")
    if account is None or not account.is_enabled:
        return False
    return account.username.lower() == checked.subject.username.lower() and wanted <= account.licenses
