"""LDIF, read into entries and accounts."""

import base64
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import SourceError
from o365prov.sources import ldif
from o365prov.sources.directory.directory_entry import DirectoryEntry, EntryKind
from o365prov.sources.directory.ldif_records import LONGEST_VALUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "data" / "active-directory.ldif"
GUID = UUID("8e81973e-0bec-47b0-b898-d190f9ebdacc")
ANN = """\
dn: CN=Ann,OU=Staff,DC=corp,DC=example
objectClass: top
objectClass: user
objectGUID:: PpeBjuwLsEe4mNGQ+evazA==
"""


@pytest.fixture
def write(tmp_path):
    """Writes LDIF and gives its path."""

    def _write(content):
        path = tmp_path / "directory.ldif"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def entries(path):
    """All entries of a file."""
    return list(ldif.read_entries(path))


def problems(path, read=entries):
    """What is wrong with a file, without its path."""
    with pytest.raises(SourceError) as raised:
        read(path)
    assert all(line.startswith(f"{path}: ") and "\n" not in line for line in map(str, raised.value.issues))
    return [line.removeprefix(f"{path}: ") for line in map(str, raised.value.issues)]


class TestSyntax:
    """RFC 2849, as files have it."""

    def test_entry_has_dn_and_values(self, write):
        """An attribute on several lines has several values, in their order."""
        [entry] = entries(
            write("version: 1\n\ndn: CN=Ann\nmail: a@corp.example\nproxyAddresses: b\nproxyAddresses: a\n")
        )
        assert entry == DirectoryEntry("CN=Ann", {"mail": ["a@corp.example"], "proxyAddresses": ["b", "a"]})

    def test_version_may_be_missing(self, write):
        """Many tools leave the version out."""
        assert [entry.dn for entry in entries(write("dn: CN=Ann\ncn: Ann\n"))] == ["CN=Ann"]

    def test_entries_stand_between_empty_lines(self, write):
        """One or more empty lines end an entry; the last entry needs none."""
        text = "\n\nversion: 1\ndn: CN=A\ncn: A\n\n\n\ndn: CN=B\ncn: B\n\ndn: CN=C\ncn: C\n"
        assert [entry.dn for entry in entries(write(text))] == ["CN=A", "CN=B", "CN=C"]

    def test_windows_line_ends(self, write):
        """CRLF ends lines as LF does."""
        text = "version: 1\r\n\r\ndn: CN=Ann\r\ntitle: Head of\r\n  Sales\r\n\r\ndn: CN=Bo\r\ncn: Bo\r\n"
        assert [(entry.dn, entry.text("title")) for entry in entries(write(text))] == [
            ("CN=Ann", "Head of Sales"),
            ("CN=Bo", None),
        ]

    def test_folded_lines(self, write):
        """A line that begins with one space continues the line before, wherever that was broken."""
        [entry] = entries(write("dn: CN=A\n nn,DC=cor\n p\ntit\n le: He\n ad\n"))
        assert (entry.dn, entry.text("title")) == ("CN=Ann,DC=corp", "Head")

    def test_comments(self, write):
        """Comments are left out, folded ones and those in the middle of an entry too."""
        [entry] = entries(write("# made by\n  hand\nversion: 1\ndn: CN=Ann\n# title: Clerk\ntitle: Head\n# end\n"))
        assert (entry.dn, dict(entry.attributes)) == ("CN=Ann", {"title": (b"Head",)})

    def test_base64(self, write):
        """Two colons announce base64: of text, of bytes, of a dn, folded or not."""
        encoded = base64.b64encode("CN=Zoë".encode()).decode()
        [entry] = entries(write(f"dn:: {encoded[:4]}\n {encoded[4:]}\nobjectGUID:: PpeBjuwLsEe4mNGQ+evazA==\n"))
        assert (entry.dn, entry.values("objectguid")) == ("CN=Zoë", (GUID.bytes_le,))

    def test_spaces_after_the_colon(self, write):
        """Any number of spaces may follow the colon; spaces at the end belong to the value."""
        [entry] = entries(write("dn:CN=Ann\ncn:    Ann \ntitle:\n"))
        assert (entry.dn, entry.text("cn"), entry.text("title")) == ("CN=Ann", "Ann ", "")

    def test_colons_in_values(self, write):
        """Only the first colon separates."""
        [entry] = entries(write("dn: CN=Ann\nproxyAddresses: SMTP:a@b.c\ninfo: a:: b :< c\n"))
        assert (entry.text("proxyAddresses"), entry.text("info")) == ("SMTP:a@b.c", "a:: b :< c")

    def test_plain_utf_8(self, write):
        """Plain values in UTF-8, which the RFC would have in base64, are read: many tools write them."""
        [entry] = entries(write("dn: CN=Zoë\nsn: Müller\n"))
        assert (entry.dn, entry.text("sn")) == ("CN=Zoë", "Müller")

    def test_names_have_no_case(self, write):
        """Lines of one attribute belong together in any spelling."""
        [entry] = entries(write("dn: CN=Ann\nMail: a\nMAIL: b\n"))
        assert dict(entry.attributes) == {"Mail": (b"a", b"b")}

    def test_options_are_left_out(self, write):
        """An option such as ;binary says how a value travelled, not what it is."""
        [entry] = entries(write("dn: CN=Ann\nuserCertificate;binary:: AAEC\n"))
        assert entry.values("userCertificate") == (b"\0\1\2",)

    def test_changetype_add_is_an_entry(self, write):
        """A record that adds an entry says all of it, as ldifde exports do."""
        [entry] = entries(write("dn: CN=Ann\nchangetype: add\ncn: Ann\n"))
        assert dict(entry.attributes) == {"cn": (b"Ann",)}

    def test_byte_order_mark(self, write):
        """A UTF-8 byte order mark is skipped."""
        [entry] = entries(write(b"\xef\xbb\xbfversion: 1\ndn: CN=Ann\ncn: Ann\n"))
        assert entry.dn == "CN=Ann"

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_utf_16(self, write, encoding, end):
        """What ldifde -u writes is the same in UTF-16, with a byte order mark or without."""
        text = "version: 1\n" + ANN + "sn: Zo\u00eb \U0001f600\u0085\u2028\ntitle: Head of\n  Sales\n"
        [entry] = entries(write(text.replace("\n", end).encode(encoding)))
        assert (entry.text("sn"), entry.text("title")) == ("Zo\u00eb \U0001f600\u0085\u2028", "Head of Sales")
        assert entry.values("objectGUID") == (GUID.bytes_le,)

    def test_what_ldapsearch_says_besides(self, write):
        """Comments, referrals to other servers, and how the search went."""
        text = (
            f"# extended LDIF\n#\n# LDAPv3\n# base <DC=corp> with scope subtree\n\n# Ann, Staff\n{ANN}\n"
            "# search reference\nref: ldap://other.corp.example/DC=other,DC=corp,DC=example\n\n# refldap://x/y\n\n"
            "# search result\nsearch: 2\nresult: 0 Success\ncontrol: 1.2.840.113556.1.4.319 false MAUCAQAEAA==\n"
            "pagedresults: cookie=\n\n# numResponses: 3\n# numEntries: 1\n# numReferences: 1\n"
        )
        assert [entry.dn for entry in entries(write(text))] == ["CN=Ann,OU=Staff,DC=corp,DC=example"]

    def test_all_ranges_of_an_attribute_are_the_attribute(self, write):
        """In whatever order they come; the last one ends with an asterisk."""
        [entry] = entries(
            write("dn: CN=G\nmember;range=2-*: CN=C\nmember;Range=0-1: CN=A\nmember;range=0-1: CN=B\nmember:\n")
        )
        assert entry.values("member") == (b"CN=A", b"CN=B", b"CN=C")
        assert not entry.incomplete

    @pytest.mark.parametrize(
        "lines",
        [
            "member;range=0-1: CN=A\nmember;range=0-1: CN=B\n",
            "member;range=0-1: CN=A\nmember;range=2-*: CN=C\n",
            "member;range=1-*: CN=B\n",
            "member;range=0-0: CN=A\nmember;range=2-*: CN=C\n",
            "member:< file:///tmp/members\nmember: CN=A\n",
        ],
    )
    def test_some_of_the_values_are_none(self, write, lines):
        """Some ranges, or a value in another file: a part would look like the whole."""
        [entry] = entries(write(f"dn: CN=G\n{lines}"))
        assert entry.values("member") == ()
        assert entry.incomplete == {"member"}

    def test_entries_come_before_the_end_is_read(self, write):
        """Entries are given one by one, the good ones also when a later one is broken."""
        reader = ldif.read_entries(write("dn: CN=Ann\ncn: Ann\n\ncut here\n"))
        assert next(reader).dn == "CN=Ann"
        with pytest.raises(SourceError):
            next(reader)


