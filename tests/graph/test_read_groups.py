"""Reading groups with their direct members, for an import."""

import pytest

from o365prov.errors import ConfigurationError, CredentialError
from o365prov.graph import Tenant
from o365prov.planning import GroupKind, Needs

GROUPS = Needs(("displayName",), roles=False, deleted_users=False, groups=True)


@pytest.fixture
def read_groups(faulty, run, clock):
    """The groups of the fake tenant by name, read over the real SDK."""

    async def whole():
        async with Tenant.over(faulty, clock=clock) as tenant:
            return await tenant.read(GROUPS)

    return lambda: {each.name: each for each in run(whole()).groups}


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({}, GroupKind.SECURITY),
        ({"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": False}, GroupKind.MICROSOFT_365),
        ({"groupTypes": ["Unified"], "mailEnabled": True, "securityEnabled": True}, GroupKind.MICROSOFT_365),
        ({"groupTypes": ["DynamicMembership"]}, GroupKind.SECURITY),
        ({"mailEnabled": True, "securityEnabled": False}, GroupKind.DISTRIBUTION),
        ({"mailEnabled": True, "securityEnabled": True}, GroupKind.MAIL_ENABLED_SECURITY),
    ],
)
def test_a_group_has_the_kind_that_the_portal_shows(fake, read_groups, properties, kind):
    """It follows from groupTypes, mailEnabled and securityEnabled."""
    fake.add_group("Staff", **properties)
    assert read_groups()["Staff"].kind is kind


def test_members_are_the_direct_ones_that_are_users(changes, fake, read_groups):
    """Who is in a group within the group is not; the group within it is counted."""
    changes.staff("ann", "bob")
    inner = fake.add_group("Inner", members=["bob@fed.example"])
    fake.add_group("Outer", members=["ann@fed.example", inner["id"]])
    groups = read_groups()
    assert (groups["Outer"].members, groups["Outer"].nested) == ({changes.id_of("ann")}, 1)
    assert groups["Inner"].members == {changes.id_of("bob")}


@pytest.mark.parametrize("synced", [True, False, None])
def test_only_a_group_that_is_synced_now_has_the_directory_as_its_source(fake, read_groups, synced):
    """False means that it was synced once, and null that it never was."""
    fake.add_group("Staff", onPremisesSyncEnabled=synced, visibility="HiddenMembership", mail="staff@fed.example")
    staff = read_groups()["Staff"]
    assert (staff.synced, staff.hidden, staff.email) == (bool(synced), True, "staff@fed.example")


def test_all_members_and_all_groups_are_read(fake, faulty, read_groups):
    """Members by pages of 999, and the first pages of 20 groups in one request."""
    users = [fake.add_user(f"user{number}@fed.example")["id"] for number in range(1_001)]
    for number in range(45):
        fake.add_group(f"Group {number}", members=users if number == 7 else ())
    groups = read_groups()
    assert groups["Group 7"].members == set(users)
    assert len(groups) == 45
    asked = [batch for batch in faulty.batches if any("/members" in each for each in batch)]
    assert [len(batch) for batch in asked] == [20, 20, 5]


def test_a_group_that_is_deleted_meanwhile_is_left_out(fake, faulty, read_groups):
    """It was listed, and is not there when its members are asked for."""
    fake.add_group("Gone")
    fake.add_group("Staff")
    faulty.inject("GET", "/members", (404, {}, {"error": {"code": "Request_ResourceNotFound", "message": "gone"}}))
    assert [*read_groups()] == ["Staff"]


def test_members_that_may_not_be_read_are_an_error_that_names_the_permission(fake, faulty, read_groups):
    """A group without the members that it has would look as if everybody had left it."""
    fake.add_group("Staff")
    denied = {"error": {"code": "Authorization_RequestDenied", "message": "no"}}
    faulty.inject("GET", "/members", (403, {}, denied))
    with pytest.raises(CredentialError, match=r"groups and their members: grant .* GroupMember\.Read\.All"):
        read_groups()


def test_groups_are_read_only_if_they_are_needed(read):
    """Without them it is not known which there are, which is another thing than none."""
    assert read().groups is None


def test_groups_are_read_for_everybody_alone():
    """Some people's groups would look like all of them."""
    with pytest.raises(ConfigurationError, match=r"Needs\.groups are read for everybody alone"):
        Needs(("displayName",), only={"00u1"}, lookups=lambda *_: lambda _: frozenset(), groups=True)
