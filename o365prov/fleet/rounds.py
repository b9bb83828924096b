"""Where a tenant is in its round, and what comes next.

::

                  ┌────────── stale ◄─────────┐ the tenant or the memory changed meanwhile
                  ▼                           │
    new ──► plan ──► planned ──► (somebody confirms) ──► apply ──► applied ──► verify ──► verified
                  │                                      │                       │
                  └──────────────► failed ◄──────────────┴───────────────────────┘   until the next round

A round is data, and :func:`next_step` is pure: whatever a queue forgets or does twice, what is to be done follows from
what is recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from o365prov._annotations import check_call
from o365prov._fields import as_unique, frozen_mapping, typed, whole_number


class Stage(StrEnum):
    """How far the round of a tenant has come."""

    NEW = "new"
    STALE = "stale"
    PLANNED = "planned"
    APPLIED = "applied"
    VERIFIED = "verified"
    FAILED = "failed"


class FleetStep(StrEnum):
    """What is done with a tenant, one thing after the other."""

    PLAN = "plan"
    APPLY = "apply"
    VERIFY = "verify"


class Hold(StrEnum):
    """What keeps a tenant, or the whole fleet, from going on.

    Paused, no step begins, and an apply that is under way stops after its batches. Draining, no round begins, and
    those that have begun go on to their ends.
    """

    PAUSED = "paused"
    DRAINING = "draining"


@frozen(field_transformer=typed)
class NextStep:
    """What comes next for a tenant.

    Args:
        tenant: its name in the fleet.
        step: what is to be done.
        number: in which of its rounds.
        not_before: not before this instant, aware; None for now.
        priority: what is done first, higher numbers before lower ones.

    """

    tenant: str
    step: FleetStep
    number: int
    not_before: datetime | None = None
    priority: int = 0

    def is_due(self, now: datetime) -> bool:
        """Whether it may be done *now*."""
        check_call(NextStep.is_due, locals())
        return self.not_before is None or self.not_before <= now


_COUNT = whole_number(0)


@frozen(field_transformer=typed)
class TenantRound:
    """The latest round of a tenant: how far it has come, and what was done.

    Args:
        tenant: the tenant's name in the fleet.
        number: which round it is, from 1; 0 before the first.
        stage: how far it has come.
        began_at: when it began, aware.
        plan_id: the plan.
        fingerprint: the plan's fingerprint, which is confirmed.
        hazards: what is dangerous about the plan; with any, somebody must confirm it.
        writes: how many writes to Graph the plan takes.
        written: how many of them were done.
        failed: how many changes failed.
        unknown: of how many changes it is not known whether they were done.
        skipped: how many changes were not tried.
        pending: for how many people something may still come by itself.
        incomplete: for how many people something is missing that won't come by itself.
        problems: how many problems the plan has, by their codes.
        error: why it did not go on, last.
        tries: how often the present step was tried in vain.
        not_before: the next step is not taken before this instant, aware.
        changed_at: when all this was noted, aware.

    """

    tenant: str
    number: int = field(default=0, validator=_COUNT)
    stage: Stage = Stage.NEW
    began_at: datetime | None = None
    plan_id: str = ""
    fingerprint: str = ""
    hazards: tuple[str, ...] = field(default=(), converter=as_unique)
    writes: int = field(default=0, validator=_COUNT)
    written: int = field(default=0, validator=_COUNT)
    failed: int = field(default=0, validator=_COUNT)
    unknown: int = field(default=0, validator=_COUNT)
    skipped: int = field(default=0, validator=_COUNT)
    pending: int = field(default=0, validator=_COUNT)
    incomplete: int = field(default=0, validator=_COUNT)
    problems: Mapping[str, int] = field(factory=dict, converter=frozen_mapping, hash=False)
    error: str = ""
    tries: int = field(default=0, validator=_COUNT)
    not_before: datetime | None = None
    changed_at: datetime | None = None

    def is_waiting(self, *, confirmed: bool) -> bool:
        """Whether somebody has to confirm the plan before it goes on.

        Args:
            confirmed: whether somebody has.

        """
        check_call(TenantRound.is_waiting, locals())
        return self.stage is Stage.PLANNED and bool(self.hazards) and not confirmed


LARGE = 1_000
"""A plan of more writes than this, which takes Graph a minute, gives way to others."""

_RANKS = {FleetStep.PLAN: 0, FleetStep.APPLY: 1, FleetStep.VERIFY: 2}
_SMALL = 4


def next_step(
    found: TenantRound, *, due_at: datetime | None, confirmed: bool, hold: Hold | None, now: datetime, priority: int = 0
) -> NextStep | None:
    """What comes next for a tenant; None as long as it is held, or waits for somebody or to be asked.

    Args:
        found: its latest round.
        due_at: when its schedule begins the next round, aware; None for only when it is asked for.
        confirmed: whether the plan is confirmed.
        hold: what keeps it from going on.
        now: the time, aware.
        priority: the tenant's. Of one priority the small tenants come first, and who has begun before who has not.

    """
    check_call(next_step, locals())
    if hold is Hold.PAUSED:
        return None
    step, number, not_before = FleetStep.PLAN, found.number, due_at
    match found.stage:
        case Stage.STALE:
            not_before = found.not_before
        case Stage.PLANNED if not found.is_waiting(confirmed=confirmed):
            step, not_before = FleetStep.APPLY, found.not_before
        case Stage.APPLIED:
            step, not_before = FleetStep.VERIFY, found.not_before
        case _ if due_at is None or hold is Hold.DRAINING or (found.stage is Stage.PLANNED and due_at > now):
            return None
        case _:
            number += 1
    rank = _RANKS[step] + (_SMALL if found.writes <= LARGE else 0)
    return NextStep(found.tenant, step, number, not_before, 8 * priority + rank)
