"""Tenant and memory end the day as they do where nothing goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def faults_leave_no_mark(day: Day, reference: Day) -> Iterator[str]:
    """What became of the day is what becomes of it without a fault; *reference* is that day.

    Ids are compared by what they stand for and instants by their days. Accounts that somebody edited by hand, in a way
    that plans leave as it is, are left out: who was interrupted may compare them with the tenant once more. Who gets
    the last seat is who waits longest, and whoever was interrupted has others wait: the licences of those who waited
    on some day in one of the two runs alone are not compared. But as many have one, as long as somebody waits in both.
    """
    edited = day.edited | reference.edited
    others = {name for _, name, _ in day.waited ^ reference.waited}
    disturbed, undisturbed = (set(each.after.comparable(edited, unlicensed=others)) for each in (day, reference))
    yield from (f"only with faults: {line}" for line in sorted(disturbed - undisturbed))
    yield from (f"only without faults: {line}" for line in sorted(undisturbed - disturbed))
    yield from _other_seats(day, reference)


def _other_seats(day: Day, reference: Day) -> Iterator[str]:
    """Where somebody waits, every seat is somebody's."""
    waiting, as_well = ({part_number for _, part_number in each.after.waiting()} for each in (day, reference))
    for part_number in sorted(waiting & as_well):
        [sku_id] = day.ids_of([part_number])
        held, expected = (
            sum(sku_id in account.licenses for account in each.after.accounts.values()) for each in (day, reference)
        )
        if held != expected:
            yield f"{held} have {part_number}, for which others wait, and without faults {expected}"
