"""Permissions that the application holds, and that its settings do not need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov import Deprovisioning, LicenseOnly, UserSync
from o365prov.graph import PERMISSIONS, Operation, least_permissions, needed_operations, unused_permissions
from o365prov.graph.setup.permissions import missing_permissions

NAMES = sorted({name for row in PERMISSIONS for name in (row.least, *row.more)})


@pytest.mark.parametrize("provisioning", [LicenseOnly(), UserSync()])
def test_the_least_permissions_are_all_used(provisioning):
    """Who granted what is asked for has nothing to take away."""
    operations = needed_operations(provisioning)
    assert unused_permissions(operations, least_permissions(operations)) == ()


def test_what_the_settings_do_not_do_needs_no_permission():
    """Deleting without an option that deletes, roles without roles, and what is no business of provisioning."""
    granted = {"User.DeleteRestore.All", "RoleManagement.ReadWrite.Directory", "Mail.ReadWrite"}
    asked = needed_operations(UserSync())
    assert set(unused_permissions(asked, {*least_permissions(asked), *granted})) >= granted - {"User.DeleteRestore.All"}
    deletes = UserSync(deprovisioning=Deprovisioning.block_remove_licenses_and_delete())
    assert Operation.DELETE_USERS in needed_operations(deletes)
    assert Operation.DELETE_USERS not in needed_operations(UserSync())
    assert Operation.ASSIGN_ROLES in needed_operations(UserSync(), roles=True)


@given(st.sets(st.sampled_from(list(Operation))), st.sets(st.sampled_from([*NAMES, "Mail.ReadWrite"])))
def test_without_the_unused_ones_everything_stays_allowed_and_nothing_more_can_go(operations, granted):
    """Whatever is granted."""
    unused = set(unused_permissions(operations, granted))
    kept = granted - unused
    assert unused <= granted
    assert missing_permissions(operations, kept) == missing_permissions(operations, granted)
    assert all(missing_permissions(operations, kept - {each}) != missing_permissions(operations, kept) for each in kept)
