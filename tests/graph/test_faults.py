"""Faults while a plan is applied: throttling, lost connections, unknown outcomes, delays. Nothing is done twice."""

import json

import pytest
from amount import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o365prov.graph import RetryPolicy
from o365prov.planning.model.outcomes import Result
from o365prov.state import SQLiteState

LAG_400 = {
    "error": {
        "code": "Request_BadRequest",
        "message": "The source resource object or one of the objects being referenced do not exist.",
    }
}
GONE = {"error": {"code": "Request_ResourceNotFound", "message": "Resource '1' does not exist."}}
NO_LOCATION = {
    "error": {
        "code": "Request_BadRequest",
        "message": "License assignment cannot be done for user with invalid usage location.",
    }
}
BUSY = {"error": {"code": "Directory_ConcurrencyViolation", "message": "concurrent requests"}}


def creates(faulty):
    return [seen for seen in faulty.seen if seen == "POST /users"]


@pytest.mark.parametrize("status", [423, 429, 500, 502, 503, 504])
def test_a_passing_fault_inside_a_batch_is_waited_out(changes, fake, faulty, plan, apply, status):
    """Only the request that failed is sent again, in a new batch."""
    changes.staff("ann", "bob")
    faulty.inject("PATCH", changes.id_of("ann"), (status, {}, {"error": {"code": "x", "message": "y"}}), times=2)
    report = apply(plan(changes.update("ann", jobTitle=(None, "x")), changes.update("bob", jobTitle=(None, "y"))))
    assert report.ok
    assert [len(batch) for batch in faulty.batches] == [2, 1, 1]
    assert fake.user("ann@fed.example")["jobTitle"] == "x"


def test_the_largest_retry_after_of_a_batch_counts(changes, faulty, plan, apply, clock):
    """Everything that was throttled is sent again together, when the last may be."""
    changes.staff("ann", "bob", "eve")
    faulty.inject("PATCH", changes.id_of("ann"), (429, {"Retry-After": "5"}, {}))
    faulty.inject("PATCH", changes.id_of("bob"), (429, {"Retry-After": "30"}, {}))
    report = apply(plan(*(changes.update(name, jobTitle=(None, "x")) for name in ("ann", "bob", "eve"))))
    assert report.ok
    assert clock.waits[0] == 30
    assert sum(clock.waits) < 31
    assert [len(batch) for batch in faulty.batches] == [3, 2]


def test_a_throttled_batch_holds_back_the_others(changes, faulty, plan, apply, clock):
    """While Graph asks to wait nothing is sent, whichever batch got that answer."""
    names = [f"p{number}" for number in range(100)]
    changes.staff(*names)
    faulty.inject("POST", "/$batch", (429, {"Retry-After": "60"}, {}))
    report = apply(plan(*(changes.update(name, jobTitle=(None, "x")) for name in names)))
    assert report.ok
    assert 60 <= clock.passed < 120


def test_concurrent_writes_of_others_are_waited_out(changes, faulty, plan, apply, clock):
    """409 Directory_ConcurrencyViolation passes; other conflicts stay."""
    changes.staff("ann")
    faulty.inject("PATCH", "/users/", (409, {}, BUSY), times=3)
    assert apply(plan(changes.update("ann", jobTitle=(None, "x")))).ok
    assert len(clock.waits) == 3


def test_endless_throttling_is_a_failure_of_that_change(changes, faulty, plan, apply):
    """After the time limit of one request the change has failed; its neighbours have not."""
    changes.staff("ann", "bob")
    faulty.inject("PATCH", changes.id_of("ann"), (429, {"Retry-After": "1"}, {}), times=1_000)
    made = plan(changes.update("ann", jobTitle=(None, "x")), changes.update("bob", jobTitle=(None, "y")))
    report = apply(made, {"retry_policy": RetryPolicy(timeout=60)})
    [failed] = report.failed
    assert failed.change.subject.name == "Ann"
    assert "too many requests" in failed.message
    assert len(report.done) == 1


@pytest.mark.parametrize(
    "answer",
    [ConnectionResetError("reset"), TimeoutError("slow"), (504, {}, b"<html>"), (503, {}, b""), (200, {}, b'{"resp')],
)
def test_a_create_that_got_through_unanswered_is_not_repeated(changes, fake, faulty, plan, apply, answer, known):
    """The account is looked for first, and found by its username."""
    faulty.inject("POST", "/$batch", answer, effect=True)
    report = apply(plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True)))
    assert report.ok
    assert len(fake.users) == 1
    assert known().get("00u-ann").object_id == changes.id_of("ann")


