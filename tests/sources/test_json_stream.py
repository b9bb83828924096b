"""JSON of any layout is read piece by piece, and gives what Python's decoder gives of the whole."""

import json
import tracemalloc
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.errors import SourceError
from o365prov.sources import okta_json
from o365prov.structuring import IssueList, json_stream, read_objects

RECORDS = st.lists(
    st.dictionaries(st.sampled_from('ab€\\"\n'), st.text(max_size=6) | st.integers() | st.none(), max_size=3),
    max_size=6,
)


def found(path):
    """The objects of a file, and the issues."""
    issues = IssueList("x")
    return [each.values for each in read_objects(path, issues)], [str(each) for each in issues.issues]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """A file."""
    return tmp_path_factory.mktemp("json") / "users.json"


@given(RECORDS, st.integers(1, 40), st.sampled_from(["list", "pages", "apart", "lines"]), st.sampled_from([None, 1]))
def test_pieces_of_any_size_give_the_same(path, records, size, layout, indent):
    """A list, pages in a list, pages one after another and one object a line, cut anywhere, within a character too."""
    pages = [records[at : at + 2] for at in range(0, len(records), 2)]
    text = {
        "list": lambda: json.dumps(records, indent=indent, ensure_ascii=False),
        "pages": lambda: json.dumps(pages, indent=indent),
        "apart": lambda: "\n".join(json.dumps(page, indent=indent, ensure_ascii=False) for page in pages) or "[]",
        "lines": lambda: "\n".join(map(json.dumps, records)) if len(records) > 1 else json.dumps(records),
    }[layout]()
    path.write_text(text, encoding="utf-8")
    before, json_stream._CHUNK = json_stream._CHUNK, size
    try:
        assert found(path) == (records, [])
    finally:
        json_stream._CHUNK = before


@given(st.text(st.sampled_from('[]{},:" 1ae\\u\n'), max_size=12), st.integers(1, 9))
def test_what_is_not_json_is_refused_as_python_refuses_it(path, text, size):
    """Whatever a text is made of, it is read where Python's decoder reads it, in pieces of any size."""
    path.write_text(f"[{text}]", encoding="utf-8")
    before, json_stream._CHUNK = json_stream._CHUNK, size
    try:
        values, issues = found(path)
    finally:
        json_stream._CHUNK = before
    try:
        whole = json.loads(f"[{text}]")
    except ValueError:
        assert issues
    else:
        pages = [each for page in whole if isinstance(page, list) for each in page]
        of_pages = bool(whole) and isinstance(whole[0], list)
        assert values == [each for each in (pages if of_pages else whole) if isinstance(each, dict)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"a": 1}\n {"b": 2}]', "line 2, column 2: is not JSON (Expecting ',' delimiter)"),
        ('[{"a": 1},\n', "line 2, column 1: is not JSON (Expecting value)"),
        ('[{"a": 1}', "line 1, column 10: is not JSON (it ends within a list)"),
        ('[\n\n{"a": x}]', "line 3, column 7: is not JSON (Expecting value)"),
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1_000])
def test_the_place_of_what_is_wrong_is_that_in_the_file(path, monkeypatch, text, place, size):
    """However much of the file was read and let go of before."""
    monkeypatch.setattr(json_stream, "_CHUNK", size)
    path.write_text(text)
    [issue] = found(path)[1]
    assert place in issue


def test_people_are_given_one_by_one_in_little_memory(path):
    """Four megabytes in two, and what is wrong at the end is said at the end."""
    profile = {"login": "ann@corp.example", "about": "x" * 1_000}
    with path.open("w") as file:
        file.write("[")
        for number in range(4_000):
            line = json.dumps({"id": f"00u{number}", "status": "ACTIVE", "profile": profile})
            file.write(f"{',' if number else ''}{line}")
        file.write('] "and then"')
    tracemalloc.start()
    people = okta_json.stream_users(path)
    count = sum(1 for _ in islice(people, 4_000))
    with pytest.raises(SourceError, match="should be a list"):
        next(people)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_000
    assert peak < 2 * 2**20
