"""Diagnostics for editors: the shape of the Language Server Protocol."""

import json

import pytest

from o365prov.errors import Issue
from o365prov.expressions import Diagnostic, check_text


@pytest.mark.parametrize(
    ("before", "line", "character"),
    [
        ("", 0, 0),
        ("'a' + ", 0, 6),
        ("'\N{GRINNING FACE}' + ", 0, 7),
        ("'a' +\n ", 1, 1),
        ("'a' +\r\n", 1, 0),
        ("'a' +\r", 1, 0),
        ("'a\u2028' + ", 0, 7),
    ],
    ids=["beginning", "same line", "two units of UTF-16", "next line", "CRLF", "CR", "no line end of the protocol"],
)
def test_a_range_is_counted_as_editors_count(before, line, character):
    """Lines end with LF, CRLF or CR and count from 0, as do characters, which are units of UTF-16."""
    place = len(before)
    diagnostic = Diagnostic(
        Issue("unknown-function", "there is no such function"), f"{before}upper(x)", place, place + 5
    )
    found = diagnostic.to_lsp()["range"]
    assert found["start"] == {"line": line, "character": character}
    assert found["end"] == {"line": line, "character": character + len("upper")}


def test_a_diagnostic_is_json_with_what_an_editor_shows():
    """Severity is the protocol's number; the message says what to do as well."""
    [diagnostic] = check_text("upper(user.city)")
    shown = json.loads(json.dumps(diagnostic.to_lsp()))
    assert shown["severity"] == 1
    assert (shown["code"], shown["source"]) == ("unknown-function", "o365prov")
    assert shown["message"] == f"{diagnostic.message}; {diagnostic.remedy}"
