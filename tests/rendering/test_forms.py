"""Every form shows the same facts: text, rich tables, HTML and Markdown come from one document."""

import html
import io
import re
from html.parser import HTMLParser

import pytest
from amount import examples
from forms import PLAN, REPORT, SHOWN, VERIFICATION
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from o365prov import Plan, Report
from o365prov.errors import Issue
from o365prov.planning import CreateUser, Problem, Subject
from o365prov.rendering import Cell, Document, Facts, Mark, Note, Row, Span, Table, Tone, plain
from o365prov.rendering.html import to_page
from o365prov.rendering.markdown import to_markdown
from o365prov.rendering.text import to_text


def strings(document):
    """Every string of a document that is not empty."""
    for block in document.blocks:
        match block:
            case Note(line):
                yield plain(line)
            case Facts(pairs):
                yield from (each for pair in pairs for each in pair)
            case Table():
                yield from (plain(line) for row in block.rows for cell in row.cells for line in cell.lines)


class Reader(HTMLParser):
    """The text of a page as a browser shows it, without its style sheet."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.tags, self.styled = [], [], False
        self.feed(page)
        self.text = "".join(self.texts)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.styled = tag == "style"

    def handle_endtag(self, tag):
        self.styled = False

    def handle_data(self, data):
        if not self.styled:
            self.texts.append(data)


def printed(value):
    """What a wide terminal shows."""
    console = Console(width=4_000, file=io.StringIO(), force_terminal=False)
    console.print(value)
    return console.file.getvalue()


def unescaped(markdown):
    """Markdown without its escapes and marks."""
    plain_stars = markdown.replace("\\*", "\0")
    return html.unescape(re.sub(r"\\(.)", r"\1", re.sub(r"\*+|~~", "", plain_stars))).replace("\0", "*")


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_every_form_has_every_fact(shown):
    """What one form says, the others say, too."""
    document = shown.document()
    page, markdown, table = Reader(shown.to_html()).text, unescaped(shown.to_markdown()), printed(shown.to_table())
    for string in filter(str.strip, strings(document)):
        assert string in page
        assert string in markdown
        assert " ".join(string.split()) in " ".join(table.split())


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_the_text_names_people_values_and_remedies(shown):
    """Plain text lays the cells of a row out in a line of its own."""
    text = shown.to_text()
    for block in shown.document().blocks:
        if isinstance(block, Table):
            for row in block.rows:
                pattern = block.line if row.line is None else row.line
                assert pattern.format(*row.cells) in text


@pytest.mark.parametrize("shown", SHOWN.values(), ids=SHOWN)
def test_no_escape_strays_into_a_page(shown):
    """A newline that lays the page out is not text; nothing on the page is written as Python writes it."""
    for page in (shown.to_html(), shown._repr_html_()):
        text = html.unescape(Reader(page).text)
        assert not re.search(r"\\[nrtx]|&(?:lt|gt|amp|quot|#)", text)
        assert page.count("<table") == page.count("</table>")


HOSTILE = [
    "<script>alert(1)</script>",
    "a|b",
    "`x`",
    "**b**",
    "a\nb",
    "\x1b[31m",
    "\u202eabc",
    "{0}",
    "[a](b)",
    "a" * 500,
]


@settings(max_examples=examples(40), deadline=None)
@given(st.text(max_size=20) | st.sampled_from(HOSTILE))
def test_no_string_steers_what_shows_it(text):
    """Whatever a person is called: no markup, no control characters, no line or column of its own."""
    who = Subject(text, text, text)
    plan = Plan(
        "t",
        PLAN.made_at,
        (CreateUser(who, text, {"city": text}, "f"),),
        problems=[Problem(who, Issue("c", text, text))],
    )
    lines = plan.to_text().splitlines()
    assert len(lines) == len(plan.to_text().split("\n")) == 7
    assert "<script" not in plan.to_html()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plan.to_text() + plan.to_html())
    for line in plan.to_markdown().splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", re.sub(r"\\\\", "", line))) == 5
    assert "<script" not in plan.to_markdown()


def test_marks_are_set_off_in_each_form():
    """Old values are struck out, new ones stressed, where a form has a way to say so."""
    line = (Span("city:", Mark.NAME), " ", Span("Oslo", Mark.REMOVED), " → ", Span("Bergen", Mark.ADDED))
    document = Document("T", [Table("Changes", ("What",), [Row((Cell((line,), Tone.CHANGE),))], "~ {0}", "changes")])
    assert to_text(document) == "~ city: Oslo → Bergen"
    assert "<del>Oslo</del> → <ins>Bergen</ins>" in to_page(document)
    assert "city: ~~Oslo~~ → **Bergen**" in to_markdown(document)


def test_a_report_and_a_verification_have_the_verbs_of_a_plan():
    """Rows, JSON, files and pages: what can be done with a plan can be done with what became of it."""
    verbs = ("to_dicts", "to_json", "from_json", "save", "load", "to_text", "to_html", "to_markdown", "to_table")
    assert [verb for verb in verbs if not all(hasattr(each, verb) for each in (PLAN, REPORT, VERIFICATION))] == []
    [done, failed] = REPORT.to_dicts()
    assert (done["result"], done["object_id"], failed["message"]) == ("done", "id-ann", "403: grant the permission")
    assert Report.from_json(REPORT.to_json()) == REPORT
