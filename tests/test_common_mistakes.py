"""The page of common mistakes: each is an error where the value is made, and its message says what to write."""

import re
from doctest import DocTestParser
from pathlib import Path

import pytest

from o365prov import ConfigurationError

PAGE = Path(__file__).parents[1] / "docs" / "common-mistakes.md"
PREAMBLE, *SECTIONS = re.split("^## ", PAGE.read_text("utf-8"), flags=re.MULTILINE)
REMEDY = re.compile(r"write |such as |one of |pass ")


def run(text, names):
    """Run the examples of a part of the page; the messages of the page, and those that were raised."""
    promised, raised = [], []
    for example in DocTestParser().get_examples(text):
        if example.exc_msg is not None:
            promised.append(example.exc_msg.partition(": ")[2].strip())
        try:
            exec(compile(example.source, PAGE.name, "single"), names)  # noqa: S102 - the examples of our own page
        except ConfigurationError as error:
            raised.append(str(error))
    return promised, raised


def test_the_page_has_ten():
    """As its title says, and what goes wrong at a call besides."""
    assert len(SECTIONS) == 10 + 1


@pytest.mark.parametrize("section", SECTIONS, ids=lambda each: each.splitlines()[0])
def test_a_mistake_is_told_with_what_to_write(section):
    """The message is the one on the page, and it is raised by the line in which the mistake is."""
    names = {}
    assert run(PREAMBLE, names) == ([], [])
    promised, raised = run(section, names)
    assert raised == promised != []
    assert [message for message in raised if not REMEDY.search(message)] == []
