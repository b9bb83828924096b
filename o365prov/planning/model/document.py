"""The documents of plans and reports, which every form of them shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.changes import AssignLicenses, Change, GrantRole, RemoveLicenses, RemoveRole
from o365prov.planning.model.labels import (
    DisplayRow,
    Effect,
    Section,
    ambiguous_names,
    describe,
    full_name,
    label,
    lines_of,
    name_lines,
    sections,
)
from o365prov.planning.model.outcomes import Outcome, Result
from o365prov.planning.model.problems import Problem, Unsupported
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Facts,
    Line,
    Mark,
    Note,
    Row,
    Span,
    Table,
    Tone,
    count_text,
    duration_text,
    more_row,
    names_text,
)

_COUNTED = (
    Effect.CREATE,
    Effect.RESTORE,
    Effect.CHANGE,
    Effect.LINK,
    Effect.REMEMBER,
    Effect.DEACTIVATE,
    Effect.DELETE,
)
_MANY = 5
_LOST = (
    "Not found again if it was lost: who left and when, grants that are not assigned any more, linked accounts with "
    "privileged roles, who waits for a seat"
)
_TONES = {"+": Tone.ADD, "~": Tone.CHANGE, "-": Tone.TAKE, "=": Tone.LINK}


def change_row(change: Change) -> dict[str, str | int | None]:
    """One change as a flat dict, for data frames."""
    return {
        "person_id": change.subject.person_id,
        "name": change.subject.name,
        "username": change.subject.username,
        "kind": change.kind,
        "symbol": change.symbol,
        "what": describe(change),
        "why": change.reason,
        "object_id": change.object_id,
        "writes": change.writes,
    }


def plan_document(
    changes: Sequence[Change],
    problems: Sequence[Problem],
    unsupported: Sequence[Unsupported],
    *,
    hazards: Sequence[str],
    first_links: int,
    fingerprint: str,
    duration: timedelta,
    facts: Mapping[str, str],
    limit: int | None,
) -> Document:
    """A plan: its summary, hazards, who changes how, problems, and unsupported values."""
    ambiguous = ambiguous_names(each.subject for each in (*changes, *problems))
    shown = sections(changes, limit=limit)
    blocks: list[Block] = [Note((_summary(shown, changes, problems, fingerprint, duration),), Tone.TITLE)]
    if total := _grants(changes):
        blocks.append(Note((f"Licences and roles: {total}",), indent="  "))
    if first_links >= _MANY:
        text = f"First run, or a lost memory: {first_links:,} accounts that are there already become linked"
        blocks += [Note((line,), indent="  ") for line in (text, _LOST)]
    confirm = f": review the plan, then apply it with confirm={fingerprint!r}" if changes else ""
    blocks += [Note((f"! {hazard}{confirm}",), Tone.ALARM) for hazard in hazards]
    if limit is None:
        blocks.append(Facts(tuple(facts.items())))
    blocks += [_changes(section, in_full=limit is None) for section in shown]
    if problems:
        blocks.append(_problems(problems, ambiguous, limit))
    if unsupported:
        blocks.append(_unsupported(unsupported))
    return Document(f"Plan {fingerprint}", blocks)


def _summary(
    shown: Iterable[Section],
    changes: Sequence[Change],
    problems: Sequence[Problem],
    fingerprint: str,
    duration: timedelta,
) -> str:
    """One line: how many people each effect is for, how many writes that takes, and how many people have problems."""
    what = "nothing to do"
    if changes:
        totals = {section.effect: section.total for section in shown}
        effort = count_text(sum(change.writes for change in changes), "write")
        effort += f", at least {duration_text(duration)}" if duration else ""
        what = ", ".join(f"{totals[effect]:,} {effect.words}" for effect in _COUNTED if effect in totals)
        what += f" ({effort})"
    stopped = {problem.subject.person_id for problem in problems if problem.stops}
    partly = {problem.subject.person_id for problem in problems} - stopped
    with_problems = [
        f"{count_text(len(people), 'person', 'people')} {how}"
        for people, how in ((stopped, "stopped"), (partly, "with gaps"))
        if people
    ]
    return ", ".join([f"Plan {fingerprint}: {what}", *with_problems])


def _grants(changes: Iterable[Change]) -> str:
    """Licences and roles over the whole plan, such as "+6,000 SPE_E3, -12 SPE_E5"; "" where there are none.

    What a group gives before and after is neither given nor taken, and a service plan is not a licence.
    """
    given: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for change in changes:
        match change:
            case AssignLicenses():
                given.update(each.part_number for each in change.add if not each.held and each.group_plans is None)
                taken.update(each.part_number for each in change.remove if not each.through_group)
            case RemoveLicenses():
                taken.update(each.part_number for each in change.remove if not each.through_group)
            case GrantRole():
                given[change.role] += 1
            case RemoveRole():
                taken[change.role] += 1
    signed = [(name, sign, counts[name]) for sign, counts in (("+", given), ("-", taken)) for name in counts]
    return ", ".join(f"{sign}{count:,} {name}" for name, sign, count in sorted(signed))


def _changes(section: Section, *, in_full: bool) -> Table:
    effect = section.effect
    mark = Cell.of(effect.symbol, tone=_TONES[effect.symbol])
    rows = [Row((mark, *_change_cells(row, in_full=in_full))) for row in section.rows]
    if section.more:
        rows.append(Row((mark, Cell.of(f"... and {section.more:,} more {effect.words}")), "{0} {1}"))
    title = f"{section.total:,} {effect.words}"
    return Table(title, ("", "Who", "What", "Why"), rows, "{0} {1}: {2}  ({3})", effect.name.lower())


def _change_cells(row: DisplayRow, *, in_full: bool) -> tuple[Cell, Cell, Cell]:
    """Who changes how and why."""
    lines = tuple(line for change in row.changes for line in lines_of(change, in_full=in_full))
    return _who(row), Cell(lines), Cell.of(*row.why)


def _who(row: DisplayRow) -> Cell:
    names = names_text([full_name(each) for each in row.people])
    if len(row.people) == 1:
        [one] = row.people
        return Cell((*name_lines(one), (Span(one.person_id, Mark.QUIET),)), text=names)
    count = f"{len(row.people):,} people"
    lines: tuple[Line, ...] = ((Span(count, Mark.STRONG),), (names_text([each.username for each in row.people]),))
    return Cell(lines, text=f"{count}: {names}")


def _problems(problems: Iterable[Problem], ambiguous: frozenset[str], limit: int | None) -> Table:
    """Problems, with one row for equal ones; those that stop people come first."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in sorted(problems, key=lambda each: not each.stops):
        groups.setdefault((problem.message, problem.remedy, problem.code), []).append(problem)
    rows = [
        Row((_effect(group), _people(group, ambiguous, limit), Cell.of(f"{message}."), _remedy(remedy, code)))
        for (message, remedy, code), group in list(groups.items())[:limit]
    ]
    rows += more_row(len(groups), limit, "?", "problems")
    columns = ("", "Who", "What is wrong", "What to do")
    return Table("Problems", columns, rows, "? {1}: {2} {3}", "problems")


