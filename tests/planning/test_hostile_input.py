"""Input that no one should send: planning answers with problems, never with a crash or a wrong change."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    E3,
    NOW,
    READER,
    account,
    assigned,
    from_directory,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import AppUser, Assignment, Departure, LicenseGrant
from o365prov.errors import ConfigurationError
from o365prov.people import AfterBlock, AppUserStatus, Grants
from o365prov.planning import after_change
from o365prov.provisioning import Deprovisioning

ANN = somebody()
USERNAME = f"ann.lee@{DOMAIN}"


def draw(*assignments, app=None, snapshot=None, known=(), **options):
    return (app or user_sync_app()).plan(assignments, snapshot or tenant(), remembered(*known), now=NOW, **options)


def kinds(plan):
    return [change.kind for change in plan]


def codes(plan):
    return [problem.code for problem in plan.problems]


def with_roles(*roles):
    return Assignment(ANN, Grants((), roles))


def test_a_role_by_its_name_and_by_its_id_is_granted_once():
    """And in whatever case; the journal knows a change by person and role."""
    plan = draw(with_roles("Directory Readers", "directory readers", DIRECTORY_READERS.id))
    assert kinds(plan) == ["create_user", "grant_role"]


def test_a_role_that_is_spelt_otherwise_now_is_kept():
    """It is the same role, so nothing is taken away."""
    user = account(USERNAME)
    known = AppUser(ANN.id, user.id, USERNAME, roles=("Directory Readers",))
    snapshot = tenant(user, holding=((user, DIRECTORY_READERS),))
    assert "remove_role" not in kinds(draw(with_roles("directory readers"), snapshot=snapshot, known=[known]))


def test_one_account_is_never_given_to_two_people():
    """One has its username, the other its source anchor, by which people sign in: the anchor decides."""
    bob = from_directory(somebody("Bob Ray"))
    user = account(USERNAME, onPremisesImmutableId=bob.directory_accounts[0].anchor)
    plan = draw(assigned(ANN), assigned(bob), snapshot=tenant(user))
    assert {change.subject.person_id for change in plan} == {bob.id}
    assert codes(plan) == ["other_anchor"]


def test_a_memory_that_links_two_people_to_one_account_is_refused():
    """When one of them leaves, the other would lose the account."""
    user = account(USERNAME)
    known = [AppUser(name, user.id, USERNAME) for name in ("00u1", "00u2")]
    with pytest.raises(ConfigurationError, match=rf"the same account \({user.id}\)"):
        draw(snapshot=tenant(user), known=known)


def test_a_username_that_a_stranger_has_is_a_problem_before_the_write():
    """The rename would fail every time."""
    user, stranger = account(f"maiden@{DOMAIN}"), account(USERNAME)
    plan = draw(assigned(ANN), snapshot=tenant(user, stranger), known=[AppUser(ANN.id, user.id, user.username)])
    assert plan.is_empty
    assert codes(plan) == ["username_taken"]


def test_a_deleted_account_whose_username_was_taken_is_not_restored():
    """Graph would refuse it."""
    deleted = account("x", onPremisesImmutableId=ANN.id)
    deleted = evolve(
        deleted, properties={**deleted.properties, "userPrincipalName": deleted.id.replace("-", "") + "b@x"}
    )
    snapshot = tenant(account("b@x"), deleted=(deleted,))
    plan = draw(assigned(ANN), app=evolve(user_sync_app(), restore_deleted_users=True), snapshot=snapshot)
    assert plan.is_empty
    assert codes(plan) == ["username_taken"]


def test_no_one_is_their_own_manager():
    """Graph refuses that; the person is created all the same."""
    plan = draw(assigned(from_directory(ANN, manager=ANN)))
    assert kinds(plan) == ["create_user"]
    assert codes(plan) == ["own_manager"]


def test_managers_in_a_circle_are_set():
    """Each is another person."""
    bob = somebody("Bob Ray")
    plan = draw(assigned(from_directory(ANN, manager=bob)), assigned(from_directory(bob, manager=ANN)))
    assert kinds(plan).count("set_manager") == 2


def test_a_licence_by_two_names_is_taken_away_once():
    """Graph refuses a list that names a licence twice."""
    user = account(USERNAME, licenses=[E3.id])
    known = AppUser(ANN.id, user.id, USERNAME, licenses=(LicenseGrant("SPE_E3"), LicenseGrant(E3.id)))
    app = user_sync_app(deprovisioning=Deprovisioning.block_and_remove_licenses())
    *_, removal = draw(app=app, snapshot=tenant(user), known=[known])
    assert [each.part_number for each in removal.remove] == ["SPE_E3"]


def test_days_of_grace_that_began_at_the_end_of_time():
    """They are not over yet."""
    user = account(USERNAME)
    at = datetime.max.replace(tzinfo=UTC)
    known = AppUser(ANN.id, user.id, USERNAME, status=AppUserStatus.DEACTIVATED, departure=Departure(at, "delete", 3))
    app = user_sync_app(deprovisioning=Deprovisioning.block_remove_licenses_and_delete(grace_days=3))
    assert draw(app=app, snapshot=tenant(user), known=[known]).is_empty


def test_a_person_who_became_an_admin_during_the_days_of_grace_is_deleted_with_confirmation_only():
    """A privileged role is a hazard whenever it was given."""
    user = account(USERNAME, accountEnabled=False)
    at = NOW - timedelta(days=9)
    known = AppUser(ANN.id, user.id, USERNAME, status=AppUserStatus.DEACTIVATED, departure=Departure(at, "delete", 3))
    app = user_sync_app(deprovisioning=Deprovisioning.block_remove_licenses_and_delete(grace_days=3))
    plan = draw(assigned(somebody("Bo Ross")), app=app, snapshot=tenant(user, holding=((user, READER),)), known=[known])
    assert "delete_user" in kinds(plan)
    assert any("privileged role" in hazard for hazard in plan.hazards)


def test_what_another_account_had_is_not_claimed_of_the_new_one():
    """The linked account is gone, another one is matched: what we gave to the first is forgotten."""
    user = account(USERNAME, onPremisesImmutableId=ANN.id)
    gone = AppUser(ANN.id, "gone", USERNAME, licenses=(LicenseGrant("SPE_E3"),), roles=("Directory Readers",))
    known = gone
    for change in draw(assigned(ANN), snapshot=tenant(user), known=[gone]):
        known = after_change(known, change, user.id)
    assert known.object_id == user.id
    assert (known.licenses, known.roles) == ((), ())


@pytest.mark.parametrize(
    "names",
    [
        {"firstName": 5, "lastName": 7.5, "displayName": None},
        {"firstName": ["Ann"], "lastName": {"a": "b"}, "displayName": None},
        {"displayName": ["Ann"]},
        dict.fromkeys(("firstName", "lastName", "displayName", "email", "login", "countryCode", "title"), None),
        {name: [] for name in ("firstName", "lastName", "displayName", "email", "login", "countryCode", "title")},
        dict.fromkeys(("firstName", "lastName", "displayName", "email", "login", "countryCode", "title"), True),
        dict.fromkeys(("firstName", "lastName", "displayName", "email", "countryCode", "title"), "\ud800\x1b\u202e"),
        dict.fromkeys(("firstName", "lastName", "displayName", "email", "countryCode", "title"), "x" * 100_000),
    ],
)
def test_profiles_of_the_wrong_types_stop_no_one_else(names):
    """Bob is created whatever Ann's profile holds, and everything can be printed."""
    bob = somebody("Bob Ray")
    plan = draw(assigned(evolve(ANN, profile={**ANN.profile, **names})), assigned(bob))
    assert bob.id in {change.subject.person_id for change in plan}
    assert str(plan).encode()
    assert plan.to_html().encode()


