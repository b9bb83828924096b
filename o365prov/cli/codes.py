"""What the codes of problems, issues and diagnostics mean: one table, for ``o365prov explain`` and the page of codes.

``python -m o365prov.cli.codes`` writes the page, ``docs/codes.md``.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.resources import files
from itertools import groupby

import click
from attrs import asdict, frozen

from o365prov.cli.showing import Form, form_options, show_lines
from o365prov.errors import ConfigurationError
from o365prov.rendering import shortened

_HEAD = """\
# Codes

Each problem of a plan, each issue of a file and each diagnostic of an expression has a `code`, which stays the same
while messages get better; plans name it behind each problem. `o365prov explain CODE` says what this page says of it.
The codes of a {py:class}`~o365prov.errors.GraphError` are Graph's own; [](errors.md) has the errors that are raised.
This page is made by `python -m o365prov.cli.codes`.
"""


@frozen
class ExplainedCode:
    """What a code means.

    Args:
        area: what it is about.
        code: the code; with an ellipsis where a part of it is the name of something, as in ``bad_…``.
        cause: what is wrong.
        remedy: what to do about it.

    """

    area: str
    code: str
    cause: str
    remedy: str

    def is_about(self, code: str) -> bool:
        """Whether *code* is this one."""
        return re.fullmatch(re.escape(self.code).replace("…", ".+"), code) is not None


@cache
def explained_codes() -> tuple[ExplainedCode, ...]:
    """All codes, those of an area one after the other."""
    text = files("o365prov.cli").joinpath("codes.tsv").read_text("utf-8")
    return tuple(ExplainedCode(*line.split("\t")) for line in text.splitlines()[1:])


@click.command()
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@form_options
def explain(codes: tuple[str, ...], form: Form | None) -> int:
    """Say what the codes of problems mean, and what to do."""
    found = [_named(code) for code in codes]
    lines = [f"{code}: {each.cause}\n    {each.remedy}" for code, each in zip(codes, found, strict=True)]
    rows = [{**asdict(each), "code": code} for code, each in zip(codes, found, strict=True)]
    show_lines("o365prov explain", lines, form, rows)
    return 0


def _named(code: str) -> ExplainedCode:
    if (found := next((each for each in explained_codes() if each.is_about(code)), None)) is not None:
        return found
    raise ConfigurationError(f"there is no code {shortened(code)}: write one as a plan or a check names it")


def codes_page() -> str:
    """The page of codes."""
    parts = [_HEAD]
    for area, rows in groupby(explained_codes(), key=lambda each: each.area):
        parts.append(f"\n## {area}\n\n| code | what happened | what to do |\n|---|---|---|\n")
        parts += [f'| <span id="{each.code}">`{each.code}`</span> | {each.cause} | {each.remedy} |\n' for each in rows]
    return "".join(parts)


if __name__ == "__main__":
    sys.stdout.write(codes_page())
