"""What a round becomes by the outcome of a step: pure functions."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from attrs import evolve

from o365prov import planning
from o365prov.errors import (
    ConnectionFailedError,
    GraphError,
    O365ProvError,
    PlanRefusedError,
    QuarantinedError,
    StateError,
)
from o365prov.fleet.rounds import Stage, TenantRound

TRIES = 8
"""After so many tries in vain, one of them an hour after the last, a round has failed, until the next one."""
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=1)

LOOKS = 6
"""So often a verification asks, within three hours, before what is pending is only reported."""
_LOOK_AGAIN = timedelta(minutes=5)


def begun(before: TenantRound, now: datetime) -> TenantRound:
    """The next round of a tenant, or the same one where its plan was stale; it is still to be planned."""
    if before.stage is Stage.STALE:
        return before
    return TenantRound(
        before.tenant, before.number + 1, Stage.STALE, now, writes=before.writes, problems=before.problems
    )


def planned(before: TenantRound, plan: planning.Plan) -> TenantRound:
    """A plan was made; where nothing is to be done or remembered the round has come to its end."""
    return evolve(
        before,
        stage=Stage.PLANNED if len(plan) else Stage.VERIFIED,
        plan_id=plan.id,
        fingerprint=plan.fingerprint,
        hazards=plan.hazards,
        writes=plan.writes,
        problems=Counter(each.code for each in plan.problems),
        error="",
        not_before=None,
    )


def applied(before: TenantRound, report: planning.Report, *, gave_way: bool, now: datetime) -> TenantRound:
    """A plan was applied to its end, gave way to others, or was stopped by something else."""
    counted = evolve(
        before,
        written=sum(each.change.writes for each in report.done),
        failed=len(report.failed),
        unknown=len(report.unknown),
        skipped=len(report.skipped),
        error=report.stopped,
        not_before=None,
    )
    if not report.stopped:
        return evolve(counted, stage=Stage.APPLIED if before.writes else Stage.VERIFIED, tries=0)
    if gave_way or counted.written > before.written:
        return evolve(counted, tries=0)
    return _tried_in_vain(counted, report.stopped, now)


def verified(before: TenantRound, checked: planning.Verification, now: datetime) -> TenantRound:
    """A plan was looked at; what may still come by itself is looked at again, after waits that double."""
    looks = before.tries + 1
    again = bool(checked.pending) and looks < LOOKS
    return evolve(
        before,
        stage=Stage.APPLIED if again else Stage.VERIFIED,
        pending=len(checked.pending),
        incomplete=len(checked.incomplete),
        error="",
        tries=looks if again else 0,
        not_before=now + _LOOK_AGAIN * 2 ** (looks - 1) if again else None,
    )


def refused(before: TenantRound, error: PlanRefusedError, now: datetime) -> TenantRound:
    """A plan does not fit any more: it is made again; but not as long as nobody lets a quarantined app go on."""
    if isinstance(error, QuarantinedError):
        return _given_up(before, str(error))
    return _tried_in_vain(evolve(before, stage=Stage.STALE), str(error), now)


def failed(before: TenantRound, error: Exception, now: datetime) -> TenantRound:
    """A step raised an error: what may pass is tried again, and what won't ends the round."""
    is_ours = isinstance(error, O365ProvError)
    words = str(error) if is_ours else f"{type(error).__name__} in the fleet's registry: the log has where"
    return _tried_in_vain(before, words, now) if _may_pass(error) else _given_up(before, words)


def _tried_in_vain(before: TenantRound, words: str, now: datetime) -> TenantRound:
    tries = before.tries + 1
    if tries >= TRIES:
        return _given_up(before, words)
    wait = min(_FIRST_WAIT * 2 ** (tries - 1), _LONGEST_WAIT)
    return evolve(before, error=words, tries=tries, not_before=now + wait)


def _given_up(before: TenantRound, words: str) -> TenantRound:
    return evolve(before, stage=Stage.FAILED, error=words, tries=0, not_before=None)


def _may_pass(error: Exception) -> bool:
    """Whether what failed may work when it is tried again."""
    if isinstance(error, GraphError):
        return error.status in {408, 409, 429} or error.status >= 500
    return isinstance(error, ConnectionFailedError | StateError)
