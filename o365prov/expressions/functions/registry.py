"""The functions of the language: one row each, which drives dispatch, checker, documentation page and tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import Node

__all__ = [
    "ACCEPTED",
    "REFUSED",
    "FromBindings",
    "Function",
    "Parameter",
    "ValueType",
    "every",
    "find",
    "method",
]


class ValueType(Enum):
    """What a parameter takes or a function gives; the value is the word that people read."""

    TEXT = "String"
    INTEGER = "Integer"
    NUMBER = "Number"
    BOOLEAN = "Boolean"
    LIST = "Array"
    MAP = "Map"
    TIME = "Time"
    COUNTRY = "CountryCode"
    USER = "User"
    NULL = "null"
    ANY = "Object"


class _Null(Enum):
    ACCEPTED = "the function itself decides"
    REFUSED = "an error"


Remark: TypeAlias = tuple[str, str, Node, str, str]
"""Code, severity, the argument, message and hint."""

ACCEPTED: Final = _Null.ACCEPTED
"""The null rule of a function that looks at null itself."""
REFUSED: Final = _Null.REFUSED
"""The null rule of a function that fails on null."""


@frozen
class Parameter:
    """One parameter: its name, what it takes, and whether it may be left out, repeated or null."""

    name: str
    kind: ValueType
    optional: bool = field(default=False, kw_only=True)
    repeated: bool = field(default=False, kw_only=True)
    nullable: bool = field(default=False, kw_only=True)

    def __str__(self) -> str:
        """``name: ValueType``, in brackets when it may be left out."""
        text = f"{self.name}: {self.kind.value}{'...' if self.repeated else ''}"
        return f"[{text}]" if self.optional else text


@frozen
class FromBindings:
    """The implementation of a function that only gives an attribute of the bindings, or says whether it is there."""

    attribute: str
    present: bool = False

    def __call__(self, bindings: object) -> Any:
        """The attribute's value, or whether there is one."""
        value = getattr(bindings, self.attribute)
        return value is not None if self.present else value


@frozen
class Function:
    """One function, or one method of Identity Engine.

    Args:
        name: as written, with its namespace; a method has its receivers' kinds in *receivers* and the bare name here.
        parameters: in order; a method's receiver is not among them.
        result: what it gives.
        implementation: the one implementation, taking converted arguments. It takes the bindings first if
            *by_bindings*; if *by_rules*, it is a factory that takes the Rules and returns the implementation.
        doc: one line.
        examples: expressions and their values, all of which a test holds.
        null: what a null first argument (or receiver) gives: a value, :data:`ACCEPTED` or :data:`REFUSED`.
        dialects: where the name exists.
        contexts: the only contexts that allow it; empty for all.
        not_in: contexts that refuse it.
        deprecated: what to write instead.
        question: the field of Semantics that decides an open question about it.
        reads: the reference it stands for, such as ``("findDirectoryUser()",)``; constant arguments extend it.
        review: what the checker should say about constant arguments.
        criteria: for functions over groups, which attributes of groups the arguments ask for.

    """

    name: str
    parameters: tuple[Parameter, ...]
    result: ValueType
    implementation: Callable[..., Any]
    doc: str
    examples: tuple[tuple[str, Any], ...] = ()
    null: Any = field(default=None, kw_only=True)
    receivers: tuple[ValueType, ...] = field(default=(), kw_only=True)
    dialects: frozenset[Dialect] = field(default=frozenset({Dialect.CLASSIC}), kw_only=True)
    contexts: frozenset[str] = field(default=frozenset(), kw_only=True)
    not_in: frozenset[str] = field(default=frozenset(), kw_only=True)
    deprecated: str = field(default="", kw_only=True)
    question: str = field(default="", kw_only=True)
    reads: tuple[str, ...] = field(default=(), kw_only=True)
    review: Callable[[tuple[Node, ...]], Iterable[Remark]] | None = field(default=None, kw_only=True)
    criteria: Callable[[tuple[Node, ...]], Iterable[tuple[str, ...]]] | None = field(default=None, kw_only=True)
    by_bindings: bool = field(default=False, kw_only=True)
    by_rules: bool = field(default=False, kw_only=True)

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return sum(not (parameter.optional or parameter.repeated) for parameter in self.parameters)

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None without limit."""
        if self.parameters and self.parameters[-1].repeated:
            return None
        return len(self.parameters)

    @property
    def counted(self) -> str:
        """How many arguments it takes, in words."""
        if self.most is None:
            return f"{self.least} or more arguments"
        if self.least == self.most:
            return f"{self.least} argument{'s' if self.least != 1 else ''}"
        return f"{self.least} to {self.most} arguments"

    def accepts(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.least and (self.most is None or count <= self.most)

    def parameter(self, position: int) -> Parameter:
        """The parameter that the argument at this position goes to."""
        return self.parameters[min(position, len(self.parameters) - 1)]

    @property
    def signature(self) -> str:
        """As documentation shows it."""
        owner = f"{'|'.join(kind.value for kind in self.receivers)}." if self.receivers else ""
        return f"{owner}{self.name}({', '.join(map(str, self.parameters))}): {self.result.value}"


# Where names are defined, in order of search; a module loads when a name of its own is first used.
_NAMESPACES: Final[dict[tuple[str, Dialect], tuple[str, ...]]] = {
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
_BARE: Final = ("directory", "groups", "strings")
_METHODS: Final = ("identity_engine", "identity_engine_times")
_PACKAGE: Final = "o365prov.expressions.functions"


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


def every() -> Iterator[Function]:
    """All rows, for the documentation page, suggestions and tests."""
    modules = (module for several in _NAMESPACES.values() for module in several)
    for module in dict.fromkeys((*modules, *_BARE, *_METHODS)):
        yield from _functions(module)
