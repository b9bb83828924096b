"""The properties of Graph's objects as data: types, limits, who may write them, what a GET returns without $select.

These tables drive the checks of request bodies, $select, $filter, the answers and the coverage page alike. Sources:
the property tables of the pages "user resource type" and "group resource type" (Microsoft Graph v1.0); filter operators
from "Advanced query capabilities on Microsoft Entra ID objects".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs

__all__ = ["CONTACT", "GROUP", "ROOM", "USER", "Kind", "ObjectType", "Property", "Write"]


class Kind(Enum):
    """What a property's value is."""

    TEXT = "Edm.String"
    FLAG = "Edm.Boolean"
    INSTANT = "Edm.DateTimeOffset"
    NUMBER = "Edm.Int32"
    GUID = "Edm.Guid"
    TEXTS = "Collection(Edm.String)"
    COMPLEX = "complex"
    COMPLEXES = "collection of complex"


class Write(Enum):
    """Who may write a property over Graph."""

    YES = "on create and update"
    CREATE_ONLY = "on create"
    NO = "read-only"


_TEXT_FILTERS = frozenset({"eq", "ne", "in", "not", "startswith", "ge", "le"})
_PLAIN_FILTERS = frozenset({"eq", "ne", "in", "not"})
_ORDER_FILTERS = frozenset({"eq", "ne", "in", "not", "ge", "le", "gt", "lt"})


@attrs.frozen
class Property:
    """One property of a kind of object.

    Attributes:
        limit: characters of a text, or of each text of a collection.
        at_most: how many values a collection may hold.
        in_default_set: whether a GET without $select returns it.
        clearable: whether null may be written.
        is_exact: whether upper and lower case differ when values are compared.
        filters: the operators of $filter that it takes.
        fields: of a complex value, its own properties.
        home: "sharepoint" for what lives there: PATCH alone, read of one user alone, invisible to delta.
        unset: what is answered when nothing was ever written.

    """

    name: str
    kind: Kind = Kind.TEXT
    limit: int | None = None
    at_most: int | None = None
    write: Write = Write.YES
    in_default_set: bool = False
    clearable: bool = True
    is_exact: bool = False
    filters: frozenset[str] = _TEXT_FILTERS
    fields: Mapping[str, Property] = MappingProxyType({})
    home: str = "directory"
    unset: Any = None


def _table(*properties: Property) -> Mapping[str, Property]:
    return MappingProxyType({item.name: item for item in properties})


def _text(name: str, limit: int | None = None, **more: Any) -> Property:
    return Property(name, limit=limit, **more)


def _read_only(name: str, kind: Kind = Kind.TEXT, **more: Any) -> Property:
    filters = more.pop("filters", _TEXT_FILTERS if kind is Kind.TEXT else _PLAIN_FILTERS)
    unset = more.pop("unset", [] if kind in {Kind.TEXTS, Kind.COMPLEXES} else None)
    return Property(name, kind, write=Write.NO, filters=filters, unset=unset, **more)


def _sharepoint(name: str, kind: Kind = Kind.TEXT) -> Property:
    unset: Any = [] if kind is Kind.TEXTS else None
    return Property(name, kind, home="sharepoint", filters=frozenset(), unset=unset)


@attrs.frozen
class ObjectType:
    """A kind of object: its name in Graph, its properties, and those that the fake does not hold.

    Attributes:
        name: as in ``#microsoft.graph.user``.
        title: as error messages call it, such as ``User``.
        collection: the path segment.
        properties: by name.
        not_held: names that Graph has and this tenant refuses, loudly.

    """

    name: str
    title: str
    collection: str
    properties: Mapping[str, Property]
    not_held: frozenset[str] = frozenset()

    @property
    def default_set(self) -> tuple[str, ...]:
        """What a GET returns without $select."""
        return tuple(name for name, item in self.properties.items() if item.in_default_set)

    def named(self, names: Iterable[str]) -> Iterable[Property]:
        """The properties with these names."""
        return (self.properties[name] for name in names)


_EXTENSIONS = _table(*(_text(f"extensionAttribute{number}", 1024) for number in range(1, 16)))

_LICENSE_FILTERS = frozenset({"any"})

