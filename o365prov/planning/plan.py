"""The plan: what would change in a tenant, for whom and why. A value; drawing one changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

import attrs
from attrs import define, field, frozen

from o365prov.people import AppUsers
from o365prov.planning.changes import Change, Subject, key
from o365prov.planning.describe import plan_text
from o365prov.profiles import Finding


@frozen
class Problem:
    """Something that keeps one person, or one attribute of theirs, from being provisioned.

    *code* is for programs, *message* and *remedy* for people. If *stops* is true nothing of this person is changed;
    otherwise only *attribute* is left alone.
    """

    subject: Subject
    code: str
    message: str
    remedy: str
    attribute: str | None = None
    stops: bool = True

    @classmethod
    def of(cls, subject: Subject, finding: Finding) -> Problem:
        """The problem that *finding* is for *subject*."""
        return cls(subject, finding.code, finding.message, finding.remedy, finding.attribute, finding.stops)

    def __str__(self) -> str:
        """One line: who, what, what to do."""
        return f"{self.subject.name}: {self.message}. {self.remedy}."


@frozen
class Undeliverable:
    """What Graph cannot write: the attribute, why, the nearest thing that Graph does, and how many people it concerns
    (0 where it is about other objects than people).

    It is no change: nothing waits for it, and a plan that holds only undeliverables is empty.
    """

    attribute: str
    reason: str
    instead: str
    people: int


def _changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (change.phase, change.subject.name, key(change))))


def _problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: (each.subject.name, each.subject.person_id, each.code)))


@define(frozen=True, slots=False, repr=False)
class Plan:
    """Changes in the order in which they must happen, problems by person, and what Graph can't take.

    *app_users* is the memory that the plan was drawn with, *watermark* the tenant's state that it was drawn from,
    *tenant_id* the tenant that it may be applied to. A plan with *hazards* is applied only if its fingerprint is
    confirmed.
    """

    tenant_id: str
    made_at: datetime
    changes: tuple[Change, ...] = field(default=(), converter=_changes)
    problems: tuple[Problem, ...] = field(default=(), converter=_problems)
    undeliverable: tuple[Undeliverable, ...] = ()
    app_users: AppUsers = field(factory=AppUsers.empty)
    watermark: str | None = None
    provisioning_type: str = ""
    hazards: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to do. Problems and undeliverables are not changes."""
        return not self.changes

    @property
    def writes(self) -> int:
        """How many writes to Graph the changes cost."""
        return sum(change.writes for change in self.changes)

    @cached_property
    def fingerprint(self) -> str:
        """The plan's content as a short hash, for review and confirmation; the same whenever it is drawn."""
        content = [[change.kind, attrs.asdict(change, filter=_is_content)] for change in self.changes]
        return _digest([self.tenant_id, content])

    @cached_property
    def id(self) -> str:
        """This very plan: its content, the state that it was drawn from, and the moment. Applied once."""
        return _digest([self.fingerprint, self.watermark, self.made_at.isoformat()])

    def for_person(self, person_id: str) -> tuple[Change, ...]:
        """The changes for one person, in order."""
        return tuple(change for change in self.changes if change.subject.person_id == person_id)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return plan_text(self)

    def __rich__(self) -> Any:
        from o365prov.planning.tables import plan_table  # noqa: PLC0415 - rich is an extra

        return plan_table(self)

    def __repr__(self) -> str:
        return f"Plan({len(self.changes)} changes, {len(self.problems)} problems, {self.fingerprint})"


def _is_content(attribute: attrs.Attribute[Any], _: object) -> bool:
    return attribute.name != "reason"


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value)  # type: ignore[call-overload]  # a read-only mapping is all that is left
