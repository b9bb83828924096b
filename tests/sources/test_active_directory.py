"""Active Directory over LDAP, with a real domain controller: everything, and what changed since the last time."""

import pickle
import socket
import ssl
from contextlib import suppress
from threading import Thread
from uuid import UUID
from zlib import crc32

import pytest
from attrs import evolve
from samba_server import ADMINISTRATOR, BASE, PASSWORD, domain_controller, samba, served

from o365prov.errors import ConfigurationError, SourceError, UsageError
from o365prov.people import GroupScope, ResourceKind, ResourceMailbox, everybody_in
from o365prov.sources import DirectoryRead, ldif
from o365prov.sources.directory.directory_entry import EntryKind
from o365prov.sources.ldap.active_directory import ActiveDirectory
from o365prov.sources.ldap.directory_changes import Cursor

__all__ = ["domain_controller", "samba", "served"]

READER, READERS_PASSWORD = "reader@corp.example", "Only-Reads-1"


@pytest.fixture(scope="module", autouse=True)
def _reader(domain_controller):
    """Somebody who may read, and nothing more."""
    name = READER.partition("@")[0]
    if domain_controller is not None:
        domain_controller.tool("user", "create", name, READERS_PASSWORD)
    yield
    if domain_controller is not None:
        domain_controller.tool("user", "delete", name)


@pytest.fixture
def staff(samba, request):
    """A unit with Ann, her manager Bo Ross with a comma in his name, groups, a contact, a room and equipment."""
    unit = f"OU=Unit {crc32(request.node.name.encode())},{BASE}"
    person = "changetype: add\nobjectClass: user\n"
    samba.modify(
        f"dn: {unit}\nchangetype: add\nobjectClass: organizationalUnit\n\n"
        f"dn: CN=Ross\\, Bo,{unit}\n{person}sAMAccountName: bo\nuserPrincipalName: bo@corp.example\nsn: Ross\n\n"
        f"dn: CN=Ann Lee,{unit}\n{person}sAMAccountName: ann\ngivenName: Ann\nsn: Lee\ntitle: Head of Sales\n"
        f"manager: CN=Ross\\, Bo,{unit}\nproxyAddresses: SMTP:ann@corp.example\nproxyAddresses: smtp:a@corp.example\n"
        "userPrincipalName: ann@corp.example\nmail: ann@corp.example\nl:: TcO8bmNoZW4=\nunicodePwd:: "
        "IgBBAG4AbgBzAC0AcAB3AC0AMQAiAA==\nuserAccountControl: 512\n\n"
        f"dn: CN=Team,{unit}\nchangetype: add\nobjectClass: group\nsAMAccountName: team\n"
        f"member: CN=Ann Lee,{unit}\nmember: CN=Ross\\, Bo,{unit}\n\n"
        f"dn: CN=Partner,{unit}\nchangetype: add\nobjectClass: contact\nmail: p@partner.example\n"
        "targetAddress: SMTP:p@partner.example\nmailNickname: p\n\n"
        f"dn: CN=List,{unit}\nchangetype: add\nobjectClass: group\nsAMAccountName: list\ngroupType: 8\n"
        f"mail: list@corp.example\nmailNickname: list\nproxyAddresses: SMTP:list@corp.example\n"
        f"msExchHideFromAddressLists: TRUE\nmanagedBy: CN=Ann Lee,{unit}\nmember: CN=Team,{unit}\n"
        f"member: CN=Partner,{unit}\n\n"
        f"dn: CN=Berlin,{unit}\n{person}sAMAccountName: berlin\nmail: berlin@corp.example\n"
        "userAccountControl: 514\nmsExchRecipientTypeDetails: 16\nmsExchResourceMetaData: ResourceType:Room\n"
        "msExchResourceCapacity: 12\nmsExchUsageLocation: DE\n\n"
        f"dn: CN=Beamer,{unit}\n{person}sAMAccountName: beamer\nuserAccountControl: 514\n"
        "msExchRecipientTypeDetails: 32\n\n"
        f"dn: OU=Inner,{unit}\nchangetype: add\nobjectClass: organizationalUnit\n\n"
        f"dn: CN=Eve,OU=Inner,{unit}\n{person}sAMAccountName: eve\nmanager: CN=Ann Lee,{unit}\n"
    )
    yield unit
    samba.modify(f"dn: {unit}\nchangetype: delete\n", tree=True)