USER = ObjectType(
    name="microsoft.graph.user",
    title="User",
    collection="users",
    not_held=frozenset(
        {
            "authorizationInfo",
            "customSecurityAttributes",
            "deviceEnrollmentLimit",
            "mailboxSettings",
            "print",
            "signInActivity",
            "isManagementRestricted",
            "identityParentId",
        }
    ),
    properties=_table(
        _read_only("id", in_default_set=True, filters=_PLAIN_FILTERS),
        Property(
            "businessPhones", Kind.TEXTS, limit=64, at_most=1, in_default_set=True, filters=frozenset({"any"}), unset=[]
        ),
        _text("displayName", 256, in_default_set=True, clearable=False),
        _text("givenName", 64, in_default_set=True),
        _text("jobTitle", 128, in_default_set=True),
        _text("mail", in_default_set=True, filters=_TEXT_FILTERS | {"endswith"}),
        _text("mobilePhone", 64, in_default_set=True),
        _text("officeLocation", 128, in_default_set=True),
        _text("preferredLanguage", in_default_set=True),
        _text("surname", 64, in_default_set=True),
        _text("userPrincipalName", 113, in_default_set=True, clearable=False, filters=_TEXT_FILTERS | {"endswith"}),
        Property("accountEnabled", Kind.FLAG, clearable=False, filters=_PLAIN_FILTERS),
        _text("ageGroup", filters=_PLAIN_FILTERS),
        _read_only(
            "assignedLicenses",
            Kind.COMPLEXES,
            filters=_LICENSE_FILTERS,
            fields=_table(_read_only("skuId", Kind.GUID), _read_only("disabledPlans", Kind.TEXTS)),
        ),
        _read_only(
            "assignedPlans",
            Kind.COMPLEXES,
            filters=_LICENSE_FILTERS,
            fields=_table(
                _read_only("assignedDateTime", Kind.INSTANT),
                _read_only("capabilityStatus"),
                _read_only("service"),
                _read_only("servicePlanId", Kind.GUID),
            ),
        ),
        _text("city", 128),
        _text("companyName", 64),
        _text("consentProvidedForMinor", filters=_PLAIN_FILTERS),
        _text("country", 128),
        _read_only("createdDateTime", Kind.INSTANT, filters=_ORDER_FILTERS),
        _read_only("creationType"),
        _read_only("deletedDateTime", Kind.INSTANT, filters=_ORDER_FILTERS),
        _text("department", 64),
        Property("employeeHireDate", Kind.INSTANT, filters=_ORDER_FILTERS),
        _text("employeeId", 16),
        Property("employeeLeaveDateTime", Kind.INSTANT, filters=_ORDER_FILTERS),
        Property(
            "employeeOrgData",
            Kind.COMPLEX,
            filters=_PLAIN_FILTERS,
            fields=_table(_text("costCenter"), _text("division")),
        ),
        _text("employeeType"),
        _read_only("externalUserState"),
        _read_only("externalUserStateChangeDateTime", Kind.INSTANT),
        _text("faxNumber"),
        Property(
            "identities",
            Kind.COMPLEXES,
            filters=frozenset({"any"}),
            unset=[],
            fields=_table(_text("issuer"), _text("issuerAssignedId"), _text("signInType")),
        ),
        _read_only("imAddresses", Kind.TEXTS, filters=frozenset({"any"})),
        _read_only("isResourceAccount", Kind.FLAG),
        _read_only("lastPasswordChangeDateTime", Kind.INSTANT, filters=frozenset()),
        _read_only("legalAgeGroupClassification"),
        _read_only(
            "licenseAssignmentStates",
            Kind.COMPLEXES,
            filters=frozenset(),
            fields=_table(
                _read_only("assignedByGroup"),
                _read_only("disabledPlans", Kind.TEXTS),
                _read_only("error"),
                _read_only("lastUpdatedDateTime", Kind.INSTANT),
                _read_only("skuId", Kind.GUID),
                _read_only("state"),
            ),
        ),
        _text("mailNickname", 64, clearable=False),
        _read_only("onPremisesDistinguishedName", filters=frozenset()),
        _read_only("onPremisesDomainName", filters=frozenset()),
        Property(
            "onPremisesExtensionAttributes",
            Kind.COMPLEX,
            fields=_EXTENSIONS,
            filters=_PLAIN_FILTERS,
            unset=dict.fromkeys(_EXTENSIONS),
        ),
        _text("onPremisesImmutableId", is_exact=True, filters=frozenset({"eq", "ne", "in", "not", "ge", "le"})),
        _read_only("onPremisesLastSyncDateTime", Kind.INSTANT, filters=_ORDER_FILTERS),
        _read_only(
            "onPremisesProvisioningErrors",
            Kind.COMPLEXES,
            filters=frozenset({"any"}),
            fields=_table(
                _read_only("category"),
                _read_only("occurredDateTime", Kind.INSTANT),
                _read_only("propertyCausingError"),
                _read_only("value"),
            ),
        ),
        _read_only("onPremisesSamAccountName", filters=_TEXT_FILTERS),
        _read_only("onPremisesSecurityIdentifier", filters=_PLAIN_FILTERS),
        _read_only("onPremisesSyncEnabled", Kind.FLAG),
        _read_only("onPremisesUserPrincipalName", filters=_TEXT_FILTERS),
        Property("otherMails", Kind.TEXTS, limit=250, at_most=250, filters=frozenset({"any", "endswith"}), unset=[]),
        _text("passwordPolicies", filters=_PLAIN_FILTERS),
        Property(
            "passwordProfile",
            Kind.COMPLEX,
            clearable=False,
            filters=frozenset(),
            fields=_table(
                _text("password", 256),
                Property("forceChangePasswordNextSignIn", Kind.FLAG),
                Property("forceChangePasswordNextSignInWithMfa", Kind.FLAG),
            ),
        ),
        _text("postalCode", 40),
        _text("preferredDataLocation"),
        _read_only("preferredName", filters=frozenset()),
        _read_only(
            "provisionedPlans",
            Kind.COMPLEXES,
            filters=frozenset({"any"}),
            fields=_table(_read_only("capabilityStatus"), _read_only("provisioningStatus"), _read_only("service")),
        ),
        _read_only("proxyAddresses", Kind.TEXTS, filters=frozenset({"any"})),
        _read_only("securityIdentifier", filters=frozenset()),
        _read_only("serviceProvisioningErrors", Kind.COMPLEXES, filters=frozenset({"any"})),
        Property("showInAddressList", Kind.FLAG, filters=frozenset()),
        _read_only("signInSessionsValidFromDateTime", Kind.INSTANT, filters=frozenset()),
        _text("state", 128),
        _text("streetAddress", 1024),
        _text("usageLocation", 2, clearable=False),
        _text("userType", filters=_PLAIN_FILTERS),
        _sharepoint("aboutMe"),
        _sharepoint("birthday", Kind.INSTANT),
        _sharepoint("hireDate", Kind.INSTANT),
        _sharepoint("interests", Kind.TEXTS),
        _sharepoint("mySite"),
        _sharepoint("pastProjects", Kind.TEXTS),
        _sharepoint("responsibilities", Kind.TEXTS),
        _sharepoint("schools", Kind.TEXTS),
        _sharepoint("skills", Kind.TEXTS),
    ),
)

