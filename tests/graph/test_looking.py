"""A write of which the answer got lost is looked at before it ends: done, failed, or unknown if it can't be seen."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from o365prov.graph import ApplyStarted
from o365prov.people import AppUser, Departure
from o365prov.planning import Result
from o365prov.planning.model.change_parts import LicenseRemoval
from o365prov.planning.model.changes import (
    Change,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
)

ROOT = "https://graph.microsoft.com/v1.0"
READER, LICENCES = "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
LOST = (504, {}, {"error": {"code": "UnknownError", "message": ""}})
REFUSED = (400, {}, {"error": {"code": "Request_BadRequest", "message": "The request does not suit Graph."}})
HIDDEN = (403, {}, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}})

WRITES = {
    "create_user": ("POST", "/users"),
    "restore_user": ("POST", "/restore"),
    "update_user": ("PATCH", "/users/"),
    "enable_sign_in": ("PATCH", "/users/"),
    "block_sign_in": ("PATCH", "/users/"),
    "assign_licenses": ("POST", "/assignLicense"),
    "remove_licenses": ("POST", "/assignLicense"),
    "grant_role": ("POST", "/roleAssignments"),
    "remove_role": ("DELETE", "/roleAssignments/"),
    "set_manager": ("PUT", "/manager/$ref"),
    "remove_manager": ("DELETE", "/manager/$ref"),
    "revoke_sessions": ("POST", "/revokeSignInSessions"),
    "delete_user": ("DELETE", "/users/"),
}
"""Method and address of the request, by the kind of the change."""


def change_of(kind, changes, fake, read):
    """A change of this kind, of Ann's account unless it creates that."""
    if kind == "create_user":
        return changes.create("ann")
    boss = fake.add_user("boss@fed.example", onPremisesImmutableId="Ym9zcw==")
    held = {"licenses": ["FLOW_FREE"]} if kind in ("assign_licenses", "remove_licenses") else {}
    roles = {"roles": ["Global Reader"]} if kind == "remove_role" else {}
    manager = {"manager": boss["id"]} if kind == "remove_manager" else {}
    enabled = {"accountEnabled": False} if kind == "enable_sign_in" else {}
    changes.staff("ann", **held, **roles, **manager, **enabled)
    ann, subject = changes.id_of("ann"), changes.subject("ann")
    if kind == "restore_user":
        fake.handle("DELETE", f"{ROOT}/users/{ann}", {"Authorization": "Bearer x"}, b"")
    made = {
        "restore_user": lambda: RestoreUser(subject, "assigned again", ann),
        "update_user": lambda: changes.update("ann", jobTitle=(None, "Lead")),
        "enable_sign_in": lambda: EnableSignIn(subject, "assigned again", ann),
        "block_sign_in": lambda: changes.block("ann"),
        "assign_licenses": lambda: changes.give("ann", "SPE_E3", take=("FLOW_FREE",)),
        "remove_licenses": lambda: RemoveLicenses(
            subject, "left", ann, (LicenseRemoval(changes.sku("FLOW_FREE"), "FLOW_FREE"),)
        ),
        "grant_role": lambda: GrantRole(subject, "group", ann, "License Administrator", LICENCES),
        "remove_role": lambda: RemoveRole(subject, "left", ann, "Global Reader", READER, read().roles_of[ann][0].id),
        "set_manager": lambda: changes.manager("ann", "boss", known=True),
        "remove_manager": lambda: changes.no_manager("ann"),
        "revoke_sessions": lambda: RevokeSessions(subject, "password", ann, later(fake)),
        "delete_user": lambda: DeleteUser(subject, "left", ann, departure=Departure(datetime(2026, 3, 1, tzinfo=UTC))),
    }
    return made[kind]()


def later(fake):
    """An instant after the accounts were made, and before now."""
    instant = fake.clock.now() + timedelta(minutes=1)
    fake.clock.advance(minutes=2)
    return instant


