"""The mappings that Okta ships, by provisioning type.

Okta prints some of them word for word (immutableId, usageLocation, manager); the others map an attribute to the Okta
attribute of the same meaning. An attribute for which Okta's base profile has nothing is not mapped. What Universal Sync
sends beyond User Sync comes from the Active Directory account.

Sources: Okta support, "Setting Office 365 usage location", "Handling immutable ID issues", "The manager attribute from
Okta is not synced to Office 365 for AD-mastered users".
"""

from __future__ import annotations

from collections.abc import Mapping

from o365prov._fields import frozen_mapping
from o365prov.profiles.attributes import ATTRIBUTES

_COUNTRY_CODE_OR_US = "(source.countryCode!=null? source.countryCode : 'US')"

PROFILE_SYNC_DEFAULTS: Mapping[str, str] = frozen_mapping(
    {
        "firstName": "source.firstName",
        "lastName": "source.lastName",
        "displayName": "source.displayName",
        "immutableId": "hasDirectoryUser()?findDirectoryUser().externalId:null",
        "usageLocation": (
            "hasDirectoryUser()?(findDirectoryUser().msExchUsageLocation!=null?"
            f"findDirectoryUser().msExchUsageLocation:{_COUNTRY_CODE_OR_US}):{_COUNTRY_CODE_OR_US}"
        ),
    }
)

USER_SYNC_DEFAULTS: Mapping[str, str] = frozen_mapping(
    {
        **PROFILE_SYNC_DEFAULTS,
        "email": "source.email",
        "middleName": "source.middleName",
        "streetAddress": "source.streetAddress",
        "city": "source.city",
        "state": "source.state",
        "zipCode": "source.zipCode",
        "country": "source.countryCode",
        "department": "source.department",
        "telephone": "source.primaryPhone",
        "mobilePhone": "source.mobilePhone",
        "title": "source.title",
        "preferredLanguage": "source.preferredLanguage",
        "manager": "hasDirectoryUser()?findDirectoryUser().managerDn:null",
    }
)


def _from_directory(attribute: str) -> str:
    step = f".{attribute}" if attribute.isidentifier() else f"['{attribute}']"
    return f"hasDirectoryUser()?findDirectoryUser(){step}:null"


UNIVERSAL_SYNC_DEFAULTS: Mapping[str, str] = frozen_mapping(
    {
        **USER_SYNC_DEFAULTS,
        **{
            row.name: _from_directory(row.directory)
            for row in ATTRIBUTES.values()
            # The password's time is delivered by ending sessions, not as an attribute.
            if row.directory and "V" in row.types and row.name != "lastPasswordChangeTimestamp"
        },
    }
)
