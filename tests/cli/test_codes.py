"""The codes of problems, issues and diagnostics: each is explained, by the command and a page, and none is made up."""

import re
from pathlib import Path

import pytest
from issue_codes import SOURCE, used_codes

from o365prov.cli import main
from o365prov.cli.codes import codes_page, explained_codes

PAGE = Path(__file__).parents[2] / "docs" / "codes.md"


def test_the_page_is_made_from_the_table():
    """docs/codes.md is what ``python -m o365prov.cli.codes`` writes."""
    assert PAGE.read_text("utf-8") == codes_page()


def test_every_code_is_explained():
    """Whatever the package gives as a code has a row, with its cause and what to do."""
    explained = explained_codes()
    assert [code for code in sorted(used_codes()) if not any(each.is_about(code) for each in explained)] == []
    assert [each.code for each in explained if not (each.cause and each.remedy)] == []


def stands_in_the_source(code):
    """Whether a module has the code, or makes it of a word and the name of something."""
    return f'"{code}"' in SOURCE or f'f"{code.removesuffix("…")}{{' in SOURCE or code.endswith("_not_changed")


def test_no_code_is_explained_twice_or_for_nothing():
    """A row is about a code that the package gives, and no two rows are about one."""
    codes = [each.code for each in explained_codes()]
    assert len(codes) == len(set(codes))
    assert [code for code in codes if not stands_in_the_source(code)] == []


def test_the_command_explains(capsys):
    """A code by itself, and one of many that name an attribute or a status."""
    assert main(["explain", "no_seat", "bad_usageLocation"]) == 0
    assert capsys.readouterr().out == (
        "no_seat: No seat of the licence is free\n"
        "    Buy seats or take the licence from somebody; the next plan gives it\n"
        "bad_usageLocation: A mapped value is not one that Graph takes: `bad_usageLocation`, `bad_mail`, ...\n"
        "    What the message says: correct the source, or the expression\n"
    )


@pytest.mark.parametrize("code", ["no_seats", "", "bad_", "\x1b[31m"])
def test_what_is_not_a_code_is_said(capsys, code):
    """In one line."""
    assert main(["explain", code]) == 1
    assert re.fullmatch(r"o365prov: there is no code .*\n", capsys.readouterr().err)
