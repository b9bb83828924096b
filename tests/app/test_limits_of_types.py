"""What Okta lets no app do: changes of type, Entra Connect, JIT instances, managed domains without passwords."""

import pytest
from attrs import evolve
from organisation import DOMAIN, NOW, account, assigned, remembered, somebody, tenant, user_sync_app

from o365prov import AppUser, LicenseOnly, Office365App, ProfileSync, UniversalSync, UsernameFormat, UserSync
from o365prov.errors import ConfigurationError
from o365prov.provisioning import OktaOrg

OLD_ORG = OktaOrg(graph_api=False)


@pytest.mark.parametrize("before", [UserSync(), UniversalSync()])
def test_user_and_universal_sync_cant_be_left_for_profile_sync_without_the_graph_feature(before):
    """Okta: no way back unless the organisation has the Microsoft Graph API feature."""
    app = evolve(user_sync_app().with_provisioning(before).remap(), org=OLD_ORG)
    with pytest.raises(ConfigurationError, match="Microsoft Graph API feature"):
        app.with_provisioning(ProfileSync())


def test_with_the_graph_feature_the_way_back_is_open():
    """The current organisations."""
    assert user_sync_app().with_provisioning(ProfileSync()).provisioning == ProfileSync()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (UserSync(), UniversalSync()),
        (UniversalSync(), UserSync()),
        (UserSync(), LicenseOnly()),
        (ProfileSync(), UserSync()),
        (ProfileSync(), ProfileSync(create_users=False)),
        (LicenseOnly(), ProfileSync()),
    ],
    ids=lambda each: each.name,
)
def test_every_other_change_of_type_is_open_without_the_graph_feature(before, after):
    """Okta names these two ways alone."""
    app = evolve(user_sync_app().with_provisioning(before).remap(), org=OLD_ORG)
    assert app.with_provisioning(after).provisioning == after


def test_people_provisioned_by_user_sync_keep_the_memory_of_it():
    """An app that was made again as Profile Sync is refused for them too."""
    app = Office365App(domains=(DOMAIN,), provisioning=ProfileSync(), username=UsernameFormat.email(), org=OLD_ORG)
    there = account(f"ann.lee@{DOMAIN}")
    known = remembered(AppUser("00uAnnLee", there.id, there.username, provisioning_type="user_sync"))
    with pytest.raises(ConfigurationError, match="User Sync can't be left"):
        app.plan([], tenant(there), known, now=NOW)


@pytest.mark.parametrize("provisioning", [ProfileSync(), UserSync(), UniversalSync()])
def test_beside_entra_connect_each_account_is_judged_by_itself(provisioning):
    """What it masters is left alone, cloud accounts beside it are provisioned, and the plan says that Okta does not."""
    app = user_sync_app().with_provisioning(provisioning).remap()
    people = [assigned(somebody("Ann Lee")), assigned(somebody("Bo Ross"))]
    synced = account(f"ann.lee@{DOMAIN}", onPremisesSyncEnabled=True)
    plan = app.plan(people, tenant(synced, synced=True), remembered(), now=NOW)
    assert [(each.subject.name, each.code) for each in plan.problems] == [("Ann Lee", "synced_account")]
    assert {change.subject.name for change in plan} == {"Bo Ross"}
    assert "Accounts that Entra Connect masters" in {each.attribute for each in plan.unsupported}


def test_license_only_works_beside_entra_connect():
    """It is made for that, so nothing is said."""
    app = user_sync_app().with_provisioning(LicenseOnly()).remap()
    plan = app.plan([], tenant(synced=True), remembered(), now=NOW)
    assert (plan.is_empty, plan.unsupported) == (True, ())


def test_universal_sync_refuses_jit_instances():
    """Footnote 1: JIT-enabled AD instances are unsupported with Universal Sync."""
    app = evolve(user_sync_app(), org=OktaOrg(jit_ad_instances=["corp.example"]))
    with pytest.raises(ConfigurationError, match=r"JIT.*corp\.example"):
        app.with_provisioning(UniversalSync(ad_instances=["corp.example"]))
    with pytest.raises(ConfigurationError, match=r"JIT.*CORP\.example"):  # domains have names without case
        app.with_provisioning(UniversalSync(ad_instances=["CORP.example"]))
    other = UniversalSync(ad_instances=["other.example"])
    assert app.with_provisioning(other).provisioning == other


@pytest.mark.parametrize(
    ("made", "setting"),
    [
        (lambda text: evolve(user_sync_app(), domains=text), "domains"),
        (lambda text: evolve(user_sync_app(), grantable_roles=text), "grantable_roles"),
        (lambda text: UniversalSync(ad_instances=text), "ad_instances"),
        (lambda text: OktaOrg(jit_ad_instances=text), "jit_ad_instances"),
    ],
    ids=["domains", "grantable_roles", "ad_instances", "jit_ad_instances"],
)
def test_one_string_in_place_of_a_list_is_refused(made, setting):
    """It would be taken for its letters; the error says how to write it."""
    with pytest.raises(ConfigurationError, match=rf"{setting} is one string: write {setting}=\('"):
        made("corp.example")


def managed(**settings):
    """An app whose usernames are in a managed domain."""
    username = UsernameFormat.custom('String.substringBefore(user.email, "@") + "@contoso.onmicrosoft.com"')
    return evolve(user_sync_app(), domains=("contoso.onmicrosoft.com",), username=username, **settings)


def test_a_managed_domain_without_passwords_is_a_problem_before_the_first_write():
    """No one could sign in: each person is stopped, with what to do."""
    plan = managed().plan([assigned(somebody())], tenant(), remembered(), now=NOW)
    assert plan.is_empty
    [problem] = plan.problems
    assert problem.code == "no_initial_password"
    assert "passwords=" in problem.remedy


def test_a_managed_domain_takes_the_callers_passwords():
    """The creation says that the caller of apply gives one; the plan holds none."""
    [create] = managed(gives_passwords=True).plan([assigned(somebody())], tenant(), remembered(), now=NOW)
    assert create.password_given
    assert "passwordProfile" not in create.properties


def test_a_federated_domain_needs_no_password_of_the_callers():
    """It is random and never used."""
    [create] = user_sync_app().plan([assigned(somebody())], tenant(), remembered(), now=NOW)
    assert not create.password_given


def test_sync_password_is_said_to_do_nothing():
    """With federated people nothing is sent even if it is ticked."""
    plan = user_sync_app(sync_password=True).plan([assigned(somebody())], tenant(), remembered(), now=NOW)
    assert "Passwords" in [each.attribute for each in plan.unsupported]


def test_grantable_roles_are_many_names():
    """One bare text is refused with what to write."""
    with pytest.raises(ConfigurationError, match="grantable_roles="):
        evolve(user_sync_app(), grantable_roles="Global Reader")
