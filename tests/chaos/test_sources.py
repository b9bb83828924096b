"""Every reader of a source, given files that are damaged, cut, doubled and stuffed: people, or one error in lines.

How many: a hundred times ``CHAOS`` for each reader (10,000 in ``nox -s chaos``), a thousand in CI, a hundred elsewhere.
Nothing else comes out of a reader, and none takes five seconds.
"""

import json
import random
import time
import zlib
from pathlib import Path

import pytest
from amount import times

from o365prov.errors import SourceError
from o365prov.sources import DirectoryRead, OktaRead, csv_file, ldif, okta_json

DATA = Path(__file__).parents[2] / "examples" / "data"
TIMES = 100 * times(1)
MOST_SECONDS = 5

PEOPLE = 'id,login,email,status,passwordChanged,kind\n1,ann,"a,b@c.d",ACTIVE,2025-02-04T22:44:22Z,\n2,bo,,,,guest\n'
GROUPS = "id,name,member\ng1,Sales,1\ng1,Sales,2\ng2,All,\n"
ASSIGNMENTS = 'group,person,priority,licenses,roles\ng1,,1,"SPE_E3 [TEAMS1, X];SPE_F1",Reader\n,1,,SPE_E3,\n'
READERS = {
    "users": (okta_json.read_users, (DATA / okta_json.USERS).read_bytes()),
    "accounts": (okta_json.read_directory_accounts, (DATA / okta_json.AD_APP_USERS).read_bytes()),
    "groups": (okta_json.read_groups, (DATA / okta_json.GROUPS).read_bytes()),
    "assignments": (okta_json.read_assignments, (DATA / okta_json.ASSIGNMENTS).read_bytes()),
    "ldif": (ldif.read_accounts, (DATA / "active-directory.ldif").read_bytes()),
    "ldif utf-16": (ldif.read_accounts, (DATA / "active-directory.ldif").read_text("utf-8").encode("utf-16")),
    "directory read": (DirectoryRead.load, (DATA / "active-directory.ldif").read_bytes()),
    "okta read": (OktaRead.load, b'{"format": "o365prov.okta-read/1", "digest": "", "export": {"people": []}}'),
    "csv people": (csv_file.read_people, PEOPLE.encode()),
    "csv groups": (csv_file.read_groups, GROUPS.encode()),
    "csv assignments": (csv_file.read_assignments, ASSIGNMENTS.encode()),
}
STUFFING = (
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\\ud800", b'"', b"{", b"[" * 2_000, b"]", b"\n", b"\r", b"\n\n", b" ", b"\t"),
    *(b":", b"::", b":<", b";range=0-*", b"-", b"#", b"isDeleted: TRUE\n", b"9" * 5_000, b"NaN", b"1e999", b"null"),
    *(b",", b";", b"=", b"dn: CN=x,DC=y\n", b'"id": "00u1",', b"\xe2\x80\xa8", "é".encode("latin-1"), b"x" * 100_000),
)


def damaged(content, chance):
    """The content after some accidents."""
    content = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at, end = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        match chance.randrange(6):
            case 0:
                content[at:at] = chance.choice(STUFFING)
            case 1:
                content[at : at + 1] = bytes([chance.randrange(256)])
            case 2:
                del content[at:end]
            case 3:
                content[at:at] = content[at : min(end, at + 4_000)]
            case 4:
                del content[at:]
            case 5:
                content[at : at + 20] = chance.choice(STUFFING)
    return bytes(content)


@pytest.mark.parametrize("name", READERS)
def test_whatever_a_file_holds_is_read_or_refused_in_lines(name, tmp_path):
    """One error of the package, whose lines can be printed, and no other; and soon."""
    read, content = READERS[name]
    chance = random.Random(zlib.crc32(name.encode()))  # noqa: S311 - guards nothing
    path = tmp_path / "file"
    for number in range(TIMES):
        path.write_bytes(damaged(content, chance))
        began = time.process_time()
        try:
            read(path)
        except SourceError as error:
            lines = [str(each) for each in error.issues]
            assert lines, f"input {number}"
            assert all(map(str.isprintable, lines)), f"input {number}: {lines}"
            json.dumps(lines).encode()
        assert time.process_time() - began < MOST_SECONDS, f"input {number}"
