"""Other people's texts, as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov.rendering.escaping import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann\x1b[2J\x1b]0;owned\x07", r"Ann\x1b[2J\x1b]0;owned\x07"),
        ("Ann\nBo\r\tCy", r"Ann\nBo\r\tCy"),
        ("Ann\u2028Bo\u2029Cy\x85", r"Ann\u2028Bo\u2029Cy\x85"),
        ("\u202egnp.exe\u2066\u200f", r"\u202egnp.exe\u2066\u200f"),
        ("Ann\ud83d", r"Ann\ud83d"),
        ("\x9b31m", r"\x9b31m"),
    ],
)
def test_what_steers_is_an_escape(text, shown):
    """Terminals, lines, and directions of writing are not told anything."""
    assert printable(text) == shown


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee",
        "D\xf6rte O'Neil",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f469\u200d\U0001f4bb",
        "[/red]",
        "a\xa0b",
    ],
)
def test_names_stay(name):
    """Every script's letters and joiners, and what only means something elsewhere."""
    assert printable(name) == name


@given(st.text(st.characters()))
def test_everything_shown_is_one_line_that_can_be_encoded(text):
    """Whatever the text."""
    assert len(printable(text).splitlines()) <= 1
    printable(text).encode()
