"""Pages as a real browser shows them: every row is there, nothing runs, nothing is loaded, nothing overflows."""

import re
from html import unescape

import pytest
from browser import browse, needs_browser
from forms import PLAN, SHOWN

from o365prov.planning import Outcome, Report, Result

pytestmark = needs_browser


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """All pages one below the other as frames would cost a browser each: they are loaded as one document."""
    folder = tmp_path_factory.mktemp("pages")
    bodies = []
    for name, shown in SHOWN.items():
        page = shown.to_html()
        bodies.append(f"<article title='{name}'>{re.search('<body>(.*)</body>', page, re.DOTALL)[1]}</article>")
    head = re.search("<head>(.*)</head>", SHOWN["plan"].to_html(), re.DOTALL)[1]
    whole = folder / "pages.html"
    whole.write_text(f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(bodies)}</body></html>", "utf-8")
    return browse(whole, folder / "profile")


def test_a_browser_finds_every_row(pages):
    """What was written is what the browser holds: as many rows and tables, and each person by name."""
    written = "".join(shown.to_html() for shown in SHOWN.values())
    for tag in ("<tr", "<table", "<ins", "<del", "<h2"):
        assert pages.count(tag) == written.count(tag)
    assert all(name in pages for name in ("Ann Lee", "Bo Ross", "Cy Young"))


def test_a_browser_shows_no_stray_escape(pages):
    """Nothing on a page is written as Python or HTML write it."""
    text = unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", pages, flags=re.DOTALL))
    assert not re.search(r"\\[nrtx]|&(?:lt|gt|amp|quot|#)", text)


def test_a_browser_runs_nothing(pages):
    """No scripts, and the policy that forbids them is in force."""
    assert "<script" not in pages
    assert "default-src 'none'" in unescape(pages)


MEASURE = """
<script>
const broken = [...document.querySelectorAll("td:first-child")].filter((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  const lines = new Set([...range.getClientRects()].map((each) => Math.round(each.top)));
  return !/\\s/.test(cell.textContent.trim()) && lines.size > 1;
});
document.title = "broken: " + broken.map((cell) => cell.textContent).join(" ");
</script>
"""


def test_a_browser_keeps_each_result_on_one_line(tmp_path):
    """How a change ended is one word, and is read as one."""
    outcomes = tuple(
        Outcome(PLAN.changes[0], result, "id", "why, at some length, so that columns are tight") for result in Result
    )
    page = Report("plan-1", outcomes, stopped="the lease ended").to_html()
    assert all(f">{result}<" in page for result in Result)
    free = re.sub(r"<meta http-equiv[^>]*>", "", page)
    measured = tmp_path / "report.html"
    measured.write_text(free.replace("</body>", f"{MEASURE}</body>"), "utf-8")
    assert "<title>broken: </title>" in browse(measured, tmp_path / "profile")
