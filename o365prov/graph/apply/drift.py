"""Before writing: is what the plan touches still as it was when the plan was drawn?

One delta read, from the mark that the snapshot took, tells who changed since. Where Graph no longer knows the mark, the
touched accounts are read and compared with what the plan saw of them. New accounts need no check: Graph refuses doubles.
"""  # noqa: E501

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import frozen

from o365prov.errors import GraphError, TenantError
from o365prov.graph import requests
from o365prov.graph.client.errors import ErrorCategory, classify, meaning_of
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.client.sender import Sender, not_json
from o365prov.graph.read import snapshot as reading
from o365prov.planning import Change, DeleteUser, Plan, RestoreUser, UpdateUser

_log = logging.getLogger(__name__)

CHANGED = "the account was changed in Office 365 after the plan was drawn; read the tenant and plan again"
DELETED = "the account was deleted in Office 365 after the plan was drawn; read the tenant and plan again"


async def changed_since(
    sender: Sender, sdk: Any, plan: Plan, changes: Sequence[Change], own: Collection[str]
) -> Mapping[str, str]:
    """Why accounts that *changes* touch must be left alone, by object id.

    Accounts in *own* were written by an earlier, interrupted apply of the plan, so that they changed is no surprise;
    they are compared instead.
    """
    touched: dict[str, list[Change]] = {}
    for change in changes:
        if change.object_id is not None:
            touched.setdefault(change.object_id, []).append(change)
    if not touched:
        return {}
    known = {object_id: _Expectation.of(of_one, own=object_id in own) for object_id, of_one in touched.items()}
    reported = await _reported(sender, plan.watermark)
    if reported is None:
        _log.info("no delta since the plan was drawn: reading %d accounts", len(touched))
        return await _compared(sender, sdk, known)
    concerned = {object_id: why for object_id, why in reported.items() if object_id in known}
    unsurprising = {object_id: known[object_id] for object_id in concerned if known[object_id].compare}
    foreign = {object_id: why for object_id, why in concerned.items() if object_id not in unsurprising}
    return {**foreign, **await _compared(sender, sdk, unsurprising)}


@frozen
class _Expectation:
    """How an account should look before it is written: the values that each touched property may have.

    *compare* says that a report of a change is no surprise. An account to be restored *may_lack*, that is, it is not
    among the users, and unless we began with it it *must_lack*; so may one whose deletion we began.
    """

    values: Mapping[str, Sequence[Any]]
    compare: bool
    may_lack: bool
    must_lack: bool

    @classmethod
    def of(cls, changes: Sequence[Change], *, own: bool) -> _Expectation:
        restored = any(isinstance(change, RestoreUser) for change in changes)
        deleted = any(isinstance(change, DeleteUser) for change in changes)
        values = {
            each.name: [_plain(each.before), _plain(each.after)]
            for change in changes
            if isinstance(change, UpdateUser)
            for each in change.properties
        }
        return cls(values, own or restored, restored or (deleted and own), restored and not own)

    def surprise(self, row: Mapping[str, Any] | None) -> str:
        """What speaks against writing the account, given as it is now, or None where it is not; or nothing."""
        if row is None:
            return "" if self.may_lack else DELETED
        if self.must_lack or any(_held(row, name) not in values for name, values in self.values.items()):
            return CHANGED
        return ""


async def _reported(sender: Sender, watermark: str | None) -> dict[str, str] | None:
    """Who changed since the mark, and how; None if Graph can't say."""
    if watermark is None:
        return None
    found: dict[str, str] = {}
    try:
        async for row in reading.pages(sender, Request("GET", watermark)):
            if isinstance(object_id := row.get("id"), str):
                found[object_id] = DELETED if "@removed" in row else CHANGED
    except GraphError as error:
        if meaning_of(error) is ErrorCategory.RESYNC or error.status in {400, 404}:
            return None
        raise
    return found


async def _compared(sender: Sender, sdk: Any, expected: Mapping[str, _Expectation]) -> dict[str, str]:
    """Read the accounts and say which are not as expected."""
    reads = [requests.one_user(sdk, object_id, each.values) for object_id, each in expected.items()]
    replies = await sender.read_all(reads)
    reasons = {}
    for (object_id, each), request, reply in zip(expected.items(), reads, replies, strict=True):
        if why := each.surprise(_row(request, reply)):
            reasons[object_id] = why
    return reasons


def _row(request: Request, reply: Response) -> Mapping[str, Any] | None:
    """The user that was read, None if there is none."""
    if reply.status == 404:
        return None
    if not reply.ok:
        raise classify(reply).error(request.where)
    try:
        row = reply.json()
    except ValueError:
        raise not_json(request, reply) from None
    if not isinstance(row, dict):
        raise TenantError(f"{request.where}: the answer holds no user; look for a proxy that answers for Graph")
    return row


def _held(row: Mapping[str, Any], name: str) -> Any:
    value: Any = row
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return _plain(value)


def _plain(value: Any) -> Any:
    """Nothing is null, an empty list or an empty text; lists and tuples are the same."""
    value = list(value) if isinstance(value, tuple) else value
    return None if value in ([], "") else value
