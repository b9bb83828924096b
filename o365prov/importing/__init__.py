"""Importing users and groups from Office 365, as Okta does it: who is whose, and what needs a confirmation."""

from o365prov.importing.decisions import GroupImport, GroupOutcome, UserImport, UserOutcome
from o365prov.importing.import_plan import ImportPlan
from o365prov.importing.memory import ImportedGroup, ImportedUser, ImportMemory
from o365prov.importing.office365_import import Office365Import
from o365prov.importing.settings import ExactMatch, ImportGroups, ImportObstacle, ImportSafeguard, OktaUsername

__all__ = [
    "ExactMatch",
    "GroupImport",
    "GroupOutcome",
    "ImportGroups",
    "ImportMemory",
    "ImportObstacle",
    "ImportPlan",
    "ImportSafeguard",
    "ImportedGroup",
    "ImportedUser",
    "Office365Import",
    "OktaUsername",
    "UserImport",
    "UserOutcome",
]
