"""How far a plan looks: Okta's push, Force Sync, and reverting what was edited in Office 365."""

import pytest
from attrs import evolve
from effects import effects
from organisation import E3, NOW, app_with, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import LicenseGrant, LicenseOnly, ProfileSync, UserSync
from o365prov.errors import ConfigurationError
from o365prov.planning import HeldLicense

ANN = assigned(somebody(title="Engineer"), "SPE_E3")


def provisioned(app, licenses=(E3.id,), **edits):
    """The tenant and the memory after a plan for Ann was applied, and then a person edited her account."""
    snapshot, app_users = effects(app.plan([ANN], tenant(), remembered(), now=NOW), tenant())
    [there] = snapshot.users
    held = tuple(map(HeldLicense, licenses))
    return evolve(snapshot, users=[evolve(there, properties={**there.properties, **edits}, licenses=held)]), app_users


def changed(app, scope, **edits):
    snapshot, app_users = provisioned(app, **edits)
    plan = app.plan([ANN], snapshot, app_users, now=NOW, scope=scope)
    return [change.kind for change in plan]


@pytest.mark.parametrize("scope", ["changed", "all", "drift"])
def test_what_no_one_edited_needs_nothing_in_any_scope(scope):
    """A tenant that agrees is left alone."""
    assert changed(user_sync_app(), scope) == []


@pytest.mark.parametrize(("scope", "reverted"), [("changed", []), ("all", ["update_user"]), ("drift", ["update_user"])])
def test_an_edited_title(scope, reverted):
    """Force Sync compares everyone's mapped profile with the tenant."""
    assert changed(user_sync_app(), scope, jobTitle="Edited") == reverted


@pytest.mark.parametrize(("scope", "reverted"), [("changed", []), ("all", []), ("drift", ["enable_sign_in"])])
def test_a_blocked_sign_in(scope, reverted):
    """Only drift takes back what a person did beyond the profile."""
    assert changed(user_sync_app(), scope, accountEnabled=False) == reverted


@pytest.mark.parametrize(
    ("scope", "reverted"), [("changed", []), ("all", ["assign_licenses"]), ("drift", ["assign_licenses"])]
)
def test_a_licence_taken_away(scope, reverted):
    """A licence that we granted comes back with Force Sync."""
    assert changed(user_sync_app(), scope, licenses=()) == reverted


def test_edits_of_profile_sync_people_survive_force_sync():
    """Okta's matrix lets them be edited in Office 365."""
    assert changed(app_with(ProfileSync()), "all", displayName="Edited") == []


@pytest.mark.parametrize("provisioning", [LicenseOnly(), ProfileSync(), UserSync()])
def test_force_sync_repairs_licences_in_every_type(provisioning):
    """Profiles may be edited in Office 365 with some types; a licence that was taken away is given again with all."""
    snapshot, known = provisioned(user_sync_app(), licenses=())
    plan = app_with(provisioning).plan([ANN], snapshot, known, now=NOW, scope="all")
    assert "licences +SPE_E3" in plan.to_text()


@pytest.mark.parametrize("provisioning", [LicenseOnly(), ProfileSync()])
def test_drift_is_refused_where_office_365_may_be_edited(provisioning):
    """Reverting would contradict the type."""
    with pytest.raises(ConfigurationError, match="scope='drift'"):
        app_with(provisioning).plan([ANN], tenant(), remembered(), now=NOW, scope="drift")


def test_an_unknown_scope_is_refused():
    """With those that there are."""
    with pytest.raises(ConfigurationError, match="scope should be one of 'changed', 'all', 'drift', not 'everything'"):
        user_sync_app().plan([ANN], tenant(), remembered(), now=NOW, scope="everything")


def test_a_new_mapping_counts_as_a_change():
    """The button "Apply updates now": what should be sent differs from the last success."""
    app = user_sync_app()
    snapshot, app_users = provisioned(app)
    shouting = app.remap(app.mapping.with_expression("title", "String.toUpperCase(source.title)"))
    [update] = shouting.plan([ANN], snapshot, app_users, now=NOW)
    assert [(each.name, each.after) for each in update.properties] == [("jobTitle", "ENGINEER")]


def test_edits_beside_a_real_change_go_with_it():
    """Okta pushes the whole profile of a person who changed."""
    app = user_sync_app()
    snapshot, app_users = provisioned(app, city="Edited")
    moved = evolve(ANN, person=somebody(title="Director"))
    [update] = app.plan([moved], snapshot, app_users, now=NOW)
    assert {each.name: each.after for each in update.properties} == {"city": None, "jobTitle": "Director"}


def test_the_grant_is_remembered():
    """The helper above remembers licences too, so that the scopes are compared fairly."""
    _, app_users = provisioned(user_sync_app())
    assert next(iter(app_users)).licenses == (LicenseGrant("SPE_E3"),)
    assert UserSync().owns_profile