@pytest.fixture
def directory(samba):
    """The directory, read by somebody who may do everything, in small pages."""
    return ActiveDirectory(samba.url, ADMINISTRATOR, PASSWORD, ca_file=str(samba.ca_file), page_size=7)


def named(read):
    """The entries by their names, without the order of values, which a directory does not keep."""
    return {each.dn: {name: sorted(values) for name, values in each.attributes.items()} for each in read.entries}


def guids(read, *names):
    """The objectGUIDs of the entries that are called so."""
    return {each.guid for each in read.entries if each.dn.partition(",")[0].removeprefix("CN=") in names}


def test_people_are_those_of_ldif(samba, staff, directory, tmp_path):
    """The same directory over LDAP and in the file that a program of its own writes: equal accounts."""
    path = tmp_path / "export.ldif"
    path.write_bytes(samba.export())
    written = {each.object_guid: each for each in ldif.read_accounts(path)}
    read = {each.object_guid: each for each in directory.read().accounts}
    assert read.keys() == written.keys()
    for guid, account in read.items():
        other = written[guid]
        assert evolve(account, attributes={}) == evolve(other, attributes={})
        assert {name: _sorted(other.attributes[name]) for name in account.attributes} == {
            name: _sorted(value) for name, value in account.attributes.items()
        }
    [ann] = [each for each in read.values() if each.attributes["samAccountName"] == "ann"]
    assert ann.attributes["l"] == "München"
    assert ann.attributes["managerUpn"] == "bo@corp.example"
    assert ann.password_last_set is not None


def _sorted(value):
    return sorted(value) if isinstance(value, list) else value


def test_groups_contacts_and_rooms_are_those_of_ldif(samba, staff, directory, tmp_path):
    """Equal in both, Exchange's attributes among them, but for those that the file has besides."""
    path = tmp_path / "export.ldif"
    path.write_bytes(samba.export())
    written, read = DirectoryRead("corp.example", ldif.read_entries(path)), directory.read()
    for kind in ("groups", "contacts", "resources"):
        ours = {each.name: each for each in getattr(read, kind)}
        other = {each.name: each for each in getattr(written, kind)}
        assert ours.keys() == other.keys()
        assert [_comparable(each, each) for each in ours.values()] == [
            _comparable(other[name], each) for name, each in ours.items()
        ]


def _comparable(value, as_read):
    """A value with only those attributes that were read, whose values are in an order."""
    if isinstance(value, ResourceMailbox):
        return evolve(value, account=_comparable(value.account, as_read.account))
    attributes = {name: _sorted(each) for name, each in value.attributes.items() if name in as_read.attributes}
    return evolve(value, attributes=attributes)


def test_groups(staff, directory):
    """What kind they are, who is in them and manages them, by objectGUID, and how they are reached."""
    read = directory.read()
    by_name = {each.name: each for each in read.groups}
    team, everybody = by_name["Team"], by_name["List"]
    assert (team.is_security, team.scope, team.is_mail_enabled) == (True, GroupScope.GLOBAL, False)
    assert (everybody.is_security, everybody.scope, everybody.is_mail_enabled) == (False, GroupScope.UNIVERSAL, True)
    assert team.members == guids(read, "Ann Lee", "Ross\\")
    assert everybody.members == {team.object_guid} | guids(read, "Partner")
    assert everybody.managed_by in guids(read, "Ann Lee")
    assert everybody.mail == "list@corp.example"
    assert everybody.attributes["proxyAddresses"] == ["SMTP:list@corp.example"]
    assert everybody.attributes["msExchHideFromAddressLists"] == "TRUE"
    assert everybody_in(everybody, read.groups) == team.members | guids(read, "Partner")


