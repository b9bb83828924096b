"""The change of an account's profile: what is in it, why it is made, and when there is none."""

import re
from datetime import timedelta

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DOMAIN,
    NOW,
    account,
    app_with,
    assigned,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Departure, LicenseOnly, ProfileSync, UserSync
from o365prov.people import AppUserStatus
from o365prov.profiles import ApplyOn

APP = user_sync_app()
NAME = f"ann.lee@{DOMAIN}"
ANN = somebody("Ann Lee", title="Lead")
LEFT = {"status": AppUserStatus.DEACTIVATED, "departure": Departure(NOW)}
UNTIL_NOW = "00uBefore"


def provisioned(app=APP, person=ANN, **properties):
    """Ann's account after it was created and then edited so, and what is remembered of it."""
    snapshot, known = effects(app.plan([assigned(person)], tenant(), remembered(), now=NOW), tenant())
    [user], [known] = snapshot.users, known
    return evolve(user, properties={**user.properties, **properties}), known


def plan_for(user, *known, app=APP, person=ANN, **options):
    """The plan for Ann, who has this account."""
    return app.plan([assigned(person)], tenant(user), remembered(*known), now=NOW, **options)


def test_an_account_without_a_mapped_name_has_the_persons():
    """Graph requires a display name of every account."""
    app = APP.remap(APP.mapping.without("displayName"))
    [create] = app.plan([assigned(ANN)], tenant(), remembered(), now=NOW)
    assert create.properties["displayName"] == "Ann Lee"


def test_a_username_of_which_nothing_can_be_a_nickname_gives_another():
    """It is made of the username, and the same in every plan."""
    [create] = APP.plan([assigned(somebody(email="'@corp.example"))], tenant(), remembered(), now=NOW)
    assert re.fullmatch("[0-9a-f]{16}", create.properties["mailNickname"])


@pytest.mark.parametrize(
    ("state", "options", "reason"),
    [
        (None, {}, "an account has this username already"),
        ({"fingerprint": "x"}, {}, "the profile changed"),
        ({"fingerprint": "", "provisioning_type": ""}, {}, "the profile changed"),
        ({}, {"scope": "all"}, "edited in Office 365"),
        ({"fingerprint": ""}, {}, "not everything was written before"),
        ({"unfinished": True}, {}, "not everything was written before"),
        (LEFT, {}, "assigned again"),
        ({**LEFT, "status": AppUserStatus.KEPT}, {}, "assigned again"),
        ({"status": AppUserStatus.DELETED}, {}, "assigned again"),
        ({"status": AppUserStatus.ENABLING}, {}, "assigned again"),
        ({**LEFT, "unfinished": True}, {}, "assigned again"),
        ({"person_id": UNTIL_NOW}, {"transfers": True}, "handed over by the caller"),
        ({"person_id": UNTIL_NOW, **LEFT}, {"transfers": True}, "handed over by the caller"),
    ],
)
def test_a_change_of_the_profile_says_why_it_is_made(state, options, reason):
    """Whatever it writes; here it is the job title."""
    user, known = provisioned(jobTitle="Clerk")
    options = {**options, "transfers": {ANN.id: user.id}} if "transfers" in options else options
    plan = plan_for(user, *([] if state is None else [evolve(known, **state)]), **options)
    [update] = [each for each in plan if each.kind == "update_user"]
    assert update.reason == reason


def test_properties_are_written_in_the_order_of_their_names():
    """So that a plan is the same however the mapping is ordered; nothing and an empty text are the same."""
    user, known = provisioned(jobTitle="Clerk", city="Ely", displayName="Annie", state="", department="")
    [update] = plan_for(user, evolve(known, fingerprint="x"))
    assert [each.name for each in update.properties] == ["city", "displayName", "jobTitle"]


def test_a_profile_that_somebody_wrote_already_is_only_remembered():
    """The source changed to what the account has; from the next plan on there is nothing to compare."""
    user, known = provisioned()
    [link] = plan_for(user, evolve(known, fingerprint="x"))
    assert (link.kind, link.fingerprint) == ("link_user", known.fingerprint)


@pytest.mark.parametrize("state", [{"unfinished": True}, LEFT, {"person_id": UNTIL_NOW}])
def test_an_account_is_linked_again_although_updates_are_off(state):
    """Of who was not finished, who left, and who gets another's account, whatever the profile is."""
    user, known = provisioned(jobTitle="Clerk")
    transfers = {ANN.id: user.id} if "person_id" in state else {}
    plan = plan_for(user, evolve(known, **state), app=user_sync_app(update_attributes=False), transfers=transfers)
    assert plan.changes[0].kind == "link_user"
    assert plan_for(user, known, app=user_sync_app(update_attributes=False)).changes == ()


def test_a_type_that_does_not_rename_writes_no_username():
    """Not in another case either."""
    app = app_with(ProfileSync())
    user, known = provisioned(app, userPrincipalName=NAME.upper(), displayName="Annie")
    [update] = plan_for(user, evolve(known, fingerprint="x"), app=app)
    assert [each.name for each in update.properties] == ["displayName"]


