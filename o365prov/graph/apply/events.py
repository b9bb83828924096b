"""The events of applying a plan; each is a frozen value."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeAlias

from attrs import frozen

from o365prov import planning
from o365prov._fields import typed

_log = logging.getLogger(__name__)


@frozen(field_transformer=typed)
class ApplyStarted:
    """Everything is checked and writing begins.

    Args:
        total: the number of changes.
        writes: the number of requests that write.

    """

    total: int
    writes: int


@frozen(field_transformer=typed)
class ChangeEnded:
    """One change has ended, in one of the four ways of :class:`~o365prov.planning.Result`.

    Args:
        outcome: how it ended.
        done: how many changes have ended.
        total: how many changes there are.

    """

    outcome: planning.Outcome
    done: int
    total: int


@frozen(field_transformer=typed)
class Waiting:
    """No request is sent for a while.

    Args:
        seconds: how long.
        why: the reason, for people.

    """

    seconds: float
    why: str


@frozen(field_transformer=typed)
class ApplyEnded:
    """The apply has ended; *report* says how."""

    report: planning.Report


Event: TypeAlias = ApplyStarted | ChangeEnded | Waiting | ApplyEnded


def without_errors(on_event: Callable[[Event], None] | None) -> Callable[[Event], None]:
    """*on_event*, but not called again after it raises an exception, so that the report is not lost."""
    listening = on_event

    def emit(event: Event) -> None:
        nonlocal listening
        if listening is None:
            return
        try:
            listening(event)
        except Exception:  # noqa: BLE001 - whatever a listener does, the report is returned
            listening = None
            _log.warning("on_event failed at %s and is not called again", type(event).__name__, exc_info=True)

    return emit
