"""The attributes of Okta's Office 365 app: one row an attribute.

The rows drive the default mappings, the checks of values, the bodies sent to Graph, and the documentation. *name* is
the attribute's name in Okta's app profile, *graph* the property of Graph's user that takes it.

Sources: Okta, "Supported user attributes for Office 365 provisioning" (labels and types); Microsoft Graph, "user
resource type" (properties, limits, what can be cleared). Okta publishes no required column: the required ones are those
whose absence its push refuses (first name, last name, mail) or Graph's create does (display name).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from attrs import frozen


class Kind(Enum):
    """How Graph takes a value."""

    TEXT = "text"
    ONE_IN_LIST = "a list that holds one text"
    COUNTRY = "an ISO 3166-1 alpha-2 code"
    LANGUAGE = "a language tag such as en-US"
    MAIL = "a mail address without accents"
    ANCHOR = "the source anchor"
    MANAGER = "a reference to another user"


@frozen
class Attribute:
    """One attribute: what Okta calls it, where Graph takes it, and within which limits.

    *graph* None means that Graph has no such property; *instead* then says what comes nearest. *limit* is in
    characters. *clearable* false means that Graph never lets the value go once it is set. *directory_only* attributes
    come from an Active Directory account or not at all.
    """

    name: str
    label: str
    graph: str | None
    kind: Kind = Kind.TEXT
    limit: int | None = None
    required: bool = False
    clearable: bool = True
    directory_only: bool = False
    instead: str = ""


_ROWS = (
    Attribute("firstName", "First name", "givenName", limit=64, required=True),
    Attribute("lastName", "Last name", "surname", limit=64, required=True),
    Attribute("displayName", "Display name", "displayName", limit=256, required=True, clearable=False),
    Attribute("email", "Primary email", "mail", Kind.MAIL, required=True),
    Attribute("immutableId", "Immutable ID", "onPremisesImmutableId", Kind.ANCHOR, clearable=False),
    Attribute("usageLocation", "UsageLocation", "usageLocation", Kind.COUNTRY, clearable=False),
    Attribute("middleName", "Middle name", None, instead="put it into the display name's expression"),
    Attribute("streetAddress", "Street address", "streetAddress", limit=1024),
    Attribute("city", "City", "city", limit=128),
    Attribute("state", "State", "state", limit=128),
    Attribute("zipCode", "Zip Code", "postalCode", limit=40),
    Attribute("country", "Country", "country", limit=128),
    # Okta says nowhere which property takes its country code; Graph keeps the code that matters as usageLocation.
    Attribute("countryCode", "Country code", None, instead="map UsageLocation, which is Graph's country code"),
    Attribute("department", "Department", "department", limit=64),
    Attribute("office", "Office", "officeLocation", limit=128),
    Attribute("telephone", "Telephone", "businessPhones", Kind.ONE_IN_LIST, limit=64),
    Attribute("mobilePhone", "Mobile phone", "mobilePhone", limit=64),
    Attribute("faxNumber", "Fax number", "faxNumber", limit=64),
    Attribute("title", "Title", "jobTitle", limit=128),
    Attribute("preferredLanguage", "Preferred Language", "preferredLanguage", Kind.LANGUAGE),
    Attribute("manager", "Manager", "manager", Kind.MANAGER, directory_only=True),
)

ATTRIBUTES: Mapping[str, Attribute] = MappingProxyType({row.name: row for row in _ROWS})
"""Every attribute by Okta's name."""

USER_SYNC: tuple[str, ...] = tuple(ATTRIBUTES)
"""What User Sync sends besides the username: Okta's 21 less the username, and the source anchor."""
