"""User Attributes Only: attributes are sent, licences and roles are left to whoever manages them."""

import pytest
from attrs import evolve
from effects import effects
from organisation import (
    DIRECTORY_READERS,
    DOMAIN,
    E3,
    F1,
    NOW,
    READER,
    account,
    remembered,
    somebody,
    tenant,
    user_sync_app,
)

from o365prov import (
    AppUser,
    Assignment,
    Deprovisioning,
    LicenseGrant,
    LicenseOnly,
    ProfileSync,
    UniversalSync,
    UserSync,
)
from o365prov.errors import ConfigurationError
from o365prov.people import Grants
from o365prov.planning import AssignLicenses, GrantRole, RemoveLicenses, RemoveRole
from o365prov.provisioning import operations_matrix

TYPES = (ProfileSync, UserSync, UniversalSync)
GRANTS = Grants([LicenseGrant("SPE_E3"), LicenseGrant("NONESUCH")], ["Directory Readers", "Nonesuch"])
ANN = somebody("Ann Lee")


def app_with(kind, **settings):
    """The example's app with this type and User Attributes Only."""
    return user_sync_app().with_provisioning(kind(user_attributes_only=True, **settings)).remap()


def provisioned(*roles):
    """A tenant and a memory in which Ann has a licence and these roles from us."""
    there = account(f"ann.lee@{DOMAIN}", displayName="Ann Lee", usageLocation="US", licenses=[E3.id])
    user = AppUser(
        ANN.id, there.id, there.username, licenses=(LicenseGrant("SPE_E3"),), roles=tuple(role.name for role in roles)
    )
    return tenant(there, holding=[(there, role) for role in roles]), remembered().with_user(user)


def about_grants(plan):
    """The changes of licences and roles."""
    return [each for each in plan if isinstance(each, AssignLicenses | RemoveLicenses | GrantRole | RemoveRole)]


@pytest.mark.parametrize("kind", TYPES)
def test_a_new_person_gets_an_account_alone(kind):
    """Neither a licence nor a role goes along, and what the tenant does not know of them is not a problem."""
    plan = app_with(kind).plan([Assignment(ANN, GRANTS)], tenant(), remembered(), now=NOW)
    assert [change.kind for change in plan] == ["create_user"]
    assert plan.problems == ()


@pytest.mark.parametrize("kind", TYPES)
def test_what_was_granted_before_stays(kind):
    """Switched on later, it removes nothing: Okta no longer manages what it gave."""
    snapshot, known = provisioned(DIRECTORY_READERS)
    plan = app_with(kind).plan([Assignment(ANN, Grants([LicenseGrant("SPE_F1")]))], snapshot, known, now=NOW)
    assert about_grants(plan) == []


@pytest.mark.parametrize("kind", [UserSync, UniversalSync])
def test_drift_of_licences_and_roles_is_not_reverted(kind):
    """The scope that reverts edits in Office 365 leaves those alone that others make."""
    snapshot, known = provisioned(DIRECTORY_READERS)
    bare = evolve(snapshot, users=[evolve(snapshot.users[0], licenses=())], role_assignments=())
    plan = app_with(kind).plan(
        [Assignment(ANN, Grants([LicenseGrant("SPE_E3")], ["Directory Readers"]))], bare, known, now=NOW, scope="drift"
    )
    assert about_grants(plan) == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_leaver_is_blocked_and_keeps_licences_and_roles(kind):
    """A privileged role stays too: the sign-in is blocked, and whoever manages roles removes it."""
    snapshot, known = provisioned(READER)
    plan = app_with(kind).plan([], snapshot, known, now=NOW)
    assert [change.kind for change in plan] == ["block_sign_in", "revoke_sessions"]


def test_a_leaver_can_be_deleted():
    """Microsoft frees the licences of a deleted account."""
    snapshot, known = provisioned(READER)
    option = Deprovisioning.block_remove_licenses_and_delete()
    plan = app_with(UserSync, deprovisioning=option).plan([], snapshot, known, now=NOW)
    assert [change.kind for change in plan] == ["delete_user"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("days", [None, 14])
def test_removing_the_licences_of_leavers_contradicts_it(kind, days):
    """The message says which options do not."""
    option = Deprovisioning.block_and_remove_licenses(grace_days=days)
    with pytest.raises(ConfigurationError, match=rf"{kind.__name__}\.user_attributes_only .*block_sign_in\(\)"):
        kind(user_attributes_only=True, deprovisioning=option)


def test_a_plan_says_how_many_people_have_grants_that_are_not_sent():
    """Nothing that is assigned is dropped in silence."""
    grants = [GRANTS, Grants([LicenseGrant("SPE_E3")]), Grants(roles=["Directory Readers"]), Grants()]
    people = [Assignment(somebody(f"Ann {name}"), each) for name, each in zip("ABCD", grants, strict=True)]
    plan = app_with(ProfileSync).plan(people, tenant(), remembered(), now=NOW)
    assert [(each.attribute, each.people) for each in plan.unsupported] == [("Licences and roles", 3)]
    assert app_with(ProfileSync).plan(people[3:], tenant(), remembered(), now=NOW).unsupported == ()


def test_license_only_does_not_have_the_setting():
    """It sends nothing else."""
    assert not LicenseOnly().user_attributes_only
    with pytest.raises(TypeError):
        LicenseOnly(user_attributes_only=True)


def test_the_row_of_the_matrix_follows():
    """Push licenses and roles: not with User Attributes Only."""
    matrix = operations_matrix([kind(user_attributes_only=True) for kind in TYPES])
    assert set(matrix["Push licenses and roles"].values()) == {False}


def test_streaming_takes_people_with_grants_as_unchanged():
    """Grants that are never sent do not make a person differ from the last success."""
    app = app_with(UserSync)
    people = [Assignment(ANN, GRANTS)]
    snapshot, known = effects(app.plan(people, tenant(), remembered(), now=NOW), tenant())
    planner = app.streaming_planner(lambda: people, known, now=NOW)
    assert [user for user in snapshot.users if planner.wants(user)] == []
    assert (
        planner.plan(evolve(snapshot, users=[])).unsupported == app.plan(people, snapshot, known, now=NOW).unsupported
    )


def test_switched_off_again_grants_are_sent_again():
    """Ann was given F1 by others meanwhile; what is assigned is added, what others gave is kept."""
    there = account(f"ann.lee@{DOMAIN}", displayName="Ann Lee", usageLocation="US", licenses=[F1.id])
    known = remembered().with_user(AppUser(ANN.id, there.id, there.username))
    plan = user_sync_app().plan([Assignment(ANN, Grants([LicenseGrant("SPE_E3")]))], tenant(there), known, now=NOW)
    [change] = about_grants(plan)
    assert ([each.sku_id for each in change.add], change.remove) == ([E3.id], ())
