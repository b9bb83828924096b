"""What is taken back is as it was before the run, or a problem says what is not."""

from __future__ import annotations

from collections.abc import Iterator

from o365prov.planning import Result
from o365prov.simulation.records import Day

_CHANGED = "changed_since"
_OF_A_MAILBOX = ("mail", "primary")


def undone_is_as_before(day: Day) -> Iterator[str]:
    """Every account that the run changed, and of which the undo says nothing; and nothing else is changed.

    Nobody edits anything between the two: an undo that says so is wrong. Only the address stays of a mailbox that came
    with a licence.
    """
    undone = day.undone
    plan, report = (undone.taken_back.plan, undone.taken_back.report) if undone else (None, None)
    if undone is None or plan is None:
        return
    outcomes = (*undone.run.outcomes, *(report.outcomes if report else ()))
    yield from (f"{each.subject.username} is said to be changed" for each in plan.problems if each.code == _CHANGED)
    said = {each.subject.person_id for each in plan.problems}
    said |= {each.change.subject.person_id for each in outcomes if each.result is not Result.DONE}
    exempt = {each.object_id for each in outcomes if each.change.subject.person_id in said}
    for object_id in undone.before.accounts.keys() | undone.after.accounts.keys():
        account = undone.before.accounts.get(object_id)
        without = () if account is None or account.properties.get("mail") else _OF_A_MAILBOX
        before, after = (each.facts(object_id, without=without) for each in (undone.before, undone.after))
        if object_id not in exempt and before != after:
            yield f"what was {before or 'not there'} is {after or 'not there'} after the undo"
