"""From when to when people are assigned, where their profiles say so.

Okta itself assigns and unassigns by hand, by group rules and by workflows; the days on which somebody starts and leaves
come into its profiles from a personnel system.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from attrs import evolve, field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import frozen_mapping, typed
from o365prov.errors import ConfigurationError
from o365prov.people import Assignment
from o365prov.structuring import IssueList

_ATTRIBUTE = re.compile(r"(user|appuser)\.(\w{1,100})")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEARS = range(1900, 9999)
_ENDLESS = 9999
"""The year that personnel systems write for an end that is not known."""

_REMEDY = "write it as 2026-07-01 or 2026-07-01T09:00:00Z at the source"
Note = Callable[[str, str], None]


@frozen(field_transformer=typed)
class AssignmentDates:
    """The attributes that say from when to when a person is assigned.

    They are named as expressions name them: ``user.startDate`` is of the person's profile, which may be a column of a
    CSV file, and ``appuser.accessEnds`` of their profile in the Office 365 app. A value is a day (``2026-07-01``) or an
    instant in ISO 8601. A day begins at midnight, and one that ends something is the last on which it holds. An
    attribute that is empty or not there is no date, and neither is an end in the year 9999.

    Args:
        starts: the attribute with the day on which the assignment starts; None if there is none.
        ends: that with its last day, or the instant from which it holds no more; None if there is none.
        role_ends: those with the last day of directory roles, by the role's name as assignments have it.
        zone: the time zone of days, and of instants that name none, such as ``Europe/Oslo``.

    Raises:
        ConfigurationError: an attribute is named otherwise, or the time zone is not known.

    >>> from o365prov import Person
    >>> ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example", "lastDay": "2026-06-30"})
    >>> dates = AssignmentDates(ends="user.lastDay", zone="Europe/Oslo")
    >>> dates.dated(Assignment(ann), IssueList("people")).ends.isoformat()
    '2026-07-01T00:00:00+02:00'

    """

    starts: str | None = None
    ends: str | None = None
    role_ends: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)
    zone: str = "UTC"

    def __attrs_post_init__(self) -> None:
        for where, name in (("starts", self.starts), ("ends", self.ends), *self.role_ends.items()):
            if name is not None and not _ATTRIBUTE.fullmatch(name):
                raise ConfigurationError(
                    f"AssignmentDates: {where} should name an attribute, such as user.startDate or appuser.startDate"
                )
        try:
            _zone(self.zone)
        except (ValueError, OSError, KeyError) as error:
            raise ConfigurationError(
                f"AssignmentDates.zone ({self.zone[:60]!r}) is not a time zone: write it such as Europe/Oslo"
            ) from error

    @check_after_failure
    def dated(self, assignment: Assignment, issues: IssueList) -> Assignment | None:
        """The assignment with its dates.

        Args:
            assignment: the assignment.
            issues: where it is noted what is not a date.

        Returns:
            None if something was noted.

        """
        before = issues.count

        def note(name: str, what: str) -> None:
            issues.note(f"person {assignment.person_id}: {name}", what, _REMEDY, code="not_an_instant")

        starts = self._instant(self.starts, assignment, note, is_end=False)
        ends = self._instant(self.ends, assignment, note, is_end=True)
        role_ends = dict(self._role_ends(assignment, note))
        if starts and ends and ends <= starts:
            note(str(self.ends), f"is not later than {self.starts}")
        if issues.count > before:
            return None
        if starts is ends is None and not role_ends:
            return assignment
        return evolve(assignment, starts=starts, ends=ends, role_ends=role_ends)

    def _role_ends(self, assignment: Assignment, note: Note) -> Iterator[tuple[str, datetime]]:
        for role, name in self.role_ends.items():
            if role in assignment.grants.roles and (end := self._instant(name, assignment, note, is_end=True)):
                yield role, end

    def _instant(self, name: str | None, assignment: Assignment, note: Note, *, is_end: bool) -> datetime | None:
        """The instant that an attribute says; None without one, or if what is wrong was noted."""
        if name is None:
            return None
        whose, _, attribute = name.partition(".")
        profile = assignment.person.profile if whose == "user" else assignment.related.app_user
        if profile is None:
            note(name, "is not given by this source")
            return None
        written: Any = profile.get(attribute)
        if written is None or written == "":
            return None
        found = _parsed(written, self.zone) if isinstance(written, str) else None
        if found is not None and is_end and found.year == _ENDLESS:
            return None
        if found is None or found.year not in _YEARS:
            note(name, "is neither a day nor an instant")
            return None
        return found + timedelta(days=1) if is_end and _DAY.fullmatch(written.strip()) else found


def _parsed(text: str, zone: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=_zone(zone))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
