"""The changelog has the form of Keep a Changelog, so that people and programs find their way in it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CHANGELOG.md").read_text("utf-8")
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
VERSION = re.compile(r"\[(Unreleased|\d+\.\d+\.\d+)\](?: - \d{4}-\d{2}-\d{2})?")


def sections():
    """Version → its kinds of changes → their entries."""
    found = {}
    for version in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title, _, body = version.partition("\n")
        kinds = [part.partition("\n") for part in re.split(r"^### ", body, flags=re.MULTILINE)[1:]]
        found[title] = {kind: re.findall(r"^- ", entries, re.MULTILINE) for kind, _, entries in kinds}
    return found


def test_the_next_version_comes_first():
    """What is not released yet stands at the top."""
    assert next(iter(sections())) == "[Unreleased]"


def test_versions_and_kinds_are_the_known_ones():
    """Versions with their dates, kinds in their order, none of them empty."""
    for version, kinds in sections().items():
        assert VERSION.fullmatch(version)
        assert list(kinds) == [kind for kind in KINDS if kind in kinds]
        assert all(kinds.values())


def test_lines_are_short_enough_to_compare():
    """As everywhere: at most 120 characters."""
    assert [line for line in TEXT.splitlines() if len(line) > 120] == []


def test_the_page_of_the_structure_names_every_package():
    """A package or sub-folder that is not in the drawing can't be found there."""
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = [path.parent for path in (ROOT / "o365prov").rglob("__init__.py") if path.parent.name != "o365prov"]
    named = {f"{folder.name}/" for folder in folders if folder.parent.name != "fake_tenant"}
    assert {name for name in named if name not in page} == set()
    inner = {folder.name for folder in folders if folder.parent.name == "fake_tenant"}
    assert {name for name in inner if name not in page} == set()
