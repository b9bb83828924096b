"""Okta's page "Provision users to Office 365", step by step, with the example organisation and a real client."""

import asyncio
import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve
from states import state_of

from o365prov import (
    AppUsers,
    Deprovisioning,
    ImportMemory,
    LicenseOnly,
    Office365App,
    Office365Import,
    ProfileMapping,
    ProfileSync,
    StaleMappingError,
    Tenant,
    UniversalSync,
    UsernameFormat,
    UserSync,
)
from o365prov.errors import ConfigurationError, CredentialError
from o365prov.graph import ALL_OPERATIONS_BUT_ROLES, IMPORT_OPERATIONS, consent_url, least_permissions, read_consent
from o365prov.people import LicenseGrant
from o365prov.sources import ldif, okta_json
from o365prov.testing import FakeClock, FakeTenant

DATA = Path(__file__).parents[2] / "examples" / "data"
USERNAME = 'String.substringBefore(user.email, "@") + "@yourfederated.domain"'
MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
UMA = "00uf1ZqJFj31cvUHFq5g"  # from Active Directory, uma.rossi28@acquired.example, O365 E3
CARLA = "00uCwcIhswyPuwYfIxUU"  # from Okta alone, carla.muller@acquired.example, O365 E3


@pytest.fixture(scope="module")
def organization():
    """The people of the exports, their directory accounts brought up to date."""
    read = okta_json.read_organization(DATA)
    return read.with_directory(ldif.read_accounts(DATA / "active-directory.ldif"))


@pytest.fixture
def fake():
    """A tenant whose domain is federated with Okta."""
    return FakeTenant(
        domains={"yourfederated.domain": "Federated"},
        licenses={"SPE_E3": 40, "SPE_F1": 20},
        clock=FakeClock(at=MONDAY),
    )


def app_of(provisioning):
    """An app of this type, with the username of Okta's page."""
    return Office365App(
        domains=("yourfederated.domain",), provisioning=provisioning, username=UsernameFormat.custom(USERNAME)
    )


def provision(fake, app, assignments, app_users=None, *, now=None):
    """Read, plan, apply; returns plan, report and memory."""

    async def run():
        async with Tenant.over(fake) as tenant:
            snapshot = await tenant.read(app.needs(assignments))
        state, known = state_of(app_users or AppUsers.empty(snapshot.tenant_id, app.name))
        async with Tenant.over(fake, state=state) as tenant:
            plan = app.plan(assignments, snapshot, known, now=now or fake.clock.now())
            return plan, await tenant.apply(plan), state.app_users(snapshot.tenant_id, app.name)

    return asyncio.run(run())


def person(organization, person_id):
    return next(each for each in organization.people if each.id == person_id)


def assignment(organization, person_id):
    return next(each for each in organization.assignments if each.person.id == person_id)


class Token:
    """A credential whose token carries these permissions."""

    def __init__(self, roles):
        self._roles = sorted(roles)

    async def get_token(self, *_scopes, **_options):
        from azure.core.credentials import AccessToken  # noqa: PLC0415 - the SDK's own kind of token

        def part(content):
            return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

        return AccessToken(f"{part({'alg': 'none'})}.{part({'roles': self._roles})}.x", 2_000_000_000)


def test_1_enable_api_integration_asks_an_administrator_for_consent():
    """The address to open, and what Microsoft's redirect says afterwards."""
    url = consent_url(
        tenant="contoso.example", client_id="c1", redirect_uri="https://iam.example/done", state="unguessable"
    )
    assert url.startswith("https://login.microsoftonline.com/contoso.example/v2.0/adminconsent?")
    callback = "https://iam.example/done?admin_consent=True&tenant=t1&state=unguessable"
    assert read_consent(callback, state="unguessable").tenant_id == "t1"
    with pytest.raises(CredentialError):
        read_consent("https://iam.example/done?error=access_denied&state=unguessable", state="unguessable")


def test_1_enable_api_integration_tests_the_credentials(fake):
    """Which tenant answers, and which permissions are missing, each with what it is for."""

    async def tested(roles):
        async with Tenant.over(fake, credential=Token(roles)) as tenant:
            return await tenant.test_connection()

    complete = asyncio.run(tested(least_permissions(ALL_OPERATIONS_BUT_ROLES)))
    assert complete.ok
    partial = asyncio.run(tested({"User.Read.All"}))
    assert not partial.ok
    assert any("User.ReadWrite.All" in problem for problem in partial.problems)


