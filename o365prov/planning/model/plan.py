"""The plan: what would change in a tenant, for whom and why. A value; drawing one changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

import attrs
from attrs import define, field

from o365prov._fields import frozen_mapping
from o365prov.people import AppUsers
from o365prov.planning.model.changes import Change, change_key
from o365prov.planning.model.document import change_row, plan_document
from o365prov.planning.model.explanation import ExplainedPerson, PersonExplanation
from o365prov.planning.model.problems import Problem, Unsupported
from o365prov.planning.model.throttle_limits import WRITES, Quota
from o365prov.rendering import Document, Renderable
from o365prov.structuring import SavedFormat, StrPath, write_text


def _changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    return tuple(sorted(changes, key=lambda change: (change.phase, change.subject.name, change_key(change))))


def _problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda each: (each.subject.name, each.subject.person_id, each.code)))


@define(frozen=True, slots=False, repr=False)
class Plan(Renderable):
    """Changes in the order in which they must happen, problems by person, and what Graph can't take.

    *app_users* is the memory that the plan was drawn with, *watermark* the tenant's state that it was drawn from,
    *tenant_id* the tenant that it may be applied to. A plan with *hazards* is applied only if its fingerprint is
    confirmed. *explanations* say of people, by id, what :meth:`explain` tells: how their account was found, and
    what was mapped.

    A plan prints in a shortened form (50 rows of a kind), as text, as a rich table and in notebooks; :meth:`to_text`,
    :meth:`to_table` and :meth:`to_html` give all of it.
    """

    tenant_id: str
    made_at: datetime
    changes: tuple[Change, ...] = field(default=(), converter=_changes)
    problems: tuple[Problem, ...] = field(default=(), converter=_problems)
    unsupported: tuple[Unsupported, ...] = ()
    app_users: AppUsers = field(factory=AppUsers.empty)
    watermark: str | None = None
    provisioning_type: str = ""
    hazards: tuple[str, ...] = ()
    explanations: Mapping[str, PersonExplanation] = field(factory=dict, converter=frozen_mapping, hash=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to do. Problems and unsupported are not changes."""
        return not self.changes

    @property
    def writes(self) -> int:
        """How many writes to Graph the changes cost."""
        return sum(change.writes for change in self.changes)

    def duration(self, quota: Quota = WRITES) -> timedelta:
        """The least time that the writes take at Graph's quota (3,000 in 150 seconds unless *quota* says otherwise).

        The first bucketful costs nothing but the round trips, which are not counted. A tenant with the default
        :class:`~o365prov.graph.RateLimits` takes 80 % of the quota: ``plan.duration(WRITES.part(0.8))``.
        """
        return quota.duration(self.writes)

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

    def explain(self, person_id: str) -> ExplainedPerson:
        """Everything about one person: which account, what changes and why, what is wrong, what was mapped.

        Somebody of whom the plan says nothing is explained as that.
        """
        return ExplainedPerson(
            person_id,
            self.explanations.get(person_id),
            self.for_person(person_id),
            tuple(problem for problem in self.problems if problem.subject.person_id == person_id),
        )

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """A flat dict for each change, in order, all with the same keys: for pandas, polars or csv.

        Keys: ``person_id``, ``name``, ``username``, ``kind`` (such as ``update_user``), ``symbol``, ``what``, ``why``,
        ``object_id`` (None where the plan creates the account) and ``writes``.
        """
        return [change_row(change) for change in self.changes]

    def to_json(self) -> str:
        """The whole plan as JSON text that :meth:`from_json` reads back; one line a change, so that it diffs well.

        Raises :class:`~o365prov.errors.UsageError` for a value that JSON has no form for; Graph's own all have one.
        """
        return _FORMAT.write(self, {"fingerprint": self.fingerprint, "id": self.id})

    @classmethod
    def from_json(cls, text: str, *, where: str = "plan") -> Plan:
        """Read what :meth:`to_json` wrote; the result equals the plan, with the same fingerprint and id.

        Raises :class:`~o365prov.errors.SourceError`, whose lines name *where* and the JSON path, for text that is
        something else, was written by another version, or was damaged or edited.
        """
        plan, head = _FORMAT.read(text, where, head=("fingerprint", "id"))
        if (head["fingerprint"], head["id"]) != (plan.fingerprint, plan.id):
            what = "is not what this version of o365prov makes of the content"
            raise _FORMAT.damaged(where, "$.fingerprint", what)
        return cast("Plan", plan)

    def save(self, path: StrPath) -> None:
        """Write the plan to *path*: wholly or not at all."""
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: StrPath) -> Plan:
        """Read the plan from *path*; raises SourceError if it is missing, or as :meth:`from_json` does."""
        return cls.from_json(_FORMAT.load_text(path), where=str(path))

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: dangers first, then who changes how, the gravest first, problems, and what Graph can't take.

        With a *limit* more than ten people to whom the very same happens share a row.
        """
        facts = {
            "Tenant": self.tenant_id,
            "Made": f"{self.made_at:%Y-%m-%d %H:%M:%S %Z}",
            "Provisioning type": self.provisioning_type.replace("_", " ") or "not said",
            "Plan id": self.id,
        }
        return plan_document(
            self.changes,
            self.problems,
            self.unsupported,
            hazards=self.hazards,
            fingerprint=self.fingerprint,
            duration=self.duration(),
            facts=facts,
            limit=limit,
        )

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"Plan({len(self.changes)} changes, {len(self.problems)} problems, {self.fingerprint})"


_FORMAT = SavedFormat(
    family="o365prov.plan",
    version=1,
    kind=Plan,
    name="a plan",
    origin="name the file that plan.save() wrote",
    remedy="save the plan again, or make it again",
)


def _is_content(attribute: attrs.Attribute[Any], _: object) -> bool:
    return attribute.name != "reason"


def _digest(content: object) -> str:
    text = json.dumps(content, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value)  # type: ignore[call-overload]  # a read-only mapping is all that is left
