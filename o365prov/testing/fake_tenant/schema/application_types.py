"""Applications, service principals and the assignments of their roles, as tables of their properties.

Sources: "application", "servicePrincipal", "appRoleAssignment" and "extensionProperty" resource types (Graph v1.0).
"""

from __future__ import annotations

from o365prov.testing.fake_tenant.schema.properties import (
    ObjectType,
    Property,
    PropertyType,
    Writability,
    read_only,
    table,
    text,
)
from o365prov.testing.fake_tenant.schema.relationships import (
    APPLICATION_RELATIONSHIPS,
    SERVICE_PRINCIPAL_RELATIONSHIPS,
)

_ROLE = table(
    Property("allowedMemberTypes", PropertyType.TEXTS, choices=("Application", "User")),
    text("description"),
    text("displayName"),
    Property("id", PropertyType.GUID),
    Property("isEnabled", PropertyType.FLAG),
    text("value"),
    read_only("origin"),
)

_AUDIENCES = (
    "AzureADMultipleOrgs",
    "AzureADMyOrg",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
)

APPLICATION = ObjectType(
    name="microsoft.graph.application",
    title="Application",
    collection="applications",
    relationships=APPLICATION_RELATIONSHIPS,
    not_held=frozenset(
        "addIns api applicationTemplateId authenticationBehaviors certification createdByAppId defaultRedirectUri"
        " disabledByMicrosoftStatus groupMembershipClaims info isDeviceOnlyAuthSupported isDisabled"
        " isFallbackPublicClient keyCredentials logo nativeAuthenticationApisEnabled oauth2RequirePostResponse"
        " optionalClaims parentalControlSettings passwordCredentials publicClient requestSignatureVerification"
        " requiredResourceAccess samlMetadataUrl serviceManagementReference servicePrincipalLockConfiguration spa"
        " tokenEncryptionKeyId verifiedPublisher web".split()
    ),
    properties=table(
        read_only("id", in_default_set=True),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("appId", in_default_set=True),
        Property("appRoles", PropertyType.COMPLEXES, in_default_set=True, unset=[], fields=_ROLE),
        read_only("createdDateTime", PropertyType.INSTANT, in_default_set=True),
        text("description", 1024, in_default_set=True),
        text("displayName", 256, in_default_set=True, clearable=False),
        Property("identifierUris", PropertyType.TEXTS, in_default_set=True, unset=[]),
        text("notes", 1024, in_default_set=True),
        read_only("publisherDomain", in_default_set=True),
        text("signInAudience", choices=_AUDIENCES, in_default_set=True),
        Property("tags", PropertyType.TEXTS, in_default_set=True, unset=[]),
        Property("uniqueName", write=Writability.CREATE_ONLY, in_default_set=True),
    ),
)

SERVICE_PRINCIPAL = ObjectType(
    name="microsoft.graph.servicePrincipal",
    title="ServicePrincipal",
    collection="servicePrincipals",
    relationships=SERVICE_PRINCIPAL_RELATIONSHIPS,
    not_held=frozenset(
        "addIns alternativeNames applicationTemplateId appDescription createdByAppId customSecurityAttributes"
        " disabledByMicrosoftStatus info isDisabled keyCredentials oauth2PermissionScopes passwordCredentials"
        " preferredTokenSigningKeyThumbprint replyUrls resourceSpecificApplicationPermissions samlSingleSignOnSettings"
        " tokenEncryptionKeyId verifiedPublisher".split()
    ),
    properties=table(
        read_only("id", in_default_set=True),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True),
        Property("accountEnabled", PropertyType.FLAG, in_default_set=True),
        read_only("appDisplayName", in_default_set=True),
        Property("appId", write=Writability.CREATE_ONLY, in_default_set=True),
        read_only("appOwnerOrganizationId", in_default_set=True),
        Property("appRoleAssignmentRequired", PropertyType.FLAG, in_default_set=True),
        read_only("appRoles", PropertyType.COMPLEXES, in_default_set=True, fields=_ROLE),
        text("description", 1024, in_default_set=True),
        read_only("displayName", in_default_set=True),
        text("homepage", in_default_set=True),
        text("loginUrl", in_default_set=True),
        text("logoutUrl", in_default_set=True),
        text("notes", 1024, in_default_set=True),
        Property("notificationEmailAddresses", PropertyType.TEXTS, in_default_set=True, unset=[]),
        text("preferredSingleSignOnMode", in_default_set=True),
        Property("servicePrincipalNames", PropertyType.TEXTS, in_default_set=True, unset=[]),
        read_only("servicePrincipalType", in_default_set=True),
        read_only("signInAudience", in_default_set=True),
        Property("tags", PropertyType.TEXTS, in_default_set=True, unset=[]),
    ),
)

APP_ROLE_ASSIGNMENT = ObjectType(
    name="microsoft.graph.appRoleAssignment",
    title="AppRoleAssignment",
    collection="appRoleAssignments",
    properties=table(
        read_only("id", in_default_set=True),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True),
        Property("appRoleId", PropertyType.GUID, in_default_set=True),
        read_only("createdDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("principalDisplayName", in_default_set=True),
        Property("principalId", PropertyType.GUID, in_default_set=True),
        read_only("principalType", in_default_set=True),
        read_only("resourceDisplayName", in_default_set=True),
        Property("resourceId", PropertyType.GUID, in_default_set=True),
    ),
)

EXTENSION_PROPERTY = ObjectType(
    name="microsoft.graph.extensionProperty",
    title="ExtensionProperty",
    collection="extensionProperties",
    properties=table(
        read_only("id", in_default_set=True),
        read_only("deletedDateTime", PropertyType.INSTANT, in_default_set=True),
        read_only("appDisplayName", in_default_set=True),
        text("dataType", in_default_set=True),
        Property("isMultiValued", PropertyType.FLAG, in_default_set=True),
        read_only("isSyncedFromOnPremises", PropertyType.FLAG, in_default_set=True),
        text("name", 120, in_default_set=True),
        Property("targetObjects", PropertyType.TEXTS, in_default_set=True),
    ),
)
