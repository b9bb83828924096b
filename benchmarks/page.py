"""The page of benchmarks: what `nox -s bench` has printed, as a table for each script, and the machine that it ran on.

``python benchmarks/page.py FOLDER`` reads ``bench_….txt`` in the folder, each what the script of that name printed, and
writes ``docs/benchmarks.md``.
"""

from __future__ import annotations

import ast
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

`nox -s bench` writes this page. Most lines are a ratio of two things that were measured in turns on one machine, so
they mean the same on another one: this library against a peer, against the same thing written by hand, or against what
has to be done anyway, such as `json.loads` of what Graph answers. A line over its budget fails the session. Where many
programs are at work, wall times are worse, and so is whatever lives from the processor's caches.

{machine}
"""
SECTION = """
## {name}

{about}

| what | measured | budget |
|---|--:|--:|
{rows}
"""
LINE = re.compile(r"^(.+?)  ([\d.]+)  (.+)$", re.MULTILINE)


def main(folder: Path) -> None:
    """Write the page."""
    sections = [section(HERE / f"{each.stem}.py", each.read_text("utf-8")) for each in sorted(folder.glob("*.txt"))]
    PAGE.write_text(HEAD.format(machine=machine()) + "".join(sections), "utf-8")


def section(script: Path, printed: str) -> str:
    """What a script is about, in the words of its docstring, and a row for each ratio that it printed."""
    about = ast.get_docstring(ast.parse(script.read_text("utf-8"))) or ""
    rows = [f"| {words(name)} | {measured} | {words(budget)} |" for name, measured, budget in LINE.findall(printed)]
    return SECTION.format(name=title(script), about=about.replace("``", "`"), rows="\n".join(rows))


def words(text: str) -> str:
    """A string in which nothing means something to Markdown."""
    return re.sub(r"([\\`*_|<\[])", r"\\\1", text.strip())


def title(script: Path) -> str:
    """The name of a script's section."""
    return script.stem.removeprefix("bench_").replace("_", " ").capitalize()


def machine() -> str:
    """Where and when it was measured, and of which code."""
    describe = ["git", "-C", str(HERE), "log", "-1", "--format=%h"]
    commit = subprocess.run(describe, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    busy = os.getloadavg()[-1]
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} at commit `{commit or 'unknown'}`: {processor()}, {os.cpu_count()} "
        f"cores, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}, "
        f"{platform.python_implementation()} {platform.python_version()}; {busy:.0f} programs were at work at a time."
    )


def processor() -> str:
    """The processor's name, as far as the system tells."""
    known = Path("/proc/cpuinfo")
    named = re.search(r"^model name\s*: (.+)$", known.read_text(), re.MULTILINE) if known.exists() else None
    return named[1] if named else platform.processor() or platform.machine()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
