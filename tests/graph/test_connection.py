"""Consent, credentials and the connection test: what is missing is found before anything is provisioned."""

import asyncio
import base64
import json
import subprocess
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from attrs import evolve
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError
from hypothesis import given
from hypothesis import strategies as st
from msgraph_core import NationalClouds

from o365prov.errors import ConfigurationError, CredentialError, TenantError, UsageError
from o365prov.graph import Cloud, Tenant, consent_url, read_consent
from o365prov.graph.client.messages import NoResponse, Request
from o365prov.graph.client.sdk_transport import Connection
from o365prov.graph.client.transport import AnonymousCredential, token_claims
from o365prov.graph.setup.permissions import (
    ALL_OPERATIONS_BUT_ROLES,
    LICENSE_ONLY_OPERATIONS,
    PERMISSIONS,
    ROLE_OPERATIONS,
    Operation,
    least_permissions,
    missing_permissions,
)
from o365prov.state import MemoryState


def token(**claims):
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{body}.c2ln"


class Credential:
    """A plain credential of ours: what it was asked, and the token it gives."""

    def __init__(self, text="opaque"):
        self.text = text
        self.asked = []

    def get_token(self, *scopes, **options):
        self.asked.append(scopes)
        return AccessToken(self.text, int(time.time()) + 3600)


def over(transport, **options):
    return Tenant.over(transport, **options)


@pytest.fixture
def connect(run, faulty, clock):
    """Test the connection with a credential."""

    def whole(credential, *operations, **options):
        async def inside():
            async with Tenant.over(faulty, credential=credential, clock=clock) as tenant:
                return await tenant.test_connection(operations or ALL_OPERATIONS_BUT_ROLES, **options)

        return run(inside())

    return whole


# clouds


def test_our_clouds_are_the_sdks():
    """The SDK knows the same Graph roots; Germany's cloud is closed."""
    assert {cloud.graph for cloud in Cloud} == {str(each) for each in NationalClouds if each.name != "Germany"}


# consent


@pytest.mark.parametrize("cloud", list(Cloud))
def test_a_consent_address_is_of_its_cloud(cloud):
    """Sign-in host and scope belong together; the state comes back in the callback."""
    url = urlsplit(
        consent_url(
            tenant="contoso.example", client_id="c", redirect_uri="https://i.example/cb", state="s", cloud=cloud
        )
    )
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert (url.netloc, url.path) == (cloud.login_host, "/contoso.example/v2.0/adminconsent")
    assert query == {
        "client_id": "c",
        "scope": f"{cloud.graph}/.default",
        "redirect_uri": "https://i.example/cb",
        "state": "s",
    }


def test_everything_wrong_with_a_consent_address_is_said_at_once():
    """Tenant, client id, redirect address and state, each with what to do."""
    with pytest.raises(ConfigurationError) as caught:
        consent_url(tenant="common", client_id="", redirect_uri="nowhere", state="")
    for part in ("tenant 'common'", "client_id is empty", "redirect_uri 'nowhere'", "state is empty"):
        assert part in str(caught.value)


@pytest.mark.parametrize("tenant", ["", "a/b", "a?b", "../x", "a b"])
def test_a_tenant_can_not_lead_elsewhere(tenant):
    """What goes into the path is a name or an id."""
    with pytest.raises(ConfigurationError, match="tenant"):
        consent_url(tenant=tenant, client_id="c", redirect_uri="https://i.example/cb", state="s")


def test_a_consent_callback_names_the_tenant():
    """The administrator's tenant, to be proven by a token afterwards."""
    consent = read_consent("https://i.example/cb?admin_consent=True&tenant=t1&scope=x&state=s%2B1", state="s+1")
    assert consent.tenant_id == "t1"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("admin_consent=True&tenant=t1&state=other", "not the one that was sent"),
        ("admin_consent=True&tenant=t1", "not the one that was sent"),
        ("error=access_denied&error_description=The+admin%0Asaid+no&state=s", "access_denied: The admin said no"),
        ("tenant=t1&state=s", "admin_consent=True or tenant is missing"),
        ("admin_consent=False&tenant=t1&state=s", "admin_consent=True or tenant is missing"),
        ("admin_consent=True&state=s", "admin_consent=True or tenant is missing"),
    ],
)
def test_other_callbacks_are_refused(query, reason):
    """A forged, refused or garbled callback connects nothing."""
    with pytest.raises(CredentialError, match=reason):
        read_consent(f"https://i.example/cb?{query}", state="s")


def test_an_empty_state_matches_nothing():
    """Without a state no callback is accepted."""
    with pytest.raises(CredentialError, match="not the one that was sent"):
        read_consent("https://i.example/cb?admin_consent=True&tenant=t1&state=", state="")


# permissions


