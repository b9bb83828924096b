"""The house stands as it was drawn: who may import whom, and how long a module may be.

Every import is looked at, those for type checkers and those inside functions too: an import in the wrong direction is a
wrong thought, whenever it runs.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "o365prov"

LAYERS = ("errors", "expressions", "people", "profiles", "provisioning", "planning", "previews", "graph", "app")
"""From the ground up: each may import what stands before it, and itself."""

MAY_IMPORT = {
    **{layer: {*LAYERS[: height + 1], "structuring", "rendering", "_fields"} for height, layer in enumerate(LAYERS)},
    "cli": {*LAYERS, "sources", "delivery", "cli"},
    "__main__": {*LAYERS, "sources", "delivery", "cli"},
    "structuring": {"errors", "structuring"},
    "rendering": {"errors", "rendering"},
    "_fields": {"errors"},
    "sources": {"errors", "_fields", "structuring", "people", "profiles", "sources"},
    "delivery": {"errors", "people", "profiles", "provisioning", "planning", "delivery"},
    "testing": {"errors", "testing"},
    "_public": {*LAYERS},
    "__init__": {"_public"},
}
"""Room → the rooms that it may import. Sources, delivery and the fake stand aside of the road."""

HTTPX_AT = {"graph/client/sdk_transport.py", "testing/transport.py"}
NAMELESS = {"base", "common", "helpers", "misc", "tools", "util", "utils"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def short(module):
    """A module's path within the package."""
    return module.relative_to(PACKAGE).as_posix()


def room_of(module):
    """The room that a file is in; a file beside the rooms is one of its own."""
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(module):
    """The full dotted names that a file imports, wherever the import stands, with their lines."""
    package = ("o365prov", *module.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def rooms_imported(module):
    """The rooms of this package that a file imports, with the lines."""
    for name, line in imports(module):
        parts = name.split(".")
        if parts[0] == "o365prov":
            yield (parts[1] if len(parts) > 1 else "__init__"), line


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_imports_point_one_way(module):
    """A room imports only rooms below it."""
    assert [
        f"line {line}: {room}" for room, line in rooms_imported(module) if room not in MAY_IMPORT[room_of(module)]
    ] == []


def test_every_room_has_its_place():
    """A new room says where it stands before anything is in it."""
    assert {room_of(module) for module in MODULES} <= set(MAY_IMPORT)


def test_httpx_is_named_in_two_places():
    """The HTTP library can be changed in one file of the product and one of the fake."""
    named = {short(module) for module in MODULES for name, _ in imports(module) if name.split(".")[0] == "httpx"}
    assert named <= HTTPX_AT


@pytest.mark.parametrize("library", ["msgraph", "msgraph_core", "kiota_abstractions", "kiota_http", "azure"])
def test_the_sdk_stays_at_the_edge(library):
    """Only the room that talks to Graph, and the fake that listens, know the SDK."""
    rooms = {room_of(module) for module in MODULES for name, _ in imports(module) if name.split(".")[0] == library}
    assert rooms <= {"graph", "testing"}


def test_deciding_has_no_event_loop():
    """Everything up to a finished plan is plain functions: no event loop, no threads, no sockets."""
    below = set(LAYERS[: LAYERS.index("graph")])
    doing = {"asyncio", "threading", "socket", "http", "urllib", "concurrent"}
    found = {
        f"{short(module)}: {name}"
        for module in MODULES
        if room_of(module) in below
        for name, _ in imports(module)
        if name.split(".")[0] in doing
    }
    assert found == set()


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_module_has_a_name_and_one_idea(module):
    """A module is named for its idea, and can be read in one sitting: at most 400 lines."""
    assert module.stem not in NAMELESS
    lines = module.read_text().count("\n")
    assert lines <= 400


@pytest.mark.parametrize("module", MODULES, ids=short)
def test_public_things_are_explained(module):
    """Modules, and what is public in them, have a docstring."""
    tree = ast.parse(module.read_text())
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(tree) or not tree.body
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def test_relative_and_lazy_imports_are_seen(tmp_path, monkeypatch):
    """The reader of imports behind these tests sees relative ones, those for type checkers and those in functions."""
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    module = tmp_path / "people" / "late.py"
    module.parent.mkdir()
    module.write_text(
        "from ..graph import tenant\nfrom . import person\n"
        "if TYPE_CHECKING:\n    from o365prov.app import Office365App\n"
        "def f():\n    import o365prov.planning.model.plan as plan, httpx\n"
    )
    assert [name for name, _ in imports(module)] == [
        "o365prov.graph.tenant",
        "o365prov.people.person",
        "o365prov.app.Office365App",
        "o365prov.planning.model.plan",
        "httpx",
    ]
    assert {room for room, _ in rooms_imported(module)} == {"graph", "people", "app", "planning"}