def test_groups_that_contain_each_other(samba, staff, directory):
    """Are read as any others, and who is in them is found."""
    samba.modify(
        f"dn: CN=Other,{staff}\nchangetype: add\nobjectClass: group\nsAMAccountName: other\n"
        f"member: CN=Team,{staff}\n\n"
        f"dn: CN=Team,{staff}\nchangetype: modify\nadd: member\nmember: CN=Other,{staff}\n-\n"
    )
    read = directory.read()
    other, team = ({each.name: each for each in read.groups}[name] for name in ("Other", "Team"))
    assert everybody_in(other, read.groups) == everybody_in(team, read.groups) == team.members - {other.object_guid}


def test_contacts_and_resources(staff, directory):
    """A contact by its address outside; rooms with their places, and equipment; none of them is a person."""
    read = directory.read()
    assert {each.name: each.mail for each in read.contacts} == {"Partner": "p@partner.example"}
    berlin, beamer = sorted(read.resources, key=lambda each: each.kind, reverse=True)
    assert (berlin.name, berlin.kind, berlin.capacity) == ("Berlin", ResourceKind.ROOM, 12)
    assert (berlin.mail, berlin.account.attributes["msExchUsageLocation"]) == ("berlin@corp.example", "DE")
    assert (beamer.name, beamer.kind, beamer.capacity) == ("Beamer", ResourceKind.EQUIPMENT, None)
    assert not {each.object_guid for each in read.accounts} & {each.account.object_guid for each in read.resources}


def test_kinds(staff, directory):
    """Groups and contacts beside people; computers are not among them."""
    read = directory.read()
    kinds = {each.dn.partition(",")[0]: each.kind for each in read.entries if each.dn.endswith(staff)}
    assert kinds["CN=Team"] is EntryKind.GROUP
    assert kinds["CN=Partner"] is EntryKind.CONTACT
    assert kinds["CN=Ann Lee"] is EntryKind.USER
    assert "CN=DC1" not in {each.dn.partition(",")[0] for each in read.entries}
    assert [each.text("cn") for each in read.of_kind(EntryKind.CONTACT) if each.dn.endswith(staff)] == ["Partner"]


@pytest.mark.parametrize("size", [1, 1_000])
def test_pages_of_any_size(staff, directory, size):
    """What is read does not depend on how many entries come at a time."""
    assert named(evolve(directory, page_size=size).read()) == named(directory.read())


CHANGES = {
    "nothing": ("", (), ()),
    "a new title": ("dn: CN=Ann Lee,{0}\nchangetype: modify\nreplace: title\ntitle: Boss\n-\n", ("Ann Lee",), ()),
    "no title any more": ("dn: CN=Ann Lee,{0}\nchangetype: modify\ndelete: title\n-\n", ("Ann Lee",), ()),
    "disabled": (
        "dn: CN=Ann Lee,{0}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 514\n-\n",
        ("Ann Lee",),
        (),
    ),
    "another password": (
        "dn: CN=Ann Lee,{0}\nchangetype: modify\nreplace: pwdLastSet\npwdLastSet: 0\n-\n",
        ("Ann Lee",),
        (),
    ),
    "renamed": (
        "dn: CN=Ann Lee,{0}\nchangetype: modrdn\nnewrdn: CN=Ann Ross\ndeleteoldrdn: 1\n",
        ("Ann Ross", "Team", "List", "Eve"),
        (),
    ),
    "moved": (
        "dn: CN=Ann Lee,{0}\nchangetype: modrdn\nnewrdn: CN=Ann Lee\ndeleteoldrdn: 1\nnewsuperior: OU=Inner,{0}\n",
        ("Ann Lee", "Team", "List", "Eve"),
        (),
    ),
    "a unit renamed": (
        "dn: OU=Inner,{0}\nchangetype: modrdn\nnewrdn: OU=Other\ndeleteoldrdn: 1\n",
        ("OU=Other", "Eve"),
        (),
    ),
    "a member removed": (
        "dn: CN=Team,{0}\nchangetype: modify\ndelete: member\nmember: CN=Ann Lee,{0}\n-\n",
        ("Team", "Ann Lee"),
        (),
    ),
    "deleted": ("dn: CN=Ann Lee,{0}\nchangetype: delete\n", ("Team", "List", "Eve"), ("Ann Lee",)),
    "somebody new": ("dn: CN=Kim,{0}\nchangetype: add\nobjectClass: user\nsAMAccountName: kim\n", ("Kim",), ()),
}


