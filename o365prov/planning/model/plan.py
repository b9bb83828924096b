"""The plan: what would change in a tenant, for whom and why. It is a value: making one changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any, ClassVar

from attrs import Factory, define, evolve, field

from o365prov._annotations import check_call
from o365prov._fields import as_frozenset, as_tuple, frozen_mapping, typed
from o365prov.errors import ConfigurationError
from o365prov.people import AppUsers
from o365prov.planning.model.changes import Change, LinkUser, UpdateUser, change_key, change_stage
from o365prov.planning.model.comparing.plan_diff import PlanDiff, people_that_differ
from o365prov.planning.model.document import change_row, plan_document
from o365prov.planning.model.explanation import ExplainedPerson, PersonExplanation
from o365prov.planning.model.limiting import part_of_plan
from o365prov.planning.model.phases import Phase
from o365prov.planning.model.problems import Problem, Unsupported
from o365prov.planning.model.throttle_limits import WRITES, Quota
from o365prov.rendering import Document, Renderable, check_limit, count_text
from o365prov.structuring import Saved, SavedFormat, brief_json_values, json_text

_WHOLE = "of the whole plan: "


def _are(values: Any, kind: Any) -> bool:
    """Whether it is a tuple of this kind; what is not, the validator refuses."""
    return isinstance(values, tuple) and all(issubclass(each, kind) for each in set(map(type, values)))


def _changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in their order, stage by stage: the keys of all of them at once would take much memory."""
    listed = as_tuple(changes)
    if not _are(listed, Change):
        return listed
    stages: dict[tuple[Phase, int], list[Change]] = {}
    for change in listed:
        stages.setdefault(change_stage(change), []).append(change)
    in_order = (
        sorted(stages[stage], key=lambda each: (each.subject.name, change_key(each))) for stage in sorted(stages)
    )
    return tuple(chain.from_iterable(in_order))


def _problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    listed = as_tuple(problems)
    if not _are(listed, Problem):
        return listed
    return tuple(sorted(listed, key=lambda each: (each.subject.name, each.subject.person_id, each.code)))


def _no_one(plan: Plan) -> AppUsers:
    return AppUsers.empty(plan.tenant_id, "")


