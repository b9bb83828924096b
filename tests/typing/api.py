"""The types as a program that uses the library sees them: checked with mypy, strict, and never run.

Each line either has to be accepted, or carries the ignore that says why it must not be: an ignore that is not needed
is an error, too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_type
from uuid import UUID

from o365prov import (
    AppUser,
    AppUsers,
    Assignment,
    DirectoryAccount,
    LicenseGrant,
    O365ProvError,
    Office365App,
    Person,
    Plan,
    Report,
    StaleMappingError,
    Tenant,
    TenantSnapshot,
    UsernameFormat,
    UserSync,
)
from o365prov.people import UserStatus, assign
from o365prov.sources import Organization, csv_file, enrich, ldif, okta_json
from o365prov.sources.directory_entry import DirectoryEntry


def people_are_values(person: Person, account: DirectoryAccount) -> None:
    """Values can be read and not changed."""
    assert_type(person.status, UserStatus)
    assert_type(person.password_changed, datetime | None)
    assert_type(person.directory_accounts, tuple[DirectoryAccount, ...])
    assert_type(account.object_guid, UUID)
    person.id = "00u1"  # type: ignore[misc]
    person.profile["login"] = "ann"  # type: ignore[index]
    Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    Person("00u1")  # type: ignore[call-arg]


def sources_give_people(folder: str) -> tuple[Assignment, ...]:
    """Readers take paths and give the vocabulary of people."""
    organization = okta_json.read_organization(folder)
    assert_type(organization, Organization)
    assert_type(okta_json.read_directory_accounts(folder), Mapping[str, DirectoryAccount])
    accounts = ldif.read_accounts(folder, instance="corp.example")
    assert_type(accounts, tuple[DirectoryAccount, ...])
    assert_type(enrich(csv_file.read_people(folder, delimiter=";"), accounts), tuple[Person, ...])
    for entry in ldif.read_entries(folder):
        assert_type(entry, DirectoryEntry)
        assert_type(entry.text("mail"), str | None)
    assert_type(assign(organization.people, organization.groups, [], {}), tuple[Assignment, ...])
    return organization.with_directory(accounts).assignments


def memory_is_a_table(table: AppUsers) -> None:
    """The memory gives one AppUser a person, or None."""
    assert_type(table.get("00u1"), AppUser | None)
    assert_type([user.licenses for user in table], list[tuple[LicenseGrant, ...]])
    assert_type(table.without("00u1"), AppUsers)


async def the_main_job(
    app: Office365App, tenant: Tenant, assignments: tuple[Assignment, ...], memory: AppUsers, now: datetime
) -> Report:
    """From assignments to a report, with nothing of the SDK in sight."""
    snapshot = await tenant.read(app.needs(assignments))
    assert_type(snapshot, TenantSnapshot)
    plan = app.plan(assignments, snapshot, memory, now=now)
    assert_type(plan, Plan)
    report = await tenant.apply(plan)
    assert_type(report, Report)
    assert_type(report.app_users, AppUsers)
    return report


def settings_are_typed() -> Office365App:
    """An app is made of typed settings."""
    UserSync(create_users="yes")  # type: ignore[arg-type]
    return Office365App(
        domains=("yourfederated.domain",),
        provisioning=UserSync(create_users=True, update_attributes=True, deactivate_users=True),
        username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
    )


def errors_are_one_tree(error: StaleMappingError) -> O365ProvError:
    """Whoever catches the base catches everything."""
    return error
