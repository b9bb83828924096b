"""What loads when: importing is cheap, and namespaces come when they are used."""

import subprocess
import sys

import pytest


def loaded_after(code):
    """The modules that a fresh interpreter has after running some code."""
    script = f"{code}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["lark", "msgraph", "azure", "httpx", "asyncio", "rich", "re2", "zoneinfo"])
def test_importing_loads_nothing_heavy(name):
    """Lark comes with the first parse, re2 with the first pattern, zones with the first time."""
    assert name not in loaded_after("import o365prov.expressions")


def test_functions_load_when_an_expression_uses_them():
    """The username expression needs strings only."""
    code = "from o365prov.expressions import Expression\nExpression('String.len(user.a)').evaluate({'user': {}})"
    modules = loaded_after(code)
    package = "o365prov.expressions.functions."
    assert package + "strings" in modules
    for unused in ("arrays", "times", "formats", "groups", "identity_engine", "identity_engine_times"):
        assert package + unused not in modules
    assert "o365prov.expressions.patterns" not in modules
    assert "re2" not in modules
