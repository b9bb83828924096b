"""The program of README.md, for the type checkers: a test compares the two."""

# ruff: noqa: T201 - a program for people prints
from datetime import UTC, datetime

from azure.identity.aio import ClientSecretCredential

from o365prov import Office365App, SQLiteState, Tenant, UsernameFormat, UserSync
from o365prov.sources import okta_json

organization = okta_json.read_organization("exports")
app = Office365App(
    domains=("yourfederated.domain",),
    provisioning=UserSync(create_users=True, update_attributes=True, deactivate_users=True),
    username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
)
print(app.preview(organization.people[0]))


async def provision(credential: ClientSecretCredential) -> None:
    with SQLiteState("corp.db") as state:  # what is known between runs
        async with Tenant(credential, state=state) as tenant:
            snapshot = await tenant.read(app.needs(organization.assignments))
            known = state.app_users(snapshot.tenant_id, app.name)
            plan = app.plan(organization.assignments, snapshot, known, now=datetime.now(UTC))
            print(plan)
            print(await tenant.apply(plan))


async def push(tenant: Tenant, person_id: str) -> None:  # one person, in a few requests
    snapshot = await tenant.read(app.needs(organization.assignments, only={person_id}))
    known = tenant.state.app_users(snapshot.tenant_id, app.name)
    plan = app.plan(organization.assignments, snapshot, known, now=datetime.now(UTC), only={person_id})
    print(await tenant.apply(plan))
    print(await tenant.verify(plan))  # "Test provisioning": the account, its licences, the apps on the dashboard
