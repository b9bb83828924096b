"""People as their directories know them, the groups they are in, and what is assigned to them."""

from o365prov.people.app_users import AppUser, AppUsers, AppUserStatus
from o365prov.people.assignment import Assignment, Grants, Group, GroupAssignment, LicenseGrant, assign
from o365prov.people.person import DirectoryAccount, Person, UserStatus

__all__ = [
    "AppUser",
    "AppUserStatus",
    "AppUsers",
    "Assignment",
    "DirectoryAccount",
    "Grants",
    "Group",
    "GroupAssignment",
    "LicenseGrant",
    "Person",
    "UserStatus",
    "assign",
]
