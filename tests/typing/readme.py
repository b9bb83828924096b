"""The program of README.md, for the type checkers: a test compares the two."""

# ruff: noqa: T201, ASYNC240 - a program for people prints, and reads one small file
from datetime import UTC, datetime
from pathlib import Path

from azure.identity.aio import ClientSecretCredential

from o365prov import AppUsers, Office365App, Tenant, UsernameFormat, UserSync
from o365prov.sources import okta_json

organization = okta_json.read_organization("exports")
app = Office365App(
    domains=("yourfederated.domain",),
    provisioning=UserSync(create_users=True, update_attributes=True, deactivate_users=True),
    username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
)
print(app.preview(organization.people[0]))


async def provision(credential: ClientSecretCredential, memory: Path = Path("app-users.json")) -> None:
    async with Tenant(credential) as tenant:
        snapshot = await tenant.read(app.needs(organization.assignments))
        first = AppUsers.empty(snapshot.tenant_id, app.name)
        known = AppUsers.load(memory) if memory.exists() else first
        plan = app.plan(organization.assignments, snapshot, known, now=datetime.now(UTC))
        print(plan)
        report = await tenant.apply(plan)
    print(report)
    report.app_users.save(memory)
