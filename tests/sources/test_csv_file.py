"""People, groups and assignments from CSV files."""

from datetime import UTC, datetime

import pytest

from o365prov.errors import ConfigurationError, SourceError
from o365prov.people import Grants, GroupAssignment, LicenseGrant, UserStatus
from o365prov.sources import csv_file


@pytest.fixture
def write(tmp_path):
    """Writes a CSV file and gives its path."""

    def _write(content):
        path = tmp_path / "people.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


def problems(path):
    """What is wrong with a file, without its path."""
    with pytest.raises(SourceError) as raised:
        csv_file.read_people(path)
    assert all(line.startswith(f"{path}: ") and "\n" not in line for line in map(str, raised.value.issues))
    return [line.removeprefix(f"{path}: ") for line in map(str, raised.value.issues)]


def test_row_becomes_person(write):
    """Columns are profile attributes, except for id, status and passwordChanged."""
    [person] = csv_file.read_people(
        write("id,login,email,status,passwordChanged\n1,ann@b.c,a@b.c,SUSPENDED,2025-02-04T22:44:22Z\n")
    )
    assert (person.id, person.status, person.source) == ("1", UserStatus.SUSPENDED, "OKTA")
    assert person.password_changed == datetime(2025, 2, 4, 22, 44, 22, tzinfo=UTC)
    assert dict(person.profile) == {"login": "ann@b.c", "email": "a@b.c"}


def test_empty_cell_is_null(write):
    """A cell without text is null, an empty status means ACTIVE, an empty instant none."""
    [person] = csv_file.read_people(write("id,login,title,status,passwordChanged\n1,ann@b.c,,,\n"))
    assert (person.profile["title"], person.status, person.password_changed) == (None, UserStatus.ACTIVE, None)


def test_quoted_cells(write):
    """Quotes hold delimiters, quotes and line ends; lines are counted right after them."""
    path = write('id,login,title\r\n1,ann@b.c,"Head, ""all""\r\nSales"\r\n2,,x\r\n')
    assert problems(path) == ["line 4: login is empty: fill it in"]


def test_byte_order_mark_and_spaces_in_the_header(write):
    """What spreadsheets write before the first column does not change its name."""
    [person] = csv_file.read_people(write(b"\xef\xbb\xbfid, login\n1,ann@b.c\n"))
    assert (person.id, person.profile["login"]) == ("1", "ann@b.c")


def test_another_delimiter(write):
    """The delimiter can be given; a header that seems to use another one says so."""
    path = write("id;login\n1;ann@b.c\n")
    assert len(csv_file.read_people(path, delimiter=";")) == 1
    assert problems(path)[0] == "line 1: the column id is missing: pass delimiter=';'"


def test_empty_lines_are_left_out(write):
    """A line without anything is no row."""
    assert len(csv_file.read_people(write("id,login\n\n1,ann@b.c\n\n"))) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["is empty: export it again"]),
        (
            "name\nAnn\n",
            [
                "line 1: the column id is missing: add it to the header",
                "line 1: the column login is missing: add it to the header",
            ],
        ),
        ("id,login,a,a\n", ["line 1: the column 'a' is there 2 times"]),
        ("id,login\n1\n", ["line 2: has 1 cells for 2 columns: check the quotes"]),
        ("id,login\n1,a,b\n", ["line 2: has 3 cells for 2 columns: check the quotes"]),
        ("id,login\n,a\n", ["line 2: id is empty"]),
        ("id,login\n1,a\n2,b\n1,c\n", ["line 4: has the same id as line 2"]),
        ("id,login,status\n1,a,active\n", ["line 2: the status is not one of Okta's (STAGED, "]),
        ("id,login,passwordChanged\n1,a,4.2.2025\n", ["line 2: passwordChanged is not an instant"]),
        ('id,login\n1,"a\n2,b\n', ["line 2: is not CSV (unexpected end of data): check the quotes"]),
        ('id,login\n1,"a"b\n', ["line 2: is not CSV ("]),
        ("id,login\n1," + "x" * 200_000 + "\n", ["line 2: is not CSV (field larger than"]),
        (
            "id,login,status\n,,?\n1,a,\n2,,\n",
            ["line 2: id is empty", "line 2: login is empty", "line 2: the status", "line 4: login is empty"],
        ),
    ],
)
def test_bad_rows_are_named_all_at_once(write, text, found):
    """Each thing that is wrong is one line, and one reading finds all of them."""
    told = problems(write(text))
    assert [line.startswith(start) for line, start in zip(told, found, strict=True)] == [True] * len(found)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16(write, encoding):
    """A UTF-16 file is told as such."""
    assert problems(write("id,login\n1,a\n".encode(encoding))) == [
        "is UTF-16: save it as UTF-8, or pass encoding='utf-16'"
    ]


def test_latin_1(write):
    """Another encoding is named with its line."""
    assert problems(write("id,login\n1,zoë\n".encode("latin-1"))) == [
        "line 2: is not UTF-8: save the file as UTF-8, or pass encoding="
    ]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "UTF8", "utf-8-sig"])
def test_another_encoding(write, encoding):
    """The caller may name it, as for what a spreadsheet calls ANSI or Unicode text."""
    [person] = csv_file.read_people(write("id,login\n1,zoë\n".encode(encoding)), encoding=encoding)
    assert person.profile["login"] == "zoë"


