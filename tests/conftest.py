"""What holds for all tests: no example has a deadline, because nothing here is timed.

Where CI is set, Hypothesis takes the same examples each time: a change is judged by what it changes. Everywhere else it
looks for new ones.
"""

import os
import sys
from pathlib import Path

from amount import CI
from hypothesis import HealthCheck, settings

settings.register_profile(
    "o365prov",
    deadline=None,
    derandomize=CI,
    max_examples=int(os.environ.get("EXAMPLES", "40" if CI else "15")),  # more of them in a longer run
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("o365prov")

if sys.dont_write_bytecode:
    # Each process would compile anew what it imports, and every worker all the tests: half a minute of two. Who wants
    # no bytecode beside the sources has it in a folder of its own.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
