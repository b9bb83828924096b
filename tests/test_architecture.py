"""The structure of the package: what may import what, how large a module may be, and what is public.

Every import is looked at, those for type checkers and those inside functions too: an import in the wrong direction is a
wrong thought, whenever it runs.
"""

import ast
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "o365prov"

LAYERS = (
    "errors",
    "expressions",
    "people",
    "profiles",
    "provisioning",
    "planning",
    "group_push",
    "previews",
    "importing",
    "state",
    "graph",
    "app",
)
"""From the bottom up: each may import what stands before it, and itself."""

EVERYWHERE = {"errors", "_annotations", "_fields", "_tracing", "_first_use", "structuring", "rendering"}
"""What serves every package."""

MAY_IMPORT = {
    **{layer: {*LAYERS[: height + 1], *EVERYWHERE} for height, layer in enumerate(LAYERS)},
    "errors": {"errors"},
    "_annotations": {"errors", "_annotations"},
    "_fields": {"errors", "_annotations", "_fields"},
    "_tracing": {"_tracing"},
    "structuring": {"errors", "_annotations", "_fields", "structuring"},
    "_first_use": set(),
    "_proxies": {"errors"},
    "rendering": {"errors", "_annotations", "_fields", "_first_use", "rendering"},
    "graph": {*LAYERS[: LAYERS.index("graph") + 1], *EVERYWHERE, "_proxies"},
    "sources": {*EVERYWHERE, "_proxies", "expressions", "people", "profiles", "provisioning", "sources"},
    "delivery": {*LAYERS[: LAYERS.index("planning") + 1], *EVERYWHERE, "delivery"},
    "testing": {*EVERYWHERE, "testing"},
    "fleet": {*LAYERS, *EVERYWHERE, "sources", "configuration", "fleet"},
    "configuration": {*LAYERS, *EVERYWHERE, "sources", "configuration"},
    "simulation": {*LAYERS, *EVERYWHERE, "sources", "testing", "simulation"},
    "cli": {*LAYERS, *EVERYWHERE, "sources", "configuration", "testing", "delivery", "cli"},
    "__main__": {"cli"},
    "_public": {*LAYERS, *EVERYWHERE},
    "__init__": {"_public", "_first_use"},
}
"""Package → the packages that it may import. `testing` knows nothing of the rest, so that it can contradict it."""

HTTPX_AT = {"graph/client/sdk_transport.py", "testing/transport.py"}
NAMELESS = {"base", "common", "helpers", "misc", "tools", "util", "utils"}
SHORT_WITH_A_REASON = {
    "cli/fake_tenant_command.py": "one command, which another module runs",
    "cli/fitting.py": "what fits into a comment, beside nothing else that is about GitHub",
    "planning/transitions/lookup.py": "how rows are looked up, beside the table itself",
    "_proxies.py": "what two packages that may not import each other ask of the environment",
    "sources/directory/ldif_writer.py": "the counterpart of the reader, without what reading needs",
    "rendering/escaping.py": "one regular expression and the function that every renderer calls",
    "fleet/tasks.py": "the one call that needs the engine, which is an extra",
    "rendering/text.py": "the shortest of four renderers side by side",
    "planning/model/matched_user.py": "one class that matching and rules share without a circle",
    "planning/model/outcomes.py": "two classes that report and document share without a circle",
    "expressions/patterns/re2_pattern.py": "one of two ways in which a pattern runs",
    "testing/fake_tenant/schema/permissions.py": "a table's reader, and the rows that are about parts of an object",
    "testing/fake_tenant/protocol/paging_tokens.py": "the form of tokens, which nothing else may know",
}
"""Modules of fewer than 40 lines that are neither an `__init__`, a `__main__`, a Protocol nor a table."""

DOCUMENTED = re.compile(r"(?:from|import|module::) (o365prov(?:\.\w+)+)")
OPEN_MODULES = {
    "o365prov.errors",
    "o365prov.app",
    "o365prov.sources.okta_json",
    "o365prov.sources.ldif",
    "o365prov.sources.csv_file",
    "o365prov.testing.examples",
}
"""Modules that are documented by their names: the errors, the app, one module a source, and what needs Hypothesis."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def short(module):
    """A module's path within the package."""
    return module.relative_to(PACKAGE).as_posix()


