"""The requests that change groups, built with msgraph-sdk's own request builders.

Source: Microsoft Graph REST v1.0: group-upsert, group-update, group-delete, group-post-members, group-delete-members.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from attrs import evolve

from o365prov.errors import UsageError
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.messages import Request
from o365prov.graph.requests import sdk_request
from o365prov.group_push import (
    AddMembers,
    CreateGroup,
    DeleteGroup,
    GroupChange,
    GroupMember,
    LinkGroup,
    RememberMembers,
    RemoveMember,
    UnlinkGroup,
    UpdateGroup,
)


def group_change_request(change: GroupChange, sdk: Any, cloud: Cloud, object_id: str | None) -> Request:
    """The request of a change that takes a write; *object_id* is the group in the tenant, None for a new one.

    Raises:
        UsageError: the change takes no write, or the group's id is missing.

    """
    match change:
        case CreateGroup():
            builder = sdk.groups_with_unique_name(change.unique_name)
            return evolve(
                sdk_request("PATCH", builder, body=dict(change.properties)), headers={"Prefer": "create-if-missing"}
            )
        case UpdateGroup():
            body = {each.name: each.after for each in change.properties}
            return sdk_request("PATCH", _group(sdk, object_id), body=body)
        case AddMembers():
            return sdk_request("PATCH", _group(sdk, object_id), body=_members(change.members, cloud))
        case RemoveMember():
            member = _group(sdk, object_id).members.by_directory_object_id(change.member.object_id)
            return sdk_request("DELETE", member.ref)
        case DeleteGroup():
            return sdk_request("DELETE", _group(sdk, object_id))
        case LinkGroup() | RememberMembers() | UnlinkGroup():
            raise UsageError(f"{change.kind} takes no write: it is only remembered")
        case _:
            assert_never(change)


def add_one(member: GroupMember, sdk: Any, cloud: Cloud, object_id: str) -> Request:
    """The request that adds one member."""
    body = {"@odata.id": _address(member, cloud)}
    return sdk_request("POST", _group(sdk, object_id).members.ref, body=body)


def group_with_unique_name(unique_name: str, sdk: Any) -> Request:
    """The request that reads the id of the group with a unique name."""
    return sdk_request("GET", sdk.groups_with_unique_name(unique_name), {"$select": ["id"]})


def _group(sdk: Any, object_id: str | None) -> Any:
    if object_id is None:
        raise UsageError("the group's object id is not known yet: give object_id")
    return sdk.groups.by_group_id(object_id)


def _members(members: Iterable[GroupMember], cloud: Cloud) -> dict[str, list[str]]:
    return {"members@odata.bind": [_address(each, cloud) for each in members]}


def _address(member: GroupMember, cloud: Cloud) -> str:
    return f"{cloud.root}/directoryObjects/{member.object_id}"
