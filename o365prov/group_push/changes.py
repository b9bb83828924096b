"""The changes that a plan of groups may hold: a sum type.

Every change has a *subject*, the group, and a *reason*, for people to read. *object_id* is the group in the tenant;
None if the same plan creates it. Each takes one write at most, and each can be repeated without harm: a group is
created under its unique name, and whoever is a member is one once. *stage* is the change's place in the order of a
plan: what is given comes before what is taken, so that a plan that was interrupted has given more than it took.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from attrs import field, frozen

from o365prov._annotations import check_after_failure
from o365prov._fields import as_frozenset, frozen_mapping, typed, whole_number
from o365prov.planning import PropertyChange

MOST_MEMBERS = 20
"""So many members one request adds. Source: Microsoft Graph, "Add members"."""


@frozen(field_transformer=typed)
class GroupSubject:
    """Which group a change is about.

    Args:
        group_id: the pushed group's id at its source.
        name: its name.

    """

    group_id: str
    name: str


@frozen(field_transformer=typed)
class GroupMember:
    """A member that a change adds or removes.

    Args:
        object_id: the account.
        person_id: whose account it is.
        username: the account's username.

    """

    object_id: str
    person_id: str
    username: str


@frozen(field_transformer=typed)
class CreateGroup:
    """Create the group under its unique name; should a group have that name by then, it becomes this one.

    Args:
        unique_name: Graph's ``uniqueName``.
        properties: the body of the request.
        again: whether it was deleted in Office 365 after it had been pushed, so that the plan must be confirmed.

    """

    kind: ClassVar[str] = "create_group"
    stage: ClassVar[int] = 2
    symbol: ClassVar[str] = "+"
    writes: ClassVar[int] = 1

    subject: GroupSubject
    reason: str
    unique_name: str
    properties: Mapping[str, Any] = field(converter=frozen_mapping, hash=False)
    again: bool = False
    object_id: None = None


@frozen(field_transformer=typed)
class LinkGroup:
    """Remember that a group of the tenant is this one. It takes no write.

    Args:
        name: the name that it has in the tenant.
        description: the description that it has there.
        created: whether it was created from here, and the memory of that was lost.
        by_name: whether it is linked by its name alone, so that the plan must be confirmed.

    """

    kind: ClassVar[str] = "link_group"
    stage: ClassVar[int] = 1
    symbol: ClassVar[str] = "="
    writes: ClassVar[int] = 0

    subject: GroupSubject
    reason: str
    object_id: str
    name: str
    description: str = ""
    created: bool = False
    by_name: bool = False


@frozen(field_transformer=typed)
class UpdateGroup:
    """Set or clear properties of the group, all in one request.

    Args:
        properties: the properties that change.

    """

    kind: ClassVar[str] = "update_group"
    stage: ClassVar[int] = 3
    symbol: ClassVar[str] = "~"
    writes: ClassVar[int] = 1

    subject: GroupSubject
    reason: str
    object_id: str
    properties: tuple[PropertyChange, ...]


@frozen(field_transformer=typed)
class RememberMembers:
    """Remember whom of the members we answer for. It takes no write.

    Args:
        found: the object ids of those who are in the group, and should be: they count as added from here.
        gone: the object ids of those whom we had added, and who are neither in the group nor should be.

    """

    kind: ClassVar[str] = "remember_members"
    stage: ClassVar[int] = 4
    symbol: ClassVar[str] = "="
    writes: ClassVar[int] = 0

    subject: GroupSubject
    reason: str
    object_id: str
    found: frozenset[str] = field(default=frozenset(), converter=as_frozenset)
    gone: frozenset[str] = field(default=frozenset(), converter=as_frozenset)


@frozen(field_transformer=typed)
class AddMembers:
    """Add members to the group, 20 at most.

    Args:
        members: who is added.
        part: which of the group's requests it is, from 0.

    """

    kind: ClassVar[str] = "add_members"
    stage: ClassVar[int] = 5
    symbol: ClassVar[str] = "+"
    writes: ClassVar[int] = 1

    subject: GroupSubject
    reason: str
    object_id: str | None
    members: tuple[GroupMember, ...]
    part: int = field(default=0, validator=whole_number())


@frozen(field_transformer=typed)
class RemoveMember:
    """Take a member that we added out of the group.

    Args:
        member: who is taken out.

    """

    kind: ClassVar[str] = "remove_member"
    stage: ClassVar[int] = 6
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: GroupSubject
    reason: str
    object_id: str
    member: GroupMember


@frozen(field_transformer=typed)
class UnlinkGroup:
    """Forget a group that is not pushed any more; it stays in the tenant with its members. It takes no write."""

    kind: ClassVar[str] = "unlink_group"
    stage: ClassVar[int] = 7
    symbol: ClassVar[str] = "="
    writes: ClassVar[int] = 0

    subject: GroupSubject
    reason: str
    object_id: str


@frozen(field_transformer=typed)
class DeleteGroup:
    """Delete a group that was created from here and is not pushed any more.

    A Microsoft 365 group can be restored for 30 days; a security group is gone at once.

    Args:
        restorable: whether it can be restored.
        members: how many members it has.

    """

    kind: ClassVar[str] = "delete_group"
    stage: ClassVar[int] = 8
    symbol: ClassVar[str] = "-"
    writes: ClassVar[int] = 1

    subject: GroupSubject
    reason: str
    object_id: str
    restorable: bool = False
    members: int = field(default=0, validator=whole_number())


GroupChange: TypeAlias = (
    LinkGroup | CreateGroup | UpdateGroup | RememberMembers | AddMembers | RemoveMember | UnlinkGroup | DeleteGroup
)


@check_after_failure
def group_change_key(change: GroupChange) -> str:
    """A name of the change that is unique in a plan: its kind, the group, and the part or the member."""
    name = f"{change.kind}:{change.subject.group_id}"
    match change:
        case AddMembers():
            return f"{name}:{change.part}"
        case RemoveMember():
            return f"{name}:{change.member.object_id}"
        case _:
            return name
