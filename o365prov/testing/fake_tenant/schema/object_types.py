"""Graph's kinds of objects as tables of their properties: users, groups, contacts, rooms.

Sources: the property tables of "user", "group", "orgContact" and "room" resource types (Microsoft Graph v1.0); filter
operators from "Advanced query capabilities on Microsoft Entra ID objects".
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.schema.properties import (
    ORDER_FILTERS,
    PLAIN_FILTERS,
    TEXT_FILTERS,
    ObjectType,
    Property,
    PropertyType,
    Writability,
    in_sharepoint,
    read_only,
    table,
    text,
)

_EXTENSIONS = table(*(text(f"extensionAttribute{number}", 1024) for number in range(1, 16)))

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
    properties=table(
        read_only("id", in_default_set=True, filters=PLAIN_FILTERS),
        Property(
            "businessPhones",
            PropertyType.TEXTS,
            limit=64,
            at_most=1,
            in_default_set=True,
            filters=frozenset({"any"}),
            unset=[],
        ),
        text("displayName", 256, in_default_set=True, clearable=False),
        text("givenName", 64, in_default_set=True),
        text("jobTitle", 128, in_default_set=True),
        text("mail", in_default_set=True, filters=TEXT_FILTERS | {"endswith"}),
        text("mobilePhone", 64, in_default_set=True),
        text("officeLocation", 128, in_default_set=True),
        text("preferredLanguage", in_default_set=True),
        text("surname", 64, in_default_set=True),
        text("userPrincipalName", 113, in_default_set=True, clearable=False, filters=TEXT_FILTERS | {"endswith"}),
        Property("accountEnabled", PropertyType.FLAG, clearable=False, filters=PLAIN_FILTERS),
        text("ageGroup", filters=PLAIN_FILTERS),
        read_only(
            "assignedLicenses",
            PropertyType.COMPLEXES,
            filters=_LICENSE_FILTERS,
            fields=table(read_only("skuId", PropertyType.GUID), read_only("disabledPlans", PropertyType.TEXTS)),
        ),
        read_only(
            "assignedPlans",
            PropertyType.COMPLEXES,
            filters=_LICENSE_FILTERS,
            fields=table(
                read_only("assignedDateTime", PropertyType.INSTANT),
                read_only("capabilityStatus"),
                read_only("service"),
                read_only("servicePlanId", PropertyType.GUID),
            ),
        ),
        text("city", 128),
        text("companyName", 64),
        text("consentProvidedForMinor", filters=PLAIN_FILTERS),
        text("country", 128),
        read_only("createdDateTime", PropertyType.INSTANT, filters=ORDER_FILTERS),
        read_only("creationType"),
        read_only("deletedDateTime", PropertyType.INSTANT, filters=ORDER_FILTERS),
        text("department", 64),
        Property("employeeHireDate", PropertyType.INSTANT, filters=ORDER_FILTERS),
        text("employeeId", 16),
        Property("employeeLeaveDateTime", PropertyType.INSTANT, filters=ORDER_FILTERS),
        Property(
            "employeeOrgData",
            PropertyType.COMPLEX,
            filters=PLAIN_FILTERS,
            fields=table(text("costCenter"), text("division")),
        ),
        text("employeeType"),
        read_only("externalUserState"),
        read_only("externalUserStateChangeDateTime", PropertyType.INSTANT),
        text("faxNumber"),
        Property(
            "identities",
            PropertyType.COMPLEXES,
            filters=frozenset({"any"}),
            unset=[],
            fields=table(text("issuer"), text("issuerAssignedId"), text("signInType")),
        ),
        read_only("imAddresses", PropertyType.TEXTS, filters=frozenset({"any"})),
        read_only("isResourceAccount", PropertyType.FLAG),
        read_only("lastPasswordChangeDateTime", PropertyType.INSTANT, filters=frozenset()),
        read_only("legalAgeGroupClassification"),
        read_only(
            "licenseAssignmentStates",
            PropertyType.COMPLEXES,
            filters=frozenset(),
            fields=table(
                read_only("assignedByGroup"),
                read_only("disabledPlans", PropertyType.TEXTS),
                read_only("error"),
                read_only("lastUpdatedDateTime", PropertyType.INSTANT),
                read_only("skuId", PropertyType.GUID),
                read_only("state"),
            ),
        ),
        text("mailNickname", 64, clearable=False),
        read_only("onPremisesDistinguishedName", filters=frozenset()),
        read_only("onPremisesDomainName", filters=frozenset()),
        Property(
            "onPremisesExtensionAttributes",
            PropertyType.COMPLEX,
            fields=_EXTENSIONS,
            filters=PLAIN_FILTERS,
            unset=dict.fromkeys(_EXTENSIONS),
        ),
        text("onPremisesImmutableId", is_exact=True, filters=frozenset({"eq", "ne", "in", "not", "ge", "le"})),
        read_only("onPremisesLastSyncDateTime", PropertyType.INSTANT, filters=ORDER_FILTERS),
        read_only(
            "onPremisesProvisioningErrors",
            PropertyType.COMPLEXES,
            filters=frozenset({"any"}),
            fields=table(
                read_only("category"),
                read_only("occurredDateTime", PropertyType.INSTANT),
                read_only("propertyCausingError"),
                read_only("value"),
            ),
        ),
        read_only("onPremisesSamAccountName", filters=TEXT_FILTERS),
        read_only("onPremisesSecurityIdentifier", filters=PLAIN_FILTERS),
        read_only("onPremisesSyncEnabled", PropertyType.FLAG),
        read_only("onPremisesUserPrincipalName", filters=TEXT_FILTERS),
        Property("otherMails", PropertyType.TEXTS, limit=250, at_most=250, filters=frozenset({"any"}), unset=[]),
        text("passwordPolicies", filters=PLAIN_FILTERS),
        Property(
            "passwordProfile",
            PropertyType.COMPLEX,
            clearable=False,
            filters=frozenset(),
            fields=table(
                text("password", 256),
                Property("forceChangePasswordNextSignIn", PropertyType.FLAG),
                Property("forceChangePasswordNextSignInWithMfa", PropertyType.FLAG),
            ),
        ),
        text("postalCode", 40),
        text("preferredDataLocation"),
        read_only("preferredName", filters=frozenset()),
        read_only(
            "provisionedPlans",
            PropertyType.COMPLEXES,
            filters=frozenset({"any"}),
            fields=table(read_only("capabilityStatus"), read_only("provisioningStatus"), read_only("service")),
        ),
        read_only("proxyAddresses", PropertyType.TEXTS, filters=frozenset({"any"})),
        read_only("securityIdentifier", filters=frozenset()),
        read_only("serviceProvisioningErrors", PropertyType.COMPLEXES, filters=frozenset({"any"})),
        Property("showInAddressList", PropertyType.FLAG, filters=frozenset()),
        read_only("signInSessionsValidFromDateTime", PropertyType.INSTANT, filters=frozenset()),
        text("state", 128),
        text("streetAddress", 1024),
        text("usageLocation", 2, clearable=False),
        text("userType", filters=PLAIN_FILTERS),
        in_sharepoint("aboutMe"),
        in_sharepoint("birthday", PropertyType.INSTANT),
        in_sharepoint("hireDate", PropertyType.INSTANT),
        in_sharepoint("interests", PropertyType.TEXTS),
        in_sharepoint("mySite"),
        in_sharepoint("pastProjects", PropertyType.TEXTS),
        in_sharepoint("responsibilities", PropertyType.TEXTS),
        in_sharepoint("schools", PropertyType.TEXTS),
        in_sharepoint("skills", PropertyType.TEXTS),
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
    properties=table(
        read_only("id", in_default_set=True, filters=PLAIN_FILTERS),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        text("classification", in_default_set=True),
        read_only("createdDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        text("description", 1024, in_default_set=True),
        text("displayName", 256, in_default_set=True, clearable=False),
        read_only("expirationDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        Property(
            "groupTypes",
            PropertyType.TEXTS,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            filters=frozenset({"any"}),
            unset=[],
        ),
        Property(
            "isAssignableToRole",
            PropertyType.FLAG,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            filters=PLAIN_FILTERS,
        ),
        read_only("mail", in_default_set=True),
        Property(
            "mailEnabled",
            PropertyType.FLAG,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            clearable=False,
            filters=PLAIN_FILTERS,
        ),
        text("mailNickname", 64, in_default_set=True, clearable=False),
        text("membershipRule", 3072, in_default_set=True),
        text("membershipRuleProcessingState", in_default_set=True),
        read_only("onPremisesDomainName", in_default_set=True, filters=frozenset()),
        read_only("onPremisesLastSyncDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        read_only("onPremisesNetBiosName", in_default_set=True, filters=frozenset()),
        read_only("onPremisesSamAccountName", in_default_set=True),
        read_only("onPremisesSecurityIdentifier", in_default_set=True, filters=PLAIN_FILTERS),
        read_only("onPremisesSyncEnabled", PropertyType.FLAG, in_default_set=True),
        text("preferredDataLocation", in_default_set=True),
        text("preferredLanguage", in_default_set=True),
        read_only("proxyAddresses", PropertyType.TEXTS, in_default_set=True, filters=frozenset({"any"})),
        read_only("renewedDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        Property(
            "resourceBehaviorOptions",
            PropertyType.TEXTS,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            filters=frozenset(),
            unset=[],
        ),
        Property(
            "resourceProvisioningOptions", PropertyType.TEXTS, in_default_set=True, filters=frozenset({"any"}), unset=[]
        ),
        Property("securityEnabled", PropertyType.FLAG, in_default_set=True, clearable=False, filters=PLAIN_FILTERS),
        read_only("securityIdentifier", in_default_set=True, filters=frozenset()),
        text("theme", in_default_set=True),
        Property("uniqueName", write=Writability.CREATE_ONLY, limit=128, in_default_set=True),
        text("visibility", in_default_set=True),
        read_only(
            "onPremisesProvisioningErrors", PropertyType.COMPLEXES, in_default_set=True, filters=frozenset({"any"})
        ),
        read_only("serviceProvisioningErrors", PropertyType.COMPLEXES, in_default_set=True, filters=frozenset({"any"})),
        read_only(
            "assignedLicenses",
            PropertyType.COMPLEXES,
            filters=_LICENSE_FILTERS,
            fields=table(read_only("skuId", PropertyType.GUID), read_only("disabledPlans", PropertyType.TEXTS)),
        ),
        read_only("hasMembersWithLicenseErrors", PropertyType.FLAG),
        read_only("licenseProcessingState", PropertyType.COMPLEX, filters=frozenset()),
    ),
)

CONTACT = ObjectType(
    name="microsoft.graph.orgContact",
    title="OrgContact",
    collection="contacts",
    properties=table(
        read_only("id", in_default_set=True, filters=PLAIN_FILTERS),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        read_only("addresses", PropertyType.COMPLEXES, in_default_set=True, filters=frozenset()),
        *(
            read_only(name, in_default_set=True)
            for name in ("companyName", "department", "displayName", "givenName", "jobTitle", "mail", "mailNickname")
        ),
        read_only("onPremisesLastSyncDateTime", PropertyType.INSTANT, in_default_set=True, filters=ORDER_FILTERS),
        read_only("onPremisesSyncEnabled", PropertyType.FLAG, in_default_set=True),
        read_only("phones", PropertyType.COMPLEXES, in_default_set=True, filters=frozenset()),
        read_only("proxyAddresses", PropertyType.TEXTS, in_default_set=True, filters=frozenset({"any"})),
        read_only("surname", in_default_set=True),
    ),
)

ROOM = ObjectType(
    name="microsoft.graph.room",
    title="Room",
    collection="places",
    properties=table(
        read_only("id", in_default_set=True, filters=PLAIN_FILTERS),
        read_only("emailAddress", in_default_set=True),
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
            Property(name, PropertyType.NUMBER, in_default_set=True, filters=PLAIN_FILTERS)
            for name in ("capacity", "floorNumber")
        ),
        Property("isWheelChairAccessible", PropertyType.FLAG, in_default_set=True, filters=PLAIN_FILTERS),
        Property("tags", PropertyType.TEXTS, in_default_set=True, filters=frozenset({"any"}), unset=[]),
        Property(
            "address",
            PropertyType.COMPLEX,
            in_default_set=True,
            filters=frozenset(),
            fields=table(*(text(name) for name in ("street", "city", "state", "postalCode", "countryOrRegion"))),
        ),
    ),
)
