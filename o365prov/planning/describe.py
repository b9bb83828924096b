"""A plan and a report in words: the same rows for plain text and for rich tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, assert_never

from attrs import frozen

from o365prov.planning.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    GrantRole,
    LinkUser,
    MarkDeactivated,
    PropertyChange,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    Subject,
    UpdateUser,
)

if TYPE_CHECKING:
    from o365prov.planning.plan import Plan, Problem
    from o365prov.planning.report import Report


@frozen
class Row:
    """One person's part of a plan: ``+``, ``~``, ``-`` or ``=``, who, and what happens for which reasons."""

    symbol: str
    who: Subject
    what: tuple[str, ...]
    why: tuple[str, ...]


def describe(change: Change) -> str:
    """What *change* does, in a few words."""
    match change:
        case CreateUser():
            return f"create {change.subject.username}"
        case RestoreUser():
            return f"restore the deleted account {change.subject.username}"
        case GrantRole():
            return f"role +{change.role}"
        case RemoveRole():
            return f"role -{change.role}"
        case MarkDeactivated():
            return "sign-in is blocked already"
        case RemoveLicenses():
            return "licences " + ", ".join(f"-{each.part_number}" for each in change.remove)
        case DeleteUser():
            return "delete the account"
        case LinkUser():
            return "remember the account as this person's"
        case UpdateUser():
            return "; ".join(_property(each) for each in change.properties)
        case AssignLicenses():
            restricted = {grant.sku: grant for grant in change.grants if grant.service_plans is not None}
            given = [f"+{restricted.get(each.part_number, each.part_number)}" for each in change.add]
            taken = [f"-{each.part_number}" for each in change.remove]
            return "licences " + ", ".join([*given, *taken])
        case SetManager():
            return f"manager {change.manager.name} <{change.manager.username}>"
        case RemoveManager():
            return "no manager"
        case RevokeSessions():
            return f"end sessions from before {change.desired:%Y-%m-%d %H:%M %Z}"
        case BlockSignIn():
            return "block sign-in"
        case _:
            assert_never(change)


def _property(change: PropertyChange) -> str:
    before, after = (_value(each) for each in (change.before, change.after))
    return f"{change.name}: {before} → {after}" if before else f"{change.name}: {after or 'cleared'}"


def _value(value: Any) -> str:
    if value is None or value in ([], ""):
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def rows(changes: Iterable[Change]) -> list[Row]:
    """The changes by person, in the order in which each person first comes up."""
    by_person: dict[str, list[Change]] = {}
    for change in changes:
        by_person.setdefault(change.subject.person_id, []).append(change)
    return [
        Row(
            group[0].symbol,
            group[0].subject,
            tuple(describe(change) for change in group),
            tuple(dict.fromkeys(change.reason for change in group)),
        )
        for group in by_person.values()
    ]


def summary(plan: Plan) -> str:
    """One line: how many people gain, change and lose something, how many writes that takes, and what waits."""
    if plan.is_empty:
        counted = "nothing to do"
    else:
        symbols = Counter(row.symbol for row in rows(plan.changes))
        words = {"+": "to create", "~": "to change", "-": "to deactivate", "=": "to link"}
        counted = ", ".join(f"{symbols[symbol]} {word}" for symbol, word in words.items() if symbols[symbol])
        counted += f" ({plan.writes} writes)"
    stopped = len({problem.subject.person_id for problem in plan.problems if problem.stops})
    partly = len({problem.subject.person_id for problem in plan.problems if not problem.stops})
    waiting = [f"{stopped} people stopped" if stopped else "", f"{partly} people with gaps" if partly else ""]
    return ", ".join([f"Plan {plan.fingerprint}: {counted}", *filter(None, waiting)])


def grouped(problems: Iterable[Problem]) -> list[tuple[list[Problem], str, str]]:
    """Problems that read alike, together, those that stop people first: the problems, what is wrong, what to do."""
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda each: not each.stops):
        groups.setdefault((problem.message, problem.remedy), []).append(problem)
    return [(group, message, remedy) for (message, remedy), group in groups.items()]


def who(problems: list[Problem]) -> str:
    """The people of one group of problems, the first five by name."""
    names = [problem.subject.name for problem in problems]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def plan_text(plan: Plan) -> str:
    """The plan as plain text."""
    lines = [summary(plan)]
    lines += [f"! {hazard}: confirm the fingerprint to apply it all the same" for hazard in plan.hazards]
    for row in rows(plan.changes):
        lines.append(f"{row.symbol} {row.who.name} <{row.who.username}>: {'; '.join(row.what)}  ({'; '.join(row.why)})")
    lines += [f"? {who(group)}: {message}. {remedy}." for group, message, remedy in grouped(plan.problems)]
    lines += [
        f"  Not over Graph: {each.attribute}{f' ({each.people} people)' if each.people else ''}: {each.reason}; "
        f"{each.instead}."
        for each in plan.undeliverable
    ]
    return "\n".join(lines)


def report_text(report: Report) -> str:
    """The report as plain text: the counts, then whatever did not succeed."""
    counts = f"{len(report.done)} changes done, {len(report.failed)} failed, {len(report.skipped)} skipped"
    lines = [f"{counts} (plan {report.plan_id})"]
    lines += [
        f"! {outcome.change.subject.name}: {describe(outcome.change)}: {outcome.result.value}: {outcome.message}"
        for outcome in (*report.failed, *report.skipped)
    ]
    return "\n".join(lines)
