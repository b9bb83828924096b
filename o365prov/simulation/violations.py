"""Every law, and what breaks one on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from attrs import frozen

from o365prov.simulation.laws.of_people.accounts_stay_with_their_people import accounts_stay_with_their_people
from o365prov.simulation.laws.of_people.blocks_of_others_are_asked_about import blocks_of_others_are_asked_about
from o365prov.simulation.laws.of_people.nobody_has_two import nobody_has_two
from o365prov.simulation.laws.of_people.nobody_keeps_what_was_ours import nobody_keeps_what_was_ours
from o365prov.simulation.laws.of_people.nothing_is_taken_unasked import nothing_is_taken_unasked
from o365prov.simulation.laws.of_people.nothing_of_ours_stays import nothing_of_ours_stays
from o365prov.simulation.laws.of_people.sessions_end_with_sign_in import sessions_end_with_sign_in
from o365prov.simulation.laws.of_people.who_is_assigned_is_served import who_is_assigned_is_served
from o365prov.simulation.laws.of_people.who_is_excluded_is_left_alone import who_is_excluded_is_left_alone
from o365prov.simulation.laws.of_people.who_is_suspended_is_blocked import who_is_suspended_is_blocked
from o365prov.simulation.laws.of_runs.faults_leave_no_mark import faults_leave_no_mark
from o365prov.simulation.laws.of_runs.lease_is_held import lease_is_held
from o365prov.simulation.laws.of_runs.plans_come_to_rest import plans_come_to_rest
from o365prov.simulation.laws.of_runs.refusals_leave_no_trace import refusals_leave_no_trace
from o365prov.simulation.laws.of_runs.reports_are_true import reports_are_true
from o365prov.simulation.laws.of_runs.undone_is_as_before import undone_is_as_before
from o365prov.simulation.laws.of_runs.verifications_are_true import verifications_are_true
from o365prov.simulation.laws.of_runs.what_passes_fails_nothing import what_passes_fails_nothing
from o365prov.simulation.records import Day

LAWS: tuple[Callable[[Day], Iterator[str]], ...] = (
    plans_come_to_rest,
    lease_is_held,
    what_passes_fails_nothing,
    reports_are_true,
    refusals_leave_no_trace,
    nobody_has_two,
    accounts_stay_with_their_people,
    nothing_is_taken_unasked,
    blocks_of_others_are_asked_about,
    who_is_suspended_is_blocked,
    who_is_excluded_is_left_alone,
    who_is_assigned_is_served,
    verifications_are_true,
    nobody_keeps_what_was_ours,
    sessions_end_with_sign_in,
    nothing_of_ours_stays,
    undone_is_as_before,
)
"""The laws about one day."""


@frozen
class Violation:
    """A law that was broken.

    Args:
        day: on which day of the simulation, from 0.
        law: the name of the law.
        what: what broke it.

    """

    day: int
    law: str
    what: str

    def __str__(self) -> str:
        return f"day {self.day}: {self.law.replace('_', ' ')}: {self.what}"


def violations(days: Sequence[Day], references: Sequence[Day] = ()) -> Iterator[Violation]:
    """What broke a law, day by day; *references* are the same days without faults, where these are compared."""
    for number, day in enumerate(days):
        for law in LAWS:
            yield from (Violation(number, law.__name__, what) for what in law(day))
        if references:
            found = faults_leave_no_mark(day, references[number])
            yield from (Violation(number, faults_leave_no_mark.__name__, what) for what in found)
