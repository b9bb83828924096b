"""Which group of the tenant a pushed group is.

A group has no source anchor that could be written. It is found by the object id that is remembered, or that somebody
linked; else by the unique name that it got when it was created from here; else by its name, which must be confirmed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import frozen

from o365prov.errors import Issue
from o365prov.group_push.app_groups import AppGroup, AppGroups
from o365prov.group_push.pushed_group import PushedGroup
from o365prov.planning import GroupKind, TenantGroup
from o365prov.rendering import names_text


class FoundBy(StrEnum):
    """How a group was found, for the reasons in a plan."""

    MEMORY = "it is the one that was pushed before"
    LINK = "it was linked by hand"
    UNIQUE_NAME = "it was created from here: it has the unique name of this group"
    NAME = "it has the same name"
    NOTHING = "no group of the tenant is this one"


@frozen
class FoundGroup:
    """A pushed group, and the group of the tenant that it is.

    Args:
        pushed: the group as its source has it.
        group: the group of the tenant; None for one that is to be created.
        known: what is remembered of the group; None for nothing, or of a group that it is not any more.
        by: how it was found.

    """

    pushed: PushedGroup
    group: TenantGroup | None
    known: AppGroup | None
    by: FoundBy


class GroupMatcher:
    """Finds the groups of one plan in the tenant.

    Args:
        pushed: the groups to find.
        groups: the tenant's groups.
        app_groups: the memory.
        match_names: whether a group may be linked by its name.

    """

    def __init__(
        self, pushed: Iterable[PushedGroup], groups: Iterable[TenantGroup], app_groups: AppGroups, *, match_names: bool
    ) -> None:
        self._pushed = tuple(pushed)
        self._app_groups = app_groups
        self._match_names = match_names
        self._by_id = {each.id: each for each in groups}
        self._by_unique_name = {each.unique_name.lower(): each for each in self._by_id.values() if each.unique_name}
        self._remembered = {each.object_id for each in app_groups if each.object_id}
        self._named: dict[str, list[TenantGroup]] = {}
        for each in self._by_id.values():
            if each.id not in self._remembered and not each.unique_name:
                self._named.setdefault(each.name.casefold(), []).append(each)

    def find_all(self) -> Mapping[str, FoundGroup | Issue]:
        """For each pushed group, by its id, the group of the tenant, or why it can't be told."""
        found = {each.id: self._find(each) for each in self._pushed}
        claims = Counter(each.group.id for each in found.values() if isinstance(each, FoundGroup) and each.group)
        return {group_id: self._alone(each, claims, found) for group_id, each in found.items()}

    def _find(self, pushed: PushedGroup) -> FoundGroup | Issue:
        known = self._app_groups.get(pushed.id)
        if pushed.linked_to is not None:
            return self._linked(pushed, pushed.linked_to, known)
        if known is not None and (group := self._by_id.get(known.object_id)) is not None:
            return FoundGroup(pushed, group, known, FoundBy.MEMORY)
        if (group := self._by_unique_name.get(pushed.unique_name)) is not None:
            return FoundGroup(pushed, group, None if known is None or known.object_id else known, FoundBy.UNIQUE_NAME)
        if known is None and self._match_names and (named := self._named.get(pushed.name.casefold())):
            return self._by_name(pushed, named)
        return FoundGroup(pushed, None, known, FoundBy.NOTHING)

    def _linked(self, pushed: PushedGroup, object_id: str, known: AppGroup | None) -> FoundGroup | Issue:
        group = self._by_id.get(object_id)
        if group is None:
            return Issue(
                "linked_group_missing",
                f"is linked to the group {object_id}, which is not in the tenant",
                "Link it to another group, or leave the link out",
            )
        if known is not None and known.object_id == object_id:
            return FoundGroup(pushed, group, known, FoundBy.MEMORY)
        return FoundGroup(pushed, group, known, FoundBy.LINK)

    def _by_name(self, pushed: PushedGroup, named: list[TenantGroup]) -> FoundGroup | Issue:
        if len(named) > 1:
            ids = names_text(sorted(each.id for each in named))
            return Issue(
                "ambiguous_group",
                f"has the name of {len(named):,} groups of the tenant: {ids}",
                "Link it to one of them by its object id, or rename it",
            )
        return FoundGroup(pushed, named[0], None, FoundBy.NAME)

    def _alone(
        self, found: FoundGroup | Issue, claims: Mapping[str, int], everything: Mapping[str, FoundGroup | Issue]
    ) -> FoundGroup | Issue:
        """What was found, unless another pushed group is the same group of the tenant."""
        if isinstance(found, Issue) or found.group is None or claims[found.group.id] == 1:
            return found
        others = [
            each.pushed
            for each in everything.values()
            if isinstance(each, FoundGroup) and each.group is not None and each.group.id == found.group.id
        ]
        names = names_text(sorted(f"{each.name} ({each.id})" for each in others))
        return Issue(
            "shared_group",
            f"is the group {found.group.id} of the tenant, and that is more than one pushed group: {names}",
            "Link all but one of them to other groups, or rename them",
        )


def obstacle(pushed: PushedGroup, group: TenantGroup) -> Issue | None:
    """Why Graph can't change a group of the tenant as the source wants it; None if it can.

    Sources: Okta support, "Okta Office 365 integration: supported group types and push configuration"; Microsoft Graph,
    "Update group", "Add members", "List group members" (hidden memberships); Microsoft Entra, "Use Microsoft Entra
    groups to manage role assignments".
    """
    if group.synced:
        return Issue(
            "synced_group",
            f"is the group {group.id}, which Active Directory masters by Entra Connect: Graph can't change it",
            "Change it in Active Directory, or link another group",
        )
    if group.kind is not pushed.kind:
        return Issue(
            "other_group_kind",
            f"is to be a group of the kind {pushed.kind.value}, and {group.id} is of the kind {group.kind.value}, "
            "which never changes",
            "Push it as that kind, or link another group",
        )
    if group.dynamic:
        return Issue(
            "dynamic_group",
            f"is the group {group.id}, whose members follow from a rule",
            "Link another group, or make its membership an assigned one in Entra",
        )
    if group.assignable_to_role:
        return Issue(
            "role_assignable_group",
            f"is the group {group.id}, to which directory roles can be assigned",
            "Link another group: who is in this one is decided in Entra",
        )
    if group.hidden:
        return Issue(
            "hidden_members",
            f"is the group {group.id}, whose members are hidden, so that nobody can be compared",
            "Link another group, or let the app read hidden memberships (Member.Read.Hidden)",
        )
    return None


UNSUPPORTED_KINDS = {
    GroupKind.DISTRIBUTION: "Distribution lists",
    GroupKind.MAIL_ENABLED_SECURITY: "Mail-enabled security groups",
}
"""The kinds that Graph only reads."""