GROUP = ObjectType(
    name="microsoft.graph.group",
    title="Group",
    collection="groups",
    not_held=frozenset(
        {
            "accessType",
            "allowExternalSenders",
            "assignedLabels",
            "autoSubscribeNewMembers",
            "hideFromAddressLists",
            "hideFromOutlookClients",
            "infoCatalogs",
            "isArchived",
            "isFavorite",
            "isManagementRestricted",
            "isSubscribedByMail",
            "organizationId",
            "unseenConversationsCount",
            "unseenCount",
            "unseenMessagesCount",
            "welcomeMessageEnabled",
        }
    ),
    properties=_table(
        _read_only("id", in_default_set=True, filters=_PLAIN_FILTERS),
        _read_only("deletedDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        _text("classification", in_default_set=True),
        _read_only("createdDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        _text("description", 1024, in_default_set=True),
        _text("displayName", 256, in_default_set=True, clearable=False),
        _read_only("expirationDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        Property(
            "groupTypes", Kind.TEXTS, write=Write.CREATE_ONLY, in_default_set=True, filters=frozenset({"any"}), unset=[]
        ),
        Property("isAssignableToRole", Kind.FLAG, write=Write.CREATE_ONLY, in_default_set=True, filters=_PLAIN_FILTERS),
        _read_only("mail", in_default_set=True),
        Property(
            "mailEnabled",
            Kind.FLAG,
            write=Write.CREATE_ONLY,
            in_default_set=True,
            clearable=False,
            filters=_PLAIN_FILTERS,
        ),
        _text("mailNickname", 64, in_default_set=True, clearable=False),
        _text("membershipRule", 3072, in_default_set=True),
        _text("membershipRuleProcessingState", in_default_set=True),
        _read_only("onPremisesDomainName", in_default_set=True, filters=frozenset()),
        _read_only("onPremisesLastSyncDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        _read_only("onPremisesNetBiosName", in_default_set=True, filters=frozenset()),
        _read_only("onPremisesSamAccountName", in_default_set=True),
        _read_only("onPremisesSecurityIdentifier", in_default_set=True, filters=_PLAIN_FILTERS),
        _read_only("onPremisesSyncEnabled", Kind.FLAG, in_default_set=True),
        _text("preferredDataLocation", in_default_set=True),
        _text("preferredLanguage", in_default_set=True),
        _read_only("proxyAddresses", Kind.TEXTS, in_default_set=True, filters=frozenset({"any"})),
        _read_only("renewedDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        Property(
            "resourceBehaviorOptions",
            Kind.TEXTS,
            write=Write.CREATE_ONLY,
            in_default_set=True,
            filters=frozenset(),
            unset=[],
        ),
        Property("resourceProvisioningOptions", Kind.TEXTS, in_default_set=True, filters=frozenset({"any"}), unset=[]),
        Property("securityEnabled", Kind.FLAG, in_default_set=True, clearable=False, filters=_PLAIN_FILTERS),
        _read_only("securityIdentifier", in_default_set=True, filters=frozenset()),
        _text("theme", in_default_set=True),
        Property("uniqueName", write=Write.CREATE_ONLY, limit=128, in_default_set=True),
        _text("visibility", in_default_set=True),
        _read_only("onPremisesProvisioningErrors", Kind.COMPLEXES, in_default_set=True, filters=frozenset({"any"})),
        _read_only("serviceProvisioningErrors", Kind.COMPLEXES, in_default_set=True, filters=frozenset({"any"})),
        _read_only(
            "assignedLicenses",
            Kind.COMPLEXES,
            filters=_LICENSE_FILTERS,
            fields=_table(_read_only("skuId", Kind.GUID), _read_only("disabledPlans", Kind.TEXTS)),
        ),
        _read_only("hasMembersWithLicenseErrors", Kind.FLAG),
        _read_only("licenseProcessingState", Kind.COMPLEX, filters=frozenset()),
    ),
)

CONTACT = ObjectType(
    name="microsoft.graph.orgContact",
    title="OrgContact",
    collection="contacts",
    properties=_table(
        _read_only("id", in_default_set=True, filters=_PLAIN_FILTERS),
        _read_only("deletedDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        _read_only("addresses", Kind.COMPLEXES, in_default_set=True, filters=frozenset()),
        *(
            _read_only(name, in_default_set=True)
            for name in ("companyName", "department", "displayName", "givenName", "jobTitle", "mail", "mailNickname")
        ),
        _read_only("onPremisesLastSyncDateTime", Kind.INSTANT, in_default_set=True, filters=_ORDER_FILTERS),
        _read_only("onPremisesSyncEnabled", Kind.FLAG, in_default_set=True),
        _read_only("phones", Kind.COMPLEXES, in_default_set=True, filters=frozenset()),
        _read_only("proxyAddresses", Kind.TEXTS, in_default_set=True, filters=frozenset({"any"})),
        _read_only("surname", in_default_set=True),
    ),
)

ROOM = ObjectType(
    name="microsoft.graph.room",
    title="Room",
    collection="places",
    properties=_table(
        _read_only("id", in_default_set=True, filters=_PLAIN_FILTERS),
        _read_only("emailAddress", in_default_set=True),
        *(
            Property(name, in_default_set=True)
            for name in (
                "displayName",
                "nickname",
                "building",
                "floorLabel",
                "label",
                "phone",
                "audioDeviceName",
                "displayDeviceName",
                "videoDeviceName",
                "bookingType",
            )
        ),
        *(
            Property(name, Kind.NUMBER, in_default_set=True, filters=_PLAIN_FILTERS)
            for name in ("capacity", "floorNumber")
        ),
        Property("isWheelChairAccessible", Kind.FLAG, in_default_set=True, filters=_PLAIN_FILTERS),
        Property("tags", Kind.TEXTS, in_default_set=True, filters=frozenset({"any"}), unset=[]),
        Property(
            "address",
            Kind.COMPLEX,
            in_default_set=True,
            filters=frozenset(),
            fields=_table(*(_text(name) for name in ("street", "city", "state", "postalCode", "countryOrRegion"))),
        ),
    ),
)