@define(frozen=True, slots=False, repr=False, field_transformer=typed)
class Plan(Renderable, Saved):
    """What would change in a tenant, in order; what can't be provisioned; and what Graph does not support.

    ``print``, rich and notebooks show a plan in short, with 50 rows of a kind. ``to_text``, ``to_table``, ``to_html``
    and ``to_markdown`` give all of it, :meth:`to_dicts` gives rows for a data frame.

    Args:
        tenant_id: the tenant that the plan may be applied to.
        made_at: when it was made, aware.
        changes: what changes; they are sorted into the order in which they must happen.
        problems: what can't be provisioned.
        unsupported: what Graph does not support.
        app_users: the memory that the plan was made with.
        watermark: the state of the tenant that it was made from, as Graph names it.
        provisioning_type: the name of the provisioning type.
        hazards: what is dangerous about the plan: with any, its changes are made only if its fingerprint is confirmed.
        explanations: by person id, what :meth:`explain` says about accounts and mapped values.
        made_by: who made it, for the audit; empty if nobody said. It is not part of what is confirmed.
        settings: the settings that it was made under, in words, for the audit; not part of what is confirmed either.
        attributes: the labels of the mapped attributes, of which explanations have the values.

    Raises:
        ConfigurationError: an explanation has more or fewer values than there are attributes, or a field has a wrong
            type.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.plan",
        version=1,
        name="a plan",
        origin="name the file that plan.save() wrote",
        remedy="save the plan again, or make it again",
        derived=("fingerprint", "id"),
    )

    tenant_id: str
    made_at: datetime
    changes: tuple[Change, ...] = field(default=(), converter=_changes)
    problems: tuple[Problem, ...] = field(default=(), converter=_problems)
    unsupported: tuple[Unsupported, ...] = ()
    app_users: AppUsers = field(default=Factory(_no_one, takes_self=True))
    watermark: str | None = None
    provisioning_type: str = ""
    hazards: tuple[str, ...] = ()
    explanations: Mapping[str, PersonExplanation] = field(factory=dict, converter=frozen_mapping, hash=False)
    made_by: str = ""
    settings: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)
    attributes: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        numbers = {len(each.values) for each in self.explanations.values()} - {0}
        if wrong := sorted(numbers - {len(self.attributes)}):
            have = f"{count_text(len(self.attributes), 'attribute has', 'attributes have')} {wrong[0]} values"
            raise ConfigurationError(f"Plan.explanations should have a value for each attribute: {have}")

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written; what is only remembered, problems and unsupported values do not count."""
        return not self.writes

    @property
    def writes(self) -> int:
        """How many writes to Graph the changes take."""
        return sum(change.writes for change in self.changes)

    def duration(self, quota: Quota = WRITES) -> timedelta:
        """The least time that the writes take at Graph's quota; round trips are not counted.

        A tenant with ``RateLimits(share=0.5)`` uses half of the quota: ``plan.duration(WRITES.part(0.5))``.

        Args:
            quota: how many writes Graph takes in which time.

        """
        check_call(Plan.duration, locals())
        return quota.duration(self.writes)

    @cached_property
    def fingerprint(self) -> str:
        """What is confirmed: a SHA-256, in 64 hexadecimal digits, over what the plan does.

        That is the tenant, the app, the memory that the plan was made with, the type, the hazards, and every change
        with all its values and days. The same changes have the same fingerprint whenever they are planned; when that
        was, and the state of the tenant then, only :attr:`id` covers.
        """
        content = hashlib.sha256()
        for written in brief_json_values(self.changes, Change):
            del written["reason"]  # the words of a change are not content
            content.update(json_text(written).encode())
        memory = [self.app_users.app_name, self.app_users.lineage, self.app_users.serial]
        return _digest([self.tenant_id, *memory, self.provisioning_type, self.hazards, content.hexdigest()])

    @cached_property
    def id(self) -> str:
        """A SHA-256 over the fingerprint, the tenant's state and the time: a plan with one id is applied once."""
        return _digest([self.fingerprint, self.watermark, self.made_at.isoformat()])

    def for_person(self, person_id: str) -> tuple[Change, ...]:
        """The changes for one person, in order."""
        check_call(Plan.for_person, locals())
        return tuple(change for change in self.changes if change.subject.person_id == person_id)

    def explain(self, person_id: str) -> ExplainedPerson:
        """Everything about one person: the account, what changes and why, what is wrong, and the mapped values.

        For a person about whom the plan says nothing, the explanation says that.
        """
        check_call(Plan.explain, locals())
        return ExplainedPerson(
            person_id,
            self.explanations.get(person_id),
            self.for_person(person_id),
            tuple(problem for problem in self.problems if problem.subject.person_id == person_id),
            self.attributes,
        )

    def limited_to(self, people: Iterable[str] | None = None, *, most: int | None = None) -> Plan:
        """A part of this plan, as for a pilot: nobody else is touched, and everybody in it gets all of their changes.

        Who waits for a username that somebody else gives up is in it with them, or is left out, which is a problem that
        says so. A manager whose account is not created by the part is left out, and the next plan sets it. The hazards
        of the whole plan stay hazards of each part.

        Args:
            people: the ids of the people; None for everybody.
            most: how many people at most, at least 1, in the order of the plan; None for all of them.

        Returns:
            A plan with a fingerprint of its own. Once it was applied, the whole plan is stale: plan again for the
            others.

        Raises:
            ConfigurationError: neither *people* nor *most* is given, or *most* is below 1.

        """
        people = None if people is None else as_frozenset(people)
        check_call(Plan.limited_to, locals())
        if (people is None and most is None) or (most is not None and most < 1):
            raise ConfigurationError("limited_to takes the ids of people, or most= with a number from 1 on")
        part = part_of_plan(self.changes, self.problems, people, most)
        told = {each.subject.person_id for each in part.problems}
        return evolve(
            self,
            changes=part.changes,
            problems=part.problems,
            hazards=tuple(f"{_WHOLE}{hazard.removeprefix(_WHOLE)}" for hazard in self.hazards),
            explanations={key: each for key, each in self.explanations.items() if key in part.people | told},
        )

    def diff(self, other: Plan) -> PlanDiff:
        """How another plan differs from this one, person by person, such as one that was made with other settings.

        Args:
            other: a plan for the same tenant, best from the same snapshot and memory.

        Returns:
            What only one of them has, and what they would set to other values; when and why it was planned is not
            compared.

        Raises:
            ConfigurationError: it is another tenant's.

        """
        check_call(Plan.diff, locals())
        if other.tenant_id != self.tenant_id:
            raise ConfigurationError("diff compares plans for one tenant: make both from the same snapshot")
        people = people_that_differ((self.changes, self.problems), (other.changes, other.problems))
        everybody = {each.subject.person_id for part in (self, other) for each in (*part.changes, *part.problems)}
        return PlanDiff(
            people,
            len(everybody),
            tuple(each for each in self.hazards if each not in other.hazards),
            tuple(each for each in other.hazards if each not in self.hazards),
        )

    def to_dicts(self) -> list[dict[str, str | int | None]]:
        """The changes as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each change a dict with the keys ``person_id``, ``name``, ``username``, ``kind`` (such as
            ``update_user``), ``symbol``, ``what``, ``why``, ``object_id`` (None if the plan creates the account) and
            ``writes``.

        """
        return [change_row(change) for change in self.changes]

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: hazards first, then who changes how, deletions first, problems, and unsupported values.

        Args:
            limit: the most rows of a kind; more than ten people with the same changes then share a row.

        """
        check_limit(limit)
        facts = {
            "Tenant": self.tenant_id,
            "Made": f"{self.made_at:%Y-%m-%d %H:%M:%S %Z}",
            "Provisioning type": self.provisioning_type.replace("_", " ") or "unknown",
            "Plan id": self.id,
        }
        return plan_document(
            self.changes,
            self.problems,
            self.unsupported,
            hazards=self.hazards,
            first_links=self._first_links(),
            fingerprint=self.fingerprint,
            duration=self.duration(),
            facts=facts,
            limit=limit,
        )

    def _first_links(self) -> int:
        """How many existing accounts a plan of an app with an empty memory links."""
        if not self.app_users.is_new or not self.app_users.app_name:
            return 0
        return sum(isinstance(change, LinkUser | UpdateUser) for change in self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        """Whether there is something to do: a write to the tenant, or something to remember."""
        return bool(self.changes)

    def __repr__(self) -> str:
        return f"Plan({len(self.changes)} changes, {len(self.problems)} problems, {self.fingerprint})"


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
