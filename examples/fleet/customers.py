"""The customers of a provider: their directory, their people, and what they may do in Office 365.

Everything is made up from the customer's number, so that each process finds the same.
"""

from __future__ import annotations

from o365prov import Assignment, Grants, LicenseGrant, Office365App, Person, UsernameFormat, UserSync
from o365prov.fleet import FleetTenant

FIRST = "Ada Bo Cleo Dan Eve Finn Gus Hana Ida Jon Kim Lea Max Nia Otto Pia Quin Rosa Sam Tess".split()
LAST = "Abel Berg Chen Diaz Eriksen Fox Gray Hope Ito Jones".split()
WITH_AN_ADMINISTRATOR = "customer-0007"
"""One of its people gets a privileged role: somebody has to look at that."""


def directory(count: int) -> list[FleetTenant]:
    """So many tenants; the first one is first, and each has somebody who looks at dangerous plans."""
    return [
        FleetTenant(
            name=name,
            app=name,  # each customer has a domain of its own
            credential=f"vault/{name}",
            schedule="0 2 * * *",
            priority=1 if number == 0 else 0,
            reviewers=(f"it@{domain(name)}",),
        )
        for number, name in enumerate(f"customer-{number:04}" for number in range(count))
    ]


def domain(name: str) -> str:
    """The domain of a customer."""
    return f"{name}.example"


def app(name: str) -> Office365App:
    """The Office 365 app of a customer: the same settings for all of them, in their own domain."""
    provisioning = UserSync(create_users=True, update_attributes=True, deactivate_users=True)
    return Office365App(
        domains=(domain(name),),
        provisioning=provisioning,
        username=UsernameFormat.email(),
        grantable_roles=("Helpdesk Administrator",),
    )


def people(name: str, count: int) -> list[Assignment]:
    """Everybody of a customer, who has a licence each."""
    return [_assignment(name, number) for number in range(count)]


def _assignment(name: str, number: int) -> Assignment:
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    lap = number // (len(FIRST) * len(LAST))
    last += str(lap) if lap else ""
    email = f"{first}.{last}@{domain(name)}".lower()
    profile = {"email": email, "firstName": first, "lastName": last, "displayName": f"{first} {last}"}
    roles = ["Helpdesk Administrator"] if name == WITH_AN_ADMINISTRATOR and number == 0 else []
    grants = Grants([LicenseGrant("SPE_E3")], roles)
    return Assignment(Person(f"{name}-{number}", "ACTIVE", {**profile, "countryCode": "US"}), grants)
