"""Writes on their way: which answer means done, which failed, which "again", and which "look first".

A write whose outcome is unknown (no answer, 5xx) is sent again where repeating changes nothing. A create would make a
second account or fail over the first; so before a create is repeated, the account is looked for: by its source anchor,
or by its username where it has none.

Source: Microsoft, "Designing for eventual consistency for Microsoft Entra" (trust the answer to a write; objects just
written may be unknown elsewhere for a while); "Combine multiple requests in one HTTP call using JSON batching".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from attrs import define, field, frozen

from o365prov.errors import TenantError
from o365prov.graph import requests
from o365prov.graph.client.errors import ClassifiedError, ErrorCategory, classify, request_id
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.sender import Sender, unanswered
from o365prov.graph.read.decode import created_id
from o365prov.planning import (
    AssignLicenses,
    Change,
    CreateUser,
    DeleteUser,
    GrantRole,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
)


@define(eq=False)
class PendingWrite:
    """A change and the request that makes it so.

    *object_id* is the account that is written, None for one to be created; *other_id* another that the request refers
    to. *unknown* says that the request may have had its effect already, *renewed* that it was sent again with a fresh
    token, *given_up* why it is looked for only once more.
    """

    change: Change
    request: Request
    object_id: str | None
    other_id: str | None = None
    unknown: bool = False
    renewed: bool = False
    given_up: WriteResult | None = None


@frozen
class WriteResult:
    """How a write ended: done, if *problem* is empty. *halts* says that no other write would fare better now."""

    write: PendingWrite
    object_id: str | None
    problem: str = ""
    status: int = 0
    code: str = ""
    request_id: str = ""
    halts: bool = False


@define(eq=False)
class _Round:
    """What one round of sending came to."""

    settled: list[WriteResult] = field(factory=list)
    again: list[PendingWrite] = field(factory=list)
    look: list[PendingWrite] = field(factory=list)
    replies: list[Response | NoResponse] = field(factory=list)


@define(eq=False)
class WriteDelivery:
    """Sends writes until each is done or has failed. One for an apply: it remembers what was written when."""

    sender: Sender
    sdk: Any
    _written: dict[str, float] = field(factory=dict)

    async def deliver(self, writes: Sequence[PendingWrite]) -> AsyncIterator[list[WriteResult]]:
        """Send at most 20 writes to different accounts; yields what is settled as soon as it is."""
        sending = [write for write in writes if not _must_look(write)]
        looking = [write for write in writes if _must_look(write)]
        attempt = 0
        while sending or looking:
            attempt += 1
            try:
                if looking:
                    settled, missing = await self._look(looking)
                    looking = []
                    sending += missing
                    yield settled
                if not sending:
                    return
                replies = await self.sender.batch_once([write.request for write in sending])
            except TenantError as error:
                # No token, or no way to look: nothing was sent in this round.
                yield [WriteResult(write, write.object_id, str(error), halts=True) for write in (*sending, *looking)]
                return
            came_to = _Round()
            for write, reply in zip(sending, replies, strict=True):
                self._judge(write, reply, attempt, came_to)
            yield came_to.settled
            sending, looking = came_to.again, came_to.look
            if sending or looking:
                await self.sender.pause(attempt, came_to.replies)

    def note(self, object_id: str) -> None:
        """Remember that this account was written just now."""
        self._written[object_id] = self.sender.pacer.clock.seconds()

    def _judge(self, write: PendingWrite, reply: Response | NoResponse, attempt: int, came_to: _Round) -> None:
        """Sort *write* by what was answered: settled, to be sent again, or to be looked for."""
        done = self._done(write, reply)
        if done is not None:
            came_to.settled.append(done)
            return
        problem, repeat = self._trouble(write, reply)
        may_repeat = self.sender.may_repeat(attempt, reply) or self._lags(write, reply)
        if repeat and _must_look(write):
            write.given_up = None if may_repeat else problem
            came_to.look.append(write)
        elif repeat and may_repeat:
            came_to.again.append(write)
        else:
            came_to.settled.append(problem)
            return
        came_to.replies.append(reply)

    def _done(self, write: PendingWrite, reply: Response | NoResponse) -> WriteResult | None:
        """That the write is done, if the answer says so."""
        if isinstance(reply, NoResponse):
            return None
        if not reply.ok:
            so_already = _is_so_already(write, classify(reply))
            return WriteResult(write, write.object_id, request_id=request_id(reply)) if so_already else None
        object_id = created_id(reply) if isinstance(write.change, CreateUser) else write.object_id
        if object_id is None:
            return None
        self.note(object_id)
        return WriteResult(write, object_id, request_id=request_id(reply))

    def _trouble(self, write: PendingWrite, reply: Response | NoResponse) -> tuple[WriteResult, bool]:
        """What to say if this is the end of it, and whether another attempt could fare better."""
        if isinstance(reply, NoResponse):
            write.unknown = write.unknown or reply.maybe_done
            lost = str(unanswered(write.request, reply))
            return WriteResult(write, write.object_id, lost, halts=not reply.connected), True
        if reply.ok:
            write.unknown = True
            return WriteResult(write, None, "Graph took the account and did not say its id", reply.status), True
        failure = classify(reply)
        write.unknown = write.unknown or failure.meaning is ErrorCategory.UNKNOWN
        problem = WriteResult(
            write,
            write.object_id,
            _without_password(write, str(failure)),
            failure.status,
            failure.code,
            failure.request_id,
            halts=failure.meaning is ErrorCategory.UNAUTHORIZED,
        )
        match failure.meaning:
            case ErrorCategory.TRANSIENT | ErrorCategory.UNKNOWN:
                return problem, True
            case ErrorCategory.UNAUTHORIZED:
                first, write.renewed = not write.renewed, True
                return problem, first
            case ErrorCategory.LAG:
                return problem, self._lags(write, reply)
            case _:
                return problem, _must_look(write) and failure.conflict

    def _lags(self, write: PendingWrite, reply: Response | NoResponse) -> bool:
        """Whether the answer only means that what was written a moment ago is not known everywhere yet."""
        if isinstance(reply, NoResponse) or reply.ok or classify(reply).meaning is not ErrorCategory.LAG:
            return False
        return self._is_fresh(write.object_id) or self._is_fresh(write.other_id)

    def _is_fresh(self, object_id: str | None) -> bool:
        written = self._written.get(object_id or "")
        return written is not None and self.sender.pacer.clock.seconds() - written < self.sender.retries.lag

    async def _look(self, writes: Sequence[PendingWrite]) -> tuple[list[WriteResult], list[PendingWrite]]:
        """Look for accounts that may have been created: those that are there are done, the others are to be sent."""
        settled, missing = [], []
        replies = await self.sender.read_all([_search(write, self.sdk) for write in writes])
        for write, reply in zip(writes, replies, strict=True):
            if not reply.ok:
                raise classify(reply).error("looking for an account that may have been created")
            object_id = _found(write, reply)
            if object_id is not None:
                self.note(object_id)
                settled.append(WriteResult(write, object_id, request_id=request_id(reply)))
            elif write.given_up is not None:
                settled.append(write.given_up)
            else:
                missing.append(write)
        return settled, missing


def _without_password(write: PendingWrite, message: str) -> str:
    """What Graph says, should it repeat the password that it was sent."""
    body = write.request.body
    profile = body.get("passwordProfile") if isinstance(body, dict) else None
    password = profile.get("password") if isinstance(profile, dict) else None
    return message.replace(password, "(the password)") if password else message


def _must_look(write: PendingWrite) -> bool:
    return write.unknown and isinstance(write.change, CreateUser)


def _is_so_already(write: PendingWrite, failure: ClassifiedError) -> bool:
    """Whether the error says that what the write wants is so already."""
    missing = failure.status == 404
    match write.change:
        case AssignLicenses(add=add):
            # Graph does all of a licence request or nothing: what should be added with it is then missing.
            return failure.meaning is ErrorCategory.SO_ALREADY and not add
        case RemoveLicenses() | GrantRole():
            return failure.meaning is ErrorCategory.SO_ALREADY
        case RemoveManager():
            return missing and (write.unknown or "manager" in failure.message)
        case RestoreUser():
            return missing and write.unknown  # no longer among the deleted, where it was
        case RemoveRole() | DeleteUser():
            return missing
        case _:
            return False


def _search(write: PendingWrite, sdk: Any) -> Request:
    sent = write.request.body
    anchor = sent.get("onPremisesImmutableId")
    if anchor:
        return requests.users_where(sdk, "onPremisesImmutableId", anchor)
    return requests.users_where(sdk, "userPrincipalName", sent["userPrincipalName"])


def _found(write: PendingWrite, reply: Response) -> str | None:
    """The id of the account that the create made: it has all the names that were sent, else it is another's."""
    sent = write.request.body
    try:
        for row in reply.json()["value"]:
            same = all(row.get(name) == sent.get(name) for name in ("displayName", "mailNickname"))
            if same and row["userPrincipalName"].lower() == sent["userPrincipalName"].lower():
                return str(row["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return None
