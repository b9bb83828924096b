"""Delivering writes: which response means done, which failed, which "send again", and which "look first".

A write whose outcome is unknown (no answer, 5xx) is sent again where repeating changes nothing. A create would make a
second account or fail over the first; so before a create is repeated, the account is looked for: by its username, and
by its source anchor, which another one may have. Every other write of which some answer was lost is looked at before it
ends in any other way than done.

An update that Graph refuses for its content is sent again in parts (splitting); its result says what was written.

Source: Microsoft, "Designing for eventual consistency for Microsoft Entra" (trust the answer to a write; objects just
written may be unknown elsewhere for a while); "Combine multiple requests in one HTTP call using JSON batching".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from attrs import define, evolve, field, frozen

from o365prov.errors import TenantError
from o365prov.graph import requests
from o365prov.graph.apply.looking import created_account, is_anothers, is_made, look_requests
from o365prov.graph.apply.splitting import SplitUpdate
from o365prov.graph.client.errors import ClassifiedError, ErrorCategory, classify, request_id
from o365prov.graph.client.messages import NoResponse, Request, Response
from o365prov.graph.client.retry import Attempts
from o365prov.graph.client.sender import Sender, no_answer
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
    UnwrittenProperty,
    UpdateUser,
)

# After this, "not found" about an account that we wrote is believed.
REPLICATION_SECONDS = 120.0


@define(eq=False)
class PendingWrite:
    """A change and the request that makes it so.

    Args:
        change: the change of the plan.
        request: the request for it.
        object_id: the account that is written; None for one to be created.
        other_id: another account that the request refers to.
        since: when it was to be sent first.
        unknown: the request may have had its effect already, or may still have it.
        taken: what the account is to have is taken, perhaps by itself: a request can arrive twice.
        renewed: it was sent again with a fresh token.
        final_problem: why it is not sent again; the account is looked at once more.
        refusal: of a part of an update, how the whole of it was refused.
        split: of a part of an update, what has become of its parts.

    """

    change: Change
    request: Request
    object_id: str | None
    other_id: str | None = None
    since: datetime | None = None
    unknown: bool = False
    taken: bool = False
    renewed: bool = False
    final_problem: WriteResult | None = None
    refusal: WriteResult | None = None
    split: SplitUpdate | None = None


@frozen
class WriteResult:
    """How a write ended.

    Args:
        write: the write.
        object_id: the account that it wrote, as far as it is known.
        problem: what failed and what to do; empty if the write is done.
        status: Graph's HTTP status, if it failed.
        code: Graph's error code, if it failed.
        request_id: what Microsoft support asks for.
        halts: no other write would fare better now.
        unknown: the write may be done or not, because the account could not be looked at.
        error: Graph's error, if it failed by one.
        written: the properties that were written all the same, of an update that was sent in parts.
        unwritten: those that were not.

    """

    write: PendingWrite
    object_id: str | None
    problem: str = ""
    status: int = 0
    code: str = ""
    request_id: str = ""
    halts: bool = False
    unknown: bool = False
    error: ClassifiedError | None = None
    written: tuple[str, ...] = ()
    unwritten: tuple[UnwrittenProperty, ...] = ()


@define(eq=False)
class _Round:
    """What became of the writes of one attempt."""

    ended: list[WriteResult] = field(factory=list)
    to_send: list[PendingWrite] = field(factory=list)
    to_look_at: list[PendingWrite] = field(factory=list)


@define(eq=False)
class WriteDelivery:
    """Sends writes until each is done or has failed. One for an apply: it remembers what was written when.

    Args:
        sender: sends the requests.
        sdk: msgraph-sdk's client, whose builders make the requests.
        replication_delay: for so many seconds after an account was written, other parts of Graph may not know it.

    """

    sender: Sender
    sdk: Any
    replication_delay: float = REPLICATION_SECONDS
    _written: dict[str, float] = field(init=False, factory=dict)

    async def deliver(self, writes: Sequence[PendingWrite]) -> AsyncIterator[list[WriteResult]]:
        """Send at most 20 writes to different accounts; yields results as soon as they are certain.

        Updates that were refused follow in parts: one part of each, then the next of each, by the same rules.
        """
        while writes:
            parts: list[PendingWrite] = []
            async for results in self._send(writes):
                ended: list[WriteResult] = []
                for result in results:
                    following = self._after(result)
                    if isinstance(following, PendingWrite):
                        parts.append(following)
                    else:
                        ended.append(following)
                yield ended
            writes = parts

    def _after(self, result: WriteResult) -> PendingWrite | WriteResult:
        """What follows from *result*: the next part of a refused update, or how the whole write ended."""
        write = result.write
        if not isinstance(write.change, UpdateUser):
            return result
        split, refusal = write.split, write.refusal
        if split is None or refusal is None:
            split, refusal = SplitUpdate.of(write.change, result.error) if result.error else None, result
            if split is None:
                return result
        elif result.problem:
            split.failed(write.change, result.problem, result.request_id, result.error)
        else:
            split.done(write.change)
        refusal.write.unknown = refusal.write.unknown or (write.unknown and bool(result.problem))
        if (part := split.next_part()) is not None:
            request = requests.update_request(part, self.sdk)
            return PendingWrite(part, request, write.object_id, since=write.since, refusal=refusal, split=split)
        if not split.unwritten:
            return WriteResult(refusal.write, result.object_id, request_id=result.request_id)
        return evolve(
            refusal,
            problem=split.problem,
            halts=result.halts,
            unknown=result.unknown,
            written=split.written_names,
            unwritten=split.unwritten_properties,
        )

    async def _send(self, writes: Sequence[PendingWrite]) -> AsyncIterator[list[WriteResult]]:
        """Send writes, each until it is done or has failed."""
        to_send = [write for write in writes if not _must_look(write)]
        to_look_at = [write for write in writes if _must_look(write)]
        attempts = self.sender.attempts()
        async for _ in attempts:
            try:
                if to_look_at:
                    found, missing = await self._look(to_look_at)
                    to_look_at = []
                    to_send += missing
                    yield found
                if not to_send:
                    return
                responses = await self.sender.send_batch([write.request for write in to_send], attempts)
            except TenantError as error:
                # No token, or no way to look: nothing was sent in this round.
                yield [_not_sent(write, error) for write in (*to_send, *to_look_at)]
                return
            this_round = _Round()
            for write, response in zip(to_send, responses, strict=True):
                self._sort(write, response, attempts, this_round)
            yield this_round.ended
            to_send, to_look_at = this_round.to_send, this_round.to_look_at

    def note_written(self, object_id: str) -> None:
        """Remember that this account was written just now."""
        self._written[object_id] = self.sender.rate_limiter.clock.seconds()

    def _sort(
        self, write: PendingWrite, response: Response | NoResponse, attempts: Attempts, this_round: _Round
    ) -> None:
        """Sort *write* by its response: ended, to be sent again, or to be looked for."""
        if (result := self._success(write, response)) is not None:
            this_round.ended.append(result)
            return
        problem, repeatable = self._problem(write, response)
        again = repeatable and attempts.repeat(response, uncounted=self._is_replicating(write, response))
        if not again and (write.unknown or write.taken):
            write.final_problem = problem
            attempts.look()
        if _must_look(write):
            this_round.to_look_at.append(write)
        elif again:
            this_round.to_send.append(write)
        else:
            this_round.ended.append(problem)

    def _success(self, write: PendingWrite, response: Response | NoResponse) -> WriteResult | None:
        """The result of a write that is done, if the response says so."""
        if isinstance(response, NoResponse):
            return None
        if not response.ok:
            so_already = _is_so_already(write, classify(response))
            return WriteResult(write, write.object_id, request_id=request_id(response)) if so_already else None
        object_id = created_id(response) if isinstance(write.change, CreateUser) else write.object_id
        if object_id is None:
            return None
        self.note_written(object_id)
        return WriteResult(write, object_id, request_id=request_id(response))

    def _problem(self, write: PendingWrite, response: Response | NoResponse) -> tuple[WriteResult, bool]:
        """The result of a write that is not done, if this is the end of it, and whether another attempt may help."""
        if isinstance(response, NoResponse):
            write.unknown = write.unknown or response.maybe_done
            message = str(no_answer(write.request, response))
            return WriteResult(write, write.object_id, message, halts=not response.connected), True
        if response.ok:
            write.unknown = True
            return WriteResult(write, None, "Graph created the account and did not say its id", response.status), True
        error = classify(response, write.request.url)
        write.unknown = write.unknown or error.category is ErrorCategory.UNKNOWN
        problem = WriteResult(
            write,
            write.object_id,
            _without_password(write, str(error)),
            error.status,
            error.code,
            error.request_id,
            halts=error.category is ErrorCategory.UNAUTHORIZED,
            error=error,
        )
        write.taken = error.conflict and isinstance(write.change, CreateUser)
        match error.category:
            case ErrorCategory.TRANSIENT | ErrorCategory.UNKNOWN:
                return problem, True
            case ErrorCategory.UNAUTHORIZED:
                first, write.renewed = not write.renewed, True
                return problem, first
            case ErrorCategory.LAG:
                return problem, self._is_replicating(write, response)
            case _:
                return problem, write.taken and write.unknown

    def _is_replicating(self, write: PendingWrite, response: Response | NoResponse) -> bool:
        """Whether *response* only means that an account written a moment ago is not known everywhere yet."""
        if isinstance(response, NoResponse) or response.ok or classify(response).category is not ErrorCategory.LAG:
            return False
        return self._is_fresh(write.object_id) or self._is_fresh(write.other_id)

    def _is_fresh(self, object_id: str | None) -> bool:
        written = self._written.get(object_id or "")
        return written is not None and self.sender.rate_limiter.clock.seconds() - written < self.replication_delay

    async def find(self, creates: Sequence[CreateUser]) -> Mapping[str, str]:
        """The accounts that an interrupted apply may have created: object ids by person id, of those that it did.

        Raises:
            TenantError: they can't be looked for.

        """
        found: dict[str, str] = {}
        for each, answers in zip(creates, await self._answers([(each, None) for each in creates]), strict=True):
            if (unseen := _unseen(answers)) is not None:
                raise classify(unseen).error(f"looking for the account of {each.subject.person_id}")
            if (object_id := created_account(each, answers)) is not None:
                self.note_written(object_id)
                found[each.subject.person_id] = object_id
        return found

    async def _answers(self, looks: Iterable[tuple[Change, str | None]]) -> list[tuple[Response, ...]]:
        """The answers that tell whether changes were made, for each change and its account."""
        asked = [look_requests(change, self.sdk, object_id) for change, object_id in looks]
        responses = iter(await self.sender.read_all([each for requests_of in asked for each in requests_of]))
        return [tuple(islice(responses, len(requests_of))) for requests_of in asked]

    async def _look(self, writes: Sequence[PendingWrite]) -> tuple[list[WriteResult], list[PendingWrite]]:
        """Look at accounts that may have been written: the results of those that end, and the writes to be sent."""
        ended, missing = [], []
        all_answers = await self._answers([(write.change, write.object_id) for write in writes])
        for write, answers in zip(writes, all_answers, strict=True):
            if (unseen := _unseen(answers)) is not None:
                ended.append(_not_seen(write, classify(unseen)))
            elif (object_id := _made_account(write, answers)) is not None:
                self.note_written(object_id)
                ended.append(WriteResult(write, object_id, request_id=request_id(answers[0])))
            elif write.final_problem is not None:
                if isinstance(write.change, CreateUser) and is_anothers(write.change, answers):
                    write.unknown = False  # with that account in its place, none of the requests had an effect
                ended.append(evolve(write.final_problem, unknown=_is_hidden(write)))
            else:
                missing.append(write)
        return ended, missing


def _unseen(answers: Iterable[Response]) -> Response | None:
    """The answer that does not say how things are, if one doesn't."""
    return next((each for each in answers if not each.ok and each.status != 404), None)


