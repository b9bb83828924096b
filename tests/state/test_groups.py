"""What is remembered of pushed groups: by whoever opens the state next, under a lease, and until it is forgotten."""

import pytest

from o365prov import LeaseLostError, StateError
from o365prov.group_push import AppGroup
from o365prov.people import AppUser, AppUsers

TENANT, APP = "contoso", "Office 365"
SALES = AppGroup("00g1", "id-sales", "Sales", "Who sells", True, ["id-ann", "id-bob"])
STAFF = AppGroup("00g2", "", "Staff")


@pytest.fixture
def lease(state):
    """The right to write to the tenant."""
    return state.acquire(TENANT)


def groups(state, app=APP):
    """What is remembered of an app's groups, by their ids."""
    return {each.group_id: each for each in state.app_groups(TENANT, app)}


def test_a_new_state_remembers_no_group(state):
    """Of no app."""
    assert (groups(state), state.app_groups(TENANT, APP).serial) == ({}, 0)


def test_what_is_noted_is_found_by_whoever_opens_the_state_next(state, open_state, lease):
    """Every field, and that something was noted."""
    state.note_groups(lease, APP, [SALES, STAFF])
    there = open_state().app_groups(TENANT, APP)
    assert ([*there], there.serial) == ([SALES, STAFF], 1)


def test_a_group_is_replaced_and_forgotten(state, lease):
    """The others stay as they are."""
    state.note_groups(lease, APP, [SALES, STAFF])
    state.note_groups(lease, APP, [AppGroup("00g1", "id-sales", "Sellers")], ["00g2"])
    assert groups(state) == {"00g1": AppGroup("00g1", "id-sales", "Sellers")}


def test_apps_have_groups_of_their_own(state, lease):
    """What one pushed is nothing to the other."""
    state.note_groups(lease, APP, [SALES])
    state.note_groups(lease, "Test", [STAFF])
    assert (groups(state), groups(state, "Test")) == ({"00g1": SALES}, {"00g2": STAFF})


def test_nothing_is_noted_under_a_lease_that_was_lost(state, lease):
    """Whoever has it now decides."""
    state.unlock(TENANT)
    state.acquire(TENANT)
    with pytest.raises(LeaseLostError):
        state.note_groups(lease, APP, [SALES])
    assert groups(state) == {}


def test_whoever_is_forgotten_was_added_to_no_group(state, lease):
    """The account of somebody who is forgotten is nobody's business of ours; the group's others stay."""
    state.note_groups(lease, APP, [SALES, STAFF])
    state.release(lease)
    state.import_app_users(AppUsers(TENANT, APP, [AppUser("00u1", "id-ann", "ann@corp.example")]))
    assert state.forget("00u1") == 2  # the person, and one group
    assert groups(state)["00g1"].members == {"id-bob"}


def test_a_group_that_was_edited_is_refused(state, lease):
    """As every row of a state is."""
    state.note_groups(lease, APP, [SALES])
    with state._database.transaction() as transaction:
        transaction.execute("UPDATE app_group SET content = replace(content, 'id-bob', 'id-eve')")
    with pytest.raises(StateError, match="digest"):
        state.app_groups(TENANT, APP)


def test_a_group_that_was_lost_is_missed(state, lease):
    """A row less is a damage, too."""
    state.note_groups(lease, APP, [SALES, STAFF])
    with state._database.transaction() as transaction:
        transaction.execute("DELETE FROM app_group WHERE group_id = '00g2'")
    with pytest.raises(StateError, match="digest"):
        state.app_groups(TENANT, APP)


def test_a_value_with_a_nul_is_refused_before_it_is_kept(state, lease):
    """PostgreSQL keeps none."""
    with pytest.raises(StateError, match="NUL"):
        state.note_groups(lease, APP, [AppGroup("00g\0", "id", "Sales")])
    assert groups(state) == {}