def test_every_operation_has_its_row():
    """One row an operation."""
    assert [row.operation for row in PERMISSIONS] == list(Operation)


@given(st.sets(st.sampled_from(list(Operation))))
def test_the_least_permissions_are_enough(operations):
    """What we ask an administrator for covers what we do, and nothing of it could be left out."""
    asked = set(least_permissions(operations))
    assert missing_permissions(operations, asked) == ()
    assert all(missing_permissions(operations, asked - {permission}) for permission in asked)


def test_creating_and_updating_have_permissions_of_their_own():
    """Since July 2026; the broader ones that were needed before still do."""
    users = [Operation.CREATE_USERS, Operation.UPDATE_USERS]
    assert least_permissions(users) == ("User.Create", "User.ReadUpdate.All")
    assert [missing_permissions(users, {broad}) for broad in ("User.ReadWrite.All", "Directory.ReadWrite.All")] == [
        (),
        (),
    ]


def test_only_managers_take_the_write_of_everything_about_users():
    """Who maps no manager need not ask for it; reading has its own permission all the same."""
    without = least_permissions(ALL_OPERATIONS_BUT_ROLES - {Operation.SET_MANAGERS})
    assert "User.ReadWrite.All" not in without
    assert {"User.Read.All", "User.ReadUpdate.All", "User.EnableDisableAccount.All"} <= {*without}
    assert "User.ReadWrite.All" in least_permissions(ALL_OPERATIONS_BUT_ROLES)


def test_license_only_asks_for_no_write_of_users():
    """An administrator need not trust us with profiles where only licences are assigned."""
    assert "User.ReadWrite.All" not in least_permissions(LICENSE_ONLY_OPERATIONS)


def test_roles_are_asked_for_only_by_who_wants_them():
    """Writing roles is power over the whole tenant."""
    assert not [permission for permission in least_permissions(ALL_OPERATIONS_BUT_ROLES) if "Role" in permission]
    assert least_permissions(ALL_OPERATIONS_BUT_ROLES | ROLE_OPERATIONS) == tuple(
        sorted([*least_permissions(ALL_OPERATIONS_BUT_ROLES), "RoleManagement.ReadWrite.Directory"])
    )


# testing the connection


def test_a_good_credential_has_no_problems(connect, fake):
    """The tenant is named, and nothing is missing."""
    tested = connect(Credential(token(roles=list(least_permissions(ALL_OPERATIONS_BUT_ROLES)))))
    assert tested.ok
    assert tested.tenant_name == "Contoso"


def test_missing_permissions_are_listed_with_what_to_do(connect):
    """Each operation that the token does not cover, with the least permission for it."""
    tested = connect(Credential(token(roles=["User.Read.All"])), Operation.READ_USERS, Operation.ASSIGN_LICENSES)
    assert not tested.ok
    [problem] = tested.problems
    assert problem.startswith(
        "assign and remove licences: grant the application permission LicenseAssignment.ReadWrite"
    )


def test_a_tested_connection_prints_what_it_found(connect):
    """The tenant, the verdict, and a line for each problem."""
    good = connect(Credential(token(roles=list(least_permissions(ALL_OPERATIONS_BUT_ROLES)))))
    assert str(good) == f"Contoso ({good.tenant_id}): no problems"
    missing = connect(Credential(token(roles=["User.Read.All"])), Operation.READ_USERS, Operation.ASSIGN_LICENSES)
    assert str(missing).splitlines()[0].endswith(": not everything is allowed")
    assert str(missing).splitlines()[1:] == [f"? {problem}" for problem in missing.problems]
    assert "does not say which permissions it has" in str(connect(Credential("opaque")))


def test_a_token_without_roles_may_do_nothing(connect):
    """An app without consent gets a token, and no roles."""
    tested = connect(Credential(token(tid="x")))
    assert {row.operation for row in tested.missing} == ALL_OPERATIONS_BUT_ROLES


def test_a_users_token_differs_from_an_apps(connect):
    """Delegated tokens have scp instead of roles."""
    tested = connect(Credential(token(scp="User.Read")))
    assert "a user's, not the app's" in tested.problems[0]


def test_an_opaque_token_is_not_judged(connect):
    """A token that can't be read says nothing about permissions; that Graph took it is enough."""
    tested = connect(Credential("opaque"))
    assert tested.ok
    assert tested.granted is None


def test_another_tenant_than_expected_is_a_problem(connect):
    """A credential of the wrong customer must not go unnoticed."""
    tested = connect(
        Credential(token(roles=list(least_permissions(ALL_OPERATIONS_BUT_ROLES)), tid="elsewhere")),
        expected_tenant="mine",
    )
    assert [problem.split(":")[0] for problem in tested.problems] == [
        f"the token is for tenant elsewhere, Graph answers for {tested.tenant_id}",
        f"this is tenant {tested.tenant_id}, not mine",
    ]


