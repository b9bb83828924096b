"""Who is assigned Office 365, with what."""

from hypothesis import given
from hypothesis import strategies as st

from o365prov.people import Grants, Group, GroupAssignment, LicenseGrant, Person, assign

E3 = Grants([LicenseGrant("SPE_E3")])
F3 = Grants([LicenseGrant("SPE_F1")])
NOTHING = Grants()


def person(person_id):
    return Person(person_id, "ACTIVE", {"login": f"{person_id}@corp.example"})


def test_no_one_is_assigned_by_being_known():
    """A person whom no assigned group and no individual assignment names has no assignment."""
    groups = [Group("00g1", "Everyone", members={"00u1"})]
    assert assign([person("00u1")], groups, [], {}) == ()


def test_lowest_priority_number_wins():
    """Of several assigned groups, the one with the lowest priority number gives all of its grants, in any order."""
    groups = [Group("00g1", "F3", members={"00u1"}), Group("00g2", "E3", members={"00u1"})]
    by_group = [GroupAssignment("00g1", 1, F3), GroupAssignment("00g2", 0, E3)]
    for order in (by_group, by_group[::-1]):
        [assignment] = assign([person("00u1")], groups, order, {})
        assert (assignment.via, assignment.grants) == ("E3", E3)


def test_winning_group_without_licences_gives_none():
    """Grants of groups are not combined: a winning group without licences leaves none, whatever others give."""
    groups = [Group("00g1", "None", members={"00u1"}), Group("00g2", "E3", members={"00u1"})]
    by_group = [GroupAssignment("00g1", 0, NOTHING), GroupAssignment("00g2", 1, E3)]
    [assignment] = assign([person("00u1")], groups, by_group, {})
    assert assignment.grants == NOTHING


def test_individual_assignment_overrides_groups():
    """An individual assignment wins over every group, also where it grants less."""
    groups = [Group("00g1", "E3", members={"00u1"})]
    [assignment] = assign([person("00u1")], groups, [GroupAssignment("00g1", 0, E3)], {"00u1": NOTHING})
    assert (assignment.via, assignment.grants) == ("individual", NOTHING)


def test_assignment_knows_all_groups_of_the_person():
    """Expressions ask about every group, so an assignment carries those too that assign nothing."""
    groups = [Group("00g1", "E3", members={"00u1"}), Group("00g2", "Chess", members={"00u1", "00u2"})]
    [assignment] = assign([person("00u1")], groups, [GroupAssignment("00g1", 0, E3)], {})
    assert {group.name for group in assignment.groups} == {"E3", "Chess"}


@given(st.lists(st.sampled_from(["00u1", "00u2", "00u3", "00u4"]), unique=True), st.sets(st.sampled_from(range(4))))
def test_assignments_keep_the_order_of_people(ids, members):
    """There is at most one assignment a person, in the order of the people."""
    everyone = [person(person_id) for person_id in ids]
    chosen = {f"00u{number + 1}" for number in members}
    groups = [Group("00g1", "E3", members=chosen)]
    assigned = assign(everyone, groups, [GroupAssignment("00g1", 0, E3)], {})
    assert [assignment.person_id for assignment in assigned] == [each for each in ids if each in chosen]


def test_grants_are_the_same_in_any_order():
    """Grants are sets to their reader: order and repetition make no difference."""
    one = Grants([LicenseGrant("B"), LicenseGrant("A", ["y", "x"]), LicenseGrant("B")], ["Reader", "Admin"])
    other = Grants([LicenseGrant("A", ["x", "y"]), LicenseGrant("B")], ["Admin", "Reader", "Admin"])
    assert one == other
    assert hash(one) == hash(other)


def test_licence_without_plans_differs_from_one_with_none_enabled():
    """All plans (None) and no plan (an empty list) are different grants, and read differently."""
    assert LicenseGrant("SPE_E3") != LicenseGrant("SPE_E3", [])
    assert [str(LicenseGrant("SPE_E3")), str(LicenseGrant("SPE_E3", ["B", "A"]))] == ["SPE_E3", "SPE_E3 [A, B]"]


def test_licences_of_all_groups_can_be_combined():
    """Okta's "Combine values across groups" for licences; roles stay those of the highest priority."""
    ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    groups = [Group("00g1", "First", members={"00u1"}), Group("00g2", "Second", members={"00u1"})]
    by_group = [
        GroupAssignment("00g2", 1, Grants([LicenseGrant("SPE_F1")], ["Reports Reader"])),
        GroupAssignment("00g1", 0, Grants([LicenseGrant("SPE_E3")], ["Directory Readers"])),
    ]
    [given] = assign([ann], groups, by_group, {}, combine_licenses=True)
    assert [grant.sku for grant in given.grants.licenses] == ["SPE_E3", "SPE_F1"]
    assert given.grants.roles == ("Directory Readers",)
    assert given.via == "First, Second"


def test_roles_of_all_groups_can_be_combined():
    """The same for roles."""
    ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    groups = [Group("00g1", "First", members={"00u1"}), Group("00g2", "Second", members={"00u1"})]
    by_group = [
        GroupAssignment("00g1", 0, Grants([LicenseGrant("SPE_E3")], ["Directory Readers"])),
        GroupAssignment("00g2", 1, Grants([LicenseGrant("SPE_F1")], ["Reports Reader"])),
    ]
    [given] = assign([ann], groups, by_group, {}, combine_roles=True)
    assert [grant.sku for grant in given.grants.licenses] == ["SPE_E3"]
    assert given.grants.roles == ("Directory Readers", "Reports Reader")


def test_an_individual_assignment_overrides_combined_values():
    """Administrator (overrides group)."""
    ann = Person("00u1", "ACTIVE", {"login": "ann@corp.example"})
    group = Group("00g1", "First", members={"00u1"})
    by_group = [GroupAssignment("00g1", 0, Grants([LicenseGrant("SPE_E3")]))]
    [given] = assign([ann], [group], by_group, {"00u1": Grants()}, combine_licenses=True)
    assert (given.via, given.grants.licenses) == ("individual", ())


def test_of_many_groups_the_first_are_named():
    """The reason of a change stays readable for a person who is in thousands of groups."""
    groups = [Group(f"00g{number}", f"G{number}", members={"00u1"}) for number in range(3000)]
    given = [GroupAssignment(group.id, number, Grants()) for number, group in enumerate(groups)]
    [assignment] = assign([Person("00u1", "ACTIVE", {})], groups, given, {}, combine_licenses=True)
    assert assignment.via == "G0, G1, G2, G3, G4 and 2,995 more"
