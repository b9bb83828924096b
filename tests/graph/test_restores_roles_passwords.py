"""Applying restores, deletions, roles and first passwords."""

from datetime import UTC, datetime

import pytest

from o365prov import Departure
from o365prov.planning.model.change_parts import LicenseRemoval
from o365prov.planning.model.changes import (
    CreateUser,
    DeleteUser,
    GrantRole,
    Remember,
    RemoveLicenses,
    RemoveRole,
    RestoreUser,
)
from o365prov.planning.model.outcomes import Result

ROOT = "https://graph.microsoft.com/v1.0"
READER, LICENCES = "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
LOST = {"error": {"code": "UnknownError", "message": ""}}


def delete(fake, object_id):
    assert fake.handle("DELETE", f"{ROOT}/users/{object_id}", {"Authorization": "Bearer x"}, b"")[0] == 204


def restore(fake, object_id):
    url = f"{ROOT}/directory/deletedItems/{object_id}/restore"
    assert fake.handle("POST", url, {"Authorization": "Bearer x"}, b"")[0] == 200


@pytest.fixture
def deleted(changes, fake):
    """A person whose account was deleted, with the change that restores it and one that follows."""
    changes.staff("ann")
    update = changes.update("ann", jobTitle=(None, "Back"))
    delete(fake, update.object_id)
    return RestoreUser(changes.subject("ann"), "assigned again", update.object_id), update


def test_a_deleted_account_comes_back_and_is_changed(fake, deleted, plan, apply, known):
    """Restored first, then what else the plan has for it."""
    report = apply(plan(*deleted))
    assert report.ok
    assert fake.user("ann@fed.example")["jobTitle"] == "Back"
    assert known().get("00u-ann").object_id == deleted[0].object_id


def test_what_rests_on_a_failed_restore_is_skipped(faulty, deleted, plan, apply):
    """And says why."""
    taken = {"error": {"code": "Request_BadRequest", "message": "Another object with the same value for property x"}}
    faulty.inject("POST", "/restore", (400, {}, taken))
    report = apply(plan(*deleted))
    assert [outcome.result for outcome in report.outcomes] == [Result.FAILED, Result.SKIPPED]
    assert "could not be restored: Another object" in report.skipped[0].message


def test_a_restore_whose_answer_got_lost_is_done(fake, faulty, deleted, plan, apply):
    """At the second attempt it is no longer among the deleted."""
    faulty.inject("POST", "/restore", (504, {}, LOST), effect=True)
    assert apply(plan(*deleted)).ok
    assert fake.user("ann@fed.example")["jobTitle"] == "Back"


def test_an_account_that_was_purged_can_not_come_back(fake, deleted, plan, apply):
    """Thirty days are over, or it was deleted for good: that is a failure of that person."""
    made = plan(*deleted)
    url = f"{ROOT}/directory/deletedItems/{deleted[0].object_id}"
    assert fake.handle("DELETE", url, {"Authorization": "Bearer x"}, b"")[0] == 204
    report = apply(made)
    assert not report.done
    assert "does not exist any more" in report.failed[0].message


@pytest.mark.parametrize("watermark", [True, False])
def test_an_account_that_others_restored_is_left_alone(fake, deleted, plan, apply, watermark):
    """It may have been changed since."""
    made = plan(*deleted, **({} if watermark else {"watermark": None}))
    restore(fake, deleted[0].object_id)
    assert {outcome.result for outcome in apply(made).outcomes} == {Result.SKIPPED}


def test_without_a_mark_a_deleted_account_is_as_expected(deleted, plan, apply):
    """That it is not among the users is why it is restored."""
    assert apply(plan(*deleted, watermark=None)).ok


def test_a_leaver_is_deleted(changes, fake, plan, apply, known):
    """The account goes to the deleted items; we remember that."""
    changes.staff("ann", licenses=["SPE_E3"])
    ann = changes.id_of("ann")
    removal = RemoveLicenses(changes.subject("ann"), "left", ann, (LicenseRemoval(changes.sku(), "SPE_E3"),))
    mark = Remember(changes.subject("ann"), "left", ann, departure=Departure(datetime(2026, 3, 1, tzinfo=UTC)))
    report = apply(plan(mark, removal, DeleteUser(changes.subject("ann"), "left", ann)))
    assert report.ok
    assert fake.users == ()
    assert fake.seats("SPE_E3")[0] == 0
    assert known().get("00u-ann").status == "deleted"


