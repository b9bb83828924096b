"""The mappings that Okta ships, by provisioning type.

Okta prints some of them word for word (immutableId, usageLocation, manager); the others map an attribute to the Okta
attribute of the same meaning. An attribute for which Okta's base profile has nothing is not mapped.

Sources: Okta support, "Setting Office 365 usage location", "Handling immutable ID issues", "The manager attribute from
Okta is not synced to Office 365 for AD-mastered users".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_COUNTRY_CODE_OR_US = "(source.countryCode!=null? source.countryCode : 'US')"

USER_SYNC: Mapping[str, str] = MappingProxyType(
    {
        "firstName": "source.firstName",
        "lastName": "source.lastName",
        "displayName": "source.displayName",
        "email": "source.email",
        "immutableId": "hasDirectoryUser()?findDirectoryUser().externalId:null",
        "usageLocation": (
            "hasDirectoryUser()?(findDirectoryUser().msExchUsageLocation!=null?"
            f"findDirectoryUser().msExchUsageLocation:{_COUNTRY_CODE_OR_US}):{_COUNTRY_CODE_OR_US}"
        ),
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