@pytest.mark.parametrize("answer", [ConnectionResetError("reset"), (504, {}, b"<html>")])
def test_a_create_that_got_lost_is_sent_again(changes, fake, faulty, plan, apply, answer):
    """It is looked for first; as it is not there, it is created."""
    faulty.inject("POST", "/$batch", answer)
    assert apply(plan(changes.create("ann"))).ok
    assert len(fake.users) == 1


def test_a_create_inside_a_batch_may_time_out_after_its_effect(changes, fake, faulty, plan, apply):
    """The same for an inner 504, for people without an anchor too: they are found by username."""
    faulty.inject("POST", "/users", (504, {}, {"error": {"code": "UnknownError", "message": ""}}), effect=True)
    report = apply(plan(changes.create("ann", domain="managed.example", onPremisesImmutableId=None)))
    assert report.ok
    assert len(fake.users) == 1
    assert len(creates(faulty)) == 1


def test_a_batch_that_leaves_an_answer_out_is_survived(changes, fake, faulty, plan, apply):
    """What became of the request is unknown: a create is looked for, an update sent again."""
    changes.staff("old")
    faulty.inject("POST", "/users", None, effect=True)
    faulty.inject("PATCH", "/users/", None, effect=True)
    assert apply(plan(changes.create("ann"), changes.update("old", jobTitle=(None, "x")))).ok
    assert len(fake.users) == 2


def test_a_new_account_that_is_not_visible_yet_is_found_later(changes, fake, faulty, plan, apply):
    """After a lost answer the search may come too early; the conflict of the second create says "maybe ours"."""
    faulty.inject("POST", "/users", (504, {}, {}), effect=True)
    faulty.inject("GET", "/users?$filter", (200, {}, {"value": []}))
    report = apply(plan(changes.create("ann")))
    assert report.ok
    assert len(fake.users) == 1


def test_a_create_after_the_time_limit_is_looked_for_once_more(changes, fake, faulty, plan, apply):
    """It is not sent again, and what it did is not lost."""
    faulty.inject("POST", "/users", (504, {}, {}), effect=True)
    report = apply(plan(changes.create("ann")), tenant_options={"retry_policy": RetryPolicy(timeout=0)})
    assert report.ok
    assert len(creates(faulty)) == len(fake.users) == 1


def test_a_create_that_arrives_twice_is_done(changes, fake, faulty, plan, apply, known):
    """A proxy can repeat a request: the second time the account has what it is to have, for it is the same one."""
    create = changes.create("ann")
    fake.add_user(**create.properties)
    report = apply(plan(create))
    assert report.ok
    assert known().get("00u-ann").object_id == fake.users[0]["id"]
    assert len(creates(faulty)) == len(fake.users) == 1


def test_an_account_without_anchor_is_not_taken_where_a_create_is_refused(changes, fake, faulty, plan, apply, known):
    """Somebody may have made it by hand since the tenant was read: the next plan looks whose it is."""
    create = changes.create("ann", domain="managed.example", onPremisesImmutableId=None)
    fake.add_user(**create.properties)
    [failed] = apply(plan(create)).failed
    assert "this username" in failed.message
    assert len(known()) == 0


def test_another_persons_account_is_not_taken_for_ours(changes, fake, faulty, plan, apply, known):
    """An account with our anchor but another username existed before: the create failed by a conflict."""
    changes.fake.add_user("other@fed.example", onPremisesImmutableId=changes.create("ann").anchor)
    faulty.inject("POST", "/users", (504, {}, {}), times=1)
    report = apply(plan(changes.create("ann")), tenant_options={"retry_policy": RetryPolicy(attempts=3)})
    assert [outcome.result for outcome in report.outcomes] == [Result.FAILED]
    assert known().get("00u-ann") is None
    assert len(fake.users) == 1


def test_another_persons_account_of_the_same_name_is_not_taken_either(changes, fake, faulty, plan, apply, known):
    """Without an anchor the other names must be what we sent, too."""
    fake.add_user("ann@managed.example", displayName="Another Ann")
    faulty.inject("POST", "/users", (504, {}, {}))
    report = apply(plan(changes.create("ann", domain="managed.example", onPremisesImmutableId=None)))
    [failed] = report.failed
    assert "this username" in failed.message
    assert len(known()) == 0


