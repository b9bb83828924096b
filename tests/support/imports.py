"""Small tenants and people for tests of imports."""

from __future__ import annotations

from attrs import evolve
from organisation import NOW, TENANT_ID, account, tenant

from o365prov.importing import ImportMemory, ImportPlan, Office365Import
from o365prov.people import Person
from o365prov.planning import TenantGroup, TenantSnapshot, TenantUser
from o365prov.provisioning import UserSync

EMPTY = ImportMemory.empty(TENANT_ID, "Office 365")


def importable(name: str = "Ann Lee", username: str = "", **properties: object) -> TenantUser:
    """An account that Okta would import, called *name*, with an address made of it."""
    first, _, last = name.partition(" ")
    address = f"{first}.{last}@corp.example".lower()
    own = {"givenName": first, "surname": last, "displayName": name, "mail": address, "licenses": ("SPE_E3",)}
    return account(username or address, **{**own, **properties})


def holding(*users: TenantUser, groups: tuple[TenantGroup, ...] | None = ()) -> TenantSnapshot:
    """A tenant with these users and groups."""
    return evolve(tenant(*users), groups=groups)


def settings(**fields: object) -> Office365Import:
    """The import of an app with User Sync."""
    return Office365Import(**{"provisioning": UserSync(), **fields})


def planned(
    people: list[Person], snapshot: TenantSnapshot, memory: ImportMemory = EMPTY, **fields: object
) -> ImportPlan:
    """The plan of an import; *fields* are settings, and arguments of ``plan``."""
    given = {
        name: fields.pop(name) for name in ("app_users", "choices", "by_group", "org_assignments") if name in fields
    }
    return settings(**fields).plan(people, snapshot, memory, now=NOW, **given)
