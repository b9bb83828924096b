"""People as their directories know them, the groups they are in, and what is assigned to them."""

from o365prov.people.app_users import AppUser, AppUsers, AppUserStatus, WaitingForSeat
from o365prov.people.assigning import Assigner, assign
from o365prov.people.assignment import Assignment, Grants, Group, GroupAssignment, LicenseGrant
from o365prov.people.departure import AfterBlock, Departure, Missing
from o365prov.people.directory_objects import (
    DirectoryContact,
    DirectoryGroup,
    GroupScope,
    ResourceKind,
    ResourceMailbox,
    everybody_in,
)
from o365prov.people.distinguished_name import comparable_name, domain_of
from o365prov.people.leaver_steps import LeaverStep, LeaverSteps
from o365prov.people.person import DirectoryAccount, Person, PersonKind, UserStatus
from o365prov.people.related import NOT_ALWAYS_GIVEN, Related, managers_and_assistants

__all__ = [
    "NOT_ALWAYS_GIVEN",
    "AfterBlock",
    "AppUser",
    "AppUserStatus",
    "AppUsers",
    "Assigner",
    "Assignment",
    "Departure",
    "DirectoryAccount",
    "DirectoryContact",
    "DirectoryGroup",
    "Grants",
    "Group",
    "GroupAssignment",
    "GroupScope",
    "LeaverStep",
    "LeaverSteps",
    "LicenseGrant",
    "Missing",
    "Person",
    "PersonKind",
    "Related",
    "ResourceKind",
    "ResourceMailbox",
    "UserStatus",
    "WaitingForSeat",
    "assign",
    "comparable_name",
    "domain_of",
    "everybody_in",
    "managers_and_assistants",
]
