"""What applying a plan tells while it runs; every event is a frozen value."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from o365prov.planning import Outcome, Report

_log = logging.getLogger(__name__)


@frozen
class ApplyStarted:
    """Everything is checked and writing begins: *total* changes, which cost *writes* requests that write."""

    total: int
    writes: int


@frozen
class ChangeEnded:
    """One change was done, failed or was skipped; it is the *done*-th of *total*."""

    outcome: Outcome
    done: int
    total: int


@frozen
class Waiting:
    """Nothing goes for *seconds*; *why* says so in words."""

    seconds: float
    why: str


@frozen
class ApplyEnded:
    """It is over."""

    report: Report


Event: TypeAlias = ApplyStarted | ChangeEnded | Waiting | ApplyEnded


def quietly(on_event: Callable[[Event], None] | None) -> Callable[[Event], None]:
    """*on_event*, made harmless: if it fails it is told nothing more, and the report is not lost."""
    listening = on_event

    def emit(event: Event) -> None:
        nonlocal listening
        if listening is None:
            return
        try:
            listening(event)
        except Exception:  # noqa: BLE001 - whatever a listener does, the report must come
            listening = None
            _log.warning("on_event failed at %s and is told nothing more", type(event).__name__, exc_info=True)

    return emit
