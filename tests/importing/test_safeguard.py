"""What stops an import until somebody confirms it."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from imports import holding, importable, planned
from organisation import TENANT_ID

from o365prov.errors import ConfigurationError, PlanRefusedError
from o365prov.importing import ImportedGroup, ImportedUser, ImportMemory, ImportSafeguard
from o365prov.people import GroupAssignment
from o365prov.planning import TenantGroup

USERS = [importable(f"User {number}") for number in range(10)]
IDS = [each.id for each in USERS]
KNOWN = [ImportedUser(each.id, f"00u{number}", each.username) for number, each in enumerate(USERS)]


def hazards(gone, of=10, **fields):
    """What is dangerous about an import after which so many of the imported accounts are gone."""
    memory = ImportMemory(TENANT_ID, "Office 365", KNOWN[:of])
    return planned([], holding(*USERS[gone:of]), memory, **fields).hazards


@pytest.mark.parametrize(("gone", "stops"), [(0, False), (2, False), (3, True), (10, True)])
def test_an_import_that_removes_more_than_a_fifth_of_the_assignments_stops(gone, stops):
    """20 %, as Okta has it."""
    found = hazards(gone)
    assert bool(found) is stops
    assert all(each.startswith(f"app assignments removed: {gone} of 10, 20% are allowed (") for each in found)


def test_shares_count_from_five_assignments_on_or_from_as_many_as_okta_has():
    """A tenant that is read as empty hurts a small organisation just as much."""
    assert hazards(4, of=4) == ()
    assert hazards(5, of=5)
    assert hazards(10, safeguard=ImportSafeguard(from_users=101)) == ()


def test_the_organisation_has_a_safeguard_of_its_own():
    """It counts all its apps, from 100 assignments on, if their number is known."""
    generous = ImportSafeguard(app_share=1.0, org_share=0.05)
    assert hazards(6, safeguard=generous) == ()
    assert hazards(6, safeguard=generous, org_assignments=99) == ()
    assert hazards(5, safeguard=generous, org_assignments=100) == ()
    [found] = hazards(6, safeguard=generous, org_assignments=100)
    assert found == "app assignments removed: 6 of the organisation's 100, 5% are allowed"
    with pytest.raises(ConfigurationError, match="org_assignments should be 0 or more, not -1"):
        hazards(6, org_assignments=-1)


@given(st.integers(0, 10), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_never_stops_more(gone, one, other):
    """And removing more never stops less."""
    less, more = sorted((one, other))
    strict, lax = (bool(hazards(gone, safeguard=ImportSafeguard(app_share=each))) for each in (less, more))
    assert strict >= lax
    assert gone == 0 or bool(hazards(gone - 1, safeguard=ImportSafeguard(app_share=less))) <= strict


@pytest.mark.parametrize(("left", "stops"), [(8, False), (7, True)])
def test_each_group_has_a_safeguard(left, stops):
    """More than a fifth of one group's members may not go unseen, however large the others are."""
    memory = ImportMemory(
        TENANT_ID,
        "Office 365",
        KNOWN,
        [ImportedGroup("g1", "Staff", members=IDS), ImportedGroup("g2", "All", members=IDS)],
    )
    groups = (TenantGroup("g1", "Staff", members=IDS[:left]), TenantGroup("g2", "All", members=IDS))
    found = planned([], holding(*USERS, groups=groups), memory).hazards
    assert found == ((f"members removed from Staff: {10 - left} of 10, 20% are allowed",) if stops else ())


def test_groups_that_are_gone_count_together_and_an_assigned_one_always():
    """A group through which the app is assigned takes it from its members."""
    known = [ImportedGroup(f"g{number}", f"Group {number}") for number in range(5)]
    memory = ImportMemory(TENANT_ID, "Office 365", KNOWN, known)
    groups = tuple(TenantGroup(each.id, each.name) for each in known)
    assert planned([], holding(*USERS, groups=groups[1:]), memory).hazards == ()
    [many] = planned([], holding(*USERS, groups=groups[2:]), memory).hazards
    assert many == "groups removed: 2 of 5, 20% are allowed (Group 0, Group 1)"
    removed = ImportMemory(TENANT_ID, "Office 365", KNOWN, [ImportedGroup("g0", "Group 0", members=IDS)])
    assert planned([], holding(*USERS), removed).hazards == ()
    [assigned] = planned([], holding(*USERS, groups=groups[1:]), memory, by_group=[GroupAssignment("g0", 0)]).hazards
    assert assigned == "the app is assigned to 1 group that would be removed (Group 0)"


def test_a_stopped_import_is_accepted_with_its_own_fingerprint_alone():
    """Another tenant's state, or another memory, is another import."""
    memory = ImportMemory(TENANT_ID, "Office 365", KNOWN)
    plan = planned([], holding(*USERS[5:]), memory)
    other = planned([], holding(*USERS[6:]), memory)
    with pytest.raises(PlanRefusedError, match="needs a confirmation"):
        plan.accept()
    with pytest.raises(PlanRefusedError, match="not the import that was confirmed"):
        plan.accept(confirm=other.fingerprint)
    assert plan.accept(confirm=plan.fingerprint) == evolve(memory, users=KNOWN[5:])


@pytest.mark.parametrize("field", ["app_share", "org_share", "member_share"])
def test_a_share_is_between_0_and_1(field):
    """20 would mean 2,000 %."""
    with pytest.raises(ConfigurationError, match=rf"ImportSafeguard\.{field}"):
        ImportSafeguard(**{field: 20})
