"""People from a CSV file."""

from datetime import UTC, datetime

import pytest

from o365prov.errors import SourceError
from o365prov.people import UserStatus
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
    assert problems(write("id,login\n1,a\n".encode(encoding))) == ["is UTF-16: save it as UTF-8"]


def test_latin_1(write):
    """Another encoding is named with its line."""
    assert problems(write("id,login\n1,zoë\n".encode("latin-1"))) == ["line 2: is not UTF-8: save the file as UTF-8"]


def test_missing_file(tmp_path):
    """A missing file is told as such."""
    assert problems(tmp_path / "people.csv") == ["no such file: check the path"]


def test_messages_hold_no_personal_values(write):
    """What is wrong with a row is said without its cells."""
    text = "id,login,status,passwordChanged\nsecret,secret,secret,secret\nsecret,secret,,\nsecret,secret,,\n"
    assert "secret" not in " ".join(problems(write(text)))
