"""Reading groups with their direct members, the members of 20 groups in one request.

Source: Microsoft Graph, "List groups" and "List group members".
"""

from __future__ import annotations

from typing import Any

from attrs import evolve

from o365prov.errors import GraphError
from o365prov.graph import requests
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.client.sender import Sender
from o365prov.graph.read import decode
from o365prov.graph.read.collections import answers, collected, explaining_403
from o365prov.graph.setup.permissions import Operation
from o365prov.planning import TenantGroup


async def groups_with_members(sender: Sender, sdk: Any) -> tuple[TenantGroup, ...]:
    """All groups; without those that are deleted while their members are read."""
    found = await collected(sender, requests.groups(sdk), decode.tenant_group, Operation.READ_MEMBERS)
    groups = decode.unique(found)
    reads = [requests.group_members(sdk, each.id) for each in groups]
    responses = await sender.read_all(reads)
    whole = [await _with_members(sender, *each) for each in zip(groups, reads, responses, strict=True)]
    return tuple(each for each in whole if each is not None)


async def _with_members(sender: Sender, group: TenantGroup, request: Request, response: Response) -> TenantGroup | None:
    """The group with its direct members; None if it is not there any more."""
    try:
        with explaining_403(Operation.READ_MEMBERS):
            members = dict([each async for each in answers(sender, request, response, decode.member)])
    except GraphError as error:
        if error.status != 404:
            raise
        return None
    users = frozenset(object_id for object_id, is_user in members.items() if is_user)
    return evolve(group, members=users, nested=len(members) - len(users))
