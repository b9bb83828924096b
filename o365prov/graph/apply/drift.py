"""Before writing: is what the plan changes still as it was when the plan was made?

One delta read, from the snapshot's delta link, says which accounts changed. Where Graph no longer knows the link, the
accounts are read and compared with what the plan knew of them. Graph itself refuses duplicates of new accounts.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from attrs import frozen

from o365prov.errors import GraphError, TenantError
from o365prov.graph import requests
from o365prov.graph.client.errors import ErrorCategory, category_of, classify
from o365prov.graph.client.messages import Request, Response
from o365prov.graph.client.sender import Sender, not_json
from o365prov.graph.read.collections import pages
from o365prov.graph.read.decode import plain_value, property_of
from o365prov.planning import (
    BlockSignIn,
    Change,
    DeleteUser,
    EnableSignIn,
    Plan,
    Remember,
    RestoreUser,
    UpdateUser,
)

_log = logging.getLogger(__name__)

CHANGED = "the account was changed in Office 365 after the plan was made; read the tenant and plan again"
DELETED = "the account was deleted in Office 365 after the plan was made; read the tenant and plan again"


async def changed_since(
    sender: Sender, sdk: Any, plan: Plan, changes: Sequence[Change], own: Collection[str]
) -> Mapping[str, str]:
    """Why accounts of *changes* must be left alone, by object id.

    Args:
        sender: reads.
        sdk: msgraph-sdk's client.
        plan: the plan.
        changes: those of its changes that are still to be done.
        own: accounts that an earlier, interrupted apply of the plan wrote: they did change, so they are compared.

    """
    by_account: dict[str, list[Change]] = {}
    for change in changes:
        if change.object_id is not None and not isinstance(change, Remember):
            by_account.setdefault(change.object_id, []).append(change)
    if not by_account:
        return {}
    expected = {object_id: _Expectation.of(of_one, own=object_id in own) for object_id, of_one in by_account.items()}
    reported = await _reported(sender, plan.watermark)
    if reported is None:
        _log.info("no delta since the plan was made: reading %d accounts", len(by_account))
        return await _compared(sender, sdk, expected)
    changed = {object_id: why for object_id, why in reported.items() if object_id in expected}
    to_compare = {object_id: expected[object_id] for object_id in changed if expected[object_id].compare}
    by_others = {object_id: why for object_id, why in changed.items() if object_id not in to_compare}
    return {**by_others, **await _compared(sender, sdk, to_compare)}


@frozen
class _Expectation:
    """How an account should look before it is written.

    Args:
        values: the values that each property to be changed may have now.
        compare: the account did change, by us or because it was deleted, so its values decide.
        may_be_absent: it need not be among the users: it is to be restored, or we began to delete it.
        must_be_absent: it is to be restored, and we did not begin with that.

    """

    values: Mapping[str, Sequence[Any]]
    compare: bool
    may_be_absent: bool
    must_be_absent: bool

    @classmethod
    def of(cls, changes: Sequence[Change], *, own: bool) -> _Expectation:
        restored = any(isinstance(change, RestoreUser) for change in changes)
        deleted = any(isinstance(change, DeleteUser) for change in changes)
        values: dict[str, list[Any]] = {}
        for change in changes:  # two updates of one account are a temporary username and the final one
            for each in change.properties if isinstance(change, UpdateUser) else ():
                values.setdefault(each.name, []).extend((plain_value(each.before), plain_value(each.after)))
        if any(isinstance(change, EnableSignIn | BlockSignIn) for change in changes):
            values["accountEnabled"] = [True, False]
        return cls(values, own or restored, restored or (deleted and own), restored and not own)

    def objection(self, row: Mapping[str, Any] | None) -> str:
        """Why the account must not be written, or nothing; *row* is how it is now, None if there is none."""
        if row is None:
            return "" if self.may_be_absent else DELETED
        now = {name: plain_value(property_of(row, name)) for name in self.values}
        if self.must_be_absent or any(now[name] not in values for name, values in self.values.items()):
            return CHANGED
        return ""


async def _reported(sender: Sender, watermark: str | None) -> dict[str, str] | None:
    """What changed since the delta link was made, by object id; None if Graph can't say."""
    if watermark is None:
        return None
    reasons: dict[str, str] = {}
    try:
        async for row in pages(sender, Request("GET", watermark)):
            if isinstance(object_id := row.get("id"), str):
                reasons[object_id] = DELETED if "@removed" in row else CHANGED
    except GraphError as error:
        if category_of(error) is ErrorCategory.RESYNC or error.status in {400, 404}:
            return None
        raise
    return reasons


async def _compared(sender: Sender, sdk: Any, expected: Mapping[str, _Expectation]) -> dict[str, str]:
    """Read the accounts and say which are not as expected."""
    reads = [requests.one_user(sdk, object_id, each.values) for object_id, each in expected.items()]
    responses = await sender.read_all(reads)
    reasons = {}
    for (object_id, each), request, response in zip(expected.items(), reads, responses, strict=True):
        if why := each.objection(_row(request, response)):
            reasons[object_id] = why
    return reasons


def _row(request: Request, response: Response) -> Mapping[str, Any] | None:
    """The user that was read, None if there is none."""
    if response.status == 404:
        return None
    if not response.ok:
        raise classify(response).error(request.where)
    try:
        row = response.json()
    except ValueError:
        raise not_json(request, response) from None
    if not isinstance(row, dict):
        raise TenantError(f"{request.where}: the answer is not a user; look for a proxy that answers for Graph")
    return row
