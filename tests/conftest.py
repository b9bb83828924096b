"""What holds for all tests: no example has a deadline, because nothing here is timed.

Where CI is set, Hypothesis takes the same examples each time: a change is judged by what it changes. Everywhere else it
looks for new ones.
"""

import os

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
