"""Changes and people in words, the same in every form of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import assert_never

from attrs import evolve, frozen

from o365prov.people import AfterBlock, AppUserStatus, Departure, LeaverStep
from o365prov.planning.model.change_parts import Invitation, LicenseAddition, LicenseRemoval, Subject
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)
from o365prov.rendering import Line, Mark, Span, count_text, plain, value_text


class Effect(Enum):
    """What a plan does to one person, with its symbol and words; deletions come first."""

    DELETE = ("-", "to delete")
    DEACTIVATE = ("-", "to deactivate")
    CHANGE = ("~", "to change")
    CREATE = ("+", "to create")
    RESTORE = ("+", "to restore")
    LINK = ("=", "to link")
    REMEMBER = ("=", "to remember")

    @property
    def symbol(self) -> str:
        """One of ``-``, ``~``, ``+`` and ``=``."""
        return self.value[0]

    @property
    def words(self) -> str:
        """As in "12 to change"."""
        return self.value[1]

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Effect:
        """The effect of all changes of one person."""
        effects = {_effect(change) for change in changes}
        return next(effect for effect in (*_DECIDING, cls.CHANGE, cls.LINK, cls.REMEMBER) if effect in effects)


_DECIDING = (Effect.DELETE, Effect.DEACTIVATE, Effect.CREATE, Effect.RESTORE)


def _effect(change: Change) -> Effect:
    match change:
        case DeleteUser():
            return Effect.DELETE
        case BlockSignIn() | RemoveLicenses():
            return Effect.DEACTIVATE
        case Remember():
            departs = change.departure and not change.reaches_back and change.status is not AppUserStatus.KEPT
            return Effect.DEACTIVATE if departs else Effect.REMEMBER
        case RemoveRole():
            return Effect.DEACTIVATE if change.leaving else Effect.CHANGE
        case CreateUser():
            return Effect.CREATE
        case RestoreUser():
            return Effect.RESTORE
        case LinkUser():
            return Effect.LINK
        case RevokeSessions():
            return Effect.DEACTIVATE if change.leaving else Effect.CHANGE
        case UpdateUser() | EnableSignIn() | AssignLicenses() | GrantRole() | SetManager() | RemoveManager():
            return Effect.CHANGE
        case _:
            assert_never(change)


@frozen
class DisplayRow:
    """A row of a plan: what happens to one person, or to people with the same changes, and why."""

    effect: Effect
    people: tuple[Subject, ...]
    changes: tuple[Change, ...]
    why: tuple[str, ...]


@frozen
class Section:
    """The rows of one effect.

    Args:
        effect: the effect.
        total: how many people it is for.
        rows: the rows that are shown.
        more: how many people are not shown.

    """

    effect: Effect
    total: int
    rows: tuple[DisplayRow, ...]
    more: int


def describe(change: Change) -> str:
    """What *change* does, in a few words."""
    match change:
        case CreateUser(invitation=Invitation() as invitation):
            sponsored = ", with a sponsor" if invitation.sponsor_id else ""
            return f"invite {invitation.address} as a guest{sponsored}"
        case CreateUser():
            return f"create {change.subject.username}{' without sign-in' if change.disabled else ''}"
        case RestoreUser():
            return f"restore the deleted account {change.subject.username}"
        case GrantRole():
            return f"role +{change.role}"
        case RemoveRole():
            return f"role -{change.role}"
        case Remember():
            return "; ".join(_remembered(change)) or "remember the account as this person's"
        case RemoveLicenses():
            return "licences " + ", ".join(map(_taken, change.remove))
        case DeleteUser():
            return "delete the account"
        case LinkUser():
            return f"remember the account as this person's{_until_now(change)}"
        case UpdateUser():
            return "; ".join(plain(line) for line in lines_of(change, in_full=False))
        case AssignLicenses():
            return "licences " + ", ".join([*map(_given, change.add), *map(_taken, change.remove)])
        case SetManager():
            return f"manager {full_name(change.manager)}"
        case RemoveManager():
            return "no manager"
        case RevokeSessions():
            return "end all sessions now"
        case EnableSignIn():
            return "enable sign-in"
        case BlockSignIn():
            return f"block sign-in{_later(change)}"
        case _:
            assert_never(change)


_AFTER = {
    AfterBlock.KEEP: "keep licences and account",
    AfterBlock.REMOVE_LICENSES: "remove licences",
    AfterBlock.DELETE: "delete the account",
}


_OWN_DAYS = {
    LeaverStep.GROUPS: "leave the groups",
    LeaverStep.MAILBOX: "hand over the mailbox",
    LeaverStep.LICENSES: "remove licences",
}


def _what(departure: Departure) -> str:
    """What follows after somebody left: the steps that have days of their own, and what the option says."""
    on = f" on {departure.due:%Y-%m-%d}" if departure.due else ""
    own = (f"{_OWN_DAYS[step]} on {day:%Y-%m-%d}" for step, day in departure.own_days.items())
    return ", ".join((*own, f"{_AFTER[departure.then]}{on}"))


def _later(change: BlockSignIn) -> str:
    """What follows at the end of the grace period; what follows at once is a change of its own.

    Who is blocked again left before, and the day may be over.
    """
    departure = change.departure
    if departure is None:
        return f"{' again' if change.overrides else ''} until the person is active again"
    what = _what(departure)
    is_later = departure.grace_days is not None or bool(departure.own_days)
    if change.overrides:
        return f" again (as told when they left: {what})" if is_later else " again"
    return f", then {what}" if is_later else ""


def _until_now(change: LinkUser | UpdateUser) -> str:
    """Whose the account was; all that is remembered of it goes along."""
    return "" if change.takes_over is None else f" (until now that of person {change.takes_over})"


def _given(addition: LicenseAddition) -> str:
    """What adding the licence changes, and what of it a group gives anyway."""
    name, on, off = addition.part_number, addition.plans_on, addition.plans_off
    by_group = frozenset(addition.group_plans or ())
    if addition.held:
        switched = " ".join([*(f"+{each}" for each in on), *(f"-{each}" for each in off)])
        kept = [each for each in off if each in by_group]
        had = [each for each in on if each in by_group]
        notes = []
        if kept:
            notes.append("kept through a group" if len(kept) == len(off) else f"{', '.join(kept)} kept through a group")
        if had:
            notes.append(f"{', '.join(had)} through a group before")
        return f"{name}: {switched or 'service plans'}" + (f" ({'; '.join(notes)})" if notes else "")
    return f"+{name}{_restriction(addition)}" + ("" if addition.group_plans is None else " (also through a group)")


def _restriction(addition: LicenseAddition) -> str:
    """The service plans of a new licence."""
    on, off = addition.plans_on, addition.plans_off
    if addition.disabled_plans and not on and not off:
        return f" without {count_text(len(addition.disabled_plans), 'service plan')}"
    return service_plans_text(on, off)


def service_plans_text(on: Sequence[str], off: Sequence[str]) -> str:
    """What is on of a licence, in the shorter way; nothing where all is."""
    if not off:
        return ""
    if not on:
        return " without any service plan"
    return f" [{', '.join(on)}]" if len(on) <= len(off) else f" without {', '.join(off)}"


def _taken(removal: LicenseRemoval) -> str:
    """What removing the licence changes: with a group that gives it, little or nothing."""
    if not removal.through_group:
        return f"-{removal.part_number}"
    lost = f" without {', '.join(removal.lost_plans)}" if removal.lost_plans else ""
    return f"-{removal.part_number} (kept through a group{lost})"


def _remembered(change: Remember) -> Iterator[str]:
    if change.departure is not None:
        what = _what(change.departure)
        yield f"from now on: {what}" if change.reaches_back else f"remember that the person left: {what}"
    if change.status is AppUserStatus.DELETED:
        yield "remember that the account is gone"
    if change.licenses is not None:
        yield f"count as granted from here: {', '.join(map(str, change.licenses)) or 'no licence'}"
    if change.roles is not None:
        yield f"roles that count as granted from here: {', '.join(change.roles) or 'none'}"
    if change.waiting is not None:
        waiting = (f"{each.sku} since {each.since:%Y-%m-%d}" for each in change.waiting)
        yield f"waits for {', '.join(waiting)}" if change.waiting else "waits for no licence any more"
    if change.excluded_by is not None:
        yield f"excluded by the condition {change.excluded_by}" if change.excluded_by else "excluded no longer"
    if change.missing is not None:
        reads = count_text(change.missing.reads, "complete read")
        yield f"missing from the source in {reads}, since {change.missing.since:%Y-%m-%d %H:%M %Z}"
    if change.mailbox_done is not None:
        yield f"the mailbox was {'' if change.mailbox_done else 'not '}handed over"
    if change.seen:
        yield "at the source again"


def lines_of(change: Change, *, in_full: bool) -> tuple[Line, ...]:
    """What *change* does, with old and new values marked; *in_full* a new account has all of its values."""
    match change:
        case UpdateUser():
            values = (_value(each.name, value_text(each.before), value_text(each.after)) for each in change.properties)
            taken: tuple[Line, ...] = (
                ((f"remember the account as this person's{_until_now(change)}",),) if change.takes_over else ()
            )
            return (*taken, *values)
        case CreateUser() if in_full:
            given = ((name, value_text(value)) for name, value in change.properties.items())
            return ((describe(change),), *(_value(name, "", text) for name, text in given if text))
        case _:
            return ((describe(change),),)


def _value(name: str, before: str, after: str) -> Line:
    then = Span(after, Mark.ADDED) if after else Span("cleared", Mark.EMPHASIS)
    now: Line = (Span(before, Mark.REMOVED), " → ", then) if before else (then,)
    return (Span(f"{name}:", Mark.NAME), " ", *now)


def sections(changes: Iterable[Change], *, limit: int | None = None) -> list[Section]:
    """The changes by effect and person, deletions first.

    With a *limit* more than ten people with the same changes share a row, and each section has at most so many rows.
    """
    by_effect: dict[Effect, list[DisplayRow]] = {effect: [] for effect in Effect}
    for row in _rows(changes):
        by_effect[row.effect].append(row)
    return [_section(effect, rows, limit) for effect, rows in by_effect.items() if rows]


def _by_person(changes: Iterable[Change]) -> Iterable[list[Change]]:
    """Each person's changes, in the order in which people first come up."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.subject.person_id, []).append(change)
    return groups.values()


