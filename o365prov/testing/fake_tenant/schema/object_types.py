"""Graph's kinds of objects as tables of their properties: users, groups, contacts.

Sources: the property tables of "user", "group", "orgContact" resource types (Microsoft Graph v1.0).
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.schema.properties import (
    ObjectType,
    Property,
    PropertyType,
    Writability,
    in_sharepoint,
    read_only,
    table,
    text,
)
from o365prov.testing.fake_tenant.schema.relationships import (
    CONTACT_RELATIONSHIPS,
    GROUP_RELATIONSHIPS,
    USER_RELATIONSHIPS,
)

_EXTENSIONS = table(*(text(f"extensionAttribute{number}", 1024) for number in range(1, 16)))
_LICENSE = table(read_only("skuId", PropertyType.GUID), read_only("disabledPlans", PropertyType.TEXTS))
_SYNC_ERROR = table(
    read_only("category"),
    read_only("occurredDateTime", PropertyType.INSTANT),
    read_only("propertyCausingError"),
    read_only("value"),
)
_SERVICE_ERROR = table(
    read_only("createdDateTime", PropertyType.INSTANT),
    read_only("isResolved", PropertyType.FLAG),
    read_only("serviceInstance"),
)

USER = ObjectType(
    name="microsoft.graph.user",
    title="User",
    collection="users",
    relationships=USER_RELATIONSHIPS,
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
        read_only("id", in_default_set=True),
        Property(
            "businessPhones",
            PropertyType.TEXTS,
            limit=64,
            at_most=1,
            in_default_set=True,
            unset=[],
        ),
        text("displayName", 256, in_default_set=True, clearable=False),
        text("givenName", 64, in_default_set=True),
        text("jobTitle", 128, in_default_set=True),
        text("mail", in_default_set=True),
        text("mobilePhone", 64, in_default_set=True),
        text("officeLocation", 128, in_default_set=True),
        text("preferredLanguage", in_default_set=True),
        text("surname", 64, in_default_set=True),
        text("userPrincipalName", 113, in_default_set=True, clearable=False),
        Property("accountEnabled", PropertyType.FLAG, clearable=False),
        text("ageGroup", choices=("Adult", "Minor", "NotAdult")),
        read_only(
            "assignedLicenses",
            PropertyType.COMPLEXES,
            fields=_LICENSE,
        ),
        read_only(
            "assignedPlans",
            PropertyType.COMPLEXES,
            fields=table(
                read_only("assignedDateTime", PropertyType.INSTANT),
                read_only("capabilityStatus"),
                read_only("service"),
                read_only("servicePlanId", PropertyType.GUID),
            ),
        ),
        text("city", 128),
        text("companyName", 64),
        text("consentProvidedForMinor", choices=("Denied", "Granted", "NotRequired")),
        text("country", 128),
        read_only("createdDateTime", PropertyType.INSTANT),
        read_only("creationType"),
        read_only("deletedDateTime", PropertyType.INSTANT),
        text("department", 64),
        Property("employeeHireDate", PropertyType.INSTANT),
        text("employeeId", 16),
        Property("employeeLeaveDateTime", PropertyType.INSTANT),
        Property(
            "employeeOrgData",
            PropertyType.COMPLEX,
            fields=table(text("costCenter"), text("division")),
        ),
        text("employeeType"),
        read_only("externalUserState"),
        read_only("externalUserStateChangeDateTime", PropertyType.INSTANT),
        text("faxNumber"),
        Property(
            "identities",
            PropertyType.COMPLEXES,
            unset=[],
            fields=table(text("issuer"), text("issuerAssignedId"), text("signInType")),
        ),
        read_only("imAddresses", PropertyType.TEXTS),
        read_only("isResourceAccount", PropertyType.FLAG),
        read_only("lastPasswordChangeDateTime", PropertyType.INSTANT),
        read_only("legalAgeGroupClassification"),
        read_only(
            "licenseAssignmentStates",
            PropertyType.COMPLEXES,
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
        read_only("onPremisesDistinguishedName"),
        read_only("onPremisesDomainName"),
        Property(
            "onPremisesExtensionAttributes",
            PropertyType.COMPLEX,
            fields=_EXTENSIONS,
            unset=dict.fromkeys(_EXTENSIONS),
        ),
        text("onPremisesImmutableId", is_exact=True),
        read_only("onPremisesLastSyncDateTime", PropertyType.INSTANT),
        read_only(
            "onPremisesProvisioningErrors",
            PropertyType.COMPLEXES,
            fields=_SYNC_ERROR,
        ),
        read_only("onPremisesSamAccountName"),
        read_only("onPremisesSecurityIdentifier"),
        read_only("onPremisesSyncEnabled", PropertyType.FLAG),
        read_only("onPremisesUserPrincipalName"),
        Property("otherMails", PropertyType.TEXTS, limit=250, at_most=250, unset=[]),
        text("passwordPolicies"),
        Property(
            "passwordProfile",
            PropertyType.COMPLEX,
            clearable=False,
            fields=table(
                text("password", 256),
                Property("forceChangePasswordNextSignIn", PropertyType.FLAG),
                Property("forceChangePasswordNextSignInWithMfa", PropertyType.FLAG),
            ),
        ),
        text("postalCode", 40),
        text("preferredDataLocation"),
        read_only("preferredName"),
        read_only(
            "provisionedPlans",
            PropertyType.COMPLEXES,
            fields=table(read_only("capabilityStatus"), read_only("provisioningStatus"), read_only("service")),
        ),
        read_only("proxyAddresses", PropertyType.TEXTS),
        read_only("securityIdentifier"),
        read_only("serviceProvisioningErrors", PropertyType.COMPLEXES, fields=_SERVICE_ERROR),
        Property("showInAddressList", PropertyType.FLAG),
        read_only("signInSessionsValidFromDateTime", PropertyType.INSTANT),
        text("state", 128),
        text("streetAddress", 1024),
        text("usageLocation", 2, clearable=False),
        text("userType", choices=("Guest", "Member")),
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

_THEMES = ("Blue", "Green", "Orange", "Pink", "Purple", "Red", "Teal")

GROUP = ObjectType(
    name="microsoft.graph.group",
    title="Group",
    collection="groups",
    relationships=GROUP_RELATIONSHIPS,
    not_held=frozenset(
        "accessType allowExternalSenders assignedLabels autoSubscribeNewMembers hideFromAddressLists"
        " hideFromOutlookClients isArchived isFavorite isManagementRestricted isSubscribedByMail"
        " onPremisesExtensionAttributes organizationId unseenConversationsCount unseenCount unseenMessagesCount"
        " welcomeMessageEnabled".split()
    ),
    properties=table(
        read_only("id", in_default_set=True),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True),
        text("classification", in_default_set=True),
        read_only("createdDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("creationOptions", PropertyType.TEXTS, in_default_set=True),
        text("description", 1024, in_default_set=True),
        text("displayName", 256, in_default_set=True, clearable=False),
        read_only("expirationDateTime", PropertyType.INSTANT, in_default_set=True),
        Property(
            "groupTypes",
            PropertyType.TEXTS,
            choices=("DynamicMembership", "Unified"),
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            unset=[],
        ),
        read_only("infoCatalogs", PropertyType.TEXTS, in_default_set=True),
        Property(
            "isAssignableToRole",
            PropertyType.FLAG,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
        ),
        read_only("mail", in_default_set=True),
        Property(
            "mailEnabled",
            PropertyType.FLAG,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            clearable=False,
        ),
        text("mailNickname", 64, in_default_set=True, clearable=False),
        text("membershipRule", 3072, in_default_set=True),
        text("membershipRuleProcessingState", choices=("On", "Paused"), in_default_set=True),
        read_only("onPremisesDomainName", in_default_set=True),
        read_only("onPremisesLastSyncDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("onPremisesNetBiosName", in_default_set=True),
        read_only("onPremisesSamAccountName", in_default_set=True),
        read_only("onPremisesSecurityIdentifier", in_default_set=True),
        read_only("onPremisesSyncEnabled", PropertyType.FLAG, in_default_set=True),
        text("preferredDataLocation", in_default_set=True),
        text("preferredLanguage", in_default_set=True),
        read_only("proxyAddresses", PropertyType.TEXTS, in_default_set=True),
        read_only("renewedDateTime", PropertyType.INSTANT, in_default_set=True),
        Property(
            "resourceBehaviorOptions",
            PropertyType.TEXTS,
            write=Writability.CREATE_ONLY,
            in_default_set=True,
            unset=[],
        ),
        Property("resourceProvisioningOptions", PropertyType.TEXTS, in_default_set=True, unset=[]),
        Property("securityEnabled", PropertyType.FLAG, in_default_set=True, clearable=False),
        read_only("securityIdentifier", in_default_set=True),
        text("theme", choices=_THEMES, in_default_set=True),
        Property("uniqueName", write=Writability.CREATE_ONLY, limit=128, in_default_set=True),
        text("visibility", choices=("HiddenMembership", "Private", "Public"), in_default_set=True),
        read_only("onPremisesProvisioningErrors", PropertyType.COMPLEXES, in_default_set=True, fields=_SYNC_ERROR),
        read_only("serviceProvisioningErrors", PropertyType.COMPLEXES, in_default_set=True, fields=_SERVICE_ERROR),
        read_only(
            "assignedLicenses",
            PropertyType.COMPLEXES,
            fields=_LICENSE,
        ),
        read_only("hasMembersWithLicenseErrors", PropertyType.FLAG),
        read_only("licenseProcessingState", PropertyType.COMPLEX),
    ),
)

CONTACT = ObjectType(
    name="microsoft.graph.orgContact",
    title="OrgContact",
    collection="contacts",
    relationships=CONTACT_RELATIONSHIPS,
    not_held=frozenset({"onPremisesProvisioningErrors", "serviceProvisioningErrors"}),
    properties=table(
        read_only("id", in_default_set=True),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("addresses", PropertyType.COMPLEXES, in_default_set=True),
        *(
            read_only(name, in_default_set=True)
            for name in ("companyName", "department", "displayName", "givenName", "jobTitle", "mail", "mailNickname")
        ),
        read_only("onPremisesLastSyncDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("onPremisesSyncEnabled", PropertyType.FLAG, in_default_set=True),
        read_only("phones", PropertyType.COMPLEXES, in_default_set=True),
        read_only("proxyAddresses", PropertyType.TEXTS, in_default_set=True),
        read_only("surname", in_default_set=True),
    ),
)

DIRECTORY_OBJECT = ObjectType(
    name="microsoft.graph.directoryObject",
    title="DirectoryObject",
    collection="directoryObjects",
    properties=table(read_only("id", in_default_set=True), read_only("displayName")),
    not_held=frozenset({*USER.properties, *GROUP.properties, *CONTACT.properties} - {"id", "displayName"}),
)
"""What objects of several kinds have in common, for filters and searches among them."""

DIRECTORY_ROLE = ObjectType(
    name="microsoft.graph.directoryRole",
    title="DirectoryRole",
    collection="directoryRoles",
    properties=table(
        *(
            read_only(name, in_default_set=True)
            for name in ("id", "deletedDateTime", "description", "displayName", "roleTemplateId")
        )
    ),
)

ROLE_ASSIGNMENT = ObjectType(
    name="microsoft.graph.unifiedRoleAssignment",
    title="RoleAssignment",
    collection="roleManagement/directory/roleAssignments",
    properties={name: Property(name) for name in ("id", "principalId", "roleDefinitionId", "directoryScopeId")},
)

ROLE_DEFINITION = ObjectType(
    name="microsoft.graph.unifiedRoleDefinition",
    title="RoleDefinition",
    collection="roleManagement/directory/roleDefinitions",
    properties={
        **{name: Property(name, write=Writability.NO) for name in ("id", "displayName", "templateId")},
        **{name: Property(name, PropertyType.FLAG) for name in ("isBuiltIn", "isEnabled")},
    },
)
