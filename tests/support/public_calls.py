"""The public calls: every function, method and constructor that programs can reach, with arguments that it takes.

What a call requires is found by its annotations; ``GIVEN`` holds what an annotation says too little of, and
``RECEIVERS`` the objects that are no plain values. Optional arguments are left out, unless one is tried or is in
``GIVEN`` under the call's own name.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from attrs import evolve, frozen, has
from fleets import FakeFleet
from fleets import member as fleet_member
from organisation import DOMAIN, NOW, from_directory, remembered, tenant, user_sync_app
from public_values import examples, public_names

from o365prov import (
    AppUsers,
    Assignment,
    BlockingTenant,
    Calendar,
    Grants,
    GraphError,
    Group,
    GroupAssignment,
    Harm,
    LicenseState,
    Person,
    Plan,
    ProfileMapping,
    Report,
    Scope,
    StreamingPlanner,
    Subject,
    Tenant,
    TenantSnapshot,
    UsernameFormat,
    UserSync,
    Verification,
)
from o365prov.configuration import AppFile, OktaFiles
from o365prov.delivery import ExchangeExport
from o365prov.fleet import Fleet, FleetRecords, FleetRegistry, FleetReport, Hold, Stage, TenantRound
from o365prov.graph import Operation
from o365prov.group_push import AppGroups, GroupPlan, GroupPush, GroupReport, PushedGroup
from o365prov.importing import ImportMemory, ImportPlan, Office365Import
from o365prov.people import LeaverStep
from o365prov.planning import Coverage, DeleteUser, ExplainedPerson, HandOvers, HolderKind, Lookup, LookupKind, Strays
from o365prov.profiles import UsernameCandidate
from o365prov.provisioning import DesiredUser
from o365prov.sources import DirectoryEntry, DirectoryRead, EntryKind, OktaRead, csv_file, ldif, okta_json
from o365prov.state import Lease, MemoryState, Run, SQLiteState
from o365prov.structuring import IssueList
from o365prov.testing import (
    AppRegistrations,
    FakeClock,
    FakeTenant,
    HttpxTransport,
    RandomFaults,
    RecordedRequests,
    ScheduledFaults,
    Server,
)

EXAMPLES = Path(__file__).parents[2] / "examples" / "data"

SERVICES = ("o365prov.rendering", "o365prov.structuring")
"""What serves the other packages, and is not for programs."""

FOR_SIBLINGS = {
    "ActiveDirectory": "needs a server",
    "OktaApi": "needs a server",
    "comparable_name": {"name": lambda: "CN=Ann,DC=corp"},
    "domain_of": {"name": lambda: "CN=Ann,DC=corp"},
    "AssignedPeople": "called by the app and the reader alone",
    "Assigner": "called by assign and the sources alone",
    "DirectoryPlace": "needs a server",
    "OktaOrganization": "needs a server",
    "ServedTenant": "needs a server",
    "MatchedUser": "made by match_users",
    "fleet_tasks": "needs procrastinate, and is tried with a real queue",
    "open_in_memory": "called by states and fleets alone",
    "open_postgres": "called by states and fleets alone",
    "PostgresPlace": "needs a server, and has the methods of SQLitePlace",
    "PostgresState": "needs a server, and has the methods of SQLiteState",
    "Previewer": "called by the app alone, with its own settings",
    "check_type": "is itself the check of an argument",
    "make_plan": "called by the app alone, with its own settings",
    "match_users": "called by make_plan alone",
    "with_usernames": "called by make_plan alone",
    "profile_change": "called by make_plan alone",
    "anchor_issue": "called by make_plan alone",
    "compare_account": "called by the tenant alone",
    "expected_accounts": "called by the tenant alone",
}
"""What packages export for other packages of ours, which call it with values that they made."""

SOURCES = {"csv_file": csv_file, "ldif": ldif, "okta_json": okta_json}
"""The sources, each of which is a module."""

URL = "https://graph.microsoft.com/v1.0/users"
USERNAME = "ann@contoso.onmicrosoft.com"


CLIENT_ID = "11111111-2222-4333-8444-555555555555"


def fake_tenant() -> FakeTenant:
    """A tenant in memory with one user and one product, whose waits take no time."""
    fake = FakeTenant({DOMAIN: "Federated"}, {"SPE_E3": 5}, FakeClock(at=NOW), seed=1)
    fake.add_user(USERNAME)
    return fake


@cache
def registered() -> FakeTenant:
    """A fake tenant with an application."""
    fake = fake_tenant()
    fake.applications.add(client_id=CLIENT_ID, secret="correct-horse")
    return fake


@cache
def fake_snapshot() -> TenantSnapshot:
    """What :func:`fake_tenant` holds."""
    with BlockingTenant.over(fake_tenant()) as connected:
        return connected.read(user_sync_app().needs())


@cache
def import_snapshot() -> TenantSnapshot:
    """What :func:`fake_tenant` holds, as imports need it."""
    with BlockingTenant.over(fake_tenant()) as connected:
        return connected.read(examples()[Office365Import].needs())


@cache
def group_snapshot() -> TenantSnapshot:
    """What :func:`fake_tenant` holds, as Group Push needs it."""
    with BlockingTenant.over(fake_tenant()) as connected:
        return connected.read(GroupPush().needs())


def no_groups() -> AppGroups:
    """The memory of groups before the first plan for the tenant that :func:`fake_tenant` makes."""
    return AppGroups.empty(group_snapshot().tenant_id, "Office 365")


def no_group_plan() -> GroupPlan:
    """A plan for the tenant that :func:`fake_tenant` makes, in which no group is pushed."""
    return GroupPush().plan([], group_snapshot(), fake_memory(), no_groups(), now=NOW)


def import_memory() -> ImportMemory:
    """The memory before the first import of the tenant that :func:`fake_tenant` makes."""
    return ImportMemory.empty(import_snapshot().tenant_id, "Office 365")


@cache
def fake_memory() -> AppUsers:
    """The memory of an app that did nothing yet in the tenant that :func:`fake_tenant` makes."""
    return AppUsers.empty(fake_snapshot().tenant_id, user_sync_app().name)


def folder() -> Path:
    """A folder in the present one, with a file of each kind that can be loaded."""
    path = Path.cwd() / "saved"
    if path.exists():
        return path
    path.mkdir()
    remembered().save(path / "app_users.json")
    examples()[Plan].save(path / "plan.json")
    examples()[Report].save(path / "report.json")
    examples()[Verification].save(path / "verification.json")
    examples()[ImportPlan].save(path / "import.json")
    examples()[ExchangeExport].save(path / "exchange.json")
    examples()[AppGroups].save(path / "app_groups.json")
    examples()[GroupPlan].save(path / "group_plan.json")
    examples()[FleetReport].save(path / "fleet_report.json")
    examples()[GroupReport].save(path / "group_report.json")
    examples()[Calendar].save(path / "calendar.json")
    examples()[Strays].save(path / "strays.json")
    examples()[HandOvers].save(path / "hand_overs.json")
    examples()[ImportMemory].save(path / "import_memory.json")
    examples()[OktaRead].save(path / "okta_read.json")
    fake_tenant().save(path / "fake.json")
    fake_tenant().requests.save(path / "session.jsonl")
    examples()[AppFile].save(path / "corp.toml")
    (path / "corp.tests.toml").write_text(APP_TESTS)
    (path / "people.csv").write_text("id,status,login\n00u1,ACTIVE,ann@corp.example\n")
    DirectoryRead("corp.example", [DirectoryEntry("CN=Ann", {"cn": ["Ann"]})]).save(path / "directory.ldif")
    (path / "groups.csv").write_text("id,name,member\n00g1,Sales,00u1\n")
    (path / "assignments.csv").write_text("group,person,priority,licenses,roles\n00g1,,1,SPE_E3,\n")
    return path


class Credential:
    """A credential whose tokens are not valid anywhere."""

    def get_token(self, *_scopes: str, **_options: Any) -> Any:
        raise AssertionError("no call of these tests asks for a token")


def new_path() -> Path:
    """Where nothing is yet, in the present folder."""
    return Path(tempfile.mkdtemp(dir=Path.cwd())) / "file"


RUN_PLAN = Plan("contoso", NOW)
"""The plan that :func:`running` applies."""


def running(state: MemoryState | SQLiteState) -> MemoryState | SQLiteState:
    """A state while a plan is applied."""
    state.begin_run(state.acquire(RUN_PLAN.tenant_id), RUN_PLAN)
    return state


def a_fleet() -> Fleet:
    """A fleet of one fake tenant."""
    return FakeFleet.of(fleet_member()).fleet


def fleet_registry() -> FleetRegistry:
    """A registry that has one of each."""
    return FleetRegistry(
        apps={"standard": user_sync_app()}, credentials=lambda name: Credential(), people={"contoso": ()}
    )


def fleet_records() -> FleetRecords:
    """Records of a plan that waits for somebody."""
    records = FleetRecords()
    waiting = TenantRound("contoso", 1, Stage.PLANNED, NOW, RUN_PLAN.id, RUN_PLAN.fingerprint, ["many leave"])
    records.note(TenantRound("contoso"), waiting, RUN_PLAN)
    return records


STATE: dict[str, Callable[[], Any]] = {
    "app_name": lambda: "Office 365",
    "entries": list,
    "forgotten": list,
    "groups": list,
    "lease": lambda: Lease(RUN_PLAN.tenant_id, 1),
    "person_id": lambda: "00u1",
    "plan": lambda: RUN_PLAN,
    "plan_id": lambda: RUN_PLAN.id,
    "reason": lambda: "20 of the last 20 writes failed",
    "run": lambda: Run(RUN_PLAN.id, RUN_PLAN.tenant_id, "", RUN_PLAN.fingerprint, 1, NOW),
    "tenant_id": lambda: RUN_PLAN.tenant_id,
}
"""Arguments of the methods of a state."""

OKTA_MAPPING = {
    "source": {"name": "user", "type": "user"},
    "target": {"name": "office365", "type": "appuser"},
    "properties": {"title": {"expression": "user.title", "pushStatus": "PUSH"}},
}

OKTA_APP = {
    "name": "office365",
    "credentials": {"userNameTemplate": {"template": "${source.login}", "type": "BUILT_IN"}},
    "settings": {"app": {"domain": "corp.example"}},
}

APP_TESTS = '[[people]]\nname = "Ann"\nprofile = { email = "ann@corp.example" }\nusername = "ann@corp.example"\n'

RECEIVERS: dict[type, Callable[[], Any]] = {
    AppFile: lambda: evolve(examples()[AppFile], source=OktaFiles(folder="."), folder=EXAMPLES),
    AppRegistrations: lambda: registered().applications,
    OktaFiles: lambda: OktaFiles(folder="."),
    BlockingTenant: lambda: BlockingTenant.over(fake_tenant()),
    Coverage: lambda: Coverage(["00u1"], frozenset({Lookup(LookupKind.USERNAME, USERNAME)})),
    ExplainedPerson: lambda: examples()[Plan].explain(examples()[Plan].changes[0].subject.person_id),
    FakeClock: lambda: FakeClock(at=NOW),
    Fleet: a_fleet,
    FleetRecords: fleet_records,
    FleetRegistry: fleet_registry,
    FakeTenant: fake_tenant,
    HttpxTransport: lambda: HttpxTransport(fake_tenant()),
    RecordedRequests: lambda: fake_tenant().requests,
    RandomFaults: lambda: RandomFaults(0.5, seed=1),
    ScheduledFaults: ScheduledFaults,
    MemoryState: lambda: running(MemoryState(audit=True)),
    SQLiteState: lambda: running(SQLiteState(new_path(), audit=True)),
    Server: lambda: Server(fake_tenant()),
    StreamingPlanner: lambda: user_sync_app().streaming_planner(list, remembered(), now=NOW),
    Tenant: lambda: Tenant.over(fake_tenant()),
}
"""How an object is made whose methods are called, where it is not among the examples."""

PERSON = from_directory(Person("00u1", "ACTIVE", {"email": "ann@corp.example"}))

BY_ANNOTATION: dict[str, Callable[[], Any]] = {
    "Hold": lambda: Hold.PAUSED,
    "Hold | None": lambda: None,
    "Iterable[AppGroup]": list,
    "group_push.GroupPlan": no_group_plan,
    "GroupPlan": no_group_plan,
    "GroupChange": lambda: examples()[GroupPlan].changes[0],
    "Plan": lambda: user_sync_app().plan([], fake_snapshot(), fake_memory(), now=NOW),
    "Change": lambda: DeleteUser(Subject("00u1", "Ann", USERNAME), "left", "id"),
    "Credential": Credential,
    "FakeTenant": fake_tenant,
    "Harm": lambda: Harm.BLOCKED,
    "GraphError": lambda: GraphError("refused", status=400, code="Request_BadRequest"),
    "Iterable[AppUser]": list,
    "Iterable[Assignment]": lambda: [Assignment(PERSON)],
    "Iterable[Change]": list,
    "Iterable[DesiredUser]": lambda: [examples()[DesiredUser]],
    "Iterable[DirectoryAccount]": lambda: PERSON.directory_accounts,
    "Iterable[DirectoryGroup]": list,
    "Iterable[Entry]": list,
    "Iterable[Mapping[str, Any] | Bindings]": lambda: [{"user": {"email": "ann@corp.example"}}],
    "Iterable[Person]": list,
    "Sequence[ProfileSource]": list,
    "Iterable[Operation]": lambda: [Operation.READ_USERS],
    "Mapping[str, Any] | Bindings": lambda: {"user": {"email": "ann@corp.example"}},
    "IssueList": lambda: IssueList("people"),
    "OktaExport | Iterable[Assignment]": lambda: [Assignment(PERSON)],
    "Person | Assignment | Iterable[Person | Assignment]": lambda: PERSON,
    "ProvisioningType": UserSync,
    "State": MemoryState,
    "State | None": MemoryState,
    "StrPath": new_path,
    "TenantSnapshot": tenant,
    "Transport": fake_tenant,
    "bytes": lambda: b"",
    "datetime": lambda: NOW,
    "float": lambda: 0.5,
    "httpx.Request": lambda: httpx.Request("GET", URL),
    "int": lambda: 1,
    "str | Path": new_path,
    "str | os.PathLike[str]": new_path,
}
"""Arguments by the annotation of their parameter; values of public classes are found among the examples."""

GIVEN: dict[str, dict[str, Callable[[], Any]]] = {
    "AppUsers": {
        "app_name": lambda: "Office 365",
        "person_id": lambda: "00u1",
        "plan_id": lambda: "plan-1",
        "tenant_id": lambda: "contoso",
    },
    "AppRegistrations.token": {"client_id": lambda: CLIENT_ID},
    "AppUsers.from_json": {"text": lambda: remembered().to_json()},
    "AppUsers.load": {"path": lambda: folder() / "app_users.json"},
    "DirectoryEntry": {"name": lambda: "objectClass"},
    "DirectoryRead": {"kind": lambda: EntryKind.USER},
    "DirectoryRead.load": {"path": lambda: folder() / "directory.ldif"},
    "InboundMapping": {
        "attribute": lambda: "title",
        "expression": lambda: "appuser.title",
        "attributes": lambda: "title",
        "expressions": lambda: {"title": "appuser.title"},
    },
    "as_after_block": {"value": lambda: "keep"},
    "FakeTenant": {
        "address": lambda: "room@contoso.onmicrosoft.com",
        "headers": dict,
        "key": lambda: USERNAME,
        "method": lambda: "GET",
        "name": lambda: "Sales",
        "properties": lambda: "Ann",
        "url": lambda: URL,
    },
    "AppFile.from_toml": {"text": lambda: AppFile.to_toml(examples()[AppFile])},
    "AppFile.load": {"path": lambda: folder() / "corp.toml"},
    "AppFile.read_people": {},
    "AppTests.from_toml": {"text": lambda: APP_TESTS},
    "AppTests.load": {"path": lambda: folder() / "corp.tests.toml"},
    "app_from_okta": {"app": lambda: OKTA_APP, "type": lambda: "user_sync"},
    "CsvFiles": {"folder": folder, "environment": dict},
    "LdifPlace": {"folder": folder, "environment": dict},
    "OktaFiles": {"folder": lambda: EXAMPLES, "environment": dict},
    "SQLitePlace": {"folder": Path.cwd, "environment": dict},
    "ExchangeExport.from_json": {"text": lambda: ExchangeExport.to_json(examples()[ExchangeExport])},
    "ExchangeExport.load": {"path": lambda: folder() / "exchange.json"},
    "exchange_export": {
        "app_users": fake_memory,
        "contacts": list,
        "groups": list,
        "instances": lambda: ["corp.example"],
        "people": lambda: [PERSON],
        "resources": list,
    },
    "check_belongs": {
        "belongs": lambda: ("contoso", "Office 365"),
        "present": lambda: ("contoso", "Office 365"),
        "remedy": lambda: "begin anew",
    },
    "powershell_string": {"text": lambda: "O'Brien"},
    "Fleet": {
        "name": lambda: "contoso",
        "registry": fleet_registry,
        "records": FleetRecords,
        "tenants": lambda: [fleet_member()],
        "why": lambda: "the night is over",
    },
    "FleetRecords": {
        "before": lambda: TenantRound("contoso"),
        "by": lambda: "ann@corp.example",
        "fingerprint": lambda: RUN_PLAN.fingerprint,
        "tenant": lambda: "contoso",
        "tenants": lambda: ["contoso"],
    },
    "FleetRegistry": {
        "apps": lambda: {"standard": user_sync_app()},
        "credentials": dict,
        "people": dict,
        "tenant": fleet_member,
    },
    "FleetRegistry.app_file": {"name": lambda: "standard"},
    "FleetReport.from_json": {"text": lambda: FleetReport.to_json(examples()[FleetReport])},
    "FleetReport.load": {"path": lambda: folder() / "fleet_report.json"},
    "FleetTenant.due_at": {"last": lambda: NOW},
    "TenantRound.is_waiting": {"confirmed": lambda: False},
    "next_step": {"confirmed": lambda: False, "due_at": lambda: NOW},
    "AppGroups": {
        "app_name": lambda: "Office 365",
        "group_id": lambda: "00g1",
        "tenant_id": lambda: "contoso",
    },
    "AppGroups.from_json": {"text": lambda: AppGroups.to_json(examples()[AppGroups])},
    "AppGroups.load": {"path": lambda: folder() / "app_groups.json"},
    "GroupPlan.for_group": {"group_id": lambda: "00g1"},
    "GroupPlan.from_json": {"text": lambda: GroupPlan.to_json(examples()[GroupPlan])},
    "GroupPlan.load": {"path": lambda: folder() / "group_plan.json"},
    "GroupPush.plan": {
        "app_groups": no_groups,
        "app_users": fake_memory,
        "groups": lambda: [examples()[PushedGroup]],
        "snapshot": group_snapshot,
    },
    "GuestInvitations.plan": {
        "app_users": lambda: AppUsers.empty(tenant().tenant_id, "Guests"),
        "people": lambda: [PERSON],
        "snapshot": tenant,
    },
    "GroupReport.from_json": {"text": lambda: GroupReport.to_json(examples()[GroupReport])},
    "GroupReport.load": {"path": lambda: folder() / "group_report.json"},
    "NextGroups": {"group_id": lambda: "00g1", "object_id": lambda: "id"},
    "pushed_directory_groups": {"groups": list, "instances": lambda: ["corp.example"], "people": lambda: [PERSON]},
    "PushedGroup.of": {"group": lambda: Group("00g1", "Sales")},
    "ImportMemory": {"app_name": lambda: "Office 365", "object_id": lambda: "id", "tenant_id": lambda: "contoso"},
    "ImportMemory.from_json": {"text": lambda: ImportMemory.to_json(examples()[ImportMemory])},
    "ImportMemory.load": {"path": lambda: folder() / "import_memory.json"},
    "ImportPlan.from_json": {"text": lambda: ImportPlan.to_json(examples()[ImportPlan])},
    "ImportPlan.load": {"path": lambda: folder() / "import.json"},
    "Office365Import.plan": {
        "app_users": fake_memory,
        "memory": import_memory,
        "people": lambda: [PERSON],
        "snapshot": import_snapshot,
    },
    "MemoryState": STATE,
    "MemoryState.acquire": {"tenant_id": lambda: "fabrikam"},
    "RunEntry.started": {"object_id": lambda: "id"},
    "SQLiteState": STATE,
    "SQLiteState.acquire": {"tenant_id": lambda: "fabrikam"},
    "FakeTenant.from_json": {"text": lambda: fake_tenant().to_json()},
    "FakeTenant.load": {"path": lambda: folder() / "fake.json"},
    "AddressHolder.of_properties": {
        "kind": lambda: HolderKind.GROUP,
        "object_id": lambda: "7f",
        "properties": lambda: {"mail": "sales@corp.example"},
    },
    "TenantSnapshot.holders_of": {"address": lambda: "ann@corp.example"},
    "mail_issue": {"values": lambda: {"mail": "ann@corp.example"}},
    "mail_taken": {"values": lambda: {"mail": "ann@corp.example"}, "account": lambda: None, "others": tuple},
    "FakeTenant.replay": {"path": lambda: folder() / "session.jsonl"},
    "FakeTenant.restore": {"snapshot": lambda: fake_tenant().snapshot()},
    "FakeTenant.seats": {"name": lambda: "SPE_E3"},
    "MappedProfile": {"attribute": lambda: "title"},
    "Office365App.streaming_planner": {"assignments": lambda: list},
    "OktaRead.from_json": {"text": lambda: OktaRead.to_json(examples()[OktaRead])},
    "OktaRead.load": {"path": lambda: folder() / "okta_read.json"},
    "Calendar.from_json": {"text": lambda: Calendar.to_json(examples()[Calendar])},
    "Calendar.load": {"path": lambda: folder() / "calendar.json"},
    "Strays.from_json": {"text": lambda: Strays.to_json(examples()[Strays])},
    "Strays.load": {"path": lambda: folder() / "strays.json"},
    "find_strays": {"snapshot": fake_snapshot},
    "HandOvers.from_json": {"text": lambda: HandOvers.to_json(examples()[HandOvers])},
    "HandOvers.load": {"path": lambda: folder() / "hand_overs.json"},
    "find_hand_overs": {"snapshot": fake_snapshot},
    "unused_permissions": {"granted": lambda: ["User.Read.All"]},
    "shipped_mapping": {"provisioning": UserSync},
    "Missing": {"at": lambda: NOW},
    "Departure": {"step": lambda: LeaverStep.LICENSES},
    "Lifecycle.excludes_account": {"object_id": lambda: "id"},
    "PersonCondition.of": {"expression": lambda: "user.isService"},
    "OktaOrg.why_not": {"before": lambda: "user_sync"},
    "Permission.is_granted": {"roles": lambda: ["User.Read.All"]},
    "PersonExplanation.of": {"matched": lambda: "by username"},
    "Plan": {"person_id": lambda: examples()[Plan].changes[0].subject.person_id},
    "Plan.diff": {"other": lambda: examples()[Plan]},
    "Plan.from_json": {"text": lambda: Plan.to_json(examples()[Plan])},
    "Plan.limited_to": {"people": lambda: ["00uAnnLee"], "most": lambda: 3},
    "Plan.load": {"path": lambda: folder() / "plan.json"},
    "Preview": {"attribute": lambda: "email", "name": lambda: "email"},
    "ProfileMapping": {
        "attribute": lambda: "title",
        "attributes": lambda: "title",
        "expression": lambda: "user.title",
        "expressions": lambda: {"title": "user.title"},
        "moment": lambda: "create",
        "saved": lambda: ProfileMapping.of({"title": "user.title"}).to_dict(),
    },
    "InboundMapping.from_okta": {
        "document": lambda: {
            "source": {"name": "active_directory", "type": "appuser"},
            "target": {"name": "user", "type": "user"},
            "properties": {"title": {"expression": "appuser.title", "pushStatus": "PUSH"}},
        }
    },
    "ProfileMapping.from_okta": {"document": lambda: OKTA_MAPPING},
    "Office365App": {"app_users": fake_memory, "snapshot": fake_snapshot},
    "Report.inverse": {"app_users": remembered, "snapshot": tenant},
    "Report.from_json": {"text": lambda: Report.to_json(examples()[Report])},
    "Report.load": {"path": lambda: folder() / "report.json"},
    "Verification": {"person_id": lambda: "00u1"},
    "Verification.from_json": {"text": lambda: Verification.to_json(examples()[Verification])},
    "Verification.load": {"path": lambda: folder() / "verification.json"},
    "CheckedPerson": {"state": lambda: LicenseState.GIVEN},
    "office_apps": {"plans": lambda: ["TEAMS1"]},
    "TenantSnapshot": {"object_id": lambda: "id", "username": lambda: USERNAME, "name": lambda: "SPE_E3"},
    "UsernameFormat": {"domains": lambda: [DOMAIN]},
    "UsernameFormat.candidates": {"formats": lambda: "user.email"},
    "UsernameFormat.built_in": {"label": lambda: "Email"},
    "UsernameFormat.custom": {"expression": lambda: "user.email"},
    "UsernameFormat.from_dict": {"saved": lambda: UsernameFormat.email().to_dict()},
    "UsernameFormat.from_okta": {"template": lambda: {"template": "${source.email}", "type": "BUILT_IN"}},
    "NextMemory": {
        "object_id": lambda: "id",
        "plan_id": lambda: "plan-1",
        "person_id": lambda: "00u1",
        "people": lambda: ["00u1"],
    },
    "Tenant": {"why": lambda: "the night is over"},
    "BlockingTenant": {"why": lambda: "the night is over"},
    "PlanProvisioning": {"name": lambda: "TEAMS1"},
    "PlanRequest": {"person_id": lambda: "00u1", "only": lambda: ["00u1"], "transfers": dict},
    "after_change": {"object_id": lambda: "id", "known": lambda: None},
    "maybe_after_change": {"object_id": lambda: "id", "known": lambda: None},
    "check_memory": {
        "app_name": lambda: remembered().app_name,
        "app_users": remembered,
        "tenant_id": lambda: remembered().tenant_id,
    },
    "Coverage": {"kind": lambda: LookupKind.USERNAME, "key": lambda: USERNAME},
    "check_coverage": {"only": lambda: ["00u1"]},
    "check_domains": {"domains": lambda: [DOMAIN]},
    "check_transfers": {"transfers": lambda: {PERSON.id: "id"}, "assigned": lambda: [Assignment(PERSON)]},
    "check_settings": {
        "mapping": lambda: user_sync_app().mapping,
        "provisioning": UserSync,
        "scope": lambda: Scope.CHANGED,
    },
    "as_assignment": {"value": lambda: Assignment(PERSON)},
    "assign": {
        "people": lambda: [PERSON],
        "groups": lambda: [Group("00g1", "E3", members={"00u1"})],
        "by_group": lambda: [GroupAssignment("00g1", 0)],
        "individually": lambda: {"00u1": Grants()},
    },
    "check_now": {"now": lambda: NOW},
    "check_text": {"text": lambda: "user.email"},
    "first_username": {"candidates": lambda: [examples()[UsernameCandidate]]},
    "check_username": {"username": lambda: USERNAME, "domains": lambda: [DOMAIN]},
    "consent_url": {
        "tenant": lambda: "contoso.example",
        "client_id": lambda: "c1",
        "redirect_uri": lambda: "https://iam.example/done",
        "state": lambda: "s1",
    },
    "country": {"text": lambda: "DE"},
    "csv_file.read_assignments": {"path": lambda: folder() / "assignments.csv"},
    "csv_file.read_groups": {"path": lambda: folder() / "groups.csv"},
    "csv_file.read_people": {"path": lambda: folder() / "people.csv"},
    "csv_file.stream_people": {"path": lambda: folder() / "people.csv"},
    "find_expressions": {"text": lambda: '{"userScopeExpression": "true"}', "form": lambda: "json"},
    "expression_of_template": {"template": lambda: "${source.email}"},
    "ldif": {"path": lambda: EXAMPLES / "active-directory.ldif"},
    "managers_and_assistants": {"people": lambda: [PERSON]},
    "make_desired_user": {"domains": lambda: [DOMAIN]},
    "okta_json": {"path": lambda: EXAMPLES / "okta-users.json", "folder": lambda: EXAMPLES},
    "okta_json.read_assignments": {"path": lambda: EXAMPLES / "okta-office365-assignments.json"},
    "okta_json.read_directory_accounts": {"path": lambda: EXAMPLES / "okta-ad-app-users.json"},
    "okta_json.read_groups": {"path": lambda: EXAMPLES / "okta-groups.json"},
    "quote": {"value": lambda: "x"},
    "read_consent": {
        "callback_url": lambda: "https://iam.example/done?admin_consent=True&tenant=t1&state=s1",
        "state": lambda: "s1",
    },
    "reference_digest": {"reference": lambda: "CN=Ann"},
    "similar_attribute": {"name": lambda: "emial", "known": lambda: ["email"]},
    "SQLiteState.find_read": {"asked": lambda: "names"},
    "MemoryState.find_read": {"asked": lambda: "names"},
    "simulate": {"days": lambda: 1},
    "unique_assignments": {"assignments": lambda: [Assignment(PERSON)]},
}
"""Arguments by name of class, module or call, and by parameter."""

_PACKAGES = re.compile(r"\b(?:planning|previews)\.(?=[A-Z])")


@frozen
class PublicCall:
    """One public call, and how the object is made that it belongs to.

    Args:
        name: such as ``Tenant.read``.
        function: what is called.
        kind: the class of the object that a method is called on; None for what is called by itself.

    """

    name: str
    function: Callable[..., Any]
    kind: type | None = None

    @property
    def parameters(self) -> list[inspect.Parameter]:
        """Those that a caller gives, in order; their annotations without the packages that names are in."""
        written = inspect.signature(self.function).parameters.values()
        found = [each.replace(annotation=_PACKAGES.sub("", str(each.annotation))) for each in written]
        return found if self.kind is None else found[1:]

    def run(self, **tried: object) -> None:
        """Call it with *tried* in place of what it takes, and let it do all of its work."""
        owner = () if self.kind is None else (self._owner(self.kind),)
        result: object = None
        try:
            args, keywords = self._arguments(tried)
            result = self.function(*owner, *args, **keywords)
            _finish(result)
        finally:
            for each in (*owner, result):
                _close(each)

    def _owner(self, kind: type) -> Any:
        if kind in (MemoryState, SQLiteState) and self.name.endswith((".forget", ".import_app_users", ".prune")):
            return kind() if kind is MemoryState else kind(new_path())
        return RECEIVERS[kind]() if kind in RECEIVERS else examples()[kind]

    def _arguments(self, tried: dict[str, object]) -> tuple[list[object], dict[str, object]]:
        args: list[object] = []
        keywords: dict[str, object] = {}
        for each in self.parameters:
            is_given = each.name in tried or each.name in GIVEN.get(self.name, {})
            if each.default is not each.empty and not is_given:
                continue
            value = tried[each.name] if each.name in tried else self._example(each)
            if each.kind is each.VAR_KEYWORD:
                keywords["displayName"] = value
            elif each.kind in {each.POSITIONAL_ONLY, each.VAR_POSITIONAL} or (
                each.kind is not each.KEYWORD_ONLY and each.default is each.empty and not keywords
            ):
                args.append(value)
            else:
                keywords[each.name] = value
        return args, keywords

    def _example(self, parameter: inspect.Parameter) -> object:
        """An argument that the parameter takes; LookupError where none is known."""
        owner = self.name.partition(".")[0]
        for given in (GIVEN.get(self.name, {}), GIVEN.get(owner, {}), BY_ANNOTATION):
            for key in (parameter.name, parameter.annotation):
                if key in given:
                    return given[key]()
        if parameter.annotation in _examples_by_name():
            return _examples_by_name()[parameter.annotation]
        raise LookupError(f"give {self.name} an example of {parameter.name}: {parameter.annotation}")


@cache
def _examples_by_name() -> dict[str, object]:
    return {kind.__name__: value for kind, value in examples().items()}


def _finish(result: object) -> None:
    """Await what is to be awaited, and take what is given bit by bit."""
    if inspect.iscoroutine(result):
        asyncio.run(result)
    elif isinstance(result, AbstractContextManager) and not isinstance(result, BlockingTenant | Path | Server):
        with result:
            pass
    elif isinstance(result, Iterator):
        deque(result, maxlen=0)


def _close(value: object) -> None:
    if isinstance(value, BlockingTenant | Server):
        value.close()


def public_calls() -> Iterator[PublicCall]:
    """Each of them, in the order of their names."""
    for name, value in sorted(public_names().items()):
        if name in FOR_SIBLINGS or str(getattr(value, "__module__", "")).startswith(SERVICES):
            continue
        if inspect.isfunction(value):
            yield PublicCall(name, value)
        elif inspect.isclass(value) and not (
            issubclass(value, Exception | Enum) or getattr(value, "_is_protocol", False)
        ):
            yield from _calls_of(name, value)
    for name, module in SOURCES.items():
        for each, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not each.startswith("_"):
                yield PublicCall(f"{name}.{each}", value)


def _calls_of(name: str, kind: type) -> Iterator[PublicCall]:
    """The constructor, unless its fields are checked by tests/test_settings.py, and the public methods."""
    if not has(kind):
        yield PublicCall(name, kind)
    for each, member in inspect.getmembers(kind):
        if each.startswith("_") or isinstance(member, property) or not callable(member):
            continue
        yield PublicCall(f"{name}.{each}", member, None if inspect.ismethod(member) else kind)
