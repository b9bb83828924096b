"""The public classes, and values of them as they are really made: by settings, a fake tenant, a plan and a report."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from uuid import UUID

import attrs
from organisation import DOMAIN, NOW, from_directory, somebody

import o365prov
from o365prov import (
    AppUsers,
    AssignLicenses,
    Assignment,
    Bindings,
    BlockingTenant,
    BlockSignIn,
    Calendar,
    CalendarEntry,
    CalendarEvent,
    DeleteUser,
    Departure,
    Deprovisioning,
    DirectoryAccount,
    EnableSignIn,
    Expression,
    FailedLicense,
    GrantRole,
    Grants,
    Group,
    GroupAssignment,
    HeldLicense,
    Issue,
    LeaverStep,
    LeaverSteps,
    LicenseAddition,
    LicenseGrant,
    LicenseOnly,
    LicenseRemoval,
    Lifecycle,
    Limits,
    LinkUser,
    Missing,
    Network,
    Office365App,
    OktaOrg,
    Person,
    PersonCondition,
    ProfileSync,
    PropertyChange,
    RateLimits,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RetryPolicy,
    RevokeSessions,
    RoleAssignment,
    Semantics,
    Subject,
    UniversalSync,
    UpdateUser,
    UsernameFormat,
    UserSync,
    assign,
)
from o365prov.configuration import (
    AppFile,
    AppTestResult,
    AppTests,
    CsvFiles,
    DirectoryPlace,
    ExpectedPerson,
    GrantRule,
    LdifPlace,
    OktaFiles,
    OktaOrganization,
    PostgresPlace,
    SQLitePlace,
)
from o365prov.delivery import (
    ExchangeExport,
    ExchangeRecipient,
    ExchangeStep,
    MailboxOffboarding,
    RecipientKind,
    StepAction,
)
from o365prov.expressions import ExpressionList, country, find_expressions
from o365prov.fleet import (
    Confirmation,
    FleetReport,
    FleetStep,
    FleetTenant,
    Hold,
    NextStep,
    Stage,
    TenantRound,
)
from o365prov.graph import PERMISSIONS, CircuitBreaker, Consent, Waiting
from o365prov.group_push import (
    AddMembers,
    AppGroup,
    AppGroups,
    CreateGroup,
    DeleteGroup,
    GroupChangeOutcome,
    GroupMember,
    GroupPlan,
    GroupProblem,
    GroupPush,
    GroupReport,
    GroupSubject,
    LinkGroup,
    NextGroups,
    PushedGroup,
    RememberMembers,
    RemoveMember,
    UnlinkGroup,
    UpdateGroup,
)
from o365prov.importing import (
    ImportMemory,
    ImportSafeguard,
    Office365Import,
)
from o365prov.people import DirectoryContact, DirectoryGroup, Related, ResourceKind, ResourceMailbox
from o365prov.planning import (
    AddressHolder,
    Coverage,
    FoundAccount,
    GuestInvitations,
    HandOver,
    HandOvers,
    HolderKind,
    Invitation,
    LicenseDetails,
    Lookup,
    LookupKind,
    NextMemory,
    PlanOptions,
    PlanRequest,
    Problem,
    Quota,
    Result,
    ServicePlanInfo,
    Stray,
    Strays,
    TenantUser,
    Unsupported,
    Upcoming,
    expected_accounts,
)
from o365prov.profiles import InboundMapping, UsernameCandidate
from o365prov.provisioning import Evaluation, make_desired_user
from o365prov.simulation import Cut, CutPlace, Interruption, NetworkFault, Trouble, Violation, Wrong, simulate
from o365prov.sources import (
    ActiveDirectory,
    AppAssignments,
    AssignmentDates,
    DirectoryEntry,
    DirectoryRead,
    JoinedPeople,
    OktaApi,
    OktaExport,
    OktaRead,
    PartialMatch,
    ProfileSource,
)
from o365prov.state import AuditRecord, KeptRead, Lease, LeaseHolder, Quarantine, Run, RunEntry, RunStep
from o365prov.testing import (
    Attempt,
    Dropped,
    FakeClock,
    FakeTenant,
    GatewayTimeout,
    Lag,
    PlanProvisioning,
    Quotas,
    Slow,
    Throttled,
    Unavailable,
)


def faces() -> dict[str, object]:
    """The top and the packages below it, by name: what programs import from."""
    packages = [each.name for each in pkgutil.iter_modules(o365prov.__path__) if each.ispkg]
    names = ["o365prov", "o365prov.errors", *(f"o365prov.{name}" for name in packages if not name.startswith("_"))]
    return {name: importlib.import_module(name) for name in names}


def public_names() -> dict[str, object]:
    """Everything that the top and the packages export, by name."""
    return {name: getattr(face, name) for face in faces().values() for name in face.__all__}


def public_classes() -> list[type]:
    """The public attrs classes."""
    classes = {each for each in public_names().values() if inspect.isclass(each) and attrs.has(each)}
    return sorted(classes, key=lambda each: (each.__module__, each.__name__))


@cache
def made_values() -> tuple[object, ...]:
    """A value or more of each kind, from two days with a fake tenant."""
    ann = from_directory(somebody("Ann Lee"), password_last_set=NOW)
    bob = from_directory(somebody("Bob Ross"), manager=ann)
    cid = Person("00u3", "SUSPENDED", {"email": "cid@corp.example"})
    group = Group("00g1", "E3", members={ann.id, bob.id})
    grants = Grants([LicenseGrant("SPE_E3")], ["Directory Readers"])
    by_group = GroupAssignment("00g1", 0, grants)
    assigned = (*assign([ann, bob], [group], [by_group], {}), Assignment(cid, Grants([LicenseGrant("NOPE", ["X"])])))
    app = Office365App(
        domains=(DOMAIN,),
        provisioning=UserSync(deprovisioning=Deprovisioning.block_and_remove_licenses()),
        username=UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"'),
        org=OktaOrg(jit_ad_instances=["other.example"]),
    )
    made: list[object] = [app, UniversalSync(ad_instances=["corp.example"]), by_group, *assigned]
    clock = FakeClock(at=NOW)
    fake = FakeTenant(domains={DOMAIN: "Federated"}, licenses={"SPE_E3": 5}, clock=clock)
    with BlockingTenant.over(fake) as tenant:
        for people in (assigned, assigned[1:]):
            snapshot = tenant.read(app.needs(people))
            known = tenant.state.app_users(snapshot.tenant_id, app.name)
            plan = app.plan(people, snapshot, known, now=clock.now())
            report = tenant.apply(plan, confirm=plan.fingerprint, on_event=made.append)
            made += [app.needs(people), snapshot, plan, report, known, plan.diff(plan.limited_to([ann.id]))]
            made += [tenant.verify(plan, timeout=timedelta(0)), *expected_accounts(plan)]
            clock.advance(days=1)
        made += [
            tenant.state.app_users(snapshot.tenant_id, app.name),
            tenant.test_connection(),
            app.preview(ann, snapshot=snapshot),
            app.preview([ann, bob]),
            app.preview([ann]).compare(app.remap(app.mapping.with_expression("title", "user.login")).preview([ann])),
        ]
    made += imports(fake, ann, cid)
    expression = Expression("user.email", semantics=Semantics(null_text="refuse"))
    made.append(expression.equivalent(Expression("user.mail"), [{"user": {"email": "a@b.example", "mail": ""}}]))
    made += [expression, expression.explain({"user": {"email": "a@b.example"}}), Bindings({}, now=NOW), Limits()]
    made.append(ExpressionList((expression,), (64,)))
    made += find_expressions('{"userScopeExpression": "true"}', "json")
    made += [
        Lease("contoso", 1),
        LeaseHolder("contoso", 1, "process 1 on host", NOW, NOW),
        KeptRead(
            "names", "https://graph.microsoft.com/v1.0/users/delta?$deltatoken=x", NOW, {"7f": "{}"}, ["8f"], ["9f"]
        ),
        AuditRecord(
            NOW,
            "contoso",
            "Office 365",
            "plan-1",
            "update_user:00u1",
            "00u1",
            "Ann",
            "ann@corp.example",
            "id",
            "print",
            RunStep.DONE,
            NOW,
            values=(PropertyChange("jobTitle", None, "Engineer"),),
        ),
        Run("plan-1", "contoso", "Office 365", "print", 1, NOW),
        RunEntry("create_user:00u1", RunStep.DONE, "00u1"),
        Quarantine("contoso", "Office 365", "plan-1", NOW, "20 of the last 20 writes failed"),
        CircuitBreaker(),
    ]
    subject = Subject("00u1", "Ann", "ann@corp.example")
    addition, removal = LicenseAddition("sku", "SPE_E3"), LicenseRemoval("sku", "SPE_E3")
    made += [
        AssignLicenses(subject, "assigned", None, (addition,), (removal,), (LicenseGrant("SPE_E3"),)),
        UpdateUser(subject, "the profile changed", "id", (PropertyChange("jobTitle", None, "Engineer"),), "print"),
        GrantRole(subject, "assigned", "id", "Directory Readers", "role"),
        LinkUser(subject, "by username", "id", "print"),
        EnableSignIn(subject, "assigned again", "id"),
        PlanRequest(),
        Missing.first(NOW),
        HandOvers("contoso", NOW, [HandOver(subject, "id", "ann@corp.example", {LeaverStep.LICENSES: NOW})]),
        Strays("contoso", NOW, [Stray("id", "ann@corp.example", "Ann", enabled=True, licenses=["SPE_E3"])]),
        Calendar("contoso", NOW, [CalendarEntry(NOW, CalendarEvent.STARTED, subject, "the assignment starts")]),
        Upcoming(PlanOptions(provisioning=UserSync()), AppUsers.empty("contoso", "Office 365"), NOW),
        NextMemory(AppUsers.empty("contoso", "Office 365"), plan),
        BlockSignIn(subject, "left", "id", Departure(NOW)),
        Remember(subject, "left", "id", departure=Departure(NOW, steps=LeaverSteps(groups=7))),
        RemoveLicenses(subject, "left", "id", (removal,)),
        DeleteUser(subject, "left", "id"),
        RestoreUser(subject, "deleted", "id"),
        RemoveRole(subject, "left", "id", "Directory Readers", "role", "assignment"),
        RemoveManager(subject, "none", "id"),
        RevokeSessions(subject, "the password changed", "id", NOW),
        AddressHolder(HolderKind.GROUP, "7f", "Sales", {"sales@corp.example"}),
        Coverage(["00u1"], frozenset({Lookup(LookupKind.ADDRESS, "ann@corp.example")})),
        HeldLicense("sku"),
        LicenseDetails("sku", "SPE_E3", (ServicePlanInfo("plan", "TEAMS1", "Success"),)),
        FoundAccount(TenantUser("id", {"userPrincipalName": "ann@corp.example"})),
        FailedLicense("sku", "CountViolation"),
        RoleAssignment("assignment", "role", "id"),
        PlanOptions(provisioning=UserSync()),
        Lifecycle(excluded_people=PersonCondition.of('user.userType == "Service"')),
        make_desired_user(assigned[0], app.provisioning, app.username, app.mapping, app.domains, now=NOW),
        Evaluation(app.provisioning, app.username, app.mapping, app.domains),
        UsernameCandidate("ann@corp.example"),
        LicenseOnly(),
        ProfileSync(),
    ]
    made += [*fleets()]
    made += [NetworkFault(Wrong.THROTTLED, 1), Interruption(Cut.KILL, CutPlace.AFTER_NOTE, 1), Trouble()]
    made += [Violation(0, "nobody_has_two", "ann@corp.example is there twice"), simulate(app, assigned[:1], days=2)]
    made += [Attempt(1, "GET", "/users"), Dropped(), GatewayTimeout(), Slow(1), Throttled(), Unavailable()]
    made += [Lag(seconds=1), PlanProvisioning(seconds=1), Quotas(), *list(fake.requests)[:1]]
    made += [Waiting(1.5, "throttled"), Consent("contoso"), PERMISSIONS[0]]
    directories = (
        LdifPlace(path="directory.ldif"),
        DirectoryPlace(url="ldaps://dc1.corp.example", user="reader@corp.example"),
    )
    made += [
        AppFile(app, OktaFiles(folder="exports", directories=directories), SQLitePlace(path="corp.db")),
        OktaOrganization(url="https://corp.okta.com", app="0oa1gjh63g214q0Hq0g4"),
        CsvFiles(people="people.csv", groups="groups.csv", assignments="assignments.csv"),
        PostgresPlace(dsn="postgresql://o365prov@db.corp.example/iam"),
        AppTests(
            [ExpectedPerson(name="Ann", profile={"email": "ann@corp.example"}, username="ann@corp.example")],
            [GrantRule(name="E3", gets="SPE_E3", nobody_outside="E3")],
        ),
        AppTestResult("Ann", ("username: other",)),
    ]
    made += [
        *expression.check({"user": ["login"]}),
        country("DE"),
        RateLimits(share=0.5),
        RetryPolicy(),
        Network(),
        app.safeguards,
        plan.document(),
        app.preview(ann).document(),
        DirectoryEntry("CN=Ann,DC=corp,DC=example", {"objectClass": ["user"]}),
        InboundMapping.of({"title": "appuser.title"}),
        ProfileSource("corp.example", [DirectoryAccount("corp.example", UUID(int=4))]),
        PartialMatch("corp.example", UUID(int=4), ("00u1",)),
        JoinedPeople((somebody(),), {}),
        DirectoryGroup("corp.example", UUID(int=1), "CN=Team,DC=corp,DC=example", members=[UUID(int=2)]),
        DirectoryContact("corp.example", UUID(int=3), "CN=Partner,DC=corp,DC=example"),
        ResourceMailbox(DirectoryAccount("corp.example", UUID(int=4)), ResourceKind.ROOM, 12),
        DirectoryRead("corp.example", [DirectoryEntry("CN=Ann,DC=corp,DC=example", {"objectClass": ["user"]})]),
        ActiveDirectory("ldaps://dc1.corp.example", "reader@corp.example", "secret"),
        AppAssignments([by_group], {ann.id: grants}, {ann.id: "ann@corp.example"}),
        OktaExport([ann], [group], [by_group], {ann.id: grants}),
        Related((ann,), (), {"nickName": "Ann"}),
        OktaApi("https://corp.okta.com", "0oa1gjh63g214q0Hq0g4", token="secret"),
        OktaRead(OktaExport([ann], [group], [by_group], {ann.id: grants}), changed={ann.id}),
        AssignmentDates("user.startDate", "user.lastDay", {"Reports Reader": "appuser.readerUntil"}, "Europe/Oslo"),
        Quota(amount=3_000, seconds=150),
        Problem(subject, Issue("no_seat", "no seat is left", "Buy seats")),
        *pushed_groups(),
        ExchangeExport(
            [ExchangeRecipient("distribution list", "guid", "Staff", "staff@corp.example", ["a@corp.example"])]
        ),
        GuestInvitations(sponsor="sponsor"),
        Invitation("eve@partner.example", "https://portal.example"),
        MailboxOffboarding(forward_to={"00u1": "ann@corp.example"}),
        ExchangeStep(StepAction.ADD_ALIAS, RecipientKind.ROOM, "Blue", "blue@corp.example", "b@corp.example"),
    ]
    return tuple(made)


def fleets() -> Iterator[object]:
    """A tenant of a fleet, its round, and the report of the fleet."""
    found = TenantRound("contoso", 1, Stage.PLANNED, NOW, "plan-1", "print-1", ["many leave"], problems={"no_seat": 2})
    asked = Confirmation("contoso", "print-1", ["many leave"], ["ann@corp.example"], NOW)
    yield from (FleetTenant("contoso", app="standard", credential="secret"), found, asked)
    yield NextStep("contoso", FleetStep.VERIFY, 1, NOW)
    yield FleetReport(NOW, [found], [asked], {"contoso": Hold.PAUSED})


def pushed_groups() -> Iterator[object]:
    """A plan of groups with a change of every kind, and how it ended."""
    subject, reason, object_id = GroupSubject("00g1", "Sales"), "in the group at the source", "id"
    ann = GroupMember("id of Ann", "00u1", "ann@corp.example")
    known = AppGroups("contoso", "Office 365", [AppGroup("00g1", object_id, "Sales", "Who sells", True, ["id of Ann"])])
    changes = [
        LinkGroup(subject, reason, object_id, "Sales", "Who sells"),
        CreateGroup(subject, reason, "o365prov-00g1", {"displayName": "Sales"}),
        UpdateGroup(subject, reason, object_id, (PropertyChange("displayName", "Sales", "Sellers"),)),
        RememberMembers(subject, reason, object_id, ["id of Bo"], ["id of Cy"]),
        AddMembers(subject, reason, object_id, (ann,)),
        RemoveMember(subject, reason, object_id, ann),
        UnlinkGroup(subject, reason, object_id),
        DeleteGroup(subject, reason, object_id, restorable=True, members=3),
    ]
    problem = GroupProblem(subject, Issue("synced_group", "is mastered elsewhere", "Link another group"))
    plan = GroupPlan(known, NOW, changes, [problem], (Unsupported("Lists", "not written", "Exchange", 0),), ("danger",))
    ended = [GroupChangeOutcome(each, Result.DONE, object_id, added=["id of Ann"]) for each in changes]
    yield from (PushedGroup("00g1", "Sales", ["00u1"], nested=["EMEA"]), GroupPush(), plan, NextGroups(known))
    yield GroupReport(plan.fingerprint, tuple(ended), "stopped by hand")


def imports(fake: FakeTenant, *people: Person) -> Iterator[object]:
    """Two imports of a tenant with a group."""
    fake.add_group("Staff", members=[fake.users[0]["id"]])
    names = {"givenName": "Di", "surname": "Fox", "mail": "di.fox@corp.example"}
    account = fake.add_user(f"di.fox@{DOMAIN}", **names)
    office365_import = Office365Import(provisioning=UserSync(), include={"unlicensed"}, safeguard=ImportSafeguard())
    with BlockingTenant.over(fake) as tenant:
        snapshot = tenant.read(office365_import.needs())
    memory = ImportMemory.empty(snapshot.tenant_id, office365_import.app_name)
    first = office365_import.plan(people, snapshot, memory, now=NOW, choices={account["id"]: people[-1].id})
    yield from (office365_import, snapshot, first, first.accept(), first.document())


@cache
def examples() -> Mapping[type, object]:
    """One value of each class that occurs in them."""
    found: dict[type, object] = {}
    for value in made_values():
        for each in _parts(value):
            found.setdefault(type(each), each)
    return found


def _parts(value: object) -> Iterator[object]:
    """The attrs values within a value, itself first."""
    if attrs.has(type(value)):
        yield value
        for each in attrs.fields(type(value)):
            yield from _parts(getattr(value, each.name, None))
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _parts(each)
    elif isinstance(value, tuple | list | frozenset):
        for each in value:
            yield from _parts(each)
