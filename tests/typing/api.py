"""The types as a program that uses the library sees them: checked with mypy, strict, and never run.

Each line either has to be accepted, or carries the ignore that says why it must not be: an ignore that is not needed
is an error, too.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never, assert_type
from uuid import UUID

from azure.identity import ClientSecretCredential
from azure.identity.aio import ClientSecretCredential as AsyncClientSecretCredential

from o365prov import (
    AppUser,
    AppUsers,
    Assignment,
    BlockingTenant,
    Cloud,
    Diagnostic,
    Dialect,
    DirectoryAccount,
    Expression,
    LicenseGrant,
    LicenseOnly,
    MemoryState,
    O365ProvError,
    Office365App,
    Person,
    Plan,
    ProfileSync,
    Report,
    Semantics,
    SQLiteState,
    StaleMappingError,
    Tenant,
    TenantSnapshot,
    UniversalSync,
    UsernameFormat,
    UserSync,
    Verification,
)
from o365prov.graph import ApplyEnded, ApplyStarted, ChangeEnded, ConnectionTest, Event, RateLimits, Waiting
from o365prov.importing import ImportMemory, ImportPlan, ImportSafeguard, Office365Import, UserImport
from o365prov.people import UserStatus, assign
from o365prov.planning import WRITES, BlockSignIn, CreateUser, Needs, Outcome, Result, UpdateUser
from o365prov.previews import PopulationPreview, Preview
from o365prov.provisioning import ProvisioningType
from o365prov.sources import DirectoryEntry, OktaExport, csv_file, ldif, okta_json
from o365prov.testing import FakeTenant


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
    assert_type(organization, OktaExport)
    assert_type(okta_json.read_directory_accounts(folder), Mapping[str, DirectoryAccount])
    accounts = ldif.read_accounts(folder, instance="corp.example")
    assert_type(accounts, tuple[DirectoryAccount, ...])
    assert_type(csv_file.read_people(folder, delimiter=";"), tuple[Person, ...])
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
    checked = await tenant.verify(plan)
    assert_type(checked, Verification)
    assert_type([person.apps for person in checked.people], list[tuple[str, ...]])
    assert_type(tenant.state.app_users(snapshot.tenant_id, app.name), AppUsers)
    assert_type(report.stopped, str)
    return report


def settings_are_typed() -> Office365App:
    """An app is made of typed settings."""
    UserSync(create_users="yes")  # type: ignore[arg-type]
    return Office365App(
        domains=("yourfederated.domain",),
        provisioning=UserSync(create_users=True, update_attributes=True, deactivate_users=True),
        username=UsernameFormat.custom('String.substringBefore(user.email, "@") + "@yourfederated.domain"'),
    )


def types_are_one_protocol() -> tuple[ProvisioningType, ...]:
    """Each of the four types stands where a type is asked for, and has the settings that Okta gives it."""
    LicenseOnly(create_users=True)  # type: ignore[call-arg]
    UserSync(ad_instances=["corp.example"])  # type: ignore[call-arg]
    return LicenseOnly(), ProfileSync(), UserSync(), UniversalSync(ad_instances=["corp.example"])


def expressions_say_what_they_read() -> None:
    """An expression is a value of which much can be asked; what it gives is a JSON value."""
    expression = Expression("user.email", dialect=Dialect.CLASSIC, semantics=Semantics(null_text="refuse"))
    assert_type(expression.references, frozenset[tuple[str, ...]])
    assert_type(expression.check({"user": ["email"]}, context="username"), tuple[Diagnostic, ...])
    assert_type(str(expression), str)
    Semantics(null_text="blank")  # type: ignore[arg-type]


def previews_are_of_one_or_many(app: Office365App, person: Person, assignments: tuple[Assignment, ...]) -> None:
    """One person gives one preview, several give one of them all."""
    assert_type(app.preview(person), Preview)
    assert_type(app.preview(assignments[0]), Preview)
    assert_type(app.preview([person]), PopulationPreview)
    assert_type(app.preview([person], only={"00u1"}), PopulationPreview)
    app.preview(person, only={"00u1"})  # type: ignore[call-overload]
    assert_type(app.needs(assignments, only={"00u1"}), Needs)
    assert_type(app.preview(assignments), PopulationPreview)
    assert_type(app.preview([person])["00u1"], Preview)
    app.preview("00u1")  # type: ignore[arg-type]


def plans_are_sums_of_changes(plan: Plan) -> list[str]:
    """A program tells the kinds of change apart, and knows what each of them holds."""
    assert_type(plan.duration(WRITES.part(0.5)), timedelta)
    assert_type(plan.to_dicts(), list[dict[str, str | int | None]])
    said = []
    for change in plan:
        match change:
            case CreateUser():
                said.append(str(change.properties["displayName"]))
                assert_type(change.object_id, None)
            case UpdateUser():
                said += [each.name for each in change.properties]
            case BlockSignIn(departure=departure):
                said.append(f"{change.subject.name} at {departure.at:%H:%M}" if departure else change.subject.name)
            case _:
                assert_type(change.reason, str)
    return said


def events_are_told_apart(event: Event) -> Outcome | None:
    """A person who listens knows all that can be told."""
    match event:
        case ChangeEnded(outcome=outcome):
            assert_type(outcome.result, Result)
            return outcome
        case ApplyStarted() | Waiting() | ApplyEnded():
            return None
        case _:
            assert_never(event)


class Recording:
    """A wire of the user's own: no type of an HTTP library in it."""

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Answer everything with an empty object."""
        return 200, {}, b"{}"


def tenants_take_credentials_and_wires(app: Office365App, plan: Plan) -> Report:
    """Azure's credentials of both kinds, the fake tenant and wires of one's own all fit."""
    credential, state = ClientSecretCredential("tenant", "client", "secret"), MemoryState()
    Tenant(credential, Cloud.US_GOVERNMENT, state=state, rate_limits=RateLimits(share=0.5))
    Tenant(AsyncClientSecretCredential("tenant", "client", "secret"), state=SQLiteState("corp.db"))
    Tenant("secret", state=state)  # type: ignore[arg-type]
    Tenant(credential)  # type: ignore[call-arg]
    Tenant.over(Recording())
    heard: list[Outcome | None] = []
    with BlockingTenant.over(FakeTenant()) as tenant:
        assert_type(tenant.test_connection(), ConnectionTest)
        assert_type(tenant.read(app.needs()), TenantSnapshot)
        return tenant.apply(
            plan,
            confirm=plan.fingerprint,
            on_event=lambda event: heard.append(events_are_told_apart(event)),
            passwords=lambda create: create.subject.username,
        )


def errors_are_one_tree(error: StaleMappingError) -> O365ProvError:
    """A person who catches the base catches everything."""
    return error


def imports_are_pure(people: list[Person], snapshot: TenantSnapshot, now: datetime) -> ImportMemory:
    """Settings take the words of Okta's page, and an import gives the memory for the next one."""
    office365_import = Office365Import(
        provisioning=UserSync(),
        groups="never",
        include={"unlicensed"},
        exact_match="attributes",
        match_attributes={"employeeId": "employeeNumber"},
        safeguard=ImportSafeguard(app_share=0.1),
    )
    memory = ImportMemory.empty(snapshot.tenant_id, office365_import.app_name)
    plan = office365_import.plan(people, snapshot, memory, now=now, choices={"id": None})
    assert_type(plan, ImportPlan)
    assert_type(plan.users, tuple[UserImport, ...])
    assert_type(plan.new_people, tuple[Person, ...])
    Office365Import(UserSync())  # type: ignore[call-arg]
    return plan.accept(confirm=plan.fingerprint)