class TestBadFiles:
    """What is no LDIF, or was cut, or describes changes."""

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("", "holds no entries"),
            ("\n# nothing\n\n", "holds no entries"),
            ("version: 2\n\ndn: CN=Ann\n", "line 1: is not version 1 of LDIF"),
            ("version: 1\n\ncn: Ann\n", "line 3: the entry does not begin with dn"),
            ("dn: CN=Ann\njust words\n", "line 2: is not an attribute with a value"),
            ("dn: CN=Ann\n: value\n", "line 2: is not an attribute with a value"),
            ("dn: CN=Ann\nmail;: value\n", "line 2: is not an attribute with a value"),
            ("dn: CN=Ann\n\n  folded\n", "line 3: the entry does not begin with dn"),
            ("dn: CN=Ann\nobjectGUID:: PpeB=juw\n", "line 2: objectGUID: is not base64"),
            ("dn: CN=Ann\nobjectGUID:: PpeBjuw\n", "line 2: objectGUID: is not base64"),
            ("dn: CN=Ann\nobjectGUID:: Ppe Bjuw\n", "line 2: objectGUID: is not base64"),
            ("dn:: /w==\ncn: Ann\n", "line 1: the dn is not UTF-8"),
            ("dn:: Q04\ncn: Ann\n", "line 1: dn: is not base64"),
            ("dn:< file:///etc/passwd\ncn: Ann\n", "line 1: dn: a value at an address (:<) is not fetched"),
            (
                "dn: CN=Ann\nchangetype: modify\nreplace: cn\ncn: A\n-\n",
                "line 2: changetype: modify: only entries",
            ),
            ("dn: CN=Ann\nchangetype: delete\n", "line 2: changetype: delete: only entries are read"),
            ("dn: CN=Ann\nChangeType: modrdn\nnewrdn: CN=B\n", "line 2: changetype: modrdn: only entries are read"),
            ("dn: CN=Ann\nchangetype: moddn\n", "line 2: changetype: moddn: only entries are read"),
            ("dn: CN=Ann\nchangetype: evaporate\n", "line 2: a changetype: only entries are read"),
            ("dn: CN=Ann\ncontrol: 1.2.3 true\nchangetype: add\n", "line 2: a control: only entries are read"),
        ],
    )
    def test_problem_is_named_by_line(self, write, text, problem):
        """Each thing that is no entry is one line: where, what, what to do."""
        [found] = problems(write(text))
        assert found.startswith(problem)

    def test_all_problems_are_found_at_once(self, write):
        """The reader goes on after a broken entry, and after a broken line of it."""
        text = "dn: CN=A\nword\nx:: ?\n\ndn: CN=B\ncn: B\n\nmail: c\n\ndn: CN=D\nchangetype: delete\n"
        assert [found.split(":")[0] for found in problems(write(text))] == ["line 2", "line 3", "line 8", "line 11"]

    def test_long_lists_of_problems_are_cut(self, write):
        """Twenty problems are shown, and how many more there are."""
        found = problems(write("dn: CN=A\n" + "word\n" * 1000))
        assert (len(found), found[-1]) == (21, "... and 980 more")

    @pytest.mark.parametrize("cut", [len("dn: CN=An"), len(ANN) - 1, len(ANN) - 9, len(ANN) - 40])
    def test_file_cut_in_a_line(self, write, cut):
        """A file ends with a line end; one that does not was cut, and its last entry with it."""
        text = ANN + "\n" + ANN[:cut]
        [found] = problems(write(text))
        line = text.count("\n") + 1
        assert found == f"line {line}: the file ends in the middle of a line: export it again"

    @given(st.data())
    def test_file_cut_anywhere(self, tmp_path_factory, data):
        """Wherever the example is cut, whole entries come out whole, and a cut within a line is always told."""
        content = EXAMPLE.read_bytes()
        cut = data.draw(st.integers(min_value=0, max_value=len(content) - 1))
        path = tmp_path_factory.mktemp("cut") / "cut.ldif"
        path.write_bytes(content[:cut])
        whole = {entry.dn: entry for entry in ldif.read_entries(EXAMPLE)}
        read = []
        told = False
        try:
            read.extend(ldif.read_entries(path))
        except SourceError:
            told = True
        assert all(entry == whole[entry.dn] for entry in read[:-1])
        assert told or content[:cut].endswith(b"\n")

    @pytest.mark.parametrize("cut", [1, 2, 3])
    def test_utf_16_that_was_cut(self, write, cut):
        """In a line, or in a character."""
        [found] = problems(write((ANN + "sn: Lee\n").encode("utf-16")[:-cut]))
        assert found == "line 5: the file ends in the middle of a line: export it again"

    def test_half_a_character_in_utf_16(self, write):
        """It is not text, and is said with its line."""
        [found] = problems(write((ANN + "sn: \ud800\n").encode("utf-16-le", "surrogatepass")))
        assert found == "line 5: sn: is neither ASCII nor UTF-8: save the file as UTF-8"

    @pytest.mark.parametrize("said", ["search: 2\nresult: 4 Size limit exceeded\n", "# search: 2\n# result: 4 Size\n"])
    def test_a_search_that_found_too_many(self, write, said):
        """It says so at the end: whoever is missing would look like a leaver."""
        [found] = problems(write(f"{ANN}\n# search result\n{said}\n# numEntries: 1\n"))
        assert "the search ended with LDAP's result 4, so the file does not have everybody" in found

    def test_latin_1(self, write):
        """Another encoding is named with its line and attribute."""
        [found] = problems(write(ANN.encode() + "sn: Müller\n".encode("latin-1")))
        assert found == "line 5: sn: is neither ASCII nor UTF-8: save the file as UTF-8"

    def test_huge_line(self, write):
        """A line longer than any attribute ends the reading before it fills the memory."""
        [found] = problems(write(ANN + "info: " + "x" * LONGEST_VALUE + "\n\n" + ANN))
        assert found == "line 5: has more than the 10,485,760 bytes of a value: is this LDIF?"

    def test_huge_folded_value(self, write):
        """The limit holds for folded lines together, too."""
        folded = "\n ".join(["x" * 1_000_000] * 11)
        [found] = problems(write(f"dn: CN=Ann\ninfo: {folded}\n"))
        assert found.startswith("line 2: has more than the 10,485,760 bytes of a value")

    def test_json_is_not_ldif(self, write):
        """Another format is told at its first line."""
        assert problems(write('[\n {"id": "00u1"}\n]\n'))[0].startswith("line 1: the entry does not begin with dn")

    def test_missing_file(self, tmp_path):
        """A missing file is told as such, when reading begins."""
        assert problems(tmp_path / "no.ldif") == ["no such file: check the path"]

    def test_folder(self, tmp_path):
        """A folder is told as such."""
        assert problems(tmp_path) == ["is a folder, not a file: name the file in it"]

    def test_messages_hold_no_values(self, write):
        """What is wrong is said without the values."""
        text = "dn: CN=Secret\nsecret words\nmail:: secret!\nphoto:< http://secret\n\nsecret: x\n"
        assert "secret" not in " ".join(problems(write(text))).lower()


