"""How the documentation is built: `nox -s docs`. Warnings are errors, and every reference has to lead somewhere."""

import importlib
import pkgutil
import sys
from enum import Enum
from importlib import metadata

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.napoleon import Config
from sphinx.ext.napoleon.docstring import GoogleDocstring

import o365prov

project = "o365prov"
author = "The o365prov authors"
copyright = "The o365prov authors"
version = release = metadata.version("o365prov")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.doctest"]
exclude_patterns = ["_build"]
html_extra_path = ["../o365prov/configuration/app-file.schema.json"]
html_theme = "furo"
html_title = f"o365prov {version}"
html_show_sphinx = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

suppress_warnings = ["toc.not_readable"]  # a page may be written after the place for it

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100

# pytest runs the examples of the docstrings, with their module's names at hand; here it is the pages' turn.
doctest_test_doctest_blocks = ""
# A warning is an error, as in the tests; the SDK warns of its own ways.
doctest_global_setup = """\
import warnings
warnings.simplefilter("error")
for package in ("kiota_abstractions", "msgraph"):
    warnings.filterwarnings("ignore", category=DeprecationWarning, module=package)
"""

nitpicky = True
nitpick_ignore_regex = [
    # Names of Python itself: links to them would need the network while building.
    (r"py:.*", r"(collections|contextlib|datetime|enum|http|os|pathlib|types|typing|uuid|asyncio|logging)\b.*"),
    (r"py:class", r"Event"),  # a union of the events, which are described each
    (r"py:class", r"rich\..*"),  # likewise rich's, of which one helper takes a console
]


def lead_to_its_room(
    app: Sphinx,
    env: BuildEnvironment,
    node: pending_xref,
    content: nodes.TextElement,
) -> nodes.reference | None:
    """Lead a reference to the one place where the thing is described, or at least to the room that it is in.

    A class is described under its room (`o365prov.people.Person`), but annotations name the module in which it was
    written, and people import it from `o365prov`: the last part of the name, with its class, is the same in all three.
    What has no description of its own is part of its room's page. A name that does not exist stays a warning.
    """
    target = node.get("reftarget", "")
    if node.get("refdomain") != "py" or not (home := home_of(target)):
        return None
    *_, owner, name = f".{target}".split(".")
    tail = f".{owner}.{name}" if owner[:1].isupper() else f".{name}"
    python = env.get_domain("py")
    described = [full for full, *_ in python.get_objects()]
    exact = [full for full in described if full.endswith(tail)]
    around = [full for full in described if f"{target}.".startswith(f"{full}.") or f"{home}.".startswith(f"{full}.")]
    if not exact + around:
        return None
    best = min(exact, key=len) if exact else max(around, key=len)
    return python.resolve_xref(env, node["refdoc"], app.builder, "obj", best, node, content)


def home_of(target: str) -> str | None:
    """The module of ours in which a name exists, if it does."""
    first, *rest = target.split(".")
    if first != "o365prov":
        ours = (name for name in sorted(sys.modules) if name.startswith("o365prov"))
        return next((name for name in ours if hasattr(sys.modules[name], first)), None)
    place, home = sys.modules[first], first
    for part in rest:
        if part in getattr(place, "__annotations__", {}):
            return home  # a field of an attrs class is described by its class
        if not hasattr(place, part):
            return None
        place = getattr(place, part)
        home = f"{home}.{part}" if f"{home}.{part}" in sys.modules else home
    return home


def test_fenced_examples(app: Sphinx, doctree: nodes.document) -> None:  # noqa: ARG001 - Sphinx passes it
    """Make a fenced block that begins with >>> an example that the doctest builder runs, like {doctest}."""
    for block in doctree.findall(nodes.literal_block):
        if block.astext().startswith(">>> ") and "testnodetype" not in block:
            block["testnodetype"] = "doctest"
            block["groups"] = ["default"]


class Sections(GoogleDocstring):
    """Docstrings with sections (Args, Raises, Example); what is returned is prose, and never begins with a type."""

    def _consume_returns_section(self, preprocess_types: bool = False) -> list[tuple[str, str, list[str]]]:  # noqa: ARG002
        return [("", "", self._dedent(self._consume_to_next_section()))]


def read_sections(app: Sphinx, what: str, name: str, obj: object, options: object, lines: list[str]) -> None:  # noqa: ARG001
    """Turn sections into fields, alike for everything: of attributes, napoleon would take "x: y" for a type."""
    lines[:] = Sections(lines, Config(napoleon_use_rtype=False), what="object", name=name).lines()


def show_values_of_enums(app: Sphinx, what: str, name: str, obj: object, skip: bool, options: object) -> bool | None:  # noqa: ARG001
    """Show the members of an enum, though they have no docstrings; leave everything else as it is."""
    return False if isinstance(obj, Enum) else None


def show_factories(
    app: Sphinx,  # noqa: ARG001
    what: str,  # noqa: ARG001
    name: str,  # noqa: ARG001
    obj: object,  # noqa: ARG001
    options: object,  # noqa: ARG001
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Show the default of a field that attrs makes anew for each value as "..."."""
    return signature and signature.replace("= NOTHING", "= ..."), returns


def setup(app: Sphinx) -> None:
    """Load every module, so that names are found, and connect the functions above to Sphinx."""
    for module in pkgutil.walk_packages(o365prov.__path__, "o365prov."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    app.connect("autodoc-skip-member", show_values_of_enums)
    app.connect("autodoc-process-signature", show_factories)
    app.connect("autodoc-process-docstring", read_sections)
    app.connect("missing-reference", lead_to_its_room)
    app.connect("doctree-read", test_fenced_examples)
