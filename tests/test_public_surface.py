"""Everything that a public call takes, returns or raises can be imported from the top or from a package."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import attrs
import pytest
import rich.console
from public_values import faces, public_names

import o365prov
from o365prov import errors

ROOT = Path(__file__).parents[1]
OPEN_MODULES = {
    "okta_json",
    "ldif",
    "csv_file",
    "examples",
}  # each source is a module, as in the docs of o365prov.sources
EXCUSED_PACKAGES = (
    "o365prov.rendering",
    "o365prov.structuring",
)

FOR_SIBLINGS = {"Previewer", "make_plan"}  # called by the app alone


def classes_in(annotation: Any) -> Iterator[type]:
    """Our own classes within an annotation."""
    if inspect.isclass(annotation) and annotation.__module__.startswith("o365prov"):
        yield annotation
    for each in get_args(annotation):
        yield from classes_in(each)


def hints(function: Any) -> dict[str, Any]:
    """The annotations of a function or class; none where it has none."""
    return get_type_hints(function, localns={"rich": rich})


def annotations_of(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Every annotation of a public function, or of the public fields, methods and properties of a class."""
    if inspect.isfunction(value):
        yield from ((f"{name}({each})", hint) for each, hint in hints(value).items())
    if not inspect.isclass(value):
        return
    if attrs.has(value):
        resolved = hints(value)
        public = [each.name for each in attrs.fields(value) if not each.name.startswith("_")]
        yield from ((f"{name}.{each}", resolved[each]) for each in public)
    for each, member in vars(value).items():
        if each.startswith("_") and each != "__init__":
            continue
        if attrs.has(value) and each == "__init__":
            continue
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        function = getattr(function, "func", function)
        if inspect.isfunction(function):
            yield from ((f"{name}.{each}({hint_name})", hint) for hint_name, hint in hints(function).items())


def unreachable() -> list[str]:
    """What occurs in a public annotation and can't be imported from the top or from a package."""
    reachable = {id(value) for value in public_names().values()}
    return sorted(
        f"{place}: {found.__module__}.{found.__name__}"
        for name, value in public_names().items()
        if name not in FOR_SIBLINGS and not str(getattr(value, "__module__", "")).startswith(EXCUSED_PACKAGES)
        for place, annotation in annotations_of(name, value)
        for found in classes_in(annotation)
        if id(found) not in reachable and not found.__name__.startswith("_")
    )


def test_what_public_calls_take_and_return_can_be_imported():
    """Nobody has to look for the module of a class that a call gave them."""
    assert unreachable() == []


def test_every_error_is_public():
    """What can be raised can be caught by its name."""
    raised = {
        each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.O365ProvError)
    }
    assert {each.__name__ for each in raised} <= set(o365prov.__all__)


@pytest.mark.parametrize("face", faces())
def test_the_names_that_a_package_lists_are_there(face):
    """A list of names that is wrong is found by those who import it."""
    module = faces()[face]
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_the_public_names_are_the_one_list():
    """What is listed is there, once, and nothing is listed under another name."""
    assert len(set(o365prov.__all__)) == len(o365prov.__all__)
    assert {*o365prov.__all__, "__version__"} == set(dir(o365prov))


def imports(text: str) -> Iterator[tuple[str, str]]:
    """The modules of ours that a page or program imports from, with the names."""
    pattern = r"^(?:>>> |\.\.\. )?from (o365prov[\w.]*) import \(?([^()\n]+|[^()]+\))"
    for module, names in re.findall(pattern, text, re.MULTILINE):
        yield from ((module, name.strip(" \n.)")) for name in names.split(",") if name.strip(" \n.)"))


PAGES = [
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "README.md",
    *sorted((ROOT / "examples").glob("*.py")),
    *sorted((ROOT / "tests" / "typing").glob("*.py")),
]


@pytest.mark.parametrize("page", [str(page.relative_to(ROOT)) for page in PAGES])
def test_pages_and_programs_import_public_names_only(page):
    """What readers copy does not break when a module moves."""
    public = {name: module.__all__ for name, module in faces().items()}
    inner = [
        f"{module}: {name}"
        for module, name in imports((ROOT / page).read_text("utf-8"))
        if name not in public.get(module, ())
        and not (module == "o365prov.sources" and name in OPEN_MODULES)
        and module != "o365prov.testing.examples"  # needs Hypothesis, so it stays a module of its own
    ]
    assert inner == []


def test_the_program_of_the_readme_is_the_one_that_is_type_checked():
    """So that the first program that people copy is right for every checker."""
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    checked = (ROOT / "tests" / "typing" / "readme.py").read_text("utf-8")
    assert ast.unparse(ast.parse(program)) in ast.unparse(ast.parse(checked))
