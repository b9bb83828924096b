"""Tenant and memory end the day as they do where nothing goes wrong."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.simulation.records import Day


def faults_leave_no_mark(day: Day, reference: Day) -> Iterator[str]:
    """What became of the day is what becomes of it without a fault; *reference* is that day.

    Ids are compared by what they stand for and instants by their days. Accounts that somebody edited by hand, in a way
    that plans leave as it is, are left out: who was interrupted may compare them with the tenant once more.
    """
    edited = day.edited | reference.edited
    disturbed, undisturbed = (set(each.after.comparable(edited)) for each in (day, reference))
    yield from (f"only with faults: {line}" for line in sorted(disturbed - undisturbed))
    yield from (f"only without faults: {line}" for line in sorted(undisturbed - disturbed))
