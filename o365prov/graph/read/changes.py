"""Reading everybody again: who changed since an earlier read, and of the others what Graph does not track.

A delta query says who changed; their accounts are read in full. What it does not track is in :data:`UNTRACKED` and is
read again of everybody, and so is who there is: an account of which the delta query says nothing yet is not missed.
Deleted accounts, groups, contacts, role assignments and the tenant's own facts are few, and are read as a whole.

Sources: Microsoft Graph, "Use delta query to track changes in Microsoft Graph data"; "user: delta".
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from importlib.metadata import version
from typing import Any

from attrs import evolve

from o365prov.errors import GraphError
from o365prov.graph import requests
from o365prov.graph.client.batch import chunks
from o365prov.graph.client.errors import ErrorCategory, category_of
from o365prov.graph.client.messages import Request
from o365prov.graph.client.sender import Sender
from o365prov.graph.read import decode
from o365prov.graph.read.collections import answers, collected, delta_link, explaining_403, pages
from o365prov.graph.setup.permissions import Operation
from o365prov.planning import Needs, TenantSnapshot, TenantUser
from o365prov.state import KeptRead
from o365prov.structuring import from_json_text, to_json_text

_log = logging.getLogger(__name__)

_VERSION = version("o365prov")

UNTRACKED: Mapping[str, str] = {
    "licenseAssignmentStates": "user: delta says that its changes are not tracked",
    "assignedLicenses": "tracked, and read with the states that say through which group a licence is held",
    "signInSessionsValidFromDateTime": "no page says that its changes are tracked",
}
"""The properties of users that are read again of everybody, and why; of all others a delta query says who changed."""

MOST_CHANGED = 0.2
"""With a larger share of changed users all pages are the fewer requests, unless they are :data:`FEW`."""

FEW = 500


def asked_of(needs: Needs) -> str:
    """What *needs* ask about users, and who asks: what was read for others does not serve."""
    asked = (_VERSION, sorted(needs.properties), needs.managers)
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:32]


def kept_read(needs: Needs, link: str, begun_at: datetime, snapshot: TenantSnapshot) -> KeptRead:
    """A read of everybody, as a state keeps it for the next one.

    Args:
        needs: what was asked.
        link: the delta link, from before the first user was read.
        begun_at: when the read began, aware.
        snapshot: what was read.

    """
    users = {each.id: to_json_text(each, TenantUser) for each in snapshot.users}
    return KeptRead(asked_of(needs), link, begun_at, users, (each.id for each in snapshot.deleted_users))


async def tracking_link(sender: Sender, sdk: Any, needs: Needs) -> str | None:
    """The delta link of now for everything that is tracked; None where Graph does not track changes."""
    with explaining_403(Operation.READ_USERS):
        return await delta_link(sender, requests.tracking_from_now(sdk, needs.properties, UNTRACKED, needs.managers))


async def users_since(sender: Sender, sdk: Any, needs: Needs, earlier: KeptRead) -> tuple[TenantUser, ...] | None:
    """The users as they are now; None if reading everybody is necessary, or takes fewer requests."""
    changed = await _changed(sender, earlier.link)
    if changed is None:
        return None
    before = earlier.users
    request = requests.users_with(sdk, ["id", *UNTRACKED])
    now = {each.id: each for each in await collected(sender, request, decode.user, Operation.READ_USERS)}
    renewed = {each for each in now if each in changed or each in earlier.written or each not in before}
    if len(renewed) > max(FEW, MOST_CHANGED * len(now)):
        return None
    if needs.managers and not now.keys().isdisjoint(earlier.deleted):
        return None  # with a restored manager the references of others come back
    fresh = {each.id: each for each in await _users(sender, sdk, needs, sorted(renewed))}
    gone = before.keys() - now.keys()
    try:
        users = [fresh.get(each) if each in renewed else _merged(before[each], now[each], gone) for each in now]
    except ValueError:
        _log.warning("what was kept of an earlier read is not what this version keeps: reading everybody")
        return None
    return tuple(each for each in users if each is not None)


def _merged(kept: str, now: TenantUser, gone: Collection[str]) -> TenantUser:
    """A user who did not change, with what is not tracked, and without a manager who was deleted."""
    before = from_json_text(kept, TenantUser)
    manager_id = None if before.manager_id in gone else before.manager_id
    return evolve(
        before,
        licenses=now.licenses,
        failed_licenses=now.failed_licenses,
        sessions_valid_from=now.sessions_valid_from,
        manager_id=manager_id,
    )


async def _changed(sender: Sender, link: str) -> frozenset[str] | None:
    """The ids of the users that changed since a delta link; None if Graph does not know it any more."""
    try:
        return frozenset([str(row.get("id")) async for row in pages(sender, Request("GET", link))])
    except GraphError as error:
        if category_of(error) is ErrorCategory.RESYNC or error.status in {400, 404}:
            _log.info("the delta link is not known any more (%d %s): reading everybody", error.status, error.code)
            return None
        raise


async def _users(sender: Sender, sdk: Any, needs: Needs, ids: list[str]) -> list[TenantUser]:
    """These users in full."""
    reads = [
        requests.users(sdk, needs.properties, managers=needs.managers, where=requests.one_of("id", some))
        for some in chunks(ids, requests.MOST_CLAUSES)
    ]
    found: list[TenantUser] = []
    for request, response in zip(reads, await sender.read_all(reads), strict=True):
        with explaining_403(Operation.READ_USERS):
            found += [each async for each in answers(sender, request, response, decode.user)]
    return found