@pytest.mark.parametrize("reader", ["an administrator", "somebody who only reads"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_comes_back_as_exactly_that(samba, staff, directory, change, reader):
    """Whoever is concerned, by name too, and nobody else; what is then known is what a whole read gives."""
    if reader != "an administrator":
        directory = evolve(directory, user=READER, password=READERS_PASSWORD)
    before = directory.read()
    text, changed, deleted = CHANGES[change]
    if text:
        samba.modify(text.format(staff))
    after = directory.read(since=before)
    assert named(after) == named(directory.read())
    assert after.changed == guids(after, *changed)
    assert after.deleted == guids(before, *deleted)
    again = directory.read(since=after)
    assert (again.changed, again.deleted, named(again)) == (frozenset(), frozenset(), named(after))


def test_what_was_read_of_another_domain_controller_is_read_anew(staff, directory):
    """Numbers of changes are a domain controller's own; what changed is still said."""
    before = directory.read()
    elsewhere = evolve(before, cursor=f"{UUID(int=1)}:{before.cursor.partition(':')[2]}", entries=before.entries[1:])
    after = directory.read(since=elsewhere)
    assert named(after) == named(before)
    assert after.changed == {before.entries[0].guid}


def test_only_who_may_replicate_is_told_of_changes_by_dirsync(samba, staff, directory):
    """Everybody else asks by the numbers of changes; so does who comes back after the tombstones may be gone."""
    reader = evolve(directory, user=READER, password=READERS_PASSWORD)
    by_dir_sync, by_number = (Cursor.parsed(each.read().cursor) for each in (directory, reader))
    assert by_dir_sync.cookie
    assert not by_number.cookie
    before = directory.read()
    samba.modify(f"dn: CN=Ann Lee,{staff}\nchangetype: delete\n")
    late = evolve(before, cursor=str(evolve(Cursor.parsed(before.cursor), day="20260101")))
    damaged = evolve(before, cursor=f"{before.cursor.rpartition(':')[0]}:AAAA")
    assert (
        named(directory.read(since=late))
        == named(directory.read(since=damaged))
        == named(directory.read(since=before))
        == named(reader.read(since=before))
        == named(directory.read())
    )


def test_what_moves_into_sight_is_read(samba, staff, directory):
    """A unit with Eve moves below the base: she did not change, and is new here."""
    inside = evolve(directory, base=f"OU=Inner,{staff}")
    samba.modify(
        f"dn: OU=Outer,{staff}\nchangetype: add\nobjectClass: organizationalUnit\n\n"
        f"dn: CN=Kim,OU=Outer,{staff}\nchangetype: add\nobjectClass: user\nsAMAccountName: kim\n"
    )
    before = inside.read()
    move = f"changetype: modrdn\nnewrdn: OU=Outer\ndeleteoldrdn: 1\nnewsuperior: OU=Inner,{staff}\n"
    samba.modify(f"dn: OU=Outer,{staff}\n{move}")
    after = inside.read(since=before)
    assert named(after) == named(inside.read())
    assert guids(after, "Kim") <= after.changed
    samba.modify(f"dn: OU=Outer,OU=Inner,{staff}\n{move.replace(f'OU=Inner,{staff}', staff)}")
    assert inside.read(since=after).deleted == guids(after, "Kim", "OU=Outer")


def test_more_attributes_are_read_anew(samba, staff, directory):
    """What an earlier read did not ask for has not changed since, and would be missing."""
    samba.modify(f"dn: CN=Ann Lee,{staff}\nchangetype: modify\nadd: info\ninfo: Speaks Welsh\n-\n")
    before = directory.read()
    after = evolve(directory, attributes=["info"]).read(since=before)
    assert [each.text("info") for each in after.entries if each.values("info")] == ["Speaks Welsh"]


def test_ldap_is_encrypted_by_starttls(served, staff, directory):
    """A password is never sent in the open."""
    assert named(evolve(directory, url=f"ldap://{served.address}").read()) == named(directory.read())


def test_the_first_entries_come_before_the_last(staff, directory):
    """One by one, so that a directory may be of any size; whoever stops early is not in the way."""
    entries = directory.entries()
    assert next(entries).dn
    entries.close()
    assert len(list(directory.entries())) == len(directory.read().entries)


def said(directory):
    """What is wrong, and that nobody's password is in it."""
    with pytest.raises(SourceError) as raised:
        directory.read()
    assert directory.password not in f"{raised.value!r}{raised.value}{raised.value.__cause__}"
    return str(raised.value)


def test_a_wrong_password(served, directory):
    """Active Directory's own number says what it is."""
    assert said(evolve(directory, password="wrong-one")).endswith(
        "did not let the user in (invalidCredentials, 49): the name or the password is wrong"
    )


def test_a_certificate_of_nobody(served, directory):
    """It is checked, with StartTLS too."""
    for url in (served.url, f"ldap://{served.address}"):
        assert "the certificate of the server is not trusted" in said(evolve(directory, url=url, ca_file=None))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # ldap3 leaves such a socket open
def test_a_certificate_of_another_name(served, directory):
    """Whoever signed it: somebody else could have it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(served.ca_file.with_name("cert.pem"), served.ca_file.with_name("key.pem"))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with suppress(OSError), context.wrap_socket(listening.accept()[0], server_side=True) as connection:
                connection.recv(1)

        server = Thread(target=serve)
        server.start()
        elsewhere = evolve(directory, url=f"ldaps://127.0.0.1:{listening.getsockname()[1]}")
        assert "the certificate of the server is not trusted" in said(elsewhere)
        server.join()


def test_nobody_is_there(served, directory):
    """The address is said."""
    assert said(evolve(directory, url="ldaps://127.77.0.250")).startswith("ldaps://127.77.0.250: can't be reached (")


def test_a_base_that_is_not_there(directory):
    """It must not look as if everybody had left."""
    assert "refused a search (noSuchObject, 32)" in said(evolve(directory, base="OU=Nowhere,DC=corp,DC=example"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://dc1.corp.example"),
        ("url", "dc1.corp.example"),
        ("url", "ldaps://user:secret@dc1"),
        ("user", ""),
        ("password", ""),
        ("page_size", 0),
        ("page_size", 1_001),
        ("timeout", 0),
    ],
)
def test_settings_that_can_not_work(field, value):
    """Each is refused when it is made; an empty password would sign in nobody, without an error."""
    settings = {"url": "ldaps://dc1.corp.example", "user": "reader", "password": "x", field: value}
    with pytest.raises(ConfigurationError, match="ActiveDirectory"):
        ActiveDirectory(**settings)


def test_a_directory_keeps_its_password_to_itself():
    """It is not shown, and not pickled."""
    directory = ActiveDirectory("ldaps://dc1.corp.example", "reader", "very-secret")
    assert repr(directory) == "ActiveDirectory('ldaps://dc1.corp.example')"
    with pytest.raises(UsageError, match="holds a password"):
        pickle.dumps(directory)
