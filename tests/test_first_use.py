"""What loads on first use: every public name is found, and importing loads what is used and no more."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "o365prov"


def dotted(init):
    """The full name of the package with this ``__init__``."""
    return ".".join(("o365prov", *init.parent.relative_to(PACKAGE).parts))


LAZY = [each for each in sorted(PACKAGE.rglob("__init__.py")) if "on_first_use(" in each.read_text("utf-8")]


def checked(init):
    """Names by the modules from which type checkers import them."""
    tree = ast.parse(init.read_text("utf-8"))
    found = [
        each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.module.startswith("o365prov.")
    ]
    return {name.name: each.module for each in found for name in each.names}


def loaded_by(code):
    """The modules of ours that a fresh interpreter has after this code."""
    shown = f"{code}\nimport sys\nprint(*(each for each in sys.modules if each.startswith('o365prov')))"
    run = [sys.executable, "-c", shown]
    return set(subprocess.run(run, check=True, capture_output=True, text=True).stdout.split())  # noqa: S603 - from here


@pytest.mark.parametrize("init", LAZY, ids=dotted)
def test_names_are_what_type_checkers_read(init):
    """A name that loads on first use is the value of the module from which a type checker imports it."""
    package = import_module(dotted(init))
    names = checked(init)
    listed = {name: getattr(package, name) for name in package.__all__}
    assert {name: value for name, value in listed.items() if name in names} == {
        name: getattr(import_module(home), name) for name, home in names.items() if name in listed
    }


@pytest.mark.parametrize("init", LAZY, ids=dotted)
def test_names_are_listed_before_they_are_used(init):
    """As completion in a notebook and the documentation ask for them."""
    code = f"import {dotted(init)} as it\nassert set(it.__all__) <= set(dir(it)), set(it.__all__) - set(dir(it))"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - from here


def test_what_a_package_does_not_list_it_does_not_have():
    """Whoever misspells a name is told, as by any module; inner names are not found by way of the package."""
    planning = import_module("o365prov.planning")
    with pytest.raises(AttributeError, match=r"module 'o365prov.planning' has no attribute 'typed'"):
        _ = planning.typed


def test_importing_the_names_of_the_readme_loads_what_they_are_made_of():
    """Neither what makes plans nor what applies them, nor the SDK, loads before it is used."""
    loaded = loaded_by(
        "from o365prov import Office365App, SQLiteState, Tenant, UsernameFormat, UserSync\n"
        "from o365prov.sources import okta_json"
    )
    assert {"o365prov.app", "o365prov.graph.tenant", "o365prov.state.sqlite_database"} <= loaded
    late = ("planning.planner", "planning.rules", "planning.matching", "previews.", "importing", "graph.apply.run")
    assert {each for each in loaded if each.removeprefix("o365prov.").startswith(late)} == set()


def test_an_expression_loads_the_language_alone():
    """Who evaluates expressions pays for nothing of provisioning."""
    loaded = loaded_by(
        "from o365prov import Expression\nExpression('user.email + 1').evaluate({'user': {'email': 'a'}})"
    )
    packages = {each.split(".")[1] for each in loaded if "." in each}
    assert packages == {"_annotations", "_fields", "_first_use", "_public", "errors", "expressions", "rendering"}