def read_accounts(path):
    """All accounts of a file."""
    return list(ldif.read_accounts(path))


class TestAccounts:
    """read_accounts."""

    def test_account_of_a_user(self, write):
        """A user's entry becomes an account with its GUID, name, directory and password instant."""
        [account] = read_accounts(write(ANN + "pwdLastSet: 133831826620000000\n"))
        assert (account.object_guid, account.instance) == (GUID, "corp.example")
        assert account.distinguished_name == "CN=Ann,OU=Staff,DC=corp,DC=example"
        assert account.password_last_set == datetime(2025, 2, 4, 22, 44, 22, tzinfo=UTC)

    def test_instance_can_be_given(self, write):
        """The caller may name the directory."""
        [account] = ldif.read_accounts(write(ANN), instance="ad2")
        assert account.instance == "ad2"

    def test_attributes_are_spelled_as_in_okta(self, write):
        """Expressions written for Okta's AD app find their attributes, whatever case the file has."""
        lines = (
            "GIVENNAME: Ann\nsn: Lee\nmail: a@b.c\nmanager: CN=Bo\nsamaccountname: ann\nuserprincipalname: ann@b.c\n"
        )
        [account] = read_accounts(write(ANN + lines + "l: Oslo\nmsexchusagelocation: NO\n"))
        assert account.attributes == {
            "dn": "CN=Ann,OU=Staff,DC=corp,DC=example",
            "objectClass": ["top", "user"],
            "firstName": "Ann",
            "lastName": "Lee",
            "email": "a@b.c",
            "managerDn": "CN=Bo",
            "samAccountName": "ann",
            "userName": "ann@b.c",
            "l": "Oslo",
            "msExchUsageLocation": "NO",
            "externalId": "PpeBjuwLsEe4mNGQ+evazA==",
            "externalID": str(GUID),
        }

    def test_attributes_with_many_values_in_the_schema_are_lists(self, write):
        """An attribute that may hold several values is a list with one value, too; one that may not is a text."""
        [account] = read_accounts(write(ANN + "proxyAddresses: SMTP:a@b.c\nunknown: 1\nother: 1\nother: 2\n"))
        assert [account.attributes[name] for name in ("proxyAddresses", "unknown", "other")] == [
            ["SMTP:a@b.c"],
            "1",
            ["1", "2"],
        ]

    def test_bytes_are_base64(self, write):
        """Attributes that hold bytes are base64, by their schema or because they are no text; a SID is written out."""
        sid = base64.b64encode(bytes.fromhex("010100000000000512000000")).decode()
        lines = f"mS-DS-ConsistencyGuid:: QUJD\nunknownKey:: //79\nobjectSid:: {sid}\n"
        [account] = read_accounts(write(ANN + lines))
        assert [account.attributes[name] for name in ("mS-DS-ConsistencyGuid", "unknownKey", "objectSid")] == [
            "QUJD",
            "//79",
            "S-1-5-18",
        ]

    def test_pictures_elsewhere_and_groups_in_ranges_are_left_out(self, write, caplog):
        """Nobody is without an account for them; it is said, without values."""
        lines = "thumbnailPhoto:< file:///tmp/ann.jpg\nmemberOf;range=0-0: CN=Secret\n"
        group = "\ndn: CN=G\nobjectClass: group\nmember;range=0-0: CN=Ann\n"
        [account] = read_accounts(write(ANN + lines + group))
        assert not {"thumbnailPhoto", "memberOf"} & account.attributes.keys()
        assert [record.getMessage().split(": ", 1)[1] for record in caplog.records] == [
            "line 1: memberOf is not in the file as a whole; the account is read without it",
            "line 1: thumbnailPhoto is not in the file as a whole; the account is read without it",
        ]

    def test_what_was_deleted_is_nobody(self, write):
        """A tombstone has the class and the objectGUID of a user, and perhaps no isDeleted in the export."""
        guid = "203f8f2a-41c0-4b55-9c3a-6b6a3a0f52a1"
        named = f"dn: CN=Bo\\0ADEL:{guid},CN=Deleted Objects,DC=corp\nobjectClass: user\n"
        encoded = base64.b64encode(f"CN=Bo\nDEL:{guid},CN=Deleted Objects,DC=corp".encode()).decode()
        tombstones = (named, f"dn:: {encoded}\nobjectClass: user\n", ANN + "isDeleted: TRUE\n")
        path = write("\n".join(tombstones))
        assert [entry.kind for entry in entries(path)] == [EntryKind.DELETED] * 3
        assert read_accounts(path) == []

    def test_manager_upn_is_looked_up(self, write):
        """Okta gives the manager's user principal name, so it is taken from the manager's own entry."""
        boss = (
            "dn: CN=Bo,DC=corp,DC=example\nobjectClass: user\nuserPrincipalName: bo@corp.example\n"
            "objectGUID:: nEcVZNxlUE+/Y6+DvQVh5g==\n"
        )
        ann, _ = read_accounts(write(ANN + "manager: cn=bo,DC=Corp,DC=example\n\n" + boss))
        assert ann.attributes["managerUpn"] == "bo@corp.example"

    @pytest.mark.parametrize("filetime", ["0", "-1", "9223372036854775807"])
    def test_no_password_instant(self, write, filetime):
        """0, -1 and "never" are no instants."""
        [account] = read_accounts(write(ANN + f"pwdLastSet: {filetime}\n"))
        assert account.password_last_set is None

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            (ANN.split("objectGUID", maxsplit=1)[0], "line 1: has no objectGUID: export the entry again"),
            (ANN.replace("Bjuw", ""), "line 1: objectGUID is not one value of 16 bytes"),
            (ANN + "objectGUID:: nEcVZNxlUE+/Y6+DvQVh5g==\n", "line 1: objectGUID is not one value of 16 bytes"),
            (
                ANN.split("objectGUID", maxsplit=1)[0] + "mS-DS-ConsistencyGuid:: PpeBjuwLsEe4mNGQ+evazA==\n",
                "line 1: has no objectGUID, and mS-DS-ConsistencyGuid does not take its place: export",
            ),
            (ANN + "proxyAddresses;range=0-1: smtp:a@b.c\n", "line 1: proxyAddresses is not in the file as a whole"),
            (ANN + "title:< file:///tmp/title\n", "line 1: title is not in the file as a whole"),
            (ANN + "pwdLastSet: soon\n", "line 1: pwdLastSet is not a FILETIME"),
            (ANN + "pwdLastSet: 9223372036854775806\n", "line 1: pwdLastSet is not a FILETIME"),
            (ANN + "pwdLastSet:: /w==\n", "line 1: pwdLastSet is not a FILETIME"),
            (ANN + "sn:: TfxsbGVy\n", "line 1: sn is not UTF-8"),
            (ANN + "\n" + ANN, "line 6: has the objectGUID of an earlier entry"),
        ],
    )
    def test_incomplete_account_is_named_by_line(self, write, text, problem):
        """A user who can't be told from others, or whose values are broken, is named by the entry's line."""
        assert problems(write(text), read_accounts)[0].startswith(problem)

    def test_entries_that_are_no_users_need_no_guid(self, write):
        """Only people need to be complete to be read as people."""
        text = "dn: DC=corp,DC=example\nobjectClass: domain\n\ndn: CN=G\nobjectClass: group\n\n"
        assert [account.object_guid for account in read_accounts(write(text + ANN))] == [GUID]


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"objectClass": ["top", "person", "organizationalPerson", "user"]}, EntryKind.USER),
        ({"objectclass": ["TOP", "USER"]}, EntryKind.USER),
        ({"objectClass": ["user"], "userAccountControl": ["514"]}, EntryKind.USER),
        ({"objectClass": ["user", "computer"]}, EntryKind.OTHER),
        ({"objectClass": ["user", "computer", "msDS-GroupManagedServiceAccount"]}, EntryKind.OTHER),
        ({"objectClass": ["top", "group"]}, EntryKind.GROUP),
        ({"objectClass": ["person", "contact"]}, EntryKind.CONTACT),
        ({"objectClass": ["user"], "msExchRecipientTypeDetails": ["16"]}, EntryKind.RESOURCE),
        ({"objectClass": ["user"], "msExchRecipientTypeDetails": ["8589934592"]}, EntryKind.RESOURCE),
        ({"objectClass": ["user"], "msExchRecipientTypeDetails": ["1"]}, EntryKind.USER),
        ({"objectClass": ["user"], "msExchResourceMetaData": ["ResourceType:Equipment"]}, EntryKind.RESOURCE),
        ({"objectClass": ["organizationalUnit"]}, EntryKind.OTHER),
        ({}, EntryKind.OTHER),
    ],
)
def test_kind_of_entry(attributes, kind):
    """Classes tell people from groups, contacts and computers; Exchange's mailbox tells rooms from people."""
    assert DirectoryEntry("CN=X", attributes).kind is kind


