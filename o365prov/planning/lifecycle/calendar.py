"""The calendar: what will happen to whom on which day, if nothing changes at the source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from attrs import field, frozen

from o365prov._fields import as_tuple, typed, whole_number
from o365prov.planning.model.change_parts import Subject
from o365prov.planning.model.labels import full_name
from o365prov.rendering import (
    Block,
    Cell,
    Document,
    Note,
    Renderable,
    Row,
    Table,
    Tone,
    check_limit,
    count_text,
    more_row,
)
from o365prov.structuring import Saved, SavedFormat


class CalendarEvent(StrEnum):
    """What happens to an account on a day.

    - ``created``: it is created, and nobody can sign in with it yet.
    - ``started``: the person starts: sign-in, licences and roles.
    - ``role_ended``: a directory role ends, and is taken away.
    - ``deactivated``: the person leaves: sign-in is blocked, sessions end, and roles go; so do memberships of pushed
      groups, unless they have a day of their own.
    - ``left_groups``: the memberships of pushed groups go that were given from here.
    - ``handed_over``: the mailbox is to be handed over by a script for Exchange.
    - ``unlicensed``: the licences that were granted from here go.
    - ``deleted``: the account is deleted.
    """

    CREATED = "created"
    STARTED = "started"
    ROLE_ENDED = "role_ended"
    DEACTIVATED = "deactivated"
    LEFT_GROUPS = "left_groups"
    HANDED_OVER = "handed_over"
    UNLICENSED = "unlicensed"
    DELETED = "deleted"


_TONES = {
    CalendarEvent.CREATED: Tone.ADD,
    CalendarEvent.STARTED: Tone.ADD,
    CalendarEvent.ROLE_ENDED: Tone.TAKE,
    CalendarEvent.DEACTIVATED: Tone.TAKE,
    CalendarEvent.LEFT_GROUPS: Tone.TAKE,
    CalendarEvent.HANDED_OVER: Tone.CHANGE,
    CalendarEvent.UNLICENSED: Tone.TAKE,
    CalendarEvent.DELETED: Tone.TAKE,
}


@frozen(field_transformer=typed)
class CalendarEntry:
    """One thing that happens to one person's account.

    Args:
        at: from when on a plan does it, aware. What is due already has the time of the calendar.
        event: what happens.
        subject: whose account it is.
        why: why it happens then.
        more_reads: in how many more complete reads the person must be missing first; 0 for none.

    """

    at: datetime
    event: CalendarEvent
    subject: Subject
    why: str
    more_reads: int = field(default=0, validator=whole_number())


def _by_day(entries: Iterable[CalendarEntry]) -> Any:
    """The entries in order; what are none the validator refuses."""
    listed: Any = as_tuple(entries)
    if isinstance(listed, tuple) and all(isinstance(each, CalendarEntry) for each in listed):
        order = list(CalendarEvent)
        return tuple(
            sorted(
                listed,
                key=lambda each: (each.at, each.subject.name, each.subject.person_id, order.index(each.event)),
            )
        )
    return listed


@frozen(repr=False, field_transformer=typed)
class Calendar(Renderable, Saved):
    """Who starts, and who will be deactivated, unlicensed and deleted when, if nothing changes at the source.

    It has the same forms as a plan. It takes no look at the tenant: what somebody changed there shows in the plan of
    the day.

    Args:
        tenant_id: the tenant of the memory.
        made_at: when it was made, aware.
        entries: what happens; they are sorted by time and name.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.calendar",
        version=1,
        name="a calendar",
        origin="name the file that calendar.save() wrote",
        remedy="make the calendar again",
    )

    tenant_id: str
    made_at: datetime
    entries: tuple[CalendarEntry, ...] = field(default=(), converter=_by_day)

    @property
    def due(self) -> tuple[CalendarEntry, ...]:
        """What a plan does that is made now."""
        return tuple(each for each in self.entries if each.at <= self.made_at and not each.more_reads)

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: how much happens, and then each day with the people.

        Args:
            limit: the most rows.

        """
        check_limit(limit)
        counts = [
            f"{number:,} {event}"
            for event in CalendarEvent
            if (number := sum(each.event is event for each in self.entries))
        ]
        what = ", ".join(counts) or "nothing happens"
        blocks: list[Block] = [Note((f"Calendar from {self.made_at:%Y-%m-%d}: {what}",), Tone.TITLE)]
        if self.entries:
            rows = [_row(each) for each in self.entries[:limit]]
            rows += more_row(len(self.entries), limit, "", "entries")
            people = len({each.subject.person_id for each in self.entries})
            title = f"What happens to {count_text(people, 'person', 'people')}"
            blocks.append(Table(title, ("Day", "What", "Who", "Why"), rows, "{0}  {1}  {2}  ({3})", "calendar"))
        return Document("Calendar", blocks)

    def to_dicts(self) -> list[dict[str, str]]:
        """The entries as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each entry a dict with the keys ``at`` (ISO 8601), ``event``, ``person_id``, ``name``, ``username`` and
            ``why``.

        """
        return [
            {
                "at": each.at.isoformat(),
                "event": each.event.value,
                "person_id": each.subject.person_id,
                "name": each.subject.name,
                "username": each.subject.username,
                "why": _why(each),
            }
            for each in self.entries
        ]

    def __repr__(self) -> str:
        return f"Calendar({count_text(len(self.entries), 'entry', 'entries')})"


def _row(entry: CalendarEntry) -> Row:
    day = Cell.of(f"{entry.at:%Y-%m-%d %H:%M %Z}")
    what = Cell.of(entry.event.value, tone=_TONES[entry.event])
    return Row((day, what, Cell.of(full_name(entry.subject)), Cell.of(_why(entry))))


def _why(entry: CalendarEntry) -> str:
    """Why it happens, and which reads come before."""
    more = f", after {count_text(entry.more_reads, 'more complete read')}" if entry.more_reads else ""
    return f"{entry.why}{more}"
