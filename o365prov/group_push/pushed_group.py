"""The groups that go along to Office 365, as their source has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_frozenset, as_sorted, as_tuple, typed
from o365prov.errors import ConfigurationError
from o365prov.people import DirectoryGroup, Group, Person, everybody_in
from o365prov.planning import GroupKind


@frozen(field_transformer=typed)
class PushedGroup:
    """A group that is pushed to Office 365: by Okta's Group Push, or with the full profile of Universal Sync.

    Args:
        id: the group's id at its source: Okta's, or the ``objectGUID`` of Active Directory.
        name: its name, at most 256 characters.
        members: the ids of the people in it.
        kind: what kind of group it is in Office 365. Graph writes security groups and Microsoft 365 groups; of the
            others a plan says that they can't be sent.
        description: its description, at most 1,024 characters.
        nested: the names of the groups that are members of it.
        unread: members that the source could not read, such as those of another domain: as long as there are any,
            nobody is taken out of the group.
        linked_to: the object id of the group in the tenant that it is linked to; None to find or to create one.

    Raises:
        ConfigurationError: *id* or *linked_to* is empty, or a field has a wrong type.

    Sources: Okta support, "Okta Office 365 integration: supported group types and push configuration"; Microsoft
    Graph, "group resource type" (lengths).

    >>> PushedGroup("00g1", "Sales", ["00u1"]).kind
    <GroupKind.SECURITY: 'Security'>

    """

    id: str
    name: str
    members: frozenset[str] = field(default=frozenset(), converter=as_frozenset, repr=False)
    kind: GroupKind = GroupKind.SECURITY
    description: str = ""
    nested: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    unread: tuple[str, ...] = field(default=(), converter=as_sorted, repr=False)
    linked_to: str | None = None

    def __attrs_post_init__(self) -> None:
        for name, value in (("id", self.id), ("linked_to", self.linked_to)):
            if value == "":
                raise ConfigurationError(f"PushedGroup.{name} is empty: give the id that the group has")

    @classmethod
    def of(cls, group: Group, *, kind: GroupKind = GroupKind.SECURITY, linked_to: str | None = None) -> PushedGroup:
        """A group of Okta's, with its description.

        >>> PushedGroup.of(Group("00g1", "Sales", profile={"description": "Who sells"})).description
        'Who sells'
        """
        check_call(PushedGroup.of, locals())
        description = group.profile.get("description")
        said = description if isinstance(description, str) else ""
        return cls(group.id, group.name, group.members, kind, said, linked_to=linked_to)

    @property
    def unique_name(self) -> str:
        """The key that the group gets when it is created, and by which it is found again if the memory is lost.

        Source: Microsoft Graph, "Upsert group": ``uniqueName`` is set once and never changes. Graph does not tell upper
        case from lower case, and Okta's ids need it.

        >>> PushedGroup("00g1aB", "Sales").unique_name
        'o365prov-00g1ab-01064c42'
        """
        return unique_name(self.id)


def unique_name(group_id: str) -> str:
    """The key of the group that is created for the group with this id at its source."""
    check_call(unique_name, locals())
    digest = hashlib.sha256(group_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    readable = "".join(each for each in group_id.lower() if each.isascii() and (each.isalnum() or each == "-"))
    return f"o365prov-{readable[:60]}-{digest}"


def pushed_directory_groups(
    groups: Iterable[DirectoryGroup], people: Iterable[Person], *, instances: Iterable[str], flatten: bool = False
) -> tuple[PushedGroup, ...]:
    """The groups of Active Directory that go along with Universal Sync.

    Args:
        groups: the groups of all instances, such as those that a ``DirectoryRead`` has.
        people: the people, whose accounts in Active Directory are the members.
        instances: the names of the instances whose groups go along, such as ``UniversalSync(...).ad_instances``.
        flatten: whether the people in nested groups are members of the group around them; otherwise nested groups are
            named in the plan, and not sent.

    Returns:
        Security groups, and the distribution lists and mail-enabled groups that a plan says Graph can't write.

    Source: Okta, "Provisioning options for Office 365", footnote 7; "Enhanced Office 365 user provisioning".

    Decision where the sources are silent: no page says what becomes of nested groups. They are refused by name unless
    the caller wants them flattened.

    """
    groups, people, instances = as_tuple(groups), as_tuple(people), as_tuple(instances)
    check_call(pushed_directory_groups, locals())
    person_of: dict[UUID, str] = {
        account.object_guid: person.id for person in people for account in person.directory_accounts
    }
    named = {each.object_guid: each.name for each in groups}
    return tuple(
        PushedGroup(
            str(group.object_guid),
            group.name,
            {
                person_of[each]
                for each in (everybody_in(group, groups) if flatten else group.members)
                if each in person_of
            },
            _kind_of(group),
            _description(group),
            () if flatten else [named[each] for each in group.members if each in named],
            group.unread_members,
        )
        for group in groups
        if group.instance in instances
    )


def _kind_of(group: DirectoryGroup) -> GroupKind:
    if not group.is_security:
        return GroupKind.DISTRIBUTION
    return GroupKind.MAIL_ENABLED_SECURITY if group.is_mail_enabled else GroupKind.SECURITY


def _description(group: DirectoryGroup) -> str:
    said = group.attributes.get("description")
    return said if isinstance(said, str) else ""
