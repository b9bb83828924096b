"""Reading 100,000 people from Okta's JSON, CSV and LDIF, each against the least that could read the same file.

That is ``json.loads``, ``csv.DictReader``, and a loop that unfolds, partitions and decodes. What is read is compared
with what they give before anything is timed. The sides take turns, and the smallest processor time of each counts.
``--short`` reads a tenth.

The last row, which ``--short`` leaves out, is the peak memory of a process that streams 200,000 people with their
assignments, against one that streams 20,000.
"""

import base64
import csv
import gc
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any
from uuid import UUID

from o365prov.sources import csv_file, ldif, okta_json

PEOPLE, ROUNDS = (10_000, 5) if "--short" in sys.argv else (100_000, 3)

STREAMS = """
import sys
from pathlib import Path
from o365prov.sources import okta_json
found = sum(1 for _ in okta_json.stream_assigned(sys.argv[1]))
print(found, Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


def seconds(job: Callable[[], object]) -> float:
    """The processor time that it takes, with nothing else's garbage to collect."""
    gc.collect()
    begin = process_time()
    job()
    return process_time() - begin


def okta_user(number: int) -> dict[str, Any]:
    """A user as Okta lists them."""
    address = f"person{number}@corp.example"
    profile = {
        "firstName": "Person", "lastName": str(number), "login": address, "email": address, "mobilePhone": None,
        "title": "Clerk", "department": "Sales", "city": "Oslo", "countryCode": "NO", "displayName": f"Person {number}",
        "employeeNumber": str(number), "streetAddress": "Main street 1", "zipCode": "0123",
    }  # fmt: skip
    day = "2025-02-04T22:44:22.000Z"
    return {
        "id": f"00u{number:017}", "status": "ACTIVE", "created": day, "activated": day, "statusChanged": day,
        "lastLogin": day, "lastUpdated": day, "passwordChanged": day, "type": {"id": "oty1"}, "profile": profile,
        "credentials": {"provider": {"type": "OKTA", "name": "OKTA"}},
        "_links": {"self": {"href": f"https://corp.okta.com/api/v1/users/{number}"}},
    }  # fmt: skip


def entry(number: int) -> str:
    """A user of Active Directory, with a manager whose name is folded."""
    guid = base64.b64encode(UUID(int=number + 1).bytes_le).decode()
    return (
        f"dn: CN=Person {number},OU=Staff,DC=corp,DC=example\nobjectClass: top\nobjectClass: person\n"
        f"objectClass: user\ncn: Person {number}\nsn: {number}\ngivenName: Person\ndisplayName: Person {number}\n"
        f"sAMAccountName: p{number}\nuserPrincipalName: p{number}@corp.example\nmail: p{number}@corp.example\n"
        f"objectGUID:: {guid}\nuserAccountControl: 512\npwdLastSet: 13383182{number:010}\n"
        f"manager: CN=Person {number // 10},OU=Staff,\n DC=corp,DC=example\ntitle: Clerk\ndepartment: Sales\n"
        f"l:: TcO8bmNoZW4=\nproxyAddresses: SMTP:p{number}@corp.example\nproxyAddresses: smtp:x{number}@corp.example\n"
    )


def bare_ldif(path: Path) -> list[dict[str, list[str | bytes]]]:
    """The values of each entry, as text where they are."""
    entries = []
    for block in path.read_bytes().replace(b"\n ", b"").split(b"\n\n"):
        values: dict[str, list[str | bytes]] = {}
        for line in block.split(b"\n"):
            name, _, value = line.partition(b":")
            octets = base64.b64decode(value[2:]) if value[:1] == b":" else value[1:]
            try:
                values.setdefault(name.decode(), []).append(octets.decode())
            except UnicodeDecodeError:
                values.setdefault(name.decode(), []).append(octets)
        entries.append(values)
    return entries


