"""Pages and notebooks as a real browser shows them, light and dark, on a wide screen and on a narrow one.

Words stand at the left, nothing reaches beyond the edge, no word of a table's head is broken, and each differs enough
from what is behind it to be read.
"""

import pytest
from amount import CI
from browser import THEMES, corners, looked_at, needs_browser
from forms import OVERVIEWS, SHOWN
from notebooks import NOTEBOOKS, fragments, in_jupyter

pytestmark = needs_browser

LONG = "anamewithoutablank" * 12


def wrong(found):
    """What is wrong, by page, theme and width."""
    return {name: faults for name, faults in found.items() if faults}


everything = pytest.mark.skipif(not CI, reason="dozens of pages take seconds: CI looks at them")


@everything
def test_pages_look_well(tmp_path):
    """Every page for a reviewer; and its paper is light or dark as the reader's system is."""
    found, photograph = looked_at({name: shown.to_html() for name, shown in SHOWN.items()}, tmp_path)
    assert len(found) == 4 * len(SHOWN)
    assert wrong(found) == {}
    light, dark = corners(photograph)
    assert min(light) > 240
    assert max(dark) < 40


@everything
def test_notebooks_look_well(tmp_path, monkeypatch):
    """Everything that the cells of the notebooks show, and whatever else Jupyter shows of ours."""
    monkeypatch.chdir(NOTEBOOKS[0].parent)
    cells = {name: html for notebook in NOTEBOOKS for name, html in fragments(notebook).items()}
    assert {name.split()[0] for name in cells} == {notebook.stem for notebook in NOTEBOOKS}
    others = {name: shown._repr_html_() for name, shown in SHOWN.items()}
    others |= {name: shown._repr_html_() for name, (shown, _) in OVERVIEWS.items()}
    pages = {name: in_jupyter(html) for name, html in (cells | others).items()}
    found, photograph = looked_at(pages, tmp_path)
    assert len(found) == 4 * len(pages)
    assert wrong(found) == {}
    light, dark = corners(photograph)
    assert min(light) > 240
    assert max(dark) < 40


def test_what_looks_bad_is_found(tmp_path):
    """The eyes behind these tests see words at the right, words beyond the edge, and words that are hard to read."""
    bad = (
        "<!DOCTYPE html><table><thead><tr><th style='width: 1em; overflow-wrap: anywhere'>Broken</th></tr></thead>"
        "<tr><td style='text-align: right'>right</td></tr></table>"
        f"<p>{LONG}</p><p style='color: #999; background: #fff'>pale</p>"
    )
    found, _ = looked_at({"bad": bad}, tmp_path)
    for theme in THEMES:
        said = " ".join(found[f"bad, {theme}, 420 px"])
        assert 'not at the left: td "right"' in said
        assert 'beyond the edge: p "aname' in said
        assert 'contrast 2.8: p "pale"' in said
        assert 'broken: th "Broken"' in said
        assert "the page can be scrolled" in said