def test_a_leaver_whose_account_is_gone_is_gone(changes, faulty, plan, apply):
    """A lost answer, and deleted at the first attempt."""
    changes.staff("ann")
    faulty.inject("DELETE", "/users/", (504, {}, LOST), effect=True)
    assert apply(plan(DeleteUser(changes.subject("ann"), "left", changes.id_of("ann")))).ok


def test_roles_come_and_go(changes, fake, plan, apply, read, known):
    """Also of a person whom the same plan creates."""
    fake.add_user("old@fed.example", roles=["Global Reader"], onPremisesImmutableId="b2xk")
    old = changes.id_of("old")
    [held] = read().roles_of[old]
    report = apply(
        plan(
            changes.create("ann"),
            GrantRole(changes.subject("ann"), "group", None, "License Administrator", LICENCES),
            GrantRole(changes.subject("ann"), "group", None, "Global Reader", READER),
            RemoveRole(changes.subject("old"), "group", old, "Global Reader", READER, held.id),
        )
    )
    assert report.ok
    assert set(fake.roles_of("ann@fed.example")) == {READER, LICENCES}
    assert fake.roles_of("old@fed.example") == ()
    assert known().get("00u-ann").roles == ("Global Reader", "License Administrator")


def test_a_role_that_is_held_or_not_already_is_not_a_failure(changes, fake, plan, apply):
    """A second assignment is a conflict, a second removal is not found: both are what is wanted."""
    fake.add_user("old@fed.example", roles=["Global Reader"], onPremisesImmutableId="b2xk")
    old = changes.id_of("old")
    report = apply(
        plan(
            GrantRole(changes.subject("old"), "group", old, "Global Reader", READER),
            RemoveRole(changes.subject("old"), "group", old, "License Administrator", LICENCES, "assignment-9"),
        )
    )
    assert report.ok


def managed(changes, name="ann"):
    created = changes.create(name, domain="managed.example", onPremisesImmutableId=None)
    return CreateUser(created.subject, created.reason, created.properties, created.fingerprint, password_given=True)


def test_a_first_password_is_the_callers(changes, faulty, plan, apply):
    """It is sent as given, and has to be changed at the first sign-in."""
    sent = []
    send = faulty.send

    async def listen(method, url, headers, body):
        sent.append(body)
        return await send(method, url, headers, body)

    faulty.send = listen
    asked = []
    report = apply(plan(managed(changes)), passwords=lambda change: asked.append(change) or "Correct-horse-7")
    assert report.ok
    assert [change.subject.name for change in asked] == ["Ann"]
    profile = b'"passwordProfile":{"password":"Correct-horse-7","forceChangePasswordNextSignIn":true}'
    assert any(profile in body for body in sent)


def test_without_passwords_only_those_who_need_one_are_skipped(changes, plan, apply):
    """Such an account could never be used to sign in."""
    report = apply(plan(managed(changes), changes.create("bob")))
    assert {outcome.change.subject.name: outcome.result.value for outcome in report.outcomes} == {
        "Ann": "skipped",
        "Bob": "done",
    }
    assert "passwords=" in report.skipped[0].message


@pytest.mark.parametrize("given", ["", "short", "x" * 257, None, 12345678, b"Correct-horse-7"])
def test_a_value_that_is_not_a_password_is_that_persons_failure(changes, fake, plan, apply, given):
    """Entra takes 8 to 256 characters."""
    report = apply(plan(managed(changes), changes.create("bob")), passwords=lambda _: given)
    [failed] = report.failed
    assert "8 to 256 characters" in failed.message
    assert len(fake.users) == 1


def test_a_password_function_that_fails_is_that_persons_failure(changes, plan, apply):
    """Its message may hold anything, so the message has only its class."""

    def lost(_change):
        raise KeyError("secret of Ann")

    [failed] = apply(plan(managed(changes)), passwords=lost).failed
    assert failed.message == "the passwords function raised KeyError; correct it"


def test_a_password_that_comes_back_in_an_error_is_not_shown(changes, faulty, plan, apply):
    """Whatever stands between us and Graph may repeat what it was sent."""
    echo = {"error": {"code": "Request_BadRequest", "message": "The password Correct-horse-7 does not comply"}}
    faulty.inject("POST", "/users", (400, {}, echo))
    report = apply(plan(managed(changes)), passwords=lambda _: "Correct-horse-7")
    [failed] = report.failed
    assert "The password (the password) does not comply" in failed.message
    assert "Correct-horse-7" not in repr(report.outcomes) + str(report)
