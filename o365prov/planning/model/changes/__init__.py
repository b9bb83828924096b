"""The changes that a plan may hold: a sum type.

Every change has a *subject* and a *reason*, for people to read. *object_id* is the account; None if the same plan makes
it. *phase* is the change's place in the order of a plan; *writes* is the number of Graph writes that it takes.
"""

from o365prov.planning.model.changes.accounts import CreateUser, DeleteUser, LinkUser, RestoreUser, UpdateUser
from o365prov.planning.model.changes.change import Change, Remember, change_key, change_stage
from o365prov.planning.model.changes.grants import (
    AssignLicenses,
    GrantRole,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    SetManager,
)
from o365prov.planning.model.changes.sign_in import BlockSignIn, EnableSignIn, RevokeSessions

__all__ = [
    "AssignLicenses",
    "BlockSignIn",
    "Change",
    "CreateUser",
    "DeleteUser",
    "EnableSignIn",
    "GrantRole",
    "LinkUser",
    "Remember",
    "RemoveLicenses",
    "RemoveManager",
    "RemoveRole",
    "RestoreUser",
    "RevokeSessions",
    "SetManager",
    "UpdateUser",
    "change_key",
    "change_stage",
]
