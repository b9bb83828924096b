"""What arrives with the package: names, version, types, licence, and how cheaply."""

import ast
import json
import subprocess
import sys
import tomllib
import warnings
from importlib import metadata, resources
from pathlib import Path

import pytest

import o365prov
from o365prov import errors

ROOT = Path(__file__).parents[1]
HEAVY = {"asyncio", "azure", "httpx", "kiota_abstractions", "msgraph", "msgraph_core", "rich", "ssl"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_public_names_are_sorted():
    """A reader finds a name in __all__ by its letter, once: constants first, then classes."""
    assert o365prov.__all__ == sorted(set(o365prov.__all__), key=lambda name: (not name.isupper(), name))


def test_every_public_name_can_be_imported():
    """Each public name loads, and no name is public by accident."""
    assert {name for name in dir(o365prov) if not name.startswith("_")} == set(o365prov.__all__)
    assert [name for name in o365prov.__all__ if getattr(o365prov, name, None) is None] == []


def test_there_is_one_list_of_public_names():
    """What `o365prov/_public.py` imports is what it lists, and what `o365prov` gives."""
    tree = ast.parse((ROOT / "o365prov" / "_public.py").read_text())
    ours = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module != "typing"]
    imported = [alias.name for node in ours for alias in node.names]
    assert sorted(imported) == sorted(o365prov.__all__)


def test_unknown_name_is_an_attribute_error():
    """A name that isn't there is missed as any module misses it."""
    with pytest.raises(AttributeError, match="module 'o365prov' has no attribute 'Tenants'"):
        o365prov.Tenants  # noqa: B018


def test_version_is_the_installed_one():
    """The version is the metadata's, made from the tag, without a second place; asking for it warns of nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert o365prov.__version__ == metadata.version("o365prov")
    assert PROJECT["dynamic"] == ["version"]


@pytest.mark.parametrize("module", ["o365prov", "o365prov.expressions", "o365prov.people", "o365prov.sources.ldif"])
def test_import_is_cheap(module):
    """Neither the SDK, nor HTTP, nor an event loop, nor terminal tables are loaded before somebody asks for them."""
    assert HEAVY & (loaded_by(f"import {module}") - loaded_by("")) == set()


def test_a_public_name_loads_its_own_package_only():
    """Who reads people needs neither plans nor a tenant."""
    loaded = loaded_by("from o365prov import Person")
    assert {"o365prov.planning", "o365prov.graph", "lark"} & loaded == set()


def loaded_by(code):
    """The modules that a fresh interpreter has loaded after this code."""
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())  # noqa: S603 - our own


def test_package_is_typed():
    """Type checkers believe a package's annotations only if it brings py.typed."""
    assert resources.files("o365prov").joinpath("py.typed").is_file()


def test_extras_are_as_promised():
    """The extras are those that the documentation names."""
    extras = {"rich", "cli", "re2", "postgres", "ad", "okta", "server", "fleet", "pytest", "docs"}
    assert set(PROJECT["optional-dependencies"]) == extras
    assert set(metadata.metadata("o365prov").get_all("Provides-Extra")) == set(PROJECT["optional-dependencies"])


def test_core_stays_small():
    """Five packages are needed everywhere, and a sixth on Windows, which has no time zones of its own."""
    names = {requirement.split(">")[0].split(";")[0].strip() for requirement in PROJECT["dependencies"]}
    assert names == {"attrs", "cattrs", "lark", "msgraph-sdk", "azure-identity", "tzdata"}


def test_licence_is_there():
    """The licence that the metadata names lies in the repository and in the installed package."""
    assert PROJECT["license"] == "MIT"
    assert "MIT License" in (ROOT / "LICENSE").read_text()
    assert any(str(file).endswith("LICENSE") for file in metadata.files("o365prov"))


def test_the_bill_of_materials_is_that_of_the_lock():
    """It names each package that is needed, in the version that uv.lock has; `nox -s sbom` writes it."""
    lock = {each["name"]: each for each in tomllib.loads((ROOT / "uv.lock").read_text())["package"]}
    needed, found = ["o365prov"], set()
    while needed:
        name = needed.pop()
        found.add(name)
        needed += {each["name"] for each in lock[name].get("dependencies", ())} - found
        for each in lock[name].get("dependencies", ()):
            chosen = lock[each["name"]].get("optional-dependencies", {})
            needed += {more["name"] for extra in each.get("extra", ()) for more in chosen[extra]} - found
    bill = json.loads((ROOT / "o365prov.cdx.json").read_text())
    assert {each["name"]: each["version"] for each in bill["components"]} == {
        name: lock[name]["version"] for name in found - {"o365prov"}
    }


def test_the_installed_package_brings_its_bill_of_materials():
    """It lies beside the metadata, where scanners look for it."""
    assert any(file.match("*.dist-info/sboms/o365prov.cdx.json") for file in metadata.files("o365prov"))


def test_every_supported_python_is_named():
    """Classifiers, the lower bound and the sessions that test speak of the same Pythons."""
    named = [
        line.rsplit(" ", 1)[1]
        for line in PROJECT["classifiers"]
        if line.startswith("Programming Language :: Python :: 3.")
    ]
    assert PROJECT["requires-python"] == f">={named[0]}"
    sessions = ast.parse((ROOT / "noxfile.py").read_text())
    [pythons] = [
        node for node in sessions.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PYTHONS"
    ]
    assert list(ast.literal_eval(pythons.value)) == named


def test_every_error_is_explained():
    """The page of errors says of each what to do."""
    page = (ROOT / "docs" / "errors.md").read_text()
    assert [
        name for name in errors.__all__ if name != "Issue" and f"errors.{name}`" not in page and not has_kinds(name)
    ] == []


def has_kinds(name):
    """Whether an error is a branch of the tree, so that what is raised has a name of its own."""
    return bool(getattr(errors, name).__subclasses__())


def test_every_room_has_a_page():
    """The reference has a page for each room that has something in it."""
    rooms = {module.parent.name for module in (ROOT / "o365prov").glob("*/__init__.py")}
    assert rooms <= {page.stem for page in (ROOT / "docs" / "api").glob("*.md")}


def test_the_pytest_plugin_is_found_by_pytest():
    """The entry point is installed, so that other projects need no configuration."""
    names = {entry.name: entry.value for entry in metadata.entry_points(group="pytest11")}
    assert names["o365prov"] == "o365prov.testing.pytest_plugin"