@pytest.mark.parametrize("text", ["", "a.b.c", "a.b", "a.e30.b.c", "e30.W10.x", "x.!!.y", "x.\u00e9.y"])
def test_what_is_not_a_token_has_no_claims(text):
    """Tokens are opaque by contract, so any string is accepted."""
    assert token_claims(text) == {}


def test_a_credential_that_fails_otherwise_is_a_credential_error(connect):
    """A wrong certificate or tenant id makes azure-identity raise ValueError."""

    class Broken(Credential):
        def get_token(self, *scopes, **options):
            raise ValueError("Invalid tenant ID provided")

    with pytest.raises(CredentialError, match="no token: Invalid tenant ID provided; check tenant id"):
        connect(Broken())


def test_a_refused_sign_in_says_what_to_do(connect):
    """Entra's own line, and the remedy for its number."""

    class Refused(Credential):
        def get_token(self, *scopes, **options):
            raise ClientAuthenticationError("AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1")

    with pytest.raises(CredentialError, match=r"AADSTS7000215.*use its value, not its id"):
        connect(Refused())


@pytest.mark.parametrize("answer", [None, "text", ("t", 1)])
def test_a_credential_that_gives_no_token_is_named(connect, answer):
    """The SDK would send the request without a token and leave it to Graph to complain."""

    class Odd(Credential):
        def get_token(self, *scopes, **options):
            return answer

    with pytest.raises(CredentialError, match="pass a credential of azure-identity"):
        connect(Odd())


@pytest.mark.parametrize("cloud", list(Cloud))
def test_tokens_are_asked_for_the_clouds_own_scope(cloud, faulty, run):
    """And requests go to that cloud's Graph."""
    credential = Credential()

    async def whole():
        async with Tenant.over(faulty, credential=credential, cloud=cloud) as tenant:
            await tenant.test_connection()

    run(whole())
    assert set(credential.asked) == {(f"{cloud.graph}/.default",)}


def test_a_plain_credential_does_not_hold_up_the_loop(faulty, run):
    """It is called on a thread; the SDK alone would call it on the loop."""

    class Slow(Credential):
        def get_token(self, *scopes, **options):
            self.thread = threading.current_thread()
            return super().get_token(*scopes, **options)

    credential = Slow()

    async def whole():
        async with Tenant.over(faulty, credential=credential) as tenant:
            await tenant.test_connection()

    run(whole())
    assert credential.thread is not threading.main_thread()


def test_an_async_credential_stays_open(faulty, run):
    """The caller owns the credential."""

    class Aio:
        closed = False

        async def get_token(self, *scopes, **options):
            return AccessToken("opaque", int(time.time()) + 3600)

        async def close(self):
            self.closed = True

    credential = Aio()

    async def whole():
        async with Tenant.over(faulty, credential=credential) as tenant:
            await tenant.test_connection()

    run(whole())
    assert not credential.closed


# the connection's life


def test_a_tenant_lives_on_one_loop(tenant, needs):
    """Use from a second loop would hang on the first one's connections."""
    connected = tenant()
    asyncio.run(connected.read(needs))
    with pytest.raises(
        UsageError, match="another event loop already: make one Tenant for each loop, or a BlockingTenant"
    ):
        asyncio.run(connected.read(needs))


def test_outside_of_async_code_there_is_no_tenant(tenant):
    """The message names what to use instead."""
    with pytest.raises(UsageError, match="use BlockingTenant"):
        _ = tenant().sdk


def test_a_closed_tenant_is_closed(tenant, needs, run):
    """After the with-block nothing is sent any more."""

    async def whole():
        async with tenant() as connected:
            pass
        with pytest.raises(UsageError, match="closed"):
            await connected.read(needs)

    run(whole())


def test_the_sdk_itself_is_at_hand(tenant, changes, run):
    """For everything that this package does not do, over the same connection."""
    changes.staff("ann")

    async def whole():
        async with tenant() as connected:
            page = await connected.sdk.users.get()
            return [user.user_principal_name for user in page.value]

    assert run(whole()) == ["ann@fed.example"]


def test_the_sdk_asks_with_our_token_and_its_name(transport, run):
    """Requests go through the SDK's own authentication and middleware."""
    scripted = transport((200, {}, {"value": [{"id": "t1"}]}))

    async def whole():
        async with Tenant.over(scripted, credential=Credential("t0k3n")) as tenant:
            await tenant.test_connection()

    run(whole())
    [(_, _, headers, _)] = scripted.requests
    assert headers["authorization"] == "Bearer t0k3n"
    assert "graph-python" in headers["sdkversion"]


