"""Small people and tenants for tests that are about one thing."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime
from functools import cache
from uuid import UUID, uuid5

from o365prov.app import Office365App
from o365prov.people import AppUser, AppUsers, Assignment, DirectoryAccount, Grants, LicenseGrant, Person
from o365prov.planning import (
    Domain,
    HeldLicense,
    PlanRequest,
    Role,
    RoleAssignment,
    Sku,
    TenantSnapshot,
    TenantUser,
)
from o365prov.profiles import UsernameFormat
from o365prov.provisioning import ProvisioningType, UserSync

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
DOMAIN = "yourfederated.domain"
TENANT_ID = "11111111-1111-4111-8111-111111111111"
E3 = Sku(
    "05e9a617-0261-4cee-bb44-138d3ef5d965", "SPE_E3", {"EXCHANGE": "plan-exchange", "TEAMS": "plan-teams"}, seats=5
)
F1 = Sku("66b55226-6b4f-492c-910c-a3b7a3c9d993", "SPE_F1", {"TEAMS": "plan-teams-f"}, seats=5)
_SPACE = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


def somebody(name: str = "Ann Lee", *, status: str = "ACTIVE", **profile: object) -> Person:
    """A person from Okta, called *name*, with an address made of it."""
    first, _, last = name.partition(" ")
    address = f"{first}.{last}@corp.example".lower()
    base = {
        "login": address,
        "email": address,
        "firstName": first,
        "lastName": last,
        "displayName": name,
        "countryCode": "US",
    }
    return Person(f"00u{first}{last}", status, {**base, **profile})


def from_directory(
    person: Person, *, manager: Person | None = None, password_last_set: datetime | None = None
) -> Person:
    """The same person, linked from Active Directory."""
    account = DirectoryAccount(
        "corp.example",
        uuid5(_SPACE, person.id),
        dn(person),
        password_last_set,
        {"managerDn": dn(manager) if manager else None},
    )
    return Person(person.id, person.status, person.profile, "ACTIVE_DIRECTORY", person.password_changed, (account,))


def dn(person: Person) -> str:
    """The distinguished name of a person's account."""
    return f"CN={person.name},OU=Staff,DC=corp,DC=example"


def assigned(person: Person, *licenses: str | LicenseGrant, via: str = "O365 E3") -> Assignment:
    """An assignment of Office 365 with these licences."""
    grants = [LicenseGrant(each) if isinstance(each, str) else each for each in licenses]
    return Assignment(person, Grants(grants), via)


def account(username: str, **properties: object) -> TenantUser:
    """A user of the tenant."""
    licenses = properties.pop("licenses", ())
    manager_id = properties.pop("manager_id", None)
    valid_from = properties.pop("sessions_valid_from", None)
    held = tuple(each if isinstance(each, HeldLicense) else HeldLicense(each) for each in licenses)
    body = {"userPrincipalName": username, "accountEnabled": True, **properties}
    return TenantUser(str(uuid5(_SPACE, username)), body, held, manager_id, valid_from)


READER = Role("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", privileged=True)
DIRECTORY_READERS = Role("88d8e3e3-8f55-4a1e-953a-9b9898b8876b", "Directory Readers")


def tenant(
    *users: TenantUser,
    skus: tuple[Sku, ...] = (E3, F1),
    deleted: tuple[TenantUser, ...] = (),
    holding: tuple[tuple[TenantUser, Role], ...] = (),
    synced: bool = False,
) -> TenantSnapshot:
    """A tenant whose domain is verified and federated; *holding* are users with their directory roles."""
    held = [RoleAssignment(f"{user.id}-{role.id}", role.id, user.id) for user, role in holding]
    return TenantSnapshot(
        TENANT_ID,
        users,
        skus,
        (
            Domain(DOMAIN, federated=True),
            Domain("contoso.onmicrosoft.com"),
            Domain("corp.example"),
            Domain("unproven.example", verified=False),
        ),
        "Contoso",
        NOW,
        "watermark-1",
        (READER, DIRECTORY_READERS),
        held,
        deleted,
        synced,
    )


def remembered(*users: AppUser, lineage: str = "") -> AppUsers:
    """The memory of an app in this tenant."""
    return AppUsers(TENANT_ID, "Office 365", users, lineage)


@cache
def user_sync_app(**settings: Hashable) -> Office365App:
    """An app with User Sync and the username of Okta's own example: one for the same settings, as apps are frozen."""
    return Office365App(
        domains=(DOMAIN,),
        provisioning=UserSync(**settings),
        username=UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"'),
    )


def app_with(provisioning: ProvisioningType) -> Office365App:
    """The same app with another provisioning type, and that type's own mapping."""
    return user_sync_app().with_provisioning(provisioning).remap()


def plan_in_full(app, people, snapshot, app_users, *, now, **request):
    """The plan for which everybody is compared, though nothing may have changed."""
    assigned = app._people(people, "changed", PlanRequest(**request))
    return assigned.plan_in_full(snapshot, app_users, now)