def _remedy(remedy: str, code: str) -> Cell:
    """What to do, and the code under which the documentation says more."""
    return Cell(((f"{remedy}.",), (Span(code, Mark.QUIET),)), text=f"{remedy}. [{code}]")


def _effect(group: Sequence[Problem]) -> Cell:
    stops = group[0].stops
    return Cell.of("stopped" if stops else "left out", tone=Tone.TAKE if stops else Tone.CHANGE)


def _people(group: Iterable[Problem], ambiguous: frozenset[str], limit: int | None) -> Cell:
    return Cell.of(_names((problem.subject for problem in group), ambiguous, limit))


def _unsupported(unsupported: Iterable[Unsupported]) -> Table:
    groups: dict[tuple[str, str], list[Unsupported]] = {}
    for each in unsupported:
        groups.setdefault((each.reason, each.instead), []).append(each)
    rows = [Row((*_what(group), Cell.of(reason), Cell.of(instead))) for (reason, instead), group in groups.items()]
    columns = ("Attribute", "People", "Why", "Instead")
    return Table("Not supported by Graph", columns, rows, "  Not supported: {0}{1}: {2}; {3}.", "unsupported")


def _what(group: Sequence[Unsupported]) -> tuple[Cell, Cell]:
    """What is not supported for one reason, each with its count where there is more than one, and how many have it."""
    most = max(each.people for each in group)
    shown = f"{most:,}" if most else "-"
    if len(group) == 1:
        text = f" ({count_text(most, 'person', 'people')})" if most else ""
        return Cell.of(group[0].attribute), Cell(((shown,),), text=text)
    names = ", ".join(f"{each.attribute} ({each.people:,})" if each.people else each.attribute for each in group)
    return Cell.of(names), Cell(((f"up to {shown}" if most else shown,),), text="")