def _is_hidden(write: PendingWrite) -> bool:
    """Whether an account may have been created and is only not seen yet: Graph says that what it holds is taken."""
    return write.unknown and write.taken


def _made_account(write: PendingWrite, answers: Sequence[Response]) -> str | None:
    """The account, if the answers to a look say that the write is done."""
    change = write.change
    if isinstance(change, CreateUser):  # without an anchor, who was refused can't tell it from somebody else's
        return created_account(change, answers) if write.unknown or change.anchor else None
    return write.object_id if is_made(change, answers[0], manager_id=write.other_id, since=write.since) else None


def _not_sent(write: PendingWrite, error: TenantError) -> WriteResult:
    """The result of a write that is not sent, or not looked at, because there is no way to Graph."""
    said = f"{write.final_problem.problem}; it can't be seen whether it was done: " if write.final_problem else ""
    return WriteResult(write, write.object_id, f"{said}{error}", halts=True, unknown=write.unknown)


def _not_seen(write: PendingWrite, error: ClassifiedError) -> WriteResult:
    """The result of a write of which Graph does not say whether it was done."""
    said = write.final_problem.problem if write.final_problem else "it may have been done before"
    return WriteResult(
        write,
        write.object_id,
        f"{said}; it can't be seen whether it was done: {error}",
        error.status,
        error.code,
        error.request_id,
        halts=error.category is ErrorCategory.UNAUTHORIZED,
        unknown=True,
    )


