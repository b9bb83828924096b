"""Lists, maps, projections, selections."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator

from o365prov.expressions.compiler import runtime as stepping
from o365prov.expressions.compiler.codegen import Operand, constant, invoked, is_type, loaded, raw
from o365prov.expressions.compiler.state import Lowering, LoweringStep
from o365prov.expressions.syntax.tree import (
    Node,
    Projection,
    Selection,
)
from o365prov.expressions.values.types import ValueType


def list_literal(lowering: Lowering, node: Node, items: tuple[Node, ...]) -> LoweringStep:
    """``{a, b}``."""
    operands = yield from lowering.each(items)
    value = ast.List([operand.load() for operand in operands], ast.Load())
    return lowering.keep(value, lowering.writer.place(node), ValueType.LIST)


def map_literal(lowering: Lowering, node: Node, entries: tuple[tuple[str, Node], ...]) -> LoweringStep:
    """``{'k': v}``."""
    operands = yield from lowering.each(tuple(value for _, value in entries))
    keys: list[ast.expr | None] = [constant(key) for key, _ in entries]
    value = ast.Dict(keys, [operand.load() for operand in operands])
    return lowering.keep(value, lowering.writer.place(node), ValueType.MAP)


def projection(lowering: Lowering, node: Projection) -> LoweringStep:
    """``target.![body]``."""
    target = yield from lowering.part(node.target)
    writer = lowering.writer
    line = writer.place(node, node.target)
    out = writer.temporary()

    def over() -> LoweringStep:
        elements = _elements(lowering, target, line)
        writer.set(out, ast.List([], ast.Load()), line)
        item = writer.temporary()
        with writer.each(item, elements.load(), line):
            value = yield from _on(lowering, item, node.body)
            writer.shared("projected", stepping.projected_within(lowering.rules.limits))
            writer.add(ast.Expr(invoked("projected", loaded(out), value.load(), loaded("gone"))), line)
        return Operand(out)

    yield from _safely(lowering, node.safe, target, out, over, line)
    return Operand(out)


def selection(lowering: Lowering, node: Selection) -> LoweringStep:
    """``target.?[criterion]``, ``.^[...]``, ``.$[...]``."""
    target = yield from lowering.part(node.target)
    writer = lowering.writer
    line = writer.place(node, node.target)
    out = writer.temporary()

    def over() -> LoweringStep:
        elements = _elements(lowering, target, line)
        kept, item = writer.temporary(), writer.temporary()
        writer.set(kept, ast.List([], ast.Load()), line)
        with writer.each(item, elements.load(), line):
            value = yield from _on(lowering, item, node.criterion)
            if value.kind is not ValueType.BOOLEAN:
                writer.shared("fail", stepping.fail)
                boolean = ast.UnaryOp(ast.Not(), is_type(value.load(), "bool"))
                with writer.when(boolean, line):
                    message = constant("the criterion of a selection must be true or false")
                    call = invoked("fail", message, constant("write a comparison"))
                    writer.add(ast.Expr(call), writer.place(node.criterion))
            with writer.when(value.load(), line):
                writer.add(ast.Expr(raw(loaded(kept), "append", loaded(item))), line)
                if node.which == "^":
                    writer.leave(line)
        writer.shared("selected", stepping.selected)
        writer.set(out, invoked("selected", target.load(), loaded(kept), constant(node.which)), line)
        return Operand(out)

    yield from _safely(lowering, node.safe, target, out, over, line)
    return Operand(out)


def _elements(lowering: Lowering, target: Operand, line: int) -> Operand:
    lowering.goes_over = True
    lowering.writer.shared("elements", stepping.elements_within(lowering.rules.limits))
    return lowering.keep(invoked("elements", target.load(), loaded("gone")), line)


def _on(lowering: Lowering, item: str, node: Node) -> LoweringStep:
    """A part whose names mean the attributes of an element."""
    lowering.scopes.append(item)
    operand = yield from lowering.part(node)
    lowering.scopes.pop()
    return operand


def _safely(
    lowering: Lowering, safe: bool, target: Operand, out: str, over: Callable[[], LoweringStep], line: int
) -> Generator[Node, Operand, None]:
    if not safe:
        yield from over()
        return
    lowering.writer.set(out, constant(None), line)
    with lowering.writer.when(lowering.is_there(target, line), line):
        yield from over()