def _rows(changes: Iterable[Change]) -> Iterable[DisplayRow]:
    for group in _by_person(changes):
        yield DisplayRow(Effect.of(group), (_subject(group),), tuple(group), _reasons(group))


def _subject(changes: Sequence[Change]) -> Subject:
    """Whom all changes of one person are about, under the username that lasts and not a temporary one."""
    lasting = (each.subject for each in changes if not (isinstance(each, UpdateUser) and each.temporary))
    return next(lasting, changes[0].subject)


def _reasons(changes: Iterable[Change]) -> tuple[str, ...]:
    """Why, each reason once: also where another one begins with it and says more."""
    reasons = dict.fromkeys(change.reason for change in changes)
    return tuple(each for each in reasons if not any(other.startswith(f"{each}; ") for other in reasons))


def _section(effect: Effect, rows: Sequence[DisplayRow], limit: int | None) -> Section:
    folded = rows if limit is None else _fold(rows)
    shown = tuple(folded[:limit])
    return Section(effect, len(rows), shown, len(rows) - sum(len(row.people) for row in shown))


_MOST_EQUAL_ROWS = 10


def _fold(rows: Sequence[DisplayRow]) -> Sequence[DisplayRow]:
    """Replace more than ten rows with the same changes by one, at the place of the first of them."""
    keys = [(tuple(map(describe, row.changes)), row.why) for row in rows]
    equal: dict[object, list[DisplayRow]] = {}
    for row, key in zip(rows, keys, strict=True):
        equal.setdefault(key, []).append(row)
    folded: list[DisplayRow] = []
    for row, key in zip(rows, keys, strict=True):
        group = equal[key]
        if len(group) <= _MOST_EQUAL_ROWS:
            folded.append(row)
        elif row is group[0]:
            folded.append(evolve(row, people=tuple(each.people[0] for each in group)))
    return folded


def ambiguous_names(subjects: Iterable[Subject]) -> frozenset[str]:
    """The names that more than one person has."""
    holders: dict[str, set[str]] = {}
    for subject in subjects:
        holders.setdefault(subject.name, set()).add(subject.person_id)
    return frozenset(name for name, ids in holders.items() if len(ids) > 1)


def full_name(subject: Subject) -> str:
    """The name and the username; one alone where the other is not known."""
    return subject.name if subject.username in ("", subject.name) else f"{subject.name} <{subject.username}>"


def name_lines(subject: Subject) -> tuple[Line, ...]:
    """The name and the username below it; one line where they are the same, or there is no username."""
    name: Line = (Span(subject.name, Mark.STRONG),)
    return (name,) if subject.username in ("", subject.name) else (name, (subject.username,))


def label(subject: Subject, ambiguous: frozenset[str]) -> str:
    """The person's name, with the username (or the id without one) if the name is ambiguous."""
    return f"{subject.name} <{subject.username or subject.person_id}>" if subject.name in ambiguous else subject.name
