"""The codes that the package gives to issues, found in its source: whatever is passed to a parameter called code."""

import ast
import re
from functools import cache
from pathlib import Path

import o365prov
from o365prov.planning.transitions.situations import ProblemCode

PACKAGE = Path(o365prov.__file__).parent
CODE = re.compile(r"[a-z][a-z_-]+\Z")
FOREIGN = ("testing", "graph", "simulation")
"""Where codes are Graph's own, or of a rehearsal."""

_MODULES = sorted(PACKAGE.rglob("*.py"))
SOURCE = "".join(path.read_text("utf-8") for path in _MODULES)


@cache
def _nodes():
    """All nodes of the modules of ours, each with the package that it is in."""
    packages = [(path.relative_to(PACKAGE).parts[0], path) for path in _MODULES]
    trees = [(package, ast.parse(path.read_text("utf-8"))) for package, path in packages if package not in FOREIGN]
    return [(package, node) for package, tree in trees for node in ast.walk(tree)]


def _places():
    """By package and name of a function or class, where in its calls the code stands."""
    for package, node in _nodes():
        if isinstance(node, ast.FunctionDef):
            names = [each.arg for each in node.args.args if each.arg not in ("self", "cls")]
            if "code" in names:
                yield (package, node.name), names.index("code")
        if isinstance(node, ast.ClassDef):
            fields = [each.target.id for each in node.body if isinstance(each, ast.AnnAssign)]
            if "code" in fields:
                yield (package, node.name), fields.index("code")


def _strings(node):
    """The strings that an expression may give: of a choice, both; none where it is computed."""
    match node:
        case ast.Constant(str(text)):
            yield text
        case ast.IfExp():
            yield from _strings(node.body)
            yield from _strings(node.orelse)


def used_codes():
    """Every code that stands in the source."""
    places = dict(_places())
    found = {each.value for each in ProblemCode if each.value}
    for package, node in _nodes():
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).split(".")[-1]
            given = [each.value for each in node.keywords if each.arg == "code"]
            place = 0 if name == "Issue" else places.get((package, name))
            if place is not None and len(node.args) > place:
                given.append(node.args[place])
            found |= {text for each in given for text in _strings(each) if CODE.match(text)}
    return found