def _without_password(write: PendingWrite, message: str) -> str:
    """Graph's *message*, without the password, should it repeat that."""
    body = write.request.body
    profile = body.get("passwordProfile") if isinstance(body, dict) else None
    password = profile.get("password") if isinstance(profile, dict) else None
    return message.replace(password, "(the password)") if password else message


def _must_look(write: PendingWrite) -> bool:
    """Whether the tenant is looked at next: before a create is repeated, and before anything ends without success."""
    ended = write.final_problem is not None and (write.unknown or write.taken)
    return ended or (write.unknown and isinstance(write.change, CreateUser))


def _is_so_already(write: PendingWrite, error: ClassifiedError) -> bool:
    """Whether the error means that the change has been made already."""
    missing = error.status == 404
    match write.change:
        case AssignLicenses(add=add):
            # Graph does all of a licence request or nothing: what should be added with it is then missing.
            return error.category is ErrorCategory.SO_ALREADY and not add
        case RemoveLicenses() | GrantRole():
            return error.category is ErrorCategory.SO_ALREADY
        case RemoveManager():
            return missing and (write.unknown or "manager" in error.message)
        case RestoreUser():
            return missing and write.unknown  # no longer among the deleted, where it was
        case RemoveRole() | DeleteUser():
            return missing
        case _:
            return False
