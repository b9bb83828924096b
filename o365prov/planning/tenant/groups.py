"""The groups of a tenant, with their direct members."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from o365prov._fields import as_frozenset, typed, whole_number


class GroupKind(StrEnum):
    """The kinds of groups in Office 365, as the column "Group type" of Entra's portal has them."""

    MICROSOFT_365 = "Microsoft 365"
    SECURITY = "Security"
    MAIL_ENABLED_SECURITY = "Mail-enabled security"
    DISTRIBUTION = "Distribution"


@frozen(field_transformer=typed)
class TenantGroup:
    """A group of the tenant.

    Args:
        id: the object id.
        name: the display name.
        kind: what kind of group it is.
        members: the object ids of its direct members that are users.
        nested: how many of its direct members are something else: groups, devices, contacts or apps.
        email: its e-mail address; empty without one.
        synced: whether its source is Windows Server Active Directory.
        hidden: whether its members are hidden; Graph then shows none, unless the app may read hidden memberships.
        description: its description; empty without one.
        unique_name: its ``uniqueName``, which never changes; empty without one.
        dynamic: whether its members follow from a rule.
        assignable_to_role: whether directory roles can be assigned to it.
        licenses: the ids of the SKUs that it gives its members.

    Source: Microsoft Graph, "Working with groups in Microsoft Graph" (the kinds) and "List group members" (hidden
    memberships).

    """

    id: str
    name: str
    kind: GroupKind = GroupKind.SECURITY
    members: frozenset[str] = field(default=frozenset(), converter=as_frozenset, repr=False)
    nested: int = field(default=0, validator=whole_number())
    email: str = ""
    synced: bool = False
    hidden: bool = False
    description: str = ""
    unique_name: str = ""
    dynamic: bool = False
    assignable_to_role: bool = False
    licenses: tuple[str, ...] = ()
