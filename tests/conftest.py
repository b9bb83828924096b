"""What holds for all tests: no example has a deadline, because nothing here is timed.

Where CI is set, Hypothesis takes the same examples each time: a change is judged by what it changes. Everywhere else it
looks for new ones.
"""

import gc
import os
import sys
from itertools import islice

from amount import CI, examples

# What collecting makes lives to the end, and most of what tests make dies young: looking for circles in it as often as
# Python does by itself takes a tenth of the run.
gc.disable()
gc.set_threshold(50_000, 20, 20)


def pytest_configure(config):
    """Keep bytecode, and then load Hypothesis, which is large, and say how it is to work."""
    keep_bytecode(config)
    from hypothesis import HealthCheck, settings  # noqa: PLC0415 - without bytecode it takes two seconds

    settings.register_profile(
        "o365prov",
        deadline=None,
        derandomize=CI,
        max_examples=int(os.environ.get("EXAMPLES", examples(40))),  # more of them in a longer run
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("o365prov")


def keep_bytecode(config):
    """Keep bytecode in pytest's cache where Python is told not to write any beside the sources.

    Each process would compile anew what it imports, and every worker all the tests: half a minute in all. Who changes
    sources faster than their times tell, as the mutation session does, switches the cache off.
    """
    if sys.dont_write_bytecode and config.pluginmanager.has_plugin("cacheprovider"):
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(config.cache.mkdir("bytecode"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix


def pytest_collection_modifyitems(items):
    """Let every worker begin with some of the files of chaos, whose tests wait for processes and leases of their own.

    At first each worker has an equal part of all tests, in their order, and steals from the others when it is through
    (``--dist worksteal``): the files of chaos stand beside each other, and one worker would do nearly all of them.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    chaos = [each for each in items if each.path.parent.name == "chaos"]
    files = sorted({each.path for each in chaos})
    others = iter([each for each in items if each.path.parent.name != "chaos"])
    left, spread = len(items), []
    for number in range(workers):
        part = [each for each in chaos if files.index(each.path) % workers == number]
        share = left // (workers - number)
        part += islice(others, max(share - len(part), 0))
        spread += part
        left -= len(part)
    items[:] = [*spread, *others]


def pytest_collection_finish():
    """Search for circles from now on, and leave what is there already out of it."""
    gc.collect()
    gc.freeze()
    gc.enable()
