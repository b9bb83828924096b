"""Strings of others, as they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o365prov import TenantSnapshot
from o365prov.rendering.escaping import escape_html, escape_markdown, printable


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
def test_control_characters_become_escapes(text, shown):
    """They reach neither the terminal nor the order of lines and letters."""
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
def test_names_stay_as_they_are(name):
    """Letters and joiners of every script, and marks that mean something in other forms only."""
    assert printable(name) == name


@given(st.text(st.characters()))
def test_everything_shown_is_one_line_that_can_be_encoded(text):
    """For any string."""
    assert len(printable(text).splitlines()) <= 1
    printable(text).encode()


def test_html_is_escaped():
    """In elements and in attributes, and on one line."""
    assert escape_html("<b title='x' id=\"y\">\n&amp;") == (
        "&lt;b title=&#x27;x&#x27; id=&quot;y&quot;&gt;\\n&amp;amp;"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*Ann* _Lee_ `x`", r"\*Ann\* \_Lee\_ \`x\`"),
        ("a|b ~c~ [d](e)", r"a\|b \~c\~ \[d\](e)"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("@ann #1 $x$", r"\@ann \#1 \$x\$"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("a-b 1.5", "a-b 1.5"),
    ],
)
def test_markdown_is_escaped(text, shown):
    """What begins a mark, a list, a link or a mention is text."""
    assert escape_markdown(text) == shown


def test_the_repr_of_a_snapshot_escapes_the_tenants_name():
    """A tenant can be named so that a terminal would obey."""
    snapshot = TenantSnapshot("t", name="Corp\x1b[2J\nTenantSnapshot(Other")
    assert repr(snapshot) == r"TenantSnapshot(Corp\x1b[2J\nTenantSnapshot(Other, 0 users, read None)"
