"""The directory of a fleet: tenants that name what they need."""

import asyncio
from datetime import UTC, datetime

import pytest
from fleets import NIGHTLY, member
from organisation import NOW, user_sync_app

from o365prov import ConfigurationError, O365ProvError
from o365prov.configuration import AppFile
from o365prov.fleet import Fleet, FleetRecords, FleetRegistry, FleetTenant
from o365prov.state import MemoryState

EMPTY = FleetRegistry(apps={}, credentials={}, people={})


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"app": ""},
        {"schedule": "each night"},
        {"schedule": "61 * * * *"},
        {"priority": 1_001},
        {"priority": True},
        {"reviewers": "ann@corp.example"},
    ],
)
def test_a_tenant_that_cannot_be_meant_is_refused(wrong):
    """With the field and what it should be."""
    [name] = wrong
    with pytest.raises(ConfigurationError, match=rf"FleetTenant\.{name}"):
        FleetTenant(**{"name": "contoso", "app": "standard", "credential": "secret", **wrong})


def test_people_are_named_like_their_tenant_unless_they_are_named():
    """Most sources have a name of the customer."""
    assert member("contoso").people == "contoso"
    assert member("contoso", people="holding").people == "holding"


def test_a_schedule_is_a_line_of_cron_in_utc():
    """The first round begins at once, the next ones when it says."""
    assert member(schedule="").due_at(NOW) is None
    assert member(schedule=NIGHTLY).due_at(None) < NOW
    assert member(schedule=NIGHTLY).due_at(NOW) == datetime(2026, 6, 2, 2, tzinfo=UTC)
    assert member(schedule=NIGHTLY).due_at(datetime(2026, 6, 2, 2, tzinfo=UTC)) == datetime(2026, 6, 3, 2, tzinfo=UTC)


def test_two_tenants_of_one_name_are_refused():
    """One of them would be provisioned with the other's people."""
    with pytest.raises(ConfigurationError, match="contoso"):
        Fleet([member(), member()], EMPTY, state=MemoryState(), records=FleetRecords())


def test_a_registry_takes_functions_and_mappings():
    """A vault is a function; the apps of a program are a mapping."""
    app = user_sync_app()
    registry = FleetRegistry(apps={"standard": app}, credentials=lambda name: name, people=lambda name: [])
    assert registry.app_file("standard").app is app
    assert asyncio.run(registry.assignments(member())) == ()


@pytest.mark.parametrize("call", [lambda: EMPTY.app_file("standard"), lambda: asyncio.run(EMPTY.assignments(member()))])
def test_what_a_registry_does_not_have_is_named(call):
    """So that the directory can be corrected."""
    with pytest.raises(ConfigurationError, match=r"standard|contoso"):
        call()


def test_a_registry_that_gives_something_else_is_refused():
    """Before a tenant is read."""
    wrong = FleetRegistry(lambda name: "app.toml", {}, lambda name: ["ann"])
    with pytest.raises(ConfigurationError, match="a str for the app 'standard'"):
        wrong.app_file("standard")
    with pytest.raises(ConfigurationError, match="Assignment"):
        asyncio.run(wrong.assignments(member()))


@pytest.mark.parametrize("call", [Fleet.next_step, lambda fleet, name: fleet.records.round(None)])
def test_a_tenant_that_is_not_in_the_directory_is_refused(call):
    """Whoever removed it has to know."""
    fleet = Fleet([member()], EMPTY, state=MemoryState(), records=FleetRecords())
    with pytest.raises(O365ProvError):
        call(fleet, "fabrikam")


def test_secrets_are_in_no_repr():
    """A fleet can be logged."""
    registry = FleetRegistry(apps={}, credentials=lambda name: "hunter2", people={})
    fleet = Fleet([member()], registry, state=MemoryState(), records=FleetRecords())
    assert "hunter2" not in repr(fleet) + repr(registry) + repr(fleet.tenants)


APP_FILE = """
domains = ["yourfederated.domain"]
provisioning = { type = "user_sync" }
username = { format = "Email prefix", suffix = "@yourfederated.domain" }
source = { kind = "csv", people = "people.csv", groups = "groups.csv", assignments = "assignments.csv" }
"""


def test_an_app_file_brings_its_people(tmp_path):
    """The names of apps are those of files, and each says where its people come from."""
    (tmp_path / "contoso.toml").write_text(APP_FILE)
    (tmp_path / "people.csv").write_text("id,status,login\n00u1,ACTIVE,ann@corp.example\n")
    (tmp_path / "groups.csv").write_text("id,name,member\n00g1,Sales,00u1\n")
    (tmp_path / "assignments.csv").write_text("group,person,priority,licenses,roles\n00g1,,1,SPE_E3,\n")
    registry = FleetRegistry(apps=AppFile.load, credentials={})
    tenant = member(app=str(tmp_path / "contoso.toml"))
    assert registry.app_file(tenant.app).app.domains == ("yourfederated.domain",)
    assert [each.person.id for each in asyncio.run(registry.assignments(tenant))] == ["00u1"]
