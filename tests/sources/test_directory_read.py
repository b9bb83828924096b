"""What was read of a directory: saved and loaded, and brought up to date."""

from uuid import UUID

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import SourceError
from o365prov.sources import DirectoryEntry, DirectoryRead, EntryKind
from o365prov.sources.ldap.directory_read import updated

BASE = "DC=corp,DC=example"
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(lambda name: name not in {"changetype", "control"})
ENTRIES = st.lists(
    st.builds(
        DirectoryEntry,
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
        st.dictionaries(NAMES, st.lists(st.binary(max_size=20), min_size=1, max_size=3), max_size=4),
    ),
    min_size=1,
    max_size=4,
)


def entry(number, dn, kind="user", **attributes):
    """An entry with this number in its objectGUID."""
    return DirectoryEntry(dn, {"objectGUID": [UUID(int=number).bytes_le], "objectClass": [kind], **attributes})


def read(*entries):
    """A read of these entries."""
    return DirectoryRead("corp.example", entries, "here:1")


def now(earlier, *found, gone=()):
    """The read after these entries were found changed, and those with these numbers are not there any more."""
    present = {each.guid for each in (*earlier.entries, *found)} - {UUID(int=number) for number in gone}
    return updated(earlier, found, frozenset(present), "here:2")


def values(read, name):
    """The values of an attribute of every entry that has it, by its common name."""
    return {
        each.dn.partition(",")[0][3:]: [value.decode() for value in each.values(name)]
        for each in read.entries
        if each.values(name)
    }


@given(ENTRIES, st.text(max_size=20), st.text(max_size=20))
def test_what_is_saved_is_loaded(tmp_path_factory, entries, instance, cursor):
    """Any bytes in any attribute, and where the next read goes on."""
    path = tmp_path_factory.mktemp("read") / "read.ldif"
    saved = DirectoryRead(instance, entries, cursor)
    saved.save(path)
    assert DirectoryRead.load(path) == saved
    assert path.stat().st_mode & 0o077 == 0


def test_what_is_incomplete_stays_so(tmp_path):
    """An attribute of which not all values are known is not one without values."""
    saved = read(DirectoryEntry("CN=G", {"cn": ["G"]}, ["member"]))
    saved.save(tmp_path / "read.ldif")
    assert DirectoryRead.load(tmp_path / "read.ldif").entries[0].incomplete == {"member"}


@given(st.data())
def test_damage_anywhere_is_one_error(tmp_path_factory, data):
    """A file of which a character is another, or of which the end is missing, is refused."""
    path = tmp_path_factory.mktemp("read") / "read.ldif"
    read(entry(1, f"CN=Ann,{BASE}", title=["Head"]), entry(2, f"CN=Bo,{BASE}")).save(path)
    text = path.read_text()
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([each for each in "aZ0 \n:#" if each != text[at]] + [""]))
    path.write_text(data.draw(st.sampled_from([text[:at] + other + text[at + 1 :], text[:at]])))
    with pytest.raises(SourceError, match="does not fit its digest"):
        DirectoryRead.load(path)


@pytest.mark.parametrize("text", ["", "version: 1\n", "# o365prov.directory_read/1", "\n" * 9, "{}"])
def test_other_files_are_refused(tmp_path, text):
    """With the place and a remedy."""
    path = tmp_path / "read.ldif"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"read\.ldif: does not fit its digest.*or read the directory again"):
        DirectoryRead.load(path)


def test_an_entry_that_nobody_can_find_again_is_told():
    """Whoever may not read objectGUID does not see who is who, and everybody would look like a leaver."""
    hidden = [DirectoryEntry(f"CN={name},{BASE}", {}, place="ldaps://dc1") for name in ("Ann", "Bo")]
    with pytest.raises(SourceError, match=r"ldaps://dc1: gave no objectGUID of 2 entries: let the user"):
        now(read(entry(1, f"CN=Cy,{BASE}")), *hidden)


