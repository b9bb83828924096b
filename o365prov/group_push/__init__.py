"""Group Push: the groups of the source in Office 365, with the people who have an account there."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o365prov.group_push.app_groups import AppGroup, AppGroups
    from o365prov.group_push.changes import (
        MOST_MEMBERS,
        AddMembers,
        CreateGroup,
        DeleteGroup,
        GroupChange,
        GroupMember,
        GroupSubject,
        LinkGroup,
        RememberMembers,
        RemoveMember,
        UnlinkGroup,
        UpdateGroup,
        group_change_key,
    )
    from o365prov.group_push.group_plan import GroupPlan, GroupProblem
    from o365prov.group_push.group_push import GroupPush
    from o365prov.group_push.hazards import GroupSafeguard
    from o365prov.group_push.next_groups import NextGroups
    from o365prov.group_push.pushed_group import PushedGroup, pushed_directory_groups
    from o365prov.group_push.report import GroupChangeOutcome, GroupReport
else:
    from o365prov._first_use import on_first_use

    __getattr__ = on_first_use(
        __name__,
        ("app_groups", "changes", "pushed_group", "hazards", "next_groups", "group_plan", "report", "group_push"),
    )

__all__ = [
    "MOST_MEMBERS",
    "AddMembers",
    "AppGroup",
    "AppGroups",
    "CreateGroup",
    "DeleteGroup",
    "GroupChange",
    "GroupChangeOutcome",
    "GroupMember",
    "GroupPlan",
    "GroupProblem",
    "GroupPush",
    "GroupReport",
    "GroupSafeguard",
    "GroupSubject",
    "LinkGroup",
    "NextGroups",
    "PushedGroup",
    "RememberMembers",
    "RemoveMember",
    "UnlinkGroup",
    "UpdateGroup",
    "group_change_key",
    "pushed_directory_groups",
]
