"""What an import takes of an account, and what keeps it from being imported.

Source: Okta, "Supported user attributes for import" (the attributes, by provisioning type).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from o365prov.importing.settings import ImportObstacle, OktaUsername
from o365prov.planning import TenantUser
from o365prov.profiles import ATTRIBUTES
from o365prov.provisioning import ProvisioningType

NAMES: Mapping[str, str] = {"firstName": "firstName", "lastName": "lastName", "displayName": "displayName"}
"""What every type imports: the attribute of Okta's user profile, and that of the Office 365 app."""

MORE: Mapping[str, str] = {
    "title": "title",
    "mobilePhone": "mobilePhone",
    "primaryPhone": "telephone",
    "streetAddress": "streetAddress",
    "city": "city",
    "state": "state",
    "zipCode": "zipCode",
    "countryCode": "usageLocation",
    "preferredLanguage": "preferredLanguage",
    "department": "department",
}
"""What User Sync and Universal Sync import besides. Graph's only country code is ``usageLocation``."""

ALWAYS_READ = ("givenName", "surname", "mail")
"""The properties without which nobody would be importable."""


def imported_attributes(provisioning: ProvisioningType) -> Mapping[str, str]:
    """By attribute of Okta's user profile, the property of Graph that is imported into it."""
    names = {**NAMES, **MORE} if provisioning.owns_profile else NAMES
    return {name: graph for name, attribute in names.items() if (graph := ATTRIBUTES[attribute].graph)}


def text_of(value: object) -> str:
    """A property as a string without blanks around it; the first of a list; empty where there is none.

    >>> text_of(["+1 555 0100"]), text_of(None), text_of(" Ann ")
    ('+1 555 0100', '', 'Ann')
    """
    first = next(iter(value), None) if isinstance(value, list | tuple) else value
    return "" if first is None else str(first).strip()


def obstacles_of(user: TenantUser) -> tuple[ImportObstacle, ...]:
    """What keeps the account from being imported as Okta does it."""
    return tuple(_obstacles(user))


def _obstacles(user: TenantUser) -> Iterator[ImportObstacle]:
    if not user.enabled:
        yield ImportObstacle.DISABLED
    if not user.licenses:
        yield ImportObstacle.UNLICENSED
    if not (text_of(user.properties.get("givenName")) and text_of(user.properties.get("surname"))):
        yield ImportObstacle.NAMELESS
    if not text_of(user.properties.get("mail")):
        yield ImportObstacle.WITHOUT_EMAIL


def profile_of(user: TenantUser, attributes: Mapping[str, str], username: OktaUsername) -> Mapping[str, Any]:
    """The Okta profile that the account gives; what is empty is left out."""
    profile = {"login": login_of(user, username), "email": email_of(user)}
    for name, graph in attributes.items():
        if value := text_of(user.properties.get(graph)):
            profile[name] = value
    return profile


def email_of(user: TenantUser) -> str:
    """The e-mail address of the Okta user, who needs one: an account without an address gives its username."""
    return text_of(user.properties.get("mail")) or user.username


def login_of(user: TenantUser, username: OktaUsername) -> str:
    """The Okta username that the account gives."""
    return user.username if username is OktaUsername.USER_PRINCIPAL_NAME else email_of(user)


def display_name(user: TenantUser) -> str:
    """The name under which the account is shown."""
    return text_of(user.properties.get("displayName")) or user.username or user.id