def dotted(module):
    """A module's full name."""
    parts = ("o365prov", *module.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {dotted(module): module for module in MODULES}


@cache
def tree_of(module):
    """A module's syntax tree."""
    return ast.parse(module.read_text())


def package_of(module):
    """The package that a file is in; a file at the top is one of its own."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module):
    """The full dotted names that a file imports, wherever the import stands, with their lines."""
    return _imports(module, PACKAGE)


@cache
def _imports(module, root):
    return list(_found(module, root))


def _found(module, root):
    package = ("o365prov", *module.relative_to(root).parts[:-1])
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield from ((f"{base}.{alias.name}", node.lineno) for alias in node.names)


def packages_imported(module):
    """The packages of ours that a file imports, with the lines."""
    for name, line in imports(module):
        parts = name.split(".")
        if parts[0] == "o365prov":
            yield (parts[1] if len(parts) > 1 else "__init__"), line


def module_meant(name):
    """The module of ours that an imported name is, or is in."""
    while name and name not in NAMES:
        name = name.rpartition(".")[0]
    return name


def loaded_by_name(module):
    """The modules that the registry of functions loads by their names when it is asked for a function."""
    if short(module) == "expressions/functions/registry.py":
        text = module.read_text()
        folder = module.parent
        yield from (
            f"o365prov.expressions.functions.{each.stem}" for each in folder.glob("*.py") if f'"{each.stem}"' in text
        )


@cache
def graph():
    """Module → the modules of ours that it imports."""
    edges = defaultdict(set)
    for name, module in NAMES.items():
        found = {module_meant(each) for each, _ in imports(module)} | set(loaded_by_name(module))
        edges[name] = {each for each in found if each and each != name}
    return edges


def circles(edges):
    """The groups of nodes that reach each other (Tarjan's strongly connected components of more than one node)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in edges.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def test_imports_point_one_way():
    """A package imports only packages below it."""
    assert [
        f"{short(module)}:{line}: {package}"
        for module in MODULES
        for package, line in packages_imported(module)
        if package not in MAY_IMPORT[package_of(module)]
    ] == []


def test_every_package_has_its_place():
    """A new package says where it stands before anything is in it."""
    assert {package_of(module) for module in MODULES} <= set(MAY_IMPORT)


def test_no_file_is_in_a_circle():
    """No file imports itself by way of others: not at run time, not late, and not for type checkers alone."""
    assert circles(graph()) == []


@pytest.mark.parametrize("package", sorted(name for name in NAMES if NAMES[name].name == "__init__.py"))
def test_no_part_of_a_package_is_in_a_circle(package):
    """The sub-folders and modules of a package can be read in one order."""
    edges = defaultdict(set)

    def part(name):
        return name.removeprefix(f"{package}.").split(".")[0]

    for name, others in graph().items():
        if name.startswith(f"{package}."):
            edges[part(name)] |= {
                part(other) for other in others if other.startswith(f"{package}.") and part(other) != part(name)
            }
    assert circles(edges) == []


def test_other_packages_are_imported_by_their_init():
    """What a package offers to others stands in its `__init__`; its inner modules are its own."""
    assert [
        f"{short(module)}:{line}: {name}"
        for module in MODULES
        for name, line in imports(module)
        if name.startswith("o365prov.")
        and name.split(".")[1] != package_of(module)
        and module_meant(name).count(".") > 1
        and module_meant(name) not in OPEN_MODULES
    ] == []


def test_httpx_is_named_in_two_places():
    """The HTTP library can be changed in one file of the product and one of the fake."""
    named = {short(module) for module in MODULES for name, _ in imports(module) if name.split(".")[0] == "httpx"}
    assert named <= HTTPX_AT


@pytest.mark.parametrize("library", ["msgraph", "msgraph_core", "kiota_abstractions", "kiota_http", "azure"])
def test_the_sdk_stays_at_the_edge(library):
    """Only the package that talks to Graph, and the fake that listens, know the SDK."""
    packages = {package_of(each) for each in MODULES for name, _ in imports(each) if name.split(".")[0] == library}
    assert packages <= {"graph", "testing"}


def test_deciding_has_no_event_loop_network_database_or_clock():
    """Everything up to a finished plan is plain functions."""
    below = {*LAYERS[: LAYERS.index("state")], *EVERYWHERE, "sources"}
    doing = {"asyncio", "threading", "socket", "http", "urllib", "concurrent", "time", "sqlite3", "subprocess"}
    found = {
        f"{short(module)}: {name}"
        for module in MODULES
        if package_of(module) in below
        for name, _ in imports(module)
        if name.split(".")[0] in doing
    }
    assert found == set()


def is_short_by_nature(module):
    """Whether a module is an `__init__`, a `__main__`, a Protocol or a table: enums or data without functions."""
    if module.stem in {"__init__", "__main__"} or "laws" in module.parts:
        return True  # each law has a file of its own
    tree = tree_of(module)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    protocols = [each for each in classes if any(ast.unparse(base).startswith("Protocol") for base in each.bases)]
    if classes and all(any("Enum" in ast.unparse(base) for base in each.bases) for each in classes) and not functions:
        return True
    data = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return (bool(classes) and classes == protocols and not functions) or (bool(data) and not functions)


def test_modules_have_a_name():
    """A module is named for its idea."""
    assert [short(module) for module in MODULES if module.stem in NAMELESS] == []


def test_modules_are_neither_long_nor_scraps():
    """A module can be read in one sitting: at most 400 lines, and at least 40, unless it says why."""
    lines = {module: module.read_text().count("\n") for module in MODULES}
    assert [short(module) for module in MODULES if lines[module] > 400] == []
    scraps = {short(module) for module in MODULES if lines[module] < 40 and not is_short_by_nature(module)}
    assert scraps - SHORT_WITH_A_REASON.keys() == set()


def test_no_folder_is_crowded():
    """A folder has at most 15 modules beside its `__init__`."""
    crowd = Counter(module.parent for module in MODULES if module.name != "__init__.py")
    assert {folder.name: count for folder, count in crowd.items() if count > 15} == {}


def test_class_names_are_unique():
    """One name means one thing: no two classes of the package share theirs, private ones included."""
    places = defaultdict(list)
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(short(module))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_only_packages_list_their_names():
    """`__all__` says what a package offers; a module of one is not offered by itself."""
    listing = {
        short(module)
        for module in MODULES
        for node in tree_of(module).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        and ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target) == "__all__"
    }
    assert {path for path in listing if Path(path).stem not in {"__init__", "_public"} and path != "errors.py"} == set()


def test_pages_and_examples_name_no_inner_module():
    """What people copy imports from the top or from a package."""
    texts = [
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        *(ROOT / "examples").glob("*.py"),
        *(ROOT / "tests" / "typing").glob("*.py"),
    ]
    packages = {name for name, module in NAMES.items() if module.name == "__init__.py"}
    named = {
        f"{text.name}: {name}"
        for text in texts
        for name in DOCUMENTED.findall(text.read_text("utf-8"))
        if name in NAMES and name not in packages | OPEN_MODULES
    }
    assert named == set()


def test_public_things_are_explained():
    """Modules, and what is public in them, have a docstring."""
    trees = {short(module): tree_of(module) for module in MODULES}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []
    assert [
        f"{name}: {node.name}"
        for name, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ] == []


def test_relative_and_lazy_imports_are_seen(tmp_path, monkeypatch):
    """The reader of imports behind these tests sees relative ones, those for type checkers and those in functions."""
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    module = tmp_path / "people" / "late.py"
    module.parent.mkdir()
    module.write_text(
        "from ..graph import tenant\nfrom . import person\n"
        "if TYPE_CHECKING:\n    from o365prov.app import Office365App\n"
        "def f():\n    import o365prov.planning.plan as plan, httpx\n"
    )
    assert [name for name, _ in imports(module)] == [
        "o365prov.graph.tenant",
        "o365prov.people.person",
        "o365prov.app.Office365App",
        "o365prov.planning.plan",
        "httpx",
    ]
    assert {package for package, _ in packages_imported(module)} == {"graph", "people", "app", "planning"}


def test_circles_are_found():
    """The finder of circles behind these tests finds them, and nothing where there are none."""
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
