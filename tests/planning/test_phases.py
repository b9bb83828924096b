"""The order in which a plan's changes happen."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from attrs import evolve

from o365prov import Departure
from o365prov.planning import Plan, Subject, change_stage
from o365prov.planning.model.change_parts import LicenseAddition, LicenseRemoval, PropertyChange
from o365prov.planning.model.changes import (
    AssignLicenses,
    BlockSignIn,
    CreateUser,
    DeleteUser,
    GrantRole,
    LinkUser,
    RemoveLicenses,
    RemoveRole,
    RestoreUser,
    RevokeSessions,
    SetManager,
    UpdateUser,
    change_key,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
SOMEBODY = Subject("00u1", "Ann Lee", "ann.lee@corp.example")
E3, E5 = LicenseAddition("id-e3", "SPE_E3"), LicenseRemoval("id-e5", "SPE_E5")

CREATE = CreateUser(SOMEBODY, "assigned", {}, "f")
RESTORE = RestoreUser(SOMEBODY, "assigned", "id")
RENAME = UpdateUser(SOMEBODY, "the profile changed", "id", (PropertyChange("userPrincipalName", "a", "b"),), "f")
LINK = LinkUser(SOMEBODY, "same username", "id", "f")
GIVE_UP = AssignLicenses(SOMEBODY, "assigned", "id", (), (E5,), ())
EXCHANGE = AssignLicenses(SOMEBODY, "assigned", "id", (E3,), (E5,), ())
GIVE = AssignLicenses(SOMEBODY, "assigned", "id", (E3,), (), ())
GRANT = GrantRole(SOMEBODY, "assigned", "id", "Helpdesk Administrator", "role")
MANAGER = SetManager(SOMEBODY, "the source says so", "id", SOMEBODY, "id")
REVOKE = RevokeSessions(SOMEBODY, "a new password", "id", NOW)
UNGRANT = RemoveRole(SOMEBODY, "not assigned", "id", "Reports Reader", "role", "a1")
BLOCK = BlockSignIn(SOMEBODY, "left", "id", Departure(NOW))
STRIP = RemoveLicenses(SOMEBODY, "left", "id", (E5,))
DELETE = DeleteUser(SOMEBODY, "left", "id")
DEMOTE_LEAVER = RemoveRole(SOMEBODY, "left", "id", "User Administrator", "role", "a1", leaving=True)
BLOCK_ADMIN = BlockSignIn(SOMEBODY, "left", "id", Departure(NOW), privileged=True)
DELETE_ADMIN = DeleteUser(SOMEBODY, "left", "id", privileged=True)


@pytest.mark.parametrize(
    "changes",
    [
        (CREATE, LINK, GIVE, GRANT, MANAGER, REVOKE),
        (REVOKE, UNGRANT, BLOCK, STRIP, DELETE),
        (DEMOTE_LEAVER, BLOCK_ADMIN, CREATE),
        (DEMOTE_LEAVER, DELETE_ADMIN, CREATE),
        (GIVE_UP, EXCHANGE, GIVE),
        (CREATE, RENAME),
        (RENAME, evolve(CREATE, turn=1, waits_for=change_key(RENAME))),
        (RESTORE, RENAME),
        (RENAME, evolve(RESTORE, turn=1, waits_for=change_key(RENAME))),
    ],
    ids=[
        "what is given",
        "what is taken",
        "a privileged leaver",
        "a privileged leaver deleted",
        "seats",
        "a creation",
        "a creation under a name that a rename frees",
        "a restore",
        "a restore under a name that a rename frees",
    ],
)
def test_changes_come_in_their_order(changes):
    """However the plan is put together, deactivations come last and freed seats come before taken ones.

    The whole order: objects, licences, references, sessions, deactivations, those of privileged leavers first.
    """
    assert {Plan("tenant", NOW, given).changes for given in permutations(changes)} == {changes}


def test_accounts_come_before_profiles():
    """Whoever they are of: what is created or restored is there once names and values are written."""
    assert max(change_stage(CREATE), change_stage(RESTORE)) < change_stage(RENAME)
