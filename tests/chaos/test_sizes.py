"""Expressions of every size, over people of every size: none takes more than a second of processor time or 200 MB.

With google-re2 and without, and without measuring coverage. Where chaos is asked for, cores are idle and a second is a
second; elsewhere other tests run beside it, which makes processor time longer, too. How many: ``SIZES``, otherwise five
hundred for each hundred of ``CHAOS``, fifty in CI and five elsewhere.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from amount import times
from expression_sizes import text_of

MOST_SECONDS = 1.0 if "CHAOS" in os.environ else 3.0
UNTRACED = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "COVERAGE"))}
SEEDS = int(os.environ.get("SIZES", str(5 * times(1))))
PROGRAM = """
import json, sys
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "without":
    sys.modules["re2"] = None
from expression_sizes import run
slowest, memory = run(range(int(sys.argv[3]), int(sys.argv[4])))
print(json.dumps([slowest[:3], memory]))
"""


@pytest.mark.parametrize("re2", ["with", "without"])
def test_no_accepted_expression_takes_more_than_a_second(re2):
    """Parsing, checking, evaluating, explaining and showing, one processor second each, within 200 MB of its own."""
    support = str(Path(__file__).parents[1] / "support")
    numbers = ["0", str(SEEDS)]
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", PROGRAM, support, re2, *numbers],
        capture_output=True,
        text=True,
        check=True,
        env=UNTRACED,
    )
    slowest, memory = json.loads(done.stdout)
    assert [(seconds, step, text_of(seed)[:200]) for seconds, step, seed in slowest if seconds > MOST_SECONDS] == []
    assert memory < 200
