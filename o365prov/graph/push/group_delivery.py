"""Sending the writes of a plan of groups until each is done or has failed.

Every one of them can be repeated: a group is created under its unique name, and who is a member already is one. So a
write of which no answer says how it ended is sent again; whether a group is there, its unique name tells in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import define, field, frozen

from o365prov.errors import TenantError
from o365prov.graph.apply.breaker import FailureKind
from o365prov.graph.client.clouds import Cloud
from o365prov.graph.client.errors import ErrorCategory, classify
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.retry import Attempts
from o365prov.graph.client.sender import Sender, no_answer
from o365prov.graph.push.group_requests import add_one, group_change_request, group_with_unique_name
from o365prov.group_push import (
    AddMembers,
    CreateGroup,
    DeleteGroup,
    GroupChange,
    GroupChangeOutcome,
    GroupMember,
    RemoveMember,
)
from o365prov.planning import Result
from o365prov.rendering import names_text


@define(eq=False)
class GroupWrite:
    """A write on its way.

    Args:
        change: the change that it makes.
        object_id: the group in the tenant; None if the write creates it.
        request: the request.
        fresh: whether the group was created a moment ago, so that parts of Graph may not know it yet.

    """

    change: GroupChange
    object_id: str | None
    request: Request
    fresh: bool = False
    _unknown: bool = field(init=False, default=False)
    _renewed: bool = field(init=False, default=False)

    def ended(self, response: Response | NoResponse, attempts: Attempts) -> _Ended | None:
        """How the write ended; None if it is to be sent again."""
        if isinstance(response, NoResponse):
            self._unknown = self._unknown or response.maybe_done
            if attempts.repeat(response):
                return None
            failure = self._failure(str(no_answer(self.request, response)))
            return _Ended(failure, halts=not response.connected, kind=FailureKind(0, "", ""))
        if response.ok:
            return _Ended(self._done(response))
        error = classify(response, self.request.url)
        if error.category is ErrorCategory.SO_ALREADY or (
            error.status == 404 and isinstance(self.change, RemoveMember | DeleteGroup)
        ):
            return _Ended(self._done(response), so_already=True)
        match error.category:
            case ErrorCategory.TRANSIENT | ErrorCategory.UNKNOWN:
                self._unknown = self._unknown or error.category is ErrorCategory.UNKNOWN
                again = True
            case ErrorCategory.UNAUTHORIZED:
                again, self._renewed = not self._renewed, True
            case ErrorCategory.LAG:
                again = self.fresh
            case _:
                again = False
        if again and attempts.repeat(response):
            return None
        if error.category not in (ErrorCategory.TRANSIENT, ErrorCategory.UNKNOWN):
            self._unknown = False  # repeated, it was refused: the first request had no effect either
        failure = self._failure(str(error), error.request_id)
        halts, refused = error.category is ErrorCategory.UNAUTHORIZED, error.status in (400, 404)
        return _Ended(failure, halts=halts, refused=refused, kind=FailureKind(error.status, error.code, error.remedy))

    def _done(self, response: Response) -> GroupChangeOutcome:
        request_id = response.headers.get("request-id", "")
        return GroupChangeOutcome(self.change, Result.DONE, self.object_id, request_id=request_id)

    def _failure(self, message: str, request_id: str = "") -> GroupChangeOutcome:
        result = Result.UNKNOWN if self._unknown else Result.FAILED
        return GroupChangeOutcome(self.change, result, self.object_id, message, request_id)


@frozen
class _Ended:
    """How a write ended.

    Args:
        outcome: the outcome.
        halts: no other write would fare better now.
        refused: Graph refused it for what it asks for: a part of that may be accepted.
        so_already: all or a part of it was so already.
        kind: why it failed; None where it was done.

    """

    outcome: GroupChangeOutcome
    halts: bool = False
    refused: bool = False
    so_already: bool = False
    kind: FailureKind | None = None


@frozen
class DeliveredGroups:
    """How writes ended.

    Args:
        outcomes: how each ended.
        halted: why no other write would fare better now; empty if one might.
        kinds: why each failed, None for one that was done.

    """

    outcomes: Sequence[GroupChangeOutcome] = ()
    halted: str = ""
    kinds: Sequence[FailureKind | None] = ()


@frozen
class GroupDelivery:
    """Sends the writes of one plan of groups.

    Args:
        sender: sends requests.
        sdk: msgraph-sdk's client, whose builders make the requests.
        cloud: Microsoft's cloud in which the tenant is.

    """

    sender: Sender
    sdk: Any
    cloud: Cloud

    def write(self, change: GroupChange, object_id: str | None, *, fresh: bool) -> GroupWrite:
        """The write that makes a change."""
        return GroupWrite(change, object_id, group_change_request(change, self.sdk, self.cloud, object_id), fresh)

    async def deliver(self, writes: Sequence[GroupWrite]) -> DeliveredGroups:
        """Send at most 20 writes to different groups; gives how each ended."""
        outcomes: list[GroupChangeOutcome] = []
        kinds: list[FailureKind | None] = []
        halted = ""
        ended, error = await self._send(writes)
        if error is not None:
            return DeliveredGroups(halted=str(error))
        for write, each in ended:
            outcome = each.outcome
            if isinstance(write.change, AddMembers) and (each.refused or each.so_already):
                outcome = await self._one_by_one(write, write.change, outcome)
            elif isinstance(write.change, CreateGroup):
                outcome = await self._created(write.change, outcome)
            if each.halts:
                halted = outcome.message
            else:
                outcomes.append(outcome)
                kinds.append(None if outcome.result is Result.DONE else each.kind)
        return DeliveredGroups(outcomes, halted, kinds)

    async def _send(self, writes: Sequence[GroupWrite]) -> tuple[list[tuple[GroupWrite, _Ended]], TenantError | None]:
        """Send writes, each until it is done or has failed; the error is that of having no way to Graph."""
        ended: list[tuple[GroupWrite, _Ended]] = []
        to_send = list(writes)
        attempts = self.sender.attempts()
        async for _ in attempts:
            try:
                responses = await self.sender.send_batch([each.request for each in to_send], attempts)
            except TenantError as error:  # no token: nothing was sent in this round
                return ended, error
            again = []
            for write, response in zip(to_send, responses, strict=True):
                if (result := write.ended(response, attempts)) is None:
                    again.append(write)
                else:
                    ended.append((write, result))
            to_send = again
            if not to_send:
                break
        return ended, None

    async def _one_by_one(
        self, whole: GroupWrite, change: AddMembers, refused: GroupChangeOutcome
    ) -> GroupChangeOutcome:
        """Add members each by a request of its own, where one of them may be the reason that all were refused."""
        added: set[str] = set()
        failed: dict[str, GroupChangeOutcome] = {}
        for member in change.members:
            outcome = await self._add(whole, change, member)
            if outcome.result is Result.DONE:
                added.add(member.object_id)
            else:
                failed[member.username] = outcome
        if not failed:
            return GroupChangeOutcome(change, Result.DONE, whole.object_id, request_id=refused.request_id)
        first = next(iter(failed.values()))
        unknown = any(each.result is Result.UNKNOWN for each in failed.values())
        return GroupChangeOutcome(
            change,
            Result.UNKNOWN if unknown else Result.FAILED,
            whole.object_id,
            f"not added: {names_text([*failed])}: {first.message}",
            first.request_id,
            added,
        )

    async def _add(self, whole: GroupWrite, change: AddMembers, member: GroupMember) -> GroupChangeOutcome:
        request = add_one(member, self.sdk, self.cloud, whole.object_id or "")
        ended, error = await self._send([GroupWrite(change, whole.object_id, request, whole.fresh)])
        if error is not None:
            return GroupChangeOutcome(change, Result.FAILED, whole.object_id, str(error))
        return ended[0][1].outcome

    async def _created(self, change: CreateGroup, ended: GroupChangeOutcome) -> GroupChangeOutcome:
        """The outcome with the group's id, which is read by its unique name: not every answer says it.

        Where an answer was lost, the group may be there although the repeated request was refused.
        """
        try:
            row = await self.sender.read(group_with_unique_name(change.unique_name, self.sdk))
            object_id = str(row["id"])
        except (TenantError, KeyError, TypeError) as error:
            if ended.result is not Result.DONE:
                return ended
            message = f"it was created, and its id can't be read: {error}"
            return GroupChangeOutcome(change, Result.UNKNOWN, None, message, ended.request_id)
        return GroupChangeOutcome(change, Result.DONE, object_id, request_id=ended.request_id)
