"""The relationships of directory objects, as Microsoft names them.

``$select`` passes over them, ``$expand`` fills some, and ``$filter`` takes those with a row in ``queries.tsv``: how
many owners a group has, and who manages a contact. The others are refused as the service refuses them.

Sources: "Relationships" of the resource types; $select of a relationship beside its $expand (msgraph-sdk-dotnet#2068).
"""

from __future__ import annotations

from collections.abc import Mapping

from o365prov.testing.fake_tenant.schema.properties import Property, PropertyType, read_only, table

_ID = table(read_only("id"))


def _relationships(one: str, many: str) -> Mapping[str, Property]:
    """Relationships to one object and to many, by name."""
    return table(
        *(read_only(name, PropertyType.COMPLEX, fields=_ID) for name in one.split()),
        *(read_only(name, PropertyType.COMPLEXES, fields=_ID) for name in many.split()),
    )


USER_RELATIONSHIPS = _relationships(
    "authentication calendar cloudClipboard dataSecurityAndGovernance drive employeeExperience inferenceClassification"
    " insights manager onPremisesSyncBehavior onenote outlook photo planner presence settings solutions teamwork todo",
    "activities adhocCalls agreementAcceptances appRoleAssignments calendarGroups calendarView calendars chats cloudPCs"
    " contactFolders contacts createdObjects deviceManagementTroubleshootingEvents directReports drives events"
    " extensions followedSites joinedTeams licenseDetails mailFolders managedAppRegistrations managedDevices memberOf"
    " messages notes oauth2PermissionGrants onlineMeetings ownedDevices ownedObjects people permissionGrants photos"
    " registeredDevices scopedRoleMemberOf sponsorOf sponsors transitiveMemberOf",
)
GROUP_RELATIONSHIPS = _relationships(
    "calendar createdOnBehalfOf drive onPremisesSyncBehavior onenote photo planner team",
    "acceptedSenders appRoleAssignments calendarView conversations drives events extensions groupLifecyclePolicies"
    " memberOf members membersWithLicenseErrors owners permissionGrants photos rejectedSenders settings sites threads"
    " transitiveMemberOf transitiveMembers",
)
CONTACT_RELATIONSHIPS = _relationships("manager onPremisesSyncBehavior", "directReports memberOf transitiveMemberOf")
APPLICATION_RELATIONSHIPS = _relationships(
    "createdOnBehalfOf synchronization",
    "appManagementPolicies extensionProperties federatedIdentityCredentials homeRealmDiscoveryPolicies"
    " managerApplications owners tokenIssuancePolicies tokenLifetimePolicies",
)
SERVICE_PRINCIPAL_RELATIONSHIPS = _relationships(
    "remoteDesktopSecurityConfiguration synchronization",
    "appManagementPolicies appRoleAssignedTo appRoleAssignments claimsMappingPolicies createdObjects"
    " delegatedPermissionClassifications endpoints federatedIdentityCredentials homeRealmDiscoveryPolicies memberOf"
    " oauth2PermissionGrants ownedObjects owners tokenIssuancePolicies tokenLifetimePolicies transitiveMemberOf",
)
