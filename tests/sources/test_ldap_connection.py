"""Answers that Samba does not give: ranges of values, referrals, pages without an end."""

import pytest

from o365prov.errors import SourceError
from o365prov.sources.ldap.ldap_connection import LdapConnection, LdapServer

SERVER = LdapServer("ldaps://dc1.corp.example", "reader", "secret", None, 500, 30)
DONE = {"result": 0, "description": "success"}


class Recorded:
    """A connection that gives recorded answers, one after the other, and notes what was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def search(self, base, wanted, scope, **options):
        """The next answer."""
        self.asked.append((base, scope, options["attributes"], options.get("paged_cookie")))
        self.response, self.result = self.answers.pop(0)

    socket = None

    def unbind(self):
        """It ends."""
        self.response = None


def entry(dn, **attributes):
    """An entry as ldap3 gives it."""
    return {"type": "searchResEntry", "dn": dn, "raw_attributes": attributes}


def page(cookie):
    """The end of a page."""
    return {**DONE, "controls": {"1.2.840.113556.1.4.319": {"value": {"cookie": cookie}}}}


def test_values_in_ranges_are_read_to_the_last():
    """Active Directory gives 1,500 at a time, or as many as it likes."""
    members = [f"CN={number}".encode() for number in range(7)]
    first = {"type": "searchResEntry", "dn": "CN=G", "raw_attributes": {"cn": [b"G"], "member;range=0-2": members[:3]}}
    second = {"type": "searchResEntry", "dn": "CN=G", "raw_attributes": {"member;range=3-5": members[3:6]}}
    third = {"type": "searchResEntry", "dn": "CN=G", "raw_attributes": {"member;range=6-*": members[6:]}}
    recorded = Recorded(([first, entry("CN=H", cn=[b"H"])], DONE), ([second], DONE), ([third], DONE))
    with LdapConnection(SERVER, recorded) as connection:
        group, other = connection.search("DC=corp", "(cn=*)", ["member", "cn"])
    assert group.values("member") == tuple(members)
    assert other.dn == "CN=H"
    assert [(base, attributes) for base, _, attributes, _ in recorded.asked[1:]] == [
        ("CN=G", ["member;range=3-*"]),
        ("CN=G", ["member;range=6-*"]),
    ]


def test_a_range_that_does_not_come_is_an_error():
    """A part of a group would look like the whole."""
    first = {"type": "searchResEntry", "dn": "CN=G", "raw_attributes": {"member;range=0-0": [b"CN=A"]}}
    recorded = Recorded(([first], DONE), ([entry("CN=G")], DONE))
    with pytest.raises(SourceError, match="did not give all values of member"):
        list(LdapConnection(SERVER, recorded).search("DC=corp", "(cn=*)", ["member"]))


def test_pages_are_read_to_the_last():
    """Each with the cookie of the one before; referrals to other servers are not followed."""
    elsewhere = {"type": "searchResRef", "uri": ["ldap://other.example/DC=other"]}
    recorded = Recorded(
        ([entry("CN=A"), elsewhere], page(b"one")), ([entry("CN=B")], page(b"two")), ([entry("CN=C")], page(b""))
    )
    found = LdapConnection(SERVER, recorded).search("DC=corp", "(cn=*)", ["cn"])
    assert [each.dn for each in found] == ["CN=A", "CN=B", "CN=C"]
    assert [cookie for *_, cookie in recorded.asked] == [None, b"one", b"two"]


def test_a_search_that_was_cut_is_an_error():
    """Whoever is missing would look like a leaver."""
    recorded = Recorded(([entry("CN=A")], {"result": 4, "description": "sizeLimitExceeded"}))
    with pytest.raises(SourceError, match=r"refused a search \(sizeLimitExceeded, 4\)"):
        list(LdapConnection(SERVER, recorded).search("DC=corp", "(cn=*)", ["cn"]))


def synced(cookie, more):
    """The end of an answer of DirSync."""
    return {**DONE, "controls": {"1.2.840.113556.1.4.841": {"value": {"cookie": cookie, "more_results": more}}}}


def test_changes_are_read_to_the_last():
    """DirSync says whether there are more; an attribute that was cleared has no values."""
    recorded = Recorded(
        ([entry("CN=A", title=None)], synced(b"one", more=True)),
        ([entry("CN=B", title=[b"x"])], synced(b"two", more=False)),
    )
    found, cookie = LdapConnection(SERVER, recorded).changes("DC=corp", "(cn=*)", ["title"], b"")
    assert [(each.dn, each.values("title")) for each in found] == [("CN=A", ()), ("CN=B", (b"x",))]
    assert cookie == b"two"


@pytest.mark.parametrize(
    "result", [{"result": 50, "description": "insufficientAccessRights"}, {"result": 12, "description": "x"}, DONE]
)
def test_who_may_not_ask_for_changes_is_told_nothing(result):
    """Also where the server does not know DirSync, and answers as if it had not been asked for it."""
    assert LdapConnection(SERVER, Recorded(([], result))).changes("DC=corp", "(cn=*)", ["cn"], b"") is None
