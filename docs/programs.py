"""The examples of the pages as programs for the type checkers: ``python docs/programs.py FOLDER``.

The examples of a page run one after the other, as in a session of Python; each page becomes one program. Examples that
are to fail are left out. In a session a function needs no annotations, a name may get another value, and what is not
None is seen; everything else is checked.
"""

from __future__ import annotations

import sys
from doctest import DocTestParser
from pathlib import Path

HERE = Path(__file__).parent
HEAD = """\
# mypy: allow-redefinition, allow-untyped-defs, allow-untyped-calls, allow-incomplete-defs
# mypy: disable-error-code="union-attr, import-untyped"
# pyright: basic, reportOptionalMemberAccess=false, reportUnusedExpression=false
"""


def main(folder: Path) -> None:
    """Write a program for each page that has examples."""
    for page in sorted(HERE.glob("*.md")):
        examples = DocTestParser().get_examples(page.read_text("utf-8"), page.name)
        program = "".join(each.source for each in examples if each.exc_msg is None)
        if program:
            (folder / f"{page.stem.replace('-', '_')}.py").write_text(HEAD + program, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