def bare_csv(path: Path) -> list[dict[str, str]]:
    """The rows."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def check(found: bool) -> None:
    """Stop if what was read is something else."""
    if not found:
        raise SystemExit("what was read is not what the file has")


def report(what: str, ours: Callable[[], object], theirs: Callable[[], object], budget: str) -> None:
    """Print the line: name, measured, budget."""
    measured = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    best, bare = (min(times) for times in zip(*measured, strict=True))
    print(f"{what}  {best / bare:.2f}  {budget}")


def main() -> None:
    """Write the files, compare and measure."""
    with TemporaryDirectory() as folder:
        users, table, directory = (Path(folder, name) for name in ("users.json", "people.csv", "people.ldif"))
        records = [okta_user(number) for number in range(PEOPLE)]
        users.write_text(json.dumps(records))
        names = (
            "id",
            "login",
            "email",
            "firstName",
            "lastName",
            "displayName",
            "title",
            "department",
            "city",
            "zipCode",
        )
        rows = [[record["id"], *(record["profile"][name] for name in names[1:])] for record in records]
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([names, *rows])
        directory.write_text("\n".join(map(entry, range(PEOPLE))))

        people = okta_json.read_users(users)
        check([(each.id, dict(each.profile)) for each in people] == [(each["id"], each["profile"]) for each in records])
        found = [{"id": each.id, **each.profile} for each in csv_file.read_people(table)]
        check(found == bare_csv(table))
        accounts, bare = ldif.read_accounts(directory), bare_ldif(directory)
        check([each.attributes["email"] for each in accounts] == [each["mail"][0] for each in bare])
        check([each.attributes["proxyAddresses"] for each in accounts] == [each["proxyAddresses"] for each in bare])
        check([each.object_guid.bytes_le for each in accounts] == [_octets(each["objectGUID"][0]) for each in bare])
        del people, found, accounts, bare, records, rows

        count = f"{PEOPLE:,} people"
        report(f"reading {count} from Okta's JSON, against json.loads",
               lambda: okta_json.read_users(users), lambda: json.loads(users.read_bytes()), "2.00")  # fmt: skip
        report(f"reading {count} from CSV, against csv.DictReader",
               lambda: csv_file.read_people(table), lambda: bare_csv(table), "3.00")  # fmt: skip
        report(f"reading the accounts of {count} from LDIF, against a bare loop",
               lambda: ldif.read_accounts(directory), lambda: bare_ldif(directory), "3.20")  # fmt: skip

        if "--short" not in sys.argv:
            peaks = [peak_memory(Path(folder), count) for count in (20_000, 200_000)]
            what = "memory of streaming 200,000 people with their assignments, against 20,000"
            print(f"{what}  {peaks[1] / peaks[0]:.2f}  1.75")


def peak_memory(folder: Path, count: int) -> int:
    """The memory of a process that streams so many people, in the unit of the system."""
    (folder / okta_json.GROUP_MEMBERS).mkdir(exist_ok=True)
    (folder / okta_json.GROUPS).write_text('[{"id": "g0", "profile": {"name": "Staff"}}]')
    (folder / okta_json.APP_GROUPS).write_text('[{"id": "g0", "priority": 0}]')
    names = (folder / name for name in (okta_json.USERS, okta_json.APP_USERS, f"{okta_json.GROUP_MEMBERS}/g0.json"))
    with ExitStack() as stack:
        users, app_users, members = (stack.enter_context(name.open("w")) for name in names)
        for number in range(count):
            record = okta_user(number)
            users.write(f"{json.dumps(record)}\n")
            app_users.write(f"{json.dumps({'id': record['id'], 'scope': 'GROUP', 'profile': record['profile']})}\n")
            members.write(f"{json.dumps({'id': record['id']})}\n")
    done = subprocess.run([sys.executable, "-c", STREAMS, str(folder)], capture_output=True, check=True, text=True)  # noqa: S603 - ours
    found, peak = map(int, done.stdout.split())
    check(found == count)
    return peak


def _octets(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


if __name__ == "__main__":
    main()
