"""Whatever a file holds, a reader gives people or one SourceError of single lines: nothing else comes out."""

import json
from pathlib import Path

import pytest
from amount import examples
from hypothesis import example, given, settings
from hypothesis import strategies as st

from o365prov.errors import SourceError
from o365prov.sources import DirectoryRead, csv_file, ldif, okta_json

DATA = Path(__file__).parents[2] / "examples" / "data"
READERS = {
    "users": (okta_json.read_users, okta_json.USERS),
    "directory accounts": (okta_json.read_directory_accounts, okta_json.AD_APP_USERS),
    "groups": (okta_json.read_groups, okta_json.GROUPS),
    "assignments": (okta_json.read_assignments, okta_json.ASSIGNMENTS),
    "ldif": (ldif.read_accounts, "active-directory.ldif"),
}
texts = st.text(max_size=8) | st.text(st.characters(categories=["Cs", "Cc"]), max_size=3)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A file to write anything to."""
    return tmp_path_factory.mktemp("any") / "any file"


def check(read, path, content):
    """A reader of this content gives something, or says in lines what is wrong."""
    path.write_bytes(content)
    lines = problems(read, path)
    assert lines is None or lines
    for line in lines or ():
        assert line.startswith(f"{path}: ")
        assert line.isprintable()
        line.encode()


def problems(read, path):
    """The lines that the reader raises, or None."""
    try:
        read(path)
    except SourceError as error:
        return tuple(map(str, error.issues))
    return None


@pytest.mark.parametrize(
    "read",
    [
        *(read for read, _ in READERS.values()),
        csv_file.read_people,
        csv_file.read_groups,
        csv_file.read_assignments,
        DirectoryRead.load,
    ],
)
@given(content=st.binary(max_size=200))
@example(content=b"\xef\xbb\xbf")
@example(content=b"\r\n\r\n")
def test_any_bytes(path, read, content):
    """No bytes make a reader fail in any other way."""
    check(read, path, content)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=examples(50))
@given(data=st.data())
def test_damaged_export(path, name, data):
    """An export with some bytes replaced is read, or refused in lines."""
    read, file = READERS[name]
    content = (DATA / file).read_bytes()
    start = data.draw(st.integers(min_value=0, max_value=len(content)))
    length = data.draw(st.integers(min_value=0, max_value=300))
    check(read, path, content[:start] + data.draw(st.binary(max_size=8)) + content[start + length :])


def places(value, path=()):
    """The paths to everything in a JSON value."""
    yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


@pytest.mark.parametrize("name", [name for name in READERS if name != "ldif"])
@settings(max_examples=examples(50))
@given(data=st.data())
def test_other_shape(path, name, data):
    """An export in which something is of another shape is read, or refused in lines."""
    read, file = READERS[name]
    document = json.loads((DATA / file).read_text())
    document = document[:2] if isinstance(document, list) else document
    *way, last = data.draw(st.sampled_from([each for each in places(document) if each]))
    inner = document
    for key in way:
        inner = inner[key]
    inner[last] = data.draw(json_values)
    check(read, path, json.dumps(document).encode())


cells = st.text(max_size=6) | st.sampled_from(["id", "login", "status", "passwordChanged", "ACTIVE", '"', ""])


HEADERS = {
    csv_file.read_people: "id,login,status,passwordChanged,title",
    csv_file.read_groups: "id,name,member",
    csv_file.read_assignments: "group,person,priority,licenses,roles",
}


@pytest.mark.parametrize("read", HEADERS)
@given(st.booleans(), st.lists(st.lists(cells, max_size=5).map(",".join), max_size=5).map("\n".join))
@example(True, "1,a\n1,b\n,\n")
def test_any_table(path, read, has_header, text):
    """Any cells in any rows are people, groups or assignments, or refused in lines."""
    header = f"{HEADERS[read]}\n" if has_header else ""
    check(read, path, (header + text).encode("utf-8", "surrogatepass"))