def test_a_username_of_which_no_nickname_is_left():
    """Entra takes an apostrophe in a username and Graph none in a nickname, which it demands."""
    [create] = draw(assigned(somebody(email="'@corp.example")))
    assert create.properties["mailNickname"]


@pytest.mark.parametrize("scope", ["everything", "", None, 5])
def test_a_scope_that_there_is_not(scope):
    """One line that says which there are."""
    with pytest.raises(ConfigurationError, match="'changed', 'all', 'drift'"):
        draw(scope=scope)


@pytest.mark.parametrize("option", [Deprovisioning(), Deprovisioning.block_and_remove_licenses()])
def test_a_leaver_whom_entra_connect_masters_is_a_problem(option):
    """Graph refuses to block them: their grace period begins all the same, and what Graph takes is done."""
    user = account(USERNAME, onPremisesSyncEnabled=True, licenses=[E3.id])
    known = AppUser(ANN.id, user.id, USERNAME, licenses=(LicenseGrant("SPE_E3"),))
    plan = draw(app=user_sync_app(deprovisioning=option), snapshot=tenant(user), known=[known])
    assert kinds(plan) == ["remember", *(["remove_licenses"] if option.then is not AfterBlock.KEEP else [])]
    assert codes(plan) == ["synced_leaver"]


def test_a_leaver_whom_active_directory_disabled_is_remembered():
    """Their days of grace count from now on."""
    user = account(USERNAME, onPremisesSyncEnabled=True, accountEnabled=False)
    plan = draw(snapshot=tenant(user), known=[AppUser(ANN.id, user.id, USERNAME)])
    assert (kinds(plan), codes(plan)) == (["remember"], [])


def test_hazards_do_not_depend_on_the_order_of_the_memory():
    """Two admins leave: they come by their names."""
    users = [account(f"{name}@{DOMAIN}", displayName=name) for name in ("ann", "bo")]
    known = [AppUser(user.username, user.id, user.username) for user in users]
    snapshot = tenant(*users, holding=tuple((user, READER) for user in users))
    stays = assigned(somebody("Cy Young"))
    assert (
        draw(stays, snapshot=snapshot, known=known).hazards == draw(stays, snapshot=snapshot, known=known[::-1]).hazards
    )
