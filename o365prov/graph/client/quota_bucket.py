"""One of Graph's quotas, as far as it can be told from this side: what may be sent without being refused.

Graph's bucket can't be seen. This one never holds more than Graph's holds if that is as documented: what is under way
counts as taken, and a full bucket fills again only when an answer says that Graph took something from it.

Where Graph refuses a request all the same, its bucket is not as documented: another process of the same app takes from
it, or it fills in steps. Ours is then empty, and for one period of the quota it fills only as fast as was granted since
the refusal before. What was withheld in that period is tried in the next one: so that nothing of the quota is lost, and
that Graph refuses about once a period at most, whatever is left of the quota. A bucket that is nearly empty is no
reason to go slower: it is there to be used, and fills at the same pace whatever it holds.

Source: Microsoft, "Microsoft Graph service-specific throttling limits" (token buckets); "throttling guidance".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from attrs import define, field

from o365prov.planning import Quota

FIRST_PACE = 0.6
"""The share of the documented pace that is tried in the period after the first refusal: nothing is measured yet."""
MEASURED_PACE = 0.95
"""The share of the measured pace that is tried in the period after another refusal."""

LONG_WAIT, LONG_AGO = 0.1, 0.9
"""From these shares of the quota's period on Graph's wait, and the time since it refused before, are long."""
SLOWEST_PACE = 0.01
"""The least share of the documented pace, however often Graph refuses."""


@define(eq=False)
class QuotaBucket:
    """What of a quota may be sent now; amounts are sums since the beginning, times are a clock's seconds.

    Args:
        quota: the quota as documented.
        started_at: when the bucket was full.

    """

    quota: Quota
    started_at: float
    _supply: float = field(init=False)
    _filled_at: float = field(init=False)
    _empty_at: float = field(init=False)
    _cautious_pace: float = field(init=False)
    _queued: float = field(init=False, default=0.0)
    _sent: float = field(init=False, default=0.0)
    _answered: float = field(init=False, default=0.0)
    _granted: float = field(init=False, default=0.0)
    _granted_before: float = field(init=False, default=0.0)
    _refused_at: float | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._supply = self.quota.amount
        self._filled_at = self._empty_at = self.started_at
        self._cautious_pace = self.pace

    @property
    def pace(self) -> float:
        """How much a second the bucket gains, as documented."""
        return self.quota.amount / self.quota.seconds

    def place(self, amount: float) -> float:
        """The place of *amount* behind all who stand in line, to :meth:`wait` for; a full bucket is enough for any."""
        return self._queued + min(amount, self.quota.amount)

    def queue(self, amount: float) -> float:
        """Stand in line for *amount*; returns the place."""
        place = self.place(amount)
        self._queued += amount
        return place

    def wait(self, place: float, now: float) -> float:
        """The seconds until a place's turn, at least: while the bucket is full, they depend on answers."""
        self._fill(now)
        missing, begin = place - self._supply, max(now, self._empty_at)
        if missing <= 0:
            return 0.0
        for end, pace in self._paces():
            gained = pace * max(0.0, end - begin)
            if missing <= gained:
                return begin + missing / pace - now
            missing -= gained
            begin = max(begin, end)
        return math.inf

    def send(self, amount: float) -> None:
        """Note that *amount* leaves the line, on its way to Graph."""
        self._sent += amount

    def give_back(self, amount: float) -> None:
        """Note that *amount* leaves the line without being sent; who stands behind it moves up."""
        self._supply += amount
        self._sent += amount
        self._answered += amount

    def answer(self, amount: float, now: float) -> None:
        """Note that Graph answered what cost *amount*, or never will."""
        self._fill(now)
        self._answered += amount
        self._granted += amount

    def refuse(self, amount: float, sent_at: float, now: float, wait: float) -> None:
        """Note that Graph refused *amount* of what it answered.

        Args:
            amount: how much.
            sent_at: when it was sent; what was under way at a refusal and is refused, too, says nothing new.
            now: the time.
            wait: for how many seconds Graph asks to wait; 0 if it does not say.

        """
        self._fill(now)
        self._granted -= amount
        if self._refused_at is not None and sent_at <= self._refused_at:
            return
        self._supply = min(self._supply, self._sent)
        is_first = self._refused_at is None or now - self._refused_at > LONG_AGO * self.quota.seconds
        if is_first and wait > LONG_WAIT * self.quota.seconds:
            # Graph refills in large steps: the next one is for all the time since the bucket was used up.
            self._cautious_pace, self._empty_at = self.pace, sent_at
            self._supply += self.pace * (now - sent_at)
        else:
            self._cautious_pace = self._pace_after_refusal(now)
            self._empty_at = now + min(wait, self.quota.seconds)  # a bucket is full after a period, whatever Graph says
        self._refused_at, self._granted_before = now, self._granted

    def _pace_after_refusal(self, now: float) -> float:
        if self._refused_at is None:
            return FIRST_PACE * self.pace
        measured = (self._granted - self._granted_before) / (now - self._refused_at)
        return min(self.pace, max(MEASURED_PACE * measured, self._cautious_pace / 2, SLOWEST_PACE * self.pace))

    def _fill(self, now: float) -> None:
        gained = self._gained(now) - self._gained(self._filled_at)
        self._supply = min(self._supply + gained, self.quota.amount + self._answered)
        self._filled_at = now

    def _gained(self, at: float) -> float:
        """What the bucket gains from when it was empty until *at*."""
        begin, gained = self._empty_at, 0.0
        for end, pace in self._paces():
            gained += pace * max(0.0, min(at, end) - begin)
            begin = end
        return gained

    def _paces(self) -> Iterator[tuple[float, float]]:
        """How fast the bucket gains, and until when: what is withheld in one period is made up for in the next."""
        yield self._empty_at + self.quota.seconds, self._cautious_pace
        yield self._empty_at + 2 * self.quota.seconds, 2 * self.pace - self._cautious_pace
        yield math.inf, self.pace