def test_what_is_not_in_the_encoding(write):
    """Bytes that the named encoding does not have."""
    path = write(b"id,login\n1,\x81\n")
    with pytest.raises(SourceError, match="is not cp1252: pass its encoding="):
        csv_file.read_people(path, encoding="cp1252")


@pytest.mark.parametrize("encoding", ["klingon", "", "base64", "\0"])
def test_there_must_be_such_an_encoding(write, encoding):
    """And it must be one of text."""
    with pytest.raises(ConfigurationError, match="encoding should be the name of an encoding"):
        csv_file.read_people(write("id,login\n"), encoding=encoding)


def test_columns_of_other_names(write):
    """Those of Okta's CSV directory integration: userName, and an identifier of any name."""
    path = write("employeeid,userName,firstName\n7,ann@b.c,Ann\n")
    hint = "add it to the header, or name the one that takes its place"
    assert problems(path) == [
        f"line 1: the column {name} is missing: {hint}: columns={{'its name': '{name}'}}" for name in ("id", "login")
    ]
    [ann] = csv_file.read_people(path, columns={"employeeid": "id", "userName": "login"})
    assert (ann.id, dict(ann.profile)) == ("7", {"login": "ann@b.c", "firstName": "Ann"})


def test_a_name_that_no_column_has_is_told(write):
    """It would do nothing in silence."""
    with pytest.raises(SourceError, match="the column 'Id' of columns= is missing"):
        csv_file.read_people(write("id,login\n1,a\n"), columns={"Id": "id"})


def test_rows_of_empty_cells_are_left_out(write):
    """Spreadsheets write them after the last person."""
    assert len(csv_file.read_people(write("id,login,title\n1,ann@b.c,\n,,\n,,\n,\n"))) == 1


def test_a_table_of_a_hundred_thousand_columns_is_told_at_once(write):
    """It is not one of people."""
    header = ",".join(f"c{number}" for number in range(125_000))
    assert problems(write(f"id,login,{header}\n")) == [
        "line 1: has 125,002 columns, and may have 1,000: is this a table of people?"
    ]


def test_people_come_one_by_one(write):
    """Each before the next row is read; what is wrong comes at the end."""
    people = csv_file.stream_people(write("id,login\n1,a\n1,b\n2,c\n"))
    assert [next(people).id, next(people).id] == ["1", "2"]
    with pytest.raises(SourceError, match="line 3: has the same id as line 2"):
        next(people)


def test_groups(write):
    """One member a row; a group without members has an empty one."""
    path = write("id,name,member\ng1,Sales,1\ng1,Sales,2\ng2,Nobody,\n")
    sales, nobody = csv_file.read_groups(path)
    assert (sales.id, sales.name, sales.members) == ("g1", "Sales", {"1", "2"})
    assert (nobody.name, nobody.members) == ("Nobody", frozenset())


def test_groups_that_contradict_themselves(write):
    """One id has one name."""
    with pytest.raises(SourceError) as raised:
        csv_file.read_groups(write("id,name,member\ng1,Sales,1\ng1,Legal,2\n,x,1\ng2,,1\n"))
    assert [str(each).split(".csv: ")[1] for each in raised.value.issues] == [
        "line 3: gives the group another name than a line before: keep one of them",
        "line 4: id is empty: fill it in",
        "line 5: name is empty: fill it in",
    ]


def test_assignments(write):
    """Of groups with their priority, and of people; licences as a plan shows them."""
    path = write(
        "group,person,priority,licenses,roles\n"
        'g1,,2,"SPE_E3 [TEAMS1, EXCHANGE_S_ENTERPRISE]; EMS",\n'
        ",1,,,Helpdesk Administrator;Global Reader\n"
    )
    assigned = csv_file.read_assignments(path)
    plans = ("EXCHANGE_S_ENTERPRISE", "TEAMS1")
    grants = Grants([LicenseGrant("EMS"), LicenseGrant("SPE_E3", plans)])
    assert assigned.groups == (GroupAssignment("g1", 2, grants),)
    assert dict(assigned.individual) == {"1": Grants((), ("Global Reader", "Helpdesk Administrator"))}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("g1,p1,1,,", "should have a group or a person"),
        (",,1,,", "should have a group or a person"),
        ("g1,,,,", "priority is not a whole number"),
        ("g1,,first,,", "priority is not a whole number"),
        ("g1,,1,SPE E3,", "a licence is not a part number"),
        ("g1,,1,SPE_E3 [],", "a licence is not a part number"),
        ("g0,,1,,", "has the same group as line 2"),
        ("g1,,0,,", "has the same priority as line 2"),
        (",p0,,,", "has the same person as line 3"),
    ],
)
def test_assignments_that_are_none(write, row, found):
    """Each is told with its line."""
    with pytest.raises(SourceError) as raised:
        csv_file.read_assignments(write(f"group,person,priority,licenses,roles\ng0,,0,,\n,p0,,,\n{row}\n"))
    assert f"line 4: {found}" in str(raised.value.issues[0])


def test_missing_file(tmp_path):
    """A missing file is told as such."""
    assert problems(tmp_path / "people.csv") == ["no such file: check the path"]


def test_messages_hold_no_personal_values(write):
    """What is wrong with a row is said without its cells."""
    text = "id,login,status,passwordChanged\nsecret,secret,secret,secret\nsecret,secret,,\nsecret,secret,,\n"
    assert "secret" not in " ".join(problems(write(text)))
