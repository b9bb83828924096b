"""What a change sets on an account, before and after: for audits, in the names that Graph has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from o365prov._annotations import check_call
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    Change,
    CreateUser,
    DeleteUser,
    EnableSignIn,
    GrantRole,
    LinkUser,
    Remember,
    RemoveLicenses,
    RemoveManager,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
)

SIGN_IN = "accountEnabled"
LICENSES = "assignedLicenses"
ROLES = "directoryRoles"
MANAGER = "manager"


def property_changes(change: Change) -> tuple[PropertyChange, ...]:
    """What a change sets on the account, before and after; empty for one that sets nothing, such as a deletion.

    Licences are their part numbers, roles their names, and a manager is the object id of the manager's account.
    """
    check_call(property_changes, locals())
    return tuple(_found(change))


def _found(change: Change) -> Iterator[PropertyChange]:
    match change:
        case CreateUser():
            yield from (PropertyChange(name, None, value) for name, value in change.properties.items())
        case UpdateUser():
            yield from change.properties
        case EnableSignIn():
            yield PropertyChange(SIGN_IN, False, True)
        case BlockSignIn():
            yield PropertyChange(SIGN_IN, True, False)
        case AssignLicenses():
            yield PropertyChange(LICENSES, _names(change.remove), _names(change.add))
        case RemoveLicenses():
            yield PropertyChange(LICENSES, _names(change.remove), [])
        case GrantRole():
            yield PropertyChange(ROLES, None, change.role)
        case RemoveRole():
            yield PropertyChange(ROLES, change.role, None)
        case SetManager():
            yield PropertyChange(MANAGER, None, change.manager_id)
        case RemoveManager():
            yield PropertyChange(MANAGER, None, None)
        case RestoreUser() | LinkUser() | RevokeSessions() | Remember() | DeleteUser():
            pass
        case _:
            assert_never(change)


def _names(licenses: tuple[LicenseAddition, ...] | tuple[LicenseRemoval, ...]) -> list[str]:
    return [each.part_number for each in licenses]