@pytest.mark.parametrize(("groups", "read", "imported"), [("now", True, ["Staff"]), ("later", False, [])])
def test_1_enable_api_integration_imports_groups_now_or_later(fake, groups, read, imported):
    """With the permissions of an import alone; what is left for later is not read."""
    fake.add_group("Staff")
    office365_import = Office365Import(provisioning=ProfileSync(), groups=groups)

    async def run():
        async with Tenant.over(fake, credential=Token(least_permissions(IMPORT_OPERATIONS))) as tenant:
            assert (await tenant.test_connection(IMPORT_OPERATIONS)).ok
            return await tenant.read(office365_import.needs())

    snapshot = asyncio.run(run())
    memory = ImportMemory.empty(snapshot.tenant_id, office365_import.app_name)
    accepted = office365_import.plan([], snapshot, memory, now=MONDAY).accept()
    assert (snapshot.groups is not None) is read
    assert [each.name for each in accepted.groups] == imported


@pytest.mark.parametrize("kind", [LicenseOnly, ProfileSync, UserSync, UniversalSync])
def test_2_choose_the_provisioning_type(kind):
    """Each of the four types makes an app with its own mapping."""
    assert app_of(kind()).mapping.bound_to is not None


def test_2_choose_the_settings():
    """Create, update, deactivate, password; AD instances with Universal Sync."""
    settings = UniversalSync(
        create_users=True,
        update_attributes=True,
        deactivate_users=False,
        sync_password=False,
        ad_instances=["corp.example"],
    )
    assert app_of(settings).provisioning.ad_instances == ("corp.example",)
    with pytest.raises(TypeError):
        LicenseOnly(create_users=True)


def test_3_sts_refresh_tokens_valid_from_follows_active_directory(fake, organization):
    """With User Sync Uma's sessions end when her password is set in Active Directory."""
    uma = assignment(organization, UMA)
    app = app_of(UserSync())
    _, _, first = provision(fake, app, [uma])
    fake.clock.advance(days=1)
    [account] = uma.person.directory_accounts
    new_password = evolve(account, password_last_set=datetime(2026, 6, 1, 20, tzinfo=UTC))
    changed = evolve(uma, person=evolve(uma.person, directory_accounts=[new_password]))
    plan, _, second = provision(fake, app, [changed], first)
    assert [change.kind for change in plan] == ["revoke_sessions"]
    valid_from = fake.user("uma.rossi28@yourfederated.domain")["signInSessionsValidFromDateTime"]
    assert valid_from == "2026-06-02T08:00:00Z"
    third, _, _ = provision(fake, app, [changed], second)
    assert third.is_empty


def test_4_map_the_username_as_a_custom_expression(organization):
    """The expression of Okta's page, previewed with a person."""
    preview = app_of(UserSync()).preview(person(organization, UMA))
    assert preview.username == "uma.rossi28@yourfederated.domain"


def test_4_map_the_username_as_the_email(organization):
    """Application username format: Email."""
    app = Office365App(
        domains=("corp.example", "acquired.example"), provisioning=UserSync(), username=UsernameFormat.email()
    )
    assert app.preview(person(organization, UMA)).username == "uma.rossi28@acquired.example"


def test_4_map_the_email_with_user_or_universal_sync_only():
    """With the other types the mapping is refused."""
    for kind in (UserSync, UniversalSync):
        app = app_of(kind())
        assert "email" in app.remap(app.mapping.with_expression("email", USERNAME)).mapping
    with pytest.raises(ConfigurationError, match="email"):
        app_of(ProfileSync()).remap(ProfileMapping.of({"email": USERNAME}))


def test_4_map_attributes_again_after_any_change_of_the_settings(fake, organization):
    """A plan is refused until that is done."""
    app = app_of(UserSync()).with_provisioning(UserSync(deactivate_users=False))
    with pytest.raises(StaleMappingError):
        provision(fake, app, organization.assignments)
    plan, _, _ = provision(fake, app.remap(), organization.assignments)
    assert not plan.is_empty