@pytest.fixture(params=WRITES)
def lost(request, changes, fake, faulty, read, plan, apply, remember):
    """Apply a change whose first answer gets lost and whose repetition is refused; the outcome."""
    kind = request.param
    change = change_of(kind, changes, fake, read)
    if kind != "create_user":
        remember(AppUser("00u-ann", change.object_id, "ann@fed.example"))

    def whole(*, effect, hidden=False):
        def begin(event):
            if isinstance(event, ApplyStarted):  # what is read before that is not this look
                method, part = WRITES[kind]
                faulty.inject(method, part, LOST, effect=effect)
                faulty.inject(method, part, REFUSED)
                if hidden:
                    faulty.inject("GET", "/", HIDDEN, times=9)

        made = plan(change)
        [outcome] = apply(made, confirm=made.fingerprint, on_event=begin).outcomes
        faulty.rules.clear()
        return outcome

    return whole


def test_every_kind_of_write_is_tried_here():
    """Those that write nothing have nothing to look at."""
    assert {*WRITES} == {each.kind for each in get_args(Change)} - {LinkUser.kind, Remember.kind}


def test_what_was_made_is_done(lost):
    """Though no answer ever said so, and Graph refused to do it again."""
    outcome = lost(effect=True)
    assert (outcome.result, outcome.message) == (Result.DONE, "")


def test_what_was_not_made_has_failed(lost):
    """For the reason that Graph gave when it was repeated."""
    outcome = lost(effect=False)
    assert outcome.result is Result.FAILED
    assert "does not suit Graph" in outcome.message


@pytest.mark.parametrize("effect", [True, False])
def test_what_can_not_be_seen_is_unknown_and_looked_at_by_the_next_plan(lost, known, effect):
    """It is said why; who is remembered counts as unfinished, and who is not is found by matching."""
    outcome = lost(effect=effect, hidden=True)
    assert outcome.result is Result.UNKNOWN
    assert "Insufficient privileges" in outcome.message
    assert all(user.unfinished for user in known())


def test_a_new_account_is_looked_for_by_username_and_by_anchor(changes, fake, faulty, plan, apply):
    """At its own address, because an index of values may be behind; the anchor by an advanced query."""
    faulty.inject("POST", "/users", LOST, effect=True)
    assert apply(plan(changes.create("ann"))).ok
    looked = [each for each in faulty.seen if each.startswith("GET /users")][-2:]
    assert looked[0].startswith("GET /users/ann%40fed.example?")
    assert "$count=true" in looked[1]
    assert "onPremisesImmutableId" in looked[1]
    assert len(fake.users) == 1


def test_a_new_account_that_is_not_seen_yet_is_not_said_to_have_failed(changes, faulty, plan, apply):
    """Graph says that its name is taken, and shows nobody who has it: its indexes are behind, and ours may be there."""
    absent = (404, {}, {"error": {"code": "Request_ResourceNotFound", "message": "none"}})
    made = plan(changes.create("ann"))
    faulty.inject("POST", "/users", LOST, effect=True)
    faulty.inject("GET", "/users/ann", absent, times=9)
    faulty.inject("GET", "onPremisesImmutableId%20eq", (200, {}, {"value": []}), times=9)
    report = apply(made)
    assert [outcome.result for outcome in report.outcomes] == [Result.UNKNOWN]
    assert "already" in report.outcomes[0].message
    assert faulty.seen[-2].startswith("GET /users/ann")


def test_an_anchor_that_another_account_has_is_no_reason_to_doubt(changes, fake, faulty, plan, apply):
    """With that account in its place, the lost request made none."""
    made = plan(changes.create("ann"))
    fake.add_user("other@fed.example", onPremisesImmutableId=made.changes[0].properties["onPremisesImmutableId"])
    faulty.inject("POST", "/users", LOST)
    report = apply(made)
    assert [outcome.result for outcome in report.outcomes] == [Result.FAILED]
    assert "source anchor" in report.outcomes[0].message
