"""Groups, contacts and resource mailboxes of a directory, made of its entries."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import SourceError
from o365prov.people import DirectoryGroup, GroupScope, ResourceKind, everybody_in
from o365prov.sources import DirectoryEntry, DirectoryRead

BASE = "DC=corp,DC=example"


def entry(number, name, kind="group", incomplete=(), **attributes):
    """An entry with this number in its objectGUID."""
    values = {"objectGUID": [UUID(int=number).bytes_le], "objectClass": ["top", kind], "cn": [name], **attributes}
    return DirectoryEntry(f"CN={name},{BASE}", values, incomplete, place=f"line {number}")


def read(*entries):
    """A read of these entries."""
    return DirectoryRead("corp.example", entries)


@pytest.mark.parametrize(
    ("group_type", "is_security", "scope"),
    [
        ("-2147483646", True, GroupScope.GLOBAL),
        ("-2147483644", True, GroupScope.DOMAIN_LOCAL),
        ("-2147483643", True, GroupScope.DOMAIN_LOCAL),  # a group that the system made
        ("-2147483640", True, GroupScope.UNIVERSAL),
        ("2", False, GroupScope.GLOBAL),
        ("4", False, GroupScope.DOMAIN_LOCAL),
        ("8", False, GroupScope.UNIVERSAL),
    ],
)
def test_the_type_of_a_group(group_type, is_security, scope):
    """A signed number, whose bits say whether it gives rights, and where it can be used."""
    [group] = read(entry(1, "G", groupType=[group_type])).groups
    assert (group.is_security, group.scope) == (is_security, scope)


def test_members_are_found_by_name_however_it_is_written():
    """Those that were not read keep their names."""
    ann = DirectoryEntry(rf"CN=Lee\, Ann,{BASE}", {"objectGUID": [UUID(int=2).bytes_le], "objectClass": ["user"]})
    stranger = "CN=S-1-5-21,CN=ForeignSecurityPrincipals,DC=other"
    [group] = read(entry(1, "G", member=[r"cn=lee\2c ann, dc=Corp, dc=example", stranger]), ann).groups
    assert group.members == {UUID(int=2)}
    assert group.unread_members == (stranger,)


def test_a_manager_who_was_not_read_is_nobody():
    """And one who was is named by objectGUID."""
    groups = read(
        entry(1, "G", managedBy=[f"CN=Bo,{BASE}"]), entry(2, "Bo", "user"), entry(3, "H", managedBy=["CN=X"])
    ).groups
    assert [each.managed_by for each in groups] == [UUID(int=2), None]


def test_a_part_of_the_members_is_not_a_group():
    """Whoever is missing would look as if they had left it."""
    with pytest.raises(SourceError, match="line 1: member is not known as a whole: export the whole attribute"):
        _ = read(entry(1, "G", incomplete=["member"])).groups


@pytest.mark.parametrize("kind", ["groups", "contacts", "resources"])
def test_what_has_no_objectguid_is_an_error_with_its_place(kind):
    """Nothing else is the same after a rename."""
    values = {"groups": {"objectClass": ["group"]}, "contacts": {"objectClass": ["contact"]}}
    room = {"objectClass": ["user"], "msExchRecipientTypeDetails": ["16"]}
    nameless = DirectoryEntry(f"CN=X,{BASE}", values.get(kind, room), place="line 7")
    with pytest.raises(SourceError, match="line 7: has no objectGUID"):
        getattr(read(nameless), kind)


@pytest.mark.parametrize(
    ("attributes", "is_mail_enabled"),
    [
        ({}, False),
        ({"mail": ["g@corp.example"]}, False),
        ({"mail": ["g@corp.example"], "mailNickname": ["g"]}, True),
        ({"proxyAddresses": ["SMTP:g@corp.example"]}, True),
    ],
)
def test_groups_that_mail_is_delivered_to(attributes, is_mail_enabled):
    """An address alone is only written down."""
    [group] = read(entry(1, "G", **attributes)).groups
    assert group.is_mail_enabled is is_mail_enabled


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"msExchRecipientTypeDetails": ["16"]}, ResourceKind.ROOM),
        ({"msExchRecipientTypeDetails": ["8589934592"]}, ResourceKind.ROOM),
        ({"msExchResourceMetaData": ["ResourceType:Room"]}, ResourceKind.ROOM),
        ({"msExchRecipientTypeDetails": ["32"]}, ResourceKind.EQUIPMENT),
        ({"msExchRecipientTypeDetails": ["17179869184"]}, ResourceKind.EQUIPMENT),
        ({"msExchResourceMetaData": ["ResourceType:Equipment"]}, ResourceKind.EQUIPMENT),
    ],
)
def test_rooms_and_equipment(attributes, kind):
    """On premises and in Exchange Online, with Exchange's type or with what it says besides."""
    directory = read(entry(1, "Berlin", "user", **attributes))
    assert [each.kind for each in directory.resources] == [kind]
    assert not directory.accounts


def test_the_address_of_a_contact_is_outside():
    """Where mail goes, and not the address that it may have here."""
    contact = entry(1, "P", "contact", mail=["p@corp.example"], targetAddress=["smtp:p@partner.example"])
    assert [each.mail for each in read(contact, entry(2, "Q", "contact", mail=["q@x.example"])).contacts] == [
        "p@partner.example",
        "q@x.example",
    ]


@given(st.dictionaries(st.integers(0, 5), st.frozensets(st.integers(0, 9)), min_size=1))
def test_everybody_in_a_group(members):
    """Whoever can be reached through groups, whatever contains what."""
    groups = {
        number: DirectoryGroup("corp.example", UUID(int=number), f"CN={number}", members=map(_guid, inside))
        for number, inside in members.items()
    }
    first = min(members)
    reached = set(members[first])
    while more := {each for number in reached for each in members.get(number, ())} - reached:
        reached |= more
    assert everybody_in(groups[first], groups.values()) == {UUID(int=each) for each in reached - members.keys()}


def _guid(number):
    return UUID(int=number)
