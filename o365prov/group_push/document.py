"""The documents of plans of groups and of their reports, which every form of them shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, assert_never

from o365prov.errors import Issue
from o365prov.group_push.changes import (
    AddMembers,
    CreateGroup,
    DeleteGroup,
    GroupChange,
    GroupSubject,
    LinkGroup,
    RememberMembers,
    RemoveMember,
    UnlinkGroup,
    UpdateGroup,
)
from o365prov.planning import PropertyChange, Result, Unsupported
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Mark,
    Note,
    Row,
    Span,
    Table,
    Tone,
    count_text,
    more_row,
    names_text,
    value_text,
)

_TONES = {"+": Tone.ADD, "~": Tone.CHANGE, "-": Tone.TAKE, "=": Tone.LINK}
_WORDS = (
    (CreateGroup, "to create"),
    (UpdateGroup, "to change"),
    (LinkGroup, "to link"),
    (UnlinkGroup, "to unlink"),
    (DeleteGroup, "to delete"),
)


def describe_group_change(change: GroupChange) -> str:
    """What a change does, in words."""
    match change:
        case CreateGroup():
            kind = "Microsoft 365 group" if change.properties.get("groupTypes") else "security group"
            return f"create the {kind}"
        case LinkGroup():
            return f"link {change.name}" if change.name != change.subject.name else "link"
        case UpdateGroup():
            return ", ".join(map(_property, change.properties))
        case RememberMembers():
            parts = [f"{words} {len(ids):,}" for words, ids in (("found", change.found), ("gone", change.gone)) if ids]
            return f"remember members: {', '.join(parts)}"
        case AddMembers():
            names = names_text([each.username for each in change.members])
            return f"add {count_text(len(change.members), 'member')}: {names}"
        case RemoveMember():
            return f"take out {change.member.username}"
        case UnlinkGroup():
            return "unlink; the group and its members stay in Office 365"
        case DeleteGroup():
            after = "it can be restored for 30 days" if change.restorable else "it can't be restored"
            return f"delete, with {count_text(change.members, 'member')}; {after}"
        case _:
            assert_never(change)


def _property(change: PropertyChange) -> str:
    before, after = change.before or "", "cleared" if change.after is None else value_text(change.after)
    return f"{change.name}: {value_text(before)} → {after}" if before else f"{change.name}: {after}"


def group_change_row(change: GroupChange) -> dict[str, Any]:
    """One change as a flat dict, for data frames."""
    return {
        "group_id": change.subject.group_id,
        "name": change.subject.name,
        "kind": change.kind,
        "symbol": change.symbol,
        "what": describe_group_change(change),
        "why": change.reason,
        "object_id": change.object_id,
        "writes": change.writes,
    }


def group_plan_document(
    changes: Sequence[GroupChange],
    problems: Collection[tuple[GroupSubject, Issue]],
    unsupported: Collection[Unsupported],
    *,
    hazards: Sequence[str],
    fingerprint: str,
    limit: int | None,
) -> Document:
    """A plan of groups: its summary, hazards, what changes in which group, problems, and unsupported groups."""
    blocks: list[Block] = [Note((_summary(changes, problems, fingerprint),), Tone.TITLE)]
    confirm = f"review the plan, then apply it with confirm={fingerprint!r}"
    blocks += [Note((f"! {hazard}: {confirm}",), Tone.ALARM) for hazard in hazards]
    if changes:
        blocks.append(_changes(changes, limit))
    if problems:
        blocks.append(_problems(problems, limit))
    if unsupported:
        rows = [Row((Cell.of(each.attribute), Cell.of(each.reason), Cell.of(each.instead))) for each in unsupported]
        columns = ("What", "Why", "Instead")
        blocks.append(Table("Not supported by Graph", columns, rows, "  Not supported: {0}: {1}; {2}.", "unsupported"))
    return Document(f"Plan of groups {fingerprint}", blocks)


def _summary(changes: Sequence[GroupChange], problems: Collection[tuple[GroupSubject, Issue]], fingerprint: str) -> str:
    counts = Counter(type(each) for each in changes)
    added = sum(len(each.members) for each in changes if isinstance(each, AddMembers))
    parts = [f"{count_text(counts[kind], 'group')} {words}" for kind, words in _WORDS if counts[kind]]
    parts += [f"{count_text(added, 'member')} to add"] if added else []
    parts += [f"{count_text(counts[RemoveMember], 'member')} to take out"] if counts[RemoveMember] else []
    if writes := sum(change.writes for change in changes):
        parts[-1] += f" ({count_text(writes, 'write')})"
    if stopped := {subject for subject, issue in problems if issue.stops}:
        parts.append(f"{count_text(len(stopped), 'group')} stopped")
    return f"Plan of groups {fingerprint}: {', '.join(parts) or 'nothing to do'}"


def _changes(changes: Sequence[GroupChange], limit: int | None) -> Table:
    of_group: dict[GroupSubject, list[GroupChange]] = {}
    for each in changes:
        of_group.setdefault(each.subject, []).append(each)
    takes = sorted(of_group.items(), key=lambda each: not any(change.symbol == "-" for change in each[1]))
    rows = [_group(subject, found) for subject, found in takes[:limit]]
    rows += more_row(len(of_group), limit, "", "groups")
    columns = ("", "Group", "What", "Why")
    return Table(count_text(len(of_group), "group"), columns, rows, "{0} {1}: {2}  ({3})", "groups")


def _group(subject: GroupSubject, changes: Sequence[GroupChange]) -> Row:
    symbol = "-" if any(each.symbol == "-" for each in changes) else changes[0].symbol
    added = [each for change in changes if isinstance(change, AddMembers) for each in change.members]
    taken = [each.member for each in changes if isinstance(each, RemoveMember)]
    lines = [describe_group_change(each) for each in changes if not isinstance(each, AddMembers | RemoveMember)]
    for words, members in (("add", added), ("take out", taken)):
        if members:
            names = names_text([each.username for each in members])
            lines.append(f"{words} {count_text(len(members), 'member')}: {names}")
    why = dict.fromkeys(each.reason for each in changes)
    return Row((Cell.of(symbol, tone=_TONES[symbol]), _name(subject), Cell.of(*lines), Cell.of(*why)))


def _name(subject: GroupSubject) -> Cell:
    return Cell(((Span(subject.name, Mark.STRONG),), (Span(subject.group_id, Mark.QUIET),)), text=subject.name)


def _problems(problems: Collection[tuple[GroupSubject, Issue]], limit: int | None) -> Table:
    ordered = sorted(problems, key=lambda each: not each[1].stops)
    rows = [
        Row(
            (
                Cell.of("stopped" if issue.stops else "left out", tone=Tone.TAKE if issue.stops else Tone.CHANGE),
                _name(subject),
                Cell.of(f"{issue.message}."),
                Cell.of(f"{issue.remedy}."),
            )
        )
        for subject, issue in ordered[:limit]
    ]
    rows += more_row(len(ordered), limit, "?", "problems")
    columns = ("", "Group", "What is wrong", "What to do")
    return Table("Problems", columns, rows, "? {1}: {2} {3}", "problems")


def group_report_document(
    ended: Sequence[tuple[GroupChange, Result, str]], *, name: str, stopped: str, limit: int | None
) -> Document:
    """A report: the counts, why it stopped, what did not succeed, and without a *limit* also what was done."""
    counts = Counter(result for _, result, _ in ended)
    words = [count_text(counts[Result.DONE], "change") + " done", f"{counts[Result.FAILED]:,} failed"]
    words += [f"{counts[Result.UNKNOWN]:,} unknown"] if counts[Result.UNKNOWN] else []
    words.append(f"{counts[Result.SKIPPED]:,} skipped (plan of groups {name})")
    blocks: list[Block] = [Note((", ".join(words),), Tone.TITLE)]
    if stopped:
        blocks.append(Note((f"! stopped: {stopped}",), Tone.ALARM))
    unfinished = [each for each in ended if each[1] is not Result.DONE]
    if unfinished:
        blocks.append(_ended("Not done", unfinished, limit))
    if limit is None and (done := [each for each in ended if each[1] is Result.DONE]):
        blocks.append(_ended("Done", done, limit))
    return Document(f"Report on the plan of groups {name}", blocks)


def _ended(title: str, ended: Sequence[tuple[GroupChange, Result, str]], limit: int | None) -> Table:
    is_done = title == "Done"
    tone, text = (Tone.PLAIN, "+ {1}: {2}") if is_done else (Tone.TAKE, "! {1}: {2}: {0}: {3}")
    rows: list[Row] = [
        Row(
            (
                Cell.of(result.value, tone=tone),
                _name(change.subject),
                Cell.of(describe_group_change(change)),
                Cell.of(message),
            )
        )
        for change, result, message in ended[:limit]
    ]
    rows += more_row(len(ended), limit, "!", "changes")
    place = title.lower().replace(" ", "-")
    return Table(title, ("", "Group", "What", "Why"), rows, text, place)