def test_a_create_that_always_fails_does_not_stop_the_others(changes, fake, faulty, plan, apply):
    """Graph may fail with one person's values every time; that is that person's failure."""
    changes.staff("bob")
    faulty.inject("POST", "/users", (500, {}, {"error": {"code": "InternalServerError", "message": "oops"}}), times=9)
    made = plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True), changes.block("bob"))
    report = apply(made)
    [failed] = report.failed
    assert "internal error" in failed.message
    assert [outcome.change.subject.name for outcome in report.done] == ["Bob"]


def test_a_create_without_an_id_in_its_answer_is_looked_for(changes, faulty, plan, apply):
    """A 201 that says nothing is looked after."""
    faulty.inject("POST", "/users", (201, {}, None), effect=True)
    report = apply(plan(changes.create("ann")))
    assert report.outcomes[0].object_id == changes.id_of("ann")


@pytest.mark.parametrize(("status", "body"), [(404, GONE), (400, LAG_400)])
@pytest.mark.parametrize("part", ["/assignLicense", "/manager/$ref"])
def test_a_new_account_may_be_unknown_elsewhere_for_a_while(changes, faulty, plan, apply, status, body, part):
    """Not-found of what we created a moment ago is lag, not an error; for the manager's account too."""
    faulty.inject("POST" if "License" in part else "PUT", part, (status, {}, body), times=3)
    report = apply(
        plan(
            changes.create("ann"),
            changes.create("bob"),
            changes.give("ann", "SPE_E3", new=True),
            changes.manager("ann", "bob", new=True),
        )
    )
    assert report.ok


def test_a_usage_location_may_lag_behind(changes, faulty, plan, apply):
    """A licence right after the usage location was set may come too early."""
    faulty.inject("POST", "/assignLicense", (400, {}, NO_LOCATION), times=2)
    assert apply(plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True))).ok


def test_replication_is_waited_for_only_so_long(changes, faulty, plan, apply, clock):
    """After two minutes not-found is believed."""
    faulty.inject("POST", "/assignLicense", (404, {}, GONE), times=1000)
    report = apply(plan(changes.create("ann"), changes.give("ann", "SPE_E3", new=True)))
    [failed] = report.failed
    assert "does not exist any more" in failed.message
    assert 120 <= clock.passed <= 240


def test_an_old_account_that_is_gone_is_gone(changes, faulty, plan, apply, clock):
    """Not-found of an account that we did not create just now is final at once."""
    changes.staff("ann")
    faulty.inject("POST", "/assignLicense", (404, {}, GONE))
    [failed] = apply(plan(changes.give("ann", "SPE_E3"))).failed
    assert "does not exist any more" in failed.message
    assert clock.waits == []


def test_a_removal_that_was_done_unanswered_is_done(changes, fake, faulty, plan, apply):
    """Removing what is no longer there is not a failure."""
    changes.staff("ann", "bob", licenses=["SPE_E3"])
    apply(plan(changes.manager("ann", "bob", known=True)))
    faulty.inject("DELETE", "/manager/$ref", None, effect=True)
    faulty.inject("POST", "/assignLicense", None, effect=True)
    assert apply(plan(changes.no_manager("ann"), changes.give("ann", take=("SPE_E3",)))).ok
    assert fake.user("ann@fed.example")["manager"] is None


def test_an_admin_account_is_that_persons_failure_alone(changes, faulty, plan, apply):
    """403 for an account with an admin role says which role the app would need, and does not stop the others."""
    changes.staff("ann", "bob")
    refused = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}
    faulty.inject("PATCH", changes.id_of("ann"), (403, {}, refused))
    report = apply(plan(changes.block("ann"), changes.block("bob")))
    [failed] = report.failed
    assert "directory role" in failed.message
    assert len(report.done) == 1


FAULTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                ("POST", "/users"),
                ("POST", "/assignLicense"),
                ("PUT", "/manager/$ref"),
                ("PATCH", "/users/"),
                ("POST", "/$batch"),
                ("GET", "$filter"),
            ]
        ),
        st.sampled_from([429, 500, 502, 503, 504, None]),
        st.booleans(),
        st.integers(1, 2),
    ),
    max_size=3,
)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(FAULTS)
def test_whatever_passes_by_the_tenant_ends_as_planned(changes, fake, faulty, plan, apply, known, faults):
    """Any mixture of passing faults, with the request's effect or without, costs time and nothing else."""
    fake.reset()
    faulty.rules.clear()
    changes.staff("old", licenses=["SPE_E3"])
    made = plan(
        changes.create("ann"),
        changes.create("bob", domain="managed.example", onPremisesImmutableId=None),
        changes.update("old", jobTitle=(None, "x")),
        changes.give("ann", "SPE_E3", new=True),
        changes.give("old", take=("SPE_E3",)),
        changes.manager("ann", "bob", new=True),
        changes.block("old"),
    )
    for (method, part), status, effect, times in faults:
        answer = ConnectionResetError("reset") if part == "/$batch" else None
        if status is not None:
            answer = (status, {}, {})
        faulty.inject(method, part, answer, effect=effect and status != 429, times=times)
    report = apply(made)
    assert report.ok, report.outcomes
    held = {user["userPrincipalName"]: user for user in fake.users}
    assert set(held) == {"ann@fed.example", "bob@managed.example", "old@fed.example"}
    assert held["ann@fed.example"]["manager"] == held["bob@managed.example"]["id"]
    assert {person.object_id for person in known()} == {user["id"] for user in fake.users}
    assert fake.seats("SPE_E3") == (1, 3)


def test_a_lost_network_stops_and_still_reports(changes, fake, faulty, plan, apply):
    """What was written is in the report, the rest is skipped with the reason instead of tried for hours."""
    names = [f"p{number}" for number in range(200)]
    made = plan(
        changes.create("ann"), *(changes.create(name) for name in names), changes.give("ann", "SPE_E3", new=True)
    )
    send = faulty.send
    batches = 0

    async def break_down(method, url, headers, body):
        nonlocal batches
        batches += url.endswith("$batch")
        if batches > 1:
            raise ConnectionResetError("cable cut")
        return await send(method, url, headers, body)

    faulty.send = break_down
    report = apply(made)
    assert len(report.done) == len(fake.users) == 20
    assert report.unknown
    assert "cable cut" in report.stopped
    assert all(
        "cable cut" in outcome.message or "could not be created" in outcome.message for outcome in report.skipped
    )
    assert len(report.outcomes) == len(made)
    assert batches <= 1 + 10 * 2 * RetryPolicy().attempts  # ten were under way: each is sent and looked at


def test_a_withdrawn_consent_stops_and_still_reports(changes, faulty, plan, apply):
    """A 401 that a fresh token does not cure stops everything."""
    names = [f"p{number}" for number in range(50)]
    changes.staff(*names)
    made = plan(*(changes.update(name, jobTitle=(None, "x")) for name in names))
    gone = {"error": {"code": "InvalidAuthenticationToken", "message": "Access token has expired"}}
    faulty.inject("POST", "/$batch", (401, {}, gone), times=100)
    report = apply(made)
    assert not report.done
    assert "check the credential" in report.outcomes[0].message


def test_a_401_once_is_cured_by_a_fresh_token(changes, faulty, plan, apply):
    """Tokens run out in the middle of long plans."""
    changes.staff("ann")
    faulty.inject("POST", "/$batch", (401, {}, {}))
    assert apply(plan(changes.update("ann", jobTitle=(None, "x")))).ok


def test_no_secret_is_anywhere_to_be_seen(changes, faulty, plan, apply, caplog, tmp_path):
    """Passwords and tokens are in no log, no state, no report and no event, whatever goes wrong."""
    caplog.set_level("DEBUG")
    sent = []
    send = faulty.send

    async def listen(method, url, headers, body):
        sent.append(body)
        return await send(method, url, headers, body)

    faulty.send = listen
    faulty.inject("POST", "/users", (504, {}, {}))
    events = []
    path = tmp_path / "corp.db"
    made = plan(changes.create("ann"))
    report = apply(made, {"state": SQLiteState(path)}, on_event=events.append)
    passwords = {
        request["body"]["passwordProfile"]["password"]
        for body in sent
        if b"passwordProfile" in body
        for request in json.loads(body)["requests"]
    }
    assert len(passwords) == 1
    shown = "".join(
        [
            caplog.text,
            *(each.read_bytes().decode("latin-1") for each in tmp_path.iterdir()),
            repr(events),
            repr(report),
            repr(report.outcomes),
        ]
    )
    assert not [password for password in passwords if password in shown]
    assert "stand-in" not in shown


def test_our_log_holds_no_personal_values(changes, plan, apply, caplog):
    """Ids and property names only."""
    caplog.set_level("DEBUG", "o365prov")
    changes.staff("bob")
    apply(plan(changes.create("ann"), changes.update("bob", jobTitle=(None, "Singer"))))
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("o365prov"))
    assert "00u-ann" in ours
    assert "ann@fed.example" not in ours
    assert "Singer" not in ours