def test_4_apply_updates_now(fake, organization):
    """A changed mapping reaches everyone whose value it changes, and no one else."""
    app = app_of(UserSync())
    people = [assignment(organization, each) for each in (UMA, CARLA)]
    _, _, first = provision(fake, app, people)
    shouting = app.remap(app.mapping.with_expression("title", "String.toUpperCase(source.title)"))
    plan, _, _ = provision(fake, shouting, people, first)
    assert {change.kind for change in plan} == {"update_user"}
    assert all([each.name for each in change.properties] == ["jobTitle"] for change in plan)


def test_5_test_provisioning_assigns_test_users_with_licences(fake, organization):
    """They are seen in the tenant with these licences."""
    people = [assignment(organization, each) for each in (UMA, CARLA)]
    _, report, known = provision(fake, app_of(UserSync()), people)
    assert report.ok
    assert fake.seats("SPE_E3") == (2, 40)
    assert known.get(UMA).licenses == (LicenseGrant("SPE_E3"),)


def test_5_test_provisioning_sees_their_office_365_apps(fake, organization):
    """The test user is there, can sign in, and has the apps of the licence on the dashboard."""
    plan, _, _ = provision(fake, app_of(UserSync()), [assignment(organization, UMA)])

    async def verified():
        async with Tenant.over(fake) as tenant:
            return await tenant.verify(plan)

    checked = asyncio.run(verified())
    assert checked.ok
    assert {"Outlook", "Teams"} <= set(checked.get(UMA).apps)


def test_6_people_keep_their_source(organization):
    """From Active Directory or from Okta alone; the anchor tells."""
    app = app_of(UserSync())
    assert app.preview(person(organization, UMA)).person.source == "ACTIVE_DIRECTORY"
    assert app.preview(person(organization, CARLA)).person.source == "OKTA"


def test_6_with_user_sync_all_appear_as_synced_as_far_as_graph_can(fake, organization):
    """Graph can't write that, so the plan says once what it can't, for everybody who is created, and what to do."""
    plan, _, _ = provision(fake, app_of(UserSync()), organization.assignments)
    [said] = [each for each in plan.unsupported if each.attribute == "Synced with Active Directory"]
    assert said.people == sum(change.kind == "create_user" for change in plan) == 39


def test_6_deprovision_as_configured(fake, organization):
    """Blocked at once, licences removed when the days are over, everything back for a person who returns."""
    app = app_of(UserSync(deprovisioning=Deprovisioning.block_and_remove_licenses(grace_days=7)))
    uma, carla = (assignment(organization, each) for each in (UMA, CARLA))
    _, _, known = provision(fake, app, [uma, carla])
    _, _, known = provision(fake, app, [carla], known)
    assert fake.user("uma.rossi28@yourfederated.domain")["accountEnabled"] is False
    assert fake.seats("SPE_E3") == (2, 40)
    fake.clock.advance(days=7)
    _, _, known = provision(fake, app, [carla], known)
    assert fake.seats("SPE_E3") == (1, 40)
    plan, _, known = provision(fake, app, [uma, carla], known)
    assert [change.kind for change in plan] == ["link_user", "enable_sign_in", "assign_licenses"]
    assert fake.user("uma.rossi28@yourfederated.domain")["accountEnabled"] is True
    assert fake.seats("SPE_E3") == (2, 40)


@pytest.mark.parametrize("kind", [LicenseOnly, ProfileSync, UserSync, UniversalSync])
def test_every_type_comes_to_rest(fake, organization, kind):
    """After a plan was applied, the next one has nothing to do."""
    settings = {"ad_instances": ["corp.example"]} if kind is UniversalSync else {}
    app = app_of(kind(**settings))
    if kind is LicenseOnly:
        provision(fake, app_of(UserSync()), organization.assignments)
    _, report, known = provision(fake, app, organization.assignments)
    assert report.ok
    again, _, _ = provision(fake, app, organization.assignments, known)
    assert again.is_empty


def test_a_lost_memory_is_rebuilt_from_the_tenant(fake, organization):
    """Accounts are found again by username and anchor, and nothing is written to them."""
    app = app_of(UserSync())
    _, _, known = provision(fake, app, organization.assignments)
    plan, _, rebuilt = provision(fake, app, organization.assignments)
    assert {change.kind for change in plan} == {"link_user", "remember"}
    assert plan.writes == 0
    found = {(user.object_id, user.licenses) for user in rebuilt}
    assert found == {(user.object_id, user.licenses) for user in known}
