"""Made-up organisations from a seed: people from Active Directory and from Okta, an app, and a tenant with a past."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID, uuid5

from attrs import evolve

from o365prov.app import Office365App
from o365prov.people import Assignment, DirectoryAccount, Grants, LicenseGrant, Person
from o365prov.profiles import UsernameFormat
from o365prov.provisioning import LicenseOnly, ProfileSync, ProvisioningType, UniversalSync, UserSync
from o365prov.simulation.machinery.storage import InMemory, Storage
from o365prov.simulation.scene import Setting
from o365prov.simulation.schedule.events import Event
from o365prov.simulation.settings import LIFECYCLE, OPTIONS, after_event
from o365prov.testing import FakeClock, FakeTenant, Lag

DOMAIN = "yourfederated.domain"
_SPACE = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")
_FIRST = ("Ann", "Bo", "Cy", "Di", "Ed", "Flo", "Gil", "Hal", "Ida", "Jo")
_LAST = ("Lee", "Fox", "Ray", "Day", "Kim", "Orr", "Poe")
_PRODUCTS = ("SPE_E3", "SPE_F1", "FLOW_FREE")
_GRANTS = (
    Grants([LicenseGrant("SPE_E3")]),
    Grants([LicenseGrant("SPE_E3")], ["Directory Readers"]),
    Grants([LicenseGrant("SPE_F1")], ["Global Reader"]),
    Grants([LicenseGrant("SPE_F1"), LicenseGrant("FLOW_FREE")]),
    Grants(),
)
_PASSWORD_SET = datetime(2026, 1, 15, 8, tzinfo=UTC)


def draw_setting(seed: int, *, people: int, storage: type[Storage] = InMemory, plain: bool = False) -> Setting:
    """Draw an organisation with its app and its tenant.

    Args:
        seed: where chance begins.
        people: how many people there are.
        storage: where the state is.
        plain: whether nothing is out of the ordinary: no synced accounts, guests, managed domain or special settings.

    """
    chance = random.Random(seed)  # noqa: S311 - chance needs no secrecy
    everybody = [_assignment(number, chance) for number in range(people)]
    before = [each for each in everybody if chance.random() < 0.1]
    option = chance.choice(OPTIONS)
    seats = people if chance.random() < 0.8 else max(people // 2, 1)
    lag = Lag(seconds=chance.randint(1, 20)) if chance.random() < 0.2 else None
    app = Office365App(
        domains=(DOMAIN,),
        provisioning=_provisioning(chance, option),
        username=UsernameFormat.custom(f'String.substringBefore(user.email, "@") + "@{DOMAIN}"'),
        grantable_roles=("Global Reader",),
        restore_deleted_users=chance.random() < 0.7,
        take_over_licenses=chance.random() < 0.2,
        take_over_roles=chance.random() < 0.2,
    )
    managed, synced, guests = (not plain and chance.random() < share for share in (0.15, 0.2, 0.1))
    if not plain:
        app = evolve(app, gives_passwords=managed and chance.random() < 0.7)
        for event in (*LIFECYCLE, Event.CHOOSE_OPTION):
            app = after_event(app, event, chance.randrange(60)) if chance.random() < 0.4 else app

    def tenant(clock: FakeClock) -> FakeTenant:
        fake = FakeTenant(
            {DOMAIN: "Managed" if managed else "Federated"},
            {"SPE_E3": seats, "SPE_F1": people, "FLOW_FREE": people},
            seed=seed,
            clock=clock,
            lag=lag,
            keep_requests=0,
        )
        for number, each in enumerate(app.preview(before)):
            fake.add_user(
                each.username,
                displayName=each.person.name,
                usageLocation="US",
                licenses=[_PRODUCTS[number % len(_PRODUCTS)]],
                onPremisesImmutableId=next((one.anchor for one in each.person.directory_accounts), None),
                accountEnabled=number % 3 != 0,
                onPremisesSyncEnabled=True if synced and number % 2 else None,
                userType="Guest" if guests and number % 3 == 1 else "Member",
            )
        return fake

    return Setting(app, everybody, tenant, storage, _PRODUCTS)


def _provisioning(chance: random.Random, option: object) -> ProvisioningType:
    kinds: tuple[type[ProvisioningType], ...] = (UserSync, UserSync, UserSync, ProfileSync, UniversalSync, LicenseOnly)
    return chance.choice(kinds)(deprovisioning=option)  # type: ignore[call-arg]


def _assignment(number: int, chance: random.Random) -> Assignment:
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
    more = f"{number // 70}" if number >= 70 else ""
    address = f"{first}.{last}{more}@corp.example".lower()
    person_id = f"00u{number:04}"
    guid = uuid5(_SPACE, person_id)
    name = f"CN={first} {last}{more},OU=Staff,DC=corp,DC=example"
    from_directory = chance.random() < 0.7
    account = DirectoryAccount("corp.example", guid, name, _PASSWORD_SET, {"managerDn": None})
    person = Person(
        person_id,
        "ACTIVE",
        {
            "login": address,
            "email": address,
            "firstName": first,
            "lastName": f"{last}{more}",
            "displayName": f"{first} {last}{more}",
            "countryCode": "US",
            "title": "Engineer",
        },
        "ACTIVE_DIRECTORY" if from_directory else "OKTA",
        _PASSWORD_SET,
        (account,) if from_directory else (),
    )
    return Assignment(person, chance.choice(_GRANTS))
