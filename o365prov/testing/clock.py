"""The fake tenant's own clock: real time, or a time that moves only when told to."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

from o365prov._annotations import check_call
from o365prov.errors import ConfigurationError


class FakeClock:
    """Tells the fake tenant what time it is.

    Without *at* it follows real time plus whatever it was advanced by; with *at* it stands still there and moves only
    by ``advance``, and waiting moves it too instead of taking time.

    Args:
        at: where the clock stands; an aware datetime, or None for real time.

    Example:
        >>> clock = FakeClock(at=datetime(2026, 1, 1, tzinfo=UTC))
        >>> clock.advance(days=30).isoformat()
        '2026-01-31T00:00:00+00:00'
        >>> clock.now() == clock.now()
        True

    """

    __slots__ = ("_offset", "_stands_at")

    def __init__(self, at: datetime | None = None) -> None:
        check_call(FakeClock.__init__, locals())
        self._stands_at = at
        self._offset = timedelta()

    def __repr__(self) -> str:
        """One line: the time it shows and whether it runs."""
        return f"<FakeClock {self.now().isoformat()} {'running' if self._stands_at is None else 'standing'}>"

    def now(self) -> datetime:
        """The time in this tenant, aware, in UTC."""
        return (self._stands_at or datetime.now(UTC)).astimezone(UTC) + self._offset

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> datetime:
        """Let time pass at once, and return the new time.

        Raises:
            ConfigurationError: an argument is not a number, or the new time is before now or after the year 9999.

        """
        try:
            step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            later = self.now() + step
        except (TypeError, ValueError, OverflowError) as error:
            raise ConfigurationError(f"FakeClock.advance: {error}; give numbers that end before year 9999") from error
        if step < timedelta():
            raise ConfigurationError(f"a clock can't go back by {-step}; build a new tenant, or restore a snapshot")
        self._offset += step
        return later

    def wait(self, seconds: float) -> None:
        """Wait *seconds*: really, when the clock runs; by moving on, when it stands."""
        if self._stands_at is None:
            time.sleep(seconds)
        else:
            self.advance(seconds=seconds)

    async def wait_async(self, seconds: float) -> None:
        """Wait like ``wait``, leaving the event loop to others."""
        if self._stands_at is None:
            await asyncio.sleep(seconds)
        else:
            self.advance(seconds=seconds)
            await asyncio.sleep(0)
