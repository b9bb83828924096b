"""The document of an import, which every form of it shows, and its rows for data frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from o365prov.importing.decisions import GroupImport, GroupOutcome, UserImport, UserOutcome
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
)

_USERS = {
    UserOutcome.UNASSIGNED: ("-", "to unassign", Tone.TAKE),
    UserOutcome.CHOSEN: ("=", "chosen", Tone.LINK),
    UserOutcome.EXACT: ("=", "matched exactly", Tone.LINK),
    UserOutcome.PARTIAL: ("~", "matched partially", Tone.CHANGE),
    UserOutcome.NEW: ("+", "new", Tone.ADD),
    UserOutcome.NOT_IMPORTED: ("?", "not imported", Tone.PLAIN),
    UserOutcome.LINKED: ("=", "linked", Tone.LINK),
}
_GROUPS = {
    GroupOutcome.REMOVED: ("-", "removed", Tone.TAKE),
    GroupOutcome.ADDED: ("+", "added", Tone.ADD),
    GroupOutcome.CHANGED: ("~", "changed", Tone.CHANGE),
    GroupOutcome.UNCHANGED: ("=", "unchanged", Tone.LINK),
    GroupOutcome.NOT_IMPORTED: ("?", "not imported", Tone.PLAIN),
}
_UNCHANGED = frozenset({UserOutcome.LINKED, GroupOutcome.UNCHANGED})
_MOST_EQUAL_ROWS = 10


def import_rows(users: Iterable[UserImport], groups: Iterable[GroupImport]) -> list[dict[str, Any]]:
    """The accounts and then the groups as flat dicts."""
    return [
        *(
            {
                "kind": "user",
                "object_id": each.object_id,
                "name": each.name,
                "username": each.username,
                "outcome": each.outcome.value,
                "person_id": each.person_id,
                "rule": each.rule,
                "confirmed": each.confirmed,
                "obstacles": ", ".join(each.obstacles),
                "members_before": None,
                "members_after": None,
                "why": each.reason,
            }
            for each in users
        ),
        *(
            {
                "kind": "group",
                "object_id": each.id,
                "name": each.name,
                "username": None,
                "outcome": each.outcome.value,
                "person_id": None,
                "rule": None,
                "confirmed": None,
                "obstacles": None,
                "members_before": len(each.before),
                "members_after": len(each.after),
                "why": each.reason,
            }
            for each in groups
        ),
    ]


def import_document(
    users: Collection[UserImport],
    groups: Collection[GroupImport],
    *,
    hazards: Sequence[str],
    fingerprint: str,
    limit: int | None,
) -> Document:
    """An import: its summary, hazards, the accounts by what they are to it, and the groups."""
    blocks: list[Block] = [Note((_summary(users, fingerprint),), Tone.TITLE)]
    if groups:
        counts = Counter(each.outcome for each in groups)
        text = ", ".join(f"{counts[each]:,} {words}" for each, (_, words, _) in _GROUPS.items() if counts[each])
        blocks.append(Note((f"Groups: {text}",), indent="  "))
    confirm = f"review the import, then accept it with confirm={fingerprint!r}"
    blocks += [Note((f"! {hazard}: {confirm}",), Tone.ALARM) for hazard in hazards]
    blocks += [
        _users(outcome, found, limit)
        for outcome in _USERS
        if (limit is None or outcome not in _UNCHANGED)
        and (found := [each for each in users if each.outcome is outcome])
    ]
    if shown := [each for each in groups if limit is None or each.outcome not in _UNCHANGED]:
        blocks.append(_groups(shown, limit))
    return Document(f"Import {fingerprint}", blocks)


def _summary(users: Iterable[UserImport], fingerprint: str) -> str:
    """One line: how many accounts are what, and how many of them wait."""
    counts = Counter(each.outcome for each in users)
    waiting = Counter(each.outcome for each in users if each.waits)
    parts = [
        f"{counts[each]:,} {words}{_waiting(waiting[each], counts[each])}"
        for each, (_, words, _) in _USERS.items()
        if counts[each]
    ]
    return f"Import {fingerprint}: {', '.join(parts) or 'no accounts'}"


def _waiting(number: int, of: int) -> str:
    if not number:
        return ""
    return " (to confirm)" if number == of else f" ({number:,} to confirm)"


def _users(outcome: UserOutcome, users: Sequence[UserImport], limit: int | None) -> Table:
    symbol, words, tone = _USERS[outcome]
    mark = Cell.of(symbol, tone=tone)
    groups = [[each] for each in users] if limit is None else _equal(users)
    rows = [Row((mark, _who(group), Cell.of(_what(group[0])), Cell.of(group[0].reason))) for group in groups[:limit]]
    rows += more_row(len(groups), limit, symbol, words, tone)
    title = f"{len(users):,} {words}"
    return Table(title, ("", "Account", "What", "Why"), rows, "{0} {1}: {2}  ({3})", outcome.value.replace("_", "-"))


def _equal(users: Iterable[UserImport]) -> list[list[UserImport]]:
    """The accounts, more than ten with the same decision in one row, at the place of the first of them."""
    equal: dict[tuple[str, str], list[UserImport]] = {}
    for each in users:
        equal.setdefault((_what(each), each.reason), []).append(each)
    return [
        row for found in equal.values() for row in ([found] if len(found) > _MOST_EQUAL_ROWS else [[u] for u in found])
    ]


def _what(row: UserImport) -> str:
    """What the import does with the account."""
    match row.outcome:
        case UserOutcome.NEW:
            staged = "a new active person" if row.activated else "a new person"
            return staged if row.confirmed else "a new person, if confirmed"
        case UserOutcome.UNASSIGNED:
            return f"the app is taken from {_person(row)}"
        case UserOutcome.NOT_IMPORTED:
            return "left out"
        case _ if row.person_id is None:
            return f"one of {names_text(row.candidates)}"
        case _:
            return f"{_person(row)}, if confirmed" if row.waits else _person(row)


def _person(row: UserImport) -> str:
    return f"{row.person_name} ({row.person_id})" if row.person_name else f"{row.person_id}"


def _who(users: Sequence[UserImport]) -> Cell:
    names = [each.name if each.name == each.username else f"{each.name} <{each.username}>" for each in users]
    if len(users) > 1:
        count = f"{len(users):,} accounts"
        text = f"{count}: {names_text(names)}"
        return Cell(((Span(count, Mark.STRONG),), (names_text([each.username for each in users]),)), text=text)
    [one] = users
    below = () if one.name == one.username else ((one.username,),)
    return Cell(((Span(one.name, Mark.STRONG),), *below, (Span(one.object_id, Mark.QUIET),)), text=names[0])


def _groups(groups: Sequence[GroupImport], limit: int | None) -> Table:
    rows = [_group(each) for each in groups[:limit]]
    rows += more_row(len(groups), limit, "", "groups")
    columns = ("", "Group", "Members", "Why")
    return Table(count_text(len(groups), "group"), columns, rows, "{0} group {1}: {2}  ({3})", "groups")


def _group(group: GroupImport) -> Row:
    symbol, _, tone = _GROUPS[group.outcome]
    kind = Cell(((Span(group.name, Mark.STRONG),), (group.kind.value,)), text=f"{group.name} [{group.kind.value}]")
    return Row((Cell.of(symbol, tone=tone), kind, Cell.of(_members(group)), Cell.of(_why(group))))


def _members(group: GroupImport) -> str:
    """How many members there were and will be."""
    if group.outcome is GroupOutcome.NOT_IMPORTED:
        return "left out"
    before, after = len(group.before), len(group.after)
    changes = [f"{sign}{len(ids):,}" for sign, ids in (("+", group.joining), ("-", group.leaving)) if ids]
    words = f"{before:,} → {count_text(after, 'member')}" if changes else count_text(after, "member")
    return f"{words} ({', '.join(changes)})" if changes else words


def _why(group: GroupImport) -> str:
    told = [group.reason]
    if group.nested:
        told.append(f"{count_text(group.nested, 'direct member')} not imported, because only users are")
    if group.assigns and group.outcome is GroupOutcome.REMOVED:
        told.append("the app is assigned to it")
    return "; ".join(told)
