"""The plan of groups: what would change in a tenant's groups, and why. It is a value: making one changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from attrs import define, field, frozen

from o365prov._annotations import check_call
from o365prov._fields import made_of, typed
from o365prov.errors import Issue
from o365prov.group_push.app_groups import AppGroups
from o365prov.group_push.changes import GroupChange, GroupSubject, group_change_key
from o365prov.group_push.document import group_change_row, group_plan_document
from o365prov.group_push.hazards import ALWAYS, group_hazards
from o365prov.planning import Unsupported
from o365prov.rendering import Document, Renderable, check_limit, count_text, printable
from o365prov.structuring import Saved, SavedFormat, to_json_value


@frozen(field_transformer=typed)
class GroupProblem:
    """Why a group can't be pushed, or what is wrong with its members.

    Args:
        subject: the group.
        issue: what is wrong. If it is an error, nothing is changed of this group.

    """

    subject: GroupSubject
    issue: Issue

    @property
    def code(self) -> str:
        """The stable word for programs."""
        return self.issue.code

    @property
    def stops(self) -> bool:
        """Whether nothing is changed of this group."""
        return self.issue.stops

    def __str__(self) -> str:
        """One line: which group, what, what to do."""
        return printable(f"{self.subject.name}: {self.issue.message}. {self.issue.remedy}.")


def _changes(changes: Iterable[GroupChange]) -> tuple[GroupChange, ...]:
    def place(change: GroupChange) -> tuple[object, ...]:
        return change.stage, change.subject.name, change.subject.group_id, getattr(change, "part", 0)

    return made_of(changes, lambda each: tuple(sorted(each, key=place)))  # members stay in the order of their names


def _problems(problems: Iterable[GroupProblem]) -> tuple[GroupProblem, ...]:
    return made_of(
        problems,
        lambda each: tuple(sorted(each, key=lambda one: (one.subject.name, one.subject.group_id, one.issue.code))),
    )


@define(frozen=True, slots=False, repr=False, field_transformer=typed)
class GroupPlan(Renderable, Saved):
    """What would change in a tenant's groups, in order; which can't be pushed; and what Graph does not support.

    It is shown in the same forms as a :class:`~o365prov.Plan`.

    Args:
        app_groups: the memory that the plan was made with; it says for which tenant and app.
        made_at: when it was made, aware.
        changes: what changes; they are sorted into the order in which they must happen.
        problems: what can't be pushed, or is not as the source has it.
        unsupported: what Graph does not support.
        hazards: what is dangerous about the plan: with any, its changes are made only if its fingerprint is confirmed.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.group-plan",
        version=1,
        name="a plan of groups",
        origin="name the file that GroupPlan.save() wrote",
        remedy="save the plan again, or make it again",
        derived=("fingerprint",),
    )

    app_groups: AppGroups
    made_at: datetime
    changes: tuple[GroupChange, ...] = field(default=(), converter=_changes)
    problems: tuple[GroupProblem, ...] = field(default=(), converter=_problems)
    unsupported: tuple[Unsupported, ...] = ()
    hazards: tuple[str, ...] = ()

    @property
    def tenant_id(self) -> str:
        """The tenant that the plan may be applied to."""
        return self.app_groups.tenant_id

    @property
    def writes(self) -> int:
        """How many writes to Graph the changes take."""
        return sum(change.writes for change in self.changes)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written; what is only remembered, problems and unsupported groups do not count."""
        return not self.writes

    def hazards_again(self, app_groups: AppGroups) -> tuple[str, ...]:
        """What must be confirmed when the plan is applied: what it says, and what its changes are whatever it says.

        Args:
            app_groups: the memory that is there then.

        """
        check_call(GroupPlan.hazards_again, locals())
        return tuple(dict.fromkeys((*self.hazards, *group_hazards(self.changes, app_groups, ALWAYS))))

    @cached_property
    def fingerprint(self) -> str:
        """What is confirmed: a SHA-256, in 64 hexadecimal digits, over the memory, the hazards and every change."""
        content = [[change.kind, _content(change)] for change in self.changes]
        memory = [self.app_groups.tenant_id, self.app_groups.app_name, self.app_groups.serial]
        written = json.dumps([memory, self.hazards, content], sort_keys=True)
        return hashlib.sha256(written.encode()).hexdigest()

    def for_group(self, group_id: str) -> tuple[GroupChange, ...]:
        """The changes of one group, in order."""
        check_call(GroupPlan.for_group, locals())
        return tuple(change for change in self.changes if change.subject.group_id == group_id)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The changes as flat dicts, in order, for pandas, polars or csv.

        Returns:
            For each change a dict with the keys ``group_id``, ``name``, ``kind`` (such as ``add_members``), ``symbol``,
            ``what``, ``why``, ``object_id`` (None if the plan creates the group) and ``writes``.

        """
        return [group_change_row(change) for change in self.changes]

    def document(self, *, limit: int | None = None) -> Document:
        """What is shown: hazards first, then what changes in which group, problems, and unsupported groups.

        Args:
            limit: the most rows of a kind.

        """
        return group_plan_document(
            self.changes,
            [(each.subject, each.issue) for each in self.problems],
            self.unsupported,
            hazards=self.hazards,
            fingerprint=self.fingerprint,
            limit=check_limit(limit),
        )

    def __iter__(self) -> Iterator[GroupChange]:
        return iter(self.changes)

    def __len__(self) -> int:
        return len(self.changes)

    def __bool__(self) -> bool:
        """Whether there is something to do: a write to the tenant, or something to remember."""
        return bool(self.changes)

    def __repr__(self) -> str:
        changes, problems = count_text(len(self.changes), "change"), count_text(len(self.problems), "problem")
        return f"GroupPlan({changes}, {problems}, {self.fingerprint})"


def _content(change: GroupChange) -> Any:
    written = to_json_value(change, type(change))
    del written["reason"]  # the words of a change are not content
    return {"key": group_change_key(change), **written}