def test_example_directory():
    """The example directory holds 30 people, three groups, a contact and a room."""
    assert Counter(entry.kind for entry in ldif.read_entries(EXAMPLE)) == {
        EntryKind.USER: 30, EntryKind.GROUP: 3, EntryKind.CONTACT: 1, EntryKind.RESOURCE: 1,
    }  # fmt: skip
    assert len(ldif.read_accounts(EXAMPLE)) == 30


def write_ldif(listed, fold, line_end):
    """A small writer: what is not plainly safe goes out as base64."""
    lines = ["version: 1"]
    for entry in listed:
        lines += ["", attribute_line("dn", entry.dn.encode())]
        lines += [attribute_line(name, value) for name, values in entry.attributes.items() for value in values]
    folded = (piece for line in lines for piece in ([line[:fold], *continuations(line[fold:], fold)]))
    return "".join(piece + line_end for piece in folded).encode("ascii")


def continuations(rest, fold):
    """Continuation lines: a space, then the next piece."""
    return [f" {rest[at : at + fold]}" for at in range(0, len(rest), fold)]


def attribute_line(name, value):
    """One logical line."""
    safe = all(31 < byte < 127 for byte in value) and value[:1] not in {b" ", b":", b"<"} and not value.endswith(b" ")
    return f"{name}: {value.decode()}" if safe else f"{name}:: {base64.b64encode(value).decode()}"


names = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda name: name not in {"changetype", "control"})
some_entries = st.lists(
    st.builds(
        DirectoryEntry,
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
        st.dictionaries(
            names, st.lists(st.binary(max_size=40) | st.text(max_size=20), min_size=1, max_size=3), max_size=4
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(some_entries, st.integers(min_value=1, max_value=80), st.sampled_from(["\n", "\r\n"]))
def test_there_and_back(tmp_path_factory, listed, fold, line_end):
    """What a writer of RFC 2849 writes is read as it was: any bytes, any folding, any line end."""
    path = tmp_path_factory.mktemp("ldif") / "some.ldif"
    path.write_bytes(write_ldif(listed, fold, line_end))
    assert list(ldif.read_entries(path)) == listed
