"""One check for each cell of Microsoft's tables: which property takes which operator, plainly or in advanced queries.

The facts below are written from the pages, by operator, and know nothing of the tenant's own table, which has a row a
property. What no fact names is refused either way.

Sources: Microsoft Graph, "Advanced query capabilities on Microsoft Entra ID objects"; "user", "group" and "orgContact"
resource types; "Use the $filter query parameter".
"""

from __future__ import annotations

from urllib.parse import quote

import attrs
import pytest

from o365prov.testing import FakeTenant
from o365prov.testing.fake_tenant.schema.object_types import CONTACT, GROUP, USER
from o365prov.testing.fake_tenant.schema.properties import PropertyType
from o365prov.testing.fake_tenant.schema.query_support import query_support

BASE = "https://graph.microsoft.com/v1.0"
NUMBERED = " ".join(f"onPremisesExtensionAttributes/extensionAttribute{number}" for number in range(1, 16))

PLAIN = {
    "users": {
        "eq": """id accountEnabled ageGroup assignedLicenses/skuId city consentProvidedForMinor country createdDateTime
            creationType deletedDateTime department displayName employeeId externalUserState
            externalUserStateChangeDateTime givenName identities/issuer identities/issuerAssignedId imAddresses
            isResourceAccount jobTitle mail mailNickname onPremisesImmutableId onPremisesLastSyncDateTime
            onPremisesProvisioningErrors/category onPremisesProvisioningErrors/propertyCausingError
            onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails proxyAddresses
            serviceProvisioningErrors/isResolved serviceProvisioningErrors/serviceInstance state surname usageLocation
            userPrincipalName userType""",
        "startswith": """city country department displayName employeeId givenName imAddresses jobTitle mail
            mailNickname onPremisesUserPrincipalName otherMails proxyAddresses state surname usageLocation
            userPrincipalName""",
        "ge": """createdDateTime deletedDateTime externalUserStateChangeDateTime imAddresses onPremisesLastSyncDateTime
            otherMails proxyAddresses""",
        "null": "identities/issuer",
        "orderby": "displayName userPrincipalName",
    },
    "groups": {
        "eq": """id assignedLicenses/skuId classification displayName groupTypes hasMembersWithLicenseErrors
            infoCatalogs isAssignableToRole mail mailEnabled mailNickname membershipRule onPremisesLastSyncDateTime
            onPremisesProvisioningErrors/category onPremisesProvisioningErrors/propertyCausingError
            onPremisesSyncEnabled proxyAddresses renewedDateTime resourceProvisioningOptions securityEnabled
            serviceProvisioningErrors/isResolved serviceProvisioningErrors/serviceInstance""",
        "startswith": "classification displayName infoCatalogs mail mailNickname membershipRule proxyAddresses",
        "ge": "infoCatalogs onPremisesLastSyncDateTime proxyAddresses renewedDateTime",
        "null": "hasMembersWithLicenseErrors",
        "orderby": "displayName",
    },
    "contacts": {
        "eq": """id department displayName givenName jobTitle mail mailNickname onPremisesLastSyncDateTime
            onPremisesSyncEnabled proxyAddresses surname""",
        "startswith": "department displayName givenName jobTitle mail mailNickname proxyAddresses surname",
        "ge": "onPremisesLastSyncDateTime proxyAddresses",
    },
}
"""Collection → operator → the properties that take it plainly, and so in advanced queries too."""

ADVANCED = {
    "users": {
        "eq": f"""assignedPlans/capabilityStatus assignedPlans/service assignedPlans/servicePlanId businessPhones
            companyName employeeHireDate employeeLeaveDateTime employeeOrgData/costCenter employeeOrgData/division
            employeeType faxNumber mobilePhone officeLocation {NUMBERED} onPremisesSamAccountName postalCode
            preferredLanguage provisionedPlans/provisioningStatus provisionedPlans/service securityIdentifier
            showInAddressList streetAddress""",
        "startswith": """businessPhones companyName employeeType faxNumber mobilePhone officeLocation
            onPremisesSamAccountName postalCode preferredLanguage securityIdentifier streetAddress""",
        "endswith": "mail otherMails proxyAddresses userPrincipalName",
        "ge": "employeeHireDate employeeLeaveDateTime securityIdentifier",
        "null": f"""city companyName country createdDateTime department displayName employeeId faxNumber givenName
            jobTitle mail mailNickname mobilePhone officeLocation {NUMBERED} onPremisesSecurityIdentifier
            onPremisesSyncEnabled passwordPolicies postalCode preferredLanguage state streetAddress surname
            usageLocation userType""",
        "count": "assignedLicenses onPremisesProvisioningErrors otherMails proxyAddresses",
        "orderby": "createdDateTime deletedDateTime",
    },
    "groups": {
        "eq": """description expirationDateTime membershipRuleProcessingState onPremisesSamAccountName
            preferredLanguage""",
        "startswith": "description onPremisesSamAccountName preferredLanguage",
        "endswith": "mail proxyAddresses",
        "ge": "expirationDateTime",
        "null": """displayName mail mailNickname onPremisesSecurityIdentifier onPremisesSyncEnabled
            preferredLanguage""",
        "count": "assignedLicenses onPremisesProvisioningErrors proxyAddresses",
        "orderby": "deletedDateTime",
    },
    "contacts": {
        "eq": "companyName",
        "startswith": "companyName",
        "endswith": "proxyAddresses",
        "null": """companyName department displayName givenName jobTitle mail mailNickname onPremisesSyncEnabled
            surname""",
        "count": "proxyAddresses",
        "orderby": "displayName",
    },
}
"""Collection → operator → the properties that take it in advanced queries alone."""

