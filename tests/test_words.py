"""The package, its tests' names and its pages speak plain present-day English, in the field's own words.

What is listed here was once all over the code, in messages that needed a second reading. Microsoft's and Okta's own
terms are allowed by name.
"""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BANNED = {
    r"(?<![Tt]here )\b(?:is|are|was|were) no (?!longer\b|more\b|one\b|matter\b|news\b)[a-z]+\b": 'say "is not a ..."',
    r"\banew\b": 'say "again"',
    r"\btheirs\b": "name whose",
    r"\bsettl(?:e|es|ed|ing)\b": "say matched, finished or decided",
    r"\b(?:drawn?|drew|draws) (?:a |the |this )?plans?\b|\bplans? (?:is|was|are|were) drawn\b": "plans are made",
    r"\blegible\b": 'say "printable"',
    r"\bprospects?\b": 'say "outcome"',
    r"\bfront door\b|\bFrontDoor\b": "it is the gateway",
    r"\bpassages?\b": "it is a request",
    r"\b(?:a|one) text (?:or null|that|which)\b|\b(?:should be|must be|not) a text\b": 'say "a string"',
    r"\bwires?\b": 'say "transport"',
    r"\bherebelow\b|\bwhilst\b|\bthereof\b": "say it plainly",
}
"""Pattern → what to say instead."""

ANY_BANNED = re.compile("|".join(BANNED))
ALLOWED = re.compile(r"over the wire|on the wire|the wire\b|wire format|Exchange Online")

CODE = sorted((ROOT / "o365prov").rglob("*.py"))
PAGES = [
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if "_build" not in page.parts),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
]


def prose(path):
    """The strings and comments of a module, or the lines of a page without its code, with their line numbers."""
    text = path.read_text("utf-8")
    if path.suffix == ".md":
        yield from enumerate(re.sub(r"`[^`\n]+`", "", text).splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.STRING, tokenize.COMMENT):
            yield from enumerate(token.string.splitlines(), token.start[0])


def found_in(path):
    """Every banned word of a file, with its line and what to say instead."""
    if not ANY_BANNED.search(ALLOWED.sub("", path.read_text("utf-8"))):
        return []  # most files; taking them apart takes ten times as long
    return [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {match[0]!r}: {remedy}"
        for number, line in prose(path)
        for pattern, remedy in BANNED.items()
        for match in re.finditer(pattern, ALLOWED.sub("", line))
    ]


@pytest.mark.parametrize("paths", [CODE, PAGES], ids=["code", "pages"])
def test_sentences_are_plain(paths):
    """No word that a reader from Okta's, Microsoft's or Python's documentation would stumble over."""
    assert [found for path in paths for found in found_in(path)] == []


PRODUCTS = {"Exchange", "FrontDoor", "Application", "Teams", "Intune", "Outlook"}
VAGUE = {"settle", "settled", "legible", "several", "standing", "stepping", "draw_plan", "prospect", "mistake"}
DEFINED = re.compile(r"^\s*(?:async )?(?:class|def) (\w+)", re.MULTILINE)


def test_names_are_the_fields_own():
    """No class is named like a product of Microsoft's, and no function or module in a private English."""
    assert [
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in CODE
        for name in {path.stem, *DEFINED.findall(path.read_text("utf-8"))}
        if name in PRODUCTS or name.strip("_") in VAGUE
    ] == []
