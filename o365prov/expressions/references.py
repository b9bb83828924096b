"""Which attributes and lookups an expression may read, so that callers can fetch just those."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias

from o365prov.expressions.functions.function import Function
from o365prov.expressions.functions.registry import function_of
from o365prov.expressions.limits import LIMITS
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.parser import parse
from o365prov.expressions.syntax.tree import (
    Call,
    Index,
    Literal,
    Member,
    MethodCall,
    Name,
    Node,
    Projection,
    Selection,
    children,
    fold,
)

Path: TypeAlias = tuple[str, ...]
"""A root name and attribute names (``("user", "email")``), or a function's name with parentheses first."""


def references(tree: Node, dialect: Dialect) -> frozenset[Path]:
    """Every path that evaluation of this tree may read."""
    found: set[Path] = set()
    scopes: list[Path | None] = [()]

    def read(path: Path | None) -> None:
        if path:
            found.add(path)

    def visit_all(nodes: tuple[Node, ...]) -> Generator[Node, Path | None, None]:
        """Parts whose values go elsewhere: whatever they name is read."""
        for node in nodes:
            read((yield node))

    def visit_within(scope: Path | None, node: Node) -> Generator[Node, Path | None, None]:
        scopes.append(scope)
        yield from visit_all((node,))
        scopes.pop()

    def visit_call(row: Function | None, arguments: tuple[Node, ...]) -> Generator[Node, Path | None, Path | None]:
        yield from visit_all(arguments)
        if row is None or not row.reads:
            return None
        if row.criteria is not None:
            for path in row.criteria(arguments, _references_of_text):
                read((*row.reads, *path))
            return row.reads
        names = tuple(part.value for part in arguments if isinstance(part, Literal) and isinstance(part.value, str))
        return (*row.reads, *names)

    def visit(node: Node) -> Generator[Node, Path | None, Path | None]:
        match node:
            case Name(name=name):
                scope = scopes[-1]
                return None if scope is None else (*scope, name)
            case Member(target=target, name=name):
                path = yield target
                return None if path is None else (*path, name)
            case Index(target=target, index=index):
                path = scopes[-1] if target is None else (yield target)
                match index:
                    case Literal(value=str(name)):
                        return None if path is None else (*path, name)
                yield from visit_within((), index)
                return path
            case Call(arguments=arguments):
                return (yield from visit_call(function_of(node, dialect), arguments))
            case MethodCall(arguments=arguments) if (row := function_of(node, dialect)) is not None:
                return (yield from visit_call(row, arguments))
            case Projection(target=target, body=inner) | Selection(target=target, criterion=inner):
                path = yield target
                read(path)
                yield from visit_within(path, inner)
                return path if isinstance(node, Selection) else None
        yield from visit_all(children(node))
        return None

    read(fold(tree, visit))
    return frozenset(found)


def _references_of_text(text: str) -> frozenset[Path]:
    return references(parse(text, LIMITS), Dialect.CLASSIC)
