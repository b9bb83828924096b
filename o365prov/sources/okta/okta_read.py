"""What was read of an Okta organisation, and what became of it since an earlier read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from attrs import field, frozen

from o365prov._fields import as_frozenset, frozen_mapping, typed
from o365prov.people import Assignment
from o365prov.sources.organization import OktaExport
from o365prov.structuring import Saved, SavedFormat


@frozen(repr=False, field_transformer=typed)
class OktaRead(Saved):
    """People, groups and assignments of one Okta organisation, as they were at one moment.

    Args:
        export: the people, their groups, and to whom Office 365 is assigned.
        cursor: where the next read goes on: the organisation and app, and when this one began.
        memberships: when the members of each group had last changed, as Okta writes it, by group id.
        changed: the ids of people who are new, or whose profile, accounts, groups or assignment are other than in the
            read before; all of them in a first one.
        deleted: the ids of people whom Okta had in the read before and has not any more.

    """

    saved_format: ClassVar[SavedFormat] = SavedFormat(
        family="o365prov.okta-read",
        version=1,
        name="a read of Okta",
        origin="name the file that OktaRead.save() wrote, or read Okta again",
        remedy="read Okta again",
    )

    export: OktaExport
    cursor: str = ""
    memberships: Mapping[str, str] = field(factory=dict, converter=frozen_mapping, hash=False)
    changed: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    deleted: frozenset[str] = field(default=frozenset(), converter=as_frozenset)

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """One assignment for each person to whom Office 365 is assigned."""
        return self.export.assignments

    def __repr__(self) -> str:
        return f"OktaRead({len(self.export.people)} people, {len(self.export.groups)} groups)"


def differences(before: OktaExport, after: OktaExport) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of people who are new or other than before, and of those who are not there any more."""
    then, now = _by_person(before), _by_person(after)
    return frozenset(key for key, value in now.items() if then.get(key) != value), frozenset(then.keys() - now.keys())


def _by_person(export: OktaExport) -> dict[str, tuple[object, ...]]:
    """What plans look at, by person id: of a group its name, and not who else is in it."""
    own = {each.person_id: _without_others(each) for each in export.assignments}
    groups: dict[str, list[tuple[object, ...]]] = {}
    for group in export.groups:
        known = (group.id, group.name, group.type, group.source_id, group.profile)
        for member in group.members:
            groups.setdefault(member, []).append(known)
    return {each.id: (each, own.get(each.id), groups.get(each.id)) for each in export.people}


def _without_others(assignment: Assignment) -> Iterable[object]:
    one = assignment
    return one.grants, one.via, one.username, one.priority, one.starts, one.ends, one.role_ends