def report_document(
    outcomes: Sequence[Outcome], *, name: str, stopped: str, replayed: bool, limit: int | None
) -> Document:
    """A report: the counts, why it stopped, what did not succeed, and without a *limit* also what was done.

    Args:
        outcomes: how each change ended.
        name: the plan's name.
        stopped: why the apply stopped; empty if it did not.
        replayed: whether the plan had been applied before.
        limit: the most rows of a kind.

    """
    counts = Counter(outcome.result for outcome in outcomes)
    summary = ", ".join(
        [
            f"{count_text(counts[Result.DONE], 'change')} done",
            f"{counts[Result.FAILED]:,} failed",
            *([f"{counts[Result.UNKNOWN]:,} unknown"] if counts[Result.UNKNOWN] else []),
            f"{counts[Result.SKIPPED]:,} skipped (plan {name}{', applied before' if replayed else ''})",
        ]
    )
    blocks: list[Block] = [Note((summary,), Tone.TITLE)]
    if stopped:
        blocks.append(Note((f"! stopped: {stopped}",), Tone.ALARM))
    if unfinished := list(_unfinished(outcomes)):
        blocks.append(_results(unfinished, limit, title="Not done", place="not-done", rest="that did not succeed"))
    if noted := [each for each in outcomes if each.result is Result.DONE and each.message]:
        title = "Done, and to be looked at"
        blocks.append(_results(noted, limit, title=title, place="to-look-at", rest="that were done"))
    if limit is None and (done := [each for each in outcomes if each.result is Result.DONE]):
        blocks.append(_done(done))
    return Document(f"Report on plan {name}", blocks)


def _unfinished(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """What did not succeed, or is not known; failures first."""
    for result in (Result.FAILED, Result.UNKNOWN, Result.SKIPPED):
        yield from (each for each in outcomes if each.result is result)


def _results(outcomes: Sequence[Outcome], limit: int | None, *, title: str, place: str, rest: str) -> Table:
    """What ended so that somebody must know about it, with one row for equal results; *rest* names those left out."""
    ambiguous = ambiguous_names(each.change.subject for each in outcomes)
    groups: dict[tuple[Result, str, str], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault((outcome.result, outcome.change.kind, outcome.message), []).append(outcome)
    rows = [
        Row(
            (
                Cell.of(result, tone=_ENDED[result]),
                Cell.of(_names((each.change.subject for each in group), ambiguous, limit)),
                Cell.of(describe(group[0].change) if len(group) == 1 else kind.replace("_", " ")),
                Cell.of(message),
            )
        )
        for (result, kind, message), group in list(groups.items())[:limit]
    ]
    rows += more_row(len(groups), limit, "!", rest)
    return Table(title, ("", "Who", "What", "Why"), rows, "! {1}: {2}: {0}: {3}", place)


_ENDED = {
    Result.DONE: Tone.CHANGE,
    Result.FAILED: Tone.TAKE,
    Result.UNKNOWN: Tone.TAKE,
    Result.SKIPPED: Tone.CHANGE,
}


def _names(subjects: Iterable[Subject], ambiguous: frozenset[str], limit: int | None) -> str:
    """The people, each once; with a *limit* the first five of them."""
    names = list(dict.fromkeys(label(subject, ambiguous) for subject in subjects))
    return names_text(names, most=None if limit is None else 5)


def _done(done: Iterable[Outcome]) -> Table:
    rows = [
        Row((Cell.of(each.change.symbol), _subject(each.change.subject), Cell(lines_of(each.change, in_full=True))))
        for each in done
    ]
    return Table("Done", ("", "Who", "What"), rows, "{0} {1}: {2}", "done")


def _subject(subject: Subject) -> Cell:
    return Cell(name_lines(subject), text=full_name(subject))
