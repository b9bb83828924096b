"""Stopping an apply in which too much fails for one reason, before everything else fails for it too.

Writes are let through as confidence grows: first one batch, then ten times as many more as were done, and the same
again at each stage of a plan, for what holds of profiles need not hold of licences. How they end stands in a window of
the latest writes.

Sources: Microsoft, "Circuit Breaker pattern"; Microsoft Graph, "synchronizationQuarantine resource type".
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from o365prov._fields import fraction, whole_number
from o365prov.errors import ConfigurationError
from o365prov.graph.client.batch import LIMIT

if TYPE_CHECKING:
    from o365prov.graph.apply.delivery import WriteResult

_GROWTH = 10
"""So that a plan takes two round trips a stage more at most, however long it is."""
_MOST = 100_000


@frozen(kw_only=True)
class CircuitBreaker:
    """When an apply stops because too much fails for one reason, and its app is quarantined until somebody allows it.

    Failures are of one kind that have the same HTTP status, the same code of Graph's, and the same remedy. An update of
    which a part was written has not failed for this.

    Args:
        share: more than this share of the latest writes, from 0 to 1; with 1 no apply is ever stopped.
        from_failures: from how many failures of one kind on, at least 1 and at most *window*.
        window: how many of the latest writes are looked at, from 1 to 100,000.

    Raises:
        ConfigurationError: a field is of the wrong type or out of range.

    >>> CircuitBreaker(share=0.2).from_failures
    20

    """

    share: float = field(default=0.5, validator=fraction)
    from_failures: int = field(default=LIMIT, validator=whole_number(1, _MOST))
    window: int = field(default=5 * LIMIT, validator=whole_number(1, _MOST))

    def __attrs_post_init__(self) -> None:
        if self.from_failures > self.window:
            raise ConfigurationError(
                f"CircuitBreaker.from_failures should be at most its window of {self.window}, not {self.from_failures}"
            )


@frozen
class FailureKind:
    """Why a write failed: all that have the same status, code and remedy failed for one reason."""

    status: int
    code: str
    remedy: str

    @classmethod
    def of(cls, result: WriteResult) -> FailureKind | None:
        """The kind of a result; None where something was written."""
        if not result.problem or result.written:
            return None
        return cls(result.status, result.code, result.error.remedy if result.error else "")

    def __str__(self) -> str:
        """What Graph answered, and what to do."""
        answer = f"{self.status} {self.code}".strip() if self.status else "no answer"
        return f"{answer}; {self.remedy}" if self.remedy else answer


@define(eq=False)
class FailureWatch:
    """The latest writes of one apply, and how many more may be under way.

    Args:
        breaker: when it stops.

    """

    breaker: CircuitBreaker
    _latest: deque[FailureKind | None] = field(init=False)
    _done: int = field(init=False, default=0)
    _under_way: int = field(init=False, default=0)
    _changed: asyncio.Event = field(init=False, factory=asyncio.Event)

    def __attrs_post_init__(self) -> None:
        self._latest = deque(maxlen=self.breaker.window)

    def begin_stage(self) -> None:
        """What was done until now says nothing about what comes next."""
        self._done = 0

    @asynccontextmanager
    async def admitted(self, writes: int) -> AsyncIterator[None]:
        """Wait until so many writes may be under way beside the others, and count them as such until they ended."""
        while self._under_way and self._under_way + writes > LIMIT + _GROWTH * self._done:
            await self._changed.wait()
        self._under_way += writes
        try:
            yield
        finally:
            self._under_way -= writes
            self._changed.set()
            self._changed = asyncio.Event()

    def count(self, kinds: Iterable[FailureKind | None]) -> str:
        """Count how writes ended, None for one that was done; returns why the apply must stop, or an empty string."""
        for kind in kinds:
            self._latest.append(kind)
            self._done += kind is None
        failed = Counter(kind for kind in self._latest if kind is not None)
        if not failed:
            return ""
        [(kind, count)] = failed.most_common(1)
        if count < self.breaker.from_failures or count <= self.breaker.share * len(self._latest):
            return ""
        return f"{count} of the last {len(self._latest)} writes failed for one reason ({kind})"


def quarantined(why: str, tenant_id: str, app_name: str, again: str) -> str:
    """Why an apply stopped, and how its app, which is quarantined now, goes on; *again* is what to do then."""
    allow = f"state.allow({tenant_id!r}, {app_name!r})"
    return f"{why}; the app is quarantined: correct it, let the app go on with {allow}, then {again}"


def not_quarantined(why: str, error: Exception, again: str) -> str:
    """Why an apply stopped whose app could not be quarantined, because the state has an *error*."""
    return f"{why}; the app could not be quarantined ({error}): correct both, then {again}"
