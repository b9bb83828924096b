"""What is remembered of groups while the changes of a plan are made."""

from __future__ import annotations

from collections.abc import Collection
from typing import assert_never

from attrs import define, evolve, field

from o365prov._annotations import check_after_failure
from o365prov._fields import typed
from o365prov.group_push.app_groups import AppGroup, AppGroups
from o365prov.group_push.changes import (
    AddMembers,
    CreateGroup,
    DeleteGroup,
    GroupChange,
    LinkGroup,
    RememberMembers,
    RemoveMember,
    UnlinkGroup,
    UpdateGroup,
)


@define(field_transformer=typed)
class NextGroups:
    """The memory of groups while the changes of a plan are made, one after the other.

    Each method returns the id of the group that it is about; :meth:`get` says what is remembered of it then.

    Args:
        app_groups: the memory that is there when they begin.

    """

    app_groups: AppGroups
    _changed: dict[str, AppGroup | None] = field(init=False, factory=dict)

    @check_after_failure
    def get(self, group_id: str) -> AppGroup | None:
        """What is remembered of a group now; None for nothing."""
        return self._changed[group_id] if group_id in self._changed else self.app_groups.get(group_id)

    @check_after_failure
    def begin(self, change: GroupChange) -> str:
        """Remember what may be so from now on: of whoever is added or taken out nobody is sure."""
        group_id = change.subject.group_id
        known = self.get(group_id)
        match change:
            case CreateGroup():
                self._changed[group_id] = _created(change, "")
            case AddMembers() | RemoveMember() if known is not None:
                moved = _ids(change) - known.members if isinstance(change, AddMembers) else _ids(change)
                self._changed[group_id] = evolve(known, members=known.members - moved, unsure=known.unsure | moved)
            case _:
                pass
        return group_id

    @check_after_failure
    def end(self, change: GroupChange, object_id: str, *, added: Collection[str] | None = None) -> str:
        """Remember a change that was made.

        Args:
            change: the change.
            object_id: the group in the tenant.
            added: of members that were to be added, the object ids of those who are in the group, if not all are.

        """
        group_id = change.subject.group_id
        self._changed[group_id] = self._after(change, object_id, added)
        return group_id

    @check_after_failure
    def fail(self, change: GroupChange) -> str:
        """Remember that a change was not made: members who were to be added are not there, and others still are."""
        group_id = change.subject.group_id
        known = self.get(group_id)
        if isinstance(change, CreateGroup) and known is not None and not known.object_id:
            self._changed[group_id] = None
        elif isinstance(change, AddMembers | RemoveMember) and known is not None:
            members = known.members | (_ids(change) if isinstance(change, RemoveMember) else frozenset())
            self._changed[group_id] = evolve(known, members=members, unsure=known.unsure - _ids(change))
        return group_id

    def _after(self, change: GroupChange, object_id: str, added: Collection[str] | None) -> AppGroup | None:
        group_id = change.subject.group_id
        known = self.get(group_id) or AppGroup(group_id, object_id, change.subject.name)
        match change:
            case CreateGroup():
                return _created(change, object_id)
            case LinkGroup():
                return AppGroup(group_id, object_id, change.name, change.description, change.created)
            case UpdateGroup():
                sent = {each.name: each.after or "" for each in change.properties}
                name, description = sent.get("displayName", known.name), sent.get("description", known.description)
                return evolve(known, name=name, description=description)
            case RememberMembers():
                members = (known.members | change.found) - change.gone
                return evolve(known, members=members, unsure=known.unsure - change.found - change.gone)
            case AddMembers():
                there = _ids(change) if added is None else _ids(change).intersection(added)
                return evolve(known, members=known.members | there, unsure=known.unsure - _ids(change))
            case RemoveMember():
                return evolve(known, members=known.members - _ids(change), unsure=known.unsure - _ids(change))
            case UnlinkGroup() | DeleteGroup():
                return None
            case _:
                assert_never(change)


def _created(change: CreateGroup, object_id: str) -> AppGroup:
    said = change.properties.get("description") or ""
    return AppGroup(change.subject.group_id, object_id, change.subject.name, said, created=True)


def _ids(change: AddMembers | RemoveMember) -> frozenset[str]:
    members = change.members if isinstance(change, AddMembers) else (change.member,)
    return frozenset(each.object_id for each in members)
