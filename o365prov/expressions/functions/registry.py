"""Finding the functions of the language by name; a module of functions loads when a name of its own is first used."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import import_module

from o365prov.expressions.functions.function import Function
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Call, MethodCall, Name

# Where names are defined, in order of search; a module loads when a name of its own is first used.
_NAMESPACES: dict[tuple[str, Dialect], tuple[str, ...]] = {
    ("String", Dialect.CLASSIC): ("strings",),
    ("Arrays", Dialect.CLASSIC): ("arrays",),
    ("Convert", Dialect.CLASSIC): ("convert",),
    ("Iso3166Convert", Dialect.CLASSIC): ("countries",),
    ("Time", Dialect.CLASSIC): ("times",),
    ("Groups", Dialect.CLASSIC): ("groups",),
    ("user", Dialect.CLASSIC): ("people", "groups"),
    ("user", Dialect.IDENTITY_ENGINE): ("people", "groups"),
    ("Time", Dialect.IDENTITY_ENGINE): ("identity_engine_times",),
    ("DateTime", Dialect.IDENTITY_ENGINE): ("identity_engine_times",),
}
_BARE = ("directory", "groups", "strings")
_METHODS = ("identity_engine", "identity_engine_times")
_PACKAGE = "o365prov.expressions.functions"


@cache
def _functions(module: str) -> tuple[Function, ...]:
    functions: tuple[Function, ...] = import_module(f"{_PACKAGE}.{module}").FUNCTIONS
    return functions


@lru_cache(maxsize=1024)
def find(name: str, dialect: Dialect) -> Function | None:
    """The function of this name, or nothing; names are case-sensitive, as Okta's are."""
    space, dot, _ = name.partition(".")
    modules = _NAMESPACES.get((space, dialect), ()) if dot else _BARE if dialect is Dialect.CLASSIC else ()
    for module in modules:
        for row in _functions(module):
            if row.name == name and dialect in row.dialects and not row.receivers:
                return row
    return None


def method(name: str, dialect: Dialect) -> Function | None:
    """The method of values of this name, or nothing; only Identity Engine has methods."""
    return _methods().get(name) if dialect is Dialect.IDENTITY_ENGINE else None


@cache
def _methods() -> dict[str, Function]:
    return {row.name: row for module in _METHODS for row in _functions(module) if row.receivers}


def all_functions() -> Iterator[Function]:
    """All rows, for the documentation page, suggestions and tests."""
    modules = (module for names in _NAMESPACES.values() for module in names)
    for module in dict.fromkeys((*modules, *_BARE, *_METHODS)):
        yield from _functions(module)


def call_name(node: Call | MethodCall) -> str:
    """The name as people say it: ``String.len``, ``hasDirectoryUser``, ``.length``."""
    match node:
        case Call(name=name):
            return name
        case MethodCall(target=Name(name=space), name=name):
            return f"{space}.{name}"
    return f".{node.name}"


def function_of(node: Call | MethodCall, dialect: Dialect) -> Function | None:
    """The function of a bare call or of a call in a namespace; nothing for methods of values and unknown names."""
    if isinstance(node, MethodCall) and not isinstance(node.target, Name):
        return None
    return find(call_name(node), dialect)