@pytest.mark.parametrize(("held", "sent"), [(NAME.upper(), "ann.lee"), (NAME, "ANN.LEE")])
def test_a_username_in_another_case_is_not_another(held, sent):
    """Nobody renamed the account."""
    person = somebody("Ann Lee", email=f"{sent}@corp.example")
    user, known = provisioned(person=person, userPrincipalName=held)
    assert plan_for(user, known, person=person).problems == ()


def test_a_rename_by_somebody_else_is_about_the_username():
    """A warning; everything else is done."""
    user, known = provisioned(userPrincipalName=f"annie@{DOMAIN}")
    [problem] = plan_for(user, known).problems
    assert (problem.code, problem.attribute, problem.stops) == ("renamed_account", "userName", False)


def test_an_anchor_that_was_never_remembered_is_not_corrected():
    """Nothing says that it was another."""
    user, known = provisioned()
    assert plan_for(user, evolve(known, anchor=None)).changes == ()


def test_a_corrected_anchor_is_all_that_is_remembered():
    """Profile Sync does not rename: the name under which the account was provisioned stays remembered."""
    app = app_with(ProfileSync())
    user, known = provisioned(app, userPrincipalName=f"annie@{DOMAIN}")
    known = evolve(known, anchor="before")
    [link] = plan_for(user, known, app=app)
    assert (link.subject.username, link.anchor) == (NAME, ANN.id)
    assert known.fingerprint.startswith(link.fingerprint)


def test_a_corrected_anchor_enables_nobody():
    """The account is blocked, and the plan reverts that: until sign-in is enabled, it is still to be."""
    user, known = provisioned(accountEnabled=False)
    link, enable = plan_for(user, evolve(known, anchor="before"), scope="drift")
    assert (link.kind, link.activates, enable.kind) == ("link_user", False, "enable_sign_in")


def test_what_entra_connect_masters_is_asked_for_no_anchor():
    """License Only works beside it."""
    user = account(NAME, onPremisesSyncEnabled=True, usageLocation="US")
    assert plan_for(user, app=app_with(LicenseOnly())).problems == ()


def test_an_anchor_matters_where_either_username_is_of_a_federated_domain():
    """The one that the account has, or the one that it gets."""
    managed = "ann.lee@contoso.onmicrosoft.com"
    user, known = provisioned(userPrincipalName=managed, onPremisesImmutableId="another")
    known = evolve(known, username=managed, anchor="another", fingerprint="x")
    [problem] = plan_for(user, known).problems
    assert (problem.code, problem.attribute, problem.stops) == ("anchor_differs", "immutableId", False)


def test_who_says_which_anchor_is_right_is_named():
    """What sign-in sends, where the type sends profiles; Active Directory, where it does not."""
    user, known = provisioned(onPremisesImmutableId="another")
    known = evolve(known, anchor="another", fingerprint=known.fingerprint.partition(".")[0])
    [problem] = plan_for(user, known).problems
    assert problem.message.startswith(f"the account has the source anchor another, sign-in sends {ANN.id}")
    linked = from_directory(ANN)
    user = account(NAME, onPremisesImmutableId="another", usageLocation="US")
    [problem] = plan_for(user, app=app_with(LicenseOnly()), person=linked).problems
    assert f"Active Directory gives the person {linked.directory_accounts[0].anchor}" in problem.message
    assert (problem.attribute, problem.stops) == ("immutableId", False)


CREATE_ONLY = APP.remap(APP.mapping.with_expression("immutableId", "user.employeeNumber", apply_on=ApplyOn.CREATE))


@pytest.mark.parametrize(
    ("app", "instead"),
    [
        (app_with(LicenseOnly()), ""),
        (app_with(LicenseOnly(update_attributes=False)), ""),
        (app_with(UserSync(update_attributes=False)), ", or turn on Update Attributes"),
        (CREATE_ONLY, ", or map Immutable ID for updates too"),
        (APP, ", or plan with scope='all'"),
        (app_with(ProfileSync()), ""),
    ],
    ids=["License Only", "License Only, updates off", "updates off", "create only", "User Sync", "Profile Sync"],
)
def test_what_writes_a_missing_anchor_is_named(app, instead):
    """Beside setting it in Entra; no type writes it where nothing changed at the source."""
    person = somebody("Ann Lee", employeeNumber="17")
    creating = APP if isinstance(app.provisioning, LicenseOnly) else app
    user, known = provisioned(creating, person, usageLocation="US", onPremisesImmutableId=None)
    plan = plan_for(user, known, app=app, person=person)
    [problem] = [each for each in plan.problems if each.code == "no_anchor"]
    assert problem.remedy == f"Set its onPremisesImmutableId in Entra to what sign-in sends{instead}"
    assert (problem.attribute, problem.stops) == ("immutableId", False)


def test_sessions_end_at_the_moment_of_a_change_too():
    """A password that changed just now; one that changed with the last revocation or before ends nothing."""
    person = from_directory(somebody("Ann Lee"), password_last_set=NOW)
    user = account(NAME, onPremisesImmutableId=person.directory_accounts[0].anchor)
    known = AppUser(person.id, user.id, NAME, user.anchor)
    kinds = [each.kind for each in plan_for(user, known, person=person)]
    assert "revoke_sessions" in kinds
    for before, ends in ((NOW, False), (NOW - timedelta(days=1), True)):
        kinds = [each.kind for each in plan_for(user, evolve(known, password_instant=before), person=person)]
        assert ("revoke_sessions" in kinds) is ends
