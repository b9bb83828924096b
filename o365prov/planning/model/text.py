"""Plans and reports as plain text: what ``print`` shows, shortened, and what ``to_text`` gives, in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from o365prov.planning.model.changes import AssignLicenses, GrantRole, RemoveLicenses, RemoveRole, Subject
from o365prov.planning.model.labels import (
    DisplayRow,
    Effect,
    called,
    describe,
    effects,
    lasting,
    names_used_twice,
    sections,
)
from o365prov.planning.model.problems import Problem, Unsupported
from o365prov.rendering import counted, named, printable

if TYPE_CHECKING:
    from o365prov.planning.model.plan import Plan
    from o365prov.planning.model.report import Outcome, Report

SHOWN = 50
"""How many rows of one kind a shortened form shows."""

_COUNTED = (Effect.CREATE, Effect.RESTORE, Effect.CHANGE, Effect.LINK, Effect.DEACTIVATE, Effect.DELETE)


def summary(plan: Plan) -> str:
    """One line: how many people gain, change and lose something, how many writes that takes, and what waits."""
    if plan.is_empty:
        said = "nothing to do"
    else:
        totals = effects(plan.changes)
        said = ", ".join(f"{totals[effect]:,} {effect.words}" for effect in _COUNTED if effect in totals)
        said += f" ({effort(plan)})"
    stopped = {problem.subject.person_id for problem in plan.problems if problem.stops}
    partly = {problem.subject.person_id for problem in plan.problems} - stopped
    waiting = [counted(len(people), "person", "people") + f" {how}" for people, how in _waiting(stopped, partly)]
    return ", ".join([f"Plan {plan.fingerprint}: {said}", *waiting])


def _waiting(stopped: set[str], partly: set[str]) -> Iterator[tuple[set[str], str]]:
    return ((people, how) for people, how in ((stopped, "stopped"), (partly, "with gaps")) if people)


def effort(plan: Plan) -> str:
    """How many writes the plan takes, and how long at Graph's quota where that makes them wait."""
    duration = plan.duration()
    return counted(plan.writes, "write") + (f", at least {lasting(duration)}" if duration else "")


def grants(plan: Plan) -> str:
    """Licences and roles over the whole plan, such as "+6,000 SPE_E3, -12 SPE_E5"; "" where there are none."""
    given: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for change in plan.changes:
        match change:
            case AssignLicenses():
                given.update(each.part_number for each in change.add)
                taken.update(each.part_number for each in change.remove)
            case RemoveLicenses():
                taken.update(each.part_number for each in change.remove)
            case GrantRole():
                given[change.role] += 1
            case RemoveRole():
                taken[change.role] += 1
    signed = [(name, sign, counts[name]) for sign, counts in (("+", given), ("-", taken)) for name in counts]
    return ", ".join(f"{sign}{count:,} {name}" for name, sign, count in sorted(signed))


def grouped(problems: Iterable[Problem]) -> list[tuple[list[Problem], str, str]]:
    """Problems that read alike, together, those that stop people first: the problems, what is wrong, what to do."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda each: not each.stops):
        groups.setdefault((problem.message, problem.remedy), []).append(problem)
    return [(group, message, remedy) for (message, remedy), group in groups.items()]


def ambiguous_names(plan: Plan) -> frozenset[str]:
    """The names in *plan* that more than one person has."""
    return names_used_twice(each.subject for each in chain(plan.changes, plan.problems))


def plan_text(plan: Plan, *, limit: int | None) -> str:
    """The plan as plain text, with at most *limit* rows of a kind."""
    return "\n".join(map(printable, _plan_lines(plan, limit)))


def _plan_lines(plan: Plan, limit: int | None) -> Iterator[str]:
    ambiguous = ambiguous_names(plan)
    most = None if limit is None else 5
    yield summary(plan)
    if total := grants(plan):
        yield f"  Licences and roles: {total}"
    yield from (f"! {hazard}: {confirming(plan)}" for hazard in plan.hazards)
    for section in sections(plan.changes, limit=limit):
        yield from (_row(row) for row in section.rows)
        if section.more:
            yield f"{section.effect.symbol} ... and {section.more:,} more {section.effect.words}"
    problems = grouped(plan.problems)
    for group, message, remedy in problems[:limit]:
        yield f"? {named(people(group, ambiguous), most=most)}: {message}. {remedy}."
    yield from _more("?", len(problems), limit, "problems")
    yield from (f"  Not over Graph: {unsupported_text(each)}" for each in plan.unsupported)


def confirming(plan: Plan) -> str:
    """What to do about a hazard."""
    return f"look at it, then apply with confirm={plan.fingerprint!r}"


def _row(row: DisplayRow) -> str:
    who = named([f"{each.name} <{each.username}>" for each in row.people])
    count = f"{len(row.people):,} people: " if len(row.people) > 1 else ""
    return f"{row.effect.symbol} {count}{who}: {'; '.join(row.what)}  ({'; '.join(row.why)})"


def _more(mark: str, number: int, limit: int | None, what: str) -> Iterator[str]:
    if limit is not None and number > limit:
        yield f"{mark} ... and {number - limit:,} more {what}"


def people(problems: Iterable[Problem], ambiguous: frozenset[str]) -> list[str]:
    """What the people of some problems are called, each once."""
    return list(dict.fromkeys(called(problem.subject, ambiguous) for problem in problems))


def unsupported_text(each: Unsupported) -> str:
    """What Graph can't take, for how many people, why, and what comes nearest."""
    count = f" ({counted(each.people, 'person', 'people')})" if each.people else ""
    return f"{each.attribute}{count}: {each.reason}; {each.instead}."


def report_summary(report: Report) -> str:
    """One line: how many changes ended how."""
    counts = (
        f"{counted(len(report.done), 'change')} done, {len(report.failed):,} failed, {len(report.skipped):,} skipped"
    )
    return f"{counts} (plan {report.fingerprint or report.plan_id})"


def unfinished(report: Report) -> list[tuple[list[Outcome], str]]:
    """What did not succeed: outcomes that ended alike, together, with what is said of them; failures first."""
    groups: dict[tuple[object, str, str], list[Outcome]] = {}
    for outcome in (*report.failed, *report.skipped):
        groups.setdefault((outcome.result, outcome.change.kind, outcome.message), []).append(outcome)
    return [
        (group, describe(group[0].change) if len(group) == 1 else kind.replace("_", " "))
        for (_, kind, _), group in groups.items()
    ]


def outcome_people(group: Iterable[Outcome], report: Report) -> list[str]:
    """What the people of some outcomes are called."""
    ambiguous = names_used_twice(_subjects(report))
    return [called(outcome.change.subject, ambiguous) for outcome in group]


def _subjects(report: Report) -> Iterator[Subject]:
    return (outcome.change.subject for outcome in (*report.failed, *report.skipped))


def report_text(report: Report, *, limit: int | None) -> str:
    """The report as plain text: the counts, then whatever did not succeed, at most *limit* lines of it."""
    return "\n".join(map(printable, _report_lines(report, limit)))


def _report_lines(report: Report, limit: int | None) -> Iterator[str]:
    yield report_summary(report)
    groups = unfinished(report)
    for group, said in groups[:limit]:
        first = group[0]
        who = named(outcome_people(group, report), most=None if limit is None else 5)
        yield f"! {who}: {said}: {first.result.value}: {first.message}"
    yield from _more("!", len(groups), limit, "that did not succeed")