def test_a_renamed_manager_has_the_new_name_everywhere():
    """In whatever way the name was written, and for what stands below, too."""
    earlier = read(
        entry(1, rf"CN=Ross\2C Bo,OU=Old,{BASE}"),
        entry(2, rf"CN=Ann,CN=Ross\, Bo,OU=Old,{BASE}", manager=[rf"cn=ross\, bo,ou=old,{BASE}"]),
    )
    later = now(earlier, entry(1, f"CN=Bo Lee,OU=New,{BASE}"))
    assert values(later, "manager") == {"Ann": [f"CN=Bo Lee,OU=New,{BASE}"]}
    assert [each.dn for each in later.entries] == [f"CN=Bo Lee,OU=New,{BASE}", f"CN=Ann,CN=Bo Lee,OU=New,{BASE}"]
    assert later.changed == {UUID(int=1), UUID(int=2)}


def test_names_of_others_stay():
    """A name that only begins alike, or is a part of another."""
    kept = [f"CN=Bo,{BASE}x", f"CN=Bobo,{BASE}", f"CN=x\\,CN=Bo,{BASE}"]
    earlier = read(entry(1, f"CN=Bo,{BASE}"), entry(2, f"CN=Ann,{BASE}", publicDelegates=kept, title=[f"CN=Bo,{BASE}"]))
    later = now(earlier, entry(1, f"CN=Bo Lee,{BASE}"))
    assert values(later, "publicDelegates") == {"Ann": kept}
    assert values(later, "title") == {"Ann": [f"CN=Bo,{BASE}"]}
    assert later.changed == {UUID(int=1)}


def test_two_who_change_their_names_are_not_confused():
    """Each reference follows its own person."""
    earlier = read(
        entry(1, f"CN=A,{BASE}"),
        entry(2, f"CN=B,{BASE}"),
        entry(3, f"CN=C,{BASE}", manager=[f"CN=A,{BASE}"]),
        entry(4, f"CN=D,{BASE}", manager=[f"CN=B,{BASE}"]),
    )
    later = now(earlier, entry(1, f"CN=B,{BASE}"), entry(2, f"CN=A,{BASE}"))
    assert values(later, "manager") == {"C": [f"CN=B,{BASE}"], "D": [f"CN=A,{BASE}"]}


def test_who_takes_the_name_of_somebody_deleted_is_not_their_substitute():
    """The manager is gone, and the new one of that name is somebody else."""
    earlier = read(entry(1, f"CN=A,{BASE}"), entry(2, f"CN=C,{BASE}", manager=[f"CN=A,{BASE}"]))
    later = now(earlier, entry(3, f"CN=A,{BASE}"), gone=[1])
    assert values(later, "manager") == {}
    assert (later.changed, later.deleted) == ({UUID(int=2), UUID(int=3)}, {UUID(int=1)})


def test_groups_of_members_follow_the_groups():
    """Only the group is said to have changed; groups of other domains stay."""
    elsewhere = "CN=G,DC=other"
    ann = entry(1, f"CN=Ann,{BASE}", memberOf=[elsewhere, f"CN=Team,{BASE}"])
    team = entry(2, f"CN=Team,{BASE}", "group", member=[f"CN=Ann,{BASE}"])
    later = now(read(ann, team), entry(2, f"CN=Team,{BASE}", "group"))
    assert values(later, "memberOf") == {"Ann": [elsewhere]}
    assert values(now(later, team), "memberOf") == {"Ann": sorted([elsewhere, f"CN=Team,{BASE}"])}
    assert values(now(read(ann, team), gone=[2]), "memberOf") == {"Ann": [elsewhere]}


def test_what_did_not_change_is_the_same():
    """Nothing is said of it."""
    earlier = read(entry(1, f"CN=Ann,{BASE}"), entry(2, f"CN=Team,{BASE}", "group", member=[f"CN=Ann,{BASE}"]))
    later = now(evolve(earlier, entries=[*now(earlier, *earlier.entries).entries]))
    assert not later.changed
    assert not later.deleted
    assert later.of_kind(EntryKind.GROUP) == (earlier.entries[1],)