def test_half_a_surrogate_pair_gets_to_graph(transport, run):
    """Exports hold such names; Graph refuses that one person, and we don't stumble over them."""
    scripted = transport((200, {}, {}))

    async def whole():
        connection = Connection(AnonymousCredential(), Cloud.GLOBAL, scripted)
        await connection.send(Request("PATCH", "/users/1", {"displayName": "A\ud800"}))
        await connection.close()

    run(whole())
    assert scripted.bodies() == [{"displayName": "A\ud800"}]


@pytest.mark.parametrize(
    ("fault", "maybe_done"),
    [
        (httpx.ConnectError("refused"), False),
        (httpx.ConnectTimeout("slow"), False),
        (httpx.ReadTimeout("slow"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (ConnectionResetError("reset"), True),
    ],
)
def test_whether_a_request_may_have_had_its_effect_is_known(run, fault, maybe_done):
    """What was never sent had none; everything else may have."""

    class Broken:
        async def send(self, method, url, headers, body):
            raise fault

    async def whole():
        connection = Connection(AnonymousCredential(), Cloud.GLOBAL, Broken())
        try:
            return await connection.send(Request("GET", "/users"))
        finally:
            await connection.close()

    answer = run(whole())
    assert evolve(answer, client_request_id="") == NoResponse(f"{type(fault).__name__}: {fault}", maybe_done=maybe_done)
    assert UUID(answer.client_request_id)


def test_without_a_transport_there_is_the_network(run):
    """The SDK is made for the cloud's own address, without the slash that would double."""

    async def whole():
        async with Tenant(Credential(), Cloud.CHINA, state=MemoryState()) as tenant:
            return tenant.sdk.request_adapter.base_url

    assert run(whole()) == "https://microsoftgraph.chinacloudapi.cn/v1.0"


def test_redirects_are_not_followed(transport, run, clock):
    """Graph does not redirect what we ask; a proxy's login page is not an answer."""
    scripted = transport((302, {"location": "https://login.proxy.example/"}, b""))

    async def whole():
        async with Tenant.over(scripted, clock=clock) as tenant:
            await tenant.test_connection()

    with pytest.raises(TenantError, match="302"):
        run(whole())
    assert len(scripted.requests) == 1


def test_reprs_hide_everything():
    """One line, no credential."""
    tenant = Tenant(Credential("s3cret"), state=MemoryState())
    assert repr(tenant) == "Tenant(graph.microsoft.com)"


def test_nothing_heavy_loads_before_it_is_needed():
    """Importing the package costs nothing; msgraph, azure and httpx load with the first connection."""
    script = (
        "import sys, o365prov.graph\n"
        "heavy = {'msgraph', 'azure', 'httpx', 'kiota_abstractions', 'opentelemetry'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)  # noqa: S603 - our own script


class CachingCredential:
    """Keeps one token for each kind, as azure-identity does: with and without continuous access evaluation."""

    def __init__(self):
        self.asked = []

    async def get_token(self, *scopes, **options):
        self.asked.append(options.get("enable_cae", False))
        roles = ["User.Read.All"] if options.get("enable_cae") else []
        return AccessToken(token(roles=roles), int(time.time()) + 3600)


def test_the_connection_test_judges_the_token_that_graph_gets(run, fake):
    """Another one, such as one without continuous access evaluation, may be older and allow less."""
    credential = CachingCredential()

    async def whole():
        async with over(fake, credential=credential) as tenant:
            return await tenant.test_connection()

    assert run(whole()).granted == {"User.Read.All"}
    assert credential.asked == [True]


def test_a_credential_with_token_info_alone_will_do(transport, run):
    """azure-core's newer way to ask for tokens."""
    asked = []

    class Newer:
        async def get_token_info(self, *scopes, options=None):
            asked.append((scopes, options))
            return AccessTokenInfo("t0k3n", int(time.time()) + 3600)

    scripted = transport((200, {}, {"value": [{"id": "t", "displayName": "T"}]}))

    async def whole():
        async with Tenant.over(scripted, credential=Newer()) as tenant:
            return await tenant.test_connection()

    assert run(whole()).tenant_id == "t"
    assert scripted.requests[0][2]["authorization"] == "Bearer t0k3n"
    assert asked == [(("https://graph.microsoft.com/.default",), {"enable_cae": True})]


@pytest.mark.parametrize("number", ["900382", "900439", "90051", "500011"])
def test_a_credential_of_another_cloud_is_told_so(run, fake, number):
    """Entra says it in many ways; the remedy is the same."""

    class Foreign:
        async def get_token(self, *scopes, **options):
            raise ClientAuthenticationError(message=f"AADSTS{number}: something about endpoints")

    async def whole():
        async with over(fake, credential=Foreign()) as tenant:
            await tenant.test_connection()

    with pytest.raises(CredentialError, match="another cloud"):
        run(whole())
