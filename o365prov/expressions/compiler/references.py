"""Literals and references: names, attributes, indexes."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from o365prov.expressions.compiler import runtime
from o365prov.expressions.compiler.codegen import Operand, call_method, call_of, constant, is_type, load_name
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.semantics import Dialect
from o365prov.expressions.syntax.tree import (
    Index,
    Member,
    Name,
    Node,
)
from o365prov.expressions.values.instants import to_instant
from o365prov.expressions.values.types import ValueType

# What Identity Engine knows as times of a user, though exports hold them as strings.
_TIMES = frozenset({"created", "lastUpdated", "passwordChanged", "lastLogin"})
_KINDS = {str: ValueType.STRING, bool: ValueType.BOOLEAN, int: ValueType.INTEGER, float: ValueType.NUMBER}


def literal(lowering: Lowering, value: Any) -> Operand:
    """A constant, or a cell for the kinds of numbers that Python lacks."""
    if value is None:
        return Operand("")
    kind = _KINDS.get(type(value))
    if kind is None or (type(value) is float and value == float("inf")):
        return Operand(lowering.writer.cell("k", value))  # a Long or Float is a class of ours
    return Operand("", kind, value)


def name(lowering: Lowering, node: Name) -> Operand:
    """A root, or an attribute of the element inside a projection."""
    scope = lowering.scopes[-1]
    key = ("name", scope, node.name)
    return lowering.writer.recall(key) or lowering.writer.remember(
        key, _attribute(lowering, node, Operand(scope), node.name, None)
    )


def _attribute(lowering: Lowering, node: Node, target: Operand, name: str, target_node: Node | None) -> Operand:
    line = lowering.writer.place(node, *(() if target_node is None else (target_node,)))
    value = target.load()
    if lowering.options.semantics.missing == "error":
        lowering.writer.shared("strict_member", runtime.strict_member)
        return lowering.keep(call_of("strict_member", value, constant(name)), line)
    get = call_method(value, "get", constant(name))
    if target.name == "roots":
        return lowering.keep(get, line)
    lowering.writer.shared("member", runtime.member)
    slow = call_of("member", value, constant(name))
    return lowering.keep(ast.IfExp(is_type(value, "dict"), get, slow), line)


def member(lowering: Lowering, node: Member) -> LoweringStep:
    """``target.name``, or ``target?.name``."""
    target = yield from lowering.part(node.target)
    key = ("member", target.name or target.value, node.name, node.safe)
    known = lowering.writer.recall(key) if target.name else None
    if known is not None:
        return known
    if node.safe:
        return _unless_null(lowering, node, target, lambda: _attribute(lowering, node, target, node.name, node.target))
    operand = _attribute(lowering, node, target, node.name, node.target)
    if lowering.dialect is Dialect.IDENTITY_ENGINE and node.name in _TIMES and node.target == Name("user"):
        lowering.writer.shared("to_instant", to_instant)
        operand = lowering.keep(call_of("to_instant", operand.load()), lowering.writer.place(node, node))
    return lowering.writer.remember(key, operand) if target.name else operand


def _unless_null(lowering: Lowering, node: Node, target: Operand, then: Callable[[], Operand]) -> Operand:
    """Null where the target is null, else what *then* computes: the safe step."""
    line = lowering.writer.place(node)
    name = lowering.writer.temporary()
    lowering.writer.set(name, constant(None), line)
    with lowering.writer.when(lowering.is_there(target, line), line):
        lowering.writer.set(name, then().load(), line)
    return Operand(name)


def index(lowering: Lowering, node: Index) -> LoweringStep:
    """``target[place]``."""
    writer = lowering.writer
    if node.target is None:
        target = Operand(lowering.scopes[-1])
        if target.name == "roots":
            place = yield from lowering.part(node.index)
            writer.shared("root", runtime.root)
            return lowering.keep(call_of("root", load_name("roots"), place.load()), _index_place(lowering, node))
    else:
        target = yield from lowering.part(node.target)
    writer.shared("index", runtime.index)
    if lowering.counts:  # a string is gone through to find a place in Java's count
        line = writer.place(node)
        with writer.when(is_type(target.load(), "str"), line):
            lowering.spend_on(line, target)
    if isinstance(node.index, Name):  # the key of a map may be written bare; elsewhere it is a reference
        line = writer.place(node)
        writer.shared("is_map", runtime.is_map)
        name = writer.temporary()
        with writer.when(call_of("is_map", target.load()), line):
            writer.set(name, call_method(target.load(), "get", constant(node.index.name)), line)
        with writer.otherwise():
            place = yield from _at_roots(lowering, node.index)
            line = _index_place(lowering, node)
            writer.set(name, call_of("index", target.load(), place.load()), line)
        return Operand(name)
    place = yield from _at_roots(lowering, node.index)
    line = _index_place(lowering, node)
    return lowering.keep(call_of("index", target.load(), place.load()), line)


def _index_place(lowering: Lowering, node: Index) -> int:
    return lowering.writer.place(node, node if node.target is None else node.target, node.index)


def _at_roots(lowering: Lowering, node: Node) -> LoweringStep:
    """An index is evaluated where the expression began, even inside a projection."""
    lowering.scopes.append("roots")
    operand = yield from lowering.part(node)
    lowering.scopes.pop()
    return operand
