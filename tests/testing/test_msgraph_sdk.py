"""The real msgraph-sdk over the tenant, in process and over a socket."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from azure.core.credentials import AccessToken
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from msgraph import GraphServiceClient
from msgraph.generated.models.assigned_license import AssignedLicense
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_update import ReferenceUpdate
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.user import User
from msgraph.generated.users.item.assign_license.assign_license_post_request_body import AssignLicensePostRequestBody
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph_core import GraphClientFactory

from o365prov.testing import HttpxTransport, Server
from o365prov.testing.fake_tenant.schema.skus import PRODUCTS


class _Credential:
    def get_token(self, *scopes, **_):
        return AccessToken("x", int(time.time()) + 3600)

    def close(self):
        """Nothing to close."""


def _client(http, base=None):
    http = GraphClientFactory.create_with_default_middleware(client=http, options=options)
    adapter = GraphRequestAdapter(AzureIdentityAuthenticationProvider(_Credential()), client=http)
    if base:
        adapter.base_url = base
    return GraphServiceClient(request_adapter=adapter)


async def _whole_life(client, fake):
    """Create, read, update, manage, license, give a role, revoke, list, follow, delete, restore."""
    body = User(
        account_enabled=True,
        display_name="Isaac Brock",
        mail_nickname="isaac",
        user_principal_name="isaac@managed.example",
        usage_location="US",
        password_profile=PasswordProfile(password="Correct-Horse-7"),
    )
    user = await client.users.post(body)
    assert user.display_name == "Isaac Brock"
    boss = await client.users.by_user_id(fake.add_user("boss@managed.example")["id"]).get()
    one = client.users.by_user_id(user.id)
    await one.patch(User(job_title="Singer"))
    assert fake.user(user.id)["jobTitle"] == "Singer"
    await one.patch(User(additional_data={"jobTitle": None}))
    assert "jobTitle" not in fake.user(user.id)
    await one.manager.ref.put(ReferenceUpdate(odata_id=f"https://graph.microsoft.com/v1.0/users/{boss.id}"))
    assert (await one.manager.get()).user_principal_name == "boss@managed.example"
    licenses = AssignLicensePostRequestBody(
        add_licenses=[AssignedLicense(sku_id=PRODUCTS["SPE_E3"].id, disabled_plans=[])], remove_licenses=[]
    )
    assert (await one.assign_license.post(licenses)).id == user.id
    role = UnifiedRoleAssignment(
        principal_id=user.id, role_definition_id="729827e3-9c14-49f7-bb1b-9608f156bbb8", directory_scope_id="/"
    )
    assert (await client.role_management.directory.role_assignments.post(role)).id
    assert (await one.revoke_sign_in_sessions.post()).value is True
    skus = await client.subscribed_skus.get()
    assert {sku.sku_part_number: sku.consumed_units for sku in skus.value}["SPE_E3"] == 1
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        select=["id", "accountEnabled"], filter="startswith(displayName,'Isaac')", top=5, expand=["manager($select=id)"]
    )
    page = await client.users.get(RequestConfiguration(query_parameters=query))
    assert [(found.account_enabled, found.manager.id) for found in page.value] == [(True, boss.id)]
    delta = await client.users.delta.get()
    assert len(delta.value) == 2
    await one.delete()
    later = await client.users.delta.with_url(delta.odata_delta_link).get()
    assert later.value[0].additional_data["@removed"] == {"reason": "changed"}
    await client.directory.deleted_items.by_directory_object_id(user.id).restore.post()
    assert (await one.get()).id == user.id
    with pytest.raises(ODataError) as refused:
        await client.users.post(body)
    assert (refused.value.response_status_code, refused.value.error.details[0].code) == (400, "ObjectConflict")


def test_the_sdk_in_process(fake):
    """Every verb of the SDK works over the transport, at the SDK's own default address."""

    async def run():
        async with httpx.AsyncClient(transport=HttpxTransport(fake)) as http:
            await _whole_life(_client(http), fake)

    asyncio.run(run())


def test_the_sdk_over_a_socket(fake, validate):
    """And over loopback; what it sends and what it gets fits Microsoft's schema."""

    async def run(url):
        # The SDK's middleware takes the client's transport away from it, so the test closes it.
        async with httpx.AsyncHTTPTransport() as transport, httpx.AsyncClient(transport=transport) as http:
            await _whole_life(_client(http, url), fake)

    with Server(fake) as server:
        asyncio.run(run(server.url))
    for seen in fake.requests:
        validate(seen.method, seen.url, seen.content, seen.status, seen.answer)


def test_a_synchronous_client(fake):
    """The same transport serves httpx.Client."""
    fake.add_user("a@managed.example")
    base, headers = "https://graph.microsoft.com/v1.0", {"Authorization": "Bearer x"}
    with httpx.Client(transport=HttpxTransport(fake), base_url=base, headers=headers) as client:
        assert client.get("/users/a@managed.example").json()["displayName"] == "a"
