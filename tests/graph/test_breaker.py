"""Where too much fails for one reason, an apply stops, and the app is quarantined until somebody allows it to go on."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from o365prov import CircuitBreaker, ConfigurationError, QuarantinedError, StateError
from o365prov.planning import Result
from o365prov.state import MemoryState, SQLiteState

DENIED = (403, {}, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}})
NO_LICENCE = (400, {}, {"error": {"code": "Request_BadRequest", "message": "does not have any available licenses."}})
NAMES = [f"user{number:03}" for number in range(200)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "corp.db"


@pytest.fixture
def state(path):
    """A file, which every apply of a test uses."""
    return SQLiteState(path)


@pytest.fixture
def many(changes, plan):
    """A plan that creates so many people."""
    return lambda count: plan(*(changes.create(name) for name in NAMES[:count]))


def sent(faulty):
    """How many creates were sent."""
    return faulty.seen.count("POST /users")


def test_what_fails_for_everybody_is_tried_for_a_few(many, faulty, apply, state):
    """Of 200 people whom Graph refuses, one batch is sent; the report says why, and what to do."""
    made = many(200)
    faulty.inject("POST", "/users", DENIED, times=10_000)
    report = apply(made)
    assert sent(faulty) == 20
    assert (len(report.failed), len(report.skipped)) == (20, 180)
    assert report.stopped.startswith(
        "20 of the last 20 writes failed for one reason (403 Authorization_RequestDenied; "
    )
    assert f"state.allow({made.tenant_id!r}, '')" in report.stopped
    assert report.skipped[0].message == f"not tried: {report.stopped}"
    [run] = state.runs(made.tenant_id)
    assert (run.stopped, run.ended_at, run.quarantined) == (report.stopped, None, True)


class Full(MemoryState):
    """A state without room for what ends a run."""

    def end_run(self, lease, run, stopped="", quarantine=""):
        """Nothing is kept."""
        raise StateError("the disk is full")


def test_a_quarantine_that_can_not_be_kept_is_said(many, faulty, apply):
    """The report does not say that the app is quarantined, for the next apply would write."""
    faulty.inject("POST", "/users", DENIED, times=10_000)
    stopped = apply(many(200), {"state": Full()}).stopped
    assert stopped.startswith("20 of the last 20 writes failed for one reason")
    assert "the app could not be quarantined (the disk is full): correct both, then" in stopped
    assert "is quarantined" not in stopped


def test_deleting_a_quarantine_lets_nobody_go_on(many, faulty, apply, path):
    """The run that led to it says that there was one: the file does not fit its digests, whatever is asked of it."""
    made = many(60)
    faulty.inject("POST", "/users", DENIED, times=20)
    apply(made)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM quarantine")
    state = SQLiteState(path)
    for asked in (
        lambda: apply(many(70), {"state": state}, confirm=many(70).fingerprint),
        lambda: state.quarantines(made.tenant_id),
        lambda: state.allow(made.tenant_id, ""),
    ):
        with pytest.raises(StateError, match="does not fit its digest"):
            asked()


def test_a_quarantined_app_writes_nothing(many, faulty, apply, path):
    """Another process is refused too, with another plan as with this one, and hears why, since when, and what to do."""
    made = many(60)
    faulty.inject("POST", "/users", DENIED, times=20)
    apply(made)
    faulty.seen.clear()
    [quarantine] = SQLiteState(path).quarantines(made.tenant_id)
    since = f"{quarantine.since:%Y-%m-%d %H:%M:%S} UTC"
    for other in (made, many(70)):
        with pytest.raises(QuarantinedError) as refused:
            apply(other, {"state": SQLiteState(path)}, confirm=other.fingerprint)
        for told in (since, "403 Authorization_RequestDenied", f"state.allow({made.tenant_id!r}, '')"):
            assert told in str(refused.value)
    assert sent(faulty) == 0


def test_the_run_goes_on_once_it_is_allowed(many, fake, faulty, apply, state, path, known):
    """With what is left; what Graph refused is for the next plan. Who allowed it, and when, is kept."""
    made = many(60)
    faulty.inject("POST", "/users", DENIED, times=20)
    apply(made)
    assert state.allow(made.tenant_id, "another app") is None
    ended = SQLiteState(path).allow(made.tenant_id, "", allowed_by="bea@corp.example")
    assert state.quarantines(made.tenant_id) == (ended,)
    assert (ended.plan_id, ended.allowed_by, ended.allowed_at >= ended.since) == (made.id, "bea@corp.example", True)
    assert state.allow(made.tenant_id, "") is None
    report = apply(made)
    assert (len(report.done), len(report.failed), report.stopped) == (40, 20, "")
    assert apply(many(20)).ok
    assert (len(fake.users), len(known())) == (60, 60)


def test_what_still_fails_is_quarantined_again(many, faulty, apply, state):
    """The newest quarantine comes first, and the older one stays until runs of its time are deleted."""
    made = many(60)
    faulty.inject("POST", "/users", DENIED, times=10_000)
    apply(made)
    state.allow(made.tenant_id, "")
    apply(made)
    present, ended = state.quarantines(made.tenant_id)
    assert (present.allowed_at, ended.allowed_at is None) == (None, False)
    assert sent(faulty) == 40
    state.prune(datetime.now(UTC) + timedelta(days=1))
    assert state.quarantines(made.tenant_id) == (present,)


def test_failures_of_many_kinds_stop_nothing(many, faulty, apply):
    """Each concerns one person: the others get their accounts."""
    made = many(60)
    faulty.inject("POST", "/users", DENIED, times=19)
    for number in range(30):
        message = {"error": {"code": f"Request_{number}", "message": "refused"}}
        faulty.inject("POST", "/users", (400, {}, message))
    report = apply(made)
    assert (len(report.failed), len(report.done), report.stopped) == (49, 11, "")


def test_what_fails_late_is_seen_among_the_latest(changes, faulty, apply, many, plan):
    """Profiles may be written, and licences not: what went well before says nothing about what comes now."""
    apply(many(200))
    given = plan(*(changes.give(name, "FLOW_FREE") for name in NAMES))
    faulty.inject("POST", "/assignLicense", NO_LICENCE, times=10_000)
    report = apply(given)
    assert len(report.failed) == 20
    assert "buy seats" in report.stopped


@pytest.mark.parametrize(
    ("breaker", "failed"),
    [
        (CircuitBreaker(share=1), 200),
        (CircuitBreaker(from_failures=50), 60),
        (CircuitBreaker(share=0.1, from_failures=1, window=1), 20),
    ],
)
def test_when_it_stops_is_a_setting(many, faulty, apply, breaker, failed):
    """With a share of 1 it never does; a batch that is under way is finished."""
    faulty.inject("POST", "/users", DENIED, times=10_000)
    report = apply(many(200), {"circuit_breaker": breaker})
    assert len(report.failed) == failed
    assert bool(report.stopped) == (failed < 200)


def test_a_breaker_that_can_not_be_reached_is_refused():
    """More failures than the window has would never come together."""
    with pytest.raises(ConfigurationError, match=r"CircuitBreaker\.from_failures should be at most its window of 10"):
        CircuitBreaker(from_failures=11, window=10)


def test_an_apply_that_is_cancelled_after_it_keeps_the_quarantine(many, faulty, tenant, run, state):
    """Whatever ends the apply: too much had failed."""
    made = many(60)
    faulty.inject("POST", "/users", DENIED, times=10_000)

    async def cancelled():
        async with tenant() as connected:
            task = asyncio.current_task()
            with pytest.raises(asyncio.CancelledError):
                await connected.apply(made, on_event=lambda event: task.cancel() if _failed(event) else None)
            task.uncancel()

    run(cancelled())
    [quarantine] = state.quarantines(made.tenant_id)
    assert quarantine.allowed_at is None


def _failed(event):
    outcome = getattr(event, "outcome", None)
    return outcome is not None and outcome.result is Result.FAILED


def test_confidence_grows(many, faulty, apply):
    """While all goes well, more and more batches are under way at once."""
    under_way, most = 0, []
    send = faulty.send

    async def counted(method, url, headers, body):
        nonlocal under_way
        under_way += 1
        most.append(under_way)
        await asyncio.sleep(0.001)
        try:
            return await send(method, url, headers, body)
        finally:
            under_way -= 1

    faulty.send = counted
    assert apply(many(200)).ok
    assert most[0] == 1
    assert max(most) >= 5