TYPES = {"users": USER, "groups": GROUP, "contacts": CONTACT}
VALUES = {
    PropertyType.FLAG: "true",
    PropertyType.NUMBER: "1",
    PropertyType.INSTANT: "2026-01-01T00:00:00Z",
    PropertyType.GUID: "00000000-0000-0000-0000-000000000365",
}
COLLECTIONS = {PropertyType.TEXTS, PropertyType.COMPLEXES}


def _texts(item):
    """Whether its values are strings, alone or in a list."""
    return item.kind in {PropertyType.TEXT, PropertyType.TEXTS}


def _operators(item, *, nested, single):
    """The operators that can be asked of a property at all."""
    yield from ("eq", "ne", "in", "ge", "le", "gt", "null")
    if _texts(item):
        yield from ("startswith", "endswith", "contains")
    if not nested:
        yield "orderby" if single else "count"


def _cells():
    for collection, of in TYPES.items():
        for item in of.properties.values():
            single = item.kind not in COLLECTIONS
            for field in (None, *item.fields.values()):
                leaf = field or item
                if leaf.kind in {PropertyType.COMPLEX, PropertyType.COMPLEXES} or (field and leaf.kind in COLLECTIONS):
                    if field is None and not single:
                        yield collection, item.name, "count"
                    continue
                path = item.name if field is None else f"{item.name}/{field.name}"
                for operator in _operators(leaf, nested=field is not None, single=single):
                    yield collection, path, operator


def _condition(collection, path, operator):
    """The filter that asks a property about one operator."""
    name, _, field = path.partition("/")
    item = TYPES[collection].properties[name]
    leaf = item.fields[field] if field else item
    value = VALUES.get(leaf.kind, "'x'")
    if operator == "count":
        return f"{name}/$count eq 0"
    subject = path if item.kind not in COLLECTIONS else f"v/{field}".rstrip("/")
    asked = {
        "in": f"{subject} in ({value})",
        "null": f"{subject} eq null",
        **{call: f"{call}({subject},{value})" for call in ("startswith", "endswith", "contains")},
    }.get(operator, f"{subject} {operator} {value}")
    return asked if item.kind not in COLLECTIONS else f"{name}/any(v:{asked})"


def _expected(collection, path, operator):
    """What the facts say: plain, advanced or refused."""
    is_element = TYPES[collection].properties[path.partition("/")[0]].kind in COLLECTIONS
    plain, advanced = (
        {name: set(words.split()) for name, words in table[collection].items()} for table in (PLAIN, ADVANCED)
    )
    basis = {"in": "eq", "ne": "eq", "le": "ge"}.get(operator, operator)
    if operator == "ne" and is_element:
        return "refused"  # inside any() nothing is negated: not stands before it
    if path in plain.get(basis, ()):
        return "advanced" if operator == "ne" else "plain"
    return "advanced" if path in advanced.get(basis, ()) else "refused"


@pytest.fixture(scope="module")
def tenant():
    fake = FakeTenant(seed=1)
    fake.add_user()
    fake.add_group("Band")
    fake.add_contact("Johnny")
    return fake


@pytest.mark.parametrize("collection", TYPES)
def test_properties_take_operators_as_the_tables_say(tenant, collection):
    """Plainly, in an advanced query, or not at all."""
    cells = [(path, operator) for of, path, operator in _cells() if of == collection]
    answered = {cell: _answered(tenant, collection, *cell) for cell in cells}
    assert answered == {cell: _expected(collection, *cell) for cell in cells}


def _answered(tenant, collection, path, operator):
    """How the tenant takes an operator on a property."""
    option = f"$orderby={path}" if operator == "orderby" else f"$filter={quote(_condition(collection, path, operator))}"
    plainly = tenant.handle("GET", f"{BASE}/{collection}?{option}", {"Authorization": "Bearer x"}, b"")[0]
    url = f"{BASE}/{collection}?{option}&$count=true"
    eventually = tenant.handle("GET", url, {"Authorization": "Bearer x", "ConsistencyLevel": "eventual"}, b"")[0]
    return {(200, 200): "plain", (400, 200): "advanced", (400, 400): "refused"}[plainly, eventually]


@pytest.mark.parametrize("table", [PLAIN, ADVANCED])
def test_every_fact_is_about_a_property_that_the_tenant_holds(table):
    """A fact that no cell asks about would hold nothing."""
    asked = {(collection, path, operator) for collection, path, operator in _cells()}
    facts = {
        (collection, path, operator)
        for collection, operators in table.items()
        for operator, words in operators.items()
        for path in words.split()
    }
    assert facts <= asked


def test_every_row_of_the_tenants_table_is_of_a_property():
    """A row with a misspelled path would be found by no query."""
    known = {
        of.name.rpartition(".")[2]: {
            path.lower()
            for item in (*of.properties.values(), *of.relationships.values())
            for path in (item.name, *(f"{item.name}/{field}" for field in item.fields))
        }
        for of in TYPES.values()
    }
    for name, paths in known.items():
        assert set(query_support()[name]) <= paths


def test_the_tenants_table_has_no_row_that_says_nothing():
    """A row is there for a cell."""
    rows = [row for rows in query_support().values() for row in rows.values()]
    assert all(any(cell.value for cell in attrs.astuple(row)) for row in rows)
